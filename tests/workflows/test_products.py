"""What a contract sells is looked up in the catalogue before it is recorded; time is skipped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stagemark.catalogues.load import demo_catalogue
from stagemark.client import Stagemark
from stagemark.domain.commands import Given, Record
from stagemark.errors import Refused
from stagemark.testing import MemoryCatalogues
from tests.workflows.conftest import Host
from tests.workflows.test_collecting import PLAYBOOK

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def sales(host: Host) -> Stagemark:
    """A client whose company has a catalogue."""
    company = replace(host.platform, catalogues=MemoryCatalogues(demo_catalogue()))
    return company.sales(host.environment.client)


def terms(product: str) -> dict[str, Any]:
    return {
        "terms": {
            "amount": {"amount": "300", "currency": "CNY"},
            "instalments": [{"id": "1", "amount": "300", "after": "signing"}],
            "deliverables": [{"id": "goods", "product": product}, {"id": "hall", "text": "a hall"}],
        }
    }


async def refusal(asked: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        await asked
    return [(problem.code, problem.params["product"]) for problem in refused.value.problems]


async def test_a_contract_that_names_an_unknown_product_is_refused_before_anything_of_it_is_recorded(
    host: Host, sales: Stagemark, sale: str
) -> None:
    unknown = [("contract_product_unknown", "camera-pr")]
    named: Any = Given(evidence="terms", value=terms("camera-pr")["terms"])
    opening: Any = {"account": f"A-{sale}", "owner": "wang", "actor": "wang"}
    assert await refusal(sales.open(sale, PLAYBOOK, also=[Record(evidence=(named,))], **opening)) == unknown
    assert await host.platform.ledger.events(sale) == []

    await sales.open(sale, PLAYBOOK, **opening)
    await sales.mark(sale, "sign", "start", actor="wang")
    before = await sales.view(sale)
    assert await refusal(sales.add_evidence(sale, terms("camera-pr"), actor="wang")) == unknown
    assert await refusal(sales.mark(sale, "sign", "end", terms("camera-pr"), actor="wang")) == unknown
    after = await sales.view(sale)
    assert (after.sequence, after.evidence, after.stages) == (before.sequence, (), before.stages)
    kept = [problem.code for one in host.platform.refusals.kept if one.opportunity == sale for problem in one.problems]
    assert kept == ["contract_product_unknown"] * 3


async def test_a_contract_that_names_a_product_of_the_catalogue_signs_the_sale(sales: Stagemark, sale: str) -> None:
    await sales.open(sale, PLAYBOOK, account=f"A-{sale}", owner="wang", actor="wang")
    await sales.mark(sale, "sign", "start", actor="wang")
    await sales.mark(sale, "sign", "end", terms("camera-pro"), actor="wang")
    view = await sales.view(sale)
    assert view.stages["sign"] == "ended"
    assert [held.value for held in view.evidence] == [terms("camera-pro")["terms"]]

"""Which clearances sign a sale, and what comes to it with one, on a real server; time is skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stagemark.domain.account.commands import SetLimit
from stagemark.domain.commands import Envelope, Given, Mark, Override, Record
from stagemark.domain.playbook import Playbook
from stagemark.errors import InvalidInput, Refused
from tests.sales import until
from tests.workflows.conftest import Host
from tests.workflows.test_accounts import PLAYBOOK, Customer, released, yuan

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY_ACCOUNTS = Playbook.model_validate(
    {
        **PLAYBOOK.model_dump(),
        "id": "sign-with-key-accounts",
        "evidence": [
            *PLAYBOOK.evidence,
            {"id": "level", "type": "ranked", "options": [{"id": one} for one in "dcba"]},
            {"id": "review", "type": "checklist", "options": [{"id": "licence"}, {"id": "bank_account"}]},
        ],
        "stages": [
            {
                "id": "sign",
                "start": {},
                "end": {
                    "evidence": [{"evidence": "terms"}],
                    "conditions": [
                        {"evidence": "review", "checked": "all", "where": {"evidence": "level", "one_of": ["a"]}}
                    ],
                },
            },
            {"id": "after", "start": {}, "end": {}},
        ],
        "customer_level": "level",
    }
)


@pytest.fixture
def customer(host: Host) -> Customer:
    return Customer(host)


async def test_a_signing_that_is_told_late_needs_a_clearance_that_was_given_before_it(customer: Customer) -> None:
    yesterday, before = (datetime.now(UTC) - timedelta(days=days) for days in (1, 2))
    sales, sale = customer.host.sales, customer.id
    await customer.accounts.describe(customer.id, title="Acme", owner="wang", actor="wang")
    await customer.accounts.limit(customer.id, yuan(100), "as surveyed", actor="li")
    await sales.open(sale, PLAYBOOK, account=customer.id, owner="wang", actor="wang", observed_at=before)
    await sales.mark(sale, "sign", "start", actor="wang", observed_at=before)
    amount: Any = {"amount": "100", "currency": "CNY"}
    terms: Any = {"amount": amount, "instalments": [{"id": "1", "amount": "100", "after": "signing", "days": 30}]}

    async def sign() -> list[str]:
        return await codes(sales.mark(sale, "sign", "end", {"terms": terms}, actor="wang", observed_at=yesterday))

    first = await customer.accounts.clear(customer.id, sale, yuan(100), actor="wang")
    assert await sign() == ["clearance_missing"]
    asked: Any = {"actor": "wang", "observed_at": before, "key": "late"}
    second = await customer.accounts.clear(customer.id, sale, yuan(100), **asked)
    assert await customer.accounts.clear(customer.id, sale, yuan(100), **asked) == second
    assert await sign() == []
    await until(lambda: customer.knows(sale))
    given = {id_: one.status for id_, one in (await customer.state()).clearances.items()}
    assert given == {first.id: "released", second.id: "confirmed"}


def carried(clearance: str, amount: int, until_day: str = "2999-01-01") -> dict[str, Any]:
    return {"credit": {"id": clearance, "amount": {"amount": str(amount), "currency": "CNY"}, "until": until_day}}


async def codes(asked: Any) -> list[str]:
    try:
        await asked
    except Refused as refused:
        return [problem.code for problem in refused.problems]
    return []


async def test_a_clearance_that_the_account_never_gave_signs_nothing(customer: Customer) -> None:
    sale, other = await customer.open(100, 50, limit=100)
    sales = customer.host.sales
    forged = carried("made-up", 100)
    assert await codes(sales.add_evidence(sale, forged, actor="wang")) == ["clearance_not_of_account"]
    assert await codes(sales.mark(sale, "sign", "end", forged, actor="wang")) == ["clearance_not_of_account"]
    mark = Mark(stage="sign", edge="end", evidence=(Given(evidence="credit", value=forged["credit"]),))
    assert [one.code for one in await sales.why_not(sale, mark, actor="wang")] == ["clearance_not_of_account"]
    also = Record(evidence=(Given(evidence="credit", value=forged["credit"]),))
    opened = sales.open(f"{sale}-b", PLAYBOOK, account=customer.id, owner="wang", actor="wang", also=[also])
    assert await codes(opened) == ["clearance_not_of_account"]

    given = await customer.accounts.clear(customer.id, other, actor="wang")
    of_other = {"credit": given.model_dump(mode="json")}
    assert await codes(sales.add_evidence(sale, of_other, actor="wang")) == ["clearance_other_sale"]
    more = carried(given.id, 70, str(given.until))
    assert await codes(sales.mark(other, "sign", "end", more, actor="wang")) == ["clearance_differs"]
    event = (await sales.view(other)).sequence
    changed: dict[str, Any] = {"evidence": [{"evidence": "credit", "value": more["credit"]}]}
    assert await codes(sales.correct(other, event, "more", changed, actor="wang")) == ["clearance_differs"]
    await customer.sign(other)


@pytest.mark.parametrize("source", ["engine", "import"])
async def test_no_caller_says_that_the_engine_or_an_import_did_it_of_which_nothing_is_asked(
    customer: Customer, source: Any
) -> None:
    (sale,) = await customer.open(100, limit=100)
    sales, forged = customer.host.sales, carried("made-up", 100)
    mark = Mark(stage="sign", edge="end", evidence=(Given(evidence="credit", value=forged["credit"]),))
    envelope = Envelope(key="sign", commands=(mark,), actor="wang", source=source)
    before = (await sales.view(sale)).sequence
    said: dict[str, Any] = {"actor": "wang", "source": source}
    for asked in (
        sales.execute(sale, envelope),
        sales.record(sale, mark, **said),
        sales.why_not(sale, mark, **said),
        sales.open(f"{sale}-b", PLAYBOOK, account=customer.id, owner="wang", **said),
        customer.accounts.limit(customer.id, yuan(200), "as surveyed", **said),
        customer.accounts.why_not(customer.id, SetLimit(limit=yuan(200), reason="as surveyed"), **said),
    ):
        with pytest.raises(InvalidInput) as refused:
            await asked
        assert [problem.code for problem in refused.value.problems] == ["source_ours"]
    assert (await sales.view(sale)).sequence == before


async def test_a_clearance_that_was_given_back_signs_nothing_whoever_asks(customer: Customer) -> None:
    sale, blocked = await customer.open(60, 40, limit=100)
    cleared = await customer.accounts.clear(customer.id, sale, actor="wang")
    await customer.accounts.clear(customer.id, blocked, actor="wang")
    await customer.accounts.release(customer.id, cleared.id, "not now", actor="wang")
    sales, fresh = customer.host.sales, customer.host.platform.sales(customer.host.environment.client)
    for asking in (sales, fresh):
        assert await codes(asking.mark(sale, "sign", "end", actor="wang")) == ["clearance_released"]
    await customer.accounts.blacklist(customer.id, "fraud", actor="li")
    refused = ["clearance_released", "clearance_blacklisted"]
    assert await codes(sales.mark(blocked, "sign", "end", actor="wang")) == refused
    assert await codes(sales.mark(blocked, "sign", "end", key="again", actor="wang")) == refused
    override = Given(evidence="credit", override=Override(by="li", reason="the parent answers"))
    await sales.mark(blocked, "sign", "end", [override], actor="wang")


async def test_what_was_signed_with_a_clearance_is_answered_again_after_it_was_given_back(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=100)
    cleared = await customer.accounts.clear(customer.id, sale, actor="wang")
    first = await customer.host.sales.mark(sale, "sign", "end", key="sign", actor="wang")
    await until(lambda: customer.knows(sale))
    await customer.host.sales.void(sale, first.sequences[0], "a slip", actor="wang")
    await until(lambda: released(customer, cleared.id))
    assert await customer.host.sales.mark(sale, "sign", "end", key="sign", actor="wang") == first


async def test_the_level_of_the_account_comes_with_its_clearance_where_the_sale_knows_of_none(
    customer: Customer,
) -> None:
    sales = customer.host.sales
    licence: Any = {"review": ["licence"]}
    both: Any = {"review": ["licence", "bank_account"]}
    key, lesser = await customer.open(60, 40, limit=100, playbook=KEY_ACCOUNTS)
    await customer.accounts.describe(customer.id, level="a", actor="wang")
    await sales.add_evidence(lesser, {"level": "b"}, actor="wang")
    for sale in (key, lesser):
        await customer.accounts.clear(customer.id, sale, actor="wang")
    assert await codes(sales.mark(key, "sign", "end", licence, actor="wang")) == ["condition_unmet"]
    await sales.mark(key, "sign", "end", both, actor="wang")
    await sales.mark(lesser, "sign", "end", licence, actor="wang")


async def test_a_clearance_of_another_sale_is_known_already_and_no_day_of_ours_is_told(customer: Customer) -> None:
    sale, other = await customer.open(100, 50, limit=200)
    await customer.accounts.clear(customer.id, sale, clearance="CG1", actor="wang")
    with pytest.raises(Refused) as refused:
        await customer.accounts.clear(customer.id, other, clearance="CG1", actor="wang")
    assert [problem.code for problem in refused.value.problems] == ["clearance_known"]


async def test_nothing_is_reserved_for_a_sale_that_cannot_take_it(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=100)
    await customer.host.sales.lose(sale, "price", actor="wang")
    assert await codes(customer.accounts.clear(customer.id, sale, actor="wang")) == ["life_out_of_turn"]
    assert (await customer.accounts.state(customer.id)).clearances == {}

"""A mistake in the rules is told to whoever asked, and no run stands still because of it; time is skipped."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from temporalio import workflow

from stagemark.domain import happening, reactions
from stagemark.domain.account import happening as account
from stagemark.errors import Refused
from tests.sales import PLAYBOOK, until
from tests.workflows.conftest import Host
from tests.workflows.test_accounts import Customer

pytestmark = pytest.mark.asyncio(loop_scope="module")


def failing(*arguments: Any) -> Any:
    raise ZeroDivisionError("a mistake")


def failing_late(rule: Any) -> Any:
    """A rule that fails in the handler alone, as one does for which neither client nor validator could look."""

    def fails(*arguments: Any) -> Any:
        late = workflow.in_workflow() and not workflow.unsafe.is_read_only()
        return failing() if late else rule(*arguments)

    return fails


async def codes(asked: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        await asked
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("fails", [failing, failing_late(account._CHANGES["survey"])])
async def test_what_the_rules_of_an_account_fail_over_is_refused_and_the_account_goes_on(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fails: Any
) -> None:
    customer = Customer(host)
    await customer.open()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setitem(account._CHANGES, "survey", fails)
        asked = customer.accounts.survey(customer.id, "All is well.", actor="wang")
        assert await codes(asked) == ["engine_failed"]
        assert "a mistake" in caplog.text
        await customer.accounts.grade(customer.id, "b", "as known", actor="wang")
    await customer.accounts.survey(customer.id, "All is well.", actor="wang")
    kept = await customer.asking.standing(customer.stream)
    assert (kept.state["grade"], len(kept.state["reviews"])) == ("b", 1)  # type: ignore[arg-type]  # JSON: a list


async def test_what_the_rules_of_a_sale_fail_over_is_refused_and_the_sale_goes_on(
    host: Host, sale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
    for table, name in ((happening._HANDLERS, "mark"), (vars(reactions), "_tells")):  # before it is taken, and after
        with monkeypatch.context() as patch:
            patch.setitem(table, name, failing)
            assert await codes(host.sales.mark(sale, "find", "start", actor="wang")) == ["engine_failed"]
    await host.sales.mark(sale, "find", "start", actor="wang")
    assert (await host.sales.view(sale)).sequence == 2


async def test_a_fact_that_the_rules_fail_over_is_not_lost_the_next_run_hears_it(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def put_aside() -> bool:
        return "put aside" in caplog.text

    async def heard() -> bool:
        return (await customer.state()).complaints == (complaint,)

    customer = Customer(host, continue_after=60)
    complaint = f"{customer.id}-dead"
    await customer.open()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setitem(account._CHANGES, "complaint_opened", failing)
        await customer.complaints.raise_(complaint, customer.id, "wang", "It is dead.", actor="wang")
        await until(put_aside)
        await customer.accounts.grade(customer.id, "b", "as known", actor="wang")
    for _ in range(12):  # until that run is long enough too
        await customer.accounts.grade(customer.id, "c", "as known", actor="wang")
        await customer.accounts.grade(customer.id, "b", "as known", actor="wang")
    await until(heard)
    assert (await customer.state()).complaints == (complaint,)

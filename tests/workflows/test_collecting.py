"""From the signing to the last payment: a sale and its collection, each a run of its own; time is skipped."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from stagemark.clients.collection import Collections
from stagemark.domain.complaint.commands import ComplaintRequest, TakeStep
from stagemark.domain.complaint.policy import STEPS
from stagemark.domain.complaint.rules import ComplaintState
from stagemark.domain.entries import Stream
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook
from stagemark.errors import Conflict, NotFound, Refused
from tests.sales import handle, until
from tests.workflows.conftest import Host

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAYBOOK = Playbook.model_validate(
    {
        "id": "sign-and-collect",
        "evidence": [
            {"id": "terms", "type": "contract"},
            {"id": "paid", "type": "money"},
            {"id": "payments", "type": "text"},
            {"id": "fulfilment", "type": "checklist", "options": [{"id": "delivery"}, {"id": "acceptance"}]},
        ],
        "stages": [
            {"id": "sign", "start": {}, "end": {"evidence": [{"evidence": "terms"}]}},
            {
                "id": "collect",
                "collects": {"amount": "paid", "payments": "payments", "fulfilment": "fulfilment"},
                "start": {},
                "end": {"evidence": [{"evidence": "paid"}, {"evidence": "payments"}]},
            },
        ],
        "loss_reasons": [{"id": "price"}],
    }
)


def yuan(amount: int) -> Amount:
    return Amount(amount=Decimal(amount), currency="CNY")


class Selling:
    """One sale that is signed, and its collection."""

    def __init__(self, host: Host, sale: str) -> None:
        self.host, self.sale, self.account = host, sale, f"A-{sale}"
        self.money = Collections(host.platform.neighbours(host.environment.client), host.sales)
        self.signed_on = date.min

    async def today(self) -> date:
        day: date = (await self.host.environment.get_current_time() + timedelta(hours=8)).date()
        return day

    async def pass_days(self, days: int) -> None:
        await self.host.environment.sleep(timedelta(days=days))

    async def sign(self, *parts: dict[str, Any], begun: bool = True, **contract: Any) -> None:
        """Sign today; a part is due so many days from now."""
        self.signed_on = await self.today()
        instalments = [
            {**part, "due": str(self.signed_on + timedelta(days=part["due"]))} if "due" in part else part
            for part in parts
        ]
        whole: dict[str, Any] = {
            "amount": {"amount": str(sum(int(part["amount"]) for part in parts)), "currency": "CNY"}
        }
        sales = self.host.sales
        await sales.open(self.sale, PLAYBOOK, account=self.account, owner="wang", title="Pumps", actor="wang")
        await sales.mark(self.sale, "sign", "start", actor="wang")
        await sales.mark(
            self.sale, "sign", "end", {"terms": whole | {"instalments": instalments, **contract}}, actor="wang",
        )  # fmt: skip
        if begun:
            await sales.mark(self.sale, "collect", "start", actor="wang")
        await until(self.begun)

    async def begun(self) -> bool:
        return (await self.money.state(self.sale)).running

    async def task(self, kind: str) -> int | None:
        """The entry of an open task."""
        tasks = (await self.money.state(self.sale)).tasks
        return next((number for number, task in tasks.items() if task.due.task == kind), None)

    def told(self, person: str = "wang") -> list[str]:
        told = self.host.platform.inbox.told(person)
        return [message.kind for message in told if message.stream == f"collection:{self.sale}"]

    async def heard(self, *kinds: str, person: str = "wang") -> None:
        """Wait until somebody has been told that."""

        async def so() -> bool:
            return set(kinds) <= set(self.told(person))

        await until(so)


@pytest.fixture
def selling(host: Host) -> Selling:
    return Selling(host, f"S-{uuid4().hex[:12]}")


async def test_a_signed_sale_is_collected_and_the_last_payment_ends_it_by_itself(selling: Selling) -> None:
    sale, money = selling.sale, selling.money
    await selling.sign(
        {"id": "1", "type": "deposit", "amount": "30000", "after": "signing"},
        {"id": "2", "amount": "70000", "after": "acceptance", "days": 30},
    )
    day = selling.signed_on
    await money.enter_payment(sale, "P-1", yuan(30_000), day, actor="wang")
    await money.reach(sale, "delivery", day, actor="wang")
    await money.enter_payment(sale, "P-2", yuan(70_000), day, instalments=["2"], actor="li")
    assert (await money.state(sale)).settled
    assert (await selling.host.sales.view(sale)).stages["collect"] == "begun", "acceptance is still to come"

    await money.reach(sale, "acceptance", day, actor="wang")

    await handle(selling.host.environment.client, sale).result()
    last = (await selling.host.platform.ledger.events(sale))[-1]
    assert (last.actor, last.source, last.observed_at.day) == ("stagemark", "engine", day)
    said = {given.evidence: given.value for given in last.fact.evidence}  # type: ignore[union-attr]  # a mark
    assert said == {
        "paid": {"amount": "100000", "currency": "CNY"},
        "payments": f"P-1 {day} 30000 CNY; P-2 {day} 70000 CNY",
        "fulfilment": ["delivery", "acceptance"],
    }
    assert (await selling.host.sales.view(sale)).life == "closed"


async def test_what_was_paid_before_the_sale_was_opened_ends_it_on_the_first_day_of_its_last_stage(
    selling: Selling,
) -> None:
    sale = selling.sale
    await selling.sign({"id": "1", "amount": "100", "after": "signing"})
    await selling.money.enter_payment(sale, "P-1", yuan(100), selling.signed_on - timedelta(days=20), actor="wang")
    await handle(selling.host.environment.client, sale).result()
    last = (await selling.host.platform.ledger.events(sale))[-1]
    assert (last.source, last.observed_at.day) == ("engine", selling.signed_on)


async def test_what_was_paid_before_the_last_stage_began_ends_the_sale_when_it_begins(selling: Selling) -> None:
    sale, money, client = selling.sale, selling.money, selling.host.environment.client
    await selling.sign({"id": "1", "amount": "100", "after": "signing"}, begun=False)
    await money.enter_payment(sale, "P-1", yuan(100), selling.signed_on, actor="wang")
    await client.get_workflow_handle(f"collection:{sale}").result()
    await selling.heard("sale_refused")

    await selling.host.sales.mark(sale, "collect", "start", actor="wang")

    await handle(client, sale).result()
    assert (await selling.host.sales.view(sale)).life == "closed"
    last = (await selling.host.platform.ledger.events(sale))[-1]
    assert last.source == "engine"


async def test_what_is_overdue_is_collected_harder_and_harder_until_it_is_paid(selling: Selling) -> None:
    sale, money = selling.sale, selling.money
    await selling.sign({"id": "1", "amount": "50000", "due": 7})
    await selling.pass_days(14)
    state = await money.state(sale)
    assert state.receivables["1"].by == "phone"
    assert selling.told()[:2] == ["remind", "collect_phone"]

    await money.set_debtor(sale, "stubborn", actor="wang")
    await selling.pass_days(28)

    assert (await money.state(sale)).receivables["1"].by == "finance"
    message = next(m for m in selling.host.platform.inbox.told("wang") if m.kind == "collect_finance" and sale in m.key)
    assert message.params["debtor"] == "stubborn"

    before = selling.told()
    await money.enter_payment(sale, "P-1", yuan(50_000), await selling.today(), actor="wang")
    await handle(selling.host.environment.client, sale).result()
    await selling.pass_days(30)
    assert selling.told() == before
    one = (await money.state(sale)).receivables["1"]
    assert not one.outstanding
    assert one.by == "finance"
    assert any(sale in key and "collect_finance" in key for key in selling.host.platform.inbox.withdrawn)


async def test_a_promise_waits_for_its_day_and_a_dispute_for_the_end_of_its_complaint(selling: Selling) -> None:
    sale, money = selling.sale, selling.money
    await selling.sign({"id": "1", "amount": "150000", "due": 7}, {"id": "2", "amount": "50000", "due": 7})
    await selling.pass_days(14)
    promised = await selling.today() + timedelta(days=2)
    await money.promise(sale, "1", promised, actor="wang")
    await money.dispute(sale, "2", "it does not run", actor="wang")
    await selling.pass_days(7)

    state = await money.state(sale)
    assert state.receivables["1"].promises[-1].outcome == "broken"
    assert state.receivables["1"].by == "legal", "from visit one step harder"
    assert state.receivables["2"].paused
    await selling.heard("promise_broken")

    complaint = Stream(stream="complaint", id=state.receivables["2"].disputes[-1].complaint)
    neighbours = selling.host.platform.neighbours(selling.host.environment.client)
    with pytest.raises(Refused) as refused:
        await money.end_dispute(sale, "2", actor="wang")
    assert refused.value.code == "complaint_not_done"
    steps = tuple(
        TakeStep(step=step, text="done so", accepted=True) if step == "ask" else TakeStep(step=step, text="done so")
        for step in STEPS
    )
    await neighbours.ask(complaint, ComplaintRequest(key="steps", commands=steps, actor="wang"))
    await money.end_dispute(sale, "2", actor="wang")

    async def resumed() -> bool:
        return not (await money.state(sale)).receivables["2"].paused

    await until(resumed)
    closed = ComplaintState.model_validate({**(await neighbours.standing(complaint)).state, "id": complaint.id})
    assert closed.life == "closed"
    with pytest.raises(NotFound):
        await money.end_dispute(sale, "7", actor="wang")


async def test_legal_action_and_write_off_need_a_name_and_a_stop_of_supply_is_only_proposed(selling: Selling) -> None:
    sale, money = selling.sale, selling.money
    await selling.sign({"id": "1", "amount": "150000", "due": 1}, {"id": "2", "amount": "1", "due": 1})
    with pytest.raises(Refused) as refused:
        await money.approve_legal(sale, "1", "li", "they do not answer", actor="wang")
    assert refused.value.code == "instalment_not_overdue"
    await selling.pass_days(31)
    while not (stop := await selling.task("supply_stop")):  # on the next working day
        await selling.pass_days(1)
    await selling.heard("legal_proposed", "supply_stop", person="li")
    state = await money.state(sale)
    assert (state.stopped, state.receivables["1"].legal) == (None, None)

    later = await selling.today() + timedelta(days=30)
    await money.answer(sale, stop, "put_off", until=later, actor="li")
    assert (await money.state(sale)).tasks[stop].put_off == later
    await money.approve_legal(sale, "1", "li", "they do not answer", actor="wang")
    await money.stop_supply(sale, "li", "until they pay", actor="wang")
    await money.write_off(sale, "2", "li", "not worth a letter", actor="wang")

    state = await money.state(sale)
    assert state.stopped is not None
    assert state.stopped.by == "li"
    legal, loss = state.receivables["1"].legal, state.receivables["2"].loss
    assert legal is not None
    assert loss is not None
    assert (legal.by, loss.by) == ("li", "li")


async def test_bad_input_is_refused_and_nothing_is_recorded(selling: Selling) -> None:
    sale, money = selling.sale, selling.money
    await selling.sign({"id": "1", "amount": "50000", "due": 7})
    day, before = selling.signed_on, (await money.state(sale)).sequence

    async def codes(asking: Any) -> list[str]:
        with pytest.raises(Refused) as refused:
            await asking
        return [problem.code for problem in refused.value.problems]

    tomorrow = day + timedelta(days=2)
    assert await codes(money.enter_payment(sale, "P", yuan(1), tomorrow, actor="wang")) == ["payment_in_future"]
    euro = Amount(amount=Decimal(1), currency="EUR")
    assert await codes(money.enter_payment(sale, "P", euro, day, actor="wang")) == ["payment_currency"]
    unknown = money.enter_payment(sale, "P", yuan(1), day, instalments=["9"], actor="wang")
    assert await codes(unknown) == ["instalment_unknown"]
    past = money.promise(sale, "1", day - timedelta(days=1), actor="wang")
    assert await codes(past) == ["promise_in_past", "promise_before_due"]
    early = money.reach(sale, "delivery", day - timedelta(days=9), actor="wang")
    assert await codes(early) == ["milestone_before_signing"]
    assert (await money.state(sale)).sequence == before

    first = await money.enter_payment(sale, "P", yuan(1), day, key=f"{sale}-once", actor="wang")
    assert await money.enter_payment(sale, "P", yuan(1), day, key=f"{sale}-once", actor="wang") == first
    with pytest.raises(Conflict) as reused:
        await money.enter_payment(sale, "P", yuan(2), day, key=f"{sale}-once", actor="wang")
    assert reused.value.code == "key_reused"
    await money.enter_payment(sale, "Q", yuan(49_999), day, actor="wang")
    settled = money.enter_payment(sale, "R", yuan(1), day, instalments=["1"], actor="wang")
    assert await codes(settled) == ["instalment_settled"]


async def test_a_collection_that_has_ended_goes_on_when_a_payment_is_taken_back(selling: Selling) -> None:
    sale, money = selling.sale, selling.money
    await selling.sign({"id": "1", "amount": "50000", "due": 7})
    await money.enter_payment(sale, "P", yuan(50_000), selling.signed_on, actor="wang")
    client = selling.host.environment.client
    run = client.get_workflow_handle(f"collection:{sale}")
    await run.result()
    assert (await run.describe()).status is WorkflowExecutionStatus.COMPLETED

    await money.reverse_payment(sale, "P", "it was another customer's", actor="li")

    assert not (await money.state(sale)).settled
    await selling.pass_days(3)  # people are told in working hours
    await selling.heard("collection_reopened")
    await selling.heard("collection_reopened", person="li")
    await money.enter_payment(sale, "Q", yuan(50_000), selling.signed_on, actor="wang")
    await run.result()
    assert (await money.state(sale)).settled
    assert "sale_refused" not in selling.told(), "that its last stage has ended is what the collection wanted"

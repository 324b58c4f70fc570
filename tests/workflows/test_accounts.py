"""An account beside its sales, each a run of its own on a real server; time is skipped."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from stagemark.clients.account import Accounts
from stagemark.clients.collection import Collections
from stagemark.clients.complaint import Complaints
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.account.state import AccountState
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.entries import Stream
from stagemark.domain.money import Amount
from stagemark.domain.neighbour import fold
from stagemark.domain.playbook import Playbook
from stagemark.errors import Refused
from tests.sales import until
from tests.workflows.conftest import Host

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAYBOOK = Playbook.model_validate(
    {
        "id": "sign-on-credit",
        "evidence": [{"id": "terms", "type": "contract"}, {"id": "credit", "type": "clearance"}],
        "stages": [
            {"id": "sign", "start": {}, "end": {"evidence": [{"evidence": "terms"}]}},
            {"id": "after", "start": {}, "end": {}},
        ],
        "loss_reasons": [{"id": "price"}],
    }
)  # fmt: skip
DAY = date(2026, 3, 2)


def yuan(amount: int) -> Amount:
    return Amount(amount=Decimal(amount), currency="CNY")


class Customer:
    """One account, its sales, and all that is told between them."""

    def __init__(self, host: Host, **living: Any) -> None:
        self.host, self.id = host, f"A-{uuid4().hex[:10]}"
        self.asking = host.platform.neighbours(host.environment.client, **living)
        self.accounts = Accounts(self.asking, host.sales, host.platform.ledger)
        self.money = Collections(self.asking, host.sales)
        self.complaints = Complaints(self.asking)

    @property
    def stream(self) -> Stream:
        return Stream(stream="account", id=self.id)

    async def state(self) -> AccountState:
        """As the ledger has it: asking a run again and again that ends and begins confuses the test server."""
        state = await self.host.platform.books.state(self.stream)
        return state if isinstance(state, AccountState) else AccountState(id=self.id)

    async def collection(self, sale: str) -> CollectionState:
        state = await self.host.platform.books.state(Stream(stream="collection", id=sale))
        return state if isinstance(state, CollectionState) else CollectionState(id=sale)

    async def open(
        self, *amounts: int, limit: int = 0, signed: bool = False, playbook: Playbook = PLAYBOOK
    ) -> list[str]:
        """Describe it, give it a limit, and open a sale for each amount, which is all on credit."""
        await self.accounts.describe(self.id, title="Acme", owner="wang", actor="wang")
        if limit:
            await self.accounts.limit(self.id, yuan(limit), "as surveyed", actor="li")
        sales = [f"{self.id}-{number}" for number in range(len(amounts))]
        for sale, amount in zip(sales, amounts, strict=True):
            await self.host.sales.open(sale, playbook, account=self.id, owner="wang", actor="wang")
            await self.host.sales.mark(sale, "sign", "start", actor="wang")
            parts = [{"id": "1", "amount": str(amount), "after": "signing", "days": 30}]
            terms: Any = {
                "number": f"HT-{sale}",
                "amount": {"amount": str(amount), "currency": "CNY"},
                "instalments": parts,
            }
            await self.host.sales.add_evidence(sale, {"terms": terms}, actor="wang")
            if signed:
                await self.accounts.clear(self.id, sale, actor="wang")
                await self.sign(sale)
        return sales

    async def sign(self, sale: str) -> None:
        await self.host.sales.mark(sale, "sign", "end", actor="wang")
        await until(lambda: self.knows(sale))

    async def knows(self, sale: str) -> bool:
        collection = await self.collection(sale)
        return sale in (await self.state()).sales and collection.running

    async def placed(self, payment: str) -> bool:
        known = (await self.state()).payments.get(payment)
        return known is not None and not known.waiting

    async def aftercare(self, sale: str) -> AftercareState:
        state = await self.host.platform.books.state(Stream(stream="aftercare", id=sale))
        return state if isinstance(state, AftercareState) else AftercareState(id=sale)

    async def runs(self) -> bool:
        described = await self.host.environment.client.get_workflow_handle(str(self.stream)).describe()
        return described.status is WorkflowExecutionStatus.RUNNING


async def taken(asked: Any) -> str:
    """The id of the clearance, or the codes of the refusal."""
    try:
        return str((await asked).id)
    except Refused as refused:
        return " ".join(problem.code for problem in refused.problems)


@pytest.fixture
def customer(host: Host) -> Customer:
    return Customer(host)


async def test_sales_that_are_signed_at_once_cannot_all_use_the_last_of_a_limit(customer: Customer) -> None:
    sales = await customer.open(*[60] * 6, limit=130)
    asked = [customer.accounts.clear(customer.id, sale, clearance=f"C-{sale}", actor="wang") for sale in sales]
    answers = await asyncio.gather(*map(taken, asked))
    won = [sale for sale, answer in zip(sales, answers, strict=True) if answer == f"C-{sale}"]
    assert len(won) == 2
    assert sorted(set(answers) - {f"C-{sale}" for sale in won}) == ["limit_exceeded"]
    state = await customer.accounts.state(customer.id)
    assert (len(state.clearances), str(state.used)) == (2, "120")


async def test_the_sale_carries_its_clearance_and_the_signing_uses_it_up(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=100)
    cleared = await customer.accounts.clear(customer.id, sale, key="once", actor="wang")
    assert await customer.accounts.clear(customer.id, sale, key="once", actor="wang") == cleared
    with pytest.raises(Refused) as refused:
        await customer.accounts.clear(customer.id, sale, yuan(101), actor="wang")
    assert refused.value.problems[0].code == "limit_exceeded"
    await customer.sign(sale)
    state = await customer.state()
    assert (state.clearances[cleared.id].status, str(state.used)) == ("confirmed", "100")
    last = (await customer.host.platform.ledger.events(sale))[-1]
    await customer.host.sales.void(sale, last.sequence, "a slip", actor="wang")
    await until(lambda: released(customer, cleared.id))
    assert not (await customer.state()).exposure


async def released(customer: Customer, clearance: str) -> bool:
    return (await customer.state()).clearances[clearance].status == "released"


async def test_a_sale_that_is_lost_before_its_signing_gives_its_clearance_back(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=100)
    cleared = await customer.accounts.clear(customer.id, sale, actor="wang")
    await customer.host.sales.lose(sale, "price", actor="wang")
    await until(lambda: released(customer, cleared.id))
    assert (await customer.state()).clearances[cleared.id].status == "released"


async def test_a_signing_without_a_clearance_is_refused_by_the_sale_itself(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=99)
    with pytest.raises(Refused) as refused:
        await customer.host.sales.mark(sale, "sign", "end", actor="wang")
    assert [problem.code for problem in refused.value.problems] == ["clearance_missing"]


async def test_money_finds_its_contract_and_what_is_too_much_waits_for_the_next(customer: Customer) -> None:
    first, second = await customer.open(100, 50, limit=200, signed=True)
    report = customer.accounts.report
    await report(customer.id, "B-1", yuan(120), DAY, reference=f"HT-{first}", actor="bank", source="webhook")
    await until(lambda: waits(customer, "B-1", 20))
    assert (await customer.collection(first)).settled
    assert (await customer.state()).exposure == {"CNY": Decimal(50)}

    await customer.accounts.assign(customer.id, "B-1", second, actor="wang")
    await until(lambda: owes(customer, 30))
    assert (await customer.state()).payments["B-1"].waiting == 0
    await customer.accounts.bounced(customer.id, "B-1", DAY, actor="bank")
    await until(lambda: owes(customer, 150))
    assert not (await customer.collection(first)).settled
    assert (await customer.state()).payments["B-1"].returned == 120


async def waits(customer: Customer, payment: str, amount: int) -> bool:
    known = (await customer.state()).payments.get(payment)
    return known is not None and known.waiting == amount


async def owes(customer: Customer, amount: int) -> bool:
    return (await customer.state()).exposure == {"CNY": Decimal(amount)}


async def test_a_report_under_the_same_key_with_another_amount_is_kept_and_shown(customer: Customer) -> None:
    for amount in (70, 70, 80):
        await customer.accounts.report(customer.id, "B-1", yuan(amount), DAY, key="K", actor="bank")
    state = await customer.accounts.state(customer.id)
    assert state.waiting == {"CNY": 150}
    assert [one.differs for one in state.payments.values()] == ["", "B-1"]
    reports = [
        entry for entry in customer.host.platform.books.entries(customer.stream) if entry.kind == "bank_reported"
    ]
    assert len(reports) in (1, 2)  # the ledger may be behind, but never twice


async def test_money_that_comes_before_its_contract_is_placed_by_the_signing(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=100)
    await customer.accounts.report(customer.id, "B-1", yuan(40), DAY, reference=f"for {sale}", actor="bank")
    await customer.accounts.clear(customer.id, sale, actor="wang")
    await customer.sign(sale)
    await customer.host.environment.sleep(timedelta(days=4))  # over a weekend, if it is one
    await until(lambda: customer.placed("B-1"))
    await until(lambda: owes(customer, 60))
    assert (await customer.state()).payments["B-1"].placed == 40


async def test_what_somebody_entered_and_the_bank_reports_is_counted_once(customer: Customer) -> None:
    (sale,) = await customer.open(100, limit=100, signed=True)
    await customer.money.enter_payment(sale, "B-1", yuan(100), DAY, actor="wang")
    await until(lambda: owes_nothing(customer))
    await customer.accounts.report(customer.id, "B-1", yuan(100), DAY, reference=f"HT-{sale}", actor="bank")
    await until(lambda: customer.placed("B-1"))
    await until(lambda: confirmed(customer, sale))
    assert (await customer.collection(sale)).collected == 100


async def owes_nothing(customer: Customer) -> bool:
    return not (await customer.state()).exposure


async def confirmed(customer: Customer, sale: str) -> bool:
    return (await customer.collection(sale)).payments["B-1"].confirmed == 100


async def test_a_complaint_holds_every_aftercare_of_the_account_and_lets_go_again(customer: Customer) -> None:
    sales = await customer.open(10, 20, limit=100, signed=True)
    complaint = f"K-{customer.id}"
    await customer.complaints.raise_(complaint, customer.id, "wang", "It is dead.", actor="wang")

    async def held(by: tuple[str, ...]) -> bool:
        return all([(await customer.aftercare(sale)).held.complaints == by for sale in sales])

    await until(lambda: held((complaint,)))
    for step in ("listen", "apologise", "collect"):
        await customer.complaints.step(complaint, step, "so", actor="wang")
    await customer.complaints.propose(complaint, "We repair it.", actor="wang")
    await customer.complaints.view(complaint, "Fine.", True, actor="wang")
    await customer.complaints.step(complaint, "follow_up", "It runs.", actor="wang")
    await customer.complaints.close(complaint, "Settled.", actor="wang")
    await until(lambda: held(()))
    assert (await customer.state()).complaints == ()


async def test_an_exemption_reaches_every_collection(customer: Customer) -> None:
    sales = await customer.open(10, 20, limit=100, signed=True)
    until_day = (await customer.host.environment.get_current_time() + timedelta(days=90)).date()
    await customer.accounts.exempt(customer.id, until_day, "li", "talks", actor="wang")

    async def exempt() -> bool:
        return all([(await customer.collection(sale)).exempt == until_day for sale in sales])

    await until(exempt)
    assert {(await customer.collection(sale)).exempt for sale in sales} == {until_day}


async def test_credit_is_surveyed_again_and_again_while_anything_is_owed(customer: Customer) -> None:
    await customer.open(100, limit=100, signed=True)
    await customer.accounts.survey(customer.id, "sound", actor="li")
    await customer.host.environment.sleep(timedelta(days=36))
    told = [message for message in customer.host.platform.inbox.told("wang") if message.stream == str(customer.stream)]
    surveys = [message for message in told if message.kind == "credit_survey"]
    assert surveys[-1].params["owed"] == ["100 CNY"]
    await customer.accounts.answer(customer.id, surveys[-1].event, "done", "still sound", actor="wang")
    assert (await customer.accounts.state(customer.id)).reviews[-1].text == "still sound"


async def test_an_account_rests_comes_back_and_is_the_same_over_many_runs(host: Host) -> None:
    customer = Customer(host, continue_after=30)
    (sale,) = await customer.open(500, limit=500)
    await until(lambda: rests(customer))
    await customer.accounts.clear(customer.id, sale, actor="wang")
    assert await customer.runs()
    await customer.sign(sale)
    for number in range(10):
        report = customer.accounts.report
        await report(customer.id, f"B-{number}", yuan(50), DAY, reference=sale, actor="bank")
    await until(lambda: owes_nothing(customer))
    await until(lambda: rests(customer))
    entries = customer.host.platform.books.entries(customer.stream)
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    state = await customer.state()
    assert fold(ACCOUNT, customer.id, entries) == state
    assert sum(one.placed for one in state.payments.values()) == 500


async def rests(customer: Customer) -> bool:
    return not await customer.runs()

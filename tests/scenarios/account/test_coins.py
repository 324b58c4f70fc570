"""What can't be counted out, such as half a yen: nobody asks for it, and what a bank reports of it is not lost."""

from decimal import Decimal

import pytest

from stagemark.domain.account import commands as c
from stagemark.domain.collection.commands import EnterPayment, PromisePayment
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState, Receivable
from stagemark.domain.moments import Moment
from stagemark.domain.told import Debt, Owed
from tests.scenarios.account.playing import BEGIN, Account, amount, clear, day, report, signed

YEN = "JPY"


def in_yen() -> Account:
    account = Account().tell(signed("S-1", 100, number="HT-1", currency=YEN))
    account.happened()
    return account


def assign(payment: str, value: str | None = None, **rest: bool) -> c.Assign:
    return c.Assign(payment=payment, opportunity="S-1", amount=Decimal(value) if value else None, **rest)


def test_nobody_assigns_refunds_reserves_or_lends_parts_of_a_coin() -> None:
    account = in_yen().tell(report("B-1", 60, currency=YEN))
    too_fine = ["amount_too_fine"]
    assert account.ask(assign("B-1", "0.5")) == too_fine
    assert account.ask(assign("B-1", "0.5", entered=True)) == too_fine
    assert account.ask(c.Refund(payment="B-1", amount=Decimal("0.5"), reason="so")) == too_fine
    assert account.ask(c.SetLimit(limit=amount("1000.5", YEN), reason="so")) == too_fine
    assert account.ask(c.SetLimit(limit=amount("0.001"), reason="so")) == too_fine
    account.tell(c.SetLimit(limit=amount(1000, YEN), reason="so"))
    assert account.ask(clear("C-1", "0.5", currency=YEN)) == too_fine
    assert account.waiting == {"B-1": 60}


@pytest.mark.parametrize("reference", ["HT-1", ""])
def test_of_what_a_bank_reports_whole_coins_are_placed_and_the_rest_waits(reference: str) -> None:
    account = in_yen().tell(report("B-1", "60.5", reference, currency=YEN))
    if not reference:
        account.tell(assign("B-1"))
    payment = account.state.payments["B-1"]
    assert [payment.placed, payment.waiting] == [60, Decimal("0.5")]
    assert account.ask(assign("B-1")) == ["amount_too_fine"]
    account.tell(c.Refund(payment="B-1", reason="half a yen can't be paid"))
    assert account.waiting == {}


def test_what_is_owed_can_be_paid_whatever_it_came_to() -> None:
    half = Owed(opportunity="S-1", currency=YEN, debts={"1": Debt(outstanding=Decimal("99.5"))})
    account = in_yen().tell(half, report("B-1", "99.5", currency=YEN))
    assert account.waiting == {}  # just that amount is owed
    account = in_yen().tell(half, report("B-1", 100, currency=YEN))
    account.tell(assign("B-1", "99.5"))
    assert account.state.payments["B-1"].waiting == Decimal("0.5")


def test_a_limit_is_proposed_that_can_be_paid() -> None:
    account = Account().tell(c.Describe(title="A", registered_capital=amount(1_000_001, YEN)))
    assert account.state.proposed_limit(account.policy.account) == amount(500_001, YEN)
    account = Account().tell(c.Describe(title="A", registered_capital=amount("1000.01")))
    assert account.state.proposed_limit(account.policy.account) == amount("500.01")


@pytest.mark.parametrize(("value", "codes"), [("99.5", []), ("98.5", ["amount_too_fine"]), ("99", [])])
def test_a_person_can_enter_and_promise_all_that_is_owed(value: str, codes: list[str]) -> None:
    account = Account()
    one = Receivable(id="1", amount=Decimal(100), paid=Decimal("0.5"), due=day(BEGIN))
    state = CollectionState(
        id="S-1", sequence=1, signed=signed("S-1", 100, currency=YEN, on="2026-02-02"), receivables={"1": one}
    )
    money = {"payment": "P-1", "amount": amount(value, YEN), "on": day(BEGIN)}
    promised = PromisePayment(instalment="1", until=day("2026-03-09"), amount=Decimal(value))
    for command in (
        EnterPayment(**money),
        EnterPayment(**money, instalments=("1",)),
        EnterPayment(**money, allocation={"1": Decimal(value)}),
        promised,
    ):
        found = COLLECTION.refuse(state, command, Moment.at(account.now), account.around)
        assert [problem.code for problem in found] == codes

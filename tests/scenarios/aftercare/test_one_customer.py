"""What a customer says at one sale holds at their others: a few aftercares and their account, told by one another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from stagemark.domain.account.commands import AccountRequest
from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.growth import why_no_prompt, why_no_referral
from stagemark.domain.told import Heard, ProductSaid, Scored, Tell
from tests.scenarios.account.playing import Account
from tests.scenarios.aftercare.playing import (
    Aftercare,
    amount,
    completed,
    contract,
    day,
    satisfied,
    signed,
    suggestion,
)

SALES = ("S-1", "S-2", "S-3")


class Customer:
    """An account with several sales that are completed on 8 April; every fact is told twice."""

    def __init__(self, *sales: str) -> None:
        self.account = Account()
        self.lives = {sale: completed(answering=False, allowing=False, sale=sale) for sale in sales}
        self.counted: list[str] = []
        for sale in sales:
            self.account.tell(signed(opportunity=sale))
        self.until("2026-04-08")

    def __getitem__(self, sale: str) -> Aftercare:
        return self.lives[sale]

    def until(self, text: str) -> Customer:
        """Let time pass for all of them, a day at a time, and facts arrive."""
        everybody: list[Account | Aftercare] = [self.account, *self.lives.values()]
        self.deliver()
        while (on := self.account.around.today) < day(text):
            for one in everybody:
                one.until(str(on + timedelta(days=1)))
            self.deliver()
        return self

    def ask(self, sale: str, *commands: Any) -> list[str]:
        found = self[sale].ask(*commands)
        self.deliver()
        return found

    def why(self, sale: str) -> tuple[list[str], list[str]]:
        """Why no prompt and no referral is right at a sale."""
        life = self[sale]
        found = why_no_prompt(life.state, life.around), why_no_referral(life.state, life.around)
        return tuple([problem.code for problem in problems] for problems in found)  # type: ignore[return-value]  # two

    def said(self) -> list[str]:
        """Who has told whom of what the customer says, since this was last asked."""
        counted, self.counted = self.counted, []
        return counted

    def deliver(self) -> None:
        """Tell what is told, until nobody has more to tell."""
        while told := [
            *self._taken(self.account),
            *(tell for life in self.lives.values() for tell in self._taken(life)),
        ]:
            for tell in (*told, *told):
                self._told(tell)
            for tell in told:
                facts: Any = tell.request["commands"] if tell.request else []
                if any(fact["kind"] == "customer_said" or fact.get("heard") for fact in facts):
                    self.counted.append(str(tell.to))

    @staticmethod
    def _taken(one: Account | Aftercare) -> list[Tell]:
        told, one.told = one.told, []
        return told

    def _told(self, tell: Tell) -> None:
        assert tell.to is not None
        assert tell.request is not None
        if tell.to.stream == "account":
            request: Any = AccountRequest.model_validate(tell.request)
            assert self.account.ask(*request.commands, key=request.key) == []
        elif tell.to.stream == "aftercare":
            request = c.AftercareRequest.model_validate(tell.request)
            assert self[tell.to.id].ask(*request.commands, key=request.key) == []


def content(*sales: str) -> Customer:
    customer = Customer(*sales)
    for sale in sales:
        assert customer.ask(sale, satisfied()) == []
    return customer


def step(customer: Customer, sale: str, willing: bool = True) -> list[str]:
    return customer.ask(sale, c.TakeReferralStep(step=customer[sale].state.referral.step, text="so", willing=willing))


def test_who_does_not_want_to_be_asked_is_left_alone_at_every_sale_and_asked_anew_afterwards() -> None:
    customer = content(*SALES).until("2026-04-22")
    assert [task.due.task for task in customer["S-3"].state.tasks.values() if "referral" in task.due.task]
    assert step(customer, "S-1", willing=False) == []
    for sale in SALES:
        assert customer.why(sale)[1] == ["referral_rests"]
        assert not [one for one in customer[sale].state.tasks.values() if "referral" in one.due.task]
    assert step(customer, "S-3") == ["referral_rests"]
    customer.until("2027-04-22")
    assert {life.state.referral.step for life in customer.lives.values()} == {"attitude"}
    assert all(customer.why(sale)[1] == [] for sale in SALES)
    for life in customer.lives.values():
        life.check()


def test_after_all_four_steps_at_one_sale_the_others_rest_too_also_one_that_had_begun() -> None:
    customer = content("S-1", "S-2").until("2026-04-22")
    assert step(customer, "S-1") == []
    assert [step(customer, "S-2") for _ in range(4)] == [[]] * 4
    assert customer.why("S-1")[1] == ["referral_rests"]
    assert customer["S-1"].state.referral.step == "attitude"


@pytest.mark.parametrize("first", [5, 1])
def test_the_last_score_of_a_customer_counts_at_whichever_sale_it_was_given(first: int) -> None:
    customer = Customer("S-1", "S-3")
    customer.ask("S-3", satisfied(first))
    assert customer.why("S-1")[1] == ([] if first == 5 else ["growth_unsatisfied"])
    customer.until("2026-04-09").ask("S-1", satisfied(6 - first))
    assert customer.why("S-3")[1] == ([] if first == 1 else ["growth_unsatisfied"])


def test_a_score_withdraws_the_prompt_of_another_sale_and_a_better_one_brings_it_back() -> None:
    customer = content("S-1", "S-2").until("2026-04-16")
    (asked,) = [life for life in customer.lives.values() if life.state.open_prompt]
    other = "S-2" if asked.state.id == "S-1" else "S-1"
    assert [task.due.task for task in asked.state.tasks.values()].count("prompt") == 1
    customer.ask(other, satisfied(2))
    assert [task.due.task for task in asked.state.tasks.values()].count("prompt") == 0
    customer.ask(other, satisfied(4))
    customer.until("2026-04-17")
    assert [task.due.task for task in asked.state.tasks.values()].count("prompt") == 1


@pytest.mark.parametrize("answer", ["declined", "accepted"])
def test_a_product_that_was_answered_at_one_sale_is_not_suggested_by_another(answer: str) -> None:
    customer = content("S-1", "S-2").until("2026-04-16")
    (asked,) = [sale for sale, life in customer.lives.items() if life.state.open_prompt]
    (prompt,), other = customer[asked].state.prompts, "S-2" if asked == "S-1" else "S-1"
    opens = {"opportunity": "S-9"} if answer == "accepted" else {}
    said = c.AnswerPrompt.model_validate({"prompt": prompt, "answer": answer, "text": "so", **opens})
    assert customer.ask(asked, said) == []
    customer.until("2026-06-01")  # the account has cooled down
    assert customer.why(other)[0] == ["prompt_all_answered"]
    assert customer[other].state.prompts == {}
    refused = "prompt_rests" if answer == "declined" else "prompt_accepted_before"
    assert customer.ask(other, c.MakePrompt(suggestion=suggestion())) == [refused]


def test_only_who_needs_it_is_told_and_only_what_is_new() -> None:
    single = content("S-1")
    assert single.said() == [], "a customer with one sale costs no signal"
    customer = Customer(*SALES)
    customer.ask("S-2", satisfied())
    assert customer.said() == ["account:acme", "aftercare:S-1", "aftercare:S-3"]
    customer.ask("S-2", c.RateReferrer(contact="liu", signs=("influence",)))
    assert customer.said() == []


def test_a_sale_that_is_signed_later_hears_what_was_said_before() -> None:
    customer = content("S-1").until("2026-04-22")
    assert step(customer, "S-1", willing=False) == []
    customer.lives["S-2"] = late = Aftercare(answering=False, allowing=False, sale="S-2")
    late.now = customer["S-1"].now
    late.tell("2026-04-22", signed("2026-04-22", opportunity="S-2"))
    customer.account.tell(signed("2026-04-22", opportunity="S-2"))
    customer.deliver()
    assert late.state.held.heard == customer["S-1"].state.said
    assert customer.why("S-2")[1][-1] == "referral_rests"


def test_of_a_sale_whose_signing_is_told_late_the_others_know_and_the_newest_leads() -> None:
    customer = Customer("S-2")
    customer.lives["S-1"] = late = Aftercare(answering=False, allowing=False, sale="S-1")
    late.tell("2026-04-08", signed("2026-02-02", opportunity="S-1", contract=contract(value=7)))
    customer.account.tell(signed("2026-02-02", opportunity="S-1", contract=contract(value=7)))
    customer.deliver()
    assert (late.state.newest, customer["S-2"].state.newest) == ("S-2", "")
    assert customer["S-2"].state.orders["S-1"].amount == amount(7)


def test_what_was_heard_adds_up_to_the_same_in_any_order_and_however_often() -> None:
    now = Aftercare().now
    low, high = (Scored(score=score, satisfied=score > 3, on=day("2026-03-02"), told=now) for score in (1, 5))
    bag, rests = ProductSaid(product="bag"), ProductSaid(product="bag", until=day("2026-09-01"))
    parts = [
        Heard(score=high, referrals_from=day("2026-05-01"), products=(rests,)),
        Heard(score=low, products=(bag, ProductSaid(product="bag", account="sister"))),
        Heard(referrals_from=day("2026-04-01")),
    ]
    whole = Heard.of(parts)
    assert whole == Heard.of([*reversed(parts), whole, *parts])
    assert (whole.score, whole.referrals_from) == (low, day("2026-05-01"))
    assert whole.products == (bag, ProductSaid(product="bag", account="sister"))

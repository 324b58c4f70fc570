"""A sale whose signing is taken back, or which is another account's after all: what was told before counts no more."""

from __future__ import annotations

from typing import Any

from stagemark.domain.aftercare import commands as c
from stagemark.domain.told import ComplaintClosed, ComplaintOpened, CustomerSaid, Held, Ordered, PromptAllowed, Unsigned
from tests.scenarios.aftercare.playing import amount, completed, day, satisfied, signed
from tests.scenarios.aftercare.test_one_customer import Customer, content, step

HELD = Held(complaints=("K-1",), cool_until=day("2026-09-01"), by="S-2:p1")


def taken_back(customer: Customer, sale: str) -> None:
    fact = Unsigned(opportunity=sale)
    customer.account.tell(fact)
    customer.ask(sale, fact)


def signed_anew(customer: Customer, sale: str) -> None:
    fact = signed(opportunity=sale)
    customer.account.tell(fact)
    customer.ask(sale, fact)


def test_a_complaint_that_is_closed_while_a_sale_is_unsigned_holds_it_no_more() -> None:
    customer = content("S-1")
    customer.account.tell(ComplaintOpened(complaint="K-1"))
    customer.deliver()
    taken_back(customer, "S-1")
    customer.account.tell(ComplaintClosed(complaint="K-1"))
    signed_anew(customer, "S-1")
    assert customer["S-1"].state.held == Held()


def test_a_complaint_that_is_still_open_holds_a_sale_that_is_signed_anew() -> None:
    customer = content("S-1")
    customer.account.tell(ComplaintOpened(complaint="K-1"))
    taken_back(customer, "S-1")
    signed_anew(customer, "S-1")
    assert customer["S-1"].state.held.complaints == ("K-1",)


def test_what_held_a_sale_at_one_account_does_not_hold_it_at_another() -> None:
    life = completed(allowing=False)
    life.tell("2026-04-22", satisfied())
    life.allow("acme", granted=False, until="2026-09-01")
    life.tell("2026-04-22", HELD, signed(account="acme", title="called otherwise"))
    assert (life.state.held, life.state.rests) == (HELD, {"acme": day("2026-09-01")})
    life.tell("2026-04-22", signed(account="beta"))
    assert (life.state.held, life.state.rests, life.state.cool_until) == (Held(), {}, None)
    life.check()


def test_nobody_goes_by_what_was_said_at_a_sale_that_is_taken_back_until_it_is_signed_anew() -> None:
    customer = content("S-1", "S-2").until("2026-04-22")
    assert step(customer, "S-1", willing=False) == []
    taken_back(customer, "S-1")
    assert list(customer.account.state.heard) == ["S-2"]
    assert customer.why("S-2")[1] == []
    signed_anew(customer, "S-1")
    assert customer.account.state.heard["S-1"] == customer["S-1"].state.said
    assert customer.why("S-2")[1] == ["referral_rests"]


def test_a_sale_that_is_another_customers_forgets_the_first_and_tells_the_other_what_was_said_there() -> None:
    customer = content("S-1", "S-2")
    life = customer["S-1"]
    assert (life.state.held.heard.score, life.state.shares, life.state.newest) == (life.state.said.score, True, "S-2")
    moved = signed(account="beta")
    life.told = []
    assert life.ask(moved) == []
    assert (life.state.held, list(life.state.orders), life.state.newest, life.told) == (Held(), ["S-1"], "", [])
    newer = Ordered(opportunity="S-3", order="S-3", on=day("2026-04-01"), amount=amount(9))
    assert life.ask(newer) == []
    told: list[Any] = [(str(tell.to), tell.request) for tell in life.told]
    assert [(to, request["commands"][0]["kind"]) for to, request in told] == [
        ("account:beta", "customer_said"), ("aftercare:S-3", "ordered"),
    ]  # fmt: skip
    assert CustomerSaid.model_validate(told[0][1]["commands"][0]).heard == life.state.said
    life.check()


def test_a_prompt_that_one_account_was_asked_for_is_not_made_for_another() -> None:
    life = completed(allowing=False)
    life.tell("2026-04-22", satisfied())
    life.asked()
    assert life.state.wanted
    late = PromptAllowed(account="acme", prompt=life.state.wanted.prompt, granted=True)
    life.tell("2026-04-22", signed(account="beta"), late)
    assert life.asked() == ["acme prompt_dropped", "beta prompt_wanted"]


def leads(customer: Customer) -> list[str]:
    """The sales by which the customer's next order is awaited."""
    return [
        sale
        for sale, life in customer.lives.items()
        if any(one.stands and one.item.kind == "repurchase" for one in life.state.contacts.values())
    ]


def test_when_the_newest_sale_is_taken_back_the_next_one_leads_until_it_is_signed_anew() -> None:
    customer = content("S-1", "S-2", "S-3")
    order = c.RecordOrder(order="PO-1", on=day("2026-04-01"), amount=amount(9))
    assert customer.ask("S-2", order) == []
    assert (leads(customer), "PO-1" in customer["S-3"].state.orders) == (["S-3"], True)
    taken_back(customer, "S-3")
    assert (leads(customer), set(customer["S-2"].state.orders)) == (["S-2"], {"S-1", "S-2", "PO-1"})
    taken_back(customer, "S-2")
    assert (leads(customer), set(customer["S-1"].state.orders)) == (["S-1"], {"S-1"})
    for sale in ("S-2", "S-3"):
        signed_anew(customer, sale)
    assert (leads(customer), set(customer["S-3"].state.orders)) == (["S-3"], {"S-1", "S-2", "S-3", "PO-1"})
    for life in customer.lives.values():
        life.check()


def test_an_older_sale_that_is_signed_anew_tells_the_newest_its_orders_again() -> None:
    customer = content("S-1", "S-2")
    order = c.RecordOrder(order="PO-1", on=day("2026-04-01"), amount=amount(9))
    assert customer.ask("S-1", order) == []
    taken_back(customer, "S-1")
    assert list(customer["S-2"].state.orders) == ["S-2"]
    signed_anew(customer, "S-1")
    assert (leads(customer), set(customer["S-2"].state.orders)) == (["S-2"], {"S-1", "S-2", "PO-1"})

"""A sale whose signing is taken back, or which is another account's after all: what was told before counts no more."""

from __future__ import annotations

from stagemark.domain.told import ComplaintClosed, ComplaintOpened, Held, Unsigned
from tests.scenarios.aftercare.playing import completed, day, satisfied, signed
from tests.scenarios.aftercare.test_one_customer import Customer, content

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

"""What people have entered by hand at sales under the ids of payments: what the bank reports of it is the same money.

What is entered settles its sale at once, and the bank's report comes to the account before or after the account hears
of it. Whichever comes first, it is counted once, where it was entered. What came back from a sale without a report is
not matched so: it may be another part of the same payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stagemark.domain.account.commands import Place
from stagemark.domain.account.state import NOTHING, AccountState, Payment
from stagemark.domain.money import counted_out

__all__ = ["claimed", "entered_ids", "uncovered", "unduly_placed"]


def entered_ids(state: AccountState) -> dict[str, None]:
    """The ids under which something is entered, in the order of the sales."""
    return dict.fromkeys(id_ for sale in state.sales.values() for id_ in sale.entered)


def claimed(state: AccountState, id_: str, payment: Payment) -> tuple[Place, ...]:
    """Where money of a payment that waits goes, since it was entered there."""
    return tuple(_shared(_free(payment), _claims(state, id_, payment), entered=True))


def unduly_placed(state: AccountState, id_: str, payment: Payment) -> tuple[Place, ...]:
    """What goes back from where it is placed, since it was entered at other sales and not enough waits.

    What is placed where it was entered stays: of two people who have entered it nobody knows who is right.
    """
    claims = _claims(state, id_, payment)
    return tuple(_shared(_short(payment, claims), _callable(payment, claims)))


def uncovered(state: AccountState) -> dict[str, tuple[Payment, dict[str, Decimal]]]:
    """Payments of which more was entered than the bank has reported, or taken back since; with what, and where."""
    found = {}
    for id_ in entered_ids(state):
        payment = state.payment(id_)
        if payment is None or not payment.reported:  # the bank has not said anything yet
            continue
        claims = _claims(state, id_, payment)
        live = id_ in state.payments  # nothing is called back of what is kept in short only
        if _short(payment, claims) > (sum(_callable(payment, claims).values(), NOTHING) if live else NOTHING):
            found[id_] = payment, claims
    return found


def _claims(state: AccountState, id_: str, payment: Payment) -> dict[str, Decimal]:
    """How much of it is entered at which sales, and not on its way there already."""
    if not payment.reported:
        return {}
    claims = {}
    for opportunity, sale in state.sales.items():
        if (entered := sale.entered.get(id_)) is None or sale.currency != payment.currency:
            continue
        part = payment.places.get(opportunity)
        under_way = max(NOTHING, part.amount - entered.placed) if part else NOTHING
        if entered.amount > under_way:
            claims[opportunity] = entered.amount - under_way
    return claims


def _short(payment: Payment, claims: dict[str, Decimal]) -> Decimal:
    """How much is entered beyond what waits or comes back."""
    comes = sum((part.recalled for part in payment.places.values()), NOTHING)
    return max(NOTHING, sum(claims.values(), NOTHING) - _free(payment) - comes)


def _free(payment: Payment) -> Decimal:
    """What waits of the bank's own money, as far as it can be counted out."""
    return counted_out(max(NOTHING, payment.waiting - payment.by_hand), payment.currency)


def _callable(payment: Payment, claims: dict[str, Decimal]) -> dict[str, Decimal]:
    """What can be called back from which sales, from where it was placed last to the first."""
    return {
        opportunity: max(NOTHING, part.amount - part.entered - part.recalled)
        for opportunity, part in reversed(payment.places.items())
        if opportunity not in claims
    }


def _shared(amount: Decimal, among: dict[str, Decimal], **more: Any) -> Iterator[Place]:
    for opportunity, most in among.items():
        if (part := min(amount, most)) > 0:
            amount -= part
            yield Place(opportunity=opportunity, amount=part, **more)

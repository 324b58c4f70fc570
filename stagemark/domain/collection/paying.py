"""What each payment changes in a collection: money comes, is the same that a person entered before, or goes again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from stagemark.domain.collection import commands as asked
from stagemark.domain.collection.promises import judged
from stagemark.domain.collection.state import NOTHING, CollectionState, Payment, Receivable
from stagemark.domain.entries import Entry
from stagemark.domain.told import MoneyPlaced, MoneyRecalled, MoneyReversed

__all__ = ["entered", "left_with", "money_reversed", "placed", "recalled", "taken_back"]

Changes = dict[str, Any]


def entered(state: CollectionState, fact: asked.EnterPayment, entry: Entry[Any]) -> Changes:
    """A person enters a payment; under the id of one that was taken back, it takes its place."""
    amount = fact.amount.amount
    key, known = _known(state, fact.payment, state.currency, fact.on)
    parts = fact.allocation or state.spread(amount, fact.instalments)
    payment = known.model_copy(update={"entered": known.entered + amount, "by_hand": known.by_hand + amount})
    return _allocated(state, key, payment, parts, amount, entry.day)


def placed(state: CollectionState, fact: MoneyPlaced, entry: Entry[Any]) -> Changes:
    """Never refused. What a person has entered under the same id is the same money; what does not fit is left.

    What was taken back since, or went to the account, is not: the account places it as its own. If more of it
    pays than was entered, its day counts for all of it: a payment has one.
    """
    amount = fact.amount.amount
    key, known = _known(state, fact.payment, fact.amount.currency, fact.on, fact.account)
    same = min(amount, known.by_hand)
    ours = fact.amount.currency == state.currency and not fact.entered
    parts = state.spread(amount - same, fact.instalments) if ours else {}
    payment = known.model_copy(
        update={
            "placed": known.placed + amount, "confirmed": known.confirmed + same, "by_hand": known.by_hand - same,
            "account": fact.account, "on": fact.on if parts else known.on,
        }
    )  # fmt: skip
    return _allocated(state, key, payment, parts, amount - same, entry.day)


def money_reversed(state: CollectionState, fact: MoneyReversed, entry: Entry[Any]) -> Changes:
    """The bank took a payment back: what the account has placed here, or what a person has said of it."""
    account = fact.account if fact.amount is not None else ""
    key = state.payment_key(fact.payment, fact.amount.currency if fact.amount else state.currency, account)
    payment = state.payments.get(key)
    if payment is None:
        return {}
    taken = min(fact.amount.amount, payment.counts) if fact.amount is not None else payment.by_hand
    books: Changes = {"reversed": payment.reversed + taken}
    if fact.amount is None:
        books["by_hand"] = NOTHING
    return _taken(state, key, payment, taken, books, entry.day)


def recalled(state: CollectionState, fact: MoneyRecalled, entry: Entry[Any]) -> Changes:
    """The account needs what it has placed for another sale: it goes back, as far as it still pays for something."""
    key = state.payment_key(fact.payment, fact.amount.currency, fact.account)
    payment = state.payments.get(key)
    if payment is None:
        return {}
    taken = min(fact.amount.amount, payment.counts - payment.by_hand)
    return _taken(state, key, payment, taken, {"unplaced": payment.unplaced + taken}, entry.day)


def taken_back(state: CollectionState, fact: asked.TakeBack, entry: Entry[Any]) -> Changes:
    """What only a person has said is undone; what the account placed goes back to it."""
    key = state.payment_key(fact.payment, state.currency)
    payment = state.payments.get(key)
    if payment is None:
        return {}
    books = {
        "reversed": payment.reversed + payment.by_hand,
        "unplaced": payment.unplaced + payment.counts - payment.by_hand,
    }
    return _taken(state, key, payment, payment.counts, books, entry.day)


def left_with(payment: Payment, allocated: Mapping[str, Decimal]) -> Payment:
    """A payment of which only so much is still needed here: the rest goes back to the account."""
    lost = payment.counts - sum(allocated.values(), NOTHING)
    return _standing(payment.model_copy(update={"allocated": allocated, "unplaced": payment.unplaced + lost}))


def _known(state: CollectionState, id_: str, currency: str, on: date, account: str = "") -> tuple[str, Payment]:
    """Under which key a payment is kept, and how it stands; one of which nothing is left comes on another day."""
    key = state.payment_key(id_, currency, account)
    known = state.payments.get(key) or Payment(id=id_, currency=currency, on=on)
    return key, known if known.counts else known.model_copy(update={"on": on})


def _allocated(
    state: CollectionState,
    key: str,
    payment: Payment,
    parts: Mapping[str, Decimal],
    amount: Decimal,
    day: date,
) -> Changes:
    allocated, receivables = dict(payment.allocated), dict(state.receivables)
    fitting = {id_: part for id_, part in parts.items() if id_ in receivables}
    for id_, part in fitting.items():
        allocated[id_] = allocated.get(id_, NOTHING) + part
        receivables[id_] = receivables[id_].model_copy(update={"paid": receivables[id_].paid + part})
    unplaced = payment.unplaced + amount - sum(fitting.values(), NOTHING)
    kept = _standing(payment.model_copy(update={"allocated": allocated, "unplaced": unplaced}))
    payments = {**state.payments, key: kept}
    receivables |= {id_: _paid(receivables[id_], payments.values(), day) for id_ in allocated}
    return {"payments": payments, "receivables": receivables}


def _paid(one: Receivable, payments: Collection[Payment], day: date) -> Receivable:
    """Settled by the last of its money, in whatever order that was told; what is given up was settled by that."""
    if not one.outstanding and (one.settled is None or not one.written_off):
        one = one.model_copy(update={"settled": max(paid.on for paid in payments if one.id in paid.allocated)})
    return judged(one, payments, day)


def _taken(state: CollectionState, key: str, payment: Payment, amount: Decimal, books: Changes, day: date) -> Changes:
    """Money is taken from instalments, from the one that it paid last to the first."""
    allocated, receivables = dict(payment.allocated), dict(state.receivables)
    for id_, part in reversed(payment.allocated.items()):
        if taken := min(part, amount):
            amount -= taken
            allocated[id_] = part - taken
    kept = {id_: part for id_, part in allocated.items() if part}
    payments = {**state.payments, key: _standing(payment.model_copy(update={"allocated": kept, **books}))}
    for id_, part in payment.allocated.items():
        if taken := part - allocated[id_]:
            receivables[id_] = _unpaid(receivables[id_], taken, payments.values(), day)
    return {"payments": payments, "receivables": receivables}


def _unpaid(one: Receivable, taken: Decimal, payments: Collection[Payment], day: date) -> Receivable:
    """It is owed again; what had been given up before it was paid stays given up."""
    after = one.model_copy(update={"paid": one.paid - taken})
    if not after.outstanding:
        return after.model_copy(update={"settled": after.loss.on if after.loss else one.settled})
    since = day if one.by and not one.outstanding else one.since
    return judged(after.model_copy(update={"settled": None, "since": since}), payments, day)


def _standing(payment: Payment) -> Payment:
    """Of money that goes, the account's goes first: it knows what it placed."""
    return payment.model_copy(update={"by_hand": min(payment.by_hand, payment.counts)})

"""Whether promises to pay are kept: by the money that came in time, whenever that is told, while it stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from stagemark.domain.collection.commands import PromiseEnded
from stagemark.domain.collection.policy import harder_of
from stagemark.domain.collection.state import NOTHING, Payment, Promise, Receivable

__all__ = ["ended", "judged", "kept", "paid_by"]


def paid_by(one: Receivable, day: date, payments: Collection[Payment]) -> Decimal:
    """What of an instalment had been paid by a day, by the payments' own days."""
    return sum((paid.allocated.get(one.id, NOTHING) for paid in payments if paid.on <= day), NOTHING)


def kept(one: Receivable, promise: Promise, payments: Collection[Payment]) -> bool:
    """Whether what was promised came in time."""
    came = paid_by(one, promise.until, payments)
    if promise.amount is None:
        return came >= one.amount - one.written_off
    before = min(promise.paid, paid_by(one, promise.on, payments))  # of which some may be gone since
    return came - before >= promise.amount


def ended(one: Receivable, fact: PromiseEnded, day: date) -> Receivable:
    """The last promise is over: kept, or broken, and from that day on it is collected by a harder kind."""
    if fact.kept or fact.by is None:
        outcome = "kept" if fact.kept else "broken"
        return one.model_copy(update={"promises": one.promises_ended(outcome), "since": day})
    by = harder_of(one.by, fact.by)
    promises = one.promises_ended("broken", before=one.by, after=by)
    harder = {"promises": promises, "since": day, "by": by, "broken": True, "contacted": None}
    return one.model_copy(update=harder)


def judged(one: Receivable, payments: Collection[Payment], day: date) -> Receivable:
    """What its promises have become, now that there is more money or less; the last is judged first.

    Args:
        one: The instalment.
        payments: All payments, as they are now.
        day: When that was said.
    """
    for place, promise in reversed([*enumerate(one.promises)]):
        in_time = kept(one, promise, payments)
        if promise.outcome == "open" and not one.outstanding:
            one = _ended(one, place, "kept" if in_time else "broken")
        elif promise.outcome == "broken" and in_time:
            one = _found_kept(one, place, day)
        elif promise.outcome == "kept" and not in_time:
            one = _found_broken(one, place, day)
        elif promise.outcome == "broken" and promise.after is None:  # paid too late, and now not even that
            one = _reopened(one, place)
    return one


def _found_kept(one: Receivable, place: int, day: date) -> Receivable:
    """Its money was on the way when it was called broken: it made nothing harder.

    A kind that age, an approval or a later broken promise has brought since stands.
    """
    promise, since = one.promises[place], one.promises[place + 1 :]
    one = _ended(one, place, "kept")
    if promise.after is None or any(later.outcome == "broken" and later.after for later in since):
        return one
    changes: dict[str, Any] = {"broken": False, "round": one.round + 1, "since": day}
    if one.by == promise.after and one.legal is None:
        milder = tuple(later.model_copy(update={"by": promise.before}) for later in since)
        changes |= {"by": promise.before, "promises": (*one.promises[: place + 1], *milder)}
    return one.model_copy(update=changes)


def _found_broken(one: Receivable, place: int, day: date) -> Receivable:
    """Its money is gone, or came later than was said: the last holds again; one before it is as hard as it had been."""
    promise, since = one.promises[place], one.promises[place + 1 :]
    one = _ended(one, place, "broken")
    if not since:
        return _reopened(one, place)
    if promise.after is None or not one.outstanding:
        return one
    harder = tuple(later.model_copy(update={"by": harder_of(later.by, promise.after)}) for later in since)
    changes = {"promises": (*one.promises[: place + 1], *harder), "by": harder_of(one.by, promise.after)}
    return one.model_copy(update={**changes, "round": one.round + 1, "since": day, "contacted": None})


def _reopened(one: Receivable, place: int) -> Receivable:
    """While something is owed the last promise holds; if its day is over, it falls due at once and is broken then."""
    if not one.outstanding or place < len(one.promises) - 1:
        return one
    reopened = _ended(one, place, "disputed" if one.dispute else "open")
    return reopened.model_copy(update={"round": one.round + 1})


def _ended(one: Receivable, place: int, outcome: str) -> Receivable:
    ended = one.promises[place].model_copy(update={"outcome": outcome})
    return one.model_copy(update={"promises": (*one.promises[:place], ended, *one.promises[place + 1 :])})

"""Whom a collection tells of what changed: the account, the aftercare, a complaint, and the sale itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pydantic import JsonValue

from stagemark.domain.collection.commands import Dispute
from stagemark.domain.collection.state import NOTHING, CollectionState, Payment
from stagemark.domain.commands import Envelope, Given, Mark, Model
from stagemark.domain.complaint.commands import Disputed
from stagemark.domain.entries import Entry, Stream
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.told import ENGINE, MoneyUnplaced, Owed, PaidUp, Reached, Signed, Tell

__all__ = ["tells"]

_BY_HAND: Final = ("enter_payment", "take_back")
MOST_LISTED: Final = 20_000
"""So many bytes the list of payments has at most; the whole list is the collection's own."""


def tells(before: CollectionState, after: CollectionState, news: Sequence[Entry[Any]]) -> Iterator[Tell]:
    """What follows for others; each is told once for all that changed."""
    if after.signed is None or not news:
        return
    key = f"collection:{after.id}:{after.sequence}"
    for account, facts in _accounts(before, after, after.signed, news).items():
        yield Tell.of(Stream(stream="account", id=account), key, *facts)
    for entry in news:
        if isinstance(entry.fact, Dispute):
            yield _complaint(after, after.signed, entry, entry.fact)
    if facts := [*_reached(before, after), *_paid_up(before, after, news[-1])]:
        yield Tell.of(Stream(stream="aftercare", id=after.id), key, *facts)
    signed = any(entry.kind == "signed" for entry in news)  # told again, the sale can take by now what it refused
    if after.complete and (signed or not before.complete) and after.signed.collects is not None:
        yield Tell(opportunity=after.id, envelope=_end(after, after.signed, key))


def _accounts(
    before: CollectionState, after: CollectionState, signed: Signed, news: Sequence[Entry[Any]]
) -> dict[str, list[Model]]:
    """Each account gets back what it has placed; another one than before, since that was corrected, knows the debts."""
    told: dict[str, list[Model]] = defaultdict(list)
    for payment, unplaced in _unplaced(before, after):
        told[payment.account or signed.account].append(unplaced)
    was = before.signed.account if before.signed is not None else signed.account
    if was != signed.account:
        told[was].append(Owed(opportunity=after.id, currency=after.currency, debts={}))
    for owed in _owed(before, after, signed, news):
        told[signed.account].append(owed)
    return told


def _unplaced(before: CollectionState, after: CollectionState) -> Iterator[tuple[Payment, MoneyUnplaced]]:
    for key, payment in after.payments.items():
        known = before.payments.get(key) if before.signed else None  # before that, nobody was there to be told
        if more := payment.unplaced - (known.unplaced if known else NOTHING):
            back = Amount(amount=more, currency=payment.currency)
            yield payment, MoneyUnplaced(opportunity=after.id, payment=payment.id, amount=back, on=payment.on)


def _owed(
    before: CollectionState, after: CollectionState, signed: Signed, news: Sequence[Entry[Any]]
) -> Iterator[Owed]:
    if not before.sequence:  # the account hears of the contract from the sale itself, and of nothing more from here
        return
    # The account reckons by itself what a changed contract leaves to be paid: here it is known.
    signed_anew = after.running and any(entry.kind == "signed" for entry in news)
    entered = after.entered_for(signed.account)
    # One entry can take the place of another. That the account has placed the same since, it knows itself.
    by_person = any(entry.kind in _BY_HAND for entry in news) and entered != before.entered_for(signed.account)
    if after.debts != before.debts or signed_anew or by_person:
        by_hand = {"entered": entered} if entered else {}
        number = signed.contract.number
        yield Owed(opportunity=after.id, currency=after.currency, debts=after.debts, number=number, **by_hand)


def _complaint(state: CollectionState, signed: Signed, entry: Entry[Any], dispute: Dispute) -> Tell:
    """A dispute opens a complaint, whose first step comes to the owner at once."""
    one = state.receivables[dispute.instalment]
    number = one.disputes[-1].complaint
    raised = Disputed(
        account=signed.account, owner=state.owner, text=dispute.text, opportunity=state.id, instalment=one.id,
        title=signed.title, **({"contact": dispute.contact} if dispute.contact else {}),
    )  # fmt: skip
    return Tell.of(Stream(stream="complaint", id=number), f"collection:{state.id}:{entry.sequence}", raised)


def _reached(before: CollectionState, after: CollectionState) -> Iterator[Reached]:
    for id_, milestone in after.milestones.items():
        known = before.milestones.get(id_)
        if milestone.reached is not None and (known is None or known.reached != milestone.reached):
            yield Reached(milestone=id_, on=milestone.reached)


def _paid_up(before: CollectionState, after: CollectionState, last: Entry[Any]) -> Iterator[PaidUp]:
    def standing(state: CollectionState) -> dict[str, Any]:
        steps, clear = (_steps(state), _clear(state)) if state.running else ((), None)
        return {
            "share": state.share, "overdue": state.overdue, "settled": state.settled, "steps": steps, "clear": clear,
            "due": _due(state) if state.share else None,  # before that it is not paid, due or not
        }  # fmt: skip

    if after.running and (now := standing(after)) != standing(before):
        yield PaidUp(on=last.day, **now)


def _steps(state: CollectionState) -> tuple[tuple[date, Decimal], ...]:
    """Which share was reached when; days that bring less than a percent are left out, but for the last."""
    assert state.signed is not None  # it is running
    ordinary = {one.id: one.amount for one in state.receivables.values() if one.type != "retention"}
    came: dict[date, Decimal] = defaultdict(Decimal)
    for payment in state.payments.values():
        if part := sum((part for id_, part in payment.allocated.items() if id_ in ordinary), NOTHING):
            came[max(payment.on, state.signed.on)] += part
    whole, paid = sum(ordinary.values(), NOTHING), NOTHING
    steps: list[tuple[date, Decimal]] = []
    for day in sorted(came):
        paid += came[day]
        steps.append((day, paid / whole))
    percents = [int(share * 100) for _, share in steps]
    return tuple(
        step
        for place, step in enumerate(steps)
        if place in (0, len(steps) - 1) or percents[place] > percents[place - 1]
    )


def _clear(state: CollectionState) -> date | None:
    """When the last of what had been overdue was settled; what was paid in time and told late had not been."""
    ordinary = [one for one in state.receivables.values() if one.type != "retention"]
    return max((one.settled for one in ordinary if one.settled and one.due and one.settled > one.due), default=None)


def _due(state: CollectionState) -> date | None:
    """The first due date of what is owed; retention money is apart (domain.md §7)."""
    return min((one.due for one in state.owed if one.due and one.type != "retention"), default=None)


def _end(state: CollectionState, signed: Signed, key: str) -> Envelope:
    """The end marker of the stage that collects, with the payments as evidence (domain.md §1)."""
    collects = signed.collects
    assert collects is not None  # asked before
    paid = [payment for payment in state.payments.values() if payment.counts]
    days = [payment.on for payment in paid]
    reached = {id_: one.reached for id_, one in state.milestones.items() if one.reached}
    if "acceptance" in reached:
        days.append(reached["acceptance"])
    evidence: dict[str, JsonValue] = {}
    if collects.amount:
        evidence[collects.amount] = {"amount": str(state.collected), "currency": state.currency}
    if collects.payments:
        evidence[collects.payments] = _listed(paid)
    if collects.fulfilment and (done := [id_ for id_ in collects.milestones if id_ in reached]):
        evidence[collects.fulfilment] = list(done)
    given = tuple(Given(evidence=id_, value=value) for id_, value in evidence.items())
    mark = Mark(stage=collects.stage, edge="end", evidence=given, observed_at=Moment.on(max(days)) if days else None)
    return Envelope(key=key, commands=(mark,), actor=ENGINE, source="engine")


def _listed(paid: Sequence[Payment]) -> str:
    """The payments, the last of them where there are too many; `+7` stands for seven before them."""
    found: list[str] = []
    for one in reversed(paid):
        said = f"{one.id} {one.on} {one.counts} {one.currency}"
        if len("; ".join((*found, said)).encode()) > MOST_LISTED:
            break
        found.append(said)
    left = len(paid) - len(found)
    return "; ".join([*([f"+{left}"] if left else []), *reversed(found)])

"""What a contract, or another one instead, makes of a collection: whatever it does not change goes on as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from stagemark.domain.collection.paying import left_with
from stagemark.domain.collection.state import NOTHING, CollectionState, MilestoneState, Receivable
from stagemark.domain.contract import Contract, Instalment, MilestoneId
from stagemark.domain.entries import Entry
from stagemark.domain.told import Signed

__all__ = ["dated", "moved", "said_on", "signed", "unsigned"]

Changes = dict[str, Any]
Milestones = dict[MilestoneId, MilestoneState]


def signed(state: CollectionState, fact: Signed, entry: Entry[Any]) -> Changes:
    """Money keeps its instalment where that still takes it, else it goes back; an instalment keeps its life.

    Its promises, disputes and approvals stand, and how it is collected: another amount makes that no milder. Only if
    another due date makes it younger it may age anew. An exemption was another account's, if it is of another now.
    """
    of_another = state.signed is not None and state.signed.account != fact.account
    milestones = _milestones(state, fact.contract)
    known = state.receivables if fact.contract.amount.currency == state.currency else {}
    receivables = {
        part.id: _carried(known.get(part.id), part, dated(part, fact.on, milestones), said_on(entry))
        for part in fact.contract.instalments
    }
    paid, payments = dict.fromkeys(receivables, NOTHING), {}
    for key, payment in state.payments.items():
        kept: dict[str, Decimal] = {}
        for id_, part in payment.allocated.items() if known else ():
            if id_ in receivables and (fits := min(part, receivables[id_].amount - paid[id_])):
                kept[id_] = fits
                paid[id_] += fits
        payments[key] = left_with(payment, kept)
    return {
        "signed": fact, "void": False, "owner": fact.owner, "deputy": fact.deputy,
        "collaborators": fact.collaborators, "payments": payments, "milestones": milestones,
        "completed": state.completed and _amounts(receivables) == _amounts(known),
        "exempt": None if of_another else state.exempt,
        "receivables": {
            id_: _with_money(known.get(id_), one.model_copy(update={"paid": paid[id_]}), entry.day)
            for id_, one in receivables.items()
        },
    }  # fmt: skip


def unsigned(state: CollectionState, fact: Any, entry: Entry[Any]) -> Changes:
    """All money goes back to the account, which tells from here on of no exemption: none is left, and none ends."""
    payments = {key: left_with(one, {}) for key, one in state.payments.items()}
    return {
        "void": True, "receivables": {}, "milestones": {}, "payments": payments, "stopped": None, "threat": 0,
        "completed": False, "exempt": None,
    }  # fmt: skip


def dated(part: Instalment, on: date, milestones: Mapping[MilestoneId, MilestoneState]) -> Changes:
    """When an instalment falls due, and when the receivable began: as far as that is known.

    Args:
        part: The instalment.
        on: The day of the signing.
        milestones: What has been reached.
    """
    if part.due is not None or part.after is None:
        return {"due": part.due, "begins": on}
    if part.after == "signing":
        begins: date | None = on
    else:
        begins = milestones[part.after].reached if part.after in milestones else None
    return {"due": begins and begins + timedelta(days=part.days), "begins": begins}


def moved(one: Receivable, dates: Changes, day: date) -> Receivable:
    """An instalment with these dates; a promise until before its due date has nothing left to say.

    If the debt is so much younger that it would not have come so far by now, it ages anew. Else it has come as far:
    how it is collected stands, and so do an approval and a broken promise.

    Args:
        one: The instalment.
        dates: When it falls due, and when the receivable began.
        day: When that was said.
    """
    due = dates["due"]
    if due == one.due:
        return one.model_copy(update=dates)
    changes: Changes = {**dates}
    if one.promise is not None and (due is None or one.promise.until <= due):
        changes |= {"promises": one.promises_ended("replaced"), "round": one.round + 1}
    if due is not None and one.due is not None:
        aged = (one.aged or one.due + timedelta(days=1)) + (due - one.due)
        if due < one.due or aged <= day:
            return one.model_copy(update={**changes, "aged": aged if one.by else None})
    anew = {"by": None, "aged": None, "since": None, "contacted": None, "broken": False, "legal": None}
    return one.model_copy(update={**changes, **anew, "round": one.round + 1})


def said_on(entry: Entry[Any]) -> date:
    """The day on which it was recorded, whenever it happened: in UTC, since an entry knows no zone."""
    return max(entry.day, entry.recorded_at.astimezone(UTC).date())


def _carried(known: Receivable | None, part: Instalment, dates: Changes, day: date) -> Receivable:
    if known is None:
        return Receivable(id=part.id, amount=part.amount, type=part.type, **dates)
    return moved(known.model_copy(update={"amount": part.amount, "type": part.type}), dates, day)


def _with_money(known: Receivable | None, one: Receivable, day: date) -> Receivable:
    """Whether it is settled, now that its amount and its money are known."""
    before = known is not None and not known.outstanding
    if one.outstanding:
        return one.model_copy(update={"settled": None, "since": day if before and one.by else one.since})
    return one if before else one.model_copy(update={"settled": day, "promises": one.promises_ended("kept")})


def _amounts(receivables: Mapping[str, Receivable]) -> dict[str, Decimal]:
    return {id_: one.amount for id_, one in receivables.items()}


def _milestones(state: CollectionState, contract: Contract) -> Milestones:
    """What was reached, and what was planned since the last contract, where this one says nothing else.

    What an instalment waits for is tracked, whether somebody has planned it or not.
    """
    was = _planned(state.signed.contract) if state.signed is not None and not state.void else {}
    plans = _planned(contract)
    waited = [part.after for part in contract.instalments if part.after and part.after != "signing"]
    found: Milestones = {}
    for id_ in {**plans, **dict.fromkeys(waited), **state.milestones}:
        known, plan = state.milestones.get(id_), plans.get(id_)
        if known is None or (plan != was.get(id_)):
            known = MilestoneState(planned=plan, reached=known.reached if known else None)
        if known.planned or known.reached or id_ in waited:
            found[id_] = known
    return found


def _planned(contract: Contract) -> dict[MilestoneId, date]:
    """The planned days; delivery by the last deliverable's, where the contract says no other."""
    promised = [one.due for one in contract.deliverables if one.due]
    by_goods: dict[MilestoneId, date] = {"delivery": max(promised)} if promised else {}
    return {**by_goods, **contract.milestones}

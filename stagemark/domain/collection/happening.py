"""What each entry changes in a collection. Total, and by the entry alone: the ledger is enough to rebuild it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from stagemark.domain.collection import commands as asked
from stagemark.domain.collection import contracting, paying
from stagemark.domain.collection.policy import harder_of
from stagemark.domain.collection.promises import ended, paid_by
from stagemark.domain.collection.state import (
    Approval,
    CollectionState,
    Disputed,
    Loss,
    MilestoneState,
    Promise,
    Receivable,
    Stopped,
    complaint_id,
)
from stagemark.domain.contract import MilestoneId
from stagemark.domain.entries import AnswerTask, Entry, TaskDue
from stagemark.domain.told import DisputeOver, Exempted, HandedOver

__all__ = ["happen"]

Changes = dict[str, Any]


def happen(state: CollectionState, entry: Entry[Any]) -> CollectionState:
    """The state after one more entry."""
    change = _CHANGES.get(entry.kind)
    instalment = getattr(entry.fact, "instalment", None)
    if change is None or (instalment is not None and instalment not in state.receivables):
        return state  # the second: a ledger that is read in part, as it stood on a day
    after: CollectionState = state.but(**change(state, entry.fact, entry))
    return after.but(completed=True) if after.complete and not after.completed else after


def _handed_over(state: CollectionState, fact: HandedOver, entry: Entry[Any]) -> Changes:
    return {"owner": fact.owner, "deputy": fact.deputy, "collaborators": fact.collaborators}


def _promised(state: CollectionState, fact: asked.PromisePayment, entry: Entry[Any]) -> Changes:
    one = state.receivables[fact.instalment]
    paid = paid_by(one, entry.day, state.payments.values())  # told late, some of it came since
    promise = Promise(
        on=entry.day, until=fact.until, amount=fact.amount, paid=paid, by=one.by, approved_by=fact.approved_by
    )
    return _phase(state, one, promises=(*one.promises_ended("replaced"), promise))


def _promise_ended(state: CollectionState, fact: asked.PromiseEnded, entry: Entry[Any]) -> Changes:
    return _phase(state, ended(state.receivables[fact.instalment], fact, entry.day))


def _disputed(state: CollectionState, fact: asked.Dispute, entry: Entry[Any]) -> Changes:
    one = state.receivables[fact.instalment]
    complaint = complaint_id(state.id, one.id, len(one.disputes) + 1)
    disputes = (*one.disputes, Disputed(complaint=complaint, on=entry.day))
    return _phase(state, one, disputes=disputes, promises=one.promises_ended("disputed"))


def _dispute_over(state: CollectionState, fact: DisputeOver, entry: Entry[Any]) -> Changes:
    one = state.receivables[fact.instalment]
    if one.dispute is None or one.dispute.complaint != fact.complaint:
        return {}
    over = one.dispute.model_copy(update={"over": entry.day})
    return _phase(state, one, disputes=(*one.disputes[:-1], over), since=entry.day)


def _aged(state: CollectionState, fact: asked.Aged, entry: Entry[Any]) -> Changes:
    one = state.receivables[fact.instalment]
    return _phase(state, one, by=harder_of(one.by, fact.by), aged=fact.since, since=fact.since, contacted=None)


def _approved(state: CollectionState, fact: asked.ApproveLegal, entry: Entry[Any]) -> Changes:
    one = state.receivables[fact.instalment]
    approval = Approval(by=fact.approved_by, on=entry.day)
    return _phase(state, one, by="legal", legal=approval, since=entry.day, contacted=None)


def _written_off(state: CollectionState, fact: asked.WriteOff, entry: Entry[Any]) -> Changes:
    one = state.receivables[fact.instalment]
    loss = Loss(by=fact.approved_by, on=entry.day, amount=one.written_off + one.outstanding)
    return _phase(state, one, given_up=loss, settled=entry.day, promises=one.promises_ended("dropped"))


def _phase(state: CollectionState, one: Receivable, **changes: Any) -> Changes:
    """A new phase of an instalment: what was asked of people in the one before is withdrawn."""
    changed = one.model_copy(update={**changes, "round": one.round + 1})
    return {"receivables": {**state.receivables, one.id: changed}}


def _reached(state: CollectionState, fact: asked.Reach, entry: Entry[Any]) -> Changes:
    """Instalments that waited for it get their day; one that is corrected makes them as old as if it had been right."""
    known = state.milestones.get(fact.milestone) or MilestoneState()
    milestones = {**state.milestones, fact.milestone: known.model_copy(update={"reached": fact.on})}
    receivables = dict(state.receivables)
    parts = state.signed.contract.instalments if state.signed else ()
    for part in parts:
        if part.after == fact.milestone and part.id in receivables:
            dates = contracting.dated(part, fact.on, milestones)
            receivables[part.id] = contracting.moved(receivables[part.id], dates, contracting.said_on(entry))
    return {"milestones": milestones, "receivables": receivables}


def _replanned(state: CollectionState, fact: asked.Plan, entry: Entry[Any]) -> Changes:
    known = state.milestones.get(fact.milestone) or MilestoneState()
    again = known.model_copy(update={"planned": fact.on, "told": False})
    return {"milestones": {**state.milestones, fact.milestone: again}}


def _threatened(state: CollectionState, fact: asked.Threaten, entry: Entry[Any]) -> Changes:
    return {"threat": entry.sequence}


def _answered(state: CollectionState, fact: AnswerTask, entry: Entry[Any]) -> Changes:
    """Whoever answers the proposal to stop supply after a threat, and does not stop it, has decided."""
    task = state.tasks.get(fact.entry)
    threat = task is not None and task.due.task == "supply_stop" and "instalment" not in task.due.params
    return {"threat": 0} if threat and fact.answer != "put_off" else {}


def _stopped(state: CollectionState, fact: asked.StopSupply, entry: Entry[Any]) -> Changes:
    overdue = any(one.overdue for one in state.owed)
    return {"stopped": Stopped(by=fact.approved_by, on=entry.day, overdue=overdue), "threat": 0}


def _resumed(state: CollectionState, fact: asked.ResumeSupply, entry: Entry[Any]) -> Changes:
    return {"stopped": None}


def _debtor(state: CollectionState, fact: asked.SetDebtor, entry: Entry[Any]) -> Changes:
    return {"debtor": fact.type}


def _exempted(state: CollectionState, fact: Exempted, entry: Entry[Any]) -> Changes:
    """What was approved rests meanwhile: legal is not to contact the customer, and is again when the exemption ends."""
    after: CollectionState = state.but(exempt=fact.until)
    turns = after.exempt_on(entry.day) != state.exempt_on(entry.day)
    resting = {one.id: one.model_copy(update={"round": one.round + 1}) for one in state.owed if turns and one.legal}
    return {"exempt": fact.until, "receivables": {**state.receivables, **resting}}


def _task_due(state: CollectionState, fact: TaskDue, entry: Entry[Any]) -> Changes:
    id_ = cast(MilestoneId, fact.params.get("milestone"))
    if (milestone := state.milestones.get(id_)) is not None:
        told: Changes = {"told": True} if fact.task == "milestone_late" else {"asked": entry.day}
        return {"milestones": {**state.milestones, id_: milestone.model_copy(update=told)}}
    one = state.receivables.get(str(fact.params.get("instalment")))
    if one is None or fact.of is not None or fact.cause != one.collect_cause:
        return {}
    by = fact.params.get("by", one.by)  # that is not `one.by` while legal action is not approved
    contact = {"contacts": one.contacts + 1, "contacted": entry.day, "asked": by, "broken": False}
    contacted = one.model_copy(update=contact)
    return {"receivables": {**state.receivables, one.id: contacted}}


_CHANGES: Final[dict[str, Callable[[CollectionState, Any, Entry[Any]], Changes]]] = {
    "signed": contracting.signed,
    "unsigned": contracting.unsigned,
    "handed_over": _handed_over,
    "enter_payment": paying.entered,
    "money_placed": paying.placed,
    "money_recalled": paying.recalled,
    "money_reversed": paying.money_reversed,
    "take_back": paying.taken_back,
    "promise_payment": _promised,
    "promise_ended": _promise_ended,
    "dispute": _disputed,
    "dispute_over": _dispute_over,
    "aged": _aged,
    "approve_legal": _approved,
    "write_off": _written_off,
    "reach": _reached,
    "plan": _replanned,
    "threaten": _threatened,
    "stop_supply": _stopped,
    "resume_supply": _resumed,
    "set_debtor": _debtor,
    "exempted": _exempted,
    "task_due": _task_due,
    "answer_task": _answered,
}

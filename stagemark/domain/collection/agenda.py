"""What falls due in a collection, and what stands: reminders, contacts, promises, late milestones, proposals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import JsonValue

from stagemark.domain.agenda import working_span
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.collection.commands import Aged, PromiseEnded
from stagemark.domain.collection.policy import KINDS, CollectionPolicy, Kind, TaskRule, harder_of
from stagemark.domain.collection.promises import kept
from stagemark.domain.collection.state import CollectionState, MilestoneState, Promise, Receivable
from stagemark.domain.entries import TaskDue
from stagemark.domain.neighbour import Around, Due

__all__ = ["agenda", "due_kind", "kind_on", "promise_ended", "standing"]

DAY = timedelta(days=1)


def standing(state: CollectionState) -> frozenset[str]:
    """The causes of tasks that stand."""
    return frozenset(_standing(state))


def _standing(state: CollectionState) -> Iterator[str]:
    for one in state.owed:
        if one.paused:
            continue
        if one.by is None:
            yield one.remind_cause
            continue
        yield one.collect_cause
        if state.stopped is None:
            yield _supply_cause(state, one)
        if _legal_wanted(one):
            yield _legal_cause(state, one)
    for id_, milestone in state.milestones.items():
        if milestone.reached is None and (milestone.planned is not None or state.waiting_for(id_)):
            yield _milestone_cause(id_, milestone)
    if state.threat:
        yield _supply_cause(state)
    if state.may_resume:
        yield "resume"
    if state.completed and any(state.owed):
        yield "reopened"


def _legal_wanted(one: Receivable) -> bool:
    return one.by == "legal" and one.legal is None


def _legal_cause(state: CollectionState, one: Receivable) -> str:
    return f"legal:{one.id}:{state.exempt}"  # a new exemption withdraws what was proposed before


def _supply_cause(state: CollectionState, one: Receivable | None = None) -> str:
    because = f"{one.id}:{one.by}" if one else f"threat:{state.threat}"
    return f"supply:{because}:{state.exempt}"


def agenda(state: CollectionState, around: Around) -> Iterator[Due]:
    """Everything that will fall due if nothing more is recorded."""
    if not state.running:
        return
    for one in state.owed:
        if one.due is not None:
            yield from _ageing(state, one, one.due, around)
        if one.promise is not None:
            ended = promise_ended(state, around.policy.collection, one, one.promise)
            yield Due(around.at(one.promise.until + DAY), ended)
        elif not one.paused and one.due is not None:
            yield from _reminders(state, one, one.due, around) if one.by is None else _contacts(state, one, around)
    yield from _milestones(state, around)
    yield from _supply(state, around)
    if state.completed and any(state.owed):
        rule = around.policy.collection.reopened
        yield _task(state, around, rule, "collection_reopened", "reopened", "reopened", around.now, {})


def due_kind(policy: CollectionPolicy, one: Receivable, currency: str, today: date) -> Kind | None:
    """The kind of collection that is due on a day: what the matrix says, and never softer than it was."""
    start = one.due if policy.age_from == "due" else one.begins
    if one.due is None or start is None or today <= one.due or one.outstanding <= 0:
        return one.by
    return harder_of(one.by, policy.cell(currency, (today - start).days, one.outstanding))


def kind_on(state: CollectionState, policy: CollectionPolicy, by: Kind | None, day: date) -> Kind | None:
    """How a debt of that kind is collected on a day: while the account is exempt, it is not pressed by law."""
    return policy.until_approved if by == "legal" and state.exempt_on(day) else by


def _ageing(state: CollectionState, one: Receivable, due: date, around: Around) -> Iterator[Due]:
    """The day on which it is overdue, and the one on which it is old; of those that are past, the hardest counts."""
    policy = around.policy.collection
    start = due if policy.age_from == "due" else one.begins or due
    days = sorted({due + DAY, max(due, start + timedelta(days=policy.old_after)) + DAY})
    steps = [(day, policy.cell(state.currency, (day - start).days, one.outstanding)) for day in days]
    harder = [(day, by) for day, by in steps if harder_of(one.by, by) != one.by]
    past = sorted((step for step in harder if step[0] <= around.today), key=lambda step: KINDS.index(step[1]))
    for day, by in past[-1:] or harder[:1]:
        yield Due(around.at(day), Aged(instalment=one.id, since=day, by=by))


def promise_ended(state: CollectionState, policy: CollectionPolicy, one: Receivable, promise: Promise) -> PromiseEnded:
    """What a promise is the day after it: kept, or broken and then one step harder (domain.md §3)."""
    if kept(one, promise, state.payments.values()):
        return PromiseEnded(instalment=one.id, kept=True)
    young = policy.matrix.young
    base = promise.by or (young.large if policy.is_large(state.currency, one.outstanding) else young.small)
    aged = due_kind(policy, one, state.currency, promise.until + DAY)
    return PromiseEnded(instalment=one.id, kept=False, by=harder_of(aged, policy.harder.get(base, base)))


def _reminders(state: CollectionState, one: Receivable, due: date, around: Around) -> Iterator[Due]:
    """Before it is due, but not before there is anything to remind of: a deposit is asked for at the signing."""
    if around.today > due:
        return
    policy = around.policy.collection
    for before in sorted(policy.remind_before, reverse=True):
        day, id_ = due - timedelta(days=before), f"{one.remind_cause}:{before}"
        if one.begins is None or day >= one.begins:
            about = _about(state, one, around)
            yield _task(state, around, policy.remind, "remind", id_, one.remind_cause, around.at(day), about)


def _contacts(state: CollectionState, one: Receivable, around: Around) -> Iterator[Due]:
    """The next contact, and the proposal to go to law. One contact at a time is open."""
    policy, since = around.policy.collection, around.at(one.since or around.today)
    by = kind_on(state, policy, one.by, around.today) or "phone"
    if _legal_wanted(one):
        by, cause = policy.until_approved, _legal_cause(state, one)
        at = _after_exemption(state, since, around)
        yield _task(state, around, policy.legal, "legal_proposed", cause, cause, at, _about(state, one, around))
    if any(task.due.cause == one.collect_cause for task in state.tasks.values()):
        return
    rule, task = policy.contact[by], "promise_broken" if one.broken else f"collect_{by}"
    if one.contacted is not None:
        since = max(since, around.at(_working_days_later(around.calendar, one.contacted, rule.again)))
    about = {**_about(state, one, around), "by": by, "contact": one.contacts + 1}
    if one.broken:
        rule = rule.model_copy(update={"to": tuple(dict.fromkeys((*rule.to, *policy.broken_to)))})
        about["promised"] = str(one.promises[-1].until)
    id_ = f"{one.collect_cause}:{one.contacts + 1}"
    yield _task(state, around, rule, task, id_, one.collect_cause, since, about, urgent=one.broken)


def _milestones(state: CollectionState, around: Around) -> Iterator[Due]:
    """One is late, or nobody has said when it will be and an instalment waits for it."""
    assert state.signed is not None  # it is running
    policy, grace = around.policy.collection, timedelta(days=around.policy.collection.milestone_grace)
    for id_, milestone in state.milestones.items():
        if milestone.reached is not None:
            continue
        cause = _milestone_cause(id_, milestone)
        about: dict[str, JsonValue] = {"milestone": id_}
        if milestone.planned is not None:
            at = around.at(milestone.planned + grace + DAY)
            about["planned"] = str(milestone.planned)
            yield _task(state, around, policy.milestone, "milestone_late", cause, cause, at, about)
        elif (waiting := state.waiting_for(id_)) and not any(task.due.cause == cause for task in state.tasks.values()):
            rule = policy.unplanned
            since, days = (milestone.asked, rule.again) if milestone.asked else (state.signed.on, rule.after)
            at = around.at(since + timedelta(days=days))
            about["waiting"] = ", ".join(waiting)
            yield _task(state, around, rule, "milestone_unplanned", f"{cause}:{since}", cause, at, about)


def _milestone_cause(id_: str, milestone: MilestoneState) -> str:
    return f"milestone:{id_}:{milestone.planned}"


def _supply(state: CollectionState, around: Around) -> Iterator[Due]:
    """A proposal to stop supply where the method says so, and to take it up again when the reason is gone."""
    policy = around.policy.collection
    rule = policy.stop_supply
    if state.may_resume and state.stopped is not None:
        about: dict[str, JsonValue] = {"stopped": str(state.stopped.on)}
        yield _task(state, around, rule, "supply_resume", "resume", "resume", around.now, about)
    if state.stopped is not None:
        return
    if state.threat:
        cause, at = _supply_cause(state), _after_exemption(state, around.now, around)
        yield _task(state, around, rule, "supply_stop", cause, cause, at, {})
    for one in state.owed:
        if one.by in policy.stop_at and not one.paused:
            cause, at = _supply_cause(state, one), _after_exemption(state, around.at(one.since or around.today), around)
            yield _task(state, around, rule, "supply_stop", cause, cause, at, _about(state, one, around))


def _after_exemption(state: CollectionState, at: datetime, around: Around) -> datetime:
    return max(at, around.at(state.exempt + DAY)) if state.exempt is not None else at


def _working_days_later(calendar: WorkCalendar, day: date, count: int) -> date:
    while count:
        day += DAY
        count -= calendar.is_working_day(day)
    return day


def _about(state: CollectionState, one: Receivable, around: Around) -> dict[str, JsonValue]:
    return {
        "instalment": one.id,
        "amount": str(one.outstanding),
        "currency": state.currency,
        "due": str(one.due),
        "days": (around.today - one.due).days if one.due else 0,
        "debtor": state.debtor or "unknown",
    }


def _task(
    state: CollectionState,
    around: Around,
    rule: TaskRule,
    task: str,
    id_: str,
    cause: str,
    at: datetime,
    about: dict[str, JsonValue],
    urgent: bool = False,
) -> Due:
    within = working_span(rule.answer_within, around.calendar) if rule.answer_within else None
    answer_by = around.calendar.advance(max(at, around.now), within) if within else None
    fact = TaskDue(
        task=task, id=id_, cause=cause, params={"opportunity": state.id, **about}, to=rule.to, due_at=at,
        answer_by=answer_by, escalates_to=rule.late_to, urgent=urgent,
    )  # fmt: skip
    return Due(at, fact)

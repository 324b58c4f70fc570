"""What is due next, and when: the triggers of a playbook against the state of a sale (design.md §2).

A trigger has a *cause* (an open visit, silence since an event, a day to look again) and rungs. Each rung fires once
for each cause; of those whose time has come only the highest does, so that a marker recorded late brings the step
that is true now and never the whole past at once. All happens in working hours of the sale's calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import Event, Fired, Missed
from stagemark.domain.moments import Moment
from stagemark.domain.playbook import Rung, Trigger
from stagemark.domain.signing import signing_of
from stagemark.domain.state import OpenTrigger, OpportunityState, Visit

__all__ = ["ENGINE", "Due", "agenda", "fall_due", "keep_books", "next_due", "working_span"]

ENGINE = "stagemark"
"""The actor of what the engine does by itself."""
TOGETHER = timedelta(minutes=1)
"""Within how much time several things are looked at together."""
_PARTS = re.compile(r"(\d+(?:\.\d+)?)([DH])")


@dataclass(frozen=True, slots=True)
class Due:
    """Something that falls due.

    Attributes:
        at: When, in working hours; it may lie in the past.
        trigger: The trigger's id.
        rung: The rung's id.
        cause: What makes it due.
        to: The roles that are told.
        stage: The stage it is about, if any.
        urgent: Told at once.
        high_risk: Whether the sale is at high risk from there on.
        again: Whether it was put off and comes back.
        misses: The event whose answer is then missed, where it is not a firing.
    """

    at: datetime
    trigger: str
    rung: str
    cause: str
    to: tuple[str, ...] = ()
    stage: str | None = None
    urgent: bool = False
    high_risk: bool = False
    again: bool = False
    misses: int | None = None


def working_span(span: str, calendar: WorkCalendar) -> timedelta:
    """The working time that an ISO 8601 span means: a day of it is a standard working day of the calendar."""
    return _worked(span, calendar.day_length)


@lru_cache(maxsize=1024)
def _worked(span: str, day: timedelta) -> timedelta:
    unit = {"D": day, "H": timedelta(hours=1)}
    return sum((float(number) * unit[name] for number, name in _PARTS.findall(span)), timedelta())


def agenda(state: OpportunityState, calendar: WorkCalendar) -> list[Due]:
    """Everything that will fall due if nothing more is recorded, or has and waits; the earliest first."""
    found: list[Due] = []
    for trigger in state.playbook.triggers:
        for cause, stage, rungs in _causes(state, trigger, calendar):
            if (trigger.id, cause) not in state.dismissed:
                found += _rungs_due(state, trigger, cause, stage, rungs, calendar)
    found += _misses(state, calendar)
    return sorted(found, key=lambda due: (due.at, due.trigger, due.cause))


def next_due(state: OpportunityState, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """When to look at the agenda next: never in the past, and in working hours; none if nothing is due.

    What falls due within a minute of it waits for each other: one look, one write.
    """
    dues = agenda(state, calendar)
    if not dues:
        return None
    first = calendar.next_working_moment(max(dues[0].at, now))
    last = max(due.at for due in dues if due.at <= first + TOGETHER)
    return last if first < last == calendar.next_working_moment(last) else first


def fall_due(state: OpportunityState, calendar: WorkCalendar, now: datetime) -> tuple[Event, ...]:
    """What falls due now, as events to be recorded; nothing outside working hours.

    Returns:
        At most one firing for each trigger and cause (the highest rung whose time has come), and the misses. They are
        numbered on from the state's events and not yet chained.
    """
    if calendar.next_working_moment(now) > now:
        return ()
    facts: list[Fired | Missed] = []
    highest: dict[tuple[str, str], Due] = {}
    for due in agenda(state, calendar):
        if due.at > now:
            break
        if due.misses is not None:
            facts.append(Missed(event=due.misses))
        else:
            highest[due.trigger, due.cause] = due
    facts += [_fired(state, due, calendar, now) for due in highest.values()]
    return tuple(
        Event(
            sequence=state.sequence + place,
            fact=fact,
            observed_at=Moment.at(now),
            recorded_at=now,
            actor=ENGINE,
            source="engine",
        )
        for place, fact in enumerate(facts, start=1)
    )


def keep_books(state: OpportunityState, event: Event) -> None:
    """Keep the books of triggers: what fired, was answered, was missed. Changes the state in place."""
    fact = event.fact
    if isinstance(fact, Fired):
        for other, open_ in list(state.triggers.items()):
            if open_.put_off and (open_.fired.trigger, open_.fired.cause) == (fact.trigger, fact.cause):
                del state.triggers[other]
        state.triggers[event.sequence] = OpenTrigger(event.sequence, fact)
        state.fired[fact.trigger, fact.cause, fact.rung] = event.sequence
    elif isinstance(fact, Missed):
        state.triggers.pop(fact.event, None)
        state.missed += 1
    elif fact.kind == "answer":
        open_trigger = state.triggers.pop(fact.event, None)
        if open_trigger is None:
            return
        if fact.answer == "put_off":
            state.triggers[fact.event] = OpenTrigger(fact.event, open_trigger.fired, fact.until)
        elif fact.answer == "dismissed":
            state.dismissed.add((open_trigger.fired.trigger, open_trigger.fired.cause))


def _fired(state: OpportunityState, due: Due, calendar: WorkCalendar, now: datetime) -> Fired:
    rule = next(trigger for trigger in state.playbook.triggers if trigger.id == due.trigger)
    return Fired(
        trigger=due.trigger,
        rung=due.rung,
        cause=due.cause,
        to=due.to,
        due_at=due.at,
        answer_by=calendar.advance(now, working_span(rule.answer_within, calendar)),
        stage=due.stage,
        urgent=due.urgent,
        high_risk=due.high_risk,
        again=due.again,
    )


RungTimes = Sequence[tuple[Rung, datetime]]


def _causes(
    state: OpportunityState, trigger: Trigger, calendar: WorkCalendar
) -> Iterator[tuple[str, str | None, RungTimes]]:
    """The present causes of a trigger: name, stage, and when each rung's time comes."""
    if state.life == "open" and _in_collection(state):
        return
    if trigger.on == "stage_exceeds" and state.life == "open":
        for visit in state.open_visits:
            expected = state.playbook.stage_of[visit.stage].expected
            if visit.began_known and expected and (not trigger.stages or visit.stage in trigger.stages):
                yield visit.cause, visit.stage, _exceeding(state, visit, trigger, calendar)
    elif trigger.on == "silence" and state.life == "open":
        since = state.last_told
        spans = [(rung, working_span(rung.after, calendar)) for rung in trigger.rungs if rung.after]
        yield state.silence, None, [(rung, calendar.advance(since, s)) for rung, s in spans]
    elif trigger.on == "look_again" and state.look_again and state.life in ("suspended", "nurture"):
        morning = calendar.next_working_moment(calendar.start_of_day(state.look_again))
        times = [(r, calendar.advance(morning, working_span(r.after, calendar)) if r.after else morning)
                 for r in trigger.rungs]  # fmt: skip
        yield state.looking_again, None, times


def _in_collection(state: OpportunityState) -> bool:
    """Whether only money is waited for, by a contract on instalments: its collection watches the time then."""
    stages = state.playbook.stage_of
    open_stages = [stages[visit.stage] for visit in state.open_visits]
    return bool(open_stages) and all(stage.collects for stage in open_stages) and signing_of(state) is not None


def _exceeding(state: OpportunityState, visit: Visit, trigger: Trigger, calendar: WorkCalendar) -> RungTimes:
    expected = working_span(state.playbook.stage_of[visit.stage].expected or "PT0H", calendar)
    times = []
    for rung in trigger.rungs:
        span = working_span(rung.after, calendar) if rung.after else expected * float(rung.times_expected or 1)
        times.append((rung, _unpaused(state, visit.began, span, calendar)))
    return times


def _unpaused(state: OpportunityState, since: datetime, span: timedelta, calendar: WorkCalendar) -> datetime:
    """When so much working time will have passed, in which the sale was not suspended."""
    for pause in state.lives:
        if pause.value != "suspended" or pause.end is None or pause.end <= since:
            continue
        worked = calendar.working_between(since, pause.start)
        if worked >= span:
            break
        span, since = span - worked, pause.end
    return calendar.advance(since, span)


def _rungs_due(
    state: OpportunityState,
    trigger: Trigger,
    cause: str,
    stage: str | None,
    times: RungTimes,
    calendar: WorkCalendar,
) -> Iterator[Due]:
    """The rungs of one cause that have not had their time: above the highest that fired, or put off and due again."""
    fired = [place for place, (rung, _) in enumerate(times) if (trigger.id, cause, rung.id) in state.fired]
    highest = max(fired, default=-1)
    put_off = next(
        (o for o in state.triggers.values() if o.put_off and (o.fired.trigger, o.fired.cause) == (trigger.id, cause)),
        None,
    )
    not_before = None
    if put_off is not None and put_off.put_off is not None:
        not_before = calendar.next_working_moment(calendar.start_of_day(put_off.put_off))
    for place, (rung, at) in enumerate(times):
        again = put_off is not None and put_off.fired.rung == rung.id
        if (place <= highest and not again) or (state.lapsed_until is not None and at <= state.lapsed_until):
            continue
        yield Due(
            at=not_before if again and not_before else max(at, not_before or at),
            trigger=trigger.id,
            rung=rung.id,
            cause=cause,
            to=rung.to,
            stage=stage,
            urgent=rung.urgent,
            high_risk=rung.high_risk,
            again=again,
        )


def _misses(state: OpportunityState, calendar: WorkCalendar) -> Iterator[Due]:
    """Answers that are missed in time. While the sale is suspended, only looking again waits for an answer."""
    for open_ in state.triggers.values():
        fired, at = open_.fired, open_.fired.answer_by
        looking = fired.cause == state.looking_again
        if open_.put_off is not None or not (looking or state.life == "open"):
            continue
        if not looking:
            since = state.events[open_.event - 1].recorded_at
            at = _unpaused(state, since, calendar.working_between(since, at), calendar)
        yield Due(at, fired.trigger, fired.rung, fired.cause, stage=fired.stage, misses=open_.event)

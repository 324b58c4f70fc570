"""One sale from its opening to now: what happened, how long it took, what is due and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from stagemark.domain import durations as d
from stagemark.domain.agenda import agenda
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Given, Mark, Record, Void
from stagemark.domain.events import Event
from stagemark.domain.history import in_order, in_words_of_now, settle
from stagemark.domain.opportunity import shortfalls
from stagemark.domain.playbook import Edge
from stagemark.domain.state import OpportunityState, Visit
from stagemark.errors import Problem
from stagemark.reports.durations import Length, Model, in_days

__all__ = ["Amended", "Due", "Entry", "Gap", "Missing", "StayShown", "Timeline", "Whole", "timeline"]

_PROMPT = timedelta(minutes=5)
"""Recorded within so much of its observation, something counts as recorded at once."""


class Amended(Model):
    """What took back or replaced an event.

    Attributes:
        event: The sequence of the voiding or the correction.
        by: Who did it.
        reason: Why.
        recorded_at: When.
    """

    event: int
    by: str
    reason: str
    recorded_at: datetime


class Entry(Model):
    """One event as it counts now.

    Attributes:
        sequence: Its place in the ledger.
        kind: What kind of thing happened.
        at: Its place in time; if `known` is false, only the order.
        known: Whether its date is known.
        observed_at: When it happened, as it was told (or corrected).
        recorded_at: When the engine was told.
        late: Whether that was later than it happened, beyond the same day or five minutes.
        actor: Who recorded it.
        source: By which way it came.
        fact: What happened, as corrected.
        was: What had been recorded, if it was corrected.
        corrected: Its corrections, one after the other.
        void: What took it back, if something did.
    """

    sequence: int
    kind: str
    at: datetime
    known: bool
    observed_at: str
    recorded_at: datetime
    late: bool
    actor: str
    source: str
    fact: dict[str, JsonValue]
    was: dict[str, JsonValue] | None = None
    corrected: tuple[Amended, ...] = ()
    void: Amended | None = None


class StayShown(Model):
    """A visit with its lengths; see `stagemark.domain.durations.Stay`.

    Attributes:
        owners: Whose it was, with the elapsed time of each.
        overlaps: Whether another stage was open when it began.
        before: Length of the gap or the overlap before it.
        before_running: Whether that overlap goes on.
    """

    stage: str
    number: int
    began: datetime
    began_known: bool
    began_event: int
    left: datetime | None
    left_known: bool
    left_by: str | None
    left_event: int | None
    elapsed: Length | None
    working: Length | None
    working_days: float | None
    paused: Length
    waited: dict[str, Length]
    owners: dict[str, Length | None]
    overlaps: bool
    before: Length | None
    before_running: bool


class Gap(Model):
    """A stretch of time in which no stage was open."""

    start: datetime
    end: datetime
    elapsed: Length


class Whole(Model):
    """Where the whole time went; see `stagemark.domain.durations.Account`."""

    elapsed: Length
    in_stages: Length
    gaps: Length
    dormant: Length
    overlaps: Length
    paused: Length
    exact: bool


class Due(Model):
    """Something that falls due; `misses` is the reminder that then counts as missed."""

    at: datetime
    trigger: str
    rung: str
    cause: str
    to: tuple[str, ...]
    stage: str | None
    misses: int | None


class Missing(Model):
    """What keeps a marker from being recorded now; empty problems: nothing does."""

    stage: str
    edge: Edge
    problems: tuple[Problem, ...]


class Timeline(Model):
    """Everything about one sale.

    Attributes:
        opportunity: Its id.
        as_of: The instant at which it is looked at.
        entries: What happened, in order of time.
        stays: Its visits.
        gaps: Where no stage was open.
        whole: Where the whole time went.
        due: What falls due, the earliest first.
        missing: For each marker that can come next, what is missing.
        missed: How many reminders nobody answered.
    """

    opportunity: str
    title: str
    account: str
    owner: str
    deputy: str | None
    collaborators: tuple[str, ...]
    segment: str | None
    value: dict[str, JsonValue] | None
    life: str
    open_stages: tuple[str, ...]
    waiting_on: str | None
    high_risk: bool
    playbook: str
    playbook_version: str
    calendar: str
    zone: str
    as_of: datetime
    entries: tuple[Entry, ...]
    stays: tuple[StayShown, ...]
    gaps: tuple[Gap, ...]
    whole: Whole
    due: tuple[Due, ...]
    missing: tuple[Missing, ...]
    missed: int

    @property
    def overridden(self) -> list[tuple[int, Given]]:
        """Every override that counts, with the event that gave it."""
        return [
            (entry.sequence, given)
            for entry in self.entries
            if entry.void is None and entry.kind in ("mark", "record")
            for given in (Mark if entry.kind == "mark" else Record).model_validate(entry.fact).evidence
            if given.override is not None
        ]


def timeline(state: OpportunityState, calendar: WorkCalendar | None, as_of: datetime) -> Timeline:
    """Tell the whole of one sale.

    Args:
        state: The sale as it stood then (`stagemark.reports.sales.seen`).
        calendar: Its working calendar; without one neither working time nor what is due is known.
        as_of: The instant at which it is looked at.
    """
    found = d.account(state, as_of)
    running = not state.ended
    return Timeline(
        opportunity=state.opportunity,
        title=state.title,
        account=state.account,
        owner=state.owner,
        deputy=state.deputy,
        collaborators=state.collaborators,
        segment=state.segment,
        value=state.value.model_dump(mode="json") if state.value else None,
        life=state.life,
        open_stages=tuple(state.open_stages),
        waiting_on=state.waiting_on,
        high_risk=state.high_risk,
        playbook=state.playbook.id,
        playbook_version=state.playbook.version,
        calendar=state.calendar,
        zone=state.zone,
        as_of=as_of,
        entries=tuple(sorted(_entries(state, as_of), key=lambda entry: (entry.at, entry.sequence))),
        stays=tuple(_stays(state, calendar, as_of)),
        gaps=tuple(Gap(start=start, end=end, elapsed=end - start) for start, end in d.gaps(state, as_of)),
        whole=Whole(**{name: getattr(found, name) for name in Whole.model_fields}),
        due=tuple(
            Due(**{name: getattr(due, name) for name in Due.model_fields})
            for due in (agenda(state, calendar) if running and calendar else ())
        ),
        missing=tuple(_missing(state)),
        missed=state.missed,
    )


def _entries(state: OpportunityState, as_of: datetime) -> Iterator[Entry]:
    void, corrections = settle(state.events)
    voided_by = {e.fact.event: e for e in state.events if isinstance(e.fact, Void) and e.sequence not in void}
    placed = {one.event.sequence: one for one in in_order(state.events, state.zone)}
    # What was taken back is shown where it stood, so it is placed as if it had not been.
    stood = {one.event.sequence: one for one in in_order([e for e in state.events if e.kind != "void"], state.zone)}
    for event in state.events:
        place = placed.get(event.sequence) or stood.get(event.sequence)
        at, known, now = (place.at, place.known, place.event) if place else (event.recorded_at, True, event)
        if at > as_of:
            continue
        corrected = corrections.get(event.sequence, ())
        first = in_words_of_now(event, state.events) if corrected else event  # else what was only renamed seems altered
        yield Entry(
            sequence=event.sequence,
            kind=event.kind,
            at=at,
            known=known,
            observed_at=str(now.observed_at),
            recorded_at=event.recorded_at,
            late=place is not None and _late(now, state.zone),
            actor=event.actor,
            source=event.source,
            fact=_content(now),
            was={**_content(first), "observed_at": str(event.observed_at)} if corrected else None,
            corrected=tuple(map(_amended, corrected)),
            void=_amended(voided_by[event.sequence]) if event.sequence in voided_by else None,
        )


def _content(event: Event) -> dict[str, Any]:
    return event.fact.model_dump(mode="json", exclude_unset=True)


def _amended(event: Event) -> Amended:
    reason = getattr(event.fact, "reason", "")
    return Amended(event=event.sequence, by=event.actor, reason=reason, recorded_at=event.recorded_at)


def _late(event: Event, zone: str) -> bool:
    observed = event.observed_at
    if observed.instant is not None:
        return event.recorded_at - observed.instant > _PROMPT
    return observed.day != event.recorded_at.astimezone(ZoneInfo(zone)).date()


def _stays(state: OpportunityState, calendar: WorkCalendar | None, as_of: datetime) -> Iterator[StayShown]:
    parts = d.stays(state, calendar, as_of, state.owners)
    for stay in d.stays(state, calendar, as_of):
        visit, before = stay.visit, stay.before
        owners: dict[str, timedelta | None] = {}
        for part in parts:
            if part.visit == visit:
                had = owners.get(part.holder, timedelta(0))
                owners[part.holder] = None if had is None or part.elapsed is None else had + part.elapsed
        yield StayShown(
            **{name: getattr(visit, name) for name in Visit.__slots__},
            elapsed=stay.elapsed,
            working=stay.working,
            working_days=in_days(stay.working, calendar),
            paused=stay.paused,
            waited=stay.waited,
            owners=owners,
            overlaps=before is not None and before.overlaps,
            before=before.elapsed if before else None,
            before_running=before is not None and before.running,
        )


def _missing(state: OpportunityState) -> Iterator[Missing]:
    """The markers that can come next: the end of what is open, the start of what its turn has come for."""
    if state.life != "open":
        return
    for stage, status in state.stages.items():
        edge: Edge = "end" if status == "begun" else "start"
        if status not in ("begun", "waiting"):
            continue
        problems = shortfalls(state, stage, edge)
        if not any(problem.code in ("stage_not_yet", "marker_out_of_turn") for problem in problems):
            yield Missing(stage=stage, edge=edge, problems=tuple(problems))

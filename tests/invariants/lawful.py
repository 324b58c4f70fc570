"""What holds of every sale, whatever was asked of it; and a second, simple-minded reading of its events."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from stagemark.domain.agenda import next_due
from stagemark.domain.commands import Correct, Migrate, Void
from stagemark.domain.durations import account, stays
from stagemark.domain.events import Event, Fired, chain_hash, decode_event
from stagemark.domain.history import BOOKKEEPING
from stagemark.domain.opportunity import _fold, fold
from stagemark.domain.state import OpportunityState
from tests.playing import CALENDAR

ZERO = timedelta(0)


def check_stages(state: OpportunityState) -> None:
    """Stages, visits and the sale's own life fit each other and the playbook."""
    opened = Counter(visit.stage for visit in state.open_visits)
    for stage, status in state.stages.items():
        assert opened[stage] == (status == "begun"), (stage, status)
        visits = [visit for visit in state.visits if visit.stage == stage]
        assert [visit.number for visit in visits] == list(range(1, len(visits) + 1))
        assert all(a.left is not None and a.left <= b.began for a, b in pairwise(visits)), "two stays at once"
        if status == "begun":
            for term in state.playbook.opens_after(stage):
                reached = ("ended", "skipped", "begun") if term.has == "begun" else ("ended", "skipped")
                assert state.stages[term.stage] in reached, f"{stage} is open, but {term.stage} is not {term.has}"
    assert all(visit.left is None or visit.began <= visit.left for visit in state.visits)
    assert all((visit.left is None) == (visit.left_by is None) for visit in state.visits)
    if state.life not in ("open", "suspended"):
        assert not state.open_visits
    done = all(status in ("ended", "skipped") for status in state.stages.values())
    if state.life == state.playbook.completes_as:
        assert done
    assert (state.look_again is not None) == (state.life in ("suspended", "nurture"))
    if state.waiting_on is not None:
        assert state.waits[-1].end is None
        assert not state.ended


def check_spans(state: OpportunityState, now: datetime) -> None:
    """Lives and owners follow on each other without holes; nothing lies in the future."""
    if not state.lives:
        return
    for spans in (state.lives, state.owners):
        assert spans[0].start == state.opened
        assert all(a.end == b.start for a, b in pairwise(spans))
        assert spans[-1].end is None
    assert state.lives[-1].value == state.life
    assert state.owners[-1].value == state.owner
    assert all(a.end is not None and a.end <= b.start for a, b in pairwise(state.waits))
    every = [*state.lives, *state.owners, *state.waits]
    assert all(span.end is None or span.start <= span.end for span in every)
    latest = [span.start for span in every] + [visit.began for visit in state.visits]
    assert max(latest) <= state.high <= now


def check_time(state: OpportunityState, now: datetime) -> None:
    """Visits, gaps, overlaps and pauses account for the whole elapsed time; nothing is negative."""
    whole = account(state, now)
    parts = (whole.in_stages, whole.gaps, whole.dormant, whole.overlaps, whole.paused)
    assert all(part >= ZERO for part in parts)
    assert whole.elapsed == whole.in_stages + whole.gaps + whole.dormant
    assert whole.overlaps <= whole.in_stages
    if state.lives:
        end = state.lives[-1].start if state.ended else now
        assert whole.elapsed == end - state.lives[0].start
    in_visits = sum(((visit.left or now) - visit.began for visit in state.visits), ZERO)
    assert whole.in_stages + whole.overlaps <= in_visits
    for stay in stays(state, CALENDAR, now, state.owners):
        lengths = [stay.elapsed, stay.working, stay.paused, *stay.waited.values()]
        assert all(length is None or length >= ZERO for length in lengths)
        if stay.elapsed is not None:
            assert sum(stay.waited.values(), ZERO) <= stay.elapsed


def check_triggers(state: OpportunityState, now: datetime) -> None:
    """Each rung fires once for each cause; what is open has its cause; the next look lies ahead, in working time."""
    fired = [event.fact for event in state.events if isinstance(event.fact, Fired)]
    once = Counter((fact.trigger, fact.cause, fact.rung) for fact in fired if not fact.again)
    assert all(count == 1 for count in once.values()), once
    assert all(CALENDAR.next_working_moment(e.recorded_at) == e.recorded_at for e in state.events if e.kind == "fired")
    assert {open_.fired.cause for open_ in state.triggers.values()} <= state.causes
    assert len(state.triggers) <= len(fired)
    due = next_due(state, CALENDAR, now)
    if due is not None:
        assert due >= now
        assert CALENDAR.next_working_moment(due) == due


def check_replay(state: OpportunityState, current: Any) -> None:
    """The events alone, through JSON as workflow and ledger write it, give the same state, and the chain holds."""
    assert fold(state.opportunity, state.events, state.playbook) == state
    for compact in (True, False):
        read = [decode_event(json.loads(event.model_dump_json(exclude_unset=compact))) for event in state.events]
        assert fold(state.opportunity, read, current) == state
        for before, event in pairwise([None, *read]):
            assert event is not None
            assert event.previous == (before.hash if before else "")
            assert event.hash == chain_hash(event)
    assert [event.sequence for event in state.events] == list(range(1, len(state.events) + 1))
    assert _fold(state.opportunity, state.events, state.playbook)[1] == [], "an accepted history is unlawful"


def recorded_right(state: OpportunityState) -> OpportunityState:
    """The sale as if each event had been recorded right in the first place, in the words of its present playbook."""
    events = state.events

    def is_void(event: Event) -> bool:
        return any(
            isinstance(other.fact, Void) and other.fact.event == event.sequence and not is_void(other)
            for other in events[event.sequence :]
        )

    right: dict[int, Event] = {}
    for event in events:
        if isinstance(event.fact, Migrate):
            right = {sequence: _renamed(old, event.fact) for sequence, old in right.items()}
        elif isinstance(event.fact, Correct) and not is_void(event):
            right[event.fact.event] = _mended(right[event.fact.event], event.fact)
        elif event.kind not in BOOKKEEPING:
            right[event.sequence] = event
    return fold(state.opportunity, [e for e in right.values() if not is_void(e)], state.playbook)


def _mended(event: Event, correction: Correct) -> Event:
    content = json.loads(event.model_dump_json(exclude_unset=True))
    content["fact"] |= correction.changes
    if correction.observed_at is not None:
        content["observed_at"] = str(correction.observed_at)
    return decode_event(content)


def _renamed(event: Event, migration: Migrate) -> Event:
    content = json.loads(event.model_dump_json(exclude_unset=True))
    fact = content["fact"]
    if "stage" in fact:
        fact["stage"] = migration.stages.get(fact["stage"], fact["stage"])
    for given in fact.get("evidence", ()):
        given["evidence"] = migration.evidence.get(given["evidence"], given["evidence"])
    return decode_event(content)


_OF_THE_SALE = (
    "zone", "high", "life", "stages", "visits", "lives", "owners", "waits", "evidence", "steps", "account", "title",
    "segment", "calendar", "owner", "collaborators", "deputy", "value", "waiting_on", "loss_reason", "left_open",
    "opened", "look_again", "look_again_event",
)  # fmt: skip
"""What is told of the sale; the rest is the audit trail and the engine's own books."""


def check_corrections(state: OpportunityState) -> None:
    """A correction equals having recorded it right in the first place."""
    right = recorded_right(state)
    for name in _OF_THE_SALE:
        assert getattr(state, name) == getattr(right, name), name

"""One sale: its events folded into state, and what is decided of what is asked (design.md §3, §5).

`decide` tries the commands on the state: what would be unlawful is refused, with everything that is missing. A command
about the past is tried where it belongs in time, by folding everything anew, so that a late or corrected record is
lawful exactly if it would have been lawful then, and leaves what came after it lawful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from stagemark.domain.agenda import keep_books
from stagemark.domain.asking import check_asked
from stagemark.domain.commands import Answer, Command, Correct, Envelope, Mark, Migrate, Open, Record, without
from stagemark.domain.events import Event, Fired, Missed, Outcome
from stagemark.domain.evidence import advice
from stagemark.domain.happening import happen, shortfalls
from stagemark.domain.history import BOOKKEEPING, in_order, place_last, playbook_of
from stagemark.domain.migration import stands_otherwise
from stagemark.domain.moments import Moment, apart, local
from stagemark.domain.opening import already_open
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import LONG_AGO, OpportunityState
from stagemark.domain.vouching import unvouched
from stagemark.errors import Problem

__all__ = [
    "TOLERANCE",
    "Accepted",
    "Decision",
    "Rejected",
    "Repeated",
    "advance",
    "apply",
    "decide",
    "fold",
    "playbook_of",
    "shortfalls",
    "why_not",
]

TOLERANCE: Final = timedelta(minutes=5)
"""How far `observed_at` may lie ahead of the engine's clock: clocks differ."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The envelope is lawful: these events are to be recorded, and the state is then this."""

    events: tuple[Event, ...]
    state: OpportunityState


@dataclass(frozen=True, slots=True)
class Repeated:
    """The envelope was accepted before; these are the events that it became."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The envelope is refused; `conflict` tells that somebody was there first."""

    problems: tuple[Problem, ...]
    conflict: bool = False


Decision = Accepted | Repeated | Rejected


def fold(
    opportunity: str, events: Sequence[Event], playbook: Playbook, until: datetime | None = None
) -> OpportunityState:
    """Fold the events of a sale into its state. Total: it never raises on events that `decide` accepted.

    Args:
        opportunity: The sale's id.
        events: Its events by sequence.
        playbook: The compiled playbook that it runs by after them (`playbook_of`).
        until: Valid time: what happened after it has not happened yet (design.md §7); none: all.
    """
    return _fold(opportunity, events, playbook, until)[0]


def advance(state: OpportunityState, event: Event) -> OpportunityState:
    """The state after one more event; not of a migration, which only `fold` can follow with its playbook."""
    return _advance(state, event)[0]


def apply(state: OpportunityState, events: Sequence[Event]) -> OpportunityState:
    """The state after some more events."""
    for event in events:
        state = advance(state, event)
    return state


def why_not(state: OpportunityState, envelope: Envelope, now: datetime) -> tuple[Problem, ...]:
    """Everything that keeps the envelope from being accepted, without trying; empty if nothing does."""
    decision = decide(state, envelope, now)
    return decision.problems if isinstance(decision, Rejected) else ()


def decide(state: OpportunityState, envelope: Envelope, now: datetime, *, asks: bool = True) -> Decision:
    """Decide what is asked. Total and pure.

    Args:
        state: The sale as it stands; a fresh `OpportunityState` if it has not been opened.
        envelope: What is asked.
        now: The engine's time, UTC.
        asks: Whether to refuse what nobody has vouched for (`stagemark.domain.vouching`); not where that was asked.
    """
    before = tuple(event for event in state.events if event.key == envelope.key)
    content = envelope.content_hash()
    if before:
        if before[0].key_hash == content:
            return Repeated(before)
        opens = before[0].sequence == 1 and envelope.commands[0].kind == "open"
        reused = _open_already(state, envelope) if opens else Problem(code="key_reused", params={"key": envelope.key})
        return Rejected((reused,), conflict=True)
    if _moved(state, envelope.expected_sequence):
        params = {"expected": envelope.expected_sequence, "actual": state.sequence}
        return Rejected((Problem(code="sequence_moved", params=params),), conflict=True)
    problems = _out_of_place(state, envelope)
    if problems:
        return Rejected(tuple(problems), conflict=state.life != "unopened")
    if state.events:  # the engine's clocks may differ by a little, the ledger's order stays
        now = max(now, state.events[-1].recorded_at)
    if envelope.source == "engine":
        return _try_by_itself(state, envelope, content, now)
    return _try(state, envelope, content, now, asks)


def _moved(state: OpportunityState, expected: int | None) -> bool:
    """Whether somebody recorded something since; what the engine does by itself is no one else's word."""
    if expected is None or expected == state.sequence:
        return False
    return expected > state.sequence or any(event.source != "engine" for event in state.events[expected:])


def _out_of_place(state: OpportunityState, envelope: Envelope) -> list[Problem]:
    kinds = [command.kind for command in envelope.commands]
    if state.life == "unopened" and kinds[0] != "open":
        return [Problem(code="not_open_yet")]
    if "open" in kinds[1:]:
        return [Problem(code="open_first")]
    if kinds[0] == "open" and state.life != "unopened":
        return [_open_already(state, envelope)]
    if "migrate" in kinds and len(kinds) > 1:  # else it would spare the others what its playbook asks for
        return [Problem(code="migrate_alone")]
    return []


def _open_already(state: OpportunityState, envelope: Envelope) -> Problem:
    return already_open(state.opportunity, state.events, envelope.key, envelope.commands, envelope.observed_at)


def _try_by_itself(state: OpportunityState, envelope: Envelope, content: str, now: datetime) -> Accepted | Rejected:
    """A neighbour knows on which day all was paid, not how the sale stood then: a marker of its is fitted to the sale.

    It is set for the nearest day on which its stage was open: not before that began, nor in the future. Where something
    was recorded of the sale since that then contradicts it, it is set for that day instead.
    """
    mark, *more = envelope.commands
    if more or not isinstance(mark, Mark) or mark.edge != "end" or not (mark.observed_at and mark.observed_at.day):
        return _try(state, envelope, content, now)
    zone = ZoneInfo(state.zone)
    began = max((visit.began for visit in state.open_visits if visit.stage == mark.stage), default=LONG_AGO)
    decisions = []
    for earliest in (began, state.high):
        day = min(max(mark.observed_at.day, earliest.astimezone(zone).date()), now.astimezone(zone).date())
        fitted = mark.model_copy(update={"observed_at": Moment.on(day)})
        decision = _try(state, envelope.model_copy(update={"commands": (fitted,)}), content, now)
        if isinstance(decision, Accepted):
            return decision
        decisions.append(decision)
    return decisions[0]


def _try(
    state: OpportunityState, envelope: Envelope, content: str, now: datetime, asks: bool = True
) -> Accepted | Rejected:
    """Let the commands happen one after the other, and collect everything that is unlawful in the whole of them."""
    asked: list[Problem] = []
    found: list[tuple[int, Problem]] = []
    places: dict[int, str] = {}
    unsound: set[str] = set()
    misplaced: set[int] = set()
    trial = state
    for place, command in enumerate(envelope.commands):
        where = f"commands[{place}]"
        event = _stamped(trial, command, envelope, content, now)
        problems, possible = check_asked(trial, event, command, where)
        asked += problems
        unsound |= _evidence(command) - _evidence(possible.fact if possible else command)
        if possible is not None or trial.opened is not None:  # else there is no zone to speak of
            asked += (badly_timed := _too_early_or_late(trial, event, command, where, now))
            misplaced |= {possible.sequence} if badly_timed and possible else set()
        if possible is None:
            continue
        places[possible.sequence] = where
        compiled = command.compiled if isinstance(command, Migrate) else None
        before, (trial, found) = trial, _advance(trial, possible, found, compiled)
        if isinstance(command, Migrate):
            asked += stands_otherwise(before, trial, command, where)
    problems = asked + [
        _told(problem, sequence, places, trial)
        for sequence, problem in found
        if not _follows(problem, unsound, sequence in misplaced)
    ]
    problems += unvouched(state, trial, envelope) if asks else ()
    return Rejected(_each_once(problems)) if problems else _accepted(state, trial)


_OUT_OF_TURN = frozenset({"life_out_of_turn", "marker_out_of_turn", "skip_out_of_turn", "stage_not_yet"})


def _follows(problem: Problem, unsound: set[str], misplaced: bool) -> bool:
    """Whether a problem only follows from another: what is wrong in itself is not missing too, and what is set before
    the opening, or in the future, has no turn there.
    """
    if problem.code in ("evidence_missing", "condition_unmet"):
        return problem.params.get("evidence") in unsound
    return misplaced and problem.code in _OUT_OF_TURN


def _evidence(fact: object) -> set[str]:
    return {piece.evidence for piece in fact.evidence} if isinstance(fact, Mark | Record) else set()


def _told(problem: Problem, sequence: int, places: dict[int, str], trial: OpportunityState) -> Problem:
    """A problem of a new event is its command's; one of an event recorded before is a contradiction."""
    if sequence in places:
        return problem.model_copy(update={"where": places[sequence]})
    event = trial.events[sequence - 1]
    because = {"code": problem.code, "params": problem.params}
    when = event.observed_at.local(trial.zone)
    params = {"event": sequence, "kind": event.kind, "observed_at": when, "because": because}
    return Problem(code="contradicts", where=next(iter(places.values())) if len(places) == 1 else "", params=params)


def _each_once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple({problem.model_dump_json(): problem for problem in problems}.values())


def _too_early_or_late(
    state: OpportunityState, event: Event, command: Command, where: str, now: datetime
) -> list[Problem]:
    """`observed_at` in the future or before the opening."""
    moment = command.observed_at if isinstance(command, Correct) else event.observed_at
    if moment is None or not moment.known:
        return []
    opened = None if isinstance(command, Correct | Open) or not state.lives[0].start_known else state.opened
    if moment.instant and moment.instant <= now and (opened is None or opened <= moment.instant):
        return []
    zone = command.zone if isinstance(command, Open) else state.zone
    today = now.astimezone(ZoneInfo(zone)).date()
    if moment.instant > now + TOLERANCE if moment.instant else moment.day and moment.day > today:
        params = {"observed_at": moment.local(zone), "now": local(now, zone)}
        return [Problem(code="observed_in_future", where=where, params=params)]
    if opened is None:
        return []
    first = opened.astimezone(ZoneInfo(zone)).date()
    if moment.instant < opened if moment.instant else moment.day and moment.day < first:
        observed, since = apart(moment, Moment.at(opened), zone)
        params = {"observed_at": observed, "opened_at": since}
        return [Problem(code="before_opening", where=where, params=params)]
    return []


def _accepted(before: OpportunityState, after: OpportunityState) -> Accepted:
    """Chain the new events, and keep in the last of them how the sale stands."""
    new = after.events[before.sequence :]
    marked = [event.fact for event in new if isinstance(event.fact, Mark)]
    advised = dict.fromkeys(evidence for mark in marked for evidence in advice(after, mark.stage, mark.edge))
    outcome = Outcome(life=after.life, open_stages=tuple(after.open_stages), advice=tuple(advised))
    new[-1] = new[-1].model_copy(update={"outcome": outcome})
    after.events[before.sequence :] = chained(before, new)
    return Accepted(tuple(after.events[before.sequence :]), after)


def chained(state: OpportunityState, events: Sequence[Event]) -> list[Event]:
    """Chain new events by hash to those that the state has."""
    previous = state.events[-1].hash if state.events else ""
    linked: list[Event] = []
    for event in events:
        linked.append(event.chained(previous))
        previous = linked[-1].hash
    return linked


def _stamped(state: OpportunityState, command: Command, envelope: Envelope, content: str, now: datetime) -> Event:
    observed = Moment.at(now)
    if command.kind not in BOOKKEEPING:
        observed = _not_after(now, getattr(command, "observed_at", None) or envelope.observed_at or observed)
    told: dict[str, Any] = {} if envelope.source == "api" else {"source": envelope.source}
    if isinstance(command, Open) and envelope.source in ("import", "demo"):
        told["lapsed"] = True
    return Event(
        sequence=state.sequence + 1,
        fact=_bare(command, now),
        observed_at=observed,
        recorded_at=now,
        actor=envelope.actor,
        key=envelope.key,
        key_hash=content,
        **told,
    )


def _not_after(now: datetime, moment: Moment) -> Moment:
    """What the caller's clock puts a little into the future is now, so that what comes next doesn't come before it."""
    ahead = moment.instant is not None and now < moment.instant <= now + TOLERANCE
    return Moment.at(now, moment.zone) if ahead else moment


def _bare(command: Command, now: datetime) -> Command:
    """The command without what the event around it says already."""
    if isinstance(command, Correct):
        told = command.observed_at
        return command.model_copy(update={"observed_at": _not_after(now, told)}) if told else command
    return without(command, "observed_at", "compiled")


def _advance(
    state: OpportunityState,
    event: Event,
    before: Sequence[tuple[int, Problem]] = (),
    playbook: Playbook | None = None,
) -> tuple[OpportunityState, list[tuple[int, Problem]]]:
    """The state after one more event, and what is unlawful by then, by the sequence of the event it is about.

    Args:
        state: The state before.
        event: What happened.
        before: What was unlawful before; a refolding judges all anew, since what comes late can mend it.
        playbook: What it migrates to, if it does.
    """
    kind = event.kind
    placed = None
    if kind not in BOOKKEEPING:
        zone = event.fact.zone if isinstance(event.fact, Open) else state.zone
        placed = place_last(event, state.high, zone)
    if kind in ("correct", "void", "migrate") or (placed is None and kind not in BOOKKEEPING):
        return _fold(state.opportunity, [*state.events, event], playbook or state.playbook)
    after = state.copied()
    after.events.append(event)
    problems = [(event.sequence, problem) for problem in happen(after, placed)] if placed else []
    _keep_record(after, event)
    _settle_triggers(after)
    return after, [*before, *problems]


def _fold(
    opportunity: str, events: Sequence[Event], playbook: Playbook, until: datetime | None = None
) -> tuple[OpportunityState, list[tuple[int, Problem]]]:
    state = OpportunityState(opportunity, playbook, list(events))
    zone = next((event.fact.zone for event in events if isinstance(event.fact, Open)), "UTC")
    problems: list[tuple[int, Problem]] = []
    for placed in in_order(events, zone):
        if until is None or placed.at <= until:
            problems += [(placed.event.sequence, problem) for problem in happen(state, placed)]
    for event in events:
        _keep_record(state, event)
    _settle_triggers(state)
    return state, problems


def _keep_record(state: OpportunityState, event: Event) -> None:
    """What counts by the time of recording: silence, lapsing, the books of the triggers."""
    keep_books(state, event)
    fact = event.fact
    engine = isinstance(fact, Fired | Missed)
    only_put_aside = isinstance(fact, Answer) and fact.answer != "done"
    if not engine and not only_put_aside:
        state.last_told, state.last_told_event = event.recorded_at, event.sequence
    if event.lapsed:
        state.lapsed_until = event.recorded_at


def _settle_triggers(state: OpportunityState) -> None:
    """A trigger whose cause is gone is open no more."""
    if state.triggers:
        causes = state.causes
        state.triggers = {event: open_ for event, open_ in state.triggers.items() if open_.fired.cause in causes}

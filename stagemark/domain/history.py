"""The events of a sale as they count now: voids, corrections and migrations applied, each placed in time.

Corrections append; the state is folded by (`observed_at`, sequence), a corrected event keeping the sequence of the
one it corrects, so that a correction equals having recorded it right (design.md §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from stagemark.domain.commands import Correct, Migrate, Open, Void
from stagemark.domain.events import Event, Fact
from stagemark.domain.playbook import PlaybookRef
from stagemark.domain.state import LONG_AGO

__all__ = ["BOOKKEEPING", "Placed", "counts_now", "in_order", "in_words_of_now", "place_last", "playbook_of", "settle"]

BOOKKEEPING = frozenset({"correct", "void", "migrate", "answer", "fired", "missed"})
"""Kinds of events that say something of other events or of triggers, and have no place in the sale's own time."""

_FACT: TypeAdapter[Any] = TypeAdapter(Fact)


@dataclass(frozen=True, slots=True)
class Placed:
    """An event as it counts now, at its place in time.

    Attributes:
        event: The event, with its content corrected and mapped to the present playbook.
        at: Its place: the instant; for a date the earliest instant of that day which the order of recording allows;
            for an unknown time right after what had been told before it.
        known: Whether that place is known, or only the order.
        lenient: Whether it was recorded under an earlier playbook, so that what that one asked for is not judged again.
    """

    event: Event
    at: datetime
    known: bool
    lenient: bool = False


def settle(events: Sequence[Event]) -> tuple[set[int], dict[int, list[Event]]]:
    """Which events are void, and which are corrected by which, in the order of recording."""
    void: set[int] = set()
    corrections: dict[int, list[Event]] = {}
    for event in reversed(events):  # what voids a voiding comes after it
        if event.sequence in void:
            continue
        if isinstance(event.fact, Void):
            void.add(event.fact.event)
        elif isinstance(event.fact, Correct):
            corrections.setdefault(event.fact.event, []).insert(0, event)
    return void, corrections


def _corrected(event: Event, correction: Correct) -> Event:
    """The event as the correction has it; what the correction leaves out stays.

    Raises:
        ValidationError: The changes don't fit the event's kind.
    """
    content = {**event.fact.model_dump(mode="json", exclude_unset=True), **correction.changes, "kind": event.kind}
    fact = _FACT.validate_python(content)
    return event.model_copy(update={"fact": fact, "observed_at": correction.observed_at or event.observed_at})


def _as_it_counts(event: Event, words: Sequence[Event]) -> Event:
    """An event with its corrections, in the words of the playbooks that were migrated to since.

    Args:
        event: The event as it was recorded.
        words: Its corrections and the migrations, in the order of recording: a correction speaks the language of the
            playbook of its own time.

    Raises:
        ValidationError: A correction doesn't fit the event's kind.
    """
    for word in words:
        if isinstance(word.fact, Correct):
            event = _corrected(event, word.fact)
        elif isinstance(word.fact, Migrate) and word.sequence > event.sequence:
            event = _mapped(event, word.fact)
    return event


def playbook_of(events: Sequence[Event]) -> PlaybookRef | None:
    """By which playbook the sale runs after these events; none if it has not been opened."""
    for event in reversed(events):
        if isinstance(event.fact, Migrate):
            return event.fact.to
    return next((event.fact.playbook for event in events if isinstance(event.fact, Open)), None)


def counts_now(events: Sequence[Event], sequence: int) -> Event | None:
    """An event as it counts now; none if it is void.

    Raises:
        ValidationError: A correction doesn't fit it.
    """
    void, corrections = settle(events)
    if sequence in void:
        return None
    return _as_it_counts(events[sequence - 1], _words(sequence, corrections, _migrations(events)))


def in_words_of_now(event: Event, events: Sequence[Event]) -> Event:
    """An event as it was recorded, uncorrected, in the words of the playbook by which the sale runs now."""
    return _as_it_counts(event, _migrations(events))


def _migrations(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if isinstance(event.fact, Migrate)]


def _words(sequence: int, corrections: dict[int, list[Event]], migrations: list[Event]) -> list[Event]:
    return sorted([*corrections.get(sequence, ()), *migrations], key=lambda word: word.sequence)


def in_order(events: Sequence[Event], zone: str) -> list[Placed]:
    """The facts of a sale as they count now, in the order in which they happened."""
    void, corrections = settle(events)
    migrations = _migrations(events)
    placed: list[Placed] = []
    for event in events:
        if event.kind in BOOKKEEPING or event.sequence in void:
            continue
        if event.sequence in corrections or migrations:
            try:
                event = _as_it_counts(event, _words(event.sequence, corrections, migrations))
            except ValidationError:  # only a damaged ledger can hold one: decide refuses it; the fold stays total
                continue
        at, known = _place(event, placed, zone)
        lenient = bool(migrations) and migrations[-1].sequence > event.sequence
        placed.append(Placed(event, at, known, lenient))
    return sorted(placed, key=lambda p: (p.at, p.event.sequence))


def place_last(event: Event, high: datetime, zone: str) -> Placed | None:
    """Place a new event after all others, of which the latest stands at `high`; none if it happened before that."""
    moment = event.observed_at
    if not moment.known:
        return Placed(event, high, known=False)
    if moment.instant is not None:
        return Placed(event, moment.instant, known=True) if moment.instant >= high else None
    assert moment.day is not None
    start, end = _day(moment.day, zone)
    return Placed(event, max(start, high), known=True) if high < end else None


def _place(event: Event, before: list[Placed], zone: str) -> tuple[datetime, bool]:
    moment = event.observed_at
    if moment.instant is not None:
        return moment.instant, True
    if moment.day is None:
        return max((p.at for p in before), default=LONG_AGO), False
    start, end = _day(moment.day, zone)
    return max((p.at for p in before if start <= p.at < end), default=start), True


@lru_cache(maxsize=4096)
def _day(day: date, zone: str) -> tuple[datetime, datetime]:
    """The local day as UTC instants, its end excluded."""
    local = ZoneInfo(zone)
    start = datetime.combine(day, time.min, local).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, local).astimezone(UTC) if day < date.max else start
    return start, end


def _mapped(event: Event, migration: Migrate) -> Event:
    """The event in the words of the playbook that was migrated to."""
    fact: Any = event.fact
    changes: dict[str, Any] = {}
    if getattr(fact, "stage", None) is not None:
        changes["stage"] = migration.stages.get(fact.stage, fact.stage)
    if getattr(fact, "evidence", None):
        changes["evidence"] = tuple(
            given.model_copy(update={"evidence": migration.evidence.get(given.evidence, given.evidence)})
            for given in fact.evidence
        )
    return event.model_copy(update={"fact": fact.model_copy(update=changes)}) if changes else event

"""How long the visits of a sale took, what lay between them, and for whom they waited (design.md §7).

Pure functions over visits and spans, for the query about one sale and for the reports alike. All of them look at a
sale *as of* an instant: what happened later has not happened yet, and what is open then is a lower bound. Time is
elapsed or working time, less the pauses (a sale that is suspended). Where the date of a bound is unknown, so is the
length: it is none, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.state import LeftBy, Span, Visit

__all__ = [
    "DORMANT",
    "Account",
    "Before",
    "Cause",
    "Course",
    "Interval",
    "Stay",
    "account",
    "end_of_day",
    "gaps",
    "seen_by",
    "spans_seen_by",
    "stays",
]

Interval = tuple[datetime, datetime]
Cause = LeftBy | Literal["handed_over"]
"""How a stay ended; `handed_over` ends the part of one owner while the visit goes on with the next."""

DORMANT = ("nurture", "lost", "collected", "closed")
"""Lives in which a sale rests: in nurture, or ended until it is reopened."""
_ENDED = ("lost", "collected", "closed")
_ZERO = timedelta(0)


class Course(Protocol):
    """A sale's course in time; `OpportunityState` is one, and so is what a report reads from the tables."""

    @property
    def visits(self) -> Sequence[Visit]:
        """All visits, in order of their beginning."""

    @property
    def lives(self) -> Sequence[Span]:
        """The states of its life, one after the other, from the opening on."""

    @property
    def owners(self) -> Sequence[Span]:
        """Who owned it, one after the other."""

    @property
    def waits(self) -> Sequence[Span]:
        """Whom it waited on, where that was recorded."""


@dataclass(frozen=True, slots=True)
class Before:
    """What lay before a visit: either a gap, in which no stage was open, or an overlap with stages open already.

    Attributes:
        overlaps: Whether another stage was open when this one began.
        elapsed: Length of the gap or the overlap, less pauses; none if a bound is unknown. A gap leaves out the time
            in which the sale was dormant. A stage that begins as the one before ends has a gap of zero.
        working: The same in working time; none also without a calendar.
        running: The overlap goes on: a lower bound.
    """

    overlaps: bool
    elapsed: timedelta | None
    working: timedelta | None
    running: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """A visit, or the part of it that one holder had, and how long it took.

    Attributes:
        visit: The visit, as of the instant asked for.
        holder: Who held the sale meanwhile; empty if nobody asked.
        cause: How it was left; none while it goes on, and what was measured is a lower bound.
        elapsed: Elapsed time less pauses; none if a bound is unknown.
        working: Working time less pauses, likewise; none also without a calendar.
        paused: Elapsed time of the pauses in it, as far as their dates are known.
        waited: Elapsed time, less pauses, in which it waited on each party.
        before: What lay before the visit; on its first part only.
    """

    visit: Visit
    holder: str
    cause: Cause | None
    elapsed: timedelta | None
    working: timedelta | None
    paused: timedelta
    waited: dict[str, timedelta] = field(default_factory=dict)
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Where the whole time of a sale went: `elapsed` = `in_stages` + `gaps` + `dormant`, always.

    Attributes:
        elapsed: From the opening to its end, or as of the instant asked for.
        in_stages: Time in which at least one stage was open.
        gaps: Time in which none was, though the sale was not dormant.
        dormant: Time in nurture, or ended before it was reopened, with no stage open.
        overlaps: Time in which more than one stage was open; contained in `in_stages`.
        paused: Time suspended; contained in `in_stages` and `gaps`.
        exact: Whether all dates are known; if not, the figures rest on places in order alone.
    """

    elapsed: timedelta
    in_stages: timedelta
    gaps: timedelta
    dormant: timedelta
    overlaps: timedelta
    paused: timedelta
    exact: bool


def end_of_day(day: date, zone: str) -> datetime:
    """The last instant of a local date: what a report means by a date (design.md §7)."""
    day = min(day, date(9999, 12, 29))  # the last one that has a next day in every zone
    after = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
    return after.astimezone(UTC) - timedelta.resolution


def seen_by(visits: Iterable[Visit], as_of: datetime) -> list[Visit]:
    """The visits as of an instant: later ones are not there, and one that was left later is still open."""
    return [
        replace(visit, left=None, left_known=True, left_by=None, left_event=None)
        if visit.left is not None and visit.left > as_of
        else visit
        for visit in visits
        if visit.began <= as_of
    ]


def spans_seen_by(spans: Iterable[Span], as_of: datetime) -> list[Span]:
    """The spans as of an instant, likewise."""
    return [
        replace(span, end=None, end_known=True) if span.end is not None and span.end > as_of else span
        for span in spans
        if span.start <= as_of
    ]


def stays(course: Course, calendar: WorkCalendar | None, as_of: datetime, holders: Sequence[Span] = ()) -> list[Stay]:
    """How long each visit took.

    Args:
        course: The sale.
        calendar: Its working calendar; without one no working time is known.
        as_of: What is open then is censored there.
        holders: Splits every visit amongst those who held the sale: its `owners`, or those mapped to their teams.
            The part of an earlier holder ends as `handed_over`. None given: a visit is one stay.
    """
    as_of = as_of.astimezone(UTC)
    visits = seen_by(course.visits, as_of)
    lives = spans_seen_by(course.lives, as_of)
    pauses = [span for span in lives if span.value == "suspended"]
    waits = spans_seen_by(course.waits, as_of)
    holders = _joined(spans_seen_by(holders, as_of))
    found: list[Stay] = []
    for place, visit in enumerate(visits):
        before = _before(visits[:place], visit, lives, pauses, calendar, as_of)
        found += _parts(visit, before, pauses, waits, holders, calendar, as_of)
    return found


def gaps(course: Course, as_of: datetime) -> list[Interval]:
    """The stretches of time in which no stage was open and the sale was not dormant, pauses included."""
    as_of = as_of.astimezone(UTC)
    lives = spans_seen_by(course.lives, as_of)
    if not lives:
        return []
    taken = [_bounds(visit, as_of) for visit in seen_by(course.visits, as_of)]
    taken += [_extent(span, as_of) for span in lives if span.value in DORMANT]
    return _without([(lives[0].start, _end(lives, as_of))], taken)


def account(course: Course, as_of: datetime) -> Account:
    """Account for the whole time of a sale, as of an instant."""
    as_of = as_of.astimezone(UTC)
    lives = spans_seen_by(course.lives, as_of)
    visits = seen_by(course.visits, as_of)
    if not lives:
        return Account(_ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, exact=True)
    end = _end(lives, as_of)
    stages = [_bounds(visit, as_of) for visit in visits]
    resting = [_extent(span, end) for span in lives if span.value in DORMANT]
    twice = [(max(a[0], b[0]), min(a[1], b[1])) for n, a in enumerate(stages) for b in stages[:n]]
    return Account(
        elapsed=end - lives[0].start,
        in_stages=_total(_union(stages)),
        gaps=_total(gaps(course, as_of)),
        dormant=_total(_without(_union(resting), stages)),
        overlaps=_total(_union(twice)),
        paused=_total(_extent(span, end) for span in lives if span.value == "suspended"),
        exact=all(visit.began_known and visit.left_known for visit in visits)
        and all(span.start_known and span.end_known for span in lives),
    )


def _parts(
    visit: Visit,
    before: Before | None,
    pauses: Sequence[Span],
    waits: Sequence[Span],
    holders: Sequence[Span],
    calendar: WorkCalendar | None,
    as_of: datetime,
) -> Iterable[Stay]:
    start, end = _bounds(visit, as_of)
    changes = [span for span in holders if start < span.start < end]
    dated = visit.began_known and visit.left_known and all(span.start_known for span in changes)
    dated = dated and _bounds_known(pauses, start, end)
    cuts = [start, *(span.start for span in changes), end]
    for low, high in pairwise(cuts):
        paused = [_extent(span, as_of) for span in pauses]
        net = _without([(low, high)], paused)
        held = [span.value for span in holders if span.start <= low] or [span.value for span in holders[:1]] or [""]
        yield Stay(
            visit,
            holder=held[-1],
            cause=visit.left_by if high == end else "handed_over",
            elapsed=_total(net) if dated else None,
            working=_working(net, calendar) if dated else None,
            paused=(high - low) - _total(net) if dated else _ZERO,
            waited=_waited(net, waits, as_of) if dated else {},
            before=before,
        )
        before = None


def _waited(net: list[Interval], waits: Sequence[Span], as_of: datetime) -> dict[str, timedelta]:
    waited: dict[str, timedelta] = {}
    for span in waits:
        low, high = _extent(span, as_of)
        for start, end in net:
            shared = min(end, high) - max(start, low)
            # A bound of unknown date inside the visit: how long it waited there is not known.
            sure = (span.start_known or low < start) and (span.end_known or high > end)
            if shared > _ZERO and sure:
                waited[span.value] = waited.get(span.value, _ZERO) + shared
    return waited


def _before(
    earlier: Sequence[Visit],
    visit: Visit,
    lives: Sequence[Span],
    away: Sequence[Span],
    calendar: WorkCalendar | None,
    as_of: datetime,
) -> Before:
    start, end = _bounds(visit, as_of)
    beside = [other for other in earlier if other.left is None or other.left > start]
    if beside:
        shared = [(start, min(end, other.left or as_of)) for other in beside]
        running = visit.left is None and any(other.left is None for other in beside)
        sure = visit.began_known and visit.left_known and all(o.began_known and o.left_known for o in beside)
        found = _union(shared)
    else:
        running = False
        last = max(earlier, key=lambda other: other.left or as_of, default=None)
        since = last.left if last and last.left else lives[0].start
        sure = visit.began_known and (last.left_known if last else lives[0].start_known)
        found = [(since, start)]
        away = [*away, *(span for span in lives if span.value in DORMANT)]
    if not (sure and all(_bounds_known(away, *interval) for interval in found)):
        return Before(bool(beside), None, None, running)
    found = _without(found, [_extent(span, as_of) for span in away])
    return Before(bool(beside), _total(found), _working(found, calendar), running)


def _joined(holders: Sequence[Span]) -> list[Span]:
    """Join neighbours with the same value, so that a sale that stays in a team is not handed over."""
    joined: list[Span] = []
    for span in holders:
        if joined and joined[-1].value == span.value:
            joined[-1] = replace(joined[-1], end=span.end, end_known=span.end_known)
        else:
            joined.append(span)
    return joined


def _end(lives: Sequence[Span], as_of: datetime) -> datetime:
    """When the sale ended; as of the instant asked for while it goes on."""
    return lives[-1].start if lives[-1].value in _ENDED else as_of


def _bounds(visit: Visit, as_of: datetime) -> Interval:
    return visit.began, as_of if visit.left is None else visit.left


def _extent(span: Span, as_of: datetime) -> Interval:
    return span.start, as_of if span.end is None else span.end


def _bounds_known(spans: Iterable[Span], start: datetime, end: datetime) -> bool:
    """Whether no bound of unknown date lies between two instants."""
    return not any(
        (not span.start_known and start <= span.start < end)
        or (not span.end_known and span.end is not None and start <= span.end < end)
        for span in spans
    )


def _union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time, in order and without overlaps or empty stretches."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif start < end:
            merged.append((start, end))
    return merged


def _without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """The time of some intervals that lies in none of the others."""
    left = [interval for interval in intervals if interval[0] < interval[1]]
    for low, high in taken:
        if low < high:
            left = [
                piece
                for start, end in left
                for piece in ((start, min(end, low)), (max(start, high), end))
                if piece[0] < piece[1]
            ]
    return left


def _total(intervals: Iterable[Interval]) -> timedelta:
    return sum((end - start for start, end in intervals), _ZERO)


def _working(intervals: Iterable[Interval], calendar: WorkCalendar | None) -> timedelta | None:
    if calendar is None:
        return None
    return sum((calendar.working_between(start, end) for start, end in intervals), _ZERO)

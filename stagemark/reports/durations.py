"""The managers' table: how long each stage takes, what lies between, and whom it waits on (design.md §7).

`docs/durations.md` says what each column means.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, PlainSerializer

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Correct, Given, Mark, Record, Skip
from stagemark.domain.durations import Before, Cause, Stay, stays
from stagemark.domain.history import Placed, in_order
from stagemark.domain.state import OpportunityState, Span, Visit
from stagemark.domain.survival import Lasted, Step, incidence, quantile
from stagemark.reports.sales import Clocks

__all__ = ["UNRECORDED", "Between", "By", "Days", "Length", "Report", "Row", "Spread", "durations", "in_days"]

By = Literal["owner", "team", "segment", "playbook", "month"]
UNRECORDED = "unrecorded"
"""The share of time for which nobody recorded whom the sale waited on."""
_SHARES = (0.5, 0.75, 0.9)
_CENSORED = ("handed_over", None)
_ZERO = timedelta(0)


def written(length: timedelta) -> dict[str, Any]:
    """A length as JSON: whole seconds, and ISO 8601 in hours, since a working day is no day of 24 hours."""
    seconds = round(length.total_seconds())
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return {"seconds": seconds, "iso8601": f"PT{hours}H{minutes}M{rest}S"}


Length = Annotated[timedelta, PlainSerializer(written, when_used="json")]


def in_days(working: timedelta | None, calendar: WorkCalendar | None) -> float | None:
    """Working time in working days of its calendar; none where either is not known."""
    return None if working is None or calendar is None else working / calendar.day_length


class Model(BaseModel):
    """Frozen."""

    model_config = ConfigDict(frozen=True)


class Spread(Model):
    """Three quantiles of a length; none where the curve does not reach that share."""

    median: Length | None = None
    p75: Length | None = None
    p90: Length | None = None


class Days(Model):
    """The same in standard working days of each sale's own calendar."""

    median: float | None = None
    p75: float | None = None
    p90: float | None = None


class Between(Model):
    """What lay before the stage, of one kind: a gap or an overlap.

    Attributes:
        count: Before how many visits.
        median: Median elapsed length.
        median_working: Median working length.
    """

    count: int
    median: Length | None
    median_working: Length | None


class Row(Model):
    """The figures of one stage, in one group.

    Attributes:
        group: Owner, team, segment, playbook or month; empty if it is not known; none without `by`.
        playbook: The playbook's id.
        stage: The stage's id.
        visits: How many visits; by owner or team, each counts for everyone who held it.
        open: How many of them are open: their lengths are lower bounds.
        left: How the others were left.
        undated: How many have an unknown bound; they are in no figure of length.
        skipped: How many sales skipped the stage.
        overrides: How many pieces of evidence were overridden for it.
        elapsed: Elapsed time until the stage is left, less pauses.
        working: Working time, likewise.
        working_days: The same in working days.
        to_end: Elapsed time until the end marker, with the other ways to leave as competing risks.
        to_end_share: The share that has reached the end marker, by the longest that was seen; none if nothing was.
        gaps: Gaps before it that are longer than nothing.
        overlaps: Overlaps before it.
        before_undated: Before how many visits the length of gap or overlap is not known.
        waited: Share of the elapsed time by party, `unrecorded` among them.
    """

    group: str | None
    playbook: str
    stage: str
    visits: int
    open: int
    left: dict[Cause, int]
    undated: int
    skipped: int
    overrides: int
    elapsed: Spread
    working: Spread
    working_days: Days
    to_end: Spread
    to_end_share: float | None
    gaps: Between
    overlaps: Between
    before_undated: int
    waited: dict[str, float]


class Report(Model):
    """The whole table.

    Attributes:
        by: What the rows are grouped by besides the stage.
        as_of: Valid time of the report, if asked for.
        as_known_on: Record time of the report, if asked for.
        sales: How many sales are in it.
        overrides: How many overrides are in it, those outside any stage among them.
        rows: By group, playbook, and the playbook's order of stages.
    """

    by: By | None
    as_of: date | None
    as_known_on: date | None
    sales: int
    overrides: int
    rows: tuple[Row, ...]


_Key = tuple[str | None, str, str]


@dataclass(slots=True)
class _Bucket:
    """What gathers for a row."""

    stays: list[tuple[Stay, float | None]] = field(default_factory=list)  # with the working days of it
    skipped: int = 0
    overrides: int = 0


def durations(
    sales: Iterable[OpportunityState],
    calendars: Mapping[str, WorkCalendar],
    clocks: Clocks,
    *,
    by: By | None = None,
    teams: Mapping[str, str] | None = None,
    playbook: str | None = None,
    stage: str | None = None,
    owner: str | None = None,
) -> Report:
    """Make the table.

    Args:
        sales: The sales as they stood on the report's clocks (`stagemark.reports.sales.seen`).
        calendars: The working calendars by id; a sale whose own is not among them has no working time.
        clocks: As of when.
        by: What to group by besides the stage.
        teams: The team of each person, for `by="team"`.
        playbook: Only sales of this playbook.
        stage: Only this stage.
        owner: Only what this person held.
    """
    buckets: dict[_Key, _Bucket] = defaultdict(_Bucket)
    orders: dict[str, tuple[str, ...]] = {}
    counted, overrides = 0, 0
    for sale in sales:
        if playbook not in (None, sale.playbook.id):
            continue
        orders.setdefault(sale.playbook.id, sale.playbook.stage_ids)
        found = _Sale(sale, calendars.get(sale.calendar), clocks.valid(sale.zone), by, teams or {}, owner)
        if not found.concerned:
            continue
        counted += 1
        for name, group, what in found.figures():
            if isinstance(what, str):
                overrides += what == "override" and stage in (None, name)
            if name is None or stage not in (None, name):
                continue
            bucket = buckets[group, sale.playbook.id, name]
            if isinstance(what, Stay):
                bucket.stays.append((what, in_days(what.working, found.calendar)))
            elif what == "override":
                bucket.overrides += 1
            else:
                bucket.skipped += 1
    if by is None:
        for key in ((None, book, name) for book, names in orders.items() for name in names if stage in (None, name)):
            buckets[key]  # a stage that nobody has reached has a row too
    places = {(book, name): place for book, order in orders.items() for place, name in enumerate(order)}

    def order(key: _Key) -> tuple[bool, str, str, int]:
        return not key[0], key[0] or "", key[1], places.get(key[1:], len(places))

    return Report(
        by=by,
        as_of=clocks.as_of,
        as_known_on=clocks.as_known_on,
        sales=counted,
        overrides=overrides,
        rows=tuple(_row(key, buckets[key]) for key in sorted(buckets, key=order)),
    )


@dataclass
class _Sale:
    """One sale as a report takes it: what to count, for which stage and which group."""

    state: OpportunityState
    calendar: WorkCalendar | None
    as_of: datetime
    by: By | None
    teams: Mapping[str, str]
    owner: str | None

    @cached_property
    def holders(self) -> list[Span]:
        """Amongst whom visits are split. With a filter on the owner, by owner; the team is then that owner's."""
        if self.by == "team" and self.owner is None:
            return [replace(span, value=self.teams.get(span.value, "")) for span in self.state.owners]
        return self.state.owners if self.by == "owner" or self.owner is not None else []

    @property
    def concerned(self) -> bool:
        return self.owner is None or any(span.value == self.owner for span in self.holders)

    def figures(self) -> Iterator[tuple[str | None, str | None, Stay | Literal["override", "skip"]]]:
        """Stage, group, and what there is to count; an override outside all visits has no stage."""
        for part in stays(self.state, self.calendar, self.as_of, self.holders):
            if self.owner in (None, part.holder):
                yield part.visit.stage, self._group(part.holder, part.visit.began, part.visit.began_known), part
        skipped: set[str] = set()  # a stage that was skipped, fallen back before and skipped again, is one
        for placed in _told(self.state, self.as_of):
            holder = _held(self.holders, placed.at)
            if self.owner not in (None, holder):
                continue
            fact = placed.event.fact
            if isinstance(fact, Skip) and self.state.stages.get(fact.stage) == "skipped" and fact.stage not in skipped:
                skipped.add(fact.stage)
                yield fact.stage, self._group(holder, placed.at, placed.known), "skip"
            if isinstance(fact, Mark | Record):
                visit = _visit_at(self.state.visits, fact.stage, placed.at)
                began = (visit.began, visit.began_known) if visit else (placed.at, placed.known)
                for _ in _overridden(fact):
                    yield visit.stage if visit else fact.stage, self._group(holder, *began), "override"

    def _group(self, holder: str, began: datetime, known: bool) -> str | None:
        match self.by:
            case "owner":
                return holder
            case "team":
                return self.teams.get(holder, "") if self.owner is not None else holder
            case "segment":
                return self.state.segment or ""
            case "playbook":
                return self.state.playbook.id
            case "month":
                return began.astimezone(ZoneInfo(self.state.zone)).strftime("%Y-%m") if known else ""
        return None


def _told(state: OpportunityState, as_of: datetime) -> Sequence[Placed]:
    """The facts as they count, where there is a skip or an override among them."""
    telling = any(
        isinstance(event.fact, Skip | Correct) or (isinstance(event.fact, Mark | Record) and _overridden(event.fact))
        for event in state.events
    )
    return [placed for placed in in_order(state.events, state.zone) if placed.at <= as_of] if telling else ()


def _overridden(fact: Mark | Record) -> list[Given]:
    return [given for given in fact.evidence if given.override is not None]


def _held(holders: Sequence[Span], at: datetime) -> str:
    return next((span.value for span in reversed(holders) if span.start <= at), holders[0].value if holders else "")


def _visit_at(visits: Sequence[Visit], stage: str | None, at: datetime) -> Visit | None:
    """The visit that a fact belongs to: of its stage, or else of any, the one that began last by then."""
    begun = [visit for visit in visits if visit.began <= at and stage in (None, visit.stage)]
    return begun[-1] if begun else None


def _row(key: _Key, bucket: _Bucket) -> Row:
    all_ = [stay for stay, _ in bucket.stays]
    left = Counter(stay.cause for stay in all_ if stay.cause is not None)
    elapsed = _lasted((stay.elapsed, stay.cause) for stay in all_)
    days = _lasted((None if number is None else timedelta(days=number), s.cause) for s, number in bucket.stays)
    ended = incidence(elapsed, "end")
    before = [stay.before for stay in all_ if stay.before is not None]
    return Row(
        group=key[0],
        playbook=key[1],
        stage=key[2],
        visits=len(all_),
        open=sum(stay.cause is None for stay in all_),
        left=dict(sorted(left.items())),
        undated=sum(stay.elapsed is None for stay in all_),
        skipped=bucket.skipped,
        overrides=bucket.overrides,
        elapsed=_spread(incidence(elapsed)),
        working=_spread(incidence(_lasted((stay.working, stay.cause) for stay in all_))),
        working_days=Days(
            **{name: None if at is None else at / timedelta(days=1) for name, at in _spread(incidence(days))}
        ),
        to_end=_spread(ended),
        to_end_share=(ended[-1].share if ended else 0.0) if elapsed else None,
        gaps=_between([one for one in before if not one.overlaps and one.elapsed != _ZERO]),
        overlaps=_between([one for one in before if one.overlaps]),
        before_undated=sum(one.elapsed is None for one in before),
        waited=_waited(all_),
    )


def _lasted(lengths: Iterable[tuple[timedelta | None, Cause | None]]) -> list[Lasted]:
    return [Lasted(length, None if cause in _CENSORED else cause) for length, cause in lengths if length is not None]


def _spread(steps: Sequence[Step]) -> Spread:
    return Spread(**dict(zip(("median", "p75", "p90"), (quantile(steps, share) for share in _SHARES), strict=True)))


def _between(before: Sequence[Before]) -> Between:
    dated = [one for one in before if one.elapsed is not None]
    lengths = [(one.elapsed, one.working, None if one.running else "over") for one in dated]
    return Between(
        count=len(dated),
        median=quantile(incidence(Lasted(e, over) for e, _, over in lengths if e is not None), 0.5),
        median_working=quantile(incidence(Lasted(w, over) for _, w, over in lengths if w is not None), 0.5),
    )


def _waited(all_: Sequence[Stay]) -> dict[str, float]:
    whole = sum((stay.elapsed or _ZERO for stay in all_), _ZERO)
    if not whole:
        return {}
    times: Counter[str] = Counter()
    for stay in all_:
        for party, time in stay.waited.items():
            times[party] += round(time / timedelta.resolution)
    total = round(whole / timedelta.resolution)
    return {**{party: time / total for party, time in sorted(times.items())}, UNRECORDED: 1 - times.total() / total}

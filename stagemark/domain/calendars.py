"""Working time: which moments count as worked, and how much of it lies between two instants.

A moment is worked when its local date is a working day and its local time lies within the working hours.
All answers follow from that one sentence, also on the days on which clocks change: a local hour that happens
twice counts twice, one that is skipped counts nothing. Sources: design.md §5 (instants in UTC, zone beside),
§6.10 (calendars are resolved outside workflows into plain days), §7 (durations in working time).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.playbook import Id, Text

__all__ = ["CalendarSpec", "WorkCalendar", "shared"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date().toordinal()
# The arithmetic runs on whole microseconds since the epoch: exact, and far faster than datetimes.
_TICK = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _known_zone(name: str) -> str:
    try:
        _zone(name)
    except (KeyError, ValueError, OSError):  # zoneinfo's three ways to say no: unknown, malformed, a folder
        raise PydanticCustomError(
            "calendar_zone",
            "there is no time zone {zone}; give an IANA name such as Asia/Shanghai",
            {"zone": name},
        ) from None
    return name


def _each_once(week: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(week)) != len(week):
        raise PydanticCustomError("calendar_week", "a weekday is named twice; name each worked day once, Monday is 1")
    return tuple(sorted(week))


def _clock(value: Any) -> time:
    # Left to itself, pydantic reads a bare number as seconds: 9 would quietly be nine seconds past midnight.
    try:
        moment = value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError(
            "calendar_time", "{value} is no time of day; write '09:00'", {"value": str(value)}
        ) from None
    if moment.tzinfo:
        raise PydanticCustomError(
            "calendar_time_local",
            "working hours are local time; write '09:00', not {value}",
            {"value": str(value)},
        )
    return moment


def _day(value: Any) -> date:
    # Here too: a bare number would be taken for seconds since 1970.
    try:
        return value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError(
            "calendar_date", "{value} is no date; write 2025-01-26", {"value": str(value)}
        ) from None


def _in_order(hours: tuple[tuple[time, time], ...]) -> tuple[tuple[time, time], ...]:
    for opens, closes in hours:
        if _close_tick(closes) <= _tick_of(opens):
            raise PydanticCustomError(
                "calendar_hours",
                "working hours {opens}–{closes} end before they begin; write a shift over midnight as two "
                "intervals, the first with the end 00:00",
                {"opens": opens.isoformat("minutes"), "closes": closes.isoformat("minutes")},
            )
    for (_, closes), (opens, _) in pairwise(hours):
        if _tick_of(opens) < _close_tick(closes):
            raise PydanticCustomError(
                "calendar_hours_overlap",
                "working hours overlap or are out of order: an interval ends at {closes}, the next begins at "
                "{opens}; write them one after the other",
                {"opens": opens.isoformat("minutes"), "closes": closes.isoformat("minutes")},
            )
    return hours


Zone = Annotated[str, AfterValidator(_known_zone)]
Week = Annotated[
    tuple[Annotated[int, Field(strict=True, ge=1, le=7)], ...],
    Field(min_length=1),
    AfterValidator(_each_once),
]
Clock = Annotated[time, BeforeValidator(_clock)]
Day = Annotated[date, BeforeValidator(_day)]
Hours = Annotated[tuple[tuple[Clock, Clock], ...], Field(min_length=1), AfterValidator(_in_order)]

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
OFFICE_HOURS = ((time(9), time(12)), (time(13), time(18)))


class CalendarSpec(BaseModel):
    """A calendar as a user writes it; `stagemark.adapters.calendars.resolve` makes a `WorkCalendar` of it.

    Attributes:
        id: Lower-case name, e.g. `cn`.
        label: Its name in Chinese and English.
        zone: IANA time zone in which days and hours are meant.
        country: ISO 3166 code, e.g. CN, whose public holidays (and swapped days) apply; none: no holidays.
        subdivision: State, province or nation within the country, in the `holidays` library's spelling.
        week: ISO weekdays worked, Monday is 1.
        hours: Local working intervals of a day, in order; 00:00 as an end is midnight.
        days_off: Dates not worked, whatever the country says.
        days_on: Dates worked, whatever the country says.
        stated_years: Years for which `days_off` and `days_on` are the whole truth (such as a State Council
            notice copied by hand); the country's holidays are not asked for them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    label: Text
    zone: Zone
    country: str | None = None
    subdivision: str | None = None
    week: Week = MONDAY_TO_FRIDAY
    hours: Hours = OFFICE_HOURS
    days_off: tuple[Day, ...] = ()
    days_on: tuple[Day, ...] = ()
    stated_years: tuple[int, ...] = ()

    @field_validator("subdivision")
    @classmethod
    def _of_a_country(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        if subdivision is not None and info.data.get("country") is None:
            raise PydanticCustomError(
                "calendar_subdivision_alone", "a subdivision needs its country; add country, such as DE"
            )
        return subdivision

    @field_validator("days_on")
    @classmethod
    def _not_both(cls, days_on: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        if both := sorted(set(days_on) & set(info.data.get("days_off", ()))):
            raise PydanticCustomError(
                "calendar_day_both",
                "{days} stand in days_off and in days_on; keep each in one of them",
                {"days": ", ".join(map(str, both))},
            )
        return days_on


class WorkCalendar(BaseModel):
    """A resolved calendar: plain days and hours, small enough to travel in a workflow's state.

    A date in `exceptions` is worked or not as it says; every other date follows `week`. Instants passed in
    must be aware (`ValueError` otherwise); instants given back are UTC. The time-zone database is the only
    thing used that is not in the model.

    Attributes:
        id: The calendar's id.
        zone: IANA time zone.
        week: ISO weekdays worked, Monday is 1.
        hours: Local working intervals of a day, in order; 00:00 as an end is midnight.
        exceptions: Dates that differ from the week: holidays (False), swapped working days (True). Not to be
            mutated.
        known_from: First date for which the exceptions are known.
        known_until: Last date for which they are, nothing being known if it lies before `known_from`. Beyond
            it the exceptions hold what is certain already (statutory holidays without their swaps).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    zone: Zone
    week: Week = MONDAY_TO_FRIDAY
    hours: Hours = OFFICE_HOURS
    exceptions: dict[date, bool] = Field(default_factory=dict)
    known_from: date
    known_until: date

    def __hash__(self) -> int:
        """Cheap, for the tables below; equality still compares everything."""
        return hash((self.id, self.zone, self.known_from, self.known_until, len(self.exceptions)))

    @property
    def day_length(self) -> timedelta:
        """Working time of a standard day: the length of its hours."""
        return _length(self.hours)

    def covers(self, start: date, end: date) -> bool:
        """Whether holidays and swaps are known for every date from `start` to `end`, both included."""
        return self.known_from <= start and end <= self.known_until

    def is_working_day(self, day: date) -> bool:
        """Whether work is done on this local date."""
        exception = self.exceptions.get(day)
        return day.isoweekday() in self.week if exception is None else exception

    def local_date(self, at: datetime) -> date:
        """The date on the wall at this instant."""
        return _utc(at).astimezone(_zone(self.zone)).date()

    def start_of_day(self, day: date) -> datetime:
        """The first instant of a local date: midnight, or the end of the gap where clocks skip midnight."""
        zone = _zone(self.zone)
        midnight = datetime.combine(day, time(), zone)
        latest = midnight.astimezone(UTC)
        if latest.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
            return latest
        # Midnight falls into a gap; its end lies between the two readings of the missing time.
        low, high = _ticks(midnight.replace(fold=1).astimezone(UTC)), _ticks(latest)
        while high - low > _SECOND:
            middle = low + (high - low) // (2 * _SECOND) * _SECOND
            low, high = (low, middle) if self.local_date(_instant(middle)) >= day else (middle, high)
        return _instant(high)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Real elapsed time within working hours from `start` to `end`; zero if `end` is not later."""
        start, end = _utc(start), _utc(end)
        if end <= start:
            return timedelta(0)
        whole_years = sum(_year(self, year).total for year in range(start.year, end.year))
        worked = whole_years + _year(self, end.year).until(end) - _year(self, start.year).until(start)
        return timedelta(microseconds=worked)

    def working_days_between(self, start: datetime, end: datetime) -> float:
        """Working time from `start` to `end` in standard working days."""
        return self.working_between(start, end) / self.day_length

    def next_working_moment(self, at: datetime) -> datetime:
        """The first worked instant that is not before `at`: `at` itself within working hours."""
        at = _utc(at)
        now = _ticks(at)
        year = at.year
        while True:
            table = _year(self, year)
            index = bisect_right(table.ends, now)
            if index < len(table.ends):
                return _instant(max(now, table.starts[index]))
            year += 1

    def advance(self, start: datetime, span: timedelta) -> datetime:
        """The first instant at which the working time since `start` reaches `span`.

        That can be the end of a working day. A span of zero gives the next working moment.

        Raises:
            ValueError: The span is negative, or the instant naive.
        """
        if span < timedelta(0):
            raise ValueError(f"working time runs forward only, not by {span}")
        if not span:
            return self.next_working_moment(start)
        start = _utc(start)
        year = start.year
        target = _year(self, year).until(start) + span // _TICK
        while target > (total := _year(self, year).total):
            target -= total
            year += 1
        table = _year(self, year)
        index = bisect_left(table.before, target) - 1
        return _instant(table.starts[index] + target - table.before[index])

    def add_working_days(self, start: datetime, days: Decimal | int | float) -> datetime:
        """`advance` by a number of standard working days, which may be broken; rounded to the microsecond."""
        return self.advance(start, round(Fraction(days) * (self.day_length // _TICK)) * _TICK)

    def next_morning(self, at: datetime) -> datetime:
        """When work begins on the first working day whose beginning lies after `at`."""
        at = _utc(at)
        day = self.local_date(at)
        while True:
            if self.is_working_day(day):
                morning = self.next_working_moment(self.start_of_day(day))
                # A date that the zone skipped altogether has no morning: its first moment is another day's.
                if morning > at and self.local_date(morning) == day:
                    return morning
            day += timedelta(days=1)


@lru_cache(maxsize=64)
def shared(calendar: WorkCalendar) -> WorkCalendar:
    """The one object for all equal calendars: the tables below then know it without comparing hundreds of days."""
    return calendar


class _Year(NamedTuple):
    """The worked intervals of one calendar in one UTC year, in microseconds since the epoch."""

    starts: array[int]
    ends: array[int]
    before: array[int]  # working time of the year before each interval
    total: int

    def until(self, at: datetime) -> int:
        """Working time from the beginning of the year to an instant of that year."""
        ticks = _ticks(at)
        index = bisect_right(self.starts, ticks) - 1
        if index < 0:
            return 0
        return self.before[index] + min(ticks, self.ends[index]) - self.starts[index]


# A pure function's memory: bounded (about 13 kB a year), thread-safe, shared by equal calendars.
@lru_cache(maxsize=512)
def _year(calendar: WorkCalendar, year: int) -> _Year:
    zone = _zone(calendar.zone)
    hours = [(_tick_of(opens), _close_tick(closes)) for opens, closes in calendar.hours]
    starts, ends, before, total = array("q"), array("q"), array("q"), 0
    for low, high, offset in _stretches(zone, _ticks_of_new_year(year), _ticks_of_new_year(year + 1)):
        for number in range((low + offset) // _DAY, (high + offset - 1) // _DAY + 1):
            if not calendar.is_working_day(date.fromordinal(number + _EPOCH_DAY)):
                continue
            midnight = number * _DAY - offset
            for opens, closes in hours:
                start, end = max(midnight + opens, low), min(midnight + closes, high)
                if start < end:
                    starts.append(start)
                    ends.append(end)
                    before.append(total)
                    total += end - start
    return _Year(starts, ends, before, total)


def _stretches(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut a span where the zone's offset changes: (from, to, offset), all in microseconds."""
    low, offset = start, _offset(zone, start)
    for probe in range(start + _DAY, end + 1, _DAY):
        changed = _offset(zone, probe)
        if changed == offset:
            continue
        # zoneinfo does not name its transitions: find this one, to the second
        same, other = probe - _DAY, probe
        while other - same > _SECOND:
            middle = same + (other - same) // (2 * _SECOND) * _SECOND
            same, other = (middle, other) if _offset(zone, middle) == offset else (same, middle)
        yield low, other, offset
        low, offset = other, changed
    if low < end:
        yield low, end, offset


def _offset(zone: ZoneInfo, ticks: int) -> int:
    offset = _instant(ticks).astimezone(zone).utcoffset()
    assert offset is not None  # a ZoneInfo always has one
    return offset // _TICK


@lru_cache(maxsize=64)
def _length(hours: tuple[tuple[time, time], ...]) -> timedelta:
    return sum((_close_tick(closes) - _tick_of(opens) for opens, closes in hours), 0) * _TICK


def _ticks_of_new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * _DAY


def _tick_of(moment: time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * _SECOND + moment.microsecond


def _close_tick(moment: time) -> int:
    return _tick_of(moment) or _DAY


def _ticks(at: datetime) -> int:
    return (at - _EPOCH) // _TICK


def _instant(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at.isoformat()}")
    return at.astimezone(UTC)

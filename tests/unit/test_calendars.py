"""Working time against slow references: a walk by quarters of an hour, and a sum day by day."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from stagemark.domain.calendars import WorkCalendar

Pair = tuple[WorkCalendar, date]

QUARTER = timedelta(minutes=15)

# Zones, each with days around which something odd happens to its clocks (or to the year).
ODD_DAYS = {
    "Europe/Berlin": [date(2024, 3, 31), date(2024, 10, 27), date(2025, 12, 31)],
    "America/New_York": [date(2024, 3, 10), date(2024, 11, 3), date(2024, 12, 31)],
    "Asia/Shanghai": [date(2025, 1, 1), date(2024, 2, 29)],
    "America/Havana": [date(2024, 3, 10), date(2024, 11, 3)],  # spring forward at midnight
    "Asia/Beirut": [date(2024, 3, 31), date(2024, 10, 27)],  # the same, and back from midnight to 23:00
    "Australia/Lord_Howe": [date(2024, 4, 7), date(2024, 10, 6)],  # by half an hour
    "Pacific/Apia": [date(2011, 12, 30)],  # a day that never was
}


@st.composite
def calendars(draw: st.DrawFn) -> Pair:
    """A calendar with hours on the quarter, and an odd day of its zone."""
    zone = draw(st.sampled_from(sorted(ODD_DAYS)))
    odd = draw(st.sampled_from(ODD_DAYS[zone]))
    cuts = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
    hours = [(_at_quarter(a), _at_quarter(b)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    near = st.integers(-12, 12).map(lambda n: odd + timedelta(days=n))
    calendar = WorkCalendar(
        id="x",
        zone=zone,
        week=draw(st.sets(st.integers(1, 7), min_size=1)),
        hours=hours,
        exceptions=draw(st.dictionaries(near, st.booleans(), max_size=8)),
        known_from=odd,
        known_until=odd,
    )
    return calendar, odd


def _at_quarter(number: int) -> time:
    return time(number % 96 // 4, number % 4 * 15)


def _instant(odd: date, quarters: int) -> datetime:
    return datetime.combine(odd, time(), UTC) + quarters * QUARTER


def _is_worked(calendar: WorkCalendar, at: datetime) -> bool:
    """The definition itself: the local date is a working day, and the local time within the hours."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    day, clock = local.date(), local.time()
    worked = calendar.exceptions.get(day, day.isoweekday() in calendar.week)
    return worked and any(a <= clock and (clock < b or b == time()) for a, b in calendar.hours)


def _walk(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    total = timedelta(0)
    while start < end:
        total += QUARTER * _is_worked(calendar, start)
        start += QUARTER
    return total


near_quarters = st.integers(-10 * 96, 10 * 96)
any_instant = st.integers(0, 4 * 366 * 86_400 * 10**6).map(
    lambda n: datetime(2023, 1, 1, tzinfo=UTC) + n * timedelta.resolution
)
some_calendar = calendars().map(lambda pair: pair[0])


@given(calendars(), near_quarters, near_quarters)
def test_working_time_equals_a_walk_by_quarters_of_an_hour(pair: Pair, a: int, b: int) -> None:
    calendar, odd = pair
    start, end = _instant(odd, a), _instant(odd, b)
    assert calendar.working_between(start, end) == _walk(calendar, start, end)


@given(calendars(), near_quarters, st.integers(0, 200))
def test_advancing_ends_at_the_first_instant_that_the_walk_reaches(pair: Pair, a: int, quarters: int) -> None:
    calendar, odd = pair
    start = at = _instant(odd, a)
    walked = timedelta(0)
    while walked < quarters * QUARTER:
        walked += QUARTER * _is_worked(calendar, at)
        at += QUARTER
    while not quarters and not _is_worked(calendar, at):
        at += QUARTER
    assert calendar.advance(start, quarters * QUARTER) == at


@given(
    st.sampled_from(sorted(ODD_DAYS)),
    any_instant,
    any_instant,
    st.dictionaries(st.dates(date(2023, 1, 1), date(2027, 1, 1)), st.booleans(), max_size=60),
)
@example("Asia/Shanghai", datetime(2023, 12, 31, 15, 59, tzinfo=UTC), datetime(2025, 1, 1, 3, tzinfo=UTC), {})
@example("America/New_York", datetime(2024, 12, 31, 20, tzinfo=UTC), datetime(2025, 1, 2, 15, tzinfo=UTC), {})
def test_working_time_over_years_equals_a_sum_day_by_day(
    zone: str, start: datetime, end: datetime, exceptions: dict[date, bool]
) -> None:
    calendar = WorkCalendar(
        id="x", zone=zone, exceptions=exceptions, known_from=date(2023, 1, 1), known_until=date(2027, 1, 1)
    )
    total, day = timedelta(0), start.date() - timedelta(days=1)
    while day <= end.date() + timedelta(days=1):
        if exceptions.get(day, day.isoweekday() <= 5):
            for opens, closes in calendar.hours:  # no clock changes between nine and six
                low = datetime.combine(day, opens, ZoneInfo(zone)).astimezone(UTC)
                high = datetime.combine(day, closes, ZoneInfo(zone)).astimezone(UTC)
                total += max(min(high, end) - max(low, start), timedelta(0))
        day += timedelta(days=1)
    assert calendar.working_between(start, end) == total


@given(some_calendar, any_instant, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_advance_is_the_inverse_of_working_between(calendar: WorkCalendar, start: datetime, span: timedelta) -> None:
    end = calendar.advance(start, span)
    assert end >= start
    assert calendar.working_between(start, end) == span
    if span:  # and no earlier instant would do
        assert calendar.working_between(start, end - timedelta(microseconds=1)) < span
    else:
        assert calendar.working_between(end, end + timedelta(microseconds=1)) > span


@given(some_calendar, any_instant, any_instant)
def test_advancing_by_the_time_worked_never_overshoots(calendar: WorkCalendar, a: datetime, b: datetime) -> None:
    start, end = sorted((a, b))
    worked = calendar.working_between(start, end)
    if worked:
        assert calendar.advance(start, worked) <= end


@given(some_calendar, st.lists(any_instant, min_size=3, max_size=3))
def test_working_time_adds_up_and_never_shrinks(calendar: WorkCalendar, instants: list[datetime]) -> None:
    a, b, c = sorted(instants)
    assert calendar.working_between(a, b) + calendar.working_between(b, c) == calendar.working_between(a, c)
    assert timedelta(0) <= calendar.working_between(a, b) <= b - a
    assert calendar.working_between(c, a) == timedelta(0)


@given(some_calendar, any_instant, st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0)))
def test_advancing_twice_is_advancing_once_by_the_sum(
    calendar: WorkCalendar, start: datetime, first: timedelta, more: timedelta
) -> None:
    more %= timedelta(days=9)
    if more:
        assert calendar.advance(calendar.advance(start, first), more) == calendar.advance(start, first + more)


@given(some_calendar, any_instant)
def test_the_next_working_moment_is_worked_and_is_its_own_next(calendar: WorkCalendar, at: datetime) -> None:
    moment = calendar.next_working_moment(at)
    assert _is_worked(calendar, moment)
    assert calendar.next_working_moment(moment) == moment == calendar.advance(at, timedelta(0))
    assert calendar.working_between(at, moment) == timedelta(0)


@given(some_calendar, any_instant)
def test_the_next_morning_is_later_worked_and_nothing_of_its_day_was_worked_before(
    calendar: WorkCalendar, at: datetime
) -> None:
    morning = calendar.next_morning(at)
    assert morning > at
    assert _is_worked(calendar, morning)
    begins = calendar.start_of_day(calendar.local_date(morning))
    assert calendar.working_between(begins, morning) == timedelta(0)


@given(st.sampled_from(sorted(ODD_DAYS)), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
@example("America/Havana", date(2024, 3, 10))
@example("Pacific/Apia", date(2011, 12, 30))
@example("America/St_Johns", date(2006, 4, 2))
@example("America/Toronto", date(1919, 3, 31))  # from 23:30 to 00:30
def test_a_day_starts_at_the_first_instant_of_its_date(zone: str, day: date) -> None:
    calendar = _office(zone)
    start = calendar.start_of_day(day)
    assert calendar.local_date(start) >= day
    assert calendar.local_date(start - timedelta(microseconds=1)) < day


@given(some_calendar)
def test_a_calendar_survives_json_and_is_equal_and_counts_the_same(calendar: WorkCalendar) -> None:
    again = WorkCalendar.model_validate_json(calendar.model_dump_json())
    assert again == calendar
    assert hash(again) == hash(calendar)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=700)
    assert again.working_between(start, end) == calendar.working_between(start, end)


def test_a_changed_copy_counts_by_its_own_days() -> None:
    calendar = _office("Asia/Shanghai")
    week = datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 9, tzinfo=UTC)
    assert calendar.working_days_between(*week) == 5
    copy = calendar.model_copy(update={"exceptions": {date(2025, 3, 4): False}})
    assert copy.working_days_between(*week) == 4
    assert calendar.working_days_between(*week) == 5


def test_working_days_may_be_broken_and_skip_the_weekend() -> None:
    calendar = _office("UTC")
    friday = datetime(2025, 3, 7, 10, tzinfo=UTC)
    assert calendar.day_length == timedelta(hours=8)
    assert calendar.add_working_days(friday, 1) == datetime(2025, 3, 10, 10, tzinfo=UTC)
    assert calendar.add_working_days(friday, Decimal("0.25")) == datetime(2025, 3, 7, 12, tzinfo=UTC)
    assert calendar.add_working_days(friday, 0.5) == datetime(2025, 3, 7, 15, tzinfo=UTC)
    assert calendar.add_working_days(friday, 0) == friday
    assert calendar.next_morning(friday) == datetime(2025, 3, 10, 9, tzinfo=UTC)
    assert calendar.next_morning(datetime(2025, 3, 10, 9, tzinfo=UTC)) == datetime(2025, 3, 11, 9, tzinfo=UTC)


def test_a_night_shift_counts_the_hour_that_happens_twice_and_not_the_one_that_is_skipped() -> None:
    calendar = WorkCalendar(
        id="night",
        zone="Europe/Berlin",
        week=(7,),
        hours=((time(1), time(4)),),
        known_from=date.min,
        known_until=date.max,
    )
    for day, worked in ((date(2024, 3, 31), 2), (date(2024, 10, 27), 4), (date(2024, 5, 5), 3)):
        start = calendar.start_of_day(day)
        assert calendar.working_between(start, start + timedelta(days=1)) == timedelta(hours=worked)


def test_the_known_range_is_closed_at_both_ends() -> None:
    calendar = _office("UTC").model_copy(update={"known_from": date(2025, 1, 1), "known_until": date(2025, 12, 31)})
    assert calendar.covers(date(2025, 1, 1), date(2025, 12, 31))
    assert not calendar.covers(date(2024, 12, 31), date(2025, 1, 2))
    assert not calendar.covers(date(2025, 12, 31), date(2026, 1, 1))


def test_a_naive_instant_and_a_negative_span_are_refused() -> None:
    calendar = _office("UTC")
    naive, aware = datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC)  # noqa: DTZ001  (a naive one is what is refused)
    for call in (
        lambda: calendar.working_between(naive, aware),
        lambda: calendar.advance(naive, timedelta(0)),
        lambda: calendar.local_date(naive),
        lambda: calendar.next_morning(naive),
        lambda: calendar.advance(aware, timedelta(seconds=-1)),
    ):
        with pytest.raises(ValueError, match=r"time zone|forward"):
            call()


@pytest.mark.parametrize(
    "wrong", [{"zone": "Asia/Atlantis"}, {"zone": "Europe"}, {"zone": "../etc"}, {"week": ()}, {"hours": ()}]
)
def test_a_calendar_that_could_not_count_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WorkCalendar.model_validate({"id": "x", "zone": "UTC", "known_from": date.min, "known_until": date.max} | wrong)


def _office(zone: str) -> WorkCalendar:
    return WorkCalendar(id="office", zone=zone, known_from=date.min, known_until=date.max)

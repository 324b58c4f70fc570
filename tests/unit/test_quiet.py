"""Quiet hours: when somebody may be reached."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.quiet import QuietHours, may_reach, quiet_until

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = TypeAdapter(QuietHours)
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "UTC")


def calendar(zone: str = "Asia/Shanghai", *off: date) -> WorkCalendar:
    return WorkCalendar(
        id="c", zone=zone, known_from=date.min, known_until=date.max, exceptions=dict.fromkeys(off, False)
    )


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-04 12:00", "2026-03-04 12:00"),
        ("2026-03-04 20:59", "2026-03-04 20:59"),
        ("2026-03-04 21:00", "2026-03-05 08:00"),
        ("2026-03-05 03:00", "2026-03-05 08:00"),
        ("2026-03-05 08:00", "2026-03-05 08:00"),
    ],
)
def test_over_midnight_nobody_is_reached_until_the_morning(now: str, until: str) -> None:
    assert quiet_until("21:00-08:00", "Asia/Shanghai", at(now)) == at(until)


def test_hours_within_a_day_are_quiet_on_that_day() -> None:
    assert quiet_until("12:00-13:30", "Asia/Shanghai", at("2026-03-04 12:30")) == at("2026-03-04 13:30")
    assert quiet_until("12:00-13:30", "Asia/Shanghai", at("2026-03-04 14:00")) == at("2026-03-04 14:00")


def test_without_quiet_hours_everybody_is_reached_at_once() -> None:
    assert quiet_until(None, "Asia/Shanghai", at("2026-03-04 03:00")) == at("2026-03-04 03:00")


def test_they_are_meant_in_the_readers_own_zone() -> None:
    noon = at("2026-03-04 12:00")  # 23:00 the day before in New York
    assert quiet_until("21:00-08:00", "America/New_York", noon) == at("2026-03-04 08:00", "America/New_York")


def test_an_hour_that_happens_twice_is_quiet_twice() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in New York, for the first time
    assert quiet_until("01:00-02:00", "America/New_York", first) == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_hours_that_end_in_a_gap_end_when_the_clock_has_jumped() -> None:
    before = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # 01:30 in New York; 02:00 is followed by 03:00
    until = quiet_until("01:00-02:30", "America/New_York", before)
    assert before < until <= datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_what_is_urgent_waits_for_the_end_of_quiet_hours_all_else_for_a_working_day_too() -> None:
    friday_night = at("2026-03-06 22:00")
    assert may_reach(calendar(), "21:00-08:00", friday_night, urgent=True) == at("2026-03-07 08:00")
    assert may_reach(calendar(), "21:00-08:00", friday_night, urgent=False) == at("2026-03-09 09:00")


def test_a_holiday_is_no_working_day() -> None:
    noon = at("2026-03-04 12:00")
    assert may_reach(calendar("Asia/Shanghai", date(2026, 3, 4)), None, noon, urgent=False) == at("2026-03-05 09:00")
    assert may_reach(calendar("Asia/Shanghai", date(2026, 3, 4)), None, noon, urgent=True) == noon


def test_a_morning_within_quiet_hours_waits_for_their_end() -> None:
    assert may_reach(calendar(), "21:00-10:00", at("2026-03-07 12:00"), urgent=False) == at("2026-03-09 10:00")


@given(
    now=st.integers(0, 5_000_000).map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    zone=st.sampled_from(ZONES),
    begins=st.integers(0, 1439),
    length=st.integers(1, 1439),
    urgent=st.booleans(),
)
def test_when_somebody_may_be_reached_it_is_not_quiet_and_never_in_the_past(
    now: datetime, zone: str, begins: int, length: int, urgent: bool
) -> None:
    ends = (begins + length) % 1440
    quiet = f"{begins // 60:02}:{begins % 60:02}-{ends // 60:02}:{ends % 60:02}"
    found = may_reach(calendar(zone), quiet, now, urgent=urgent)
    assert found >= now
    assert quiet_until(quiet, zone, found) == found
    assert found - now < timedelta(days=5)
    assert urgent or calendar(zone).is_working_day(calendar(zone).local_date(found))


@pytest.mark.parametrize("text", ["", "21-8", "21:00-21:00", "24:00-08:00", "21:00–08:00", "night"])
def test_what_is_no_quiet_hours_is_refused_by_its_code(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        QUIET.validate_python(text)
    assert refused.value.errors()[0]["type"] == "quiet_hours_malformed"

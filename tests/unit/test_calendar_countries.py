"""Shipped calendars resolved through `holidays`, against days known from the official notices."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stagemark.adapters.calendars import builtin_calendar, builtin_calendars, known_gaps, resolve
from stagemark.domain.calendars import CalendarSpec
from stagemark.errors import InvalidInput, NotFound

CN = builtin_calendar("cn")

# Worked weekends and days off, from the State Council's notices for 2024 and 2025.
SWAPPED = {
    2024: {
        "worked": "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
        "off": "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 "
        "10-01 10-02 10-03 10-04 10-07",
    },
    2025: {
        "worked": "01-26 02-08 04-27 09-28 10-11",
        "off": "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 "
        "10-01 10-02 10-03 10-06 10-07 10-08",
    },
}


@pytest.mark.parametrize("year", SWAPPED)
def test_china_works_exactly_the_days_of_the_state_councils_notice(year: int) -> None:
    calendar = resolve(CN, date(year, 1, 1), date(year, 12, 31))
    said = {date.fromisoformat(f"{year}-{day}"): True for day in SWAPPED[year]["worked"].split()}
    said |= {date.fromisoformat(f"{year}-{day}"): False for day in SWAPPED[year]["off"].split()}
    assert calendar.exceptions == said
    assert calendar.covers(date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248)])
def test_a_chinese_year_has_the_working_days_that_follow_from_its_notice(year: int, days: int) -> None:
    calendar = resolve(CN, date(year, 1, 1), date(year, 12, 31))
    begins, ends = calendar.start_of_day(date(year, 1, 1)), calendar.start_of_day(date(year + 1, 1, 1))
    assert calendar.working_days_between(begins, ends) == days


def test_a_swap_announced_for_the_next_year_moves_days_of_the_old_one() -> None:
    calendar = resolve(CN, date(2006, 12, 1), date(2006, 12, 31))  # 30 and 31 December were worked for January 2007
    assert calendar.exceptions == {date(2006, 12, 30): True, date(2006, 12, 31): True}


def test_ten_working_days_over_the_chinese_new_year_of_2025() -> None:
    calendar = resolve(CN, date(2025, 1, 1), date(2025, 12, 31))
    friday_morning = datetime(2025, 1, 24, 1, tzinfo=UTC)
    # Worked: 24, 26 (Sunday), 27 January; then 5, 6, 7, 8 (Saturday), 10, 11, 12 February.
    assert calendar.add_working_days(friday_morning, 10) == datetime(2025, 2, 12, 10, tzinfo=UTC)
    assert calendar.next_morning(datetime(2025, 1, 25, 4, tzinfo=UTC)) == datetime(2025, 1, 26, 1, tzinfo=UTC)
    assert calendar.next_morning(datetime(2025, 1, 27, 4, tzinfo=UTC)) == datetime(2025, 2, 5, 1, tzinfo=UTC)


def test_a_year_without_its_notice_is_a_gap_and_holds_the_statutory_days_only() -> None:
    assert known_gaps(CN, date(2000, 5, 1), date(2025, 5, 1)) == [2000]
    assert known_gaps(CN, date(2098, 1, 1), date(2099, 1, 1)) == [2098, 2099]
    calendar = resolve(CN, date(2098, 1, 1), date(2098, 12, 31))
    assert not calendar.covers(date(2098, 1, 1), date(2098, 1, 1))
    assert not calendar.is_working_day(date(2098, 10, 1))


def test_the_known_range_ends_before_the_first_gap_and_begins_after_the_gaps_at_its_start() -> None:
    calendar = resolve(CN, date(2000, 5, 1), date(2098, 1, 1))
    assert calendar.known_from == date(2001, 1, 1)
    assert date(2026, 12, 31) <= calendar.known_until < date(2098, 1, 1)


def test_a_notice_copied_by_hand_closes_the_gap_and_holds_alone() -> None:
    spec = CN.model_copy(
        update={
            "stated_years": (2098,),
            "days_off": (date(2098, 10, 2), date(2098, 10, 3)),
            "days_on": (date(2098, 10, 11),),
        }
    )
    assert known_gaps(spec, date(2098, 1, 1), date(2099, 1, 1)) == [2099]
    calendar = resolve(spec, date(2098, 1, 1), date(2099, 12, 31))
    assert [d for d in calendar.exceptions if d.year == 2098] == [
        date(2098, 10, 2),
        date(2098, 10, 3),
        date(2098, 10, 11),
    ]
    assert calendar.known_until == date(2098, 12, 31)


def test_own_days_override_the_countrys() -> None:
    spec = CN.model_copy(update={"days_on": (date(2025, 10, 8),), "days_off": (date(2025, 10, 9), date(2031, 1, 2))})
    calendar = resolve(spec, date(2025, 1, 1), date(2025, 12, 31))
    assert calendar.is_working_day(date(2025, 10, 8))
    assert not calendar.is_working_day(date(2025, 10, 9))
    assert not calendar.is_working_day(date(2031, 1, 2))  # also outside the range


def test_a_six_day_week_keeps_its_saturdays_and_the_holidays_on_them() -> None:
    six = CN.model_copy(update={"week": (1, 2, 3, 4, 5, 6)})
    calendar = resolve(six, date(2025, 1, 1), date(2025, 12, 31))
    assert calendar.is_working_day(date(2025, 3, 8))
    assert calendar.is_working_day(date(2025, 2, 8))
    assert calendar.is_working_day(date(2025, 1, 26))
    assert not calendar.is_working_day(date(2025, 5, 31))  # the Dragon Boat Festival fell on a Saturday


@pytest.mark.parametrize(
    ("calendar_id", "day", "worked"),
    [
        ("de", date(2025, 10, 3), False),
        ("de", date(2025, 1, 6), True),  # Epiphany: some states only
        ("us", date(2025, 7, 4), False),
        ("us", date(2025, 12, 26), True),
        ("gb", date(2025, 12, 26), False),
        ("gb", date(2025, 8, 25), False),
        ("plain", date(2025, 12, 25), True),
    ],
)
def test_shipped_calendars_keep_their_countries_holidays(calendar_id: str, day: date, worked: bool) -> None:
    calendar = resolve(builtin_calendar(calendar_id), date(2025, 1, 1), date(2025, 12, 31))
    assert calendar.is_working_day(day) is worked


def test_a_subdivision_adds_its_own_holidays() -> None:
    bavaria = builtin_calendar("de").model_copy(update={"subdivision": "BY"})
    assert not resolve(bavaria, date(2025, 1, 1), date(2025, 12, 31)).is_working_day(date(2025, 1, 6))


@pytest.mark.parametrize("calendar_id", builtin_calendars())
def test_every_shipped_calendar_has_its_own_id_and_stays_small_for_three_years(calendar_id: str) -> None:
    spec = builtin_calendar(calendar_id)
    assert spec.id == calendar_id
    assert CalendarSpec.model_validate_json(spec.model_dump_json()) == spec
    assert len(resolve(spec, date(2024, 1, 1), date(2026, 12, 31)).model_dump_json()) < 2_000


def test_without_a_country_everything_is_known_for_ever() -> None:
    plain = builtin_calendar("plain")
    calendar = resolve(plain, date(2025, 1, 1), date(2025, 1, 2))
    assert calendar.covers(date(1999, 1, 1), date(2099, 1, 1))
    assert known_gaps(plain, date(1999, 1, 1), date(2099, 1, 1)) == []
    at = datetime(2025, 3, 7, 18, tzinfo=UTC)
    assert calendar.next_working_moment(at) - at == timedelta(hours=63)


def test_an_unknown_calendar_country_or_subdivision_says_what_there_is() -> None:
    with pytest.raises(NotFound) as unknown:
        builtin_calendar("mars")
    assert unknown.value.code == "unknown_calendar"
    assert "cn、de、gb、plain、us" in unknown.value.text("zh")
    for update, code in (({"country": "XX"}, "calendar_country"), ({"subdivision": "QQ"}, "calendar_subdivision")):
        with pytest.raises(InvalidInput) as refused:
            resolve(builtin_calendar("de").model_copy(update=update), date(2025, 1, 1), date(2025, 1, 2))
        assert refused.value.code == code

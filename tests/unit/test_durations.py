"""Visits, gaps, overlaps and pauses as lengths of time; the figures are worked out by hand."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.durations import Account, Stay, account, end_of_day, gaps, seen_by, stays
from stagemark.domain.state import LeftBy, Span, Visit

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# 2026-03-02 is a Monday.
OFFICE = WorkCalendar(
    id="office", zone="UTC", hours=((time(9), time(17)),), known_from=date(2020, 1, 1), known_until=date(2030, 12, 31)
)


@dataclass
class Sale:
    """A course made by hand."""

    visits: list[Visit]
    lives: list[Span] = field(default_factory=list)
    owners: list[Span] = field(default_factory=list)
    waits: list[Span] = field(default_factory=list)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC) + (day - 1) * DAY


def visit(
    stage: str,
    began: datetime,
    left: datetime | None = None,
    by: LeftBy = "end",
    *,
    number: int = 1,
    began_known: bool = True,
    left_known: bool = True,
) -> Visit:
    return Visit(stage, number, began, began_known, 1, left, left_known, by if left else None, 2 if left else None)


def opened(day: int = 1) -> list[Span]:
    return [Span("open", at(day))]


def only(found: list[Stay]) -> Stay:
    (stay,) = found
    return stay


def test_a_visit_lasts_from_its_beginning_until_it_is_left() -> None:
    # Thursday 5 March 12:00 to Tuesday 10 March 12:00; worked: 5 h + 8 h + 8 h + 3 h
    stay = only(stays(Sale([visit("a", at(5, 12), at(10, 12))], opened()), OFFICE, at(31)))
    assert (stay.elapsed, stay.working, stay.cause) == (5 * DAY, 24 * HOUR, "end")


def test_an_open_visit_is_a_lower_bound_as_of_the_day_asked_for() -> None:
    stay = only(stays(Sale([visit("a", at(5))], opened()), OFFICE, at(12)))
    assert (stay.elapsed, stay.working, stay.cause) == (7 * DAY, 40 * HOUR, None)


def test_what_was_left_later_is_still_open_and_what_began_later_is_not_there() -> None:
    visits = [visit("a", at(5), at(20)), visit("b", at(21))]
    assert seen_by(visits, at(12)) == [visit("a", at(5))]
    assert only(stays(Sale(visits, opened()), OFFICE, at(12))).elapsed == 7 * DAY


def test_both_visits_count_when_a_sale_falls_back() -> None:
    visits = [
        visit("a", at(1), at(5)),
        visit("b", at(5), at(8), "fall_back"),
        visit("a", at(8), at(10), number=2),
    ]
    found = stays(Sale(visits, opened()), OFFICE, at(31))
    assert [(s.visit.stage, s.elapsed, s.cause) for s in found] == [
        ("a", 4 * DAY, "end"),
        ("b", 3 * DAY, "fall_back"),
        ("a", 2 * DAY, "end"),
    ]


def test_a_pause_is_left_out_of_elapsed_and_of_working_time() -> None:
    # Monday 2 to Friday 13, suspended from Wednesday 4, 13:00, to Monday 9, 13:00
    lives = [Span("open", at(1), end=at(4, 13)), Span("suspended", at(4, 13), end=at(9, 13)), Span("open", at(9, 13))]
    stay = only(stays(Sale([visit("a", at(2), at(13))], lives), OFFICE, at(31)))
    assert stay.paused == 5 * DAY
    assert stay.elapsed == 6 * DAY
    assert stay.working == (2 * 8 + 4 + 4 + 3 * 8) * HOUR


def test_a_pause_that_lasts_as_of_the_day_asked_for_stops_the_clock_there() -> None:
    lives = [Span("open", at(1), end=at(4)), Span("suspended", at(4), end=at(20)), Span("open", at(20))]
    sale = Sale([visit("a", at(2))], lives)
    assert [only(stays(sale, OFFICE, at(day))).elapsed for day in (3, 4, 10, 20, 21)] == [
        DAY,
        2 * DAY,
        2 * DAY,
        2 * DAY,
        3 * DAY,
    ]


@pytest.mark.parametrize(
    ("zone", "elapsed"),
    [("Europe/Berlin", 47 * HOUR), ("Asia/Shanghai", 48 * HOUR)],  # Berlin's clocks sprang forward on 29 March
)
def test_elapsed_time_is_real_time_also_when_clocks_change(zone: str, elapsed: timedelta) -> None:
    began = end_of_day(date(2026, 3, 27), zone) + timedelta.resolution
    left = end_of_day(date(2026, 3, 29), zone) + timedelta.resolution
    assert only(stays(Sale([visit("a", began, left)], opened()), OFFICE, left)).elapsed == elapsed


def test_working_hours_are_as_long_on_the_day_on_which_clocks_change() -> None:
    berlin = OFFICE.model_copy(update={"zone": "Europe/Berlin", "week": (1, 2, 3, 4, 5, 6, 7)})
    began = end_of_day(date(2026, 3, 28), "Europe/Berlin")
    left = end_of_day(date(2026, 3, 29), "Europe/Berlin")
    assert only(stays(Sale([visit("a", began, left)], opened()), berlin, left)).working == 8 * HOUR


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
def test_a_date_means_the_end_of_that_day_in_the_zone_of_the_sale(zone: str) -> None:
    from zoneinfo import ZoneInfo

    local = end_of_day(date(2026, 3, 8), zone).astimezone(ZoneInfo(zone))
    assert (local.date(), local.time()) == (date(2026, 3, 8), time.max)


@pytest.mark.parametrize(
    "undated",
    [
        visit("a", at(5), at(9), began_known=False),
        visit("a", at(5), at(9), left_known=False),
        visit("a", at(5), began_known=False),
    ],
)
def test_a_visit_with_an_unknown_bound_has_no_length(undated: Visit) -> None:
    stay = only(stays(Sale([undated], opened()), OFFICE, at(31)))
    assert (stay.elapsed, stay.working, stay.waited) == (None, None, {})


def test_a_pause_of_unknown_date_leaves_the_visit_without_a_length() -> None:
    lives = [Span("open", at(1), end=at(4)), Span("suspended", at(4), end=at(6), end_known=False), Span("open", at(6))]
    found = stays(Sale([visit("a", at(2), at(9)), visit("b", at(9), at(10))], lives), OFFICE, at(31))
    assert [stay.elapsed for stay in found] == [None, DAY]


def test_a_visit_is_split_amongst_those_who_owned_the_sale() -> None:
    owners = [Span("an", at(1), end=at(6)), Span("bo", at(6), end=at(8)), Span("cy", at(8))]
    found = stays(Sale([visit("a", at(2), at(9))], opened(), owners), OFFICE, at(31), owners)
    assert [(s.holder, s.elapsed, s.cause) for s in found] == [
        ("an", 4 * DAY, "handed_over"),
        ("bo", 2 * DAY, "handed_over"),
        ("cy", DAY, "end"),
    ]
    assert [s.before is not None for s in found] == [True, False, False]


def test_a_sale_that_stays_in_a_team_is_not_handed_over() -> None:
    teams = [Span("north", at(1), end=at(6)), Span("north", at(6), end=at(8)), Span("south", at(8))]
    found = stays(Sale([visit("a", at(2), at(9))], opened()), OFFICE, at(31), teams)
    assert [(s.holder, s.elapsed) for s in found] == [("north", 6 * DAY), ("south", DAY)]


def test_an_owner_who_took_over_on_an_unknown_day_leaves_the_split_without_lengths() -> None:
    owners = [Span("an", at(1), end=at(6), end_known=False), Span("bo", at(6), start_known=False)]
    sale = Sale([visit("a", at(2), at(9)), visit("b", at(9), at(10))], opened(), owners)
    assert [(s.holder, s.elapsed) for s in stays(sale, OFFICE, at(31), owners)] == [
        ("an", None),
        ("bo", None),
        ("bo", DAY),
    ]
    assert [s.elapsed for s in stays(sale, OFFICE, at(31))] == [7 * DAY, DAY]


def test_time_is_split_by_the_party_waited_on_and_pauses_belong_to_nobody() -> None:
    lives = [Span("open", at(1), end=at(6)), Span("suspended", at(6), end=at(8)), Span("open", at(8))]
    waits = [Span("customer", at(1), end=at(4)), Span("legal", at(5), end=at(9)), Span("us", at(9))]
    stay = only(stays(Sale([visit("a", at(2), at(11))], lives, waits=waits), OFFICE, at(31)))
    assert stay.waited == {"customer": 2 * DAY, "legal": 2 * DAY, "us": 2 * DAY}
    assert stay.elapsed == 7 * DAY  # one day of it nobody said


def test_a_wait_since_an_unknown_day_within_the_visit_is_not_guessed() -> None:
    waits = [Span("customer", at(4), start_known=False, end=at(6)), Span("us", at(6))]
    stay = only(stays(Sale([visit("a", at(2), at(8))], opened(), waits=waits), OFFICE, at(31)))
    assert stay.waited == {"us": 2 * DAY}


def test_a_gap_lies_between_the_stage_left_last_and_the_next() -> None:
    visits = [visit("a", at(2), at(6)), visit("b", at(10), at(12))]  # Friday to Tuesday
    first, second = (s.before for s in stays(Sale(visits, opened(1)), OFFICE, at(31)))
    assert first is not None
    assert second is not None
    assert (first.overlaps, first.elapsed) == (False, DAY)
    assert (second.overlaps, second.elapsed, second.working) == (False, 4 * DAY, 2 * 8 * HOUR)


def test_stages_that_follow_at_once_have_a_gap_of_nothing() -> None:
    visits = [visit("a", at(1), at(6)), visit("b", at(6))]
    assert [s.before and s.before.elapsed for s in stays(Sale(visits, opened()), OFFICE, at(31))] == [0 * DAY, 0 * DAY]


def test_an_overlap_is_an_overlap_and_no_negative_gap() -> None:
    visits = [visit("a", at(2), at(9)), visit("b", at(5), at(20))]
    before = stays(Sale(visits, opened()), OFFICE, at(31))[1].before
    assert before is not None
    assert (before.overlaps, before.elapsed, before.running) == (True, 4 * DAY, False)


def test_an_overlap_that_goes_on_is_a_lower_bound() -> None:
    visits = [visit("a", at(2)), visit("b", at(5))]
    before = stays(Sale(visits, opened()), OFFICE, at(8))[1].before
    assert before is not None
    assert (before.elapsed, before.running) == (3 * DAY, True)


def test_nurture_and_the_time_before_a_reopening_are_no_gaps() -> None:
    lives = [
        Span("open", at(1), end=at(4)),
        Span("nurture", at(4), end=at(9)),
        Span("open", at(9), end=at(11)),
        Span("lost", at(11), end=at(20)),
        Span("open", at(20)),
    ]
    visits = [
        visit("a", at(2), at(4), "nurture"),
        visit("a", at(9), at(11), "lost", number=2),
        visit("a", at(20), at(22), number=3),
        visit("b", at(23)),
    ]
    sale = Sale(visits, lives)
    assert [s.before and s.before.elapsed for s in stays(sale, OFFICE, at(25))] == [DAY, 0 * DAY, 0 * DAY, DAY]
    assert gaps(sale, at(25)) == [(at(1), at(2)), (at(22), at(23))]
    assert account(sale, at(25)) == Account(
        elapsed=24 * DAY,
        in_stages=8 * DAY,
        gaps=2 * DAY,
        dormant=14 * DAY,
        overlaps=0 * DAY,
        paused=0 * DAY,
        exact=True,
    )


def test_a_gap_after_a_bound_of_unknown_date_has_no_length() -> None:
    visits = [visit("a", at(2), at(2), left_known=False), visit("b", at(5))]
    assert [s.before and s.before.elapsed for s in stays(Sale(visits, opened()), OFFICE, at(9))] == [DAY, None]


def test_an_account_ends_with_the_sale() -> None:
    lives = [Span("open", at(1), end=at(9)), Span("lost", at(9))]
    sale = Sale([visit("a", at(2), at(6)), visit("b", at(4), at(9), "lost")], lives)
    told = account(sale, at(31))
    assert (told.elapsed, told.in_stages, told.gaps, told.dormant, told.overlaps) == (
        8 * DAY,
        7 * DAY,
        DAY,
        0 * DAY,
        2 * DAY,
    )


def test_before_its_opening_a_sale_has_nothing_to_account_for() -> None:
    sale = Sale([visit("a", at(5))], opened(4))
    assert account(sale, at(3)).elapsed == timedelta(0)
    assert stays(sale, OFFICE, at(3)) == []
    assert gaps(sale, at(3)) == []

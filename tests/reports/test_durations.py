"""The managers' table, with figures worked out by hand."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from stagemark.domain import commands as c
from stagemark.domain.moments import Moment
from stagemark.domain.survival import Lasted, incidence, quantile
from stagemark.errors import InvalidInput
from stagemark.reports.durations import By, Report, Row, durations
from stagemark.reports.render import durations_csv, durations_json, durations_table
from stagemark.reports.sales import Clocks
from stagemark.reports.texts import Words
from stagemark.texts.language import Language
from tests.reports.sales import CALENDAR, PLAYBOOK, Told, march, on

DAY = timedelta(days=1)


def table(*told: Told, clocks: Clocks | None = None, **options: object) -> Report:
    clocks = clocks or on(as_of=100)
    states = [state for one in told if (state := one.seen(clocks))]
    return durations(states, {"cn": CALENDAR}, clocks, **options)  # type: ignore[arg-type]  # as each test gives them


def row(report: Report, stage: str, group: str | None = None) -> Row:
    return next(row for row in report.rows if (row.group, row.stage) == (group, stage))


def printed(report: Report, language: Language, width: int = 180) -> str:
    out = io.StringIO()
    words = Words(language, {"plain": PLAYBOOK}, {"an": "安娜", "bo": "Bo"})
    Console(file=out, width=width).print(durations_table(report, words, width))
    return out.getvalue()


# Found from 2 to 6 March, talked from 10 to 12, signed from 12 on; the first of March is a Sunday.
def plain() -> Told:
    return Told().begin("find", 2).end("find", 6).begin("talk", 10).end("talk", 12).begin("sign", 12)


def test_each_stage_has_its_time_and_the_gap_before_it() -> None:
    report = table(plain(), clocks=on(as_of=20))
    find, talk, sign = report.rows
    assert (find.visits, find.open, find.left, find.elapsed.median) == (1, 0, {"end": 1}, 4 * DAY)
    assert find.working_days.median == 4.0
    assert (talk.elapsed.median, talk.gaps.count, talk.gaps.median) == (2 * DAY, 1, 4 * DAY)
    assert (sign.visits, sign.open, sign.elapsed.median, sign.gaps.count) == (1, 1, None, 0)


def test_where_the_calendar_of_a_sale_is_not_known_its_elapsed_time_counts_and_working_time_is_left_out() -> None:
    find = row(table(Told(calendar="own").begin("find", 2).end("find", 6), plain()), "find")
    assert (find.visits, find.elapsed.p90, find.undated) == (2, 4 * DAY, 0)
    alone = row(table(Told(calendar="own").begin("find", 2).end("find", 6)), "find")
    assert (alone.elapsed.median, alone.working.median, alone.working_days.median) == (4 * DAY, None, None)
    assert (alone.gaps.median, alone.gaps.median_working) == (1 * DAY, None)


def test_open_visits_count_as_lower_bounds_and_not_as_finished() -> None:
    # Left after 2 and 6 days; open after 4 and 14. Half have been left only by the sixth day: 1/4 + 3/4·1/2.
    sales = [
        Told("a").begin("find", 2).end("find", 4),
        Told("b").begin("find", 2).end("find", 8),
        Told("c", on=10).begin("find", 12),
        Told("d").begin("find", 2),
    ]
    find = row(table(*sales, clocks=on(as_of=15)), "find")
    assert (find.visits, find.open) == (4, 2)
    assert find.elapsed.median == 6 * DAY
    assert find.elapsed.p75 is None
    assert find.to_end_share == pytest.approx(0.625)


def test_the_example_of_the_manual_is_right() -> None:
    sales = [Told(f"s{n}").begin("find", 2) for n in range(3)]
    sales[0].end("find", 4)
    sales[1].end("find", 8)
    find = row(table(*sales, clocks=on(as_of=15)), "find")
    assert (find.elapsed.median, find.elapsed.p75) == (6 * DAY, None)
    assert find.to_end_share == pytest.approx(2 / 3)


def test_a_stage_that_was_lost_is_left_but_has_not_reached_its_end_marker() -> None:
    sales = [
        Told("a").begin("find", 2).tell(c.Lose(reason="price"), 4),
        Told("b").begin("find", 2).tell(c.Lose(reason="price"), 5),
        Told("c").begin("find", 2).end("find", 12),
    ]
    find = row(table(*sales), "find")
    assert find.left == {"end": 1, "lost": 2}
    assert (find.elapsed.median, find.elapsed.p75) == (3 * DAY, 10 * DAY)
    assert find.to_end.median is None
    assert find.to_end_share == pytest.approx(1 / 3)


def test_both_visits_count_after_a_fall_back() -> None:
    told = plain().tell(c.FallBack(stage="talk", reason="needs changed"), 16)
    report = table(told, clocks=on(as_of=20))
    assert (row(report, "talk").visits, row(report, "talk").open) == (2, 1)
    assert row(report, "sign").left == {"fall_back": 1}
    assert row(report, "sign").elapsed.median == 4 * DAY


def test_an_unknown_date_is_counted_and_left_out_of_the_figures() -> None:
    sales = [Told("a").begin("find", None).end("find", 40), Told("b").begin("find", 2).end("find", 4)]
    find = row(table(*sales), "find")
    assert (find.visits, find.undated, find.elapsed.p90) == (2, 1, 2 * DAY)
    assert find.before_undated == 1


def test_skipped_stages_and_overrides_are_counted() -> None:
    told = Told().begin("find", 2).end("find", 4, override=True).tell(c.Skip(stage="talk", reason="repeat order"), 5)
    report = table(told)
    assert (row(report, "find").overrides, report.overrides) == (1, 1)
    assert (row(report, "talk").skipped, row(report, "talk").visits) == (1, 0)


def test_what_was_skipped_or_overridden_later_is_not_counted_as_of_an_earlier_day() -> None:
    told = Told().begin("find", 2).end("find", 4, override=True).tell(c.Skip(stage="talk", reason="repeat order"), 5)
    report = table(told, clocks=on(as_of=3))
    assert (report.overrides, row(report, "find").overrides, row(report, "talk").skipped) == (0, 0, 0)


def test_a_stage_may_overlap_the_one_before() -> None:
    told = Told().begin("find", 2).begin("talk", 5).end("find", 9)
    talk = row(table(told), "talk")
    assert (talk.overlaps.count, talk.overlaps.median, talk.gaps.count) == (1, 4 * DAY, 0)


def test_time_is_shared_out_by_the_party_waited_on() -> None:
    told = Told().begin("find", 2).tell(c.Wait(on="customer"), 4).tell(c.Wait(on=None), 9).end("find", 12)
    assert row(table(told), "find").waited == {"customer": 0.5, "unrecorded": 0.5}


def test_by_owner_each_has_the_part_of_the_visit_that_was_theirs() -> None:
    told = Told().begin("find", 2).tell(c.Change(owner="bo"), 8).end("find", 12)
    report = table(told, by="owner")
    an, bo = row(report, "find", "an"), row(report, "find", "bo")
    assert (an.left, an.elapsed.median, an.open) == ({"handed_over": 1}, None, 0)
    assert (bo.left, bo.elapsed.median) == ({"end": 1}, 4 * DAY)
    assert (an.gaps.count, bo.gaps.count) == (1, 0)


def test_a_team_that_keeps_a_sale_hands_nothing_over() -> None:
    told = Told().begin("find", 2).tell(c.Change(owner="bo"), 8).end("find", 12)
    report = table(told, by="team", teams={"an": "north", "bo": "north"})
    assert row(report, "find", "north").elapsed.median == 10 * DAY


def test_the_filter_on_an_owner_shows_only_what_that_person_held() -> None:
    told = Told().begin("find", 2).tell(c.Change(owner="bo"), 8).end("find", 12)
    assert row(table(told, owner="bo"), "find").elapsed.median == 4 * DAY
    assert table(told, owner="cy").sales == 0


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("segment", ["north", ""]),
        ("playbook", ["plain"]),
        ("month", ["2026-03", "2026-04", ""]),
        ("team", ["blue", ""]),
    ],
)
def test_groups_are_in_order_and_what_is_not_known_comes_last(by: By, groups: list[str]) -> None:
    sales = [
        Told("a", segment="north", owner="an").begin("find", 2),
        Told("b", owner="bo").begin("find", 35),
        Told("c", owner="bo").begin("find", None),
    ]
    report = table(*sales, by=by, teams={"an": "blue"})
    assert list(dict.fromkeys(row.group for row in report.rows)) == groups


def test_as_of_a_day_what_came_later_has_not_happened() -> None:
    report = table(plain(), clocks=on(as_of=5))
    assert (row(report, "find").open, row(report, "talk").visits) == (1, 0)


def test_as_known_on_a_day_what_was_recorded_later_is_not_known() -> None:
    told = Told().begin("find", 2).end("find", 6, recorded=20)
    assert row(table(told, clocks=on(as_known_on=19)), "find").open == 1
    assert row(table(told, clocks=on(as_known_on=20)), "find").left == {"end": 1}
    assert row(table(told, clocks=on(as_of=5, as_known_on=20)), "find").open == 1


def test_as_known_on_a_day_later_corrections_and_voids_are_not_known() -> None:
    told = Told().begin("find", 2).end("find", 6)
    told.tell(c.Correct(event=3, observed_at=_day(9), reason="misread"), None, recorded=15)
    told.tell(c.Void(event=3, reason="wrong sale"), None, recorded=20)
    known = {day: row(table(told, clocks=on(as_known_on=day)), "find") for day in (14, 15, 20)}
    assert [(one.left, one.elapsed.median) for one in known.values()] == [
        ({"end": 1}, 4 * DAY),
        ({"end": 1}, 7 * DAY),
        ({}, None),
    ]


def test_a_sale_that_nobody_had_told_of_is_not_in_the_report() -> None:
    told = Told(on=10)
    assert table(told, clocks=on(as_known_on=9)).sales == 0
    assert table(told, clocks=on(as_of=9)).sales == 0
    assert table(told, clocks=on(as_of=10)).sales == 1


def test_nobody_knew_then_what_happened_later() -> None:
    with pytest.raises(InvalidInput) as refused:
        on(as_of=10, as_known_on=9)
    assert refused.value.code == "as_of_not_known"


@pytest.mark.parametrize("clock", ["as_of", "as_known_on"])
def test_nobody_knows_how_long_what_is_open_will_have_lasted_on_a_day_to_come(clock: Any) -> None:
    days: dict[str, date] = {clock: on().now.date() + timedelta(days=2)}
    with pytest.raises(InvalidInput) as refused:
        Clocks(on().now, **days)
    assert [problem.code for problem in refused.value.problems] == ["day_in_future"]


def test_a_day_that_has_begun_elsewhere_ends_now_in_a_zone_where_it_has_not() -> None:
    now = datetime(2026, 3, 9, 20, tzinfo=UTC)
    assert Clocks(now, as_of=date(2026, 3, 10)).valid("America/New_York") == now


def test_today_ends_now() -> None:
    clocks = Clocks(on().now, as_of=on().now.date())
    assert clocks.valid("Asia/Shanghai") == clocks.now


def test_a_stage_that_nobody_reached_has_a_row_without_figures() -> None:
    sign = row(table(Told().begin("find", 2)), "sign")
    assert (sign.visits, sign.elapsed.median, sign.to_end_share) == (0, None, None)


def test_the_figures_are_those_of_the_survival_curve() -> None:
    sales = [Told(f"s{n}").begin("find", 2).end("find", 2 + n) for n in range(1, 11)]
    steps = incidence([Lasted(n * DAY, "end") for n in range(1, 11)])
    find = row(table(*sales), "find")
    assert find.elapsed.p75 == quantile(steps, 0.75) == 8 * DAY
    assert (find.elapsed.median, find.elapsed.p90) == (5 * DAY, 9 * DAY)


def test_json_has_seconds_and_iso_8601_and_null_for_what_was_not_reached() -> None:
    told = json.loads(durations_json(table(plain(), clocks=on(as_of=20))))
    assert told["rows"][0]["elapsed"]["median"] == {"seconds": 4 * 86400, "iso8601": "PT96H0M0S"}
    assert told["rows"][2]["elapsed"]["median"] is None
    assert told["as_of"] == "2026-03-20"


def test_csv_has_a_line_for_each_row_and_empty_cells_for_what_was_not_reached() -> None:
    lines = list(csv.DictReader(io.StringIO(durations_csv(table(plain(), clocks=on(as_of=20))))))
    assert [line["stage"] for line in lines] == ["find", "talk", "sign"]
    assert lines[1]["gaps_median_seconds"] == str(4 * 86400)
    assert lines[2]["elapsed_median_seconds"] == ""


def test_the_table_speaks_english_with_a_dash_for_what_was_not_reached() -> None:
    told = printed(table(plain(), clocks=on(as_of=20), by="owner"), "en")
    assert "as of 2026-03-20" in told
    assert "安娜" in told
    assert "Sign" in told
    assert "— · — · —" in told
    assert "gap 1, median 4.0" in told


def test_the_table_speaks_chinese() -> None:
    told = printed(table(plain(), clocks=on(as_of=20)), "zh")
    assert "各阶段时长" in told
    assert "签约" in told
    assert "空档 1 次，中位 4.0" in told


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("by", [None, "owner"])
def test_on_a_screen_of_any_width_columns_are_left_out_whole(language: Language, by: By | None) -> None:
    report = table(plain(), Told("open", owner="bo").begin("find", 4), clocks=on(as_of=20), by=by)
    for width in range(30, 200):
        told = printed(report, language, width)
        assert "…" not in told, width
        assert max(map(cell_len, told.splitlines())) <= width


def test_what_there_is_no_room_for_is_listed_in_the_readers_language() -> None:
    report = table(plain(), clocks=on(as_of=20))
    assert "工作日（天）；到结束标志（天）" in printed(report, "zh", 80)
    assert "Worked, days; To end marker, days" in printed(report, "en", 80)


def test_without_sales_the_table_says_so() -> None:
    assert "no sales" in printed(table(), "en")
    assert durations_csv(table()).startswith("group,playbook,stage")


def _day(number: int) -> Moment:
    return Moment.on(march(number))

"""Mappings: what they mean, and what is wrong with them, each with its line."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagemark.domain.commands import Open
from stagemark.domain.money import Amount
from stagemark.errors import InvalidInput, Problem
from stagemark.importing.mapping import load_mapping
from stagemark.importing.plan import plan_import
from stagemark.problem_texts import PROBLEM_TEXTS
from tests.importing.tables import AS_OF, HEADER, MAPPING, NOW, PLAYBOOK, WON, mapped, planned, table


def wrong(text: str) -> list[tuple[str, str]]:
    """The place and code of everything that is wrong with a mapping."""
    with pytest.raises(InvalidInput) as refused:
        plan_import(table(WON), load_mapping(text, "m.yaml"), PLAYBOOK, "Asia/Shanghai", as_of=AS_OF, now=NOW)
    for problem in refused.value.problems:
        assert problem.code in PROBLEM_TEXTS
        assert "{" not in problem.text("zh").replace("{{", "")
    return [(problem.where, problem.code) for problem in refused.value.problems]


def line(of: str, text: str = MAPPING) -> int:
    return next(number for number, said in enumerate(text.splitlines(), 1) if of in said)


def test_a_bare_text_is_a_column_and_a_bare_number_is_text() -> None:
    mapping = mapped(MAPPING.replace('empty: ["-"]', "empty: [0, -]")).mapping
    assert mapping.sale.id.column == "No"
    assert mapping.empty == ("0", "-")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("actor: importer", "actr: importer", "mapping_field_unknown"),
        ('dates: "%d.%m.%Y"', 'dates: "%d.%m"', "mapping_date_format"),
        ('dates: "%d.%m.%Y"', "dates: DD.MM.YYYY", "mapping_date_format"),
        ("calendar: cn", "encoding: latin-99", "mapping_encoding"),
        ("  id: No", "  id: {column: No, value: 7}", "mapping_source"),
        ("  id: No", "  id: {}", "mapping_source"),
        ('currency: EUR, empty: ["0"]}\n  opened', 'empty: ["0"]}\n  opened', "mapping_currency"),
        ('currency: EUR, empty: ["0"]}\n  opened', 'currency: EUC, empty: ["0"]}\n  opened', "currency_unknown"),
        (
            'column: Worth, currency: EUR, empty: ["0"]}\n  - ',
            "column: Worth, currency: eur}\n  - ",
            "currency_unknown",
        ),
        ("calendar: cn", 'numbers: {decimal: ","}', "mapping_separators"),
        ("calendar: cn", 'numbers: {thousands: "."}', "mapping_separators"),
        ("  win.end: Closed", "  win: Closed", "mapping_marker"),
        ("  win.end: Closed", "  wim.end: Closed", "unknown_stage"),
        ("Found: {observed: [find.start]}", "Found: {observed: [fund.start]}", "unknown_stage"),
        ("skipped: {find:", "skipped: {fund:", "unknown_stage"),
        ("{column: Why, default: other}", "{value: whim}", "unknown_reason"),
        ("evidence: need,", "evidence: needs,", "unknown_evidence"),
        ("evidence: need,", "evidence: contract,", "mapping_document"),
        ("column: Level", "column: Levels", "import_column_missing"),
        ("override: {by: li, reason:", "override: {by: li, why:", "mapping_field_unknown"),
        ("calendar: cn", "delimiter: ';;'", "mapping_value"),
        ("  column: State", "  column: State\n  column: Stage", "yaml_duplicate_key"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, code: str) -> None:
    assert before in MAPPING
    text = MAPPING.replace(before, after)
    found = wrong(text)
    assert (
        f"m.yaml:{line(after.splitlines()[-1] if code == 'yaml_duplicate_key' else after.splitlines()[0], text)}",
        code,
    ) in found


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = MAPPING.replace("calendar: cn", "calender: cn").replace("  id: No", "  id: {}").replace("by: li, ", "")
    codes = [code for _, code in wrong(text)]
    assert codes == ["mapping_field_unknown", "mapping_source", "mapping_field_missing"]


def test_a_currency_and_separators_that_are_wrong_are_said_once_and_with_all_else() -> None:
    text = MAPPING.replace("currency: EUR", "currency: RMB").replace("calendar: cn", 'numbers: {decimal: ","}')
    text = text.replace("  id: No", "  id: {}")
    assert [code for _, code in wrong(text)] == [
        "mapping_separators", "mapping_source", "currency_unknown", "currency_unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "spelled"),
    [('{decimal: ",", thousands: "."}', "1.054,50"), ('{decimal: ",", thousands: ""}', "1054,50")],
)
def test_numbers_with_a_comma_before_decimals_say_what_groups_them(numbers: str, spelled: str) -> None:
    plan = planned(WON.replace("1,054.50", spelled), mapping=f"{MAPPING}numbers: {numbers}\n")
    assert not plan.problems
    opened = plan.sales[0].events[0].fact
    assert isinstance(opened, Open)
    assert opened.value == Amount(amount=Decimal("1054.50"), currency="EUR")


LINES = MAPPING.splitlines(keepends=True)


@settings(deadline=None)
@given(st.integers(0, len(LINES) - 1), st.text(st.sampled_from("{}[]:-, \n1é中"), max_size=4), st.integers(0, 30))
def test_a_mutated_mapping_is_read_or_refused_with_lines(line: int, piece: str, place: int) -> None:
    lines = [*LINES[:line], LINES[line][:place] + piece + LINES[line][place + 2 :], *LINES[line + 1 :]]
    problems: tuple[Problem, ...] = ()
    try:
        load_mapping("".join(lines), "m.yaml")
    except InvalidInput as refused:
        problems = refused.problems
    assert all(problem.where.rpartition(":")[2].isdigit() for problem in problems)


def test_a_mapping_that_is_no_utf8_or_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_mapping(tmp_path / "none.yaml")
    assert refused.value.code == "import_unreadable"
    path = tmp_path / "m.yaml"
    path.write_bytes("actor: importer\ncalendar: 日历".encode("gb18030"))
    with pytest.raises(InvalidInput) as refused:
        load_mapping(path)
    assert refused.value.problems[0].where == f"{path}:2"


def test_a_column_that_stands_twice_is_refused_only_if_it_is_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_import(
            table(f"{WON},x", header=f"{HEADER},Owner"), mapped(), PLAYBOOK, "Asia/Shanghai", as_of=AS_OF, now=NOW
        )
    assert [p.code for p in refused.value.problems] == ["import_column_twice"]
    extra = plan_import(
        table(f"{WON},x,y", header=f"{HEADER},Note,Note"), mapped(), PLAYBOOK, "Asia/Shanghai", as_of=AS_OF, now=NOW
    )
    assert len(extra.sales) == 1


def test_without_states_a_marker_was_observed_if_its_cell_says_something() -> None:
    start, end = MAPPING.index("states:"), MAPPING.index("markers:")
    half = "S-5,Acme,Bo Li,Rack,,,,02.02.2025,,,,,"
    plan = planned(WON, half, mapping=MAPPING[:start] + MAPPING[end:])
    assert [[event.kind for event in sale.events] for sale in plan.sales] == [["open", *["mark"] * 4], ["open", "mark"]]

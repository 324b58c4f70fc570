"""Rows become sales through `decide`; a row that can't be taken is named, with its column and the reason."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stagemark.domain.commands import Lose, Mark, Open, Skip
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.opportunity import fold
from stagemark.errors import InvalidInput
from stagemark.importing.plan import Plan, Sale, plan_import
from stagemark.problem_texts import PROBLEM_TEXTS
from tests.importing.tables import (
    AS_OF,
    LOST,
    MAPPING,
    NEW,
    NOW,
    PLAYBOOK,
    QUICK,
    TALKS,
    WON,
    amiss,
    mapped,
    planned,
    table,
)

COMPILED = PLAYBOOK.compiled()


def one(plan: Plan) -> Sale:
    assert amiss(plan) == []
    (sale,) = plan.sales
    return sale


def opening(sale: Sale) -> Open:
    fact = sale.events[0].fact
    assert isinstance(fact, Open)
    return fact


def test_a_row_is_a_sale_with_its_markers_in_order() -> None:
    sale = one(planned(WON))
    opened = opening(sale)
    assert (opened.account, opened.owner, opened.title) == ("Acme", "anna-snelling", "GTX Pro")
    assert opened.value is not None
    assert opened.value.amount == Decimal("1054.50")
    assert [str(event.observed_at) for event in sale.events] == [
        "2025-02-01",
        "2025-02-02",
        "2025-03-03",
        "2025-03-03",
        "2025-04-04",
    ]
    state = fold(sale.id, sale.events, COMPILED)
    assert (state.life, sale.open) == ("closed", False)
    assert {event.source for event in sale.events} == {"import"}
    assert {event.recorded_at for event in sale.events} == {NOW}


def test_what_an_import_opens_has_lapsed_triggers() -> None:
    sale = one(planned(TALKS))
    assert fold(sale.id, sale.events, COMPILED).lapsed_until == NOW


def test_unknown_dates_stay_unknown() -> None:
    sale = one(planned(TALKS))
    assert [event.observed_at for event in sale.events][2:] == [UNKNOWN, UNKNOWN]
    state = fold(sale.id, sale.events, COMPILED)
    find, win = state.visits
    assert (find.began_known, find.left_known, win.began_known, win.left_by) == (True, False, False, None)
    assert sale.open


def test_a_sale_without_any_date_is_open_since_nobody_knows_when() -> None:
    sale = one(planned(NEW))
    assert [event.observed_at for event in sale.events] == [UNKNOWN]
    assert not fold(sale.id, sale.events, COMPILED).lives[0].start_known


def test_an_empty_cell_takes_its_default_with_the_id_in_it() -> None:
    assert opening(one(planned(TALKS))).account == "unknown-S-2"
    assert opening(one(planned(TALKS))).value is None


def test_a_lost_sale_has_its_reason_and_day() -> None:
    sale = one(planned(LOST))
    fact = sale.events[-1].fact
    assert isinstance(fact, Lose)
    assert (fact.reason, str(sale.events[-1].observed_at)) == ("price", "2025-05-05")


def test_a_skipped_stage_has_the_reason_of_the_mapping() -> None:
    sale = one(planned(QUICK))
    assert isinstance(sale.events[1].fact, Skip)
    assert fold(sale.id, sale.events, COMPILED).stages == {"find": "skipped", "win": "ended"}


def test_required_evidence_that_is_missing_is_overridden_by_name_and_what_is_there_is_not() -> None:
    sale = one(planned(WON))
    marks = {(e.fact.stage, e.fact.edge): e.fact.evidence for e in sale.events if isinstance(e.fact, Mark)}
    need, budget = marks["find", "end"]
    assert (need.value, need.override) == ("a fleet", None)
    assert budget.value == {"amount": "1054.50", "currency": "EUR"}
    assert marks["win", "start"][0].value == "b"
    (contract,) = marks["win", "end"]
    assert contract.override is not None
    assert contract.override.by == "li"


def test_an_override_does_not_better_evidence_that_is_there() -> None:
    assert amiss(planned(WON.removesuffix(",2") + ",3")) == [
        (2, "Closed", "evidence_missing"),
        (2, "Closed", "condition_unmet"),
    ]


def test_without_an_override_missing_evidence_is_named() -> None:
    mapping = MAPPING[: MAPPING.index("override")]
    assert amiss(planned(WON, TALKS, mapping=mapping)) == [
        (2, "Closed", "evidence_missing"),
        (3, "Found", "evidence_missing"),
    ]


def test_evidence_is_read_by_its_type() -> None:
    pieces = """evidence:
  - {evidence: signals, at: win.start, column: Why, separator: "|"}
  - {evidence: signed_on, at: win.end, column: Closed}
  - {evidence: staff, at: find.start, column: Worth}
"""
    mapping = MAPPING.replace("evidence:\n", pieces, 1)
    sale = one(planned(WON.replace(",04.04.2025,,", ",04.04.2025,price | terms,"), mapping=mapping))
    values = {g.evidence: g.value for e in sale.events if isinstance(e.fact, Mark) for g in e.fact.evidence}
    assert values["signals"] == ["price", "terms"]
    assert values["signed_on"] == "2025-04-04"
    assert values["staff"] == "1054.50"


def test_a_cell_from_which_several_things_are_read_is_refused_once() -> None:
    assert amiss(planned(WON.replace('"1,054.50"', "12 EUR").replace("03.03.2025", "soon"))) == [
        (2, "Worth", "import_number"),
        (2, "Found", "import_date"),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (WON.replace("S-1,", ","), ("No", "import_cell_empty")),
        (WON.replace("S-1,", "x" * 129 + ","), ("No", "import_id")),
        (WON.replace("S-1,", '"S\n1",'), ("No", "import_id")),
        (WON.replace("Anna  Snelling", ""), ("Owner", "import_cell_empty")),
        (WON.replace("Acme", "A" * 257), ("Customer", "import_cell_too_long")),
        (WON.replace("GTXPro", "x" * 5000), ("What", "import_cell_too_long")),
        (WON.replace("GTXPro", "GTX\x1b[31m"), ("What", "import_cell_control")),
        (WON.replace('"1,054.50"', "12 EUR"), ("Worth", "import_number")),
        (WON.replace('"1,054.50"', '"1,05"'), ("Worth", "import_number")),
        (WON.replace('"1,054.50"', "NaN"), ("Worth", "import_number")),
        (WON.replace('"1,054.50"', "-5"), ("Worth", "money_negative")),
        (WON.replace('"1,054.50"', "0.0000001"), ("Worth", "money_malformed")),
        (WON.replace("03.03.2025", "03/03/2025"), ("Found", "import_date")),
        (WON.replace("03.03.2025", "31.02.2025"), ("Found", "import_date")),
        (WON.replace("04.04.2025", "01.01.2026"), ("Closed", "import_after_cut")),
        (WON.replace(",Won,", ",Gone,"), ("State", "import_state_unknown")),
        (WON.replace(",Won,", ",,"), ("State", "import_state_unknown")),
        (WON.replace(",Won,", ",Found,"), ("Found", "import_state_contradicts")),
        (WON.replace("03.03.2025", "01.02.2025"), ("Found", "import_end_before_start")),
        (WON.replace("02.02.2025", "31.01.2025"), ("Begun", "before_opening")),
        (WON.replace(",2", ",7"), ("Found", "evidence_type")),
        (LOST.replace("price", "whim"), ("Closed", "unknown_reason")),
        (WON + ",more", ("", "import_row_width")),
        ("S-1,Acme", ("", "import_row_width")),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_column_and_code(row: str, expected: tuple[str, str]) -> None:
    plan = planned(NEW, row)
    assert (3, *expected) in amiss(plan)
    assert [sale.id for sale in plan.sales] == ["S-5"]
    for found in plan.problems:
        assert found.problem.code in PROBLEM_TEXTS
        assert found.problem.text("zh") != found.problem.text("en")


def test_a_row_says_everything_that_is_wrong_with_its_cells() -> None:
    row = WON.replace("Anna  Snelling", "").replace('"1,054.50"', "much").replace("04.04.2025", "soon")
    assert amiss(planned(row)) == [
        (2, "Owner", "import_cell_empty"),
        (2, "Worth", "import_number"),
        (2, "Closed", "import_date"),
    ]


def test_of_rows_with_one_id_none_is_taken() -> None:
    plan = planned(WON, NEW, TALKS.replace("S-2", "S-1"), LOST.replace("S-3", "S-1").replace("price", "whim"))
    assert [sale.id for sale in plan.sales] == ["S-5"]
    twice = [(found.row, found.problem.params["rows"]) for found in plan.problems if "duplicate" in found.problem.code]
    assert twice == [(2, [4, 5]), (4, [2, 5]), (5, [2, 4])]


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        planned()
    assert refused.value.code == "import_no_rows"


def test_the_day_of_the_cut_itself_is_not_after_it() -> None:
    assert amiss(planned(WON, as_of=date(2025, 4, 4))) == []
    assert amiss(planned(WON, as_of=date(2025, 4, 3))) == [(2, "Closed", "import_after_cut")]


def test_times_are_meant_in_the_zone_of_the_calendar() -> None:
    mapping = MAPPING.replace('"%d.%m.%Y"', '"%d.%m.%Y %H:%M"')
    sale = one(planned(NEW.replace(",,,New", ",,01.02.2025 09:30,New"), mapping=mapping))
    assert sale.events[0].observed_at == Moment.at(datetime(2025, 2, 1, 1, 30, tzinfo=UTC), "Asia/Shanghai")


def test_the_same_rows_in_another_order_or_file_or_hour_are_the_same_content() -> None:
    later = datetime(2026, 4, 1, tzinfo=UTC)
    ours = {sale.id: (sale.events[0].key, sale.events[0].key_hash) for sale in planned(WON, TALKS, LOST).sales}
    theirs = {
        sale.id: (sale.events[0].key, sale.events[0].key_hash) for sale in planned(LOST, WON, TALKS, now=later).sales
    }
    assert ours == theirs


def test_a_limit_looks_at_the_first_rows_only() -> None:
    plan = plan_import(table(WON, TALKS, LOST), mapped(), PLAYBOOK, "Asia/Shanghai", as_of=AS_OF, now=NOW, limit=2)
    assert (plan.rows, len(plan.sales)) == (2, 2)


CELL = st.one_of(
    st.sampled_from(["", "-", "0", "1,000", "01.02.2025", "31.12.2025", "Won", "Lost", "Talks", "New", "price", "2"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: "\x00" not in text),
)


@given(st.lists(st.lists(CELL, min_size=12, max_size=14), min_size=1, max_size=8))
def test_every_row_is_either_taken_or_named_whatever_is_in_it(rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    assume(any(cell.strip() for row in rows for cell in row))
    plan = planned(*quoted)
    named = {found.row for found in plan.problems}
    taken = {sale.row for sale in plan.sales}
    assert plan.rows == sum(any(cell.strip() for cell in row) for row in rows) == len(named | taken)
    assert not named & taken
    for sale in plan.sales:
        assert fold(sale.id, sale.events, COMPILED).sequence == len(sale.events)


def test_an_end_before_its_start_is_told_with_both_dates() -> None:
    (found,) = planned(WON.replace("03.03.2025", "01.02.2025")).problems
    assert found.problem.text().endswith("the end of stage find, 2025-02-01, lies before its start, 2025-02-02; "
                                         "correct one of the dates")  # fmt: skip
    assert "2025-02-01 早于开始时间 2025-02-02" in found.problem.text("zh")

"""English says one of a thing otherwise than several."""

import re
from pathlib import Path

import pytest

from stagemark.errors import Problem
from stagemark.texts.counts import filled
from stagemark.texts.spans import span_text
from stagemark.texts.tasks import task_text

SOURCES = sorted((Path(__file__).parents[2] / "stagemark").rglob("*.py"))
COUNTS = "count|days|rows|runs|sales|events|entries|neighbours|cells|least|started|open|refused|min_length|sequence"
PLURAL = rf"\{{({COUNTS})\}} ((more|open|ended|working) )?(?!(?:is|was|has|does)\b)[a-z]+s\b"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 runs were"), (1, "1 run was"), ("1", "1 run was"), (2, "2 runs were")]
)
def test_what_is_counted_stands_in_the_right_number(count: object, said: str) -> None:
    assert (
        filled("{count:run was|runs were} started at {at:>3}{{}}", {"count": count, "at": 7})
        == f"{said} started at   7{{}}"
    )


def test_problems_tasks_and_spans_say_one_of_a_thing() -> None:
    assert Problem(code="sequence_moved", params={"expected": 1, "actual": 2}).text().count("1 event,") == 1
    debt = {"instalment": "1", "amount": "5", "currency": "CNY", "due": "2026-03-05", "days": 1, "debtor": "hard"}
    assert "1 day overdue" in str(task_text("collect_phone", "en", debt))
    assert (span_text("P1Y6M", "en"), span_text("P1Y6M", "zh")) == ("1 year 6 months", "1 年 6 个月")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_text_counts_in_the_plural_only(path: Path) -> None:
    assert not re.search(PLURAL, path.read_text("utf-8"))

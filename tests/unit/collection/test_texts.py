"""Everything that a collection says is there in English and Chinese, with all that it speaks of."""

import re
import string
from pathlib import Path

import pytest

import stagemark.domain.collection as package
from stagemark.domain.collection.policy import DEBTORS, KINDS
from stagemark.domain.contract import MILESTONES
from stagemark.errors import Problem
from stagemark.problem_texts import PROBLEM_TEXTS
from stagemark.texts.tasks_collection import COLLECTION_TASKS, COLLECTION_TERMS, MILESTONE_TERMS

SOURCES = "".join(path.read_text() for path in Path(package.__path__[0]).glob("*.py"))


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_refusal_of_a_collection_has_its_text() -> None:
    codes = set(re.findall(r'code="(\w+)"', SOURCES)) | {"instalment_written_off", "instalment_settled"}
    assert len(codes) > 20
    assert codes <= set(PROBLEM_TEXTS)


@pytest.mark.parametrize("task", sorted(COLLECTION_TASKS))
def test_both_languages_of_a_task_speak_of_the_same(task: str) -> None:
    english, chinese = COLLECTION_TASKS[task]
    assert names(english) == names(chinese)


def test_every_task_of_a_collection_has_its_text() -> None:
    tasks = {f"collect_{kind}" for kind in KINDS} | {"promise_broken", "legal_proposed", "remind", "milestone_late"}
    tasks |= {"milestone_unplanned"}
    assert tasks | {"supply_stop", "supply_resume", "collection_reopened", "receivables"} == set(COLLECTION_TASKS)


def test_every_kind_milestone_and_type_of_debtor_has_its_word() -> None:
    assert set(COLLECTION_TERMS["by"]) == set(KINDS)
    assert set(MILESTONE_TERMS) == set(MILESTONES)
    assert set(COLLECTION_TERMS["debtor"]) == {*DEBTORS, "unknown"}


@pytest.mark.parametrize(
    "code", ["account_exempt", "milestone_before_signing", "milestone_in_future", "promise_in_past"]
)
def test_a_refusal_of_a_day_says_what_would_be_right(code: str) -> None:
    english, chinese = PROBLEM_TEXTS[code]
    assert names(english) == names(chinese)
    assert "; " in english
    assert "；请" in chinese


def test_a_milestone_is_named_in_the_readers_language() -> None:
    problem = Problem(code="milestone_reached", params={"milestone": "delivery", "on": "2026-03-02"})
    assert problem.text("zh") == "交货已于 2026-03-02 完成，不能重新计划"

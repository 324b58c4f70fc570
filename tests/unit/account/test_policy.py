"""The section of the policy about accounts, and the texts that go with them."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from pydantic import ValidationError

import stagemark.domain.account as package
from stagemark.domain.account import commands as c
from stagemark.domain.account.policy import AccountPolicy
from stagemark.policies.load import shipped_policy
from stagemark.problem_texts import PROBLEM_TEXTS
from stagemark.texts.account import ACCOUNT_TEXTS
from stagemark.texts.account_page import PAGE_TEXTS
from stagemark.texts.tasks import task_text
from stagemark.texts.tasks_account import ACCOUNT_TASKS
from tests.scenarios.account.playing import OWNER, Account, day, entered, report, signed

SHIPPED = shipped_policy().account.model_dump(mode="json")
SOURCES = "".join(path.read_text() for path in Path(package.__path__[0]).glob("*.py"))


def code(**changed: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        AccountPolicy.model_validate({**SHIPPED, **changed})
    return refused.value.errors()[0]["type"]


def test_what_contradicts_itself_is_refused() -> None:
    assert code(grades={"a": {"survey_every": "P6M"}}) == "account_grades_missing"
    assert code(clearance_lasts="P11Y") == "account_span"
    assert code(rate_lasts="a week") == "calendar_span_malformed"
    assert code(channels=[SHIPPED["channels"][0]] * 2) == "named_twice"
    assert code(measures=[]) == "too_short"


def test_the_shipped_numbers_are_the_methods_own() -> None:
    policy = shipped_policy().account
    assert {grade: rule.survey_every for grade, rule in policy.grades.items()} == {"a": "P6M", "b": "P3M", "c": "P1M"}
    assert (policy.new_grade, str(policy.limit_share)) == ("c", "0.5")
    measures = ["guarantor", "deposit", "notarise", "supply", "subrogation"]
    assert [measure.id for measure in policy.measures] == measures


def test_every_refusal_of_an_account_has_its_text_and_the_texts_are_used() -> None:
    codes = set(re.findall(r'code="(\w+)"', SOURCES))
    assert len(codes) > 25
    assert codes <= PROBLEM_TEXTS.keys()
    elsewhere = {"account_span", "allocation_twice", "allocation_unreadable", "rate_unreadable", "limit_proposed"}
    assert ACCOUNT_TEXTS.keys() - codes <= elsewhere | {"clearance_other_account", "clearance_no_contract"}


@pytest.mark.parametrize("texts", [ACCOUNT_TEXTS, PAGE_TEXTS, ACCOUNT_TASKS])
def test_both_languages_say_the_same_figures(texts: dict[str, tuple[str, str]]) -> None:
    for name, both in texts.items():
        english, chinese = ({field for _, field, _, _ in Formatter().parse(text) if field} for text in both)
        assert english == chinese, name


def test_every_task_of_an_account_is_said_in_full_in_both_languages() -> None:
    account = Account().tell(c.Describe(title="Acme", owner=OWNER), signed(), c.Worsened(text="late"))
    account.tell(report("B-1", 5, "x", payer="y"), report("B-1", 6, "x", payer="y"))
    account.tell(c.BankReversed(payment="B-2", on=day("2026-03-02")))
    account.tell(entered("S-1", "B-1", 7, _1=5))
    fallen = {entry.fact.task: entry.fact for entry in account.entries if entry.kind == "task_due"}
    assert fallen.keys() == ACCOUNT_TASKS.keys()
    for task, due in fallen.items():
        english, chinese = task_text(task, "en", due.params), task_text(task, "zh", due.params)
        assert english
        assert chinese
        for text in (english, chinese):
            assert "{" not in text
            assert "–" not in text, text
    assert "guarantor" in str(task_text("credit_worsened", "en", fallen["credit_worsened"].params))
    assert "从未调查" in str(task_text("credit_survey", "zh", fallen["credit_survey"].params))

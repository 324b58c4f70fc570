"""Every task that can fall due has its text in both languages, with nothing left open in it."""

from string import Formatter
from typing import get_args

import pytest

from stagemark.domain.account import commands as account_commands
from stagemark.domain.aftercare.policy import REFERRAL_STEPS, Anchor
from stagemark.domain.entries import TaskDue
from stagemark.texts.language import Language
from stagemark.texts.tasks import TASKS, task_text
from tests.scenarios.account.playing import OWNER, Account, report, signed
from tests.scenarios.aftercare.playing import completed, satisfied
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play
from tests.scenarios.collection.test_collection import CASES
from tests.scenarios.complaint.playing import opened, step

LANGUAGES: tuple[Language, ...] = get_args(Language)


def fallen() -> dict[str, TaskDue]:
    """One of each task, as collections, an aftercare and a complaint let it fall due."""
    entries = []
    for case in CASES:
        play = Play(read(case.read_text()))
        play.run()
        entries += play.entries
    care = completed()
    care.ask(satisfied())
    entries += care.until("2028-06-01").entries
    complaint = opened().steps("listen", "apologise", "collect", "propose")
    complaint.ask(step("ask", accepted=False))
    complaint.ask(step("propose", approved_by="li"))
    entries += complaint.steps("ask").entries
    account = Account().tell(account_commands.Describe(title="Acme", owner=OWNER))
    account.tell(signed())
    account.tell(report("B-1", 7, "thanks", payer="Acme Ltd"))
    entries += account.until("2026-03-09").entries
    return {entry.fact.task: entry.fact for entry in entries if isinstance(entry.fact, TaskDue)}


@pytest.mark.parametrize("task", sorted(TASKS))
def test_both_languages_of_a_task_speak_of_the_same(task: str) -> None:
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in TASKS[task]]
    english, chinese = ({name.removesuffix("_en").removesuffix("_zh") for name in names} for names in fields)
    assert english == chinese


def test_each_task_that_falls_due_is_said_in_full() -> None:
    found = fallen()
    assert {f"referral_{step}" for step in REFERRAL_STEPS[:1]} | {"warranty", "evaluation", "prompt"} <= found.keys()
    assert {"credit_survey", "credit_uncleared", "money_waits"} <= found.keys()
    assert len(found) > 20
    for task, due in found.items():
        for language in LANGUAGES:
            text = task_text(task, language, due.params)
            assert text, task
            assert "{" not in text
            assert "–" not in text, (task, text)


def test_what_nobody_did_in_time_is_said_so() -> None:
    params = {"complaint": "C-1", "said": "It is dead.", "missed": True}
    assert task_text("complaint_listen", "en", params) == (
        "Nobody has done this in time: Complaint C-1: “It is dead.” "
        "Step 1 of 6: let the customer vent; listen, and don't argue."
    )
    assert str(task_text("complaint_listen", "zh", params)).startswith("逾期无人处理：投诉 C-1")


def test_what_a_sale_refused_is_said_in_the_readers_language() -> None:
    problems = [{"code": "unknown_opportunity", "params": {"opportunity": "S-1"}}]
    assert "S-1" in str(task_text("sale_refused", "zh", {"problems": problems}))
    assert task_text("stage_slow", "en", {}) is None


@pytest.mark.parametrize(("language", "said"), [("en", "by phone: Tea together"), ("zh", "（电话）：一起喝茶")])
def test_a_contact_is_said_by_the_policys_own_label(language: Language, said: str) -> None:
    params = {"how": "phone", "item": "tea", "text": "", "label": {"en": "Tea together", "zh": "一起喝茶"}}
    assert said in str(task_text("follow_up", language, params))


@pytest.mark.parametrize("anchor", get_args(get_args(Anchor)[1]))
def test_a_round_has_a_word_wherever_it_is_anchored(anchor: str) -> None:
    for language in LANGUAGES:
        assert f"“{anchor}”" not in str(task_text("evaluation", language, {"round": anchor}))


@pytest.mark.parametrize(("language", "said"), [("en", "within 6 months"), ("zh", "最近 6 个月为 1.00 CNY")])
def test_a_span_is_said_in_words(language: Language, said: str) -> None:
    params = {"now": "1", "before": "2", "currency": "CNY", "window": "P6M"}
    assert said in str(task_text("orders_fell", language, params))

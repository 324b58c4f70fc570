"""What every task of a neighbour of a sale says, in English and Chinese, for inbox, digest and mail alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stagemark.problem_texts import render
from stagemark.texts.counts import filled
from stagemark.texts.language import Language
from stagemark.texts.messages import MESSAGE_TASKS
from stagemark.texts.money import grouped
from stagemark.texts.spans import span_text
from stagemark.texts.tasks_account import ACCOUNT_TASKS, ACCOUNT_TERMS
from stagemark.texts.tasks_aftercare import AFTERCARE_TASKS, AFTERCARE_TERMS
from stagemark.texts.tasks_collection import COLLECTION_TASKS, COLLECTION_TERMS
from stagemark.texts.tasks_complaint import COMPLAINT_TASKS
from stagemark.texts.terms import clauses

__all__ = ["TASKS", "params_said", "task_text"]

_Terms = Mapping[str, Mapping[str, tuple[str, str]]]

# What the engine itself says of any neighbour; and of a task that nobody answered in time.
_ENGINE_TASKS: dict[str, tuple[str, str]] = {
    "sale_refused": (
        "The sale did not take what was to be recorded in it; see to it by hand: {problems}",
        "自动登记未被商机接受，请手工处理：{problems}",
    ),
}
_MISSED: Final = ("Nobody has done this in time: ", "逾期无人处理：")

_ROOMS: tuple[tuple[dict[str, tuple[str, str]], _Terms], ...] = (
    (ACCOUNT_TASKS, ACCOUNT_TERMS),
    (AFTERCARE_TASKS, AFTERCARE_TERMS),
    (COLLECTION_TASKS, COLLECTION_TERMS),
    (COMPLAINT_TASKS, {}),
    (_ENGINE_TASKS, {}),
    (MESSAGE_TASKS, {}),
)

TASKS: Final[dict[str, tuple[str, str]]] = {task: text for texts, _ in _ROOMS for task, text in texts.items()}
"""What each task says: in English, in Chinese."""
_TERMS: Final[dict[str, _Terms]] = {task: terms for texts, terms in _ROOMS for task in texts}
_SPANS: Final = frozenset({"window"})
"""Which params of any task hold a span of the calendar."""


_LABELLED: Final = frozenset({"item", "term"})
"""Which params are said by the company's own label, where there is one."""


class _Blank(dict[str, str]):
    """Leaves out what is not given, so that a task never fails to be told."""

    def __missing__(self, key: str) -> str:
        return "–"


def task_text(task: str, language: Language, params: Mapping[str, Any]) -> str | None:
    """What a task says to who does it.

    Args:
        task: Which, by its id.
        language: `zh` or `en`.
        params: Its params; what has a term or a label is said in the reader's language, problems inside in turn.

    Returns:
        The text; none for what is no task of a neighbour, such as a trigger of a playbook.
    """
    texts = TASKS.get(task)
    if texts is None:
        return None
    zh = language == "zh"
    said = _Blank(params_said(task, language, params))
    text = filled(texts[zh], said).strip().replace("  ", " ")  # what was left empty leaves no hole
    return _MISSED[zh] + text if params.get("missed") else text


def params_said(task: str, language: Language, params: Mapping[str, Any]) -> dict[str, str]:
    """The params of a task, or of a trigger, as its text says them to a reader."""
    label = params.get("label")
    told = {name: label if label and name in _LABELLED else value for name, value in params.items()}
    return {name: _said(task, name, value, language) for name, value in told.items()}


def _said(task: str, name: str, value: Any, language: Language) -> str:
    if isinstance(value, list | tuple):
        return clauses((_said(task, name, item, language) for item in value), language) or "–"
    if isinstance(value, dict) and "code" in value:
        return render(value["code"], language, value.get("params", {}))
    if isinstance(value, dict) and language in value:
        return str(value[language])
    if name in _SPANS:
        return span_text(str(value), language)
    term = _TERMS.get(task, {}).get(name, {}).get(value) if isinstance(value, str) else None
    return term[language == "zh"] if term else grouped(str(value))

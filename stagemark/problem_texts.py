"""What each problem code says, in English and Chinese. `{name}` is filled from the problem's params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagemark.texts.account import ACCOUNT_TEXTS, CLEARANCE_TERMS
from stagemark.texts.aftercare import AFTERCARE_TEXTS
from stagemark.texts.collection import COLLECTION_TEXTS
from stagemark.texts.complaint import COMPLAINT_TEXTS, TURN_TERMS
from stagemark.texts.contacts import CONTACT_TEXTS
from stagemark.texts.counts import filled
from stagemark.texts.engine import ENGINE_TEXTS
from stagemark.texts.fields import FIELD_TEXTS
from stagemark.texts.importing import IMPORT_TEXTS
from stagemark.texts.language import Language
from stagemark.texts.messages import MESSAGE_TEXTS
from stagemark.texts.money import grouped
from stagemark.texts.neighbours import NEIGHBOUR_TEXTS
from stagemark.texts.playbook import EVIDENCE_TYPE_TERMS, PLAYBOOK_TEXTS
from stagemark.texts.sale import SALE_TEXTS, TERMS
from stagemark.texts.tasks_collection import MILESTONE_TERMS
from stagemark.texts.yaml import YAML_TEXTS

__all__ = ["PROBLEM_TEXTS", "render"]

PROBLEM_TEXTS: dict[str, tuple[str, str]] = {
    **SALE_TEXTS,
    **PLAYBOOK_TEXTS,
    **YAML_TEXTS,
    **IMPORT_TEXTS,
    **ENGINE_TEXTS,
    **FIELD_TEXTS,
    **ACCOUNT_TEXTS,
    **AFTERCARE_TEXTS,
    **COLLECTION_TEXTS,
    **CONTACT_TEXTS,
    **MESSAGE_TEXTS,
    **COMPLAINT_TEXTS,
    **NEIGHBOUR_TEXTS,
}
"""What each code says: in English, in Chinese."""

_TERMED = frozenset(
    {
        "because", "command", "done", "edge", "evidence_type", "expected", "found", "has", "kind", "left", "life",
        "milestone", "needs", "operator", "status", "taken", "turn", "waits_for", "what", "who",
    }
)  # fmt: skip
"""Params that hold a term; all others are somebody's own word, which may happen to be one. A term may be of one param
only, as `command:nurture`, where the life of that name is called otherwise."""

_TERMS = {**TERMS, **CLEARANCE_TERMS, **EVIDENCE_TYPE_TERMS, **MILESTONE_TERMS, **TURN_TERMS}


class _Blank(dict[str, Any]):
    """Leaves an unknown `{name}` as it stands, so that an error text never fails itself."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _said(value: Any, language: Language, name: str) -> str:
    if isinstance(value, list | tuple):
        return (", " if language == "en" else "、").join(_said(item, language, name) for item in value) or "-"
    if isinstance(value, dict) and "code" in value:
        return render(value["code"], language, value.get("params", {}))
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:  # somebody's label in both
        return str(value[language])
    if value is None or isinstance(value, bool):  # as YAML and JSON have them, not as Python does
        return render("value_nothing", language, {}) if value is None else str(value).lower()
    termed = name in _TERMED and isinstance(value, str)
    term = (_TERMS.get(f"{name}:{value}") or _TERMS.get(value)) if termed else None
    return term[language == "zh"] if term else grouped(str(value))


def render(code: str, language: Language, params: Mapping[str, Any]) -> str:
    """Fill the text of a code.

    Args:
        code: The problem's code; an unknown one is said as it is.
        language: `zh` or `en`.
        params: The values for the text's names: terms are translated, lists joined, a problem inside said in turn,
            of a label in both languages the reader's.
    """
    texts = PROBLEM_TEXTS.get(code)
    if texts is None:
        return f"{code} {dict(params)}" if params else code
    template = texts[language == "zh"]
    return filled(template, _Blank({name: _said(v, language, name) for name, v in params.items()}))

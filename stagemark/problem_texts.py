"""What each problem code says, in English and Chinese. `{name}` is filled from the problem's params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from stagemark.texts.engine import ENGINE_TEXTS
from stagemark.texts.importing import IMPORT_TEXTS
from stagemark.texts.playbook import PLAYBOOK_TEXTS
from stagemark.texts.sale import SALE_TEXTS, TERMS

Language = Literal["zh", "en"]

__all__ = ["PROBLEM_TEXTS", "Language", "render"]

PROBLEM_TEXTS: dict[str, tuple[str, str]] = {**SALE_TEXTS, **PLAYBOOK_TEXTS, **IMPORT_TEXTS, **ENGINE_TEXTS}
"""What each code says: in English, in Chinese."""

_TERMED = frozenset(
    {
        "because", "command", "done", "edge", "expected", "found", "has", "kind", "life", "needs", "operator",
        "status", "waits_for", "what", "who",
    }
)  # fmt: skip
"""Params that hold a term; all others are somebody's own word, which may happen to be one."""


class _Blank(dict[str, Any]):
    """Leaves an unknown `{name}` as it stands, so that an error text never fails itself."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _said(value: Any, language: Language, termed: bool) -> str:
    if isinstance(value, list | tuple):
        return (", " if language == "en" else "、").join(_said(item, language, termed) for item in value) or "-"
    if isinstance(value, dict) and "code" in value:
        return render(value["code"], language, value.get("params", {}))
    term = TERMS.get(value) if termed and isinstance(value, str) else None
    return term[language == "zh"] if term else str(value)


def render(code: str, language: Language, params: Mapping[str, Any]) -> str:
    """Fill the text of a code.

    Args:
        code: The problem's code; an unknown one is said as it is.
        language: `zh` or `en`.
        params: The values for the text's names: terms are translated, lists joined, a problem inside said in turn.
    """
    texts = PROBLEM_TEXTS.get(code)
    if texts is None:
        return f"{code} {dict(params)}" if params else code
    template = texts[language == "zh"]
    return template.format_map(_Blank({name: _said(v, language, name in _TERMED) for name, v in params.items()}))

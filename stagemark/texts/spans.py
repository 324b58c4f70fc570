"""Spans of the calendar in words, in English and Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from stagemark.texts.language import Language

__all__ = ["span_text"]

_MANY: Final[dict[str, tuple[str, str]]] = {
    "Y": ("{count} years", "{count} 年"),
    "M": ("{count} months", "{count} 个月"),
    "W": ("{count} weeks", "{count} 周"),
    "D": ("{count} days", "{count} 天"),
}
_ONE: Final[dict[str, str]] = {"Y": "1 year", "M": "1 month", "W": "1 week", "D": "1 day"}
"""One of each, which English says without an s."""


def span_text(span: str, language: Language) -> str:
    """A span of the calendar, such as `P1Y6M`, as people say it."""
    zh = language == "zh"
    parts = [(int(count), unit) for count, unit in re.findall(r"(\d+)([YMWD])", span)]
    return " ".join(
        _ONE[unit] if count == 1 and not zh else _MANY[unit][zh].format(count=count) for count, unit in parts
    )

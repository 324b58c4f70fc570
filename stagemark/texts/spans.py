"""Spans of the calendar and of working time in words, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from stagemark.texts.counts import filled

if TYPE_CHECKING:
    from stagemark.texts.language import Language

__all__ = ["span_text", "working_text"]

_UNITS: Final[dict[str, tuple[str, str]]] = {
    "Y": ("{count:year|years}", "{count} 年"),
    "M": ("{count:month|months}", "{count} 个月"),
    "W": ("{count:week|weeks}", "{count} 周"),
    "D": ("{count:day|days}", "{count} 天"),
}
_WORKING: Final[dict[str, tuple[str, str]]] = {
    "D": ("{count:working day|working days}", "{count} 个工作日"),
    "H": ("{count:working hour|working hours}", "{count} 个工作小时"),
    "M": ("{count:working minute|working minutes}", "{count} 个工作分钟"),
    "S": ("{count:working second|working seconds}", "{count} 个工作秒"),
}


def span_text(span: str, language: Language) -> str:
    """A span of the calendar, such as `P1Y6M`, as people say it."""
    return _said(span, _UNITS, language)


def working_text(span: str, language: Language) -> str:
    """A span of working time, such as `P15D` or `PT4H`, as people say it."""
    return _said(span, _WORKING, language)


def _said(span: str, units: Mapping[str, tuple[str, str]], language: Language) -> str:
    parts = re.findall(r"([\d.]+)([A-Z])", span)
    zh = language == "zh"
    return " ".join(
        filled(units[unit][zh], {"count": int(count) if count.isdigit() else count}) for count, unit in parts
    )

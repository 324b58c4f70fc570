"""Spans of the calendar and of working time in words, in English and Chinese."""

from __future__ import annotations

import re
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


def span_text(span: str, language: Language) -> str:
    """A span of the calendar, such as `P1Y6M`, as people say it."""
    parts = re.findall(r"(\d+)([YMWD])", span)
    return " ".join(filled(_UNITS[unit][language == "zh"], {"count": int(count)}) for count, unit in parts)


_WORKING: Final[dict[str, tuple[str, str]]] = {
    "D": ("{count:working day|working days}", "{count} 个工作日"),
    "H": ("{count:working hour|working hours}", "{count} 个工作小时"),
    "M": ("{count:working minute|working minutes}", "{count} 个工作分钟"),
    "S": ("{count:working second|working seconds}", "{count} 个工作秒"),
}


def working_text(span: str, language: Language) -> str:
    """A span of working time, such as `P15D` or `PT4H`, as people say it."""
    parts = re.findall(r"([\d.]+)([DHMS])", span)
    return " ".join(filled(_WORKING[unit][language == "zh"], {"count": count}) for count, unit in parts)

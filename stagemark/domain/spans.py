"""Spans of the calendar, apart from working time: `P6M` is six months, not 180 days (design.md §5)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from whenever import Date, ItemizedDateDelta

__all__ = ["CalendarSpan", "Term", "earlier", "later"]

_SPAN = re.compile(r"^P(?=\d)(\d{1,3}Y)?(\d{1,3}M)?(\d{1,3}W)?(\d{1,4}D)?$")


def _span(text: str) -> str:
    if not _SPAN.match(text):
        raise PydanticCustomError(
            "calendar_span_malformed",
            "{value} is no span of the calendar; write P3D, P2W, P6M or P1Y",
            {"value": text},
        )
    return text


CalendarSpan = Annotated[str, AfterValidator(_span), WithJsonSchema({"type": "string", "pattern": _SPAN.pattern})]
"""A span of the calendar in ISO 8601: `P3D`, `P2W`, `P6M`, `P1Y`. The end of a month stays in its month."""


def later(day: date, span: str) -> date:
    """The day so much later: a month after 31 January is 28 February. Not beyond the last day that is a `Day`."""
    return min(Date(min(day, _LAST)).add(ItemizedDateDelta.parse_iso(span)).to_stdlib(), _LAST)


def earlier(day: date, span: str) -> date:
    """The day so much earlier, and not before the first that is a `Day`."""
    return max(Date(max(day, _FIRST)).subtract(ItemizedDateDelta.parse_iso(span)).to_stdlib(), _FIRST)


# What follows from a lawful day has to be one too: a fact of the engine that can't be read stops its run for ever.
_FIRST: Final = date(1900, 1, 1)
_LAST: Final = date(2999, 12, 31)
_SOME_DAY: Final = date(2000, 1, 1)


def _term(text: str) -> str:
    if not _SOME_DAY < later(_SOME_DAY, text) <= later(_SOME_DAY, "P100Y"):
        raise PydanticCustomError(
            "calendar_term", "{value} is no term of a contract; it lasts from P1D to P100Y", {"value": text}
        )
    return text


Term = Annotated[CalendarSpan, AfterValidator(_term)]
"""How long something in a contract lasts: a day at least, a hundred years at most."""

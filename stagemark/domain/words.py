"""Texts and values as they come in: bounded, in one line where they are names, and fit for every database.

A control character is refused here, since PostgreSQL has no text with NUL in it, and what was acknowledged must be
written; a lone surrogate, since no wire carries it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    JsonValue,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

__all__ = [
    "MOST_VALUE",
    "Key",
    "Line",
    "Name",
    "Prose",
    "Reason",
    "Value",
    "WorkingSpan",
    "fit_line",
    "fit_name",
    "folded",
    "in_one_line",
    "opportunity_problem",
]

MOST_VALUE: Final = 50_000
"""How long the JSON of one value may be: documents are named, never carried (design.md §5)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_UNWRITABLE = re.compile(r"[\ud800-\udfff]")
_MOST_NAME: Final = 128
_MOST_LINE: Final = 500
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROL_SAID = "control characters are not allowed; leave them out"


def _line(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("text_control", _CONTROL_SAID)
    return text


def _prose(text: str) -> str:
    if _CONTROL_BUT_LINES.search(text):
        raise PydanticCustomError("text_control", _CONTROL_SAID)
    return text


def _value(given: object, check: ValidatorFunctionWrapHandler) -> JsonValue:
    try:
        value: JsonValue = check(given)
        written = json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # no JSON, not a number, a lone surrogate, a number or a nest without end
        raise PydanticCustomError(
            "value_unfit", "the value can't be kept as JSON; give text, finite numbers, lists, and a decimal as text"
        ) from None
    if len(written) > MOST_VALUE:
        raise PydanticCustomError(
            "value_too_large",
            "the value has {size} bytes; at most {most} are taken: name a document instead",
            {"size": len(written), "most": MOST_VALUE},
        )
    return value


_SPAN = re.compile(r"^P(?:(?P<days>\d+(?:\.\d+)?)D)?(?:T(?P<hours>\d+(?:\.\d+)?)H)?$")


def _span(text: str) -> str:
    match = _SPAN.match(text)
    if match is None or not (match["days"] or match["hours"]):
        raise PydanticCustomError(
            "span_malformed",
            "{value} is no span of working time; write P10D for ten working days or PT4H for four working hours",
            {"value": text},
        )
    if not 0 < sum(float(match[unit] or 0) / most for unit, most in _LONGEST.items()) <= 1:
        raise PydanticCustomError(
            "span_out_of_range", "{value} is no span to wait for; it can be up to P3650D", {"value": text}
        )
    return text


_LONGEST = {"days": 3650, "hours": 87_600}


_WRITTEN: Final = r"^P(?=.)(\d+(\.\d+)?D)?(T\d+(\.\d+)?H)?$"  # as JSON Schema writes it
WorkingSpan = Annotated[str, AfterValidator(_span), WithJsonSchema({"type": "string", "pattern": _WRITTEN})]
"""A span of working time in ISO 8601: `P10D` is ten working days of the sale's calendar, `PT4H` four working hours."""

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=_MOST_NAME, strip_whitespace=True), AfterValidator(_line)
]
"""An id, or another short name in one line."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_line)]
"""An idempotency key, chosen by a caller."""
Line = Annotated[str, StringConstraints(max_length=_MOST_LINE), AfterValidator(_line)]
"""A text in one line; it may be empty."""
Prose = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_prose)]
"""A text of some lines; it may be empty."""
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(_prose)]
"""Why; never empty."""
Value = Annotated[JsonValue, WrapValidator(_value)]
"""A value as JSON, of bounded size."""


def in_one_line(text: str) -> str:
    """A text of some lines as a `Line` takes it."""
    return _CONTROL.sub(" ", text)


def folded(name: str) -> str:
    """A name as it is compared: full width, capital letters and the number of blanks make no other one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def fit_line(text: str) -> str:
    """A text that is never refused: in one line, without what no database or wire takes, as much as fits."""
    return _UNWRITABLE.sub("\ufffd", in_one_line(text))[:_MOST_LINE]


def fit_name(text: str) -> str:
    """An id that is never refused: the same where it fits, else cleaned and shortened, with a hash that keeps it apart.

    One that is empty stays so: nothing would tell it from another.
    """
    whole, fit = text.strip(), fit_line(text).strip()
    if not fit or (fit == whole and len(fit) <= _MOST_NAME):
        return fit
    told = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{fit[: _MOST_NAME - 17].strip()}~{told}"


def opportunity_problem(opportunity: str) -> str | None:
    """What is wrong with the id of a sale, as a code; none if nothing is."""
    fits = 0 < len(opportunity) <= 128 and opportunity == opportunity.strip() and not _CONTROL.search(opportunity)
    try:
        opportunity.encode()
    except UnicodeEncodeError:
        fits = False
    return None if fits else "opportunity_id_unfit"

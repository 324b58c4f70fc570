"""Words of a mapping that are checked by themselves: formats of dates, encodings, markers, separators."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from stagemark.domain.playbook import Edge

__all__ = ["Character", "DateFormat", "Encoding", "MarkerName", "marker_of"]

_SAMPLE = datetime(2031, 12, 28, 13, 45, 56, tzinfo=UTC)  # no two of its parts can be mistaken for each other
_MARKER = re.compile(r"^[a-z][a-z0-9_-]*\.(start|end)$")


def _date_format(spelled: str) -> str:
    try:
        back = datetime.strptime(_SAMPLE.strftime(spelled), spelled)  # noqa: DTZ007  (only its date is looked at)
    except ValueError:
        back = None
    if back is None or back.date() != _SAMPLE.date():
        raise PydanticCustomError(
            "mapping_date_format",
            "{value} does not tell a day; write for example %Y-%m-%d or %m/%d/%Y",
            {"value": spelled},
        )
    return spelled


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError):
        raise PydanticCustomError(
            "mapping_encoding", "there is no encoding {value}; write utf-8 or gb18030", {"value": name}
        ) from None
    return name


def _marker(name: str) -> str:
    if not _MARKER.match(name):
        raise PydanticCustomError(
            "mapping_marker", "{value} is no marker; write stage.start or stage.end", {"value": name}
        )
    return name


DateFormat = Annotated[str, AfterValidator(_date_format)]
"""How dates are spelled, in the words of `strptime`: `%m/%d/%Y`."""
Encoding = Annotated[str, AfterValidator(_encoding)]
"""A text encoding that Python knows, such as `gb18030`."""
MarkerName = Annotated[str, AfterValidator(_marker)]
"""A marker: `stage.start` or `stage.end`."""
Character = Annotated[str, StringConstraints(min_length=1, max_length=1)]
"""One character, such as a separator."""


def marker_of(name: str) -> tuple[str, Edge]:
    """The stage and the edge of a marker's name."""
    stage, _, edge = name.rpartition(".")
    return stage, "start" if edge == "start" else "end"

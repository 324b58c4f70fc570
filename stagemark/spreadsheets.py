"""Cells for spreadsheets: what people have written is text there, never a formula that runs on whoever opens it."""

from __future__ import annotations

import re
from typing import Any, Final

__all__ = ["cell"]

_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.,]*%?")


def cell(value: Any) -> Any:
    """A value as a cell: text that a spreadsheet would take for a formula has an apostrophe before it."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value

"""Texts with figures in them, where English says one of a thing otherwise than several."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

__all__ = ["filled"]


class _Counting(Formatter):
    """Formats `{runs:run was|runs were}` as `1 run was` or `3 runs were`; all else as ever."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, several, many = format_spec.partition("|")
        if not several:
            return super().format_field(value, format_spec)
        return f"{value} {one if str(value) == '1' else many}"


_COUNTING = _Counting()


def filled(template: str, values: Mapping[str, Any]) -> str:
    """Fill a text.

    Args:
        template: As `str.format` has it; behind a count stand what it counts, once for one and once for several.
        values: By the template's names.
    """
    return _COUNTING.vformat(template, (), values)

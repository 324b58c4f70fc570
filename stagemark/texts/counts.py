"""Texts with figures in them: English says one of a thing otherwise than several, and money is written in one way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any, Final

from stagemark.texts.money import money_text

__all__ = ["filled"]


_CURRENCY: Final = re.compile("[A-Z]{3}")


class _Counting(Formatter):
    """Formats `{runs:run was|runs were}` as `1 run was` or `3 runs were`, `{owed:{currency}}` as an amount."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, several, many = format_spec.partition("|")
        if several:
            return f"{value} {one if str(value) == '1' else many}"
        if _CURRENCY.fullmatch(format_spec):
            return money_text(value, format_spec)
        try:
            return super().format_field(value, format_spec)
        except ValueError:  # a currency that nobody has said: a text never fails to be told
            return f"{value} {format_spec}"


_COUNTING = _Counting()


def filled(template: str, values: Mapping[str, Any]) -> str:
    """Fill a text.

    Args:
        template: As `str.format` has it; behind a count stands what it counts, once for one and once for several;
            behind an amount the name of its currency.
        values: By the template's names.
    """
    return _COUNTING.vformat(template, (), values)

"""Money as people read it, in either language, everywhere: `240,000.00 CNY`. Programs get plain figures.

The code stands behind the figure, as it is typed; a sign such as ¥ would be that of two currencies.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from moneyed import get_currency
from moneyed.classes import CurrencyDoesNotExist

__all__ = ["grouped", "money_text"]

_PLAIN: Final = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")


def money_text(amount: object, currency: str) -> str:
    """An amount with all decimals of its currency, and never with fewer than it has itself.

    Args:
        amount: How much; what is no number is said as it is.
        currency: Its ISO 4217 code.
    """
    try:
        number = Decimal(str(amount))
        usual, own = _decimals(currency), -int(number.normalize().as_tuple().exponent)
    except (InvalidOperation, ValueError):  # no number; not a finite one
        return f"{amount} {currency}"
    return f"{number:,.{max(own, 2 if usual is None else usual)}f} {currency}"


def grouped(text: str) -> str:
    """An amount that is all of a text, such as `240000 CNY`, as people read it; any other, as `300 PCS`, as it is."""
    match = _PLAIN.fullmatch(text)
    return money_text(match[1], match[2]) if match and _decimals(match[2]) is not None else text


def _decimals(currency: str) -> int | None:
    """How many a currency has; none if it is no currency."""
    try:
        return len(str(get_currency(currency).sub_unit)) - 1
    except CurrencyDoesNotExist:
        return None

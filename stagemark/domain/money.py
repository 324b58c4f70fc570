"""Numbers and amounts: decimals with an ISO 4217 currency, strings on the wire, one currency only (design.md §5)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from moneyed import Money, get_currency
from moneyed.classes import CurrencyDoesNotExist
from moneyed.l10n import format_money
from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

__all__ = ["Amount", "number_of"]

_MOST = Decimal(10) ** 15


class Amount(BaseModel):
    """An amount of money.

    Attributes:
        amount: The decimal amount; a string on the wire, so that no digit is lost.
        currency: ISO 4217 code, such as `CNY`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Decimal
    currency: str

    @field_validator("amount")
    @classmethod
    def _finite(cls, amount: Decimal) -> Decimal:
        if not amount.is_finite() or not 0 <= amount <= _MOST or amount != round(amount, 6):
            raise PydanticCustomError("money_malformed", "an amount is a decimal number from 0 to 10^15")
        return amount

    @field_validator("currency")
    @classmethod
    def _iso(cls, currency: str) -> str:
        try:
            get_currency(currency)
        except CurrencyDoesNotExist:
            raise PydanticCustomError(
                "currency_unknown", "{currency} is no ISO 4217 currency code", {"currency": currency}
            ) from None
        return currency

    def text(self, language: str = "en") -> str:
        """Say it as people of that language write it."""
        return format_money(Money(self.amount, self.currency), locale="zh_CN" if language == "zh" else "en_US")


def number_of(value: Any) -> Decimal | None:
    """The finite decimal number that a value is or spells; none if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

"""Numbers and amounts: decimals with an ISO 4217 currency, strings on the wire, one currency only (design.md §5)."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Annotated, Any

from moneyed import get_currency
from moneyed.classes import CurrencyDoesNotExist
from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

from stagemark.texts.money import money_text

__all__ = ["Amount", "Currency", "counted_out", "number_of", "payable", "rounded_up"]

_MOST = Decimal(10) ** 15


def _iso(currency: str) -> str:
    try:
        get_currency(currency)
    except CurrencyDoesNotExist:
        raise PydanticCustomError(
            "currency_unknown", "{currency} is no ISO 4217 currency code", {"currency": currency}
        ) from None
    return currency


Currency = Annotated[str, AfterValidator(_iso)]
"""An ISO 4217 code, such as `CNY`."""


class Amount(BaseModel):
    """An amount of money.

    Attributes:
        amount: The decimal amount; a string on the wire, so that no digit is lost.
        currency: ISO 4217 code, such as `CNY`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Decimal
    currency: Currency

    @field_validator("amount")
    @classmethod
    def _finite(cls, amount: Decimal) -> Decimal:
        if amount.is_finite() and amount < 0:
            raise PydanticCustomError("money_negative", "an amount can't be negative; write it without the minus")
        if not amount.is_finite() or not 0 <= amount <= _MOST or amount != round(amount, 6):
            raise PydanticCustomError("money_malformed", "an amount is a decimal number from 0 to 10^15")
        return amount

    def text(self) -> str:
        """Say it as people read it."""
        return money_text(self.amount, self.currency)


def payable(amount: Decimal, currency: str) -> bool:
    """Whether money can be counted out to so much: no yen has a decimal, and a yuan has two."""
    return (amount * get_currency(currency).sub_unit) % 1 == 0


def counted_out(amount: Decimal, currency: str) -> Decimal:
    """As much of an amount as money can be counted out to."""
    return amount if payable(amount, currency) else amount.quantize(_coin(currency), ROUND_FLOOR)


def rounded_up(amount: Decimal, currency: str) -> Decimal:
    """An amount, or what next above it can be paid; with all decimals of the currency."""
    return amount.quantize(_coin(currency), ROUND_CEILING)


def _coin(currency: str) -> Decimal:
    return Decimal(1) / get_currency(currency).sub_unit


def number_of(value: Any) -> Decimal | None:
    """The finite decimal number that a value is or spells; none if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

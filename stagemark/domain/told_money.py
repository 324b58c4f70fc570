"""What an account and the collections of its sales tell each other of money: see `stagemark.domain.told`."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from stagemark.domain.commands import Model
from stagemark.domain.entries import Day
from stagemark.domain.money import Amount
from stagemark.domain.words import Line, Name

__all__ = ["Debt", "Entered", "MoneyPlaced", "MoneyRecalled", "MoneyReversed", "MoneyUnplaced", "Owed"]


class Debt(Model):
    """What is still owed of one instalment.

    Attributes:
        outstanding: How much, in the contract's currency.
        written_off: What was given up of it; money that still comes can be placed there.
        retention: Whether it is retention money.
    """

    outstanding: Decimal = Field(ge=0)
    written_off: Decimal = Field(default=Decimal(0), ge=0)
    retention: bool = False


class Entered(Model):
    """What a person has entered of a payment by hand at a sale, and no account has placed there so far.

    Attributes:
        amount: How much, in the contract's currency.
        placed: What of the same payment the account has there besides, as far as the sale has heard.
    """

    amount: Decimal
    placed: Decimal = Decimal(0)


class Owed(Model):
    """A collection, to its account: what is now owed, so that the account knows its exposure and can place money.

    Attributes:
        opportunity: Of which sale.
        currency: The contract's currency.
        debts: What is owed, by instalment.
        number: The contract's number.
        entered: What was entered by hand, by the payment's id: when the bank reports it, it is the same money.
    """

    kind: Literal["owed"] = "owed"
    opportunity: Name
    currency: str
    debts: dict[str, Debt]
    number: Line = ""
    entered: dict[str, Entered] = Field(default_factory=dict)


class MoneyPlaced(Model):
    """An account, to a collection: money that came in is for it.

    Attributes:
        payment: The payment's id at the account.
        amount: How much of it.
        on: The day on which it was received.
        instalments: For which instalments, in this order; none: the oldest first.
        account: Which account says so: the money goes back to it, whose sale that ever is by then.
        entered: Only for what a person has entered there under the same id: what is more goes back.
    """

    kind: Literal["money_placed"] = "money_placed"
    payment: Name
    amount: Amount
    on: Day
    instalments: tuple[Name, ...] = ()
    account: Line = ""
    entered: bool = False


class MoneyRecalled(Model):
    """An account, to a collection: so much of what it placed goes back, for a person has entered it at another sale.

    Attributes:
        payment: The payment's id at the account.
        amount: How much of it; what is not there any more is under way already.
        account: Which account says so.
    """

    kind: Literal["money_recalled"] = "money_recalled"
    payment: Name
    amount: Amount
    account: Line


class MoneyUnplaced(Model):
    """A collection, to its account: so much of a payment did not fit (paid twice, too much, another currency)."""

    kind: Literal["money_unplaced"] = "money_unplaced"
    opportunity: Name
    payment: Name
    amount: Amount
    on: Day


class MoneyReversed(Model):
    """An account, to a collection: the bank took a payment back.

    Attributes:
        payment: The payment's id at the account.
        amount: How much of it was placed there; none: all that a person has entered there under that id.
        on: The day.
        account: Which account says so.
    """

    kind: Literal["money_reversed"] = "money_reversed"
    payment: Name
    amount: Amount | None = None
    on: Day
    account: Line = ""

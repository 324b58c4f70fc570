"""Money that came in at an account, payment by payment (design.md §6 rule 2: the state is bounded by its bytes)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from pydantic import Field

from stagemark.domain.commands import Model
from stagemark.domain.entries import Day

__all__ = ["NOTHING", "Part", "Past", "Payment", "Settled"]

NOTHING: Final = Decimal(0)


class Part(Model):
    """What of a payment is placed at one sale.

    Attributes:
        amount: How much.
        instalments: For which instalments, if for some.
        entered: What of it was placed there since a person had entered it there.
        recalled: What of it is called back, and has not come yet.
    """

    amount: Decimal
    instalments: tuple[str, ...] = ()
    entered: Decimal = NOTHING
    recalled: Decimal = NOTHING

    def less(self, back: Decimal) -> Part:
        """The same, of which so much has come back: first of all what was called back."""
        called = min(self.recalled, back)
        entered = max(NOTHING, min(self.entered - back + called, self.amount - back))
        return Part(
            amount=self.amount - back, instalments=self.instalments, entered=entered, recalled=self.recalled - called
        )


class Payment(Model):
    """Money that came in: what of it is placed, what waits, and what was returned.

    Attributes:
        amount: How much came in.
        currency: Its currency.
        on: The day on which it was received.
        reference: What the payer wrote: as much as there is room for; the ledger has the whole.
        payer: Who paid, the same.
        by_hand: What of it no bank reported: somebody had entered it at a sale, from which it came back.
        places: What is placed, by sale.
        returned: What was refunded or reversed.
        reversed: Whether the bank took it back.
        kept: Why it is kept as a credit balance, if so.
        seen: Whether it was placed before, so that it is not placed by itself again.
        differs: The payment whose id it was reported under, with other content.
        done: Whether nothing of it waits.
    """

    amount: Decimal
    currency: str
    on: Day
    reference: str = ""
    payer: str = ""
    by_hand: Decimal = NOTHING
    places: dict[str, Part] = Field(default_factory=dict)
    returned: Decimal = NOTHING
    reversed: bool = False
    kept: str = ""
    seen: bool = False
    differs: str = ""
    done: bool = False

    @property
    def placed(self) -> Decimal:
        """What is placed."""
        return sum((part.amount for part in self.places.values()), NOTHING)

    @property
    def reported(self) -> Decimal:
        """What of it a bank reported."""
        return self.amount - self.by_hand

    @property
    def waiting(self) -> Decimal:
        """What waits."""
        return self.amount - self.placed - self.returned

    def short(self) -> Past:
        """What is remembered of it later on."""
        places = {id_: part.amount for id_, part in self.places.items()}
        return Past(
            self.on, self.currency, self.amount, places, self.returned, self.by_hand, self.reversed, self.differs
        )


class Past(NamedTuple):
    """A payment of which nothing waits and that is some time ago: enough to know it again, and to take it back."""

    on: Day
    currency: str
    amount: Decimal
    places: dict[str, Decimal] = {}  # noqa: RUF012  (a tuple's default, which nobody changes)
    returned: Decimal = NOTHING
    by_hand: Decimal = NOTHING
    reversed: bool = False
    differs: str = ""

    def whole(self) -> Payment:
        """The payment again, without its texts."""
        places = {id_: Part(amount=amount) for id_, amount in self.places.items()}
        return Payment(
            on=self.on, currency=self.currency, amount=self.amount, places=places, returned=self.returned,
            by_hand=self.by_hand, reversed=self.reversed, differs=self.differs, seen=True, done=True,
        )  # fmt: skip


class Settled(Model):
    """What payments that are no longer remembered one by one came to, in one currency."""

    reported: Decimal = NOTHING
    placed: Decimal = NOTHING
    returned: Decimal = NOTHING

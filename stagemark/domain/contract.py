"""A signed contract as the engine needs it: what is owed when, and what is to be delivered (domain.md §3, §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.commands import Model
from stagemark.domain.entries import Day
from stagemark.domain.money import Amount, payable
from stagemark.domain.spans import Term
from stagemark.domain.words import Line, Name

__all__ = ["MILESTONES", "Cleared", "Contract", "Deliverable", "Instalment", "MilestoneId"]

MilestoneId = Literal["production", "delivery", "installation", "commissioning", "acceptance", "training"]
MILESTONES: tuple[MilestoneId, ...] = (
    "production", "delivery", "installation", "commissioning", "acceptance", "training",
)  # fmt: skip
"""What is tracked from the contract on, in its order (domain.md §3)."""


class Instalment(Model):
    """A part of the contract's amount.

    Attributes:
        id: Its name within the contract, such as `1` or `retention`.
        amount: How much, in the contract's currency.
        type: A deposit at the signing, an ordinary part, or retention money, which is apart (domain.md §7).
        due: The day on which it falls due; else it falls due by a rule:
        after: what has to happen first;
        days: and how many calendar days after it.
    """

    id: Name
    amount: Decimal = Field(gt=0, max_digits=20, decimal_places=6)
    type: Literal["deposit", "part", "retention"] = "part"
    due: Day | None = None
    after: Literal["signing", MilestoneId] | None = None
    days: int = Field(default=0, ge=0, le=3650)

    @model_validator(mode="after")
    def _due_once(self) -> Instalment:
        if (self.due is None) is (self.after is None):
            raise PydanticCustomError(
                "instalment_due",
                "instalment {id} needs a day (due) or a rule (after, days), one of them",
                {"id": self.id},
            )
        return self

    def on_credit(self, signed: date | None) -> bool:
        """Whether it is paid later than at the signing, of which the day may be unknown."""
        if self.due is not None:
            return self.due > signed if signed else self.type != "deposit"
        return self.after != "signing" or self.days > 0


class Deliverable(Model):
    """Something to be delivered.

    Attributes:
        id: Its name within the contract.
        product: The product of the catalogue, if it is one.
        text: What it is.
        quantity: How many.
        due: The day on which it is promised.
    """

    id: Name
    product: Name | None = None
    text: Line = ""
    quantity: Decimal = Field(default=Decimal(1), gt=0)
    due: Day | None = None


class Contract(Model):
    """What was signed.

    Attributes:
        number: The contract's number, by which a bank's report can name it.
        amount: The whole amount.
        instalments: Its parts, which add up to it.
        deliverables: What is to be delivered.
        milestones: When each milestone is planned, where it is.
        terms: Whose standard contract it is: ours, theirs, or neither (domain.md §4).
        warranty: Its warranty terms by name, from the delivery on; none: those of the policy (domain.md §5).
    """

    number: Line = ""
    amount: Amount
    instalments: tuple[Instalment, ...] = Field(min_length=1, max_length=100)
    deliverables: tuple[Deliverable, ...] = Field(default=(), max_length=200)
    milestones: dict[MilestoneId, Day] = Field(default_factory=dict)
    terms: Literal["ours", "theirs", "own"] = "ours"
    warranty: dict[Name, Term] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _adds_up(self) -> Contract:
        parts = sum((part.amount for part in self.instalments), Decimal(0))
        if parts != self.amount.amount:
            raise PydanticCustomError(
                "instalments_sum",
                "the instalments add up to {parts}, the contract's amount is {amount}",
                {"parts": str(parts), "amount": str(self.amount.amount)},
            )
        for part in self.instalments:
            if not payable(part.amount, self.amount.currency):
                raise PydanticCustomError(
                    "amount_too_fine",
                    "{amount} {currency} can't be paid: the currency has no coin so small",
                    {"amount": str(part.amount), "currency": self.amount.currency},
                )
        for name, parts_of in (("instalment", self.instalments), ("deliverable", self.deliverables)):
            ids = [part.id for part in parts_of]
            twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
            if twice:
                raise PydanticCustomError(
                    "named_twice", "{what} {ids} is named twice", {"what": name, "ids": ", ".join(twice)}
                )
        return self

    def on_credit(self, signed: date | None) -> Decimal:
        """How much of it is paid later than at the signing: that much credit it needs (domain.md §4)."""
        return sum((part.amount for part in self.instalments if part.on_credit(signed)), Decimal(0))


class Cleared(Model):
    """An account's credit clearance, as its answer travels to the sale (design.md §6 rule 8).

    Attributes:
        id: Its id at the account.
        amount: What may be paid later.
        until: The last day for the signing.
    """

    id: Name
    amount: Amount
    until: Day

"""What is asked of a collection, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from stagemark.domain.collection.policy import DebtorType, Kind
from stagemark.domain.commands import Model, PersonId
from stagemark.domain.contract import MilestoneId
from stagemark.domain.entries import AnswerTask, Day, Entry, Reckoned, Request, TaskDue, TaskMissed
from stagemark.domain.money import Amount
from stagemark.domain.told import (
    DisputeOver,
    Exempted,
    HandedOver,
    MoneyPlaced,
    MoneyRecalled,
    MoneyReversed,
    Signed,
    Unsigned,
)
from stagemark.domain.words import Line, Name, Reason

__all__ = [
    "Aged",
    "ApproveLegal",
    "CollectionCommand",
    "CollectionEntry",
    "CollectionRequest",
    "Dispute",
    "EnterPayment",
    "Plan",
    "PromiseEnded",
    "PromisePayment",
    "Reach",
    "ResumeSupply",
    "SetDebtor",
    "StopSupply",
    "TakeBack",
    "Threaten",
    "WriteOff",
]

Part = Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=6)]


class EnterPayment(Model):
    """A person enters a payment.

    Attributes:
        payment: Its id, such as the bank's reference.
        amount: How much.
        on: The day on which it was received.
        instalments: For which instalments, in this order; none: the oldest first.
        allocation: Or how much for which instalment; it adds up to the amount.
    """

    kind: Literal["enter_payment"] = "enter_payment"
    payment: Name
    amount: Amount
    on: Day
    instalments: tuple[Name, ...] = ()
    allocation: dict[Name, Part] = Field(default_factory=dict)


class TakeBack(Model):
    """A payment was entered or placed wrongly: what a person entered is undone, what the account placed goes back."""

    kind: Literal["take_back"] = "take_back"
    payment: Name
    reason: Reason


class PromisePayment(Model):
    """The customer promises to pay an instalment.

    Attributes:
        instalment: Which.
        until: The last day by which it will be paid; until then it is not collected.
        amount: How much of it; none: all.
        approved_by: Who allows a promise that is longer than the policy says.
    """

    kind: Literal["promise_payment"] = "promise_payment"
    instalment: Name
    until: Day
    amount: Part | None = None
    approved_by: PersonId | None = None


class Dispute(Model):
    """The customer refuses to pay an instalment, for a reason that lies with us: it opens a complaint."""

    kind: Literal["dispute"] = "dispute"
    instalment: Name
    text: Reason
    contact: PersonId | None = None


class Reach(Model):
    """A milestone was reached; told again, with another day, it corrects the day."""

    kind: Literal["reach"] = "reach"
    milestone: MilestoneId
    on: Day
    text: Line = ""


class Plan(Model):
    """A milestone is planned for another day."""

    kind: Literal["plan"] = "plan"
    milestone: MilestoneId
    on: Day
    reason: Reason


class WriteOff(Model):
    """What is outstanding of an instalment is given up."""

    kind: Literal["write_off"] = "write_off"
    instalment: Name
    approved_by: PersonId
    reason: Reason


class ApproveLegal(Model):
    """Somebody approves legal action for an overdue instalment: from now on it is collected by law."""

    kind: Literal["approve_legal"] = "approve_legal"
    instalment: Name
    approved_by: PersonId
    reason: Reason


class Threaten(Model):
    """The customer threatens: stopping supply is proposed (domain.md §3)."""

    kind: Literal["threaten"] = "threaten"
    text: Reason


class StopSupply(Model):
    """Somebody decides that the customer is supplied no more for now."""

    kind: Literal["stop_supply"] = "stop_supply"
    approved_by: PersonId
    reason: Reason


class ResumeSupply(Model):
    """Somebody decides that the customer is supplied again."""

    kind: Literal["resume_supply"] = "resume_supply"
    approved_by: PersonId
    reason: Reason


class SetDebtor(Model):
    """What type of debtor the customer is; the tactics come with each message."""

    kind: Literal["set_debtor"] = "set_debtor"
    type: DebtorType


class Aged(Model):
    """An instalment is overdue, or has become old: the engine says from which day it is collected by which kind."""

    kind: Literal["aged"] = "aged"
    instalment: Name
    since: Reckoned
    by: Kind


class PromiseEnded(Model):
    """The day of a promise is over: the engine says whether it was kept.

    Attributes:
        instalment: Whose.
        kept: Whether it was.
        by: The kind by which it is collected from now on.
    """

    kind: Literal["promise_ended"] = "promise_ended"
    instalment: Name
    kept: bool
    by: Kind | None = None


Told = Signed | Unsigned | HandedOver | MoneyPlaced | MoneyRecalled | MoneyReversed | DisputeOver | Exempted
Asked = (
    EnterPayment
    | TakeBack
    | PromisePayment
    | Dispute
    | Reach
    | Plan
    | WriteOff
    | ApproveLegal
    | Threaten
    | StopSupply
    | ResumeSupply
    | SetDebtor
    | AnswerTask
)
CollectionCommand = Annotated[Told | Asked, Field(discriminator="kind")]
CollectionFact = Annotated[Told | Asked | Aged | PromiseEnded | TaskDue | TaskMissed, Field(discriminator="kind")]


class CollectionRequest(Request[CollectionCommand]):
    """What is asked of a collection, or told to it."""


class CollectionEntry(Entry[CollectionFact]):
    """What happened to a collection."""

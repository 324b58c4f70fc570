"""What is asked of a complaint, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stagemark.domain.commands import Model, PersonId
from stagemark.domain.complaint.policy import StepId
from stagemark.domain.entries import AnswerTask, Entry, Request, TaskDue, TaskMissed
from stagemark.domain.words import Line, Name, Reason

__all__ = [
    "Close",
    "ComplaintEntry",
    "ComplaintRequest",
    "Disputed",
    "Grievance",
    "HandOver",
    "OpenAgain",
    "Raise",
    "TakeStep",
]


class Grievance(Model):
    """What a customer complains of.

    Attributes:
        account: Whose account.
        owner: Who deals with it.
        text: What the customer says.
        opportunity: The sale it is about, if one.
        instalment: The instalment that the customer disputes, if any.
        contact: Who complained, an opaque id.
        title: A name for it, for its readers.
    """

    account: Name
    owner: PersonId
    text: Reason
    opportunity: Name | None = None
    instalment: Name | None = None
    contact: PersonId | None = None
    title: Line = ""


class Raise(Grievance):
    """A customer complains."""

    kind: Literal["raise"] = "raise"


class Disputed(Grievance):
    """A collection, to a complaint: the customer disputes an instalment. It begins the complaint."""

    kind: Literal["disputed"] = "disputed"


class TakeStep(Model):
    """A step was taken.

    Attributes:
        step: Which.
        text: What was said, found or proposed; of `ask`, the customer's own view.
        accepted: Of `ask`: whether the customer accepts the proposal.
        approved_by: Of a proposal: the superior who stands behind it; after a refused one there has to be one.
    """

    kind: Literal["take_step"] = "take_step"
    step: StepId
    text: Reason
    accepted: bool | None = None
    approved_by: PersonId | None = None


class Close(Model):
    """The complaint is settled: the customer's own view is known, and a follow-up was made."""

    kind: Literal["close"] = "close"
    text: Line = ""


class OpenAgain(Model):
    """A closed complaint comes back."""

    kind: Literal["open_again"] = "open_again"
    reason: Reason


class HandOver(Model):
    """Somebody else deals with it."""

    kind: Literal["hand_over"] = "hand_over"
    owner: PersonId


Command = Raise | Disputed | TakeStep | Close | OpenAgain | HandOver | AnswerTask
ComplaintCommand = Annotated[Command, Field(discriminator="kind")]
ComplaintFact = Annotated[Command | TaskDue | TaskMissed, Field(discriminator="kind")]


class ComplaintRequest(Request[ComplaintCommand]):
    """What is asked of a complaint."""


class ComplaintEntry(Entry[ComplaintFact]):
    """What happened to a complaint."""

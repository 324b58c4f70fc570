"""What is asked of an aftercare, what it is told, and what it finds out by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.aftercare.policy import ReferralStep, Way
from stagemark.domain.catalogue import Suggestion
from stagemark.domain.commands import Model, PersonId
from stagemark.domain.entries import AnswerTask, Day, Entry, Request, TaskDue, TaskMissed
from stagemark.domain.money import Amount
from stagemark.domain.roles import Role
from stagemark.domain.told import (
    HandedOver,
    Held,
    OrderDropped,
    Ordered,
    PaidUp,
    PromptAllowed,
    Reached,
    Signed,
    Suggested,
    Unsigned,
)
from stagemark.domain.words import Line, Name, Reason, WorkingSpan

__all__ = [
    "SIGNS",
    "AftercareEntry",
    "AftercareRequest",
    "AnswerPrompt",
    "GiveName",
    "Item",
    "ItemKind",
    "MakePrompt",
    "MoveFollowUp",
    "Plan",
    "PlanFollowUp",
    "PromiseTask",
    "Rate",
    "RateReferrer",
    "RecordFollowUp",
    "RecordOrder",
    "Sign",
    "TakeReferralStep",
    "Turned",
    "WantPrompt",
]

ItemKind = Literal["follow_up", "promise", "warranty", "evaluation", "repurchase", "orders_fell"]
Sign = Literal["endorses_product", "endorses_person", "influence", "connections"]
SIGNS: tuple[Sign, ...] = ("endorses_product", "endorses_person", "influence", "connections")
"""What makes a contact a referral centre (domain.md §5)."""


# -- planned contacts


class Item(Model):
    """A contact or another task that is planned.

    Attributes:
        id: Its name within this aftercare.
        kind: What for.
        plan: The plan it belongs to, such as `delivery`; of one planned by a person, empty.
        on: The day on which it falls due.
        how: In which way.
        to: The roles that do it.
        escalates_to: The roles that hear of it when it is missed.
        within: Working time in which an answer is expected; where left out:
        by: the last day on which it is.
        round: The round of contacts it belongs to, which ends with an evaluation.
        text: What about.
        params: What its text needs.
    """

    id: Name
    kind: ItemKind
    plan: Name | Literal[""] = ""
    on: Day
    how: Way | None = None
    to: tuple[str, ...] = ("owner",)
    escalates_to: tuple[str, ...] = ("supervisor",)
    within: WorkingSpan = "P5D"
    by: Day | None = None
    round: Name | Literal[""] = ""
    text: Line = ""
    params: dict[str, JsonValue] = Field(default_factory=dict)


class Plan(Model):
    """The engine: a plan was made, or made anew; what is planned of it and not in it any more is dropped.

    Attributes:
        plan: Its name.
        basis: On which it rests, such as a day; on another one it is made anew.
        items: What is planned.
    """

    kind: Literal["plan"] = "plan"
    plan: Name
    basis: str
    items: tuple[Item, ...] = ()


class Turned(Model):
    """The engine: the order counts as paid, or as completed, since a day; or it does no more."""

    kind: Literal["turned"] = "turned"
    anchor: Literal["payment", "completion"]
    on: Day | None


class PlanFollowUp(Model):
    """Plan a contact.

    Attributes:
        item: A name for it.
        on: The day.
        how: In which way.
        text: What about.
        round: The round it belongs to, if one.
        to: The role that does it.
    """

    kind: Literal["plan_follow_up"] = "plan_follow_up"
    item: Name
    on: Day
    how: Way
    text: Line = ""
    round: Name | None = None
    to: Role = "owner"


class MoveFollowUp(Model):
    """Move a planned contact to another day."""

    kind: Literal["move_follow_up"] = "move_follow_up"
    item: Name
    on: Day
    reason: Reason


class RecordFollowUp(Model):
    """What became of a planned contact, whether it has fallen due or not; or it is not made."""

    kind: Literal["record_follow_up"] = "record_follow_up"
    item: Name
    outcome: Literal["done", "cancelled"] = "done"
    text: Reason


class PromiseTask(Model):
    """Something was promised in a talk: it is a task from now on, to be done until a day.

    Attributes:
        item: A name for it.
        text: What was promised.
        until: The last day.
        to: The role that does it.
    """

    kind: Literal["promise_task"] = "promise_task"
    item: Name
    text: Reason
    until: Day
    to: Role = "owner"


# -- the customer


class Rate(Model):
    """How satisfied the customer is.

    Attributes:
        score: From 1 to the policy's best.
        text: In words.
        contact: Who said so, an opaque id.
        satisfied: Whether the score is enough; filled in by the policy.
    """

    kind: Literal["rate"] = "rate"
    score: int = Field(ge=1, le=100)
    text: Reason
    contact: PersonId | None = None
    satisfied: bool = False


class RecordOrder(Model):
    """The customer ordered, under this contract or beside it.

    Attributes:
        order: The order's number.
        on: The day.
        amount: Its volume.
        product: What was ordered, by the catalogue.
    """

    kind: Literal["record_order"] = "record_order"
    order: Name
    on: Day
    amount: Amount
    product: Name | None = None


# -- prompts


class MakePrompt(Model):
    """Remind the salesperson of a cross-sell or up-sell; by the engine, or by somebody who does it of themselves.

    Attributes:
        suggestion: What to say, for which product.
        cool_until: No other prompt of the account before this day; filled in by the policy.
        prompt: By which name the accounts were asked for it, which cool down by it already.
    """

    kind: Literal["make_prompt"] = "make_prompt"
    suggestion: Suggestion
    cool_until: Day | None = None
    prompt: Name | None = None


class WantPrompt(Model):
    """The engine: a prompt is right as far as this sale goes; the accounts it is for are asked whether it may be made.

    Attributes:
        suggestion: What to say, for which product.
        cool_until: No other prompt of the accounts before this day, by the policy.
    """

    kind: Literal["want_prompt"] = "want_prompt"
    suggestion: Suggestion
    cool_until: Day


class AnswerPrompt(Model):
    """What the customer said to a prompt.

    Attributes:
        prompt: Which.
        answer: Accepted, declined (not again for a while), or later.
        text: In words.
        until: Not again before this day; where left out, by the policy.
        opportunity: The sale that was opened for it.
    """

    kind: Literal["answer_prompt"] = "answer_prompt"
    prompt: Name
    answer: Literal["accepted", "declined", "later"]
    text: Reason
    until: Day | None = None
    opportunity: Name | None = None

    @model_validator(mode="after")
    def _opens_a_sale(self) -> AnswerPrompt:
        if (self.answer == "accepted") is (self.opportunity is None):
            raise PydanticCustomError(
                "prompt_opens_sale",
                "a prompt that is accepted opens a sale: name it; any other opens none: leave it out",
            )
        return self


# -- referrals


class TakeReferralStep(Model):
    """A step of asking for a referral was taken.

    Attributes:
        step: Which.
        text: What came of it.
        willing: Whether the customer wants to go on; if not, it is left for a while.
        until: Until when it is left, or then asked anew; by the policy.
    """

    kind: Literal["take_referral_step"] = "take_referral_step"
    step: ReferralStep
    text: Reason
    willing: bool = True
    until: Day | None = None


class GiveName(Model):
    """The customer names a prospect.

    Attributes:
        account: The prospect, an opaque id; nobody who is a customer already.
        contact: Who named it, an opaque id.
        opportunity: The sale that was opened for it.
        text: What was said of it; no personal data.
    """

    kind: Literal["give_name"] = "give_name"
    account: Name
    contact: PersonId
    opportunity: Name
    text: Line = ""


class RateReferrer(Model):
    """Which of the four signs of a referral centre a contact shows."""

    kind: Literal["rate_referrer"] = "rate_referrer"
    contact: PersonId
    signs: tuple[Sign, ...] = Field(max_length=4)


_Told = Signed | Unsigned | HandedOver | Held | Reached | PaidUp | Ordered | OrderDropped | Suggested | PromptAllowed
_Asked = (
    PlanFollowUp
    | MoveFollowUp
    | RecordFollowUp
    | PromiseTask
    | Rate
    | RecordOrder
    | MakePrompt
    | AnswerPrompt
    | TakeReferralStep
    | GiveName
    | RateReferrer
    | AnswerTask
)
AftercareCommand = Annotated[_Told | _Asked, Field(discriminator="kind")]
AftercareFact = Annotated[
    _Told | _Asked | Plan | Turned | WantPrompt | TaskDue | TaskMissed, Field(discriminator="kind")
]


class AftercareRequest(Request[AftercareCommand]):
    """What is asked of an aftercare, or told to it."""


class AftercareEntry(Entry[AftercareFact]):
    """What happened in an aftercare."""

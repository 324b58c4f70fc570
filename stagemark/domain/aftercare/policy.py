"""How sales are cared for after the contract: the part of the policy that a company sets (domain.md §5, §7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.contract import MilestoneId
from stagemark.domain.playbook import Id, Model, Text
from stagemark.domain.spans import CalendarSpan, Term
from stagemark.domain.words import Name, WorkingSpan

__all__ = [
    "REFERRAL_STEPS",
    "AftercarePolicy",
    "Anchor",
    "CompletedRule",
    "FollowUpRule",
    "OrdersRule",
    "PromptsRule",
    "ReferralStep",
    "ReferralStepRule",
    "ReferralsRule",
    "SatisfactionRule",
    "TaskRule",
    "Way",
]

Anchor = Literal["signing", "payment", "completion"] | MilestoneId
"""From what a plan counts: the signing, a milestone, the payment (`completed` says what counts as paid), or both."""
Way = Literal["phone", "visit", "letter", "event"]
ReferralStep = Literal["attitude", "benefit", "ask", "testimonial"]
REFERRAL_STEPS: tuple[ReferralStep, ...] = ("attitude", "benefit", "ask", "testimonial")
"""Learn the attitude to product and person; offer enough benefit; ask for names; obtain a testimonial."""


class TaskRule(Model):
    """Who does a task, and until when.

    Attributes:
        within: Working time in which an answer is expected.
        to: The roles that do it.
        escalates_to: The roles that hear of it when it is missed.
    """

    within: WorkingSpan = "P5D"
    to: tuple[str, ...] = Field(default=("owner",), min_length=1)
    escalates_to: tuple[str, ...] = ("supervisor",)


class FollowUpRule(TaskRule):
    """A contact that is planned for every sale.

    Attributes:
        id: Its name.
        after: From what it counts.
        later: How much later it is.
        how: In which way.
        label: What people call it, in Chinese and English.
    """

    id: Id
    after: Anchor
    later: CalendarSpan
    how: Way
    label: Text | None = None


class WarrantyRule(TaskRule):
    """The ends of warranty terms, each a follow-up.

    Attributes:
        after: From what the terms count.
        terms: How long each lasts, where the contract says nothing else.
        labels: What people call terms, in Chinese and English; also those that only a contract states.
        ahead: How long before its end the customer is asked.
    """

    after: Anchor = "delivery"
    terms: dict[Name, Term] = Field(default_factory=dict)
    labels: dict[Name, Text] = Field(default_factory=dict)
    ahead: CalendarSpan = "P3D"


class CompletedRule(Model):
    """What counts as a completed order (domain.md §7: "paid" is at least 90 % with nothing overdue).

    Attributes:
        delivered: Whether it must be delivered, where there is anything to deliver.
        paid_share: Which share must be paid, retention money apart.
        nothing_overdue: Whether nothing may be overdue.
    """

    delivered: bool = True
    paid_share: Decimal = Field(default=Decimal("0.9"), ge=0, le=1)
    nothing_overdue: bool = True


class SatisfactionRule(Model):
    """How satisfaction is scored.

    Attributes:
        best: The highest score; the lowest is 1.
        enough: From which score on a customer is satisfied.
    """

    best: int = Field(default=5, ge=2, le=100)
    enough: int = Field(default=4, ge=1)

    @model_validator(mode="after")
    def _reachable(self) -> SatisfactionRule:
        if self.enough > self.best:
            raise PydanticCustomError(
                "satisfaction_unreachable",
                "a score of {enough} is enough, but the best is {best}",
                {"enough": self.enough, "best": self.best},
            )
        return self


class OrdersRule(TaskRule):
    """When a repurchase falls due, and what a sharp fall of orders is.

    Attributes:
        fewest: From how many orders on the customer has a rhythm of their own: the median of the intervals.
        otherwise: The interval of a customer with fewer orders (many buy every year); none: nothing falls due.
        ahead: How long before the day the repurchase is talked about.
        window: The last so long is compared with as long before it.
        fall: From which fall on it is sharp; 0.5 is half of the volume.
        fewest_before: How many orders the earlier window must have to be compared with.
    """

    fewest: int = Field(default=3, ge=2)
    otherwise: CalendarSpan | None = "P1Y"
    ahead: CalendarSpan = "P14D"
    window: CalendarSpan = "P6M"
    fall: Decimal = Field(default=Decimal("0.5"), gt=0, le=1)
    fewest_before: int = Field(default=2, ge=1)


class PromptsRule(TaskRule):
    """When somebody is reminded of a cross-sell or up-sell.

    Attributes:
        after: How long after the completion of the order.
        cool_down: How long after a prompt no other is made for the same account.
        declined_for: How long a declined product is not suggested again.
        later_for: How long one that was put off without a day is not.
        most: How many suggestions are kept.
    """

    after: CalendarSpan = "P7D"
    cool_down: CalendarSpan = "P30D"
    declined_for: CalendarSpan = "P6M"
    later_for: CalendarSpan = "P1M"
    most: int = Field(default=10, ge=1, le=50)


class ReferralStepRule(TaskRule):
    """One of the four steps.

    Attributes:
        later: How long after the step before; of the first, after the completion of the order.
    """

    later: CalendarSpan


class ReferralsRule(Model):
    """How a referral is asked for.

    Attributes:
        steps: The rule of each step.
        again: After how long it is asked for anew, when the customer did not want to or all steps are done.
    """

    steps: dict[ReferralStep, ReferralStepRule]
    again: CalendarSpan = "P1Y"

    @model_validator(mode="after")
    def _all_steps(self) -> ReferralsRule:
        if missing := [step for step in REFERRAL_STEPS if step not in self.steps]:
            raise PydanticCustomError(
                "referral_steps_missing", "the steps {steps} have no rule", {"steps": ", ".join(missing)}
            )
        return self


class AftercarePolicy(Model):
    """The whole section.

    Attributes:
        follow_ups: The contacts that are planned for every sale.
        promise: How what was promised in a talk is seen to.
        evaluation: How a round of contacts is evaluated.
        warranty: Warranty terms.
        completed: What counts as a completed order.
        satisfaction: How satisfaction is scored.
        orders: Repurchase, and a sharp fall of orders.
        prompts: Cross-sell and up-sell.
        referrals: Referrals.
        carried: The evidence that a linked sale begins with, by id: what is known of the customer, not of the order.
    """

    follow_ups: tuple[FollowUpRule, ...] = ()
    promise: TaskRule = TaskRule(within="P1D")
    evaluation: TaskRule = TaskRule()
    warranty: WarrantyRule = WarrantyRule()
    completed: CompletedRule = CompletedRule()
    satisfaction: SatisfactionRule = SatisfactionRule()
    orders: OrdersRule = OrdersRule()
    prompts: PromptsRule = PromptsRule()
    referrals: ReferralsRule
    carried: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> AftercarePolicy:
        ids = [rule.id for rule in self.follow_ups]
        if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            raise PydanticCustomError(
                "named_twice", "{what} {ids} is named twice", {"what": "follow-up", "ids": ", ".join(twice)}
            )
        return self

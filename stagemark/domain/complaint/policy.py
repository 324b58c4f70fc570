"""How complaints are dealt with: the part of the policy that a company sets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.playbook import Model
from stagemark.domain.words import WorkingSpan

__all__ = ["STEPS", "ComplaintPolicy", "StepId", "StepRule"]

StepId = Literal["listen", "apologise", "collect", "propose", "ask", "follow_up"]
STEPS: tuple[StepId, ...] = ("listen", "apologise", "collect", "propose", "ask", "follow_up")
"""Let the customer vent; apologise; collect information; propose a solution; ask for their view; follow up."""


class StepRule(Model):
    """One step.

    Attributes:
        within: Working time in which it has to be done.
        to: The roles that do it.
        late_to: The roles that hear of it when it is late: a superior.
    """

    within: WorkingSpan
    to: tuple[str, ...] = Field(default=("owner",), min_length=1)
    late_to: tuple[str, ...] = ("supervisor",)


class ComplaintPolicy(Model):
    """The six steps with their times (domain.md §5).

    Attributes:
        steps: The rule of each step.
        refused_to: Who proposes anew when the customer has refused a proposal: a superior.
    """

    steps: dict[StepId, StepRule]
    refused_to: tuple[str, ...] = Field(default=("supervisor",), min_length=1)

    @field_validator("steps")
    @classmethod
    def _all_steps(cls, steps: dict[StepId, StepRule]) -> dict[StepId, StepRule]:
        if missing := [step for step in STEPS if step not in steps]:
            raise PydanticCustomError(
                "complaint_steps_missing", "the steps {steps} have no rule", {"steps": ", ".join(missing)}
            )
        return steps

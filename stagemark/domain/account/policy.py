"""How accounts are dealt with: the part of the policy that a company sets (domain.md §2, §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.collection.policy import TaskRule
from stagemark.domain.playbook import Model, Named
from stagemark.domain.roles import Role
from stagemark.domain.spans import CalendarSpan, later

__all__ = ["AccountPolicy", "Grade", "GradeRule", "Level"]

Grade = Literal["a", "b", "c"]
"""Credit grade: A large and first-class, B average with a good name, C small, new or ill-reputed (domain.md §4)."""
Level = Literal["a", "b", "c", "d"]
"""Customer level: how important the account is."""

_SOME_DAY = date(2000, 1, 1)
_LONGEST = "P10Y"


class GradeRule(Model):
    """What a credit grade means.

    Attributes:
        survey_every: So often its credit is surveyed, while there is exposure.
    """

    survey_every: CalendarSpan


class AccountPolicy(Model):
    """Accounts, their credit, and the money that comes in.

    Attributes:
        channels: How a customer can have been found.
        grades: What each credit grade means.
        new_grade: The grade of an account that nobody has graded.
        limit_by: Who can set a credit limit.
        limit_share: A limit is proposed as this share of the registered capital.
        clearance_lasts: So long a clearance is held for a sale.
        rate_lasts: An exchange rate given as evidence may be so old.
        exempt_by: Who can exempt an account from legal steps and stop-supply, or end that.
        measures: What can be done when credit suddenly worsens.
        survey: Who surveys credit.
        worsened: Who chooses a measure when credit has worsened.
        override_by: Who can take on themselves what stands in the way of a clearance.
        uncleared: Who looks at a sale that was signed on credit without a valid clearance.
        waiting: Who places money that waits.
        place_by_amount: Whether money that names nothing is placed by its exact amount, if only one instalment has it.
    """

    channels: tuple[Named, ...] = Field(min_length=1)
    grades: dict[Grade, GradeRule]
    new_grade: Grade = "c"
    limit_by: tuple[Role, ...] = ("finance",)
    limit_share: Decimal = Field(default=Decimal("0.5"), ge=0, le=10)
    clearance_lasts: CalendarSpan = "P14D"
    rate_lasts: CalendarSpan = "P7D"
    exempt_by: tuple[Role, ...] = ("supervisor", "manager", "finance")
    measures: tuple[Named, ...] = Field(min_length=1)
    survey: TaskRule
    worsened: TaskRule
    override_by: tuple[Role, ...] = ("finance",)
    uncleared: TaskRule
    waiting: TaskRule
    place_by_amount: bool = True

    @field_validator("grades")
    @classmethod
    def _all_grades(cls, grades: dict[Grade, GradeRule]) -> dict[Grade, GradeRule]:
        if missing := [grade for grade in get_args(Grade) if grade not in grades]:
            raise PydanticCustomError(
                "account_grades_missing", "the grades {grades} have no rule", {"grades": ", ".join(missing)}
            )
        return grades

    @model_validator(mode="after")
    def _sound(self) -> AccountPolicy:
        spans = [self.clearance_lasts, self.rate_lasts, *(rule.survey_every for rule in self.grades.values())]
        for span in spans:
            if later(_SOME_DAY, span) > later(_SOME_DAY, _LONGEST):
                raise PydanticCustomError(
                    "account_span", "{span} is too long for credit; at most {most}", {"span": span, "most": _LONGEST}
                )
        for what, named in (("channel", self.channels), ("measure", self.measures)):
            ids = [one.id for one in named]
            if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
                raise PydanticCustomError(
                    "named_twice", "{what} {ids} is named twice", {"what": what, "ids": ", ".join(twice)}
                )
        return self

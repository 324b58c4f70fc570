"""How money is collected: the part of the policy that a company sets (domain.md §3; every number is a setting)."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.money import Currency
from stagemark.domain.playbook import Model
from stagemark.domain.roles import Role
from stagemark.domain.spans import CalendarSpan
from stagemark.domain.words import WorkingSpan

__all__ = [
    "DEBTORS",
    "KINDS",
    "CollectionPolicy",
    "Column",
    "ContactRule",
    "DebtorType",
    "Kind",
    "Matrix",
    "PlanRule",
    "TaskRule",
    "Weekly",
    "harder_of",
]

Kind = Literal["phone", "visit", "finance", "legal"]
KINDS: tuple[Kind, ...] = ("phone", "visit", "finance", "legal")
"""The kinds of collection, from the mildest to the hardest."""
DebtorType = Literal["hard", "scheming", "cooperative", "emotional", "stubborn"]
DEBTORS: tuple[DebtorType, ...] = ("hard", "scheming", "cooperative", "emotional", "stubborn")

Roles = Annotated[tuple[str, ...], Field(min_length=1)]


def harder_of(first: Kind | None, second: Kind) -> Kind:
    """The harder of two kinds; none is milder than all."""
    return second if first is None or KINDS.index(second) > KINDS.index(first) else first


class TaskRule(Model):
    """Who has to do something, and by when.

    Attributes:
        to: The roles that are told.
        answer_within: Working time in which an answer is expected; none: it can't be missed.
        late_to: The roles that hear of it when none came.
    """

    to: Roles
    answer_within: WorkingSpan | None = "P3D"
    late_to: tuple[str, ...] = ("supervisor",)


class ContactRule(TaskRule):
    """One kind of collection: who contacts the customer, and how often.

    Attributes:
        again: After so many working days the customer is contacted again.
    """

    again: int = Field(default=5, ge=1, le=250)


class PlanRule(TaskRule):
    """Who plans a milestone on which an instalment waits, where the contract says no day.

    Attributes:
        after: So many calendar days after the signing.
        again: So many calendar days later it is asked for again, until somebody does.
    """

    after: int = Field(default=7, ge=0, le=365)
    again: int = Field(default=30, ge=1, le=365)


class Column(Model):
    """The kinds of one column of the matrix.

    Attributes:
        small: For small amounts.
        large: For large ones.
    """

    small: Kind
    large: Kind


class Matrix(Model):
    """Age × amount → kind."""

    young: Column
    old: Column


class Weekly(Model):
    """When every supervisor gets the receivables table.

    Attributes:
        weekday: The day of the week: 1 is Monday.
        at: The local time of day.
    """

    weekday: int = Field(default=1, ge=1, le=7)
    at: time = time(7, 30)


class CollectionPolicy(Model):
    """How money is collected.

    Attributes:
        age_from: Whether an instalment ages from its due date, or from when the receivable began: the signing, or
            what has to happen before it falls due. It is collected once it is overdue, either way.
        old_after: Calendar days: older than that is old.
        large_over: By currency: a larger outstanding amount is large. In a currency not named all amounts are small.
        matrix: Which kind is due.
        harder: What kind a broken promise leads to.
        remind_before: So many calendar days before the due date the customer is gently reminded; 0: on that day.
        remind: Who reminds.
        promise_most: So long after the due date, or after the day of the promise if that is later, the customer may
            promise to pay; for longer somebody has to approve it by name.
        approve_by: Who can approve a write-off, legal action, a longer promise, that supply stops or goes on.
        payment_before: So long before the signing a payment may have come in; an earlier day is taken for a slip.
        contact: The rule of each kind.
        broken_to: Who hears at once of a broken promise, beside those who collect.
        legal: Who is asked to approve legal action.
        until_approved: How money is collected until legal action is approved.
        stop_at: The kinds at which stopping supply is proposed.
        stop_supply: Who is asked to stop supply, and to take it up again.
        milestone_grace: So many calendar days after its planned day a milestone counts as late.
        milestone: Who hears of a late milestone.
        unplanned: Who plans a milestone on which an instalment waits.
        reopened: Who hears that money was taken back after all had been collected.
        table: When supervisors get the receivables table.
    """

    age_from: Literal["due", "receivable"] = "due"
    old_after: int = Field(ge=1, le=3650)
    large_over: dict[Currency, Annotated[Decimal, Field(ge=0)]]
    matrix: Matrix
    harder: dict[Kind, Kind]
    remind_before: tuple[Annotated[int, Field(ge=0, le=365)], ...] = ()
    remind: TaskRule
    promise_most: CalendarSpan = "P30D"
    approve_by: tuple[Role, ...] = ("supervisor", "manager", "finance")
    payment_before: CalendarSpan = "P1Y"
    contact: dict[Kind, ContactRule]
    broken_to: tuple[str, ...] = ()
    legal: TaskRule
    until_approved: Literal["phone", "visit", "finance"]
    stop_at: tuple[Kind, ...] = ()
    stop_supply: TaskRule
    milestone_grace: int = Field(default=0, ge=0, le=365)
    milestone: TaskRule
    unplanned: PlanRule = PlanRule(to=("owner",))
    reopened: TaskRule
    table: Weekly = Weekly()

    @field_validator("contact")
    @classmethod
    def _each_kind(cls, contact: dict[Kind, ContactRule]) -> dict[Kind, ContactRule]:
        if missing := [kind for kind in KINDS if kind not in contact]:
            raise PydanticCustomError(
                "collection_kinds", "contact needs a rule for each kind; {missing} missing", {"missing": missing}
            )
        return contact

    @field_validator("harder")
    @classmethod
    def _never_milder(cls, harder: dict[Kind, Kind]) -> dict[Kind, Kind]:
        for kind, next_ in harder.items():
            if harder_of(kind, next_) == kind:
                raise PydanticCustomError(
                    "collection_harder",
                    "a broken promise makes collection harder; {harder} is not harder than {kind}",
                    {"kind": kind, "harder": next_},
                )
        return harder

    def cell(self, currency: str, age: int, outstanding: Decimal) -> Kind:
        """The kind that the matrix names for an age in calendar days and an outstanding amount."""
        column = self.matrix.old if age > self.old_after else self.matrix.young
        return column.large if self.is_large(currency, outstanding) else column.small

    def is_large(self, currency: str, outstanding: Decimal) -> bool:
        """Whether an amount is large."""
        threshold = self.large_over.get(currency)
        return threshold is not None and outstanding > threshold

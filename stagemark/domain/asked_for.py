"""What a marker asks for: evidence by type, and conditions on it (design.md §5, domain.md §7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.roles import Role

__all__ = [
    "OPERATORS",
    "Condition",
    "Edge",
    "Evidence",
    "EvidenceType",
    "Id",
    "Marker",
    "Model",
    "Named",
    "Need",
    "Piece",
    "Text",
    "Where",
]

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Edge = Literal["start", "end"]


class Model(BaseModel):
    """What all parts of a playbook share: they never change, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Text(Model):
    """A text in both languages of the users.

    Attributes:
        zh: In Chinese.
        en: In English.
    """

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Named(Model):
    """Something with an id and a label; the label is left out of the compiled form.

    Attributes:
        id: Its name: small letters, digits, `-` and `_`.
        label: What people call it, in Chinese and English.
        help: More about it, likewise.
    """

    id: Id
    label: Text | None = None
    help: Text | None = None


class EvidenceType(StrEnum):
    """The types of evidence (design.md §5)."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    RANKED = "ranked"
    PERSON = "person"
    DOCUMENT = "document"
    CHECKLIST = "checklist"
    CONTRACT = "contract"
    CLEARANCE = "clearance"


class Evidence(Named):
    """One kind of evidence that can be recorded for a sale.

    Attributes:
        type: What a value looks like.
        options: The choices; for `ranked` from the lowest rank to the highest; for `checklist` the items.
        about_person: Whether each value belongs to one contact (a level on the ladder, a buying role).
        many: Whether a choice may have several values at once (a person can have several buying roles).
        override_by: The roles that may take on themselves that it is missing; none given, or nobody holds one: anybody.
    """

    type: EvidenceType
    options: tuple[Named, ...] = ()
    about_person: bool = False
    many: bool = False
    override_by: tuple[Role, ...] = ()

    @property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of the options, in their order."""
        return tuple(option.id for option in self.options)

    def rank(self, option: str) -> int:
        """The place of an option in the ranking, from 0."""
        return self.option_ids.index(option)


class Need(StrEnum):
    """Whether a piece of evidence must be there, or should (domain.md §7)."""

    REQUIRED = "required"
    ADVISED = "advised"


class Piece(Model):
    """A piece of evidence that a marker asks for.

    Attributes:
        evidence: Which.
        need: Required or advised, where no band says otherwise.
        by_band: What holds for sales of a value band instead.
    """

    evidence: Id
    need: Need = Need.REQUIRED
    by_band: dict[Id, Need] = {}


OPERATORS = (
    "at_least",
    "at_most",
    "equals",
    "one_of",
    "none_of",
    "not_before",
    "not_after",
    "checked",
    "count_at_least",
    "not_older_than",
)


class Where(Model):
    """Which sales something counts for: those of a value band, or with such evidence; either is enough.

    Attributes:
        bands: Value bands.
        evidence: Evidence of the sale, which is held at all;
        one_of: or, of a choice or a ranked one, which is one of these options.
    """

    bands: tuple[Id, ...] = ()
    evidence: Id | None = None
    one_of: tuple[str, ...] = ()


class Condition(Model):
    """A threshold on the data, judged on what was valid when the marker was observed. Exactly one operator.

    Attributes:
        evidence: On which evidence.
        at_least: Lower bound: an option of a ranked choice, a number, or an amount in the playbook's currency.
        at_most: Upper bound, likewise.
        equals: The value itself.
        one_of: One of these values.
        none_of: None of these; nothing recorded is lawful too.
        not_before: Earliest date.
        not_after: Latest date.
        checked: How many items of a checklist, or `all`.
        count_at_least: For how many different people, or with how many values, it is recorded.
        not_older_than: That it was recorded with or after the last of this other evidence, if there is any.
        who: For evidence about people: whether any, all or the decision maker must meet it (domain.md §7).
        where: For which sales it counts; none given: all.
    """

    evidence: Id
    at_least: str | Decimal | None = None
    at_most: str | Decimal | None = None
    equals: JsonValue = None
    one_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] | None = None
    not_before: date | None = None
    not_after: date | None = None
    checked: Annotated[int, Field(ge=1)] | Literal["all"] | None = None
    count_at_least: Annotated[int, Field(ge=1)] | None = None
    not_older_than: Id | None = None
    who: Literal["any", "all", "decision_maker"] = "decision_maker"
    where: Where | None = None

    @property
    def operator(self) -> str:
        """The name of the one operator that is set."""
        return next(name for name in OPERATORS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_operator(self) -> Condition:
        given = [name for name in OPERATORS if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError(
                "condition_operator",
                "a condition has exactly one of {operators}; this one has {given}",
                {"operators": ", ".join(OPERATORS), "given": ", ".join(given) or "none"},
            )
        return self


class Marker(Model):
    """What is observed when a stage begins or ends, and what must be there to say so.

    Attributes:
        label: What is observed.
        evidence: The pieces it asks for; by default no more than two are required (domain.md §7).
        conditions: The thresholds on the data, all of which must hold.
    """

    label: Text | None = None
    evidence: tuple[Piece, ...] = ()
    conditions: tuple[Condition, ...] = ()

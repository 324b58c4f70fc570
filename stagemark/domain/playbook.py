"""A playbook: stages, markers, evidence, conditions and triggers as data (design.md §5, domain.md §6).

One set of models serves both forms: the whole playbook, with labels in zh and en, as its YAML holds it; and the
*compiled* one, without texts, that a workflow carries. `compiled()` makes the second from the first.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from stagemark.domain.words import WorkingSpan

__all__ = [
    "OPERATORS",
    "Band",
    "Condition",
    "Edge",
    "Evidence",
    "EvidenceType",
    "Marker",
    "Named",
    "Need",
    "OpensAfter",
    "People",
    "Piece",
    "Playbook",
    "PlaybookRef",
    "Role",
    "Rung",
    "Stage",
    "Step",
    "Text",
    "Trigger",
    "WorkingSpan",
]

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Edge = Literal["start", "end"]


class Model(BaseModel):
    """What all parts of a playbook share: they never change, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Text(Model):
    """A text in both languages of the users."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Named(Model):
    """Something with an id and a label; the label is left out of the compiled form."""

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


class Evidence(Named):
    """One kind of evidence that can be recorded for a sale.

    Attributes:
        type: What a value looks like.
        options: The choices; for `ranked` from the lowest rank to the highest; for `checklist` the items.
        about_person: Whether each value belongs to one contact (a level on the ladder, a buying role).
        many: Whether a choice may have several values at once (a person can have several buying roles).
    """

    type: EvidenceType
    options: tuple[Named, ...] = ()
    about_person: bool = False
    many: bool = False

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
    "not_before",
    "not_after",
    "checked",
    "count_at_least",
)


class Condition(Model):
    """A threshold on the data, judged on what was valid when the marker was observed. Exactly one operator.

    Attributes:
        evidence: On which evidence.
        at_least: Lower bound: an option of a ranked choice, a number, or an amount in the playbook's currency.
        at_most: Upper bound, likewise.
        equals: The value itself.
        one_of: One of these values.
        not_before: Earliest date.
        not_after: Latest date.
        checked: How many items of a checklist, or `all`.
        count_at_least: For how many different people, or with how many values, it is recorded.
        who: For evidence about people: whether any, all or the decision maker must meet it (domain.md §7).
    """

    evidence: Id
    at_least: str | Decimal | None = None
    at_most: str | Decimal | None = None
    equals: JsonValue = None
    one_of: tuple[str, ...] | None = None
    not_before: date | None = None
    not_after: date | None = None
    checked: Annotated[int, Field(ge=1)] | Literal["all"] | None = None
    count_at_least: Annotated[int, Field(ge=1)] | None = None
    who: Literal["any", "all", "decision_maker"] = "decision_maker"

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


class OpensAfter(Model):
    """What another stage must have reached before this one may begin. A skipped stage counts as ended."""

    stage: Id
    has: Literal["begun", "ended"] = "ended"


class Step(Named):
    """Something done inside a stage, and the evidence that it collects."""

    evidence: tuple[Id, ...] = ()


class Stage(Named):
    """A stage: from its start marker to its end marker (domain.md §1).

    Attributes:
        start: The start marker.
        end: The end marker.
        opens_after: What lets it begin; none given: the stage before has ended.
        skippable: Whether it may be skipped, with a reason.
        nurturable: Whether it may end in "no opportunity" (nurture) instead of its end marker.
        expected: Its expected working time, for the trigger `stage_exceeds`.
        steps: What is done in it.
    """

    start: Marker
    end: Marker
    opens_after: tuple[OpensAfter, ...] | None = None
    skippable: bool = True
    nurturable: bool = False
    expected: WorkingSpan | None = None
    steps: tuple[Step, ...] = ()


class Band(Named):
    """A band of sale values: up to and with `up_to`, in the playbook's currency; the last has none."""

    up_to: Decimal | None = None


class People(Model):
    """Which evidence tells a contact's buying role, and which option of it is the decision maker."""

    role_evidence: Id
    decision_maker: Id


Role = Literal["owner", "deputy", "collaborators", "supervisor"]


class Rung(Named):
    """One step of a trigger.

    Attributes:
        after: Working time since the cause began; for `stage_exceeds` none given: the stage's expected time.
        times_expected: For `stage_exceeds`, a multiple of the expected time instead of `after`.
        to: Who is told, by role.
        urgent: Told at once instead of with the next morning's digest.
        high_risk: Whether the sale counts as high risk from here on, until the cause is gone.
    """

    after: WorkingSpan | None = None
    times_expected: Annotated[Decimal, Field(gt=0, le=20)] | None = None
    to: tuple[str, ...] = Field(default=("owner",), min_length=1)
    urgent: bool = False
    high_risk: bool = False


class Trigger(Named):
    """What fires by itself as time passes (the issue of the six stages; design.md §3).

    Attributes:
        on: The cause: a stage exceeds its expected working time; silence (nothing recorded); the date to look again.
        stages: For `stage_exceeds`: which stages; none given: all that have an expected time.
        rungs: Its steps, in order of time.
        answer_within: Working time in which an answer is expected; after it the trigger counts as missed.
    """

    on: Literal["stage_exceeds", "silence", "look_again"]
    stages: tuple[Id, ...] = ()
    rungs: tuple[Rung, ...] = Field(min_length=1)
    answer_within: WorkingSpan = "P3D"


class PlaybookRef(Model):
    """Names one playbook exactly: its id, its version, and the hash of the whole."""

    id: Id
    version: str
    hash: str


class Playbook(Named):
    """A whole playbook, or its compiled form.

    Attributes:
        version: The author's version, free text such as `1`.
        hash: In the compiled form, SHA-256 of the whole; empty in the whole.
        currency: ISO 4217 code in which bands and thresholds are meant.
        completes_as: What the sale's life becomes when the last stage has ended.
        evidence: All evidence that can be recorded.
        people: How a buying role is told, where conditions speak of the decision maker.
        bands: Value bands, from the smallest.
        stages: The stages, in their order.
        triggers: What fires by itself.
        loss_reasons: The reasons for losing a sale.
    """

    version: str = "1"
    hash: str = ""
    currency: str = "CNY"
    completes_as: Literal["collected", "closed"] = "closed"
    evidence: tuple[Evidence, ...] = ()
    people: People | None = None
    bands: tuple[Band, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    triggers: tuple[Trigger, ...] = ()
    loss_reasons: tuple[Named, ...] = Field(min_length=1)

    @cached_property
    def stage_ids(self) -> tuple[str, ...]:
        """The ids of the stages, in their order."""
        return tuple(stage.id for stage in self.stages)

    @cached_property
    def stage_of(self) -> dict[str, Stage]:
        """The stages by id."""
        return {stage.id: stage for stage in self.stages}

    @cached_property
    def evidence_of(self) -> dict[str, Evidence]:
        """The evidence by id."""
        return {evidence.id: evidence for evidence in self.evidence}

    def marker(self, stage: str, edge: Edge) -> Marker:
        """The start or end marker of a stage."""
        found = self.stage_of[stage]
        return found.start if edge == "start" else found.end

    def opens_after(self, stage: str) -> tuple[OpensAfter, ...]:
        """What lets a stage begin: what the playbook says, or that the stage before has ended (design.md §5)."""
        said = self.stage_of[stage].opens_after
        if said is not None:
            return said
        place = self.stage_ids.index(stage)
        return (OpensAfter(stage=self.stage_ids[place - 1]),) if place else ()

    def band(self, amount: Decimal | None) -> str | None:
        """The value band of an amount in the playbook's currency; none if either is unknown."""
        if amount is None:
            return None
        return next((b.id for b in self.bands if b.up_to is None or amount <= b.up_to), None)

    def digest(self) -> str:
        """SHA-256 of the whole playbook, texts included: what a sale's `PlaybookRef` names."""
        whole = json.dumps(self.model_dump(mode="json", exclude={"hash"}), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()

    def compiled(self) -> Playbook:
        """The form a workflow carries: ids, evidence types, conditions and triggers, without texts (design.md §5)."""
        plain = _without_texts(self.model_dump(mode="json", exclude_defaults=True))
        return Playbook.model_validate({**plain, "hash": self.hash or self.digest()})

    def ref(self) -> PlaybookRef:
        """Name this playbook exactly."""
        return PlaybookRef(id=self.id, version=self.version, hash=self.hash or self.digest())


def _without_texts(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_texts(value) for key, value in node.items() if key not in ("label", "help")}
    if isinstance(node, list):
        return [_without_texts(item) for item in node]
    return node

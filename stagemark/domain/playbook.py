"""A playbook: stages, markers, evidence, conditions and triggers as data (design.md §5, domain.md §6).

One set of models serves both forms: the whole playbook, with labels in zh and en, as its YAML holds it; and the
*compiled* one, without texts, that a workflow carries. `compiled()` makes the second from the first.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from stagemark.domain.asked_for import (
    OPERATORS,
    Condition,
    Edge,
    Evidence,
    EvidenceType,
    Id,
    Marker,
    Model,
    Named,
    Need,
    Piece,
    Text,
    Where,
)
from stagemark.domain.words import WorkingSpan

__all__ = [
    "OPERATORS",
    "Band",
    "Collects",
    "Condition",
    "Edge",
    "Evidence",
    "EvidenceType",
    "Id",
    "Marker",
    "Model",
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
    "Where",
    "WorkingSpan",
]


class OpensAfter(Model):
    """What another stage must have reached before this one may begin. A skipped stage counts as ended."""

    stage: Id
    has: Literal["begun", "ended"] = "ended"


class Step(Named):
    """Something done inside a stage, and the evidence that it collects."""

    evidence: tuple[Id, ...] = ()


class Collects(Model):
    """That a stage lasts until all is collected: its end marker is then recorded by itself (domain.md §3).

    Attributes:
        amount: The evidence (money) that tells how much was collected.
        payments: The evidence (text) that names the payments.
        fulfilment: The evidence (checklist, its options named as milestones are) that tells what was delivered.
    """

    amount: Id | None = None
    payments: Id | None = None
    fulfilment: Id | None = None


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
        collects: Set where the stage ends with the last payment.
    """

    start: Marker
    end: Marker
    opens_after: tuple[OpensAfter, ...] | None = None
    skippable: bool = True
    nurturable: bool = False
    expected: WorkingSpan | None = None
    steps: tuple[Step, ...] = ()
    collects: Collects | None = None


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
        customer_level: The evidence that tells the account's level; a clearance brings it where the sale holds none.
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
    customer_level: Id | None = None
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
    def signing(self) -> tuple[str, str] | None:
        """The stage whose end marker is the signing, and its evidence of type `contract`; none if it has none."""
        ends = ((stage.id, piece.evidence) for stage in self.stages for piece in stage.end.evidence)
        return next(((s, e) for s, e in ends if self._is(e, EvidenceType.CONTRACT)), None)

    @cached_property
    def clearance(self) -> str | None:
        """The evidence that holds the account's credit clearance; none if there is none."""
        return next((one.id for one in self.evidence if one.type is EvidenceType.CLEARANCE), None)

    def _is(self, evidence: str, kind: EvidenceType) -> bool:
        return evidence in self.evidence_of and self.evidence_of[evidence].type is kind

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

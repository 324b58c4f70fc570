"""What is asked of a sale: commands, and the envelope in which they come (design.md §3).

A command that is accepted becomes an event with the same content, stamped with time, actor and sequence; so the
classes here are also the payloads of `stagemark.domain.events`. Where a command leaves its `observed_at` out, the
envelope's holds, and where that is left out too, the moment at which the engine accepts it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from stagemark.domain.moments import CALENDARS_END, Moment
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Edge, Playbook, PlaybookRef
from stagemark.domain.words import Key, Line, Name, Prose, Reason, Value
from stagemark.texts.language import Language

__all__ = [
    "Answer",
    "Change",
    "ComeBack",
    "Command",
    "Correct",
    "Envelope",
    "FallBack",
    "Given",
    "Lose",
    "Mark",
    "Migrate",
    "Nurture",
    "Open",
    "Origin",
    "Override",
    "Party",
    "PersonId",
    "Record",
    "Reopen",
    "Resume",
    "Skip",
    "Source",
    "Suspend",
    "Void",
    "Wait",
    "fingerprint",
    "without",
]

PersonId = Name
"""An opaque id of a person; names and addresses live in the directory alone (design.md §5)."""
LookAgain = Annotated[date, Field(lt=CALENDARS_END)]
"""A day to look again."""
Party = Literal["us", "customer", "legal", "finance", "production"]
Source = Literal["api", "cli", "import", "webhook", "administrator", "demo", "engine"]


AnyModel = TypeVar("AnyModel", bound=BaseModel)


class Model(BaseModel):
    """Frozen; an unknown field is an error. `kind` always counts as set, so compact dumps keep it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_post_init(self, context: Any, /) -> None:
        """Count the discriminator as set, since dumps leave out what nobody set."""
        if "kind" in type(self).model_fields:
            self.__pydantic_fields_set__.add("kind")


def without(model: AnyModel, *names: str) -> AnyModel:
    """A copy of a model in which these fields are not set; the model itself if none of them is."""
    if not model.model_fields_set.intersection(names):
        return model
    fields = type(model).model_fields
    bare = model.model_copy(update={name: fields[name].default for name in names if name in fields})
    bare.__pydantic_fields_set__.difference_update(names)
    return bare


class Override(Model):
    """Stands in for a missing piece of evidence: who allowed it, and why; it shows in every report."""

    by: PersonId
    reason: Reason


class Given(Model):
    """A piece of evidence as it is recorded.

    Attributes:
        evidence: Its id in the playbook.
        person: The contact it is about, where the evidence is about a person; an opaque id.
        value: The value, in the form of its type: text, number, `{"amount", "currency"}`, ISO date, option id or a
            list of them, person id, `{"uri", "sha256"}`, or a list of checked items.
        override: Given instead of a value: the evidence is missing and somebody takes that on themselves.
    """

    evidence: Name
    person: PersonId | None = None
    value: Value = None
    override: Override | None = None


Pieces = Annotated[tuple[Given, ...], Field(max_length=100)]


class Timed(Model):
    """A command that says when what it tells happened."""

    observed_at: Moment | None = None


class Origin(Model):
    """The sale that another one came from (domain.md §5).

    Attributes:
        opportunity: That sale.
        by: A prompt that was accepted, a referral, or a repurchase that fell due.
        id: The prompt's id, the contact who gave the name, or the follow-up's id.
    """

    opportunity: Name
    by: Literal["prompt", "referral", "repurchase"]
    id: Name


class Open(Timed):
    """Open a sale.

    Attributes:
        playbook: By which playbook it runs.
        account: The customer's account, an opaque id.
        owner: Whose sale it is.
        title: What is sold, in a few words; no personal data.
        segment: By which reports can group it.
        value: Its expected value; decides the value band.
        collaborators: Who works on it too.
        deputy: Who stands in for the owner during leave.
        calendar: The working calendar, by id.
        zone: That calendar's IANA zone, in which dates are meant; the client fills it in.
        origin: The sale it came from, if one.
    """

    kind: Literal["open"] = "open"
    playbook: PlaybookRef
    account: Name
    owner: PersonId
    title: Line = ""
    segment: Name | None = None
    value: Amount | None = None
    collaborators: tuple[PersonId, ...] = ()
    deputy: PersonId | None = None
    calendar: Name = "cn"
    zone: Name = "Asia/Shanghai"
    origin: Origin | None = None


class Mark(Timed):
    """Record that the start or end marker of a stage was observed, with its evidence."""

    kind: Literal["mark"] = "mark"
    stage: Name
    edge: Edge
    evidence: Pieces = ()


class Record(Timed):
    """Record evidence between markers, or that a step of a stage was done."""

    kind: Literal["record"] = "record"
    evidence: Pieces = ()
    stage: Name | None = None
    step: Name | None = None
    note: Prose = ""


class Skip(Timed):
    """Skip a stage that waits; it has no duration (domain.md §1)."""

    kind: Literal["skip"] = "skip"
    stage: Name
    reason: Reason


class Wait(Timed):
    """Say whom the sale waits on from now; `None` ends the waiting."""

    kind: Literal["wait"] = "wait"
    on: Party | None
    note: Prose = ""


class Suspend(Timed):
    """Pause the sale until it is looked at again."""

    kind: Literal["suspend"] = "suspend"
    reason: Reason
    look_again: LookAgain


class Resume(Timed):
    """Go on after a suspension."""

    kind: Literal["resume"] = "resume"
    reason: Prose = ""


class Lose(Timed):
    """The sale is lost. `reason` is one of the playbook's `loss_reasons`."""

    kind: Literal["lose"] = "lose"
    reason: Name
    note: Prose = ""


class Reopen(Timed):
    """Take up again a sale that was lost, collected or closed: the stages it was in begin a new visit."""

    kind: Literal["reopen"] = "reopen"
    reason: Reason


class FallBack(Timed):
    """Go back to an earlier stage, which begins a new visit; the stages after it wait again."""

    kind: Literal["fall_back"] = "fall_back"
    stage: Name
    reason: Reason


class Nurture(Timed):
    """No opportunity now: keep in touch and look again on a day (domain.md §1, rule on stage 1)."""

    kind: Literal["nurture"] = "nurture"
    reason: Reason
    look_again: LookAgain


class ComeBack(Timed):
    """Come back from nurture: the stage that was left begins a new visit."""

    kind: Literal["come_back"] = "come_back"
    reason: Prose = ""


class Change(Timed):
    """Change owner, collaborators, deputy, value, segment or title; what is left out stays.

    A duration belongs to whoever owned the sale on that day (domain.md §7).
    """

    kind: Literal["change"] = "change"
    owner: PersonId | None = None
    collaborators: tuple[PersonId, ...] | None = None
    deputy: PersonId | None = None
    no_deputy: bool = False
    value: Amount | None = None
    segment: Name | None = None
    no_segment: bool = False
    title: Line | None = None
    reason: Prose = ""


class Correct(Model):
    """Replace what an earlier event said; the event stays in the ledger (design.md §5, corrections append).

    Attributes:
        event: The sequence of the event.
        observed_at: When it really happened, if that was wrong.
        changes: Fields of the event's content with their right values.
        reason: Why.
    """

    kind: Literal["correct"] = "correct"
    event: int = Field(ge=1)
    observed_at: Moment | None = None
    changes: dict[str, Value] = {}
    reason: Reason


class Void(Model):
    """Take back an earlier event: it never happened. Voiding a correction or a voiding undoes it."""

    kind: Literal["void"] = "void"
    event: int = Field(ge=1)
    reason: Reason


class Migrate(Model):
    """Go on by another playbook or version; refused where state would be orphaned (design.md §5).

    Attributes:
        to: The playbook to go on by.
        compiled: Its compiled form; the client fills it in. The event keeps only `to`.
        stages: Old stage id → new stage id; the same id where left out.
        evidence: Old evidence id → new evidence id; the same id where left out.
        reason: Why.
    """

    kind: Literal["migrate"] = "migrate"
    to: PlaybookRef
    compiled: Playbook | None = None
    stages: dict[str, str] = {}
    evidence: dict[str, str] = {}
    reason: Reason


class Answer(Model):
    """Answer a trigger that fired.

    Attributes:
        event: The sequence of the event in which it fired.
        answer: `done` with an outcome; `put_off` until a day; `dismissed` with a reason.
        text: The outcome or the reason.
        until: The day until which it is put off.
    """

    kind: Literal["answer"] = "answer"
    event: int = Field(ge=1)
    answer: Literal["done", "put_off", "dismissed"]
    text: Prose = ""
    until: LookAgain | None = None


Command = Annotated[
    Open
    | Mark
    | Record
    | Skip
    | Wait
    | Suspend
    | Resume
    | Lose
    | Reopen
    | FallBack
    | Nurture
    | ComeBack
    | Change
    | Correct
    | Void
    | Migrate
    | Answer,
    Field(discriminator="kind"),
]


class Envelope(Model):
    """Commands on their way to a sale: all of them are recorded, or none.

    Attributes:
        key: Idempotency key, chosen by the caller: the same key with the same content gets the first answer again.
        commands: What is asked, in order.
        actor: Who records it, an opaque id.
        source: By which way it came.
        observed_at: When it happened, for commands that don't say.
        expected_sequence: How many events the caller has seen; if there are more, it is refused.
        language: In which language to say no.
        vouched: What the sender has asked and found right (`stagemark.domain.vouching`); not part of what is asked.
    """

    key: Key
    commands: tuple[Command, ...] = Field(min_length=1, max_length=50)
    actor: PersonId
    source: Source = "api"
    observed_at: Moment | None = None
    expected_sequence: int | None = Field(default=None, ge=0)
    language: Language = "en"
    vouched: tuple[Name, ...] = Field(default=(), max_length=200)

    def content_hash(self) -> str:
        """SHA-256 of what is asked: the commands and when they were observed."""
        asked = self.model_dump(mode="json", include={"commands", "observed_at"}, exclude_defaults=True)
        for given, command in zip(asked["commands"], self.commands, strict=True):
            given["kind"] = command.kind
            given.pop("compiled", None)  # named by its hash already
        return fingerprint(asked)


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(content: Any) -> str:
    """SHA-256 of JSON content in canonical form (sorted keys, no blanks)."""
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()

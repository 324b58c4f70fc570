"""What happened: the stamped, hash-chained events of one sale (design.md §5, §6 rule 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from stagemark.domain.commands import (
    Answer,
    Change,
    ComeBack,
    Correct,
    FallBack,
    Lose,
    Mark,
    Migrate,
    Model,
    Nurture,
    Open,
    Record,
    Reopen,
    Resume,
    Skip,
    Source,
    Suspend,
    Void,
    Wait,
)
from stagemark.domain.moments import Moment

__all__ = [
    "SCHEMA_VERSION",
    "Event",
    "Fact",
    "Fired",
    "Missed",
    "Outcome",
    "chain_hash",
    "decode_event",
]

SCHEMA_VERSION = 1


class Fired(Model):
    """A trigger fired. `cause` names what made it due, so that it fires once for each cause and rung.

    Attributes:
        trigger: Its id in the playbook.
        rung: Which of its rungs.
        cause: For example `needs@12` (the visit of the stage `needs` that event 12 began), `silence@17` (nothing told
            since event 17) or `look_again@20:2026-03-05` (the day that event 20 set).
        to: The roles that are told.
        due_at: When it was due.
        answer_by: Until when an answer is expected.
        stage: The stage it is about, if any.
        urgent: Told at once instead of in the digest.
        high_risk: Whether the sale is at high risk from here on.
        again: Whether it was put off before and comes back.
    """

    kind: Literal["fired"] = "fired"
    trigger: str
    rung: str
    cause: str
    to: tuple[str, ...]
    due_at: AwareDatetime
    answer_by: AwareDatetime
    stage: str | None = None
    urgent: bool = False
    high_risk: bool = False
    again: bool = False


class Missed(Model):
    """A trigger that nobody answered in time; it counts. `event` is the sequence in which it fired."""

    kind: Literal["missed"] = "missed"
    event: int = Field(ge=1)


Fact = Annotated[
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
    | Answer
    | Fired
    | Missed,
    Field(discriminator="kind"),
]


class Outcome(Model):
    """How the sale stood after an envelope: with it, the first answer can be given again for ever (design.md §3).

    Attributes:
        life: The sale's own life.
        open_stages: The stages that were open.
        advice: Evidence that the markers advise and that was not there.
    """

    life: str
    open_stages: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


class Event(Model):
    """One thing that happened in the life of a sale.

    Attributes:
        sequence: Its place in the sale's ledger, from 1, without holes.
        fact: What happened.
        observed_at: When it happened.
        recorded_at: When the engine was told, UTC.
        actor: Who recorded it; `stagemark` for what the engine did itself.
        source: By which way it came.
        key: The key of the envelope it came in.
        key_hash: The hash of that envelope's content.
        lapsed: Triggers due by `recorded_at` have lapsed: set on what an import opens.
        outcome: How the sale stood afterwards; on the last event of each envelope.
        previous: Hash of the event before; empty for the first.
        hash: Hash of this event and, through `previous`, of all before it.
        v: Version of this form.
    """

    sequence: int = Field(ge=1)
    fact: Fact
    observed_at: Moment
    recorded_at: AwareDatetime
    actor: str
    source: Source = "api"
    key: str = ""
    key_hash: str = ""
    lapsed: bool = False
    outcome: Outcome | None = None
    previous: str = ""
    hash: str = ""
    v: int = SCHEMA_VERSION

    def model_post_init(self, context: Any, /) -> None:
        """Count the version as set, since dumps leave out what nobody set."""
        self.__pydantic_fields_set__.add("v")

    @property
    def kind(self) -> str:
        """What kind of thing happened."""
        return self.fact.kind

    def chained(self, previous: str) -> Event:
        """The same event, chained by hash to the one before."""
        return self.model_copy(update={"previous": previous, "hash": _hash(self, previous)})


def chain_hash(event: Event) -> str:
    """SHA-256 over an event's content and the hash of the event before."""
    return _hash(event, event.previous)


def _hash(event: Event, previous: str) -> str:
    # Without defaults, so that a field that a later version adds leaves the hash of an older event as it was.
    content = event.model_dump_json(exclude={"previous", "hash"}, exclude_defaults=True)
    return hashlib.sha256(f"{previous}{event.kind}{content}".encode()).hexdigest()


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[int, Upcaster] = {}
"""From version n to n + 1. Empty at the first release; an old event is lifted step by step when it is read."""

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def decode_event(stored: dict[str, Any]) -> Event:
    """Read an event of any released version, as the ledger or carried state holds it."""
    while (version := stored.get("v", 1)) < SCHEMA_VERSION:
        stored = {**UPCASTERS[version](stored), "v": version + 1}
    return _EVENT.validate_python(stored)

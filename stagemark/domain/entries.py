"""Requests to a neighbour and the entries that they become in its ledger (design.md §3, §6 rules 6 and 8).

Sales have envelopes and events; their neighbours (account, collection, aftercare, complaint) have requests and
entries, of the same shape: a key for ever, the hash of the content, entries chained by hash.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field, JsonValue

from stagemark.domain.commands import LookAgain, Model, PersonId, Source, fingerprint
from stagemark.domain.moments import CALENDARS_END, Moment
from stagemark.domain.words import Key, Line, Prose
from stagemark.texts.language import Language

__all__ = ["AnswerTask", "Day", "Entry", "Kind", "Reckoned", "Request", "Stream", "TaskDue", "TaskMissed", "entry_hash"]

F = TypeVar("F", bound=Model)

Kind = Literal["account", "collection", "aftercare", "complaint"]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=CALENDARS_END)]
"""A day in the reach of calendars."""
Reckoned = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(3100, 1, 1))]
"""A day that is counted on from one that was told: with room for the longest spans (3650 days) behind the last one."""


class Stream(Model):
    """Names one neighbour: its kind, and its id within that kind (an account's, a sale's, a complaint's)."""

    stream: Kind
    id: Line

    def __str__(self) -> str:
        """As the workflow is called, such as `collection:S-1`."""
        return f"{self.stream}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Stream:
        """Read what `str` wrote."""
        kind, _, id_ = text.partition(":")
        return cls.model_validate({"stream": kind, "id": id_})


class TaskDue(Model):
    """Something fell due that a person has to do.

    Attributes:
        task: What kind of task, such as `follow_up`; its texts stand in `stagemark.texts.tasks`.
        id: Which step of which cause it is, so that each falls due once.
        cause: Why: while the cause stands the task does; once it is gone the task is withdrawn.
        passes: The ids of milder steps whose time had come as well and that are passed over.
        params: What the text needs: ids, dates and figures.
        to: The roles that are told.
        due_at: When it was due.
        answer_by: Until when an answer is expected; none: it can't be missed.
        escalates_to: The roles that are told if it is missed.
        urgent: Told at once instead of with the next morning's digest (domain.md §7).
        again: Whether it was put off and comes back; `of` is then the entry in which it fell due first.
    """

    kind: Literal["task_due"] = "task_due"
    task: str
    id: str
    cause: str
    passes: tuple[str, ...] = ()
    params: dict[str, JsonValue] = Field(default_factory=dict)
    to: tuple[str, ...] = ("owner",)
    due_at: AwareDatetime
    answer_by: AwareDatetime | None = None
    escalates_to: tuple[str, ...] = ("supervisor",)
    urgent: bool = False
    of: int | None = None


class TaskMissed(Model):
    """A task that nobody answered in time; `entry` is the sequence in which it fell due."""

    kind: Literal["task_missed"] = "task_missed"
    entry: int = Field(ge=1)


class AnswerTask(Model):
    """Answer a task.

    Attributes:
        entry: The sequence in which it fell due, as its message says.
        answer: `done` with an outcome; `put_off` until a day; `dismissed` with a reason.
        text: The outcome or the reason.
        until: The day until which it is put off.
    """

    kind: Literal["answer_task"] = "answer_task"
    entry: int = Field(ge=1)
    answer: Literal["done", "put_off", "dismissed"]
    text: Prose = ""
    until: LookAgain | None = None

    @property
    def said(self) -> str:
        """Its words as a `Reason`, which what the task is about takes: a task takes more of them, or none."""
        return self.text.strip()[:2000] or self.answer


class Request(Model, Generic[F]):
    """What is asked of a neighbour, or told to it: all of it is recorded, or nothing.

    Attributes:
        key: Idempotency key, chosen by the caller; of what a neighbour tells, the key of the effect.
        commands: What is asked, in order.
        actor: Who records it, an opaque id.
        source: By which way it came.
        observed_at: When it happened; none: now.
        expected_sequence: How many entries the caller has seen; if there are more by others, it is refused.
        language: In which language to say no.
    """

    key: Key
    commands: tuple[F, ...] = Field(min_length=1, max_length=50)
    actor: PersonId
    source: Source = "api"
    observed_at: Moment | None = None
    expected_sequence: int | None = Field(default=None, ge=0)
    language: Language = "en"

    def content_hash(self) -> str:
        """SHA-256 of what is asked: the commands and when they were observed."""
        asked = self.model_dump(mode="json", include={"commands", "observed_at"}, exclude_defaults=True)
        for given, command in zip(asked["commands"], self.commands, strict=True):
            given["kind"] = command.kind  # type: ignore[attr-defined]  # each command has its kind
        return fingerprint(asked)


class Entry(Model, Generic[F]):
    """One thing that happened in the life of a neighbour; see `stagemark.domain.events.Event` for the fields.

    Attributes:
        day: The local date on which it happened; of an unknown moment, the one on which it was recorded.
    """

    sequence: int = Field(ge=1)
    fact: F
    observed_at: Moment
    day: date
    recorded_at: AwareDatetime
    actor: str
    source: Source = "api"
    key: str = ""
    key_hash: str = ""
    previous: str = ""
    hash: str = ""
    v: int = 1

    def model_post_init(self, context: Any, /) -> None:
        """Count the version as set, since dumps leave out what nobody set."""
        self.__pydantic_fields_set__.add("v")

    @property
    def kind(self) -> str:
        """What kind of thing happened."""
        return str(self.fact.kind)  # type: ignore[attr-defined]  # each fact has its kind

    def chained(self, previous: str) -> Entry[F]:
        """The same entry, chained by hash to the one before."""
        linked = self.model_copy(update={"previous": previous})
        return linked.model_copy(update={"hash": entry_hash(linked)})


def entry_hash(entry: Entry[Any]) -> str:
    """SHA-256 over an entry's content and the hash of the entry before."""
    content = entry.model_dump_json(exclude={"previous", "hash"}, exclude_defaults=True)
    return hashlib.sha256(f"{entry.previous}{entry.kind}{content}".encode()).hexdigest()

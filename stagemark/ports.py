"""What a host may replace: the ports of the engine (design.md §2). Their default implementations: `adapters`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Envelope
from stagemark.domain.events import Event
from stagemark.domain.playbook import Playbook
from stagemark.domain.reactions import Message
from stagemark.errors import Problem
from stagemark.problem_texts import Language

__all__ = ["Calendars", "Directory", "Ledger", "Message", "Notifier", "Person", "Refusal", "Refusals"]


class Person(BaseModel):
    """A person of the company, as the directory knows them.

    Attributes:
        id: Opaque id, as commands and events name them.
        name: What to call them.
        supervisor: Whose report they are, by id.
        team: Their team.
        zone: IANA zone they work in.
        language: The language they read.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    supervisor: str | None = None
    team: str | None = None
    zone: str = "Asia/Shanghai"
    language: Language = "zh"


class Refusal(BaseModel):
    """A command that was refused: who tried, and what was missing (design.md §3)."""

    model_config = ConfigDict(frozen=True)

    opportunity: str
    envelope: Envelope
    problems: tuple[Problem, ...]
    refused_at: AwareDatetime


class Ledger(Protocol):
    """The append-only list of all events, and what is derived from it. Bound to one namespace."""

    async def append(self, opportunity: str, events: Sequence[Event]) -> None:
        """Keep events and rewrite what derives from them; any order and any number of repeats converge."""

    async def events(self, opportunity: str) -> list[Event]:
        """All events of a sale by sequence, without holes; empty if there is no such sale."""

    async def keep_playbook(self, whole: Playbook) -> None:
        """Keep a whole playbook under its hash, once."""

    async def playbook(self, digest: str) -> Playbook | None:
        """The whole playbook of that hash."""


class Refusals(Protocol):
    """Where refusals are kept, outside the ledger's sequence."""

    async def keep(self, refusal: Refusal) -> None:
        """Keep one refusal."""


class Notifier(Protocol):
    """Tells people. Repeats of one key are one message."""

    async def post(self, message: Message, recipient: Person) -> datetime | None:
        """Post a message to one person.

        Returns:
            `None` if it was taken; an instant before which it must not be sent (quiet hours), so that the workflow
            plans again (design.md §6 rule 7).
        """

    async def withdraw(self, key: str) -> None:
        """Take back a message, to all its recipients, whose cause is gone; nothing if it has been read."""


class Directory(Protocol):
    """Who is who."""

    async def person(self, person: str) -> Person | None:
        """The person of that id."""


class Calendars(Protocol):
    """Working calendars, resolved into plain days that a workflow can carry (design.md §6 rule 10)."""

    async def calendar(self, calendar: str) -> WorkCalendar:
        """The calendar of that id, for the years round today.

        Raises:
            NotFound: `unknown_calendar`.
        """

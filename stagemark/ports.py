"""What a host may replace: the ports of the engine (design.md §2). Their default implementations: `adapters`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.catalogue import Catalogue, Customer
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.commands import Envelope
from stagemark.domain.entries import Entry, Request, Stream
from stagemark.domain.events import Event
from stagemark.domain.neighbour import Answered, NeighbourState
from stagemark.domain.playbook import Playbook
from stagemark.domain.policy import Policy
from stagemark.domain.quiet import QuietHours
from stagemark.domain.reactions import Message
from stagemark.errors import Problem
from stagemark.texts.language import Language

__all__ = [
    "Books",
    "Calendars",
    "Catalogues",
    "Collections",
    "Contact",
    "Courier",
    "Customers",
    "Directory",
    "Ledger",
    "Message",
    "Notifier",
    "Person",
    "Policies",
    "Refusal",
    "Refusals",
    "Style",
]


class Person(BaseModel):
    """A person of the company, as the directory knows them.

    Attributes:
        id: Opaque id, as commands and events name them.
        name: What to call them.
        supervisor: Whose report they are, by id.
        team: Their team.
        zone: IANA zone they work in.
        language: The language they read.
        roles: The roles they hold for the whole company, such as `finance`, or for a team only: `legal@East`.
        quiet_hours: Their own, such as `21:00-08:00`; none: the company's.
        channels: Where they are told besides the inbox: names of channels, with an address of their own on it where
            the channel has many, as in `mail=wang@example.com`.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    supervisor: str | None = None
    team: str | None = None
    zone: str = "Asia/Shanghai"
    language: Language = "zh"
    roles: tuple[str, ...] = ()
    quiet_hours: QuietHours | None = None
    channels: tuple[str, ...] = ()

    def holds(self, role: str, team: str | None = None) -> bool:
        """Whether they hold a role: for the whole company, or, where a team is given, for that one alone."""
        return (role if team is None else f"{role}@{team}") in self.roles


Style = Literal["peacock", "koala", "owl", "tiger", "chameleon"]
"""Communication styles: expressive, amiable, analytical, driver, mixed (domain.md §2)."""


class Contact(BaseModel):
    """A contact of a customer: what is known of them as a person, which no ledger has, so that it can be erased.

    Attributes:
        id: The opaque id by which evidence names them.
        name: What to call them.
        account: Where they are.
        style: Their communication style, if it is known.
        note: What else helps to talk with them.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    account: str
    style: Style | None = None
    note: str = ""


class Refusal(BaseModel):
    """A command that was refused: who tried, and what was missing (design.md §3).

    Attributes:
        opportunity: The sale, or the neighbour such as `collection:S-1`.
        envelope: What was asked of it.
        problems: What was missing.
        refused_at: When.
    """

    model_config = ConfigDict(frozen=True)

    opportunity: str
    envelope: Annotated[Envelope | Request[Any], Field(union_mode="left_to_right")]
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
    """Tells people, as quickly as a table: it comes with the write of a ledger. Repeats of one key are one message.

    What goes beyond the house, to a server that can be down, belongs into a `Courier`.
    """

    async def post(self, message: Message, recipient: Person) -> datetime | None:
        """Post a message to one person.

        Returns:
            `None` if it was taken; an instant before which it must not be sent (quiet hours), so that the workflow
            plans again (design.md §6 rule 7).
        """

    async def withdraw(self, key: str) -> None:
        """Take back a message, to all its recipients, whose cause is gone; nothing if it has been read."""


class Courier(Protocol):
    """Carries messages beyond the inbox, by mail and chat. Repeats of a message to one person have one message id."""

    async def deliver(self, message: Message, recipient: Person, now: datetime) -> datetime | None:
        """Carry what is urgent to one person, over all their channels; all else waits for the digest.

        Returns:
            `None` if nothing is left to do; else when to try again, and to look again whether its cause still stands:
            the end of quiet hours, or the next try where a server was not reached.
        """

    async def withdraw(self, key: str) -> None:
        """Carry a message no more, whose cause is gone."""

    async def waiting(self, zones: Sequence[str], now: datetime) -> list[str]:
        """The ids of people of these zones for whom a digest waits that they can be sent."""

    async def digest(self, person: str, day: date, now: datetime) -> datetime | None:
        """Carry one person's digest of that day; answers as `deliver` does."""


class Directory(Protocol):
    """Who is who."""

    async def person(self, person: str) -> Person | None:
        """The person of that id."""

    async def people(self) -> list[Person]:
        """Everybody."""


class Calendars(Protocol):
    """Working calendars, resolved into plain days that a workflow can carry (design.md §6 rule 10)."""

    async def calendar(self, calendar: str) -> WorkCalendar:
        """The calendar of that id, for the years round today.

        Raises:
            NotFound: `unknown_calendar`.
        """


class Books(Protocol):
    """The ledgers of neighbours, and what is derived from them. Bound to one namespace."""

    async def append(self, stream: Stream, entries: Sequence[Entry[Any]]) -> None:
        """Keep entries and rewrite what derives from them; any order and any number of repeats converge."""

    async def state(self, stream: Stream) -> NeighbourState | None:
        """The neighbour as its entries tell; none if it has none."""

    async def answered(self, stream: Stream, key: str) -> Answered | None:
        """What a key became; none if it is new."""


class Collections(Protocol):
    """The collections of a company, for tables over all of them."""

    async def running(self, on: date | None = None) -> list[CollectionState]:
        """All with a contract, as they stand; or as they stood at the end of a day."""

    async def customers(self) -> Mapping[str, str]:
        """What customers are called, by account; only those whom somebody has given a title."""


class Policies(Protocol):
    """The company's policy."""

    async def policy(self) -> Policy:
        """The policy that holds now."""


class Catalogues(Protocol):
    """The catalogue of products (domain.md §5)."""

    async def catalogue(self) -> Catalogue:
        """The catalogue that holds now; an empty one where nothing is sold by a catalogue."""


class Customers(Protocol):
    """Whom we have, and who belongs together: departments and sister companies (domain.md §5)."""

    async def known(self, name: str) -> str | None:
        """The account of a customer of ours, or of one to whom somebody is selling, that a name means; else none.

        A name means an account by its id or title, however it is written: see `stagemark.domain.words.folded`.
        """

    async def customer(self, account: str) -> Customer:
        """What is known of an account: how often they ordered, how satisfied they are, and the others of its group."""

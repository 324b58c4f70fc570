"""The composition root: settings in, adapters chosen, client and worker parts out.

Temporal, SQL and holidays are imported by the function that uses them, for each takes longer to load than most commands
to run (the rule of `stagemark.cli`).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stagemark.adapters.own_calendars import Calendars
from stagemark.addresses import check_address, why_unreachable
from stagemark.attributes import ensure_search_attributes
from stagemark.errors import InvalidInput, Unavailable, problems_of

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.worker import Worker

    from stagemark.adapters.books import SqlBooks
    from stagemark.adapters.catalogue import FileCatalogue
    from stagemark.adapters.channels import Channels
    from stagemark.adapters.collections import SqlCollections
    from stagemark.adapters.courier import AppriseCourier
    from stagemark.adapters.customers import SqlCustomers
    from stagemark.adapters.directory import SqlDirectory
    from stagemark.adapters.inbox import SqlInbox
    from stagemark.adapters.ledger import SqlLedger
    from stagemark.adapters.letters import Letters
    from stagemark.adapters.lists import SqlLists
    from stagemark.adapters.policy import FilePolicy
    from stagemark.adapters.refusals import SqlRefusals
    from stagemark.client import Stagemark
    from stagemark.clients.account import Accounts
    from stagemark.clients.aftercare import Aftercare
    from stagemark.clients.collection import Collections
    from stagemark.clients.complaint import Complaints
    from stagemark.clients.neighbours import Neighbours
    from stagemark.plugin import StagemarkPlugin
    from stagemark.readmodel.store import Store
    from stagemark.schedules import LedgerName
    from stagemark.settings import Settings

_WORKFLOW_TASKS = 16
"""At once in one worker. They share one interpreter: more would only make each slow, after an import above all."""

__all__ = ["Calendars", "Engine", "connected", "engine", "ensure_search_attributes", "read_settings"]


def read_settings() -> Settings:
    """Read `STAGEMARK_*`.

    Raises:
        InvalidInput: Everything that is wrong with them.
    """
    from stagemark.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        raise InvalidInput(
            *(p.model_copy(update={"where": f"STAGEMARK_{p.where.upper()}"}) for p in problems_of(error))
        ) from None


@dataclass(frozen=True)
class Engine:
    """Everything on one database and one Temporal namespace.

    Attributes:
        settings: As read.
        temporal: How Temporal is reached: keyword arguments of `Client.connect`.
        store: The database.
        calendars: Working calendars.
    """

    settings: Settings
    temporal: dict[str, Any]
    store: Store
    calendars: Calendars

    @cached_property
    def ledger(self) -> SqlLedger:
        """The list of all events."""
        from stagemark.adapters.ledger import SqlLedger

        return SqlLedger(self.store)

    @cached_property
    def refusals(self) -> SqlRefusals:
        """What was refused."""
        from stagemark.adapters.refusals import SqlRefusals

        return SqlRefusals(self.store)

    @cached_property
    def inbox(self) -> SqlInbox:
        """Where people are told."""
        from stagemark.adapters.inbox import SqlInbox

        return SqlInbox(self.store, self.calendars.resolved(self.settings.calendar), self.policies)

    @cached_property
    def directory(self) -> SqlDirectory:
        """Who is who."""
        from stagemark.adapters.directory import SqlDirectory

        return SqlDirectory(self.store)

    @cached_property
    def channels(self) -> Channels:
        """By which names messages are carried beyond the inbox; addresses are looked up when one is sent.

        Raises:
            InvalidInput: What is wrong with the company's file.
        """
        from stagemark.adapters.channels import Channels, load_channels

        own = load_channels(self.settings.channels) if self.settings.channels else {}
        return Channels(own, os.environ)

    @cached_property
    def letters(self) -> Letters:
        """What is carried beyond the inbox, in words."""
        from stagemark.adapters.letters import Letters

        return Letters(self.settings.letters)

    @cached_property
    def courier(self) -> AppriseCourier:
        """Who carries messages beyond the inbox."""
        from stagemark.adapters.courier import AppriseCourier

        return AppriseCourier(
            self.store, self.inbox, self.directory, self.channels, self.letters, self.policies, self.calendars
        )

    @cached_property
    def books(self) -> SqlBooks:
        """The ledgers of neighbours."""
        from stagemark.adapters.books import SqlBooks

        return SqlBooks(self.store)

    @cached_property
    def policies(self) -> FilePolicy:
        """The company's policy."""
        from stagemark.adapters.policy import FilePolicy

        own = self.settings.policy
        return FilePolicy(own, self.calendars.ids if own else None)

    @cached_property
    def receivables(self) -> SqlCollections:
        """What is collected, over all sales."""
        from stagemark.adapters.collections import SqlCollections

        return SqlCollections(self.store)

    @cached_property
    def lists(self) -> SqlLists:
        """What is asked over all sales and accounts."""
        from stagemark.adapters.lists import SqlLists

        return SqlLists(self.store, self.receivables, self.policies, self.calendars, self.present)

    @cached_property
    def catalogues(self) -> FileCatalogue:
        """The catalogue of products."""
        from stagemark.adapters.catalogue import FileCatalogue

        return FileCatalogue(self.settings.catalogue)

    @cached_property
    def customers(self) -> SqlCustomers:
        """Whom we have."""
        from stagemark.adapters.customers import SqlCustomers

        return SqlCustomers(self.store)

    async def present(self) -> datetime:
        """The present of this ledger, UTC: now, or its last record where that is ahead, made in virtual time."""
        from stagemark.readmodel.courses import last_recorded

        last = await self.store.read(lambda connection: last_recorded(connection, self.store.namespace))
        now = datetime.now(UTC)
        return max(now, last or now)

    def plugin(self) -> StagemarkPlugin:
        """The plugin on these adapters, for a worker or client of the host's own."""
        from stagemark.plugin import StagemarkPlugin

        return StagemarkPlugin(
            ledger=self.ledger,
            notifier=self.inbox,
            directory=self.directory,
            calendars=self.calendars,
            books=self.books,
            policies=self.policies,
            catalogues=self.catalogues,
            customers=self.customers,
            collections=self.receivables,
            courier=self.courier,
            messages_per_second=self.settings.messages_per_second,
        )

    async def connect(self, *, adopt: bool = False) -> Client:
        """A Temporal client with the plugin.

        Args:
            adopt: Whether to connect although the namespace's workers write to another ledger.

        Raises:
            InvalidInput: `temporal_address`, `ledger_other`, `ledger_replaced`.
            Unavailable: `server_unreachable`, `not_allowed`.
        """
        from temporalio.client import Client

        from stagemark.readmodel.identity import known_identity
        from stagemark.schedules import check_ledger

        check_address(address := self.temporal["target_host"])
        try:
            client = await Client.connect(**self.temporal, plugins=[self.plugin()])
        except RuntimeError as error:  # the SDK's word for a connection that fails
            raise Unavailable.of("server_unreachable", address=address, why=why_unreachable(str(error))) from error
        if not adopt:
            await check_ledger(client, self._ledger_name(await known_identity(self.store)))
        return client

    async def ensure_schedules(self, client: Client, *, adopt: bool = False) -> None:
        """Create what is started by the clock, or bring it up to date; a repeat changes nothing.

        Args:
            client: Whose workers will write to this ledger.
            adopt: Whether they change over to it if they wrote to another one.

        Raises:
            InvalidInput: `ledger_other`, `ledger_replaced`.
            Unavailable: What keeps the server from it.
        """
        from stagemark.readmodel.identity import identity
        from stagemark.schedules import ensure_digests, ensure_receivables

        own = self._ledger_name(await identity(self.store))
        await ensure_digests(client, self.settings.task_queue, own, adopt)
        await ensure_receivables(client, (await self.policies.policy()).collection.table, self.settings.task_queue)

    def _ledger_name(self, known: str | None) -> LedgerName:
        """How this ledger is told from others."""
        from stagemark.schedules import LedgerName

        where = self.store.address
        return LedgerName(known, str(Path(where).absolute()) if self.store.sqlite else where)

    def worker(self, client: Client) -> Worker:
        """A worker: all that it does comes with the plugin."""
        from temporalio.worker import Worker

        from stagemark.plugin import build_id

        return Worker(
            client,
            task_queue=self.settings.task_queue,
            build_id=build_id(),
            max_concurrent_workflow_tasks=_WORKFLOW_TASKS,
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Client]:
        """A worker at work, with what is started by the clock.

        Raises:
            StagemarkError: As `connect` and `ensure_schedules`.
        """
        client = await self.connect()
        await self.ensure_schedules(client)
        async with self.worker(client):
            yield client

    def sales(self, client: Client, **simulation: Any) -> Stagemark:
        """The client of sales; `simulation` may set what `Living` has."""
        from stagemark.client import Stagemark

        asking = self.neighbours(client, **simulation)
        return Stagemark(client, ledger=self.ledger, asking=asking, **self._calling(simulation))

    def neighbours(self, client: Client, **simulation: Any) -> Neighbours:
        """The way to a sale's neighbours, by which each kind has its client; `simulation` as in `sales`."""
        from stagemark.clients.neighbours import Neighbours

        ports: dict[str, Any] = {"books": self.books, "policies": self.policies, "catalogues": self.catalogues}
        return Neighbours(client, directory=self.directory, **ports, **self._calling(simulation))

    def accounts(self, client: Client, **simulation: Any) -> Accounts:
        """The client of accounts; `simulation` as in `sales`."""
        from stagemark.clients.account import Accounts

        return Accounts(self.neighbours(client, **simulation), self.sales(client, **simulation), self.ledger)

    def aftercare(self, client: Client, **simulation: Any) -> Aftercare:
        """The client of what comes after the contract; `simulation` as in `sales`."""
        from stagemark.clients.aftercare import Aftercare, Ports

        ports = Ports(self.ledger, self.policies, self.calendars, self.catalogues, self.customers, self.directory)
        return Aftercare(self.sales(client, **simulation), self.neighbours(client, **simulation), ports)

    def complaints(self, client: Client, **simulation: Any) -> Complaints:
        """The client of complaints; `simulation` as in `sales`."""
        from stagemark.clients.complaint import Complaints
        from stagemark.clients.known import Known

        asking = self.neighbours(client, **simulation)
        return Complaints(asking, Known(self.sales(client, **simulation), asking, self.customers))

    def collections(self, client: Client, **simulation: Any) -> Collections:
        """The client of what is collected; `simulation` as in `sales`."""
        from stagemark.clients.collection import Collections

        return Collections(self.neighbours(client, **simulation), self.sales(client, **simulation))

    def _calling(self, simulation: dict[str, Any]) -> dict[str, Any]:
        """What every client is made with."""
        return {
            "refusals": self.refusals,
            "calendars": self.calendars,
            "task_queue": self.settings.task_queue,
            "timeout": timedelta(seconds=self.settings.call_timeout),
            "jitter": self.settings.late,
            "continue_after": self.settings.continue_after,
            **simulation,
        }


@asynccontextmanager
async def engine(settings: Settings | None = None, *, new: bool = True, **temporal: Any) -> AsyncIterator[Engine]:
    """Open the database, with all its migrations, for as long as the context lasts.

    Args:
        settings: By default as read from the environment.
        new: Whether to begin a ledger where there is none yet: for who runs workers or brings in data, since of
            another ledger than the workers' nothing told to a sale is written. Only a file can be missing so.
        temporal: Goes before `TEMPORAL_*`: for example `target_host` of the embedded server, or a `namespace`.

    Raises:
        InvalidInput: Settings, calendars or the database's URL are wrong.
        NotFound: `ledger_missing`.
        Unavailable: The database can't be had.
    """
    from stagemark.readmodel.migrate import make_room, migrate, take_back
    from stagemark.readmodel.store import open_store

    settings = settings or read_settings()
    where = {"target_host": "localhost:7233", "namespace": "default", **_temporal(), **temporal}
    store = open_store(settings.database_url, where["namespace"])
    begun = False
    try:
        begun = make_room(store, new)
        await migrate(store)
        yield Engine(settings, where, store, Calendars(settings.calendars))
    except InvalidInput as refused:
        if begun and refused.code in ("ledger_other", "ledger_replaced"):
            await take_back(store)
        raise
    finally:
        await store.close()


@asynccontextmanager
async def connected(settings: Settings | None = None, **temporal: Any) -> AsyncIterator[Stagemark]:
    """A client of sales on a ledger that is there; raises as `engine` and `Engine.connect` do."""
    async with engine(settings, new=False, **temporal) as parts:
        yield parts.sales(await parts.connect())


def _temporal() -> dict[str, Any]:
    """What `TEMPORAL_*` and Temporal's own profiles say; nothing without loading Temporal where there are none."""
    from typer import get_app_dir

    if not any(name.startswith("TEMPORAL_") for name in os.environ) and not Path(get_app_dir("temporalio")).exists():
        return {}
    from temporalio.envconfig import ClientConfig

    try:
        return dict(ClientConfig.load_client_connect_config())
    except (RuntimeError, ValueError, OSError) as error:  # a profile, a value or a certificate that can't be read
        raise InvalidInput.of("temporal_config", why=str(error).partition("\n")[0]) from None  # the rest quotes keys

"""The ledger against the histories of a real server: they agree, and every difference is named."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from temporalio.client import Client
from temporalio.worker import Worker

from stagemark.adapters.books import SqlBooks
from stagemark.adapters.directory import SqlDirectory
from stagemark.adapters.inbox import SqlInbox
from stagemark.adapters.ledger import SqlLedger
from stagemark.adapters.refusals import SqlRefusals
from stagemark.client import Stagemark
from stagemark.contracts.names import TASK_QUEUE
from stagemark.domain.commands import Record
from stagemark.domain.events import Event
from stagemark.plugin import StagemarkPlugin
from stagemark.readmodel import histories
from stagemark.readmodel.audit import Audited, Difference, Kept, Told, audit, compared
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.schema import ledger
from stagemark.readmodel.store import Store, open_store
from stagemark.testing import MemoryCatalogues, MemoryCustomers, MemoryPolicies, PlainCalendars, Platform, real_server
from tests.sales import PLAYBOOK, handle


class Breakable(SqlLedger):
    """A ledger that can be out of order."""

    broken = False

    async def append(self, opportunity: str, events: Sequence[Event]) -> None:
        if self.broken:
            raise ValueError("the disk is full\nand much more")
        await super().append(opportunity, events)


@dataclass
class Host:
    """A server, a worker and a client of sales, on a ledger in SQL."""

    store: Store
    client: Client
    sales: Stagemark
    ledger: Breakable

    async def written(self, sale: str, count: int) -> None:
        """Let the run have written so many events."""
        written = select(ledger.c.sequence).where(ledger.c.opportunity == sale)
        while len(await self.store.read(lambda c: c.execute(written).all())) < count:
            await self.client.service_client.check_health()

    async def audited(self) -> Audited:
        return await audit(self.store, self.client)


@pytest_asyncio.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    store = open_store(f"sqlite:///{tmp_path / 'stagemark.db'}")
    await migrate(store)
    kept, calendars = Breakable(store), PlainCalendars()
    plugin = StagemarkPlugin(
        ledger=kept,
        notifier=SqlInbox(store),
        directory=SqlDirectory(store),
        calendars=calendars,
        books=SqlBooks(store),
        policies=MemoryPolicies(),
        catalogues=MemoryCatalogues(),
        customers=MemoryCustomers(),
    )
    async with real_server(plugin) as server, Worker(server.client, task_queue=TASK_QUEUE):
        sales = Stagemark(
            server.client,
            ledger=kept,
            asking=Platform().neighbours(server.client),
            refusals=SqlRefusals(store),
            calendars=calendars,
            jitter=timedelta(0),
            continue_after=30,
        )
        yield Host(store, server.client, sales, kept)
    await store.close()


async def test_ledger_and_histories_agree_and_every_difference_is_named(host: Host) -> None:
    for sale in ("ended", "long", "short"):
        await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
        await host.sales.mark(sale, "find", "start", actor="wang")
    await host.sales.lose("ended", "price", actor="wang")
    await handle(host.client, "ended").result()
    await host.sales.reopen("ended", "they called", actor="wang")  # goes on from the ledger, in a run of its own
    for note in range(20):  # over several runs
        await host.sales.record("long", Record(note=f"call {note}"), actor="wang")
    for sale, count in (("ended", 4), ("long", 22), ("short", 2)):
        await host.written(sale, count)

    found = await host.audited()
    assert found.agrees
    assert (found.sales, found.events, found.differences, found.expired) == (3, 28, [], [])
    assert found.runs >= 5

    def row_of(sale: str, sequence: int) -> ColumnElement[bool]:
        return and_(ledger.c.opportunity == sale, ledger.c.sequence == sequence)

    second = select(ledger).where(row_of("short", 2))
    row = await host.store.read(lambda c: c.execute(second).mappings().one())
    await host.store.write(lambda c: c.execute(delete(ledger).where(row_of("long", 7))))
    await host.store.write(lambda c: c.execute(update(ledger).where(row_of("ended", 2)).values(hash="forged")))
    await host.store.write(lambda c: c.execute(insert(ledger), [{**row, "sequence": 3}]))
    await host.store.write(lambda c: c.execute(insert(ledger), [{**row, "opportunity": "invented"}]))

    found = await host.audited()
    assert not found.agrees
    assert found.differences == [
        Difference(opportunity="ended", sequence=2, kind="differs"),
        Difference(opportunity="long", sequence=7, kind="missing_in_ledger"),
        Difference(opportunity="short", sequence=3, kind="missing_in_history"),
    ]
    assert found.without_run == ["invented"]


async def test_a_run_in_which_something_fails_again_and_again_is_named(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "OFTEN", 2)
    host.ledger.broken = True
    await host.sales.open("stuck", PLAYBOOK, account="A-1", owner="wang", actor="wang")
    while not (found := await host.audited()).stuck:
        await host.client.service_client.check_health()
    assert found.stuck == [("stuck", "stagemark.record: the disk is full")]
    assert not found.agrees
    host.ledger.broken = False
    await host.written("stuck", 1)
    while (found := await host.audited()).pending or found.stuck:
        await host.client.service_client.check_health()
    assert found.agrees


def test_what_is_pending_expired_or_imported_is_no_difference() -> None:
    told = {
        "opportunity:late": Told(events={1: "a"}, written={1}, acknowledged={1, 2}, runs=1),
        "opportunity:resumed": Told(events={3: "c"}, written={3}, whole=False, runs=1),
    }
    kept = {
        "opportunity:late": Kept({1: "a"}, imported=False, ended=False),
        "opportunity:resumed": Kept({1: "a", 2: "b", 3: "c"}, imported=False, ended=False),
        "opportunity:gone": Kept({1: "a"}, imported=False, ended=True),
        "opportunity:table": Kept({1: "a"}, imported=True, ended=True),
    }
    found = compared(told, kept)
    assert found.agrees
    assert found.pending == [("late", 2)]
    assert found.expired == ["gone", "resumed"]
    assert (found.imported, found.sales, found.events) == (1, 4, 6)

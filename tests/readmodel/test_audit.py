"""The ledger against the histories of a real server: they agree, and every difference is named."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from temporalio.client import Client
from temporalio.worker import Worker

from stagemark.adapters.directory import SqlDirectory
from stagemark.adapters.inbox import SqlInbox
from stagemark.adapters.ledger import SqlLedger
from stagemark.adapters.refusals import SqlRefusals
from stagemark.client import Stagemark
from stagemark.contracts.names import TASK_QUEUE
from stagemark.domain.commands import Record
from stagemark.plugin import StagemarkPlugin
from stagemark.readmodel.audit import Audited, Difference, Kept, Told, audit, compared
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.schema import ledger
from stagemark.readmodel.store import Store, open_store
from stagemark.testing import PlainCalendars, real_server
from tests.sales import PLAYBOOK, handle


@dataclass
class Host:
    """A server, a worker and a client of sales, on a ledger in SQL."""

    store: Store
    client: Client
    sales: Stagemark

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
    kept, calendars = SqlLedger(store), PlainCalendars()
    plugin = StagemarkPlugin(ledger=kept, notifier=SqlInbox(store), directory=SqlDirectory(store), calendars=calendars)
    async with real_server(plugin) as server, Worker(server.client, task_queue=TASK_QUEUE):
        sales = Stagemark(
            server.client,
            ledger=kept,
            refusals=SqlRefusals(store),
            calendars=calendars,
            jitter=timedelta(0),
            continue_after=30,
        )
        yield Host(store, server.client, sales)
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


def test_what_is_pending_expired_or_imported_is_no_difference() -> None:
    told = {
        "late": Told(events={1: "a"}, written={1}, acknowledged={1, 2}, runs=1),
        "resumed": Told(events={3: "c"}, written={3}, whole=False, runs=1),
    }
    kept = {
        "late": Kept({1: "a"}, imported=False, ended=False),
        "resumed": Kept({1: "a", 2: "b", 3: "c"}, imported=False, ended=False),
        "gone": Kept({1: "a"}, imported=False, ended=True),
        "table": Kept({1: "a"}, imported=True, ended=True),
    }
    found = compared(told, kept)
    assert found.agrees
    assert found.pending == [("late", 2)]
    assert found.expired == ["gone", "resumed"]
    assert (found.imported, found.sales, found.events) == (1, 4, 6)

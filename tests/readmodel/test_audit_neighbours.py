"""The ledgers of neighbours against the histories of a real server: they agree, and every difference is named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

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
from stagemark.clients.complaint import Complaints
from stagemark.clients.neighbours import Neighbours
from stagemark.contracts.names import TASK_QUEUE
from stagemark.domain.complaint.policy import STEPS
from stagemark.plugin import StagemarkPlugin
from stagemark.readmodel import histories
from stagemark.readmodel.audit import Audited, Difference, Kept, Told, audit, compared
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.common import entries
from stagemark.testing import MemoryCatalogues, MemoryCustomers, MemoryPolicies, PlainCalendars, real_server


@dataclass
class Host:
    """A server, and a client of complaints, on ledgers in SQL; its worker runs while it is asked something."""

    store: Store
    client: Client
    complaints: Complaints

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        async with Worker(self.client, task_queue=TASK_QUEUE):
            yield

    async def written(self, complaint: str, kind: str) -> None:
        """Let the run have written that."""
        found = select(entries.c.sequence).where(entries.c.id == complaint, entries.c.kind == kind)
        while not await self.store.read(lambda c: c.execute(found).all()):
            await self.client.service_client.check_health()

    async def settled(self, complaint: str) -> None:
        for step in STEPS:
            await self.complaints.step(complaint, step, "so", True if step == "ask" else None, actor="wang")

    async def audited(self) -> Audited:
        return await audit(self.store, self.client)


@pytest_asyncio.fixture
async def host(store: Store) -> AsyncIterator[Host]:
    calendars, policies, books = PlainCalendars(), MemoryPolicies(), SqlBooks(store)
    plugin = StagemarkPlugin(
        ledger=SqlLedger(store),
        notifier=SqlInbox(store),
        directory=SqlDirectory(store),
        calendars=calendars,
        books=books,
        policies=policies,
        catalogues=MemoryCatalogues(),
        customers=MemoryCustomers(),
    )
    async with real_server(plugin) as server:
        asking = Neighbours(
            server.client, books=books, directory=SqlDirectory(store), policies=policies, calendars=calendars,
            refusals=SqlRefusals(store), catalogues=MemoryCatalogues(), jitter=timedelta(0), continue_after=60,
        )  # fmt: skip
        yield Host(store, server.client, Complaints(asking))


def row_of(complaint: str, sequence: int) -> ColumnElement[bool]:
    return and_(entries.c.stream == "complaint", entries.c.id == complaint, entries.c.sequence == sequence)


async def test_ledgers_and_histories_agree_and_every_difference_is_named(host: Host) -> None:
    async with host.working():
        for complaint in ("ended", "open", "short"):
            await host.complaints.raise_(complaint, "acme", "wang", "It is dead.", actor="wang")
        await host.settled("ended")
        await host.complaints.close("ended", actor="wang")
        await host.client.get_workflow_handle("complaint:ended").result()
        await host.complaints.reopen("ended", "It came back.", actor="wang")  # goes on from the ledger, in another run
        for _ in range(3):  # over several runs
            await host.complaints.step("open", "listen", "so", actor="wang")
            await host.complaints.step("open", "apologise", "so", actor="wang")
            await host.complaints.step("open", "collect", "so", actor="wang")
            await host.complaints.propose("open", "We repair it.", actor="wang")
            for _ in range(4):
                await host.complaints.view("open", "No.", accepted=False, actor="wang")
                await host.complaints.propose("open", "A new one.", "li", actor="wang")
            await host.complaints.view("open", "Fine.", accepted=True, actor="wang")
            await host.complaints.step("open", "follow_up", "so", actor="wang")
            await host.complaints.close("open", actor="wang")
            await host.complaints.reopen("open", "It came back.", actor="wang")
        await host.written("ended", "open_again")
        await host.written("short", "raise")
        while (found := await host.audited()).pending or found.neighbours < 4:
            continue  # their account among them, which hears of each
    assert found.agrees, found
    assert (found.sales, found.differences, found.expired, found.unheard) == (0, [], [], [])
    assert found.runs >= 6

    second = select(entries).where(row_of("short", 1))
    row = await host.store.read(lambda c: c.execute(second).mappings().one())
    await host.store.write(lambda c: c.execute(delete(entries).where(row_of("open", 7))))
    await host.store.write(lambda c: c.execute(update(entries).where(row_of("ended", 2)).values(hash="forged")))
    await host.store.write(lambda c: c.execute(insert(entries), [{**row, "sequence": 99}]))
    await host.store.write(lambda c: c.execute(insert(entries), [{**row, "id": "invented"}]))
    found = await host.audited()
    assert not found.agrees
    assert found.differences == [
        Difference(opportunity="complaint:ended", sequence=2, kind="differs"),
        Difference(opportunity="complaint:open", sequence=7, kind="missing_in_ledger"),
        Difference(opportunity="complaint:short", sequence=99, kind="missing_in_history"),
    ]
    assert found.without_run == ["complaint:invented"]


def test_a_fact_that_nobody_will_record_any_more_is_named_and_one_that_waits_is_not() -> None:
    told = {
        "account:acme": Told(events={1: "a"}, written={1}, heard={"k1", "k2"}, runs=1),
        "account:beta": Told(events={1: "a"}, written={1}, heard={"k1", "k2"}, runs=1, running=True),
        "complaint:C-1": Told(events={3: "c"}, written={1, 2, 3}, acknowledged={4}, whole=False, runs=1, running=True),
    }
    one = Kept({1: "a"}, imported=False, ended=False, keys=frozenset({"k1"}))
    kept = {
        "account:acme": one,
        "account:beta": one,
        "complaint:C-1": Kept({1: "a", 2: "b", 3: "c"}, imported=False, ended=False),
        "collection:S-1": Kept({1: "a"}, imported=False, ended=True),
    }
    found = compared(told, kept)
    assert found.unheard == [("account:acme", "k2")]
    assert not found.agrees
    assert found.pending == [("complaint:C-1", 4)]
    assert found.expired == ["collection:S-1", "complaint:C-1"]
    assert (found.sales, found.neighbours, found.entries) == (0, 4, 6)


async def test_a_run_whose_task_fails_again_and_again_is_named(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "OFTEN", 2)
    async with host.working():
        await host.complaints.raise_("stuck", "acme", "wang", "It is dead.", actor="wang")
        await host.written("stuck", "raise")
        await host.client.get_workflow_handle("complaint:stuck").signal("tell", {"key": "k"})
        while not (found := await host.audited()).stuck:
            await host.client.service_client.check_health()
        ((name, why),) = found.stuck
        assert name == "complaint:stuck"
        assert why.startswith("workflow task: ")
        assert not found.agrees
        await host.client.get_workflow_handle("complaint:stuck").terminate()

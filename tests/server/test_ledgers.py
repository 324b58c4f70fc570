"""Who is on another ledger than the namespace's workers, and how that is found out (decision 0049)."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from stagemark import bootstrap
from stagemark.bootstrap import Engine
from stagemark.errors import InvalidInput
from stagemark.schedules import DAILY
from stagemark.settings import Settings
from stagemark.testing import Platform, real_server


@pytest.fixture
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with real_server(Platform().plugin()) as environment:
        yield environment


@asynccontextmanager
async def ledger(server: WorkflowEnvironment, file: Path) -> AsyncIterator[Engine]:
    address = server.client.service_client.config.target_host
    async with bootstrap.engine(Settings(database_url=f"sqlite:///{file}"), target_host=address) as engine:
        yield engine


async def test_a_worker_or_client_on_another_ledger_is_refused_until_that_is_adopted(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    async with ledger(server, first) as ours, ledger(server, second) as other:
        await other.connect()  # nobody has written anywhere yet
        async with ours.working():
            await ours.connect()
            with pytest.raises(InvalidInput) as refused:
                await other.connect()
            assert refused.value.code == "ledger_other"
            assert str(first) in refused.value.text()
            assert str(second) in refused.value.text("zh")
            with pytest.raises(InvalidInput, match=r"first\.db"):
                async with other.working():
                    pytest.fail("it would write to a ledger that nobody else reads")

        await other.ensure_schedules(await other.connect(adopt=True), adopt=True)
        async with other.working():
            pass
        with pytest.raises(InvalidInput, match=r"second\.db"):
            await ours.connect()


async def test_two_who_begin_at_once_on_two_ledgers_do_not_both_write(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with ledger(server, tmp_path / "first.db") as ours, ledger(server, tmp_path / "second.db") as other:
        clients = [await ours.connect(), await other.connect()]
        await ours.ensure_schedules(clients[0])
        with pytest.raises(InvalidInput) as refused:
            await other.ensure_schedules(clients[1])
        assert refused.value.code == "ledger_other"


async def test_a_copy_of_the_database_is_the_same_ledger(server: WorkflowEnvironment, tmp_path: Path) -> None:
    async with ledger(server, tmp_path / "old.db") as ours, ours.working():
        pass
    (tmp_path / "new").mkdir()
    shutil.move(tmp_path / "old.db", tmp_path / "new")
    async with ledger(server, tmp_path / "new" / "old.db") as moved, moved.working():
        pass
    async with ledger(server, tmp_path / "third.db") as other:
        with pytest.raises(InvalidInput, match=r"new/old\.db"):
            await other.connect()


async def test_an_operators_pause_keeps_the_schedule_saying_which_ledger_it_is(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with ledger(server, tmp_path / "first.db") as ours, ours.working() as client:
        await client.get_schedule_handle(DAILY).pause(note="no digests over the holidays")
        async with ours.working():
            pass
        told = await client.get_schedule_handle(DAILY).describe()
        assert (told.schedule.state.paused, told.schedule.state.note) == (True, "no digests over the holidays")
    async with ledger(server, tmp_path / "second.db") as other:
        with pytest.raises(InvalidInput, match="ledger"):
            await other.connect()

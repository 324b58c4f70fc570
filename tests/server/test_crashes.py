"""Workers that are killed and servers that are stopped: what was acknowledged is there, once (the real thing)."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from stagemark import bootstrap
from stagemark.bootstrap import Engine
from stagemark.embedded import embedded_server
from stagemark.errors import Unavailable
from stagemark.settings import Settings
from stagemark.testing import free_port
from tests.sales import PLAYBOOK, handle, until

ROOT = Path(__file__).parents[2]
SALES = [f"S-{number}" for number in range(4)]


@asynccontextmanager
async def worker_process(settings: Settings, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python worker.py`, ended when the context is left, if it still runs."""
    environment = os.environ | {"TEMPORAL_ADDRESS": address, "STAGEMARK_DATABASE_URL": settings.database_url}
    process = await asyncio.create_subprocess_exec(sys.executable, "worker.py", cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0


async def record_all(engine: Engine, turns: int, done: asyncio.Event) -> list[tuple[str, int]]:
    """Record evidence in every sale, with keys, trying again as a caller would; what was acknowledged."""
    sales = engine.sales(await engine.connect())
    acknowledged: list[tuple[str, int]] = []

    async def caller(sale: str) -> None:
        for turn in range(turns):
            while True:
                try:
                    receipt = await sales.add_evidence(sale, {"budget": turn}, actor="wang", key=f"{sale}-{turn}")
                    break
                except Unavailable:
                    continue
            acknowledged.extend((sale, sequence) for sequence in receipt.sequences)
            if len(acknowledged) == len(SALES) * turns // 2:
                done.set()

    await asyncio.gather(*map(caller, SALES))
    return acknowledged


async def check_ledger(engine: Engine, acknowledged: list[tuple[str, int]], each: int) -> None:
    """Every acknowledged event is there once, and chained."""
    for sale in SALES:

        async def complete(sale: str = sale) -> bool:
            return len(await engine.ledger.events(sale)) == each

        await until(complete, seconds=60)
        kept = await engine.ledger.events(sale)
        told = sorted(sequence for whose, sequence in acknowledged if whose == sale)
        assert [event.sequence for event in kept] == list(range(1, each + 1))
        assert [event.sequence for event in kept if event.kind == "record"] == told
        assert [event.previous for event in kept] == ["", *(event.hash for event in kept[:-1])]


@pytest.mark.timeout(180)
async def test_a_killed_worker_loses_and_doubles_nothing(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/stagemark.db", call_timeout=40)
    async with (
        embedded_server(None, free_port(), free_port()) as server,
        bootstrap.engine(settings, target_host=server.address) as engine,
    ):
        half = asyncio.Event()
        async with worker_process(settings, server.address) as first:
            await open_all(engine)
            calls = asyncio.create_task(record_all(engine, 20, half))
            await half.wait()
            first.kill()
            assert await first.wait() == -signal.SIGKILL
        async with worker_process(settings, server.address):
            acknowledged = await calls
            await check_ledger(engine, acknowledged, 21)


@pytest.mark.timeout(180)
async def test_a_server_that_stops_and_starts_again_on_its_file_goes_on(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/stagemark.db", call_timeout=40, jitter=0)
    port, ui = free_port(), free_port()
    file = tmp_path / "temporal.db"
    address = f"127.0.0.1:{port}"
    half = asyncio.Event()
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(bootstrap.engine(settings, target_host=address))
        async with embedded_server(file, port, ui):
            await stack.enter_async_context(worker_process(settings, address))
            await open_all(engine)
            calls = asyncio.create_task(record_all(engine, 20, half))
            await half.wait()
        async with embedded_server(file, port, ui):
            acknowledged = await calls
            await check_ledger(engine, acknowledged, 21)
            client = await engine.connect()
            skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
            await skipper.fast_forward(handle(client, "S-0"), timedelta(days=6))

            async def fired() -> bool:
                return any(event.kind == "fired" for event in await engine.ledger.events("S-0"))

            await until(fired, seconds=60)


async def open_all(engine: Engine) -> None:
    sales = engine.sales(await engine.connect())
    for sale in SALES:
        await sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")

"""Where things are measured: an embedded server, a database, and one worker that has both stagemark and the peer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor, Worker

from benchmarks.peer import Peer, nothing
from stagemark import bootstrap
from stagemark.client import Stagemark
from stagemark.contracts.messages import LedgerBatch
from stagemark.embedded import embedded_server
from stagemark.settings import Settings
from stagemark.testing import free_port

__all__ = ["Done", "Place", "place"]


class Done(Interceptor):
    """Counts what the activities have done: ledger rows written, updates for which the peer's has run."""

    def __init__(self) -> None:
        """Begin at none."""
        self.rows = 0
        self.peer = 0
        self._changed = asyncio.Condition()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See base class."""
        return _Counting(next, self)

    async def count(self, argument: Any) -> None:
        """An activity with this argument has ended."""
        async with self._changed:
            if isinstance(argument, LedgerBatch):
                self.rows += len(argument.events)
            elif isinstance(argument, int):
                self.peer += argument
            self._changed.notify_all()

    async def until(self, rows: int = 0, peer: int = 0) -> None:
        """Wait until so much is done."""
        async with self._changed, asyncio.timeout(60):
            await self._changed.wait_for(lambda: self.rows >= rows and self.peer >= peer)


class _Counting(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, done: Done) -> None:
        super().__init__(next)
        self._done = done

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        result = await super().execute_activity(input)
        await self._done.count(input.args[0])
        return result


@dataclass(frozen=True)
class Place:
    """A server with a worker.

    Attributes:
        client: Temporal's client.
        engine: The adapters.
        sales: The client of sales.
        queue: The worker's task queue.
        done: What its activities have done.
        server_file: The server's file; none if it keeps everything in memory.
    """

    client: Client
    engine: bootstrap.Engine
    sales: Stagemark
    queue: str
    done: Done
    server_file: Path | None


@asynccontextmanager
async def place(folder: Path, *, on_file: bool, **simulation: Any) -> AsyncIterator[Place]:
    """Run a server, on its file or in memory, with the ledger in an SQLite file."""
    file = folder / "temporal.db" if on_file else None
    settings = Settings(database_url=f"sqlite:///{folder / 'stagemark.db'}")
    async with (
        embedded_server(file, free_port(), free_port(), log=folder / "temporal.log") as server,
        bootstrap.engine(settings, target_host=server.address, namespace="default") as engine,
    ):
        client = await engine.connect()
        done = Done()
        worker = Worker(
            client, task_queue=settings.task_queue, workflows=[Peer], activities=[nothing], interceptors=[done]
        )
        async with worker:
            yield Place(client, engine, engine.sales(client, **simulation), settings.task_queue, done, file)

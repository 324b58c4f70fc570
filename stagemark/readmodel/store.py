"""The read model's store: one database, SQLite or PostgreSQL, and the transactions on it (design.md §8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from stagemark.errors import InvalidInput, Unavailable

__all__ = ["Store", "open_store"]

BUSY_TIMEOUT = 10_000
"""Milliseconds for which a writer waits on another process's write to an SQLite file."""
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Store:
    """One namespace of a database.

    Attributes:
        engine: SQLAlchemy's engine.
        namespace: First part of every key.
    """

    def __init__(self, engine: AsyncEngine, namespace: str) -> None:
        """Use `open_store`."""
        self.engine = engine
        self.namespace = namespace
        # SQLite has one writer. Within a process they queue here: its own waiting sleeps and is unfair.
        self._turn = asyncio.Lock() if self.sqlite else None

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """Where it is, without the password: the file, or the URL."""
        url = self.engine.url
        return (url.database or "") if self.sqlite else url.render_as_string(hide_password=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, and sees one state of the database throughout.

        Raises:
            Unavailable: `store_unreachable`, `store_locked`, `store_unwritable`, `store_not_migrated`.
        """
        async with self._translated(), self.engine.connect() as connection:
            if not self.sqlite:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def write(self, sale: str | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; no other one writes the same sale, or none given, any sale of the namespace.

        Args:
            sale: The only sale whose rows it writes.

        Raises:
            Unavailable: As `read`.
        """
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._translated())
            if self._turn is not None:
                await stack.enter_async_context(self._turn)
            connection = await stack.enter_async_context(self.engine.connect())
            await connection.execution_options(stagemark_writes=True)
            await stack.enter_async_context(connection.begin())
            if not self.sqlite:
                await self._lock(connection, sale)
            yield connection

    async def _lock(self, connection: AsyncConnection, sale: str | None) -> None:
        """Advisory locks of PostgreSQL: writers of single sales share the namespace, a bulk writer has it alone."""
        namespace = func.hashtextextended(f"stagemark:{self.namespace}", 0)
        if sale is None:
            await connection.execute(select(func.pg_advisory_xact_lock(namespace)))
            return
        row = func.hashtextextended(f"stagemark:{self.namespace}:{sale}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock_shared(namespace)))
        await connection.execute(select(func.pg_advisory_xact_lock(row)))

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except DBAPIError as problem:
            code = _code_of(problem, self.sqlite)
            if code is None:
                raise
            # The cause is left out: a driver's words can repeat the address it was given, password and all.
            raise Unavailable.of(code, store=self.address) from None
        except OSError:
            raise Unavailable.of("store_unreachable", store=self.address) from None

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()


def open_store(url: str, namespace: str = "default") -> Store:
    """Make a store of a database's URL; nothing is connected yet.

    Args:
        url: Such as `sqlite:///stagemark.db` or `postgresql://user:password@host/database`.
        namespace: Whose rows: several installations can share a database.

    Raises:
        InvalidInput: `store_url`: it is no URL of SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
        parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
        engine = _engine(parsed)
    except (ArgumentError, NoSuchModuleError, KeyError, ValueError):
        raise InvalidInput.of("store_url", "database_url") from None
    return Store(engine, namespace)


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "client_encoding": "utf8"},
        )
    if url.database is not None and not url.database.startswith(("file:", ":")):
        url = url.set(database=str(Path(url.database).expanduser()))
    # The driver's own transaction control begins too late for a consistent read; `_begin` does it instead.
    engine = create_async_engine(
        url, hide_parameters=True, connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT / 1000}
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes can't wait for another writer; so a writer says so at once.
    writes = connection.get_execution_options().get("stagemark_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _code_of(problem: DBAPIError, sqlite: bool) -> str | None:
    """Which of our problems a driver's error is; none if it is a mistake in our SQL."""
    said = str(problem.orig).lower()
    if sqlite:
        if "no such table" in said or "no such column" in said:
            return "store_not_migrated"
        if "locked" in said or "busy" in said:
            return "store_locked"
        broken = ("readonly", "unable to open", "disk", "full", "not a database", "malformed")
        return "store_unwritable" if any(word in said for word in broken) else None
    state = getattr(problem.orig, "sqlstate", None) or ""
    if state in ("42P01", "42703"):  # undefined table or column
        return "store_not_migrated"
    if state in ("55P03", "40P01", "40001"):  # lock not available, deadlock, serialization failure
        return "store_locked"
    if state in ("42501", "25006", "53100"):  # no privilege, read-only transaction, disk full
        return "store_unwritable"
    # no state: it never got through; 08 connection, 28 authorization, 3D no such database, 53 resources, 57 shutdown
    unreachable = type(problem.orig).__name__ == "OperationalError" and not state
    return "store_unreachable" if unreachable or state[:2] in ("08", "28", "3D", "53", "57") else None

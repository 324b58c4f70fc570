"""The read model's store: one database, SQLite or PostgreSQL, and the transactions on it (design.md §8)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from stagemark.errors import InvalidInput, Unavailable

__all__ = ["Store", "open_store"]

BUSY_TIMEOUT = 10_000
"""Milliseconds for which a writer waits on another process's write to an SQLite file."""
THREADS = 4
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

T = TypeVar("T")


class Store:
    """One namespace of a database. Work on it is plain functions of a connection, each run in a thread as a whole.

    So a transaction is one hop away from the event loop, not three for each statement
    (docs/decisions/0010-database-work-in-threads.md).

    Attributes:
        engine: SQLAlchemy's engine.
        namespace: First part of every key.
    """

    def __init__(self, engine: Engine, namespace: str) -> None:
        """Use `open_store`."""
        self.engine = engine
        self.namespace = namespace
        self._readers = ThreadPoolExecutor(THREADS, "stagemark-read")
        # SQLite has one writer at a time; a queue is fair, where its own waiting sleeps and is not.
        self._writers = ThreadPoolExecutor(1 if self.sqlite else THREADS, "stagemark-write")

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """Where it is, without the password: the file, or the URL."""
        url = self.engine.url
        if self.sqlite:
            return url.database or ""
        return url.set(query={}).render_as_string(hide_password=True)  # a password can stand in the query too

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do something that only reads, and sees one state of the database throughout.

        Args:
            work: Called with a connection, in a thread.

        Raises:
            Unavailable: `store_unreachable`, `store_locked`, `store_unwritable`, `store_not_migrated`.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Connection], T], sale: str | None = None) -> T:
        """Do something in a transaction that nobody else who writes the same sale interferes with.

        Args:
            work: Called with a connection, in a thread; all that it writes stands when it returns, or nothing.
            sale: The only sale whose rows it writes; none given: any of the namespace.

        Raises:
            Unavailable: As `read`.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write, work, sale)

    async def close(self) -> None:
        """Wait for what is under way, and give back all connections."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown()
        self._writers.shutdown()
        self.engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._translated(), self.engine.connect() as connection:
            if self.sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            return work(connection)

    def _write(self, work: Callable[[Connection], T], sale: str | None) -> T:
        with self._translated(), self.engine.connect() as connection, connection.begin():
            if self.sqlite:  # which can't wait for another writer once it has read; so it says at once that it writes
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                self._lock(connection, sale)
            return work(connection)

    def _lock(self, connection: Connection, sale: str | None) -> None:
        """Advisory locks of PostgreSQL: writers of single sales share the namespace, a bulk writer has it alone."""
        namespace = func.hashtextextended(f"stagemark:{self.namespace}", 0)
        if sale is None:
            connection.execute(select(func.pg_advisory_xact_lock(namespace)))
        else:
            row = func.hashtextextended(f"stagemark:{self.namespace}:{sale}", 0)
            connection.execute(select(func.pg_advisory_xact_lock_shared(namespace), func.pg_advisory_xact_lock(row)))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, self.engine.dialect.loaded_dbapi.Error) as problem:
            code = _code_of(getattr(problem, "orig", problem), self.sqlite)
            if code is None:
                raise
            # The cause is left out: a driver's words can repeat the address it was given, password and all.
            raise Unavailable.of(code, store=self.address) from None


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
        if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise ValueError("each connection would have a database of its own")
        engine = _engine(parsed)
    except (ArgumentError, NoSuchModuleError, KeyError, ValueError, RuntimeError):  # the last: no such person's home
        raise InvalidInput.of("store_url", "database_url") from None
    return Store(engine, namespace)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "client_encoding": "utf8"},
        )
    if url.database is not None and not url.database.startswith(("file:", ":")):
        url = url.set(database=str(Path(url.database).expanduser()))
    # The driver's own transaction control begins too late for a consistent read; `Store` does it instead.
    engine = create_engine(
        url, hide_parameters=True, connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT / 1000}
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    with suppress(sqlite3.OperationalError):  # busy: another process is just switching it over, for all of us
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _code_of(problem: Exception, sqlite: bool) -> str | None:
    """Which of our problems a driver's error is; none if it is a mistake in our SQL."""
    said = str(problem).lower()
    if sqlite:
        if "no such table" in said or "no such column" in said:
            return "store_not_migrated"
        if "locked" in said or "busy" in said:
            return "store_locked"
        broken = ("readonly", "unable to open", "disk", "full", "not a database", "malformed")
        return "store_unwritable" if any(word in said for word in broken) else None
    state = getattr(problem, "sqlstate", None) or ""
    if state in ("42P01", "42703"):  # undefined table or column
        return "store_not_migrated"
    if state in ("55P03", "40P01", "40001"):  # lock not available, deadlock, serialization failure
        return "store_locked"
    if state in ("42501", "25006", "53100"):  # no privilege, read-only transaction, disk full
        return "store_unwritable"
    # no state: it never got through; 08 connection, 28 authorization, 3D no such database, 53 resources, 57 shutdown
    unreachable = type(problem).__name__ == "OperationalError" and not state
    unreachable = unreachable or "invalid connection option" in said  # in the query of the address
    return "store_unreachable" if unreachable or state[:2] in ("08", "28", "3D", "53", "57") else None

"""Brings a database to the schema of this version; also when several processes start at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, inspect, select, text

from stagemark.errors import NotFound, Unavailable
from stagemark.readmodel.schema import ledgers, metadata
from stagemark.readmodel.store import Store

__all__ = ["HEAD", "VERSION_TABLE", "make_room", "migrate", "take_back"]

HEAD: Final = max(path.stem[1:5] for path in (Path(__file__).parent / "migrations" / "versions").glob("v*.py"))
"""The newest revision in `migrations/versions`, told by the names of the files: Alembic takes long to load."""
VERSION_TABLE: Final = "stagemark_version"
"""Alembic's own name would collide with the platform's migrations in a shared database."""


async def migrate(store: Store) -> None:
    """Run the migrations that are missing, all or none.

    Raises:
        Unavailable: `store_newer`: a newer version of stagemark made the schema; else as `Store.write`.
    """

    def work(connection: Connection) -> None:
        if not store.sqlite:  # the store's own lock holds a namespace; the schema is everybody's
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("stagemark schema", 0))))
        _upgrade(connection, store.address)

    if await store.read(_version) != HEAD:
        await store.write(work)


def make_room(store: Store, new: bool) -> bool:
    """Make the folder of a ledger that is a file.

    Args:
        store: Where.
        new: Whether the ledger can be begun; else it has to be there.

    Returns:
        Whether it is a file, and begun now.

    Raises:
        NotFound: `ledger_missing`.
    """
    file = Path(store.address)
    if not store.sqlite:
        return False
    with suppress(OSError):  # the store says in its own words that it can't be opened
        if file.exists():
            return False
        if not new:
            raise NotFound.of("ledger_missing", path=str(file.absolute()))
        file.parent.mkdir(parents=True, exist_ok=True)
    return True


async def take_back(store: Store) -> None:
    """Take away a file that was begun in vain, with nothing in it: whoever reads there would find that nothing is."""

    def is_empty(connection: Connection) -> bool:
        tables = [table for table in metadata.sorted_tables if table is not ledgers]
        return all(connection.execute(select(table).limit(1)).first() is None for table in tables)

    if await store.read(is_empty):
        await store.close()
        _remove(Path(store.address))


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    with suppress(OSError):  # other things lie there
        file.parent.rmdir()


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()


def _upgrade(connection: Connection, address: str) -> None:
    # Imported here: Alembic takes longer to load than most commands to run, and is hardly ever needed.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "stagemark.readmodel:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if (now := _version(connection)) is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(now)
        except CommandError:
            raise Unavailable.of("store_newer", store=address, revision=now) from None
    command.upgrade(config, "head")

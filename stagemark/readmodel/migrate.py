"""Brings a database to the schema of this version; also when several processes start at once."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, inspect, select

from stagemark.errors import Unavailable
from stagemark.readmodel.store import Store

__all__ = ["VERSION_TABLE", "migrate"]

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

    await store.write(work)


def _upgrade(connection: Connection, address: str) -> None:
    config = Config()
    config.set_main_option("script_location", "stagemark.readmodel:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if inspect(connection).has_table(VERSION_TABLE):
        now = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one_or_none()
        try:
            ScriptDirectory.from_config(config).get_revision(str(now))
        except CommandError:
            raise Unavailable.of("store_newer", store=address, revision=now) from None
    command.upgrade(config, "head")

"""The store: its schema, what happens when several start at once, and what it says when something is wrong."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from stagemark.adapters.refusals import SqlRefusals
from stagemark.domain.commands import Envelope, Resume
from stagemark.errors import InvalidInput, Problem, Unavailable
from stagemark.ports import Refusal
from stagemark.readmodel import store as store_module
from stagemark.readmodel.migrate import HEAD, VERSION_TABLE, migrate
from stagemark.readmodel.schema import metadata, people, visits
from stagemark.readmodel.store import Store, open_store
from stagemark.readmodel.tables import account, aftercare, collection, complaint  # noqa: F401  # part of the schema

AN = {"namespace": "test", "id": "an", "name": "An", "zone": "UTC", "language": "en"}


async def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    differences = await store.read(
        lambda c: compare_metadata(MigrationContext.configure(c, opts={"version_table": VERSION_TABLE}), metadata)
    )
    assert differences == []


async def test_migrating_again_and_from_several_processes_at_once_is_migrating_once(url: str) -> None:
    stores = [open_store(url, f"n{n}") for n in range(4)]
    await asyncio.gather(*(migrate(one) for one in stores))
    await migrate(stores[0])
    versions = await stores[0].read(lambda c: c.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).all())
    assert [version for (version,) in versions] == [HEAD]
    for one in stores:
        await one.close()


async def test_a_database_of_a_newer_version_is_left_alone(store: Store) -> None:
    await store.write(lambda c: c.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")))
    with pytest.raises(Unavailable) as refused:
        await migrate(store)
    assert refused.value.code == "store_newer"


async def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    def work(connection: Connection) -> None:
        connection.execute(insert(people), [AN])
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(work)
    assert await store.read(lambda c: c.execute(text("SELECT count(*) FROM people")).scalar()) == 0


async def test_rows_of_a_sale_need_their_sale(store: Store) -> None:
    row = {"namespace": "test", "opportunity": "s", "stage": "find", "number": 1, "began_event": 1}
    orphan = row | {"began": datetime.now(UTC), "began_known": True, "left_known": True}
    with pytest.raises(IntegrityError):
        await store.write(lambda c: c.execute(insert(visits), [orphan]))


async def test_a_refusal_is_kept_once(store: Store) -> None:
    refusal = Refusal(
        opportunity="s",
        envelope=Envelope(key="k", commands=(Resume(),), actor="an"),
        problems=(Problem(code="not_open_yet"),),
        refused_at=datetime.now(UTC),
    )
    kept = SqlRefusals(store)
    await kept.keep(refusal)
    await kept.keep(refusal)
    assert await kept.of("s") == [refusal]


@pytest.mark.parametrize(
    "address", ["", "nonsense", "mysql://u:geheim@h/d", "sqlite:", "postgresql://u:geheim@h:port/d"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_store(address)
    assert refused.value.code == "store_url"
    assert "geheim" not in str(refused.value)


async def test_a_store_without_tables_says_how_to_make_them(url: str) -> None:
    store = open_store(url)
    with pytest.raises(Unavailable) as refused:
        await store.read(lambda c: c.execute(people.select()).all())
    assert refused.value.code == "store_not_migrated"
    await store.close()


async def test_a_file_locked_by_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "BUSY_TIMEOUT", 50)
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}", "test")
    await migrate(store)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match=r"a\.db is locked") as refused:
        await store.write(lambda c: c.execute(insert(people), [AN]))
    assert refused.value.code == "store_locked"
    other.close()
    await store.close()


@pytest.mark.parametrize("broken", ["no folder", "a folder", "no database", "read only"])
async def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "a.db"
    if broken == "no folder":
        path = tmp_path / "missing" / "a.db"
    elif broken == "a folder":
        path.mkdir()
    elif broken == "no database":
        path.write_text("this is a letter, not a database" * 100)
    url = f"sqlite:///{path}"
    if broken == "read only":  # root may write anything, so the mode of the file would not do
        sqlite3.connect(path).close()
        url = f"sqlite:///file:{path}?mode=ro&uri=true"
    store = open_store(url)
    with pytest.raises(Unavailable) as refused:
        await migrate(store)
    assert refused.value.code == "store_unwritable"
    await store.close()


async def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    store = open_store("postgresql://somebody:geheim@localhost:1/nowhere")
    with pytest.raises(Unavailable, match="localhost:1/nowhere") as refused:
        await migrate(store)
    assert refused.value.code == "store_unreachable"
    assert "geheim" not in repr(refused.value.problems) + str(refused.value)
    assert refused.value.__cause__ is None
    await store.close()


async def test_a_wrong_password_is_named_without_it(postgres_url: str) -> None:
    store = open_store(postgres_url.replace(":stagemark_test@", ":geheim@"))
    with pytest.raises(Unavailable) as refused:
        await migrate(store)
    assert refused.value.code == "store_unreachable"
    assert "geheim" not in str(refused.value)
    await store.close()

"""The chains of neighbours: whatever is changed afterwards is found, and where; a rebuild gives the same tables."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from stagemark.adapters.books import SqlBooks
from stagemark.errors import Problem, Unavailable
from stagemark.readmodel.receivables import collections
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.common import STANDINGS, entries, neighbours
from stagemark.readmodel.tables.kinds import KINDS
from stagemark.readmodel.verify import Break, Verified, verify
from tests.readmodel.neighbours import keep, lives

LIVES = lives()
ENTRIES = {str(stream): told for stream, told in LIVES.items()}
OF = (entries.c.stream == "collection", entries.c.id == "S-1")
THIRD = (*OF, entries.c.sequence == 3)
STANDING = (neighbours.c.stream == "collection", neighbours.c.id == "S-1")


def change_content(connection: Connection) -> None:
    whole = connection.execute(select(entries.c.entry).where(*THIRD)).scalar_one()
    forged = whole.replace('"recorded_at":"2026', '"recorded_at":"2025')
    assert forged != whole
    connection.execute(update(entries).where(*THIRD).values(entry=forged))


def remove(connection: Connection) -> None:
    connection.execute(delete(entries).where(*THIRD))


def cut_off(connection: Connection) -> None:
    connection.execute(delete(entries).where(*OF, entries.c.sequence >= 3))


def take_all_away(connection: Connection) -> None:
    connection.execute(delete(entries).where(*OF))


def change_column(connection: Connection) -> None:
    connection.execute(update(entries).where(*THIRD).values(actor="somebody else"))


def write_nonsense(connection: Connection) -> None:
    connection.execute(update(entries).where(*THIRD).values(entry="{}"))


def call_it_something_else(connection: Connection) -> None:
    connection.execute(update(entries).where(*THIRD).values(entry="[1]"))


def rewrite(connection: Connection) -> None:
    """A forger who hashes the changed entry anew breaks the link of the next."""
    told = ENTRIES["collection:S-1"]
    forged = told[2].model_copy(update={"actor": "somebody else"}).chained(told[1].hash)
    connection.execute(
        update(entries).where(*THIRD).values(entry=forged.model_dump_json(), actor=forged.actor, hash=forged.hash)
    )


def change_the_state(connection: Connection) -> None:
    """By it the next run goes on."""
    whole = connection.execute(select(neighbours.c.state).where(*STANDING)).scalar_one()
    forged = whole.replace('"acme"', '"other"')
    assert forged != whole
    connection.execute(update(neighbours).where(*STANDING).values(state=forged))


def add(connection: Connection) -> None:
    """Somebody writes one more by hand."""
    last = len(ENTRIES["collection:S-1"])
    row = connection.execute(select(entries).where(*OF, entries.c.sequence == last)).mappings().one()
    connection.execute(insert(entries), [{**row, "sequence": last + 1}])


async def kept(store: Store) -> SqlBooks:
    await keep(store, LIVES)
    return SqlBooks(store)


@pytest.mark.parametrize(
    ("forge", "where", "why"),
    [
        (change_content, 3, "content"),
        (remove, 3, "hole"),
        (cut_off, 3, "hole"),
        (take_all_away, 1, "hole"),
        (change_column, 3, "columns"),
        (write_nonsense, 3, "unreadable"),
        (call_it_something_else, 3, "unreadable"),
        (rewrite, 4, "link"),
        (add, len(ENTRIES["collection:S-1"]) + 1, "link"),
        (change_the_state, len(ENTRIES["collection:S-1"]), "state"),
    ],
)
async def test_the_first_broken_link_of_a_changed_chain_is_named(
    store: Store, forge: Callable[[Connection], None], where: int, why: Any
) -> None:
    await kept(store)
    count = sum(map(len, LIVES.values()))
    whole = Verified(sales=0, events=0, neighbours=3, entries=count, breaks=[])
    assert await store.read(lambda c: verify(c, "test")) == whole
    await store.write(forge)
    found = await store.read(lambda c: verify(c, "test"))
    assert found.breaks == [Break(opportunity="collection:S-1", sequence=where, why=why)]


@pytest.mark.parametrize("forge", [write_nonsense, call_it_something_else])
async def test_a_rebuild_names_the_entry_that_cant_be_read_and_leaves_the_tables_as_they_are(
    store: Store, forge: Callable[[Connection], None]
) -> None:
    books = await kept(store)
    await store.write(forge)
    with pytest.raises(Unavailable) as unreadable:
        await books.rebuild()
    assert unreadable.value.problems == (
        Problem(code="ledger_unreadable", params={"opportunity": "collection:S-1", "event": 3}),
    )
    assert len(await store.read(lambda c: c.execute(select(neighbours)).all())) == len(LIVES)


async def test_receivables_as_of_a_day_name_the_entry_that_cant_be_read(store: Store) -> None:
    await kept(store)
    await store.write(write_nonsense)
    with pytest.raises(Unavailable) as unreadable:
        await store.read(lambda c: collections(c, "test", date(2026, 3, 20)))
    assert unreadable.value.problems[0].params == {"opportunity": "collection:S-1", "event": 3}


async def test_a_rebuild_gives_the_live_tables_and_mends_a_state_that_was_changed(store: Store) -> None:
    tables = [*STANDINGS, *(table for kind in KINDS.values() for table in kind.TABLES)]

    def all_rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in tables
        }

    books = await kept(store)
    live = await store.read(all_rows)
    assert all(live[name] for name in ("neighbours", "tasks", "collections", "complaints", "aftercares"))
    await store.write(change_the_state)
    assert await store.read(all_rows) != live
    assert await books.rebuild() == 3
    assert await store.read(all_rows) == live
    assert (await store.read(lambda c: verify(c, "test"))).breaks == []

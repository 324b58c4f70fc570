"""The chain of hashes: whatever is changed afterwards is found, and where."""

from collections.abc import Callable
from random import Random
from typing import Literal

import pytest
from sqlalchemy import Connection, delete, select, update

from stagemark.adapters.ledger import SqlLedger
from stagemark.errors import Problem, Unavailable
from stagemark.readmodel.schema import ledger, opportunities
from stagemark.readmodel.store import Store
from stagemark.readmodel.verify import Break, Verified, verify
from tests.readmodel.sales import WHOLE, history

THIRD = (ledger.c.opportunity == "b", ledger.c.sequence == 3)


def change_content(connection: Connection) -> None:
    fact = connection.execute(select(ledger.c.fact).where(*THIRD)).scalar_one()
    forged = fact.replace('"recorded_at":"2026', '"recorded_at":"2025')
    assert forged != fact
    connection.execute(update(ledger).where(*THIRD).values(fact=forged))


def remove(connection: Connection) -> None:
    connection.execute(delete(ledger).where(*THIRD))


def cut_off(connection: Connection) -> None:
    connection.execute(delete(ledger).where(ledger.c.opportunity == "b", ledger.c.sequence >= 3))


def change_column(connection: Connection) -> None:
    connection.execute(update(ledger).where(*THIRD).values(actor="somebody else"))


def write_nonsense(connection: Connection) -> None:
    connection.execute(update(ledger).where(*THIRD).values(fact="{}"))


def call_it_something_else(connection: Connection) -> None:
    connection.execute(update(ledger).where(*THIRD).values(fact="[1]"))


def give_it_a_strange_version(connection: Connection) -> None:
    connection.execute(update(ledger).where(*THIRD).values(fact='{"v": "old"}'))


def rewrite(connection: Connection) -> None:
    """A forger who hashes the changed event anew breaks the link of the next."""
    sales = SALES["b"]
    forged = sales[2].model_copy(update={"actor": "somebody else"}).chained(sales[1].hash)
    connection.execute(
        update(ledger).where(*THIRD).values(fact=forged.model_dump_json(), actor=forged.actor, hash=forged.hash)
    )


SALES = {sale: history(Random(sale), sale, 60) for sale in ("a", "b", "c")}


@pytest.mark.parametrize(
    ("forge", "where", "why"),
    [
        (change_content, 3, "content"),
        (remove, 3, "hole"),
        (cut_off, 3, "hole"),
        (change_column, 3, "columns"),
        (write_nonsense, 3, "unreadable"),
        (call_it_something_else, 3, "unreadable"),
        (give_it_a_strange_version, 3, "unreadable"),
        (rewrite, 4, "link"),
    ],
)
async def test_the_first_broken_link_of_a_changed_ledger_is_named(
    store: Store, forge: Callable[[Connection], None], where: int, why: Literal["content", "hole", "columns", "link"]
) -> None:
    writer = SqlLedger(store)
    await writer.keep_playbook(WHOLE)
    await writer.append_many(SALES)
    events = sum(map(len, SALES.values()))
    assert await store.read(lambda c: verify(c, "test")) == Verified(sales=3, events=events, breaks=[])
    await store.write(forge)
    found = await store.read(lambda c: verify(c, "test"))
    assert found.breaks == [Break(opportunity="b", sequence=where, why=why)]


@pytest.mark.parametrize("forge", [write_nonsense, call_it_something_else, give_it_a_strange_version])
async def test_a_rebuild_names_the_event_that_cant_be_read_and_leaves_the_tables_as_they_are(
    store: Store, forge: Callable[[Connection], None]
) -> None:
    writer = SqlLedger(store)
    await writer.keep_playbook(WHOLE)
    await writer.append_many(SALES)
    await store.write(forge)
    with pytest.raises(Unavailable) as unreadable:
        await writer.rebuild()
    assert unreadable.value.problems == (Problem(code="ledger_unreadable", params={"opportunity": "b", "event": 3}),)
    assert len(await store.read(lambda c: c.execute(select(opportunities)).all())) == len(SALES)

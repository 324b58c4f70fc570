"""Collections in SQL: their rows, a rebuild gives the same ones, and how they stood on a day."""

from datetime import date
from typing import Any

from sqlalchemy import select

from stagemark.adapters.collections import SqlCollections
from stagemark.domain.collection.receivables import owing
from stagemark.domain.entries import Stream
from stagemark.policies.load import shipped_policy
from stagemark.readmodel import books
from stagemark.readmodel.receivables import by_steps
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.collection import (
    TABLES,
    collections,
    disputes,
    instalments,
    milestones,
    payments,
    promises,
)
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play

COLLECTION = Stream(stream="collection", id="S-1")
LIFE = """
given signed 2026-02-02: 1=50000 due 2026-03-02; 2=150000 due 2026-03-02; 3=7 after acceptance 30
02-20 * plan delivery 2026-03-01
02-27 * reach delivery
03-04 * debtor stubborn
03-05 * promise 1 until 2026-03-12
03-16 * pay P1 20000 for 1
03-17 * placed B1 30000 for 1
03-18 * dispute 2
03-20 * dispute-over 2 no 1
03-23 * write-off 2
03-24 * placed B2 8 in EUR
until 2026-03-25
"""


async def kept(store: Store, text: str = LIFE) -> Play:
    play = Play(read(text))
    play.run()
    await store.write(lambda connection: books.write(connection, "test", COLLECTION, play.entries))
    return play


async def derived(store: Store) -> dict[str, list[dict[str, Any]]]:
    def read_all(connection: Any) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in TABLES
        }

    return await store.read(read_all)


async def test_the_rows_tell_what_became_of_each_receivable_when_and_by_which_step(store: Store) -> None:
    await kept(store)
    found = await derived(store)
    (whole,) = found[collections.name]
    assert (whole["account"], whole["debtor"], whole["collected"], whole["amount"]) == (
        "acme",
        "stubborn",
        "50000",
        "200007",
    )
    first, second, third = found[instalments.name]
    assert (first["became"], first["settled"], first["by"]) == ("collected", date(2026, 3, 17), "finance")
    assert (second["became"], second["written_off"], second["written_off_by"]) == ("written_off", "150000", "li")
    assert (third["became"], third["outstanding"], third["due"]) == ("open", "7", None)
    told = {row["payment"]: (row["currency"], row["unplaced"], row["allocated"]) for row in found[payments.name]}
    assert told == {
        "P1": ("CNY", "0", {"1": "20000"}), "B1": ("CNY", "0", {"1": "30000"}), "B2": ("EUR", "8", {}),
    }  # fmt: skip
    (promise,) = found[promises.name]
    assert (promise["until"], promise["outcome"]) == (date(2026, 3, 12), "broken")
    (dispute,) = found[disputes.name]
    assert (dispute["complaint"], dispute["over"]) == ("S-1/2/1", date(2026, 3, 20))
    days = {row["milestone"]: (row["planned"], row["reached"]) for row in found[milestones.name]}
    assert days == {"acceptance": (None, None), "delivery": (date(2026, 3, 1), date(2026, 2, 27))}


async def test_a_rebuild_gives_the_same_rows(store: Store) -> None:
    await kept(store)
    before = await derived(store)
    await store.write(lambda connection: books.rebuild(connection, "test"))
    assert await derived(store) == before


async def test_a_collection_can_be_read_as_it_stood_on_a_day(store: Store) -> None:
    await kept(store)
    read_model, policy = SqlCollections(store), shipped_policy().collection

    async def table(on: date) -> list[tuple[str, str, str | None]]:
        return [
            (row.instalment, str(row.outstanding), row.by) for row in owing(await read_model.running(on), policy, on)
        ]

    assert await table(date(2026, 2, 1)) == []
    assert await table(date(2026, 3, 10)) == [("1", "50000", "phone"), ("2", "150000", "visit"), ("3", "7", None)]
    assert await table(date(2026, 3, 16)) == [("1", "30000", "finance"), ("2", "150000", "visit"), ("3", "7", None)]
    assert await table(date(2026, 3, 25)) == [("3", "7", None)]
    assert await read_model.running() == await read_model.running(date(2026, 3, 25))


async def test_what_was_observed_before_its_contract_breaks_no_table(store: Store) -> None:
    play = await kept(store, "given signed 2026-02-02: 1=50000 due 2026-03-02\n02-10 * pay P1 50000\nuntil 2026-02-11")
    late = [
        entry.model_copy(update={"day": date(2026, 1, 1)}) if entry.sequence > 1 else entry for entry in play.entries
    ]
    chained, previous = [], ""
    for entry in late:
        chained.append(entry.chained(previous))
        previous = chained[-1].hash
    other = Stream(stream="collection", id="S-2")
    await store.write(lambda connection: books.write(connection, "test", other, chained))
    assert await SqlCollections(store).running(date(2026, 1, 15)) == []


async def test_what_is_recorded_late_stands_in_the_table_of_the_day_on_which_it_happened(store: Store) -> None:
    late = "given signed 2026-02-02: 1=50000 due 2026-03-02\n03-20 * pay P1 20000 on 2026-03-05\nuntil 2026-03-21"
    await kept(store, late)
    policy = shipped_policy().collection

    async def outstanding(on: date) -> list[str]:
        return [str(row.outstanding) for row in owing(await SqlCollections(store).running(on), policy, on)]

    assert await outstanding(date(2026, 3, 4)) == ["50000"]
    assert await outstanding(date(2026, 3, 5)) == ["30000"]


async def test_what_each_kind_of_collection_has_brought_is_known_afterwards(store: Store) -> None:
    await kept(store, f"{LIFE.replace('until 2026-03-25', '')}04-02 * pay P9 7 for 3\nuntil 2026-04-03")
    settled = [row for row in (await derived(store))[instalments.name] if row["settled"]]
    told = [(row["by"], row["count"], str(row["paid"]), str(row["written_off"])) for row in by_steps(settled)]
    assert told == [("unasked", 1, "7", "0"), ("visit", 1, "0", "150000"), ("finance", 1, "50000", "0")]

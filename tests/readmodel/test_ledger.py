"""The ledger in SQL: any order and any number of repeats converge, and a rebuild equals the live tables."""

import asyncio
from collections.abc import Sequence
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from stagemark.adapters.ledger import SqlLedger
from stagemark.domain.events import Event
from stagemark.domain.opportunity import fold
from stagemark.errors import Unavailable
from stagemark.readmodel.projection import rows_of
from stagemark.readmodel.reading import rows
from stagemark.readmodel.schema import DERIVED, ledger, opportunities
from stagemark.readmodel.store import Store
from tests.readmodel.sales import COMPILED, WHOLE, history

Dump = dict[str, list[dict[str, Any]]]
NAMESPACES = count()
shared_store = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def derived(store: Store) -> Dump:
    """All that the derived tables hold."""
    return await store.read(
        lambda c: {table.name: [dict(row) for row in rows(c, table, store.namespace)] for table in DERIVED}
    )


def wanted(namespace: str, *sales: tuple[str, Sequence[Event]]) -> Dump:
    """What they should hold: the rows of the folded sales."""
    found: Dump = {table.name: [] for table in DERIVED}
    for sale, events in sales:
        for table, rows_ in rows_of(namespace, fold(sale, events, COMPILED)).items():
            found[table] += rows_
    return {
        table.name: sorted(found[table.name], key=lambda row: [row[c.name] for c in table.primary_key])
        for table in DERIVED
    }


async def prepared(store: Store) -> SqlLedger:
    """A ledger with the playbook of the histories."""
    made = SqlLedger(store)
    await made.keep_playbook(WHOLE)
    return made


def fresh(store: Store) -> Store:
    """The same database under a namespace of its own."""
    return Store(store.engine, f"n{next(NAMESPACES)}")


@shared_store
@given(random=st.randoms(use_true_random=False), steps=st.integers(1, 30), data=st.data())
async def test_events_in_any_order_and_any_number_of_repeats_give_the_rows_of_the_folded_sale(
    store: Store, random: Random, steps: int, data: st.DataObject
) -> None:
    store = fresh(store)
    writers = [await prepared(store), await prepared(store)]  # as of two processes
    events = history(random, "s", steps)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))
    batches = [events[a:b] for a, b in zip([0, *cuts], [*cuts, len(events)], strict=True)]
    for batch in data.draw(st.permutations([*batches, *batches[:2]])):
        await data.draw(st.sampled_from(writers)).append("s", batch)
    assert await writers[0].events("s") == events
    assert await derived(store) == wanted(store.namespace, ("s", events))


@shared_store
@given(random=st.randoms(use_true_random=False), steps=st.integers(1, 40))
async def test_a_rebuild_from_the_ledger_alone_equals_the_live_tables(store: Store, random: Random, steps: int) -> None:
    store = fresh(store)
    writer = await prepared(store)
    for sale in ("a", "b"):
        for event in history(random, sale, steps):  # one by one: the state advances, it is not folded anew
            await writer.append(sale, [event])
    live = await derived(store)
    assert await SqlLedger(store).rebuild() == 2
    assert await derived(store) == live


async def test_an_import_of_many_sales_writes_what_one_by_one_writes(store: Store) -> None:
    sales = {f"s{n:04}": history(Random(n), f"s{n:04}", 8) for n in range(700)}
    writer = await prepared(store)
    await writer.append_many(sales)
    assert await derived(store) == wanted("test", *sales.items())
    assert await writer.all_events() == sales
    await writer.append_many(sales)  # the same file again
    assert await derived(store) == wanted("test", *sales.items())


async def test_what_follows_a_hole_is_stored_but_not_shown(store: Store) -> None:
    events = history(Random(1), "s", 60)
    writer = await prepared(store)
    await writer.append("s", [*events[:3], *events[5:]])
    assert await writer.events("s") == events[:3]
    assert await derived(store) == wanted("test", ("s", events[:3]))
    await SqlLedger(store).rebuild()
    assert await derived(store) == wanted("test", ("s", events[:3]))


async def test_of_appends_that_wait_together_one_that_contradicts_does_not_keep_the_others_out(store: Store) -> None:
    made = await prepared(store)
    histories = {f"S-{number}": history(Random(number), f"S-{number}", 4) for number in range(6)}
    await made.append("S-0", histories["S-0"][:1])
    forged = history(Random(99), "S-0", 4)[0].model_copy(update={"actor": "eve"}).chained("")

    asked = [("S-0", [forged]), *histories.items(), ("S-1", histories["S-1"])]
    answers = await asyncio.gather(*(made.append(*each) for each in asked), return_exceptions=True)

    assert [str(getattr(answer, "code", answer)) for answer in answers] == ["ledger_conflict"] + ["None"] * 7
    assert await derived(store) == wanted("test", *histories.items())


async def test_another_event_under_the_same_sequence_is_a_conflict_and_changes_nothing(store: Store) -> None:
    events = history(Random(2), "s", 60)
    other = events[3].model_copy(update={"actor": "somebody else"}).chained(events[2].hash)
    writer = await prepared(store)
    await writer.append("s", events[:4])
    with pytest.raises(Unavailable, match="another event 4") as refused:
        await writer.append("s", [other, *events[4:]])
    assert refused.value.code == "ledger_conflict"
    assert await writer.events("s") == events[:4]


@pytest.mark.parametrize("forged", ["content", "link"])
async def test_an_event_that_does_not_fit_the_chain_is_refused(store: Store, forged: str) -> None:
    events = history(Random(2), "s", 60)
    writer = await prepared(store)
    await writer.append("s", events[:4])
    wrong = events[4].model_copy(update={"actor": "x"}) if forged == "content" else events[4].chained("elsewhere")
    with pytest.raises(Unavailable) as refused:
        await writer.append("s", [wrong])
    assert refused.value.code == "ledger_broken"
    assert await writer.events("s") == events[:4]


async def test_a_sale_whose_playbook_was_not_kept_is_not_written(store: Store) -> None:
    writer = SqlLedger(store)
    with pytest.raises(Unavailable) as refused:
        await writer.append("s", history(Random(3), "s", 3))
    assert refused.value.code == "playbook_not_kept"
    assert await writer.events("s") == []


async def test_many_writers_at_once_lose_nothing(store: Store) -> None:
    writers = [await prepared(store) for _ in range(3)]
    sales = {f"s{n}": history(Random(n), f"s{n}", 10) for n in range(8)}
    await asyncio.gather(
        *(
            writers[place % 3].append(sale, events[at : at + 3])
            for sale, events in sales.items()
            for place, at in enumerate(range(0, len(events), 3))
        )
    )
    assert await derived(store) == wanted("test", *sales.items())


async def test_namespaces_do_not_see_each_other(store: Store) -> None:
    events = history(Random(4), "s", 6)
    mine, theirs = await prepared(store), await prepared(fresh(store))
    await mine.append("s", events)
    assert await theirs.events("s") == []
    await theirs.append("s", events[:2])
    await theirs.rebuild()
    assert await derived(store) == wanted("test", ("s", events))


async def test_a_remembered_state_is_not_used_when_the_database_stands_elsewhere(store: Store) -> None:
    events = history(Random(5), "s", 60)
    one, two = await prepared(store), await prepared(store)
    await one.append("s", events[:4])
    await two.append("s", events[4:8])
    await one.append("s", events[8:])
    assert await derived(store) == wanted("test", ("s", events))


async def test_instants_come_back_in_utc(store: Store) -> None:
    events = history(Random(6), "s", 3)
    await (await prepared(store)).append("s", events)
    recorded = await store.read(lambda c: c.execute(select(ledger.c.recorded_at)).scalars().all())
    assert recorded == [event.recorded_at for event in events]
    naive = events[0].recorded_at.replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs a time zone"):
        await store.write(lambda c: c.execute(update(opportunities).values(opened=naive)))

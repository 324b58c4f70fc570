"""Complaints in SQL: their rows, their tasks, and a rebuild gives the same ones."""

from typing import Any

from sqlalchemy import select

from stagemark.domain.complaint.commands import Close, OpenAgain
from stagemark.domain.entries import Stream
from stagemark.readmodel import books
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.common import tasks
from stagemark.readmodel.tables.complaint import TABLES, complaints
from tests.scenarios.complaint.playing import Complaint, moment, opened, step

COMPLAINT = Stream(stream="complaint", id="C-1")


async def kept(store: Store, life: Complaint) -> None:
    """Written in several batches, as a run does."""
    for start in range(0, len(life.entries), 4):
        batch = life.entries[start : start + 4]
        await store.write(lambda connection, batch=batch: books.write(connection, "test", COMPLAINT, batch))  # type: ignore[misc]  # mypy does not infer a lambda with a default


async def derived(store: Store) -> dict[str, list[dict[str, Any]]]:
    def read(connection: Any) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in (*TABLES, tasks)
        }

    return await store.read(read)


async def test_the_row_tells_how_a_complaint_stands_and_what_the_customer_said(store: Store) -> None:
    life = opened(title="Dead cameras", contact="liu").steps("listen", "apologise", "collect", "propose")
    life.ask(step("ask", accepted=False))
    life.until("2026-03-06 10:00")
    await kept(store, life)
    (row,) = (await derived(store))[complaints.name]
    said = ("account", "opportunity", "contact", "title", "text", "owner", "life", "step", "view", "accepted", "missed")
    assert [row[name] for name in said] == [
        "acme", "S-1", "liu", "Dead cameras", "Two cameras are dead.", "wang", "open", "propose", "ask: so", False, 1,
    ]  # fmt: skip
    assert (row["round"], row["since"]) == (2, moment("2026-03-02 10:00"))


async def test_each_step_is_a_task_with_what_became_of_it(store: Store) -> None:
    life = opened().until("2026-03-02 14:00").steps("listen", "apologise")
    await kept(store, life)
    found = [(row["task"], row["status"], row["urgent"]) for row in (await derived(store))[tasks.name]]
    assert found == [
        ("complaint_listen", "missed", True),
        ("complaint_apologise", "withdrawn", True),
        ("complaint_collect", "open", True),
    ]


async def test_a_rebuild_gives_the_same_rows(store: Store) -> None:
    life = opened().steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    life.ask(Close())
    life.ask(OpenAgain(reason="It came back."))
    life.until("2026-03-09 10:00")
    await kept(store, life)
    before = await derived(store)
    await store.write(lambda connection: books.rebuild(connection, "test"))
    assert await derived(store) == before
    assert await store.read(lambda c: books.stored_state(c, "test", COMPLAINT)) == life.state

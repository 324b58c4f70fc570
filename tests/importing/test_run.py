"""Carrying out an import: once, again, after a kill, and against what the ledger has already."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from stagemark.adapters.ledger import SqlLedger
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Change, Envelope
from stagemark.domain.events import Event
from stagemark.domain.opportunity import Accepted, decide, fold
from stagemark.domain.playbook import Playbook
from stagemark.errors import Unavailable
from stagemark.importing import run
from stagemark.importing.plan import Plan
from stagemark.importing.run import carry_out, compare
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.store import open_store
from stagemark.testing import PlainCalendars
from tests.importing.tables import LOST, NEW, NOW, PLAYBOOK, QUICK, TALKS, WON, planned

ROWS = (WON, TALKS, LOST, QUICK, NEW)


class Runs:
    """Runs that live in memory; after `last` of them the machine dies."""

    def __init__(self, last: int = 1000) -> None:
        self.running: dict[str, Sequence[Event]] = {}
        self.last = last

    async def start(self, sale: str, events: Sequence[Event], playbook: Playbook, calendar: WorkCalendar) -> bool:
        if sale in self.running:
            return False
        if len(self.running) == self.last:
            raise Unavailable.of("server_unreachable", address="nowhere", why="killed")
        self.running[sale] = events
        return True


class Dying(SqlLedger):
    """A ledger whose machine dies once, after so many batches of an import."""

    batches = 1000

    async def append_many(self, batches: Mapping[str, Sequence[Event]]) -> None:
        self.batches -= 1
        if self.batches == -1:
            raise Unavailable.of("store_locked", store="nowhere")
        await super().append_many(batches)


@pytest_asyncio.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Dying]:
    store = open_store(f"sqlite:///{tmp_path / 's.db'}", "test")
    await migrate(store)
    yield Dying(store)
    await store.close()


async def imported(ledger: SqlLedger, runs: Runs, plan: Plan) -> int:
    calendar = await PlainCalendars().calendar("cn")
    return await carry_out(await compare(plan, ledger), PLAYBOOK, calendar, ledger, runs)


async def held(ledger: SqlLedger) -> dict[str, list[Event]]:
    return await ledger.all_events()


async def test_everything_goes_into_the_ledger_and_only_what_is_open_gets_a_run(ledger: SqlLedger) -> None:
    runs = Runs()
    plan = planned(*ROWS)
    assert await imported(ledger, runs, plan) == 2
    assert await held(ledger) == {sale.id: list(sale.events) for sale in plan.sales}
    assert sorted(runs.running) == ["S-2", "S-5"]
    assert list(runs.running["S-2"]) == (await held(ledger))["S-2"]


async def test_a_second_run_changes_nothing(ledger: SqlLedger) -> None:
    runs = Runs()
    await imported(ledger, runs, planned(*ROWS))
    before = await held(ledger)

    again = planned(*reversed(ROWS), now=NOW.replace(year=2027))
    found = await compare(again, ledger)
    assert (found.new, len(found.same), found.problems) == ((), 5, ())
    assert await imported(ledger, runs, again) == 0
    assert await held(ledger) == before


@pytest.mark.parametrize("last", [0, 1])
async def test_an_import_killed_while_starting_is_completed_by_a_second_run(ledger: SqlLedger, last: int) -> None:
    runs = Runs(last)
    with pytest.raises(Unavailable):
        await imported(ledger, runs, planned(*ROWS))
    before = await held(ledger)

    runs.last = 1000
    assert await imported(ledger, runs, planned(*ROWS, now=NOW.replace(year=2027))) == 2 - last
    assert sorted(runs.running) == ["S-2", "S-5"]
    assert {sale: list(events) for sale, events in runs.running.items()} == {s: before[s] for s in ("S-2", "S-5")}
    assert await held(ledger) == before


async def test_an_import_killed_while_writing_is_completed_by_a_second_run(
    ledger: Dying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK", 2)
    ledger.batches = 1
    runs = Runs()
    with pytest.raises(Unavailable):
        await imported(ledger, runs, planned(*ROWS))
    assert len(await held(ledger)) == 2
    assert runs.running == {}

    await imported(ledger, runs, planned(*ROWS, now=NOW.replace(year=2027)))
    assert len(await held(ledger)) == 5
    assert sorted(runs.running) == ["S-2", "S-5"]


async def test_a_changed_row_is_named_and_never_overwrites(ledger: SqlLedger) -> None:
    await imported(ledger, Runs(), planned(*ROWS))
    before = await held(ledger)

    found = await compare(planned(WON.replace("Acme", "Other"), TALKS), ledger)
    assert [(p.row, p.sale, p.problem.code) for p in found.problems] == [(2, "S-1", "import_changed")]
    assert [sale.id for sale in found.same] == ["S-2"]
    assert await held(ledger) == before


async def test_a_sale_that_was_opened_by_hand_is_named(ledger: SqlLedger) -> None:
    (sale,) = planned(NEW).sales
    await ledger.keep_playbook(PLAYBOOK)
    by_hand = sale.events[0].model_copy(update={"key": "open:S-5"}).chained("")
    await ledger.append("S-5", [by_hand])
    found = await compare(planned(NEW), ledger)
    assert [p.problem.code for p in found.problems] == ["already_open"]


async def test_a_sale_that_has_gone_on_since_is_the_same_and_gets_no_second_run(ledger: SqlLedger) -> None:
    runs = Runs()
    await imported(ledger, runs, planned(*ROWS))
    state = fold("S-2", (await held(ledger))["S-2"], PLAYBOOK.compiled())
    change = Envelope(key="later", commands=(Change(owner="wang"),), actor="li")
    decision = decide(state, change, NOW.replace(year=2027))
    assert isinstance(decision, Accepted)
    await ledger.append("S-2", decision.events)

    found = await compare(planned(*ROWS), ledger)
    assert found.problems == ()
    assert list(found.waiting) == ["S-5"]


async def test_progress_is_told_with_totals(ledger: SqlLedger) -> None:
    told: list[tuple[str, int, int]] = []

    def tell(step: str, done: int, total: int) -> None:
        told.append((step, done, total))

    plan = planned(*ROWS)
    calendar = await PlainCalendars().calendar("cn")
    await carry_out(await compare(plan, ledger, tell), PLAYBOOK, calendar, ledger, Runs(), tell)
    assert told == [("compared", 5, 5), ("written", 5, 5), ("started", 1, 2), ("started", 2, 2)]

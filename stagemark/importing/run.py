"""Carrying out an import: what is new into the ledger, in bulk; then a run for each sale that is open.

A repeat changes nothing, and completes what a killed import left: the ledger is written first, and a sale that is
open in it and has no run gets one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import Event
from stagemark.domain.opening import already_open
from stagemark.domain.playbook import Playbook
from stagemark.errors import Problem
from stagemark.importing.plan import Plan, RowProblem, Sale

__all__ = ["Books", "Comparison", "Progress", "Starter", "carry_out", "compare"]

CHUNK: Final = 500
"""Sales written in one transaction: all of them, or none."""
AT_ONCE: Final = 8
"""Runs being started at the same time; the server takes no more a second from many more."""


Progress = Callable[[str, int, int], None]
"""Told how far it is: the step (`judged`, `compared`, `written`, `started`), how many are done, of how many."""


class Books(Protocol):
    """The ledger, as far as an import needs it."""

    async def all_events(self, opportunities: Iterable[str] | None = None) -> Mapping[str, list[Event]]:
        """The events of these sales."""

    async def append_many(self, batches: Mapping[str, Sequence[Event]]) -> None:
        """Keep the events of many sales: all or none."""

    async def keep_playbook(self, whole: Playbook) -> None:
        """Keep a whole playbook under its hash, once."""


class Starter(Protocol):
    """Starts runs; see `stagemark.importing.starting.Runs`."""

    async def start(self, sale: str, events: Sequence[Event], playbook: Playbook, calendar: WorkCalendar) -> bool:
        """Start the run of a sale; false if it had been."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan against what the ledger has.

    Attributes:
        new: Sales that the ledger does not have.
        same: Sales imported before with the same content, and unchanged or since gone on.
        waiting: Of the open ones among them, the events of those of which nothing is known since the import: should
            they have no run, they get one.
        problems: All rows that can't be taken: the plan's, and those that contradict the ledger.
    """

    new: tuple[Sale, ...]
    same: tuple[Sale, ...]
    waiting: Mapping[str, Sequence[Event]]
    problems: tuple[RowProblem, ...]


async def compare(plan: Plan, books: Books, told: Progress = lambda *_: None) -> Comparison:
    """Compare a plan with the ledger; nothing is written.

    Raises:
        Unavailable: The ledger can't be read.
    """
    new: list[Sale] = []
    same: list[Sale] = []
    waiting: dict[str, Sequence[Event]] = {}
    problems = list(plan.problems)
    for done, chunk in _chunks(plan.sales):
        known = await books.all_events([sale.id for sale in chunk])
        for sale in chunk:
            events = known.get(sale.id)
            if not events:
                new.append(sale)
            elif (problem := _contradiction(sale, events)) is not None:
                problems.append(RowProblem(sale.row, sale.id, "", problem))
            else:
                same.append(sale)
                if sale.open and all(event.key == events[0].key for event in events):
                    waiting[sale.id] = events
        told("compared", done, len(plan.sales))
    return Comparison(tuple(new), tuple(same), waiting, tuple(sorted(problems, key=lambda found: found.row)))


async def carry_out(
    found: Comparison,
    playbook: Playbook,
    calendar: WorkCalendar,
    books: Books,
    starter: Starter | None,
    told: Progress = lambda *_: None,
) -> int:
    """Write what is new, and start the runs that are missing.

    Args:
        found: What to do.
        playbook: The whole playbook.
        calendar: The sales' working calendar, resolved.
        books: The ledger.
        starter: Starts runs; none where nothing is open.
        told: Told how far it is.

    Returns:
        How many runs were started.

    Raises:
        Unavailable: The ledger or the server can't be had; a repeat goes on from there.
    """
    await books.keep_playbook(playbook)
    for done, chunk in _chunks(found.new):
        await books.append_many({sale.id: sale.events for sale in chunk})
        told("written", done, len(found.new))
    wanted = {**{sale.id: sale.events for sale in found.new if sale.open}, **found.waiting}
    compiled = playbook.compiled()
    queue = iter(wanted.items())
    done = started = 0

    async def work() -> None:
        nonlocal done, started
        for sale, events in queue:
            assert starter is not None  # there is something open
            begun = await starter.start(sale, events, compiled, calendar)
            started, done = started + begun, done + 1
            told("started", done, len(wanted))

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(AT_ONCE):
                workers.create_task(work())
    except ExceptionGroup as failed:  # the others were cancelled; the first says why
        raise failed.exceptions[0] from failed
    return started


def _contradiction(sale: Sale, events: Sequence[Event]) -> Problem | None:
    """Why a sale that is in the ledger can't be imported, unless it is the same."""
    ours, theirs = sale.events[0], events[0]
    if theirs.key != ours.key:
        facts = [event.fact for event in sale.events]
        return already_open(sale.id, events, ours.key, facts, ours.observed_at)
    return None if theirs.key_hash == ours.key_hash else Problem(code="import_changed", params={"sale": sale.id})


def _chunks(sales: Sequence[Sale]) -> Iterator[tuple[int, Sequence[Sale]]]:
    for at in range(0, len(sales), CHUNK):
        chunk = sales[at : at + CHUNK]
        yield at + len(chunk), chunk

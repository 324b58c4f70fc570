"""Compares the ledger with what Temporal's own histories say, and names every difference.

A history tells three things: the events its run wrote (the inputs of `stagemark.record`), the events it began with (the
state carried from the run before, or from an import), and what it acknowledged (the receipts of its updates).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection
from temporalio.api.common.v1 import Payloads
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from stagemark.contracts.messages import LedgerBatch, OpportunityInput, Receipt
from stagemark.contracts.names import OPPORTUNITY, opportunity_id, opportunity_workflow_id
from stagemark.domain.events import Event
from stagemark.readmodel.reading import ledger_pages, rows
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.store import Store

__all__ = ["Audited", "Difference", "Kept", "Told", "audit", "compared"]

RECORD: Final = "stagemark.record"
AT_ONCE: Final = 8
_ENDED: Final = ("lost", "collected", "closed")

T = TypeVar("T")


class Difference(BaseModel):
    """An event on which ledger and history disagree.

    Attributes:
        opportunity: Which sale.
        sequence: Which event.
        kind: `missing_in_ledger`: the history says it was written; `missing_in_history`: the run never wrote it;
            `differs`: both have it, with other content.
    """

    opportunity: str
    sequence: int
    kind: Literal["missing_in_ledger", "missing_in_history", "differs"]


class Audited(BaseModel):
    """What the comparison found.

    Attributes:
        sales: How many sales were compared.
        events: How many events the ledger holds.
        runs: How many runs were read.
        differences: Every event on which they disagree.
        pending: Events (sale, sequence) acknowledged and not written yet; their run will.
        expired: Sales of which Temporal no longer has all runs, so that some events could not be compared.
        without_run: Open sales that have no run, though they should.
        imported: How many ended sales came from an import and never had a run.
    """

    sales: int = 0
    events: int = 0
    runs: int = 0
    differences: list[Difference] = []
    pending: list[tuple[str, int]] = []
    expired: list[str] = []
    without_run: list[str] = []
    imported: int = 0

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong: what is pending or expired is no difference."""
        return not self.differences and not self.without_run


@dataclass
class Told:
    """What the histories of one sale tell.

    Attributes:
        events: Hash of each event that a run carried or wrote.
        written: Events of which a run knows that they are in the ledger.
        acknowledged: Events that callers were told of.
        whole: Whether they tell of all events from the first on: a run that went on from the ledger tells only its own.
        runs: How many runs were read.
    """

    events: dict[int, str] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    whole: bool = True
    runs: int = 0


@dataclass(frozen=True)
class Kept:
    """What the ledger holds of one sale.

    Attributes:
        hashes: The hash of each event.
        imported: Whether all came from an import.
        ended: Whether the sale has ended.
    """

    hashes: Mapping[int, str]
    imported: bool
    ended: bool


async def audit(store: Store, client: Client, progress: Callable[[int, int], None] | None = None) -> Audited:
    """Compare the ledger with the histories of all sales.

    Args:
        store: The ledger.
        client: Temporal, with the converter that the sales' runs use.
        progress: Told how many sales have been read, of how many.

    Raises:
        RPCError: Temporal can't be asked.
        Unavailable: The store can't (`Store.read`).
    """
    runs: defaultdict[str, list[str]] = defaultdict(list)
    async for run in client.list_workflows(f"WorkflowType = '{OPPORTUNITY}'"):
        runs[opportunity_id(run.id)].append(run.run_id)
    told = await _all_told(client, runs, progress)
    kept = await store.read(lambda connection: _kept(connection, store.namespace))
    # The list of runs lags, and the ledger was read last: before anything is called missing, the latest run is asked.
    behind = [
        sale
        for sale, one in kept.items()
        if (not one.ended if sale not in told else told[sale].whole and one.hashes.keys() - told[sale].events.keys())
    ]
    for sale, latest in (await _all_told(client, {sale: [""] for sale in behind}, None)).items():
        told.setdefault(sale, latest).events.update(latest.events)
    return compared(told, kept)


def _kept(connection: Connection, namespace: str) -> dict[str, Kept]:
    lives = {row["opportunity"]: row["life"] for row in rows(connection, opportunities, namespace)}
    return {
        sale: Kept(
            hashes={row["sequence"]: row["hash"] for row in stored},
            imported=all(row["source"] == "import" for row in stored),
            ended=lives.get(sale) in _ENDED,
        )
        for sale, stored in ledger_pages(connection, namespace)
    }


def compared(told: Mapping[str, Told], kept: Mapping[str, Kept]) -> Audited:
    """Compare, sale by sale, what the histories tell with what the ledger holds."""
    found = Audited(
        sales=len(told.keys() | kept.keys()),
        events=sum(len(one.hashes) for one in kept.values()),
        runs=sum(one.runs for one in told.values()),
    )
    for sale in sorted(told.keys() | kept.keys()):
        said, has = told.get(sale, Told()), kept.get(sale, Kept({}, imported=False, ended=False))
        if not said.runs:
            if not has.ended:
                found.without_run.append(sale)
            elif has.imported:
                found.imported += 1
            else:
                found.expired.append(sale)
            continue
        if not said.whole:
            found.expired.append(sale)
        for sequence in sorted(said.events.keys() | said.acknowledged | has.hashes.keys()):
            _compare(found, sale, sequence, said, has)
    return found


def _compare(found: Audited, sale: str, sequence: int, said: Told, has: Kept) -> None:
    kind: Literal["missing_in_ledger", "missing_in_history", "differs"]
    if sequence not in has.hashes:
        if sequence not in said.written:
            found.pending.append((sale, sequence))
            return
        kind = "missing_in_ledger"
    elif sequence not in said.events:
        if not said.whole:
            return
        kind = "missing_in_history"
    elif said.events[sequence] != has.hashes[sequence]:
        kind = "differs"
    else:
        return
    found.differences.append(Difference(opportunity=sale, sequence=sequence, kind=kind))


async def _all_told(
    client: Client, runs: Mapping[str, Sequence[str]], progress: Callable[[int, int], None] | None
) -> dict[str, Told]:
    """Read the runs of sales, a few at once; an empty run id means the latest."""
    told: dict[str, Told] = {}
    some = asyncio.Semaphore(AT_ONCE)

    async def tell(sale: str, ids: Sequence[str]) -> None:
        async with some:
            told[sale] = await _told(client, sale, ids)
        if progress is not None:
            progress(len(told), len(runs))

    async with asyncio.TaskGroup() as group:
        for sale, ids in runs.items():
            group.create_task(tell(sale, ids))
    return told


async def _told(client: Client, sale: str, runs: Iterable[str]) -> Told:
    told = Told()
    for run in runs:
        handle = client.get_workflow_handle(opportunity_workflow_id(sale), run_id=run or None)
        try:
            history = await handle.fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            continue  # it expired since it was listed, or there is none
        told.runs += 1
        scheduled: dict[int, LedgerBatch] = {}
        for event in history.events:
            await _take(client, event, told, scheduled)
    known = told.events.keys() | told.acknowledged
    told.whole = len(known) == max(known, default=0)
    return told


async def _take(client: Client, event: HistoryEvent, told: Told, scheduled: dict[int, LedgerBatch]) -> None:
    """Take what one event of a history tells."""
    match event.WhichOneof("attributes"):
        case "workflow_execution_started_event_attributes":
            begun = event.workflow_execution_started_event_attributes
            start = await _decoded(client, begun.input, OpportunityInput)
            if start.carried is not None:
                _learn(told, start.carried.events)
                told.written |= set(range(1, start.carried.outbox.written + 1))
        case "activity_task_scheduled_event_attributes":
            task = event.activity_task_scheduled_event_attributes
            if task.activity_type.name == RECORD:
                batch = scheduled[event.event_id] = await _decoded(client, task.input, LedgerBatch)
                _learn(told, batch.events)
        case "activity_task_completed_event_attributes":
            done = scheduled.get(event.activity_task_completed_event_attributes.scheduled_event_id)
            if done is not None:
                told.written |= {written.sequence for written in done.events}
        case "workflow_execution_update_completed_event_attributes":
            outcome = event.workflow_execution_update_completed_event_attributes.outcome
            if outcome.HasField("success"):
                receipt = await _decoded(client, outcome.success, Receipt)
                told.acknowledged |= set(receipt.sequences)


def _learn(told: Told, events: Iterable[Event]) -> None:
    told.events |= {event.sequence: event.hash for event in events}


async def _decoded(client: Client, payloads: Payloads, model: type[T]) -> T:
    decoded: list[Any] = await client.data_converter.decode(payloads.payloads, [model])
    return decoded[0]  # type: ignore[no-any-return]  # decoded as the one type that was named

"""What Temporal's own histories tell of a sale or of a neighbour of one, for the audit.

A history tells what its run wrote (the inputs of the activity that keeps its ledger), what it began with (the state
carried from the run before, or from an import), what it acknowledged (the receipts of its updates), and what it heard
(the signals, which can't be refused).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import JsonValue
from temporalio.api.common.v1 import Payloads
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from stagemark.contracts.messages import LedgerBatch, OpportunityInput, Receipt
from stagemark.contracts.names import is_opportunity
from stagemark.contracts.neighbours import Batch, NeighbourInput, NeighbourReceipt

__all__ = ["Told", "all_told"]

AT_ONCE: Final = 8
OFTEN: Final = 4
"""What has been tried so often and failed is named: a moment's fault is over by then."""
_ENDS: Final = ("completed", "failed", "timed_out", "canceled", "terminated", "continued_as_new")

_TASKS: Final = frozenset(
    f"workflow_task_{done}_event_attributes" for done in ("scheduled", "started", "failed", "timed_out")
)

T = TypeVar("T")


@dataclass
class Told:
    """What the histories of one sale or neighbour tell.

    Attributes:
        events: Hash of each event that a run carried or wrote; of a neighbour, of each entry.
        written: Events of which a run knows that they are in the ledger.
        acknowledged: Events that callers were told of.
        heard: Keys of the facts that it was told, which can't be refused.
        whole: Whether they tell of all events from the first on: a run that went on from the ledger tells only its own.
        runs: How many runs were read.
        running: Whether one of them goes on.
        stuck: What fails in it again and again, so that it does not go on; empty: nothing.
    """

    events: dict[int, str] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    whole: bool = True
    runs: int = 0
    running: bool = False
    stuck: str = ""


@dataclass(frozen=True)
class _Reader:
    """How the histories of one kind of workflow are read.

    Attributes:
        keeps: The activity that keeps its ledger.
        start: What a run starts with, and `began` takes of it.
        batch: What that activity is given, and `hashes` takes of it.
        receipt: What callers are answered, and `sequences` takes of it.
    """

    keeps: str
    start: type[Any]
    began: Callable[[Told, Any], None]
    batch: type[Any]
    hashes: Callable[[Any], dict[int, str]]
    receipt: type[Any]
    sequences: Callable[[Any], Iterable[int]]


def _sale_began(told: Told, start: OpportunityInput) -> None:
    if start.carried is not None:
        told.events |= {event.sequence: event.hash for event in start.carried.events}
        told.written |= set(range(1, start.carried.outbox.written + 1))


def _neighbour_began(told: Told, start: NeighbourInput) -> None:
    """The state that is carried names the last entry only; those before are told by the runs before."""
    if start.carried is None:
        return
    unwritten, state = _hashes(start.carried.unwritten), start.carried.state
    if state.get("sequence"):
        last = int(str(state["sequence"]))
        told.events[last] = str(state["hash"])
        told.written |= set(range(1, last + 1)) - unwritten.keys()
    told.events |= unwritten
    told.heard |= {str(request["key"]) for request in start.carried.heard}


def _hashes(entries: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    return {int(entry["sequence"]): str(entry["hash"]) for entry in entries}


_OF_SALE = _Reader(
    keeps="stagemark.record",
    start=OpportunityInput,
    began=_sale_began,
    batch=LedgerBatch,
    hashes=lambda batch: {event.sequence: event.hash for event in batch.events},
    receipt=Receipt,
    sequences=lambda receipt: receipt.sequences,
)
_OF_NEIGHBOUR = _Reader(
    keeps="stagemark.keep",
    start=NeighbourInput,
    began=_neighbour_began,
    batch=Batch,
    hashes=lambda batch: _hashes(batch.entries),
    receipt=NeighbourReceipt,
    sequences=lambda receipt: range(receipt.first, receipt.last + 1),
)


async def all_told(
    client: Client, runs: Mapping[str, Sequence[str]], progress: Callable[[int, int], None] | None
) -> dict[str, Told]:
    """Read the runs of workflows, by their ids, a few at once; an empty run id means the latest."""
    told: dict[str, Told] = {}
    some = asyncio.Semaphore(AT_ONCE)

    async def tell(workflow: str, ids: Sequence[str]) -> None:
        async with some:
            told[workflow] = await _told(client, workflow, ids)
        if progress is not None:
            progress(len(told), len(runs))

    async with asyncio.TaskGroup() as group:
        for workflow, ids in runs.items():
            group.create_task(tell(workflow, ids))
    return told


async def _told(client: Client, workflow: str, runs: Iterable[str]) -> Told:
    told = Told()
    reader = _OF_SALE if is_opportunity(workflow) else _OF_NEIGHBOUR
    for run in runs:
        handle = client.get_workflow_handle(workflow, run_id=run or None)
        try:
            history = await handle.fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            continue  # it expired since it was listed, or there is none
        told.runs += 1
        scheduled: dict[int, set[int]] = {}
        for event in history.events:
            await _take(client, event, told, scheduled, reader)
        ended = history.events[-1].WhichOneof("attributes") or ""
        if ended not in {f"workflow_execution_{end}_event_attributes" for end in _ENDS}:
            told.running = True
            told.stuck = await _stuck(handle, history.events)
    known = told.events.keys() | told.acknowledged
    told.whole = len(known) == max(known, default=0)
    return told


async def _stuck(handle: WorkflowHandle[Any, Any], events: Sequence[HistoryEvent]) -> str:
    """What fails in a run again and again; the server says how often, where anything is under way."""
    waits = events[-1].WhichOneof("attributes") in _TASKS or {
        event.event_id
        for event in events
        if event.WhichOneof("attributes") == "activity_task_scheduled_event_attributes"
    } - {event.activity_task_completed_event_attributes.scheduled_event_id for event in events}
    if not waits:
        return ""
    try:
        now = (await handle.describe()).raw_description
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return ""  # it has ended since
    if now.HasField("pending_workflow_task") and now.pending_workflow_task.attempt >= OFTEN:
        failed = [event for event in events if event.HasField("workflow_task_failed_event_attributes")]
        why = failed[-1].workflow_task_failed_event_attributes.failure.message if failed else "timed out"
        return f"workflow task: {_first_line(why)}"
    often = [one for one in now.pending_activities if one.attempt >= OFTEN and one.HasField("last_failure")]
    return f"{often[0].activity_type.name}: {_first_line(often[0].last_failure.message)}" if often else ""


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200]


async def _take(
    client: Client, event: HistoryEvent, told: Told, scheduled: dict[int, set[int]], reader: _Reader
) -> None:
    """Take what one event of a history tells."""
    match event.WhichOneof("attributes"):
        case "workflow_execution_started_event_attributes":
            begun = event.workflow_execution_started_event_attributes
            reader.began(told, await _decoded(client, begun.input, reader.start))
        case "workflow_execution_signaled_event_attributes":
            signal = event.workflow_execution_signaled_event_attributes
            if signal.signal_name == "tell":
                request = await _decoded(client, signal.input, dict[str, JsonValue])
                told.heard.add(str(request["key"]))
        case "activity_task_scheduled_event_attributes":
            task = event.activity_task_scheduled_event_attributes
            if task.activity_type.name == reader.keeps:
                batch = await _decoded(client, task.input, reader.batch)
                hashes = reader.hashes(batch)
                told.events |= hashes
                scheduled[event.event_id] = set(hashes)
        case "activity_task_completed_event_attributes":
            done = event.activity_task_completed_event_attributes.scheduled_event_id
            told.written |= scheduled.get(done, set())
        case "workflow_execution_update_completed_event_attributes":
            outcome = event.workflow_execution_update_completed_event_attributes.outcome
            if outcome.HasField("success"):
                receipt = await _decoded(client, outcome.success, reader.receipt)
                told.acknowledged |= set(reader.sequences(receipt))


async def _decoded(client: Client, payloads: Payloads, model: type[T]) -> T:
    decoded: list[Any] = await client.data_converter.decode(payloads.payloads, [model])
    return decoded[0]  # type: ignore[no-any-return]  # decoded as the one type that was named

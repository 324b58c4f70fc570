"""(c) Cold replay: a worker that has nothing in memory takes up the longest run that there can be."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from benchmarks.actions import histories
from benchmarks.figures import Figure, Spread
from benchmarks.place import Place, place
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.playbooks.load import shipped_playbook

__all__ = ["measure"]


async def measure(folder: Path, quick: bool) -> list[Figure]:
    """Fill a run up to where it continues as new by default, and replay it, with a new replayer each time."""
    async with place(folder, on_file=False) as at:
        history = await _longest(at, most=20 if quick else 10_000)
        times = []
        for _ in range(2 if quick else 7):
            replayer = Replayer(workflows=[], plugins=[at.engine.plugin()])
            began = perf_counter()
            await replayer.replay_workflow(history)
            times.append(perf_counter() - began)
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    commands = sum(event.event_type == accepted for event in history.events)
    size = sum(event.ByteSize() for event in history.events)
    name = f"replay of {len(history.events)} events, {commands} updates, {size / 1e6:.1f} MB"
    return [Figure(name, "s", Spread.of(times), most=0.5)]


async def _longest(at: Place, most: int) -> WorkflowHistory:
    """The first run of a sale in which step after step is recorded."""
    sale = f"S-{uuid4().hex[:12]}"
    await at.sales.open(sale, shipped_playbook("key-account-six"), account="A-1", owner="wang", actor="wang")
    handle = at.client.get_workflow_handle(opportunity_workflow_id(sale))
    first = (await handle.describe()).run_id
    for number in range(most):
        await at.sales.add_evidence(sale, {"competitors": f"rival {number}"}, stage="value", actor="wang")
        if number % 20 == 0 and (await handle.describe()).run_id != first:
            break
    return (await histories(at.client, opportunity_workflow_id(sale)))[-1]

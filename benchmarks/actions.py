"""(b) Events and billable actions of a whole sale by the default playbook, counted from its histories.

What is billable is said at https://docs.temporal.io/cloud/actions (read in November 2026): a workflow started, by a
client or by continue-as-new; a workflow reset; a timer started; each upsert of search attributes (those given at the
start are free); a signal; an update received by the worker, accepted or rejected (not one repeated under its id); a
query; an activity started or retried, each attempt; a local activity task; a heartbeat; a side effect or a marker of a
version is free. Update-with-start is a start and an update. Rejected updates, queries and attempts that failed are not
in a history: of attempts the last one's number tells, and neither sale here asks or is refused.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

from benchmarks.figures import Figure, Spread
from benchmarks.place import Place, place
from benchmarks.sale import MARKS, STEPS, MarkOf
from benchmarks.usual import USUAL, play_usual
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.demo.eight_months import SALE, play_eight_months
from stagemark.domain.events import Event
from stagemark.playbooks.load import shipped_playbook

__all__ = ["BILLABLE", "histories", "measure", "single", "spent"]

VIRTUAL = "virtual time, left out"
"""What moves a sale's clock is no part of the sale: the events, not the tasks that some of them bring."""
STEPWISE, PLAIN = "stepwise", "plain"

BILLABLE = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "run started",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: "activity",
}
"""The events that are billable actions, and what for. An activity's attempts beyond the first are added."""


async def measure(folder: Path, quick: bool) -> list[Figure]:
    """Play whole sales, the last one for eight months of virtual time; count each from its histories."""
    async with place(folder, on_file=False, jitter=timedelta(0)) as at:
        await _twelve_markers(at, STEPWISE, STEPS)
        figures = await _counted(at, STEPWISE, "one observation, one step")
        await _twelve_markers(at, PLAIN, [(mark,) for mark in MARKS])
        figures += await _counted(at, PLAIN, "twelve markers, one by one")
        await play_usual(at)
        figures += await _counted(at, USUAL, "a usual sale, timers and messages")
        if not quick:
            await play_eight_months(
                at.client, at.engine, at.engine.directory, at.engine.calendars, lambda done, total: None
            )
            figures += await _counted(at, SALE, "eight months, triggers and answers")
    return figures


async def _twelve_markers(at: Place, sale: str, steps: Sequence[Sequence[MarkOf]]) -> None:
    first, *later = steps
    playbook = shipped_playbook("key-account-six")
    also = [mark.command() for mark in first]
    rows = at.done.rows + 1 + len(also)
    await at.sales.open(sale, playbook, account="A-1", owner="wang", actor="wang", also=also)
    for step in later:
        await at.done.until(rows=rows)  # people take longer than the ledger; in a burst several would share a write,
        await asyncio.sleep(0.2)  # or a workflow task
        await at.sales.record(sale, *(mark.command() for mark in step), actor="wang")
        rows += len(step)
    await at.client.get_workflow_handle(opportunity_workflow_id(sale)).result()


async def _counted(at: Place, sale: str, name: str) -> list[Figure]:
    runs = await histories(at.client, opportunity_workflow_id(sale))
    parts = spent(event for run in runs for event in run.events)
    real = [part for name, part in parts.items() if name != VIRTUAL]
    events, actions = (sum(part[what] for part in real) for what in ("events", "actions"))
    recorded = await at.engine.ledger.events(sale)
    marks = sum(event.kind == "mark" for event in recorded)
    told = _told(recorded)
    whole = f"{events} events, {actions} actions, {len(runs)} runs, {marks} markers, {told} commands"
    figures = [
        single(f"events a marker: {name}", "events", events / marks, most=12),
        single(f"actions a marker: {name}", "actions", actions / marks, most=2.2),
        single(f"events a command: {name}", "events", events / told),
        single(f"actions a command: {name}", "actions", actions / told),
    ]
    figures[1] = replace(figures[1], parts={**parts, whole: {"events": events, "actions": actions}})
    return figures


def _told(recorded: Iterable[Event]) -> int:
    """How many commands people gave."""
    return sum(event.source != "engine" for event in recorded)


def single(name: str, unit: str, value: float, most: float | None = None) -> Figure:
    """A figure that is counted once."""
    return Figure(name, unit, Spread.of([value]), most=most)


async def histories(client: Client, workflow: str) -> list[WorkflowHistory]:
    """The histories of all runs of a workflow, the last one first."""
    found = []
    run: str | None = None
    while True:
        history = await client.get_workflow_handle(workflow, run_id=run).fetch_history()
        found.append(history)
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not run:
            return found


def spent(events: Iterable[HistoryEvent]) -> dict[str, dict[str, int]]:
    """Events and billable actions, by what they are for."""
    parts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    scheduled: dict[int, str] = {}
    for event in events:
        name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        kind = event.event_type
        if kind == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            part = scheduled[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        elif name.startswith("ACTIVITY_TASK"):
            part = scheduled[_scheduled_by(event)]
        else:
            part = next((part for word, part in _PARTS.items() if word in name), "runs")
        parts[part]["events"] += 1
        if kind in BILLABLE:
            parts[part]["actions"] += 1
        if kind == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            parts[part]["actions"] += event.activity_task_started_event_attributes.attempt - 1
    return {name: {"events": part["events"], "actions": part["actions"]} for name, part in sorted(parts.items())}


_PARTS = {
    "TIME_SKIPPING": VIRTUAL,
    "OPTIONS_UPDATED": VIRTUAL,
    "WORKFLOW_TASK": "workflow tasks",
    "EXECUTION_UPDATE": "updates",
    "TIMER": "timers",
    "SEARCH_ATTRIBUTES": "search attributes",
}


def _scheduled_by(event: HistoryEvent) -> int:
    attributes = event.WhichOneof("attributes")
    return int(getattr(event, attributes).scheduled_event_id) if attributes else 0

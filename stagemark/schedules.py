"""The schedules that an installation needs in Temporal: the weekly receivables table (domain.md §3), daily digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from stagemark.contracts.digests import DIGESTS
from stagemark.contracts.receivables import RECEIVABLES
from stagemark.domain.collection.policy import Weekly
from stagemark.transport import fault

__all__ = ["DAILY", "SCHEDULE", "ensure_digests", "ensure_receivables"]

SCHEDULE: Final = "stagemark-receivables"
DAILY: Final = "stagemark-digests"
HOUR: Final = 10
"""In UTC, when the next day begins in the first zone of the world; the run then waits for each zone's morning."""


async def ensure_digests(client: Client, task_queue: str) -> None:
    """Create the schedule of the digests, or bring it up to date; a repeat changes nothing.

    Raises:
        Unavailable: As `ensure_receivables`.
    """
    # The last zone has its morning after the next day's run began: two runs share an hour, and no person.
    await _ensure(client, DAILY, _wanted(DIGESTS, DAILY, "digests of the day", None, task_queue))


async def ensure_receivables(client: Client, weekly: Weekly, task_queue: str) -> None:
    """Create the schedule of the receivables table, or bring it up to what the policy says; a repeat changes nothing.

    An operator's pause is kept.

    Raises:
        Unavailable: `server_unreachable`, `not_allowed`, and what else keeps the server from it.
    """
    day_before = weekly.weekday - 1  # in a schedule Sunday is 0
    about = "receivables table of every supervisor"
    await _ensure(client, SCHEDULE, _wanted(RECEIVABLES, SCHEDULE, about, day_before, task_queue))


async def _ensure(client: Client, id_: str, wanted: Schedule) -> None:
    def bring_up(found: ScheduleUpdateInput) -> ScheduleUpdate | None:
        known = found.description.schedule
        same = _told(known) == _told(wanted)
        return None if same else ScheduleUpdate(replace(wanted, state=known.state))

    try:
        await client.create_schedule(id_, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(id_).update(bring_up)
    except RPCError as error:
        raise fault(error, client) from error


def _wanted(workflow: str, id_: str, about: str, day: int | None, task_queue: str) -> Schedule:
    """A schedule that starts a workflow as a day begins in the first zone of the world; each day if none is given."""
    spec = ScheduleCalendarSpec(hour=(ScheduleRange(HOUR),))
    if day is not None:
        spec = replace(spec, day_of_week=(ScheduleRange(day),))
    overlap = ScheduleOverlapPolicy.ALLOW_ALL if day is None else ScheduleOverlapPolicy.SKIP
    return Schedule(
        action=ScheduleActionStartWorkflow(workflow, id=id_, task_queue=task_queue, static_summary=about),
        spec=ScheduleSpec(calendars=[spec]),
        policy=SchedulePolicy(overlap=overlap, catchup_window=timedelta(days=1)),
    )


def _told(schedule: Schedule) -> tuple[object, ...]:
    """When it starts, and where: what a policy or a setting changes."""
    queue = schedule.action.task_queue if isinstance(schedule.action, ScheduleActionStartWorkflow) else None
    days = [
        (range_.start, hour.start) for one in schedule.spec.calendars for range_ in one.day_of_week for hour in one.hour
    ]
    return queue, days

"""The schedules that an installation needs in Temporal: the weekly receivables table (domain.md §3), daily digests.

The schedule of the digests also says to which ledger the namespace's workers write (docs/decisions/0049).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple

from temporalio.api.common.v1 import Payload
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
from stagemark.errors import InvalidInput
from stagemark.transport import fault

__all__ = ["DAILY", "SCHEDULE", "LedgerName", "check_ledger", "ensure_digests", "ensure_receivables"]

SCHEDULE: Final = "stagemark-receivables"
DAILY: Final = "stagemark-digests"
HOUR: Final = 10
"""In UTC, when the next day begins in the first zone of the world; the run then waits for each zone's morning."""


class LedgerName(NamedTuple):
    """A ledger: by what it is known, and where it lies."""

    id: str | None
    address: str

    def __str__(self) -> str:
        """As it stands in the schedule, for an operator too."""
        return f"ledger {self.id} at {self.address}"

    @classmethod
    def read(cls, said: str | None) -> LedgerName | None:
        """The ledger that a schedule names, if it does."""
        found = re.fullmatch(r"ledger (\S+) at (.+)", said or "")
        return cls(found[1], found[2]) if found else None


async def check_ledger(client: Client, own: LedgerName) -> None:
    """See that the namespace's workers write to the ledger that we are on, if any ever did.

    Raises:
        InvalidInput: `ledger_other`, `ledger_replaced`.
    """
    try:
        told = await client.get_schedule_handle(DAILY).describe()
    except RPCError:  # no worker yet; or one may not look, or the call itself is going to fail with better words
        return
    _agree(await _ledger_of(client, told.schedule), own, client.namespace)


async def ensure_digests(client: Client, task_queue: str, ledger: LedgerName, adopt: bool = False) -> None:
    """Create the schedule of the digests, or bring it up to date; a repeat changes nothing.

    Args:
        client: Of the namespace.
        task_queue: Of the workers.
        ledger: To which they write.
        adopt: Whether to change over to it if they wrote to another one.

    Raises:
        InvalidInput: `ledger_other`, `ledger_replaced`.
        Unavailable: As `ensure_receivables`.
    """
    # The last zone has its morning after the next day's run began: two runs share an hour, and no person.
    wanted = _wanted(DIGESTS, DAILY, "digests of the day", None, task_queue, ledger)
    await _ensure(client, DAILY, wanted, None if adopt else ledger)


async def ensure_receivables(client: Client, weekly: Weekly, task_queue: str) -> None:
    """Create the schedule of the receivables table, or bring it up to what the policy says; a repeat changes nothing.

    An operator's pause is kept.

    Raises:
        Unavailable: `server_unreachable`, `not_allowed`, and what else keeps the server from it.
    """
    day_before = weekly.weekday - 1  # in a schedule Sunday is 0
    about = "receivables table of every supervisor"
    await _ensure(client, SCHEDULE, _wanted(RECEIVABLES, SCHEDULE, about, day_before, task_queue))


async def _ensure(client: Client, id_: str, wanted: Schedule, own: LedgerName | None = None) -> None:
    async def bring_up(found: ScheduleUpdateInput) -> ScheduleUpdate | None:
        known = found.description.schedule
        written = await _ledger_of(client, known)
        if own is not None:
            _agree(written, own, client.namespace)
        same = _told(known) == _told(wanted) and written == await _ledger_of(client, wanted)
        return None if same else ScheduleUpdate(replace(wanted, state=known.state))

    try:
        await client.create_schedule(id_, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(id_).update(bring_up)
    except RPCError as error:
        raise fault(error, client) from error


def _agree(known: LedgerName | None, own: LedgerName, namespace: str) -> None:
    if known is None or known.id == own.id:
        return
    if known.address == own.address:
        raise InvalidInput.of("ledger_replaced", namespace=namespace, store=own.address)
    raise InvalidInput.of("ledger_other", namespace=namespace, other=known.address, store=own.address)


async def _ledger_of(client: Client, schedule: Schedule) -> LedgerName | None:
    """The ledger that a schedule names; as it was sent by us, or as the server has it."""
    said = schedule.action.static_details if isinstance(schedule.action, ScheduleActionStartWorkflow) else None
    if isinstance(said, Payload):  # an empty one where nothing was said
        said = (await client.data_converter.decode([said], [str]))[0] if said.data else None
    return LedgerName.read(said)


def _wanted(
    workflow: str, id_: str, about: str, day: int | None, task_queue: str, ledger: LedgerName | None = None
) -> Schedule:
    """A schedule that starts a workflow as a day begins in the first zone of the world; each day if none is given."""
    spec = ScheduleCalendarSpec(hour=(ScheduleRange(HOUR),))
    if day is not None:
        spec = replace(spec, day_of_week=(ScheduleRange(day),))
    overlap = ScheduleOverlapPolicy.ALLOW_ALL if day is None else ScheduleOverlapPolicy.SKIP
    return Schedule(
        action=ScheduleActionStartWorkflow(
            workflow,
            id=id_,
            task_queue=task_queue,
            static_summary=about,
            static_details=str(ledger) if ledger else None,
        ),
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

"""Virtual time on the real server: a sale and its neighbours move together, from due to due (design.md §8).

Each run there has a clock of its own. So that all of them tell the same time, whoever falls due next is waited for by
the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from temporalio.client import Client, RPCError, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from stagemark.contracts.messages import OpportunityInput
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.contracts.neighbours import NeighbourInput, NeighbourView
from stagemark.contracts.views import View
from stagemark.transport import Transport
from stagemark_workflows.neighbour import Neighbour
from stagemark_workflows.opportunity import Opportunity

__all__ = ["VirtualSale"]

_A_QUERY: Final = timedelta(seconds=30)
_MOST_LOOKS: Final = 100
"""So often a run is looked at that is renewed meanwhile, which takes it a few milliseconds."""
_A_MOMENT: Final = timedelta(seconds=2)
"""A timer runs at least a second (see `Alarm`), so what is due has fallen due a moment after."""


@contextmanager
def _unless_over() -> Iterator[None]:
    """Let pass that there is no run, or none any more: what it has just been told may have been its last."""
    try:
        yield
    except RPCError as error:
        if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
            raise


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run whose clock we move; `offset` is its `Living.offset`."""

    handle: WorkflowHandle[Any, Any]
    offset: timedelta


@dataclass(frozen=True, slots=True)
class _Clock:
    """A run, and what time it is there."""

    run: _Run
    now: datetime


class VirtualSale:
    """One sale whose clock we move, with its neighbours. The server has to allow it: `embedded.TIME_SKIPPING`."""

    def __init__(self, client: Client, opportunity: str, account: str, *complaints: str) -> None:
        """Move the sale of that id.

        Args:
            client: Of the sale's namespace.
            opportunity: The sale; it has to be open.
            account: Whose it is.
            complaints: The complaints that may come up.
        """
        self._client = client
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self._id = opportunity_workflow_id(opportunity)
        self._near = (
            self._id,
            f"account:{account}",
            f"collection:{opportunity}",
            f"aftercare:{opportunity}",
            *(f"complaint:{complaint}" for complaint in complaints),
        )
        self._transport = Transport(client, task_queue="", timeout=_A_QUERY)  # queries need no queue
        self._offsets: dict[str, timedelta] = {}
        self._reached: datetime | None = None

    async def now(self) -> datetime:
        """What time it is: as late as the latest of them."""
        clocks = [clock.now for clock in await self._clocks()]
        self._reached = max([*clocks, *([self._reached] if self._reached else [])], default=datetime.now(UTC))
        return self._reached

    async def view(self) -> View:
        """How the sale stands, at its own time."""
        return await self._transport.query(self._id, Opportunity.view, await self.now())

    async def settled(self) -> None:
        """Wait until everybody has heard what they tell each other; not for ever, for an activity may fail for long."""
        quiet = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(_A_QUERY.total_seconds()):
                while quiet < 2:  # one may be told just after it was looked at
                    busy = await asyncio.gather(*map(self._busy, self._near))
                    quiet = 0 if any(busy) else quiet + 1

    async def go_to(self, moment: datetime) -> None:
        """Let time pass up to a moment, stopping wherever something falls due; nothing if it has passed."""
        while True:
            await self.settled()
            clocks = await self._clocks()
            behind = [clock for clock in clocks if clock.now < moment]
            if not behind:
                return
            dues = dict(zip(clocks, await asyncio.gather(*map(self._due, clocks)), strict=True))
            first = min((due for due in dues.values() if due), default=None)
            until = moment if first is None else min(moment, max(first, min(c.now for c in behind)) + _A_MOMENT)
            # Whose time has come last, so that those whom it tells of it are not behind it.
            for clock in sorted(behind, key=lambda one: dues[one] or _NEVER, reverse=True):
                if clock.now < until:
                    with _unless_over():
                        await self._skipper.fast_forward(clock.run.handle, until - clock.now)

    async def next_due(self) -> datetime | None:
        """Let time pass until something has fallen due; when that was, or none if nothing will."""
        await self.settled()
        dues = await asyncio.gather(*map(self._due, await self._clocks()))
        due = min((due for due in dues if due), default=None)
        if due is not None:
            await self.go_to(max(due, await self.now()) + _A_MOMENT)
        return due

    async def ended(self) -> None:
        """Wait until the sale's run is over: everything is written down then, and everybody told."""
        await self._client.get_workflow_handle(self._id).result()

    async def _busy(self, id_: str) -> bool:
        """Whether a run has something in hand."""
        with _unless_over():
            raw = (await self._client.get_workflow_handle(id_).describe()).raw_description
            return bool(raw.pending_activities) or raw.HasField("pending_workflow_task")
        return False

    async def _clocks(self) -> list[_Clock]:
        """The time of those that have a run now: neighbours begin when they are first told something, and end."""
        return [clock for clock in await asyncio.gather(*map(self._clock, self._near)) if clock is not None]

    async def _clock(self, id_: str) -> _Clock | None:
        """The time of a run. One that is renewed meanwhile is looked at again, lest its due moments be passed over."""
        handle = self._client.get_workflow_handle(id_)
        with _unless_over():
            for _ in range(_MOST_LOOKS):
                described = await handle.describe()
                if described.status is WorkflowExecutionStatus.CONTINUED_AS_NEW:
                    continue
                if described.status is not WorkflowExecutionStatus.RUNNING:
                    return None
                with _unless_over():
                    run = _Run(handle, await self._offset(id_, described.run_id))
                    return _Clock(run, await self._skipper.get_current_time(handle) + run.offset)
        return None

    async def _offset(self, id_: str, run_id: str) -> timedelta:
        if run_id not in self._offsets:
            run = self._client.get_workflow_handle(id_, run_id=run_id)
            first = await anext(aiter(run.fetch_history_events()))
            kind = OpportunityInput if id_ == self._id else NeighbourInput
            payloads = first.workflow_execution_started_event_attributes.input.payloads
            (start,) = await self._client.data_converter.decode(payloads, [kind])
            self._offsets[run_id] = start.living.offset
        return self._offsets[run_id]

    async def _due(self, clock: _Clock) -> datetime | None:
        """When something falls due next in it."""
        id_ = clock.run.handle.id
        if id_ == self._id:
            return (await self._transport.query(id_, Opportunity.view, clock.now)).next_due
        seen: NeighbourView = await self._transport.query(id_, Neighbour.view, clock.now)
        return seen.next_due

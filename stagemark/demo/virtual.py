"""Virtual time on the real server: a sale is moved from due moment to due moment (design.md §8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from stagemark.contracts.names import opportunity_workflow_id
from stagemark.contracts.views import View
from stagemark.transport import Transport
from stagemark_workflows.opportunity import Opportunity

__all__ = ["VirtualSale"]

_A_QUERY: Final = timedelta(seconds=30)
_A_MOMENT: Final = timedelta(seconds=2)
"""A timer runs at least a second (see `Alarm`), so what is due has fallen due a moment after."""


class VirtualSale:
    """One sale whose clock we move. The server has to allow it: `stagemark.embedded.TIME_SKIPPING`."""

    def __init__(self, client: Client, opportunity: str, offset: timedelta = timedelta(0)) -> None:
        """Move the sale of that id.

        Args:
            client: Of the sale's namespace.
            opportunity: The sale; it has to be open.
            offset: Its `OpportunityInput.offset`.
        """
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self._handle = client.get_workflow_handle_for(Opportunity.run, opportunity_workflow_id(opportunity))
        self._opportunity = opportunity
        self._transport = Transport(client, task_queue="", timeout=_A_QUERY)  # queries need no queue
        self._offset = offset

    async def now(self) -> datetime:
        """What time it is in the sale."""
        return await self._skipper.get_current_time(self._handle) + self._offset

    async def view(self) -> View:
        """How the sale stands, at its own time."""
        return await self._transport.view(self._opportunity, await self.now())

    async def go_to(self, moment: datetime) -> None:
        """Let its time pass up to a moment, stopping wherever something falls due; nothing if it has passed."""
        while (now := await self.now()) < moment:
            due = (await self.view()).next_due
            until = moment if due is None else min(moment, max(due, now) + _A_MOMENT)
            await self._skipper.fast_forward(self._handle, until - now)

    async def next_due(self) -> datetime | None:
        """Let its time pass until something has fallen due; when that was, or none if nothing will."""
        due = (await self.view()).next_due
        if due is not None:
            await self.go_to(max(due, await self.now()) + _A_MOMENT)
        return due

    async def ended(self) -> None:
        """Wait until its run is over: everything is written down then, and everybody told."""
        await self._handle.result()

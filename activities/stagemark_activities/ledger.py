"""Activities on the ledger and the calendars."""

from __future__ import annotations

from typing import Any

from temporalio import activity

from stagemark.contracts.messages import LedgerBatch, Recorded, Told
from stagemark.domain.calendars import WorkCalendar
from stagemark.ports import Calendars, Ledger
from stagemark_activities.posting import Posting
from stagemark_activities.reading import told
from stagemark_activities.telling import Telling

__all__ = ["LedgerActivities"]


class LedgerActivities:
    """What a sale's run writes and reads. Each may run any number of times (design.md §6 rule 6)."""

    def __init__(self, ledger: Ledger, calendars: Calendars, telling: Telling, posting: Posting) -> None:
        """Stand on the ports."""
        self._ledger = ledger
        self._calendars = calendars
        self._telling = telling
        self._posting = posting

    @activity.defn(name="stagemark.record")
    async def record(self, batch: LedgerBatch) -> Recorded:
        """Write events, and what derives from them; then tell the sale's neighbours, and people by their inboxes."""
        await self._ledger.append(batch.opportunity, batch.events)
        for tell in batch.tells:
            await self._telling.tell(tell, batch.living)
        recorded: dict[str, Any] = {}
        if batch.post is not None:
            recorded["sent"] = await self._posting.post(batch.post)
        if batch.calendar is not None:
            calendar = await self._calendars.calendar(batch.calendar)
            if batch.known_until is None or calendar.known_until > batch.known_until:
                recorded["calendar"] = calendar
        return Recorded(**recorded)

    @activity.defn(name="stagemark.told")
    async def told(self, opportunity: str) -> Told:
        """Read all events of a sale that goes on, and its playbook.

        Raises:
            NotFound: `unknown_opportunity`, `playbook_not_kept`: it is tried again, for a ledger can be restored.
        """
        return await told(self._ledger, opportunity)

    @activity.defn(name="stagemark.calendar")
    async def calendar(self, calendar: str) -> WorkCalendar:
        """Resolve a calendar again, before its known days run out (design.md §6 rule 10)."""
        return await self._calendars.calendar(calendar)

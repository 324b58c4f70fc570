"""Activities on the ledger and the calendars."""

from __future__ import annotations

from temporalio import activity

from stagemark.contracts.messages import LedgerBatch, Told
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.history import playbook_of
from stagemark.errors import NotFound
from stagemark.ports import Calendars, Ledger

__all__ = ["LedgerActivities", "told"]


async def told(ledger: Ledger, opportunity: str) -> Told:
    """What a ledger knows of a sale.

    Raises:
        NotFound: `unknown_opportunity`, or `playbook_not_kept` where its playbook was not kept.
    """
    events = tuple(await ledger.events(opportunity))
    ref = playbook_of(events)
    if ref is None:
        raise NotFound.of("unknown_opportunity", opportunity=opportunity)
    whole = await ledger.playbook(ref.hash)
    if whole is None:
        raise NotFound.of("playbook_not_kept", playbook=ref.id)
    return Told(events=events, playbook=whole.compiled())


class LedgerActivities:
    """What a sale's run writes and reads. Each may run any number of times (design.md §6 rule 6)."""

    def __init__(self, ledger: Ledger, calendars: Calendars) -> None:
        """Stand on the ports."""
        self._ledger = ledger
        self._calendars = calendars

    @activity.defn(name="stagemark.record")
    async def record(self, batch: LedgerBatch) -> None:
        """Write events, and what derives from them."""
        await self._ledger.append(batch.opportunity, batch.events)

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

"""A usual sale by the default playbook in virtual time: what people observe, and what falls due meanwhile.

The markers of one observation are recorded in one step. The gaps between the steps are those of a sale that goes well,
in working days: about two thirds of what the playbook expects of the stages, with a customer who pays thirty days after
the invoice. Twice nothing is recorded for ten days and the owner is reminded: once they record what they had not yet,
once they answer that the invoice has been approved.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from benchmarks.place import Place
from benchmarks.sale import STEPS
from stagemark.demo.virtual import VirtualSale
from stagemark.domain.commands import Answer
from stagemark.playbooks.load import shipped_playbook

__all__ = ["USUAL", "play_usual"]

USUAL: Final = "usual"
_ACCOUNT: Final = "A-1"
_GAPS: Final = (6, 9, 7, 5, 12, 7, 19)
"""Working days before each step after the first."""
_REMINDED_AFTER: Final = 10
"""Working days of silence after which the playbook reminds the owner."""


async def play_usual(at: Place) -> None:
    """Open it with its first marker, and play it to the last payment."""
    first, *later = STEPS
    await at.sales.open(
        USUAL,
        shipped_playbook("key-account-six"),
        account=_ACCOUNT,
        owner="wang",
        actor="wang",
        also=[mark.command() for mark in first],
    )
    sale = VirtualSale(at.client, USUAL, _ACCOUNT)
    calendar = await at.engine.calendars.calendar("cn")

    async def after(since: datetime, days: int) -> datetime:
        moment = calendar.add_working_days(since, days)
        await sale.go_to(moment)
        return moment

    last = await sale.now()
    for gap, step in zip(_GAPS, later, strict=True):
        if step is later[-1]:
            last, gap = await after(last, _REMINDED_AFTER + 1), gap - _REMINDED_AFTER
            for reminder in (await sale.view()).triggers:
                answer = Answer(event=reminder.event, answer="done", text="The invoice has been approved.")
                await at.sales.record(USUAL, answer, actor="wang")
        last = await after(last, gap)
        await at.sales.record(USUAL, *(mark.command() for mark in step), actor="wang")
    await sale.ended()

"""Plays the demo's year: every sale goes through the client and its own workflow, as if it had been recorded then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from stagemark.client import Stagemark
from stagemark.contracts.messages import Receipt
from stagemark.demo.people import CONTACTS_FILE, PEOPLE_FILE
from stagemark.demo.sales import SALES, SPAN, Sale, demo_sale
from stagemark.domain.commands import Envelope, Record
from stagemark.errors import NotFound

__all__ = ["Hall", "Progress", "begun_on", "play_year"]

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""
_AT_ONCE: Final = 12  # more don't go faster on two cores
_LONG_BEFORE: Final = date(1990, 1, 1)


class Hall(Protocol):
    """A directory that people can be brought into."""

    async def bring_in(self, path: Path) -> Any:
        """Bring in the people of a file."""


async def play_year(sales: Stagemark, directory: Hall, today: date, progress: Progress) -> None:
    """Play about a hundred sales over the year before a day, and bring their people into the directory.

    A second play changes nothing, and one that was cut short goes on, also on a later day: the first sale tells when
    it was begun. Triggers that were due before the play have lapsed, for the sales come from the source `demo`.

    Args:
        sales: Where they are recorded.
        directory: Where the people go.
        today: The day up to which the sales have come, if nothing has been played yet.
        progress: Told after each sale.

    Raises:
        StagemarkError: The engine can't be had.
    """
    for file in (PEOPLE_FILE, CONTACTS_FILE):
        await directory.bring_in(file)
    today = await begun_on(sales) or today
    last = demo_sale(SALES, today)
    if await _is_played(sales, last):
        progress(SALES, SALES)
        return
    done = 0
    gate = asyncio.Semaphore(_AT_ONCE)

    async def play(number: int) -> None:
        nonlocal done
        async with gate:
            await _play(sales, demo_sale(number, today))
        done += 1
        progress(done, SALES)

    progress(0, SALES)
    await play(1)  # from it the day is known
    async with asyncio.TaskGroup() as plays:
        for number in range(2, SALES):
            plays.create_task(play(number))
    await play(SALES)  # when it is there, all are


async def begun_on(sales: Stagemark) -> date | None:
    """The day of the first play, by the opening of the first sale; none if nothing has been played."""
    first = demo_sale(1, _LONG_BEFORE)
    try:
        problems = await sales.why_not(first.id, Record(), actor=first.opening.owner, observed_at=_LONG_BEFORE)
    except NotFound:
        return None
    opened = next(problem.params["opened_at"] for problem in problems if problem.code == "before_opening")
    return datetime.fromisoformat(opened).astimezone(ZoneInfo(first.opening.zone)).date() + SPAN


async def _is_played(sales: Stagemark, sale: Sale) -> bool:
    try:
        view = await sales.view(sale.id)
    except NotFound:
        return False
    return view.sequence > sum(len(step.commands) for step in sale.steps)


async def _play(sales: Stagemark, sale: Sale) -> None:
    opening = sale.opening
    await sales.open(
        sale.id,
        sale.playbook,
        account=opening.account,
        owner=opening.owner,
        title=opening.title,
        segment=opening.segment,
        value=opening.value,
        collaborators=opening.collaborators,
        calendar=opening.calendar,
        actor=opening.owner,
        source="demo",
        observed_at=sale.opened,
    )
    receipts: list[Receipt] = []
    for place, step in enumerate(sale.steps):
        commands = step.commands
        if step.corrects is not None:
            told, which = step.corrects
            event = receipts[told].sequences[which]
            commands = tuple(command.model_copy(update={"event": event}) for command in commands)
        envelope = Envelope(key=sale.key(place), commands=commands, actor=step.actor, source="demo")
        receipts.append(await sales.execute(sale.id, envelope))

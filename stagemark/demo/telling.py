"""How the sale in virtual time is told: let days pass, wait for what falls due, answer, record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from temporalio.client import Client

from stagemark.contracts.messages import Receipt
from stagemark.contracts.views import TriggerView
from stagemark.demo.desk import Desk, House
from stagemark.demo.play import Progress
from stagemark.demo.virtual import VirtualSale
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Answer, Command, Given
from stagemark.domain.money import Amount

__all__ = ["BUYER", "OWNER", "SALE", "SUPERVISOR", "Telling", "about", "evidence", "yuan"]

SALE: Final = "eight-months"
OWNER, SUPERVISOR = "p03", "p02"
BUYER: Final = "contact-eight"
_DAYS: Final = 270
"""About so many pass until the last step of the referral."""
_MOST_MOMENTS: Final = 60
"""So often at most something else falls due before what is waited for."""
_AT_ONCE: Final = timedelta(0)


class Telling:
    """Who does what, and when. The sale's clock is moved, and those of its neighbours with it."""

    def __init__(self, client: Client, house: House, account: str, calendar: WorkCalendar, progress: Progress) -> None:
        """Tell of a sale that may not be there yet.

        Args:
            client: Of its namespace.
            house: What makes the clients.
            account: Whose sale it is.
            calendar: By which working days are counted.
            progress: Told how many days have passed.
        """
        self.clock = VirtualSale(client, SALE, account)
        self.sales = house.sales(client, jitter=_AT_ONCE, present=datetime.now(UTC))
        self.calendar = calendar
        self._client = client
        self._house = house
        self._progress = progress
        self._began = datetime.now(UTC)
        self._told = 0

    async def begin(self) -> None:
        """Count days from now on."""
        self._began = await self.clock.now()

    def end(self) -> None:
        """All is told."""
        self._progress(_DAYS, _DAYS)

    # -- time

    async def today(self) -> date:
        """The local date."""
        return self.calendar.local_date(await self.clock.now())

    async def desk(self) -> Desk:
        """The clients, in the sale's present, once everybody has heard what was told before."""
        await self.clock.settled()
        now = await self.clock.now()
        return Desk.of(self._house, self._client, jitter=_AT_ONCE, offset=now - datetime.now(UTC), present=now)

    async def after(self, days: int) -> None:
        """Let so many working days pass."""
        await self.clock.go_to(self.calendar.add_working_days(await self.clock.now(), days))
        await self._show()

    async def until_day(self, day: date) -> None:
        """Let time pass up to the morning of a day; nothing if it is over."""
        await self.clock.go_to(self.calendar.start_of_day(day) + timedelta(hours=10))
        await self._show()

    async def until(self, trigger: str, rung: str) -> TriggerView:
        """Go from due moment to due moment until that has fired; what else fires stays unanswered, and is missed."""
        for _ in range(_MOST_MOMENTS):
            for open_ in (await self.clock.view()).triggers:
                if (open_.fired.trigger, open_.fired.rung, open_.put_off) == (trigger, rung, None):
                    return open_
            await self._next()
        raise _never(f"{trigger} {rung}")

    async def until_task(self, where: Literal["collections", "aftercare"], task: str) -> int:
        """The same of a task of a neighbour, by its kind or its cause: the entry by which it is answered."""
        for _ in range(_MOST_MOMENTS):
            desk = await self.desk()
            state = await (desk.collections if where == "collections" else desk.aftercare).state(SALE)
            for entry, open_ in state.tasks.items():
                if task in (open_.due.task, open_.due.cause):
                    return entry
            await self._next()
        raise _never(task)

    async def _next(self) -> None:
        await self.clock.next_due()
        await self._show()

    async def _show(self) -> None:
        passed = (await self.clock.now() - self._began).days
        self._progress(min(passed, _DAYS), _DAYS)

    # -- what people say

    async def answer(
        self, trigger: TriggerView, answer: str, text: str, until: date | None = None, actor: str = OWNER
    ) -> None:
        """Answer a trigger of the sale."""
        said = {"event": trigger.event, "answer": answer, "text": text, "until": until}
        await self.tell(Answer.model_validate({k: v for k, v in said.items() if v is not None}), actor=actor)

    async def tell(self, *commands: Command, actor: str = OWNER) -> Receipt:
        """Record something in the sale."""
        self._told += 1
        return await self.sales.record(SALE, *commands, actor=actor, source="demo", key=f"{SALE}:{self._told}")


def _never(waited_for: str) -> RuntimeError:
    """Playbook or policy is another than this story's."""
    return RuntimeError(f"{waited_for} never falls due")


def yuan(amount: int) -> Amount:
    """So many yuan."""
    return Amount(amount=Decimal(amount), currency="CNY")


def evidence(**values: object) -> tuple[Given, ...]:
    """Evidence by its ids."""
    return tuple(Given.model_validate({"evidence": name, "value": value}) for name, value in values.items())


def about(**values: object) -> tuple[Given, ...]:
    """Evidence about the buyer."""
    return tuple(given.model_copy(update={"person": BUYER}) for given in evidence(**values))

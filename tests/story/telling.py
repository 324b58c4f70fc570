"""A small language to tell the story of one sale in: on which day somebody recorded what, and what it brought."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from temporalio.testing import WorkflowEnvironment

from stagemark.client import Stagemark
from stagemark.domain import commands as c
from stagemark.domain.durations import Stay, stays
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.opportunity import fold
from stagemark.domain.playbook import Edge, Playbook
from stagemark.domain.state import OpportunityState
from stagemark.testing import Platform

SHANGHAI = ZoneInfo("Asia/Shanghai")
SALE = "s-1"
Value = str | list[str] | dict[str, str]


class Clock(Protocol):
    """What time it is for the sale, and a way to let time pass."""

    async def now(self) -> datetime: ...

    async def go_to(self, moment: datetime) -> None: ...


@dataclass
class TestServerClock:
    """The one clock of the time-skipping test server, set to another day."""

    __test__ = False

    environment: WorkflowEnvironment
    offset: timedelta

    async def now(self) -> datetime:
        return await self.environment.get_current_time() + self.offset

    async def go_to(self, moment: datetime) -> None:
        await self.environment.sleep(max(moment - await self.now(), timedelta(0)))


@dataclass
class Story:
    """The sale of which the story tells.

    Attributes:
        platform: The ports of its engine.
        sales: The client.
        clock: Its clock.
        playbook: By which it runs.
        owner: Who records, where nobody else is named.
        contact: The customer's decision maker.
        ended: Awaited at the end: everything has been written down then, and everybody told.
    """

    platform: Platform
    sales: Stagemark
    clock: Clock
    playbook: Playbook
    owner: str
    contact: str
    ended: Callable[[], Awaitable[Any]]

    def on(self, day: str, at: str = "10:00") -> Day:
        """What happens on a day, at a time in Shanghai."""
        return Day(self, datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=SHANGHAI))

    def evidence(self, values: dict[str, Value]) -> tuple[c.Given, ...]:
        """Values by the name of their evidence; what is about a person is about the decision maker."""
        about = {name for name, rule in self.playbook.evidence_of.items() if rule.about_person}
        return tuple(
            c.Given(evidence=name, value=value, person=self.contact if name in about else None)
            for name, value in values.items()
        )

    # -- what became of it

    async def state(self) -> OpportunityState:
        """The whole sale, from the ledger alone."""
        return fold(SALE, await self.platform.ledger.events(SALE), self.playbook.compiled())

    async def stays(self) -> dict[str, Stay]:
        """How long each stage took."""
        calendar = await self.platform.calendars.calendar("cn")
        state = await self.state()
        return {stay.visit.stage: stay for stay in stays(state, calendar, state.high)}

    def told(self, person: str) -> list[str]:
        """Of what a person was told: the day, and what; in brackets what was taken back, since it was answered."""
        messages = [m for (_, who), m in self.platform.inbox.posted.items() if who == person]
        said = [(m, f"{_day(m.at)} {m.params.get('stage', 'sale')} {m.kind} {m.params['rung']}") for m in messages]
        return [f"({text})" if m.key in self.platform.inbox.withdrawn else text for m, text in said]


@dataclass
class Day:
    """A moment in the story: the sale's clock goes there, and somebody does something."""

    story: Story
    moment: datetime

    async def opens(self, account: str, title: str, value: Amount) -> None:
        await self.story.sales.open(
            SALE, self.story.playbook, account=account, title=title, value=value, owner=self.story.owner,
            actor=self.story.owner, observed_at=self.moment,
        )  # fmt: skip

    async def mark(self, stage: str, edge: Edge, seen: str | None = None, **evidence: Value) -> None:
        """Record a marker; `seen`: the day on which it had been observed, if that was earlier."""
        when = {} if seen is None else {"observed_at": Moment.on(date.fromisoformat(seen))}
        await self.records(c.Mark(stage=stage, edge=edge, evidence=self.story.evidence(evidence), **when))

    async def step(self, stage: str, step: str, **evidence: Value) -> None:
        await self.records(c.Record(stage=stage, step=step, evidence=self.story.evidence(evidence)))

    async def waits_on(self, party: c.Party | None) -> None:
        await self.records(c.Wait(on=party))

    async def suspends_until(self, day: str, reason: str) -> None:
        await self.records(c.Suspend(reason=reason, look_again=date.fromisoformat(day)))

    async def resumes(self) -> None:
        await self.records(c.Resume())

    async def answers(self, what: str, answer: str, text: str, by: str | None = None, until: str | None = None) -> None:
        """Answer the trigger of that name which waits for an answer."""
        (event,) = [event for event, name in (await self._open()).items() if name == what]
        later = {"until": until} if until else {}
        command = c.Answer.model_validate({"event": event, "answer": answer, "text": text, **later})
        await self.records(command, by=by)

    async def waiting_for_an_answer(self) -> list[str]:
        """Which triggers have fired and wait for an answer."""
        return sorted((await self._open()).values())

    async def open_stages(self) -> list[str]:
        await self._come()
        view = await self.story.sales.view(SALE)
        return [stage for stage, status in view.stages.items() if status == "begun"]

    async def is_at_high_risk(self) -> bool:
        await self._come()
        return (await self.story.sales.view(SALE)).high_risk

    async def records(self, *commands: c.Command, by: str | None = None) -> None:
        await self._come()
        await self.story.sales.record(SALE, *commands, actor=by or self.story.owner, observed_at=self.moment)

    async def _open(self) -> dict[int, str]:
        await self._come()
        view = await self.story.sales.view(SALE)
        return {
            trigger.event: f"{trigger.fired.stage or 'sale'} {trigger.fired.trigger} {trigger.fired.rung}"
            for trigger in view.triggers
            if trigger.put_off is None
        }

    async def _come(self) -> None:
        await self.story.clock.go_to(self.moment)


def _day(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).date().isoformat()

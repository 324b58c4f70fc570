"""Sales told through `decide`, for the tests of the reports."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from stagemark.domain import commands as c
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Command, Envelope, Given, Override
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.opportunity import Accepted, decide, fold
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.reports.sales import Clocks, seen

PLAYBOOK = Playbook.model_validate(
    {
        "id": "plain",
        "label": {"zh": "简单流程", "en": "Plain"},
        "evidence": [
            {"id": "proof", "type": "text", "label": {"zh": "证明", "en": "Proof"}},
            {
                "id": "level",
                "type": "ranked",
                "about_person": True,
                "label": {"zh": "关系", "en": "Relation"},
                "options": [{"id": "low", "label": {"zh": "认识", "en": "Acquaintance"}}, {"id": "high"}],
            },
        ],
        "stages": [
            {
                "id": "find",
                "label": {"zh": "寻找", "en": "Find"},
                "nurturable": True,
                "expected": "P10D",
                "start": {},
                "end": {"evidence": [{"evidence": "proof"}]},
            },
            {
                "id": "talk",
                "label": {"zh": "洽谈", "en": "Talk"},
                "opens_after": [{"stage": "find", "has": "begun"}],
                "start": {},
                "end": {},
            },
            {"id": "sign", "label": {"zh": "签约", "en": "Sign"}, "start": {}, "end": {}},
        ],
        "triggers": [
            {
                "id": "late",
                "label": {"zh": "阶段超时", "en": "Stage takes long"},
                "on": "stage_exceeds",
                "rungs": [{"id": "first", "label": {"zh": "第一次", "en": "first"}}],
            }
        ],
        "loss_reasons": [{"id": "price", "label": {"zh": "价格", "en": "Price"}}],
    }
)
ZONE = "Asia/Shanghai"
CALENDAR = WorkCalendar(
    id="cn", zone=ZONE, hours=((time(9), time(17)),), known_from=date(2020, 1, 1), known_until=date(2030, 12, 31)
)
NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)


def noon(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def march(day: int) -> date:
    """A day counted from the first of March 2026, a Sunday."""
    return date(2026, 3, 1) + timedelta(days=day - 1)


class Told:
    """A sale, and what is told of it; recorded at noon of the day that it is told of, or later."""

    def __init__(
        self,
        name: str = "s1",
        *,
        owner: str = "an",
        on: int = 1,
        calendar: str = "cn",
        book: Playbook = PLAYBOOK,
        **more: Any,
    ) -> None:
        self.state = OpportunityState(name, book.compiled())
        opening = c.Open(playbook=book.ref(), account="acme", owner=owner, zone=ZONE, calendar=calendar, **more)
        self.tell(opening, on)

    def tell(self, command: Command, on: int | None, recorded: int | None = None, actor: str = "an") -> "Told":
        day = on if recorded is None else recorded
        now = NOW if day is None else noon(march(day))
        envelope = Envelope(
            key=f"k{self.state.sequence}",
            commands=(command,),
            actor=actor,
            observed_at=UNKNOWN if on is None else Moment.on(march(on)),
        )
        decided = decide(self.state, envelope, now)
        assert isinstance(decided, Accepted), decided
        self.state = decided.state
        return self

    def begin(self, stage: str, on: int | None, recorded: int | None = None) -> "Told":
        return self.tell(c.Mark(stage=stage, edge="start"), on, recorded)

    def end(self, stage: str, on: int | None, recorded: int | None = None, *, override: bool = False) -> "Told":
        proof = Given(evidence="proof", override=Override(by="boss", reason="seen by eye"))
        given = (proof if override else Given(evidence="proof", value="a letter"),) if stage == "find" else ()
        return self.tell(c.Mark(stage=stage, edge="end", evidence=given), on, recorded)

    def seen(self, clocks: Clocks) -> OpportunityState | None:
        return seen(self.state.opportunity, self.state.events, lambda _: self.state.playbook, clocks)


def on(as_of: int | None = None, as_known_on: int | None = None) -> Clocks:
    return Clocks(NOW, march(as_of) if as_of else None, march(as_known_on) if as_known_on else None)


def refolded(told: Told) -> OpportunityState:
    return fold(told.state.opportunity, told.state.events, told.state.playbook)

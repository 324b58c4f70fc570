"""The state of one sale: what the fold of its events gives (design.md §3, §5).

Containers are copied, their elements never change, so that trying a command can't leave a trace in the state.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import JsonValue

from stagemark.domain.commands import Origin, Override
from stagemark.domain.events import Event, Fired
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook

__all__ = [
    "LONG_AGO",
    "Held",
    "LeftBy",
    "Life",
    "OpenTrigger",
    "OpportunityState",
    "Span",
    "StageStatus",
    "Visit",
]

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
"""Where something of unknown date stands, if nothing was told before it. A day inside the range, so zones fit."""

Life = Literal["unopened", "open", "nurture", "suspended", "lost", "collected", "closed"]
StageStatus = Literal["waiting", "begun", "ended", "skipped"]
LeftBy = Literal["end", "fall_back", "lost", "nurture"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in one stage.

    Attributes:
        stage: Which stage.
        number: The how many-th stay in it, from 1.
        began: The instant at which it began; where only a date is known, as early in that day as the order allows.
        left: The instant at which it was left; none while it is open.
        left_by: How it was left; none while it is open.
        began_known: Whether `began` is known at all; if not, `began` only tells the order.
        left_known: Likewise for `left`.
        began_event: Sequence of the event that began it.
        left_event: Sequence of the event that left it.
    """

    stage: str
    number: int
    began: datetime
    began_known: bool
    began_event: int
    left: datetime | None = None
    left_known: bool = True
    left_by: LeftBy | None = None
    left_event: int | None = None

    @property
    def cause(self) -> str:
        """The cause of triggers on this stay: what event began it, for a number can be another's after a voiding."""
        return f"{self.stage}@{self.began_event}"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which something held: an owner, a party waited on, a life state.

    Attributes:
        value: What held: a person's id, a party, a life state.
        start: Since when.
        end: Until when; none while it holds.
        start_known: Whether `start` is known; if not, it only tells the order.
        end_known: Likewise for `end`.
    """

    value: str
    start: datetime
    start_known: bool = True
    end: datetime | None = None
    end_known: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """Evidence as it is held: its value or its override, and the event that gave it."""

    value: JsonValue
    event: int
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class OpenTrigger:
    """A trigger that fired and has not been answered, missed or withdrawn.

    Attributes:
        event: Sequence of the event in which it fired.
        fired: What fired.
        put_off: The day until which its owner put it off, if so.
    """

    event: int
    fired: Fired
    put_off: date | None = None


@dataclass(slots=True)
class OpportunityState:
    """The fold of a sale's events, and the events themselves.

    Attributes:
        opportunity: Its id.
        playbook: The compiled playbook that it runs by now.
        events: All events, by sequence.
        zone: IANA zone in which its dates are meant.
        high: The latest place in time of any fact so far: what comes at or after it can be added without refolding.
        life: The sale's own life.
        stages: Status of each stage, in the playbook's order.
        visits: All visits, in order of their beginning.
        lives: The states of its life, one after the other; a pause is a span of `suspended`.
        owners: Who owned it, one after the other.
        waits: Whom it waited on, where that was recorded.
        evidence: What is held, by evidence id and person.
        steps: Steps that were done, as `stage.step`.
        origin: The sale it came from, if one.
        left_open: The stages that were open when it went to nurture or was lost: they begin again when it is taken up.
        opened: When it was opened, in time; none before.
        look_again: The day to look again, while suspended or in nurture.
        look_again_event: The sequence of the event that set it.
        last_told: When somebody last recorded something, by `recorded_at`: silence counts from here.
        last_told_event: The sequence of that event.
        lapsed_until: Triggers due by then have lapsed (imports); none otherwise.
        triggers: Those that fired and are open, by their event.
        fired: Every (trigger, cause, rung) that fired, with the sequence of the last firing.
        dismissed: Every (trigger, cause) that was dismissed.
        missed: How many triggers were missed.
    """

    opportunity: str
    playbook: Playbook
    events: list[Event] = field(default_factory=list)
    zone: str = "UTC"
    high: datetime = LONG_AGO
    life: Life = "unopened"
    stages: dict[str, StageStatus] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    lives: list[Span] = field(default_factory=list)
    owners: list[Span] = field(default_factory=list)
    waits: list[Span] = field(default_factory=list)
    evidence: dict[tuple[str, str | None], Held] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    account: str = ""
    title: str = ""
    segment: str | None = None
    origin: Origin | None = None
    calendar: str = ""
    owner: str = ""
    collaborators: tuple[str, ...] = ()
    deputy: str | None = None
    value: Amount | None = None
    waiting_on: str | None = None
    loss_reason: str | None = None
    left_open: tuple[str, ...] = ()
    opened: datetime | None = None
    look_again: date | None = None
    look_again_event: int = 0
    last_told: datetime = LONG_AGO
    last_told_event: int = 0
    lapsed_until: datetime | None = None
    triggers: dict[int, OpenTrigger] = field(default_factory=dict)
    fired: dict[tuple[str, str, str], int] = field(default_factory=dict)
    dismissed: set[tuple[str, str]] = field(default_factory=set)
    missed: int = 0

    def __post_init__(self) -> None:
        """Let every stage wait."""
        if not self.stages:
            self.stages = dict.fromkeys(self.playbook.stage_ids, "waiting")

    def copied(self) -> OpportunityState:
        """An independent copy; elements are shared, since they never change."""
        twin = object.__new__(OpportunityState)
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if name in _CONTAINERS else value)
        return twin

    @property
    def sequence(self) -> int:
        """How many events there are."""
        return len(self.events)

    @property
    def ended(self) -> bool:
        """Whether the sale has ended, so that it has no run (design.md §3)."""
        return self.life in ("lost", "collected", "closed")

    @property
    def open_visits(self) -> list[Visit]:
        """The visits that are open now."""
        return [visit for visit in self.visits if visit.left_by is None]

    @property
    def open_stages(self) -> list[str]:
        """The stages that are open now: the set that is the state (design.md §5)."""
        return [stage for stage, status in self.stages.items() if status == "begun"]

    @property
    def causes(self) -> set[str]:
        """What can make a trigger due at present: open visits, silence, a day to look again.

        An open visit stays a cause while the sale is suspended; its clock stands still then.
        """
        found = {visit.cause for visit in self.open_visits}
        if self.life == "open":
            found.add(self.silence)
        if self.life in ("suspended", "nurture"):
            found.add(self.looking_again)
        return found

    @property
    def silence(self) -> str:
        """The cause of triggers on silence: since which event nothing was told."""
        return f"silence@{self.last_told_event}"

    @property
    def looking_again(self) -> str:
        """The cause of triggers on looking again: the event that set the day, and the day, which can be corrected."""
        return f"look_again@{self.look_again_event}:{self.look_again}"

    @property
    def high_risk(self) -> bool:
        """Whether a rung that marks high risk fired, and its cause still holds."""
        rungs = {(t.id, r.id) for t in self.playbook.triggers for r in t.rungs if r.high_risk}
        if not rungs:
            return False
        causes = self.causes
        return any((trigger, rung) in rungs and cause in causes for trigger, cause, rung in self.fired)

    @property
    def band(self) -> str | None:
        """The value band; none if the value is unknown or in another currency than the playbook's."""
        known = self.value is not None and self.value.currency == self.playbook.currency
        return self.playbook.band(self.value.amount if known and self.value else None)

    def leave(self, visit: Visit, by: LeftBy, at: datetime, known: bool, event: int) -> None:
        """End a visit."""
        place = self.visits.index(visit)
        self.visits[place] = replace(visit, left=at, left_known=known, left_by=by, left_event=event)

    def visit(self, stage: str, at: datetime, known: bool, event: int) -> None:
        """Begin a visit."""
        number = 1 + sum(visit.stage == stage for visit in self.visits)
        self.visits.append(Visit(stage, number, at, known, event))


_CONTAINERS = frozenset(
    ("events", "stages", "visits", "lives", "owners", "waits", "evidence", "steps", "triggers", "fired", "dismissed")
)


def turn(spans: list[Span], value: str | None, at: datetime, known: bool) -> None:
    """End the span that holds, if any, and begin one with another value; `None` only ends."""
    if spans and spans[-1].end is None:
        spans[-1] = replace(spans[-1], end=at, end_known=known)
    if value is not None:
        spans.append(Span(value, at, known))

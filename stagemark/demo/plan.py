"""The course of one invented sale: laid out stage by stage, bent by what happens to it, cut off at today."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from stagemark.demo.evidence import Facts
from stagemark.demo.people import PHRASES
from stagemark.domain import commands as c
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.playbook import Edge
from stagemark.domain.playbook import Step as Doing

__all__ = ["Entry", "Plan", "Step", "workdays_later"]


class Make(Protocol):
    """Makes a command that happened at a moment."""

    def __call__(self, *, observed_at: Moment) -> c.Command:
        """Make it."""


_WORKDAYS = re.compile(r"P(\d+)D")
_MOST_COMMANDS = 14  # in one envelope: few calls, and still a history that a person could have made


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that somebody will record.

    Attributes:
        at: When it happens.
        make: Makes the command; evidence is made up in the order of time.
        stage: The stage it belongs to, if any.
        name: By which a correction finds it.
        corrects: The name of the entry that it corrects.
        told: How its time is told: to the second, as a date, or not at all.
        late: When it is recorded, if not at once.
    """

    at: datetime
    make: Make
    stage: str = ""
    name: str = ""
    corrects: str = ""
    told: Literal["instant", "date", "unknown"] = "instant"
    late: datetime | None = None

    @property
    def recorded(self) -> datetime:
        """When it is recorded."""
        return self.late or self.at


@dataclass(frozen=True, slots=True)
class Step:
    """What goes into one envelope. `corrects` names (step, command) of what its only command corrects."""

    actor: str
    commands: tuple[c.Command, ...]
    corrects: tuple[int, int] | None = None


def workdays_later(at: datetime, days: float, random: Random) -> datetime:
    """So many weekdays later, at some hour of the day; the same moment for none."""
    if days < 1:
        return at
    day, left = at.date(), round(days)
    while left:
        day += timedelta(days=1)
        left -= day.isoweekday() < 6
    clock = time(random.choice((9, 10, 11, 14, 15, 16)), random.randrange(0, 60, 5), tzinfo=at.tzinfo)
    return datetime.combine(day, clock)


class Plan:
    """The entries of one sale. Times are local to its zone."""

    def __init__(self, facts: Facts, zone: str, pace: float, skips: frozenset[str] = frozenset()) -> None:
        """Lay out nothing yet.

        Args:
            facts: What is so in the sale.
            zone: Its zone.
            pace: How long stages take, compared with what is expected.
            skips: The stages to skip.
        """
        self.facts = facts
        self.zone = ZoneInfo(zone)
        self._pace = pace
        self._skips = skips
        self.entries: list[Entry] = []
        self.begins: dict[str, datetime] = {}
        self.ends: dict[str, datetime] = {}
        self.actors: list[tuple[datetime, str]] = []

    # -- laying out

    def run(self, at: datetime, stages: tuple[str, ...] | None = None, begun: bool = False) -> None:
        """Lay out the markers of stages from a moment on, and what is done in them; `begun`: the first one has."""
        book, random = self.facts.playbook, self.facts.random
        for place, stage in enumerate(stages or book.stage_ids):
            reached = [
                self.ends[term.stage] if term.has == "ended" else self._into(term.stage)
                for term in book.opens_after(stage)
                if term.stage in self.ends
            ]
            gap = random.choice((0, 0, 0, 1, 2, 4, 7))
            start = workdays_later(max([at, *reached]), gap, random) if place else at
            if stage in self._skips:
                self.begins[stage] = self.ends[stage] = start
                skip = partial(c.Skip, stage=stage, reason=PHRASES[self.facts.language].small_deal)
                self.add(start, skip, stage)
                continue
            expected = _WORKDAYS.match(book.stage_of[stage].expected or "P8D")
            spread = random.lognormvariate(-0.05, 0.5)
            days = max(1.0, int(expected[1] if expected else 8) * self._pace * spread)
            end = workdays_later(start, days, random)
            self.begins[stage], self.ends[stage] = start, end
            if place or not begun:
                self.mark(stage, "start", start)
            self.work(stage, start, end)
            self.mark(stage, "end", end)

    def mark(self, stage: str, edge: Edge, at: datetime) -> None:
        """Lay out a marker, with its evidence."""
        self.add(at, self._marking(stage, edge, at.date()), stage, name=f"{stage} {edge}")

    def _marking(self, stage: str, edge: Edge, day: date, override: c.Override | None = None) -> Make:
        def make(*, observed_at: Moment) -> c.Command:
            given = self.facts.proof(stage, edge, day, override)
            return c.Mark(stage=stage, edge=edge, evidence=given, observed_at=observed_at)

        return make

    def work(self, stage: str, start: datetime, end: datetime) -> None:
        """Lay out some of what is done in a stage between its markers."""
        random = self.facts.random
        steps = self.facts.playbook.stage_of[stage].steps
        days = (end.date() - start.date()).days
        for step in steps if days >= 2 else ():
            if random.random() < 0.45:
                at = workdays_later(start, random.uniform(0.2, 0.8) * days * 5 / 7, random)
                if start < at < end:
                    self.add(at, self._doing(stage, step, at.date()), stage)

    def _doing(self, stage: str, step: Doing, day: date) -> Make:
        def make(*, observed_at: Moment) -> c.Command:
            random = self.facts.random
            names = (name for name in step.evidence if not self.facts.of_instalments(name))
            given = tuple(self.facts.piece(name, day) for name in names if random.random() < 0.8)
            note = random.choice((*PHRASES[self.facts.language].notes, ""))
            return c.Record(stage=stage, step=step.id, evidence=given, note=note, observed_at=observed_at)

        return make

    def _into(self, stage: str) -> datetime:
        """Some way into a stage: where one that may overlap it begins."""
        days = (self.ends[stage].date() - self.begins[stage].date()).days * 5 / 7
        return workdays_later(self.begins[stage], days * self.facts.random.uniform(0.4, 0.8), self.facts.random)

    def add(self, at: datetime, make: Make, stage: str = "", name: str = "", corrects: str = "") -> None:
        """Lay out one entry."""
        self.entries.append(Entry(at, make, stage, name, corrects))

    # -- bending

    def within(self, stage: str, share: float) -> datetime:
        """A moment on a working day within a stage, so far into it."""
        start, end = self.begins[stage], self.ends[stage]
        middle = start + (end - start) * share
        middle -= timedelta(days=max(0, middle.isoweekday() - 5))
        middle = middle.replace(hour=self.facts.random.choice((10, 11, 14, 16)), minute=17, second=0, microsecond=0)
        return min(max(middle, start + timedelta(minutes=3)), end - timedelta(minutes=3))

    def hold(self, at: datetime, weeks: int) -> datetime:
        """Shift what comes after a moment by whole weeks; when it goes on."""
        pause = timedelta(weeks=weeks)
        self.entries = [replace(e, at=e.at + pause) if e.at > at else e for e in self.entries]
        for times in (self.begins, self.ends):
            times.update({stage: then + pause for stage, then in times.items() if then > at})
        return at + pause

    def drop(self, at: datetime, stages: tuple[str, ...] | None = None) -> None:
        """Let nothing come after a moment, or nothing of these stages."""
        self.entries = [e for e in self.entries if e.at <= at or (stages is not None and e.stage not in stages)]

    def override_end(self, stage: str, override: c.Override) -> None:
        """Let somebody take it on themselves that an end marker lacks its first piece of evidence."""
        name, make = f"{stage} end", self._marking(stage, "end", self.ends[stage].date(), override)
        self.entries = [replace(e, make=make) if e.name == name else e for e in self.entries]

    def tell(self, name: str, told: Literal["date", "unknown"]) -> None:
        """Let the time of an entry be told as a date only, or not at all."""
        self.entries = [replace(e, told=told) if e.name == name else e for e in self.entries]

    def late(self, name: str, recorded: datetime) -> None:
        """Let an entry be recorded late only."""
        self.entries = [replace(e, late=recorded) if e.name == name and recorded > e.at else e for e in self.entries]

    # -- writing down

    def steps(self, owner: str, until: datetime) -> list[Step]:
        """What had been recorded by a moment, in envelopes."""
        happened = sorted((e for e in self.entries if e.recorded < until), key=lambda e: e.recorded)
        steps: list[Step] = []
        places: dict[str, tuple[int, int]] = {}
        for entry in happened:
            actor = next((a for at, a in reversed(self.actors) if at < entry.recorded), owner)
            command = entry.make(observed_at=_moment(entry))
            fits = steps and steps[-1].actor == actor and len(steps[-1].commands) < _MOST_COMMANDS
            if entry.corrects:
                steps.append(Step(actor, (command,), places[entry.corrects]))
                continue
            if fits and steps[-1].corrects is None:
                steps[-1] = replace(steps[-1], commands=(*steps[-1].commands, command))
            else:
                steps.append(Step(actor, (command,)))
            if entry.name:
                places.setdefault(entry.name, (len(steps) - 1, len(steps[-1].commands) - 1))
        return steps


def _moment(entry: Entry) -> Moment:
    if entry.told == "unknown":
        return UNKNOWN
    if entry.told == "date":
        return Moment.on(entry.at.date())
    return Moment.at(entry.at, str(entry.at.tzinfo))

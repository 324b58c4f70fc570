"""Triggers against a second reckoning that looks at the clock each half hour, and knows nothing of agendas."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from stagemark.domain import commands as c
from stagemark.domain.agenda import fall_due, next_due
from stagemark.domain.events import Fired, Missed
from stagemark.domain.moments import Moment
from stagemark.domain.opportunity import Accepted, apply, chained
from tests.playing import CALENDAR, MONDAY, Sale, proof

SLOT = timedelta(minutes=30)
DAY = 16
"""Half hours of a working day."""
SPANS = {"find": 5 * DAY, "win": 10 * DAY}
SILENCE = {"owner": 5 * DAY, "boss": 10 * DAY, "risk": 15 * DAY}
ANSWER = {"overdue": 3 * DAY, "silence": 3 * DAY, "look": 2 * DAY}
SLOTS = 48 * 420


def clock(slot: int) -> datetime:
    return MONDAY + slot * SLOT


def is_worked(slot: int) -> bool:
    local = clock(slot).astimezone(ZoneInfo("Asia/Shanghai"))
    off = CALENDAR.exceptions.get(local.date())
    return (local.weekday() < 5 if off is None else off) and local.hour in (9, 10, 11, 13, 14, 15, 16, 17)


WORKED = [0, *accumulate(int(is_worked(slot)) for slot in range(SLOTS))]


class Reckoning:
    """What falls due, by looking each half hour at all that could."""

    def __init__(self) -> None:
        self.told = 0
        self.began: dict[str, int] = {}
        self.pauses: list[list[int]] = []
        self.look: tuple[int, date] | None = None
        self.fired: dict[tuple[str, object], int] = {}
        self.dismissed: set[tuple[str, object]] = set()
        self.waiting: dict[tuple[str, object, str], int] = {}
        self.said: list[tuple[int, str, str, str]] = []

    def paused(self) -> bool:
        return bool(self.pauses) and len(self.pauses[-1]) == 1

    def worked(self, since: int, until: int) -> int:
        """Half hours worked in which the sale was not suspended."""
        idle = sum(
            max(0, WORKED[min(until, end)] - WORKED[max(since, start)])
            for start, end in ([*pause, until][:2] for pause in self.pauses)
            if max(since, start) < min(until, end)
        )
        return WORKED[until] - WORKED[since] - idle

    def rungs(self, slot: int) -> list[tuple[str, object, list[tuple[str, bool]]]]:
        """Each trigger and its cause, with its rungs and whether their time has come."""
        if self.paused():
            assert self.look is not None
            morning = clock(slot).astimezone(ZoneInfo("Asia/Shanghai")).date() >= self.look[1]
            return [("look", self.look, [("owner", morning)])]
        silent = self.worked(self.told, slot)
        found: list[Any] = [("silence", self.told, [(rung, silent >= span) for rung, span in SILENCE.items()])]
        for stage, began in self.began.items():
            if span := SPANS.get(stage):
                lasted = self.worked(began, slot)
                found.append(("overdue", (stage, began), [("owner", lasted >= span), ("boss", lasted >= 1.5 * span)]))
        return found

    def pass_through(self, slot: int) -> None:
        if not is_worked(slot):
            return
        for (trigger, cause, rung), since in list(self.waiting.items()):
            lasted = WORKED[slot] - WORKED[since] if trigger == "look" else self.worked(since, slot)
            if lasted >= ANSWER[trigger] and (trigger == "look") == self.paused():
                del self.waiting[trigger, cause, rung]
                self.said.append((slot, "missed", trigger, rung))
        for trigger, cause, rungs in self.rungs(slot):
            come = [place for place, (_, has_come) in enumerate(rungs) if has_come]
            if (trigger, cause) in self.dismissed or not come or come[-1] <= self.fired.get((trigger, cause), -1):
                continue
            self.fired[trigger, cause] = come[-1]
            self.waiting[trigger, cause, rungs[come[-1]][0]] = slot
            self.said.append((slot, "fired", trigger, rungs[come[-1]][0]))

    def settle(self) -> None:
        """What has lost its cause waits no more."""
        causes: set[object] = {(stage, began) for stage, began in self.began.items()}
        causes |= {self.look} if self.paused() else {self.told}
        self.waiting = {key: since for key, since in self.waiting.items() if key[1] in causes}


class Both:
    """A sale in the pure core and the reckoning, told the same."""

    def __init__(self) -> None:
        self.sale, self.by_hand = Sale(), Reckoning()
        self.sale.open()
        self.slot = 0
        self.said: list[tuple[int, str, str, str]] = []

    def go_on(self, slots: int) -> None:
        until = self.slot + slots
        for slot in range(self.slot, until + 1):
            self.by_hand.pass_through(slot)
        while (due := next_due(self.sale.state, CALENDAR, self.sale.now)) and due <= clock(until):
            self.sale.now = max(due, self.sale.now)
            events = chained(self.sale.state, fall_due(self.sale.state, CALENDAR, self.sale.now))
            assert events, "it was due, and nothing fell due"
            assert len(self.said) < 200, "something falls due again and again"
            for event in events:
                self.note(event.fact)
            self.sale.state = apply(self.sale.state, events)
        self.slot, self.sale.now = until, clock(until)

    def note(self, fact: object) -> None:
        slot = (self.sale.now - MONDAY) // SLOT
        if isinstance(fact, Missed):
            of = self.sale.state.events[fact.event - 1].fact
            assert isinstance(of, Fired)
            self.said.append((slot, "missed", of.trigger, of.rung))
        elif isinstance(fact, Fired):
            self.said.append((slot, "fired", fact.trigger, fact.rung))

    def do(self, act: str, number: int) -> None:
        by_hand = self.by_hand
        if act in ("find.start", "find.end", "win.start", "win.end"):
            stage, _, edge = act.partition(".")
            when = max(0, self.slot - (number if edge == "start" else 0))
            mark: Any = c.Mark(stage=stage, edge=edge, evidence=proof(self.sale.playbook, stage, edge))  # type: ignore[arg-type]
            if isinstance(self.sale.ask(mark, when=str(Moment.at(clock(when)))), Accepted):
                by_hand.told = self.slot
                if edge == "start":
                    by_hand.began[stage] = when
                else:
                    del by_hand.began[stage]
        elif act == "suspend":
            day = clock(self.slot).astimezone(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=1 + number % 20)
            if isinstance(self.sale.ask(c.Suspend(reason="x", look_again=day)), Accepted):
                by_hand.told, by_hand.look = self.slot, (self.slot, day)
                by_hand.pauses.append([self.slot])
        elif act == "resume":
            if isinstance(self.sale.ask(c.Resume()), Accepted):
                by_hand.told = self.slot
                by_hand.pauses[-1].append(self.slot)
        elif act == "note":
            self.sale.tell(c.Record(note="x"))
            by_hand.told = self.slot
        elif self.sale.state.triggers:
            event = sorted(self.sale.state.triggers)[number % len(self.sale.state.triggers)]
            self.sale.tell(c.Answer(event=event, answer=act, text="x"))
            (key,) = [key for key in [*by_hand.waiting] if self.is_of(key, event)]
            del by_hand.waiting[key]
            if act == "done":
                by_hand.told = self.slot
            else:
                by_hand.dismissed.add(key[:2])
        by_hand.settle()

    def is_of(self, key: tuple[str, object, str], event: int) -> bool:
        fired = self.sale.state.events[event - 1].fact
        assert isinstance(fired, Fired)
        same_stage = not isinstance(key[1], tuple) or key[0] == "look" or key[1][0] == fired.stage
        return (key[0], key[2]) == (fired.trigger, fired.rung) and same_stage


ACTS = ["find.start", "find.end", "win.start", "win.end", "note", "suspend", "resume", "done", "dismissed"]


@given(st.lists(st.tuples(st.integers(1, 48 * 12), st.sampled_from(ACTS), st.integers(0, 48 * 20)), max_size=14))
@settings(max_examples=200)
def test_each_trigger_fires_once_at_its_working_time_stops_with_its_cause_and_is_missed_in_time(
    acts: list[tuple[int, str, int]],
) -> None:
    both = Both()
    both.do("find.start", 0)
    for slots, act, number in acts:
        both.go_on(slots)
        both.do(act, number)
    both.go_on(48 * 30)
    assert sorted(both.said) == sorted(both.by_hand.said)

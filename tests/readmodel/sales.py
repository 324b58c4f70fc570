"""Sales to store: a small playbook, and histories that `decide` accepted, drawn at random."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from stagemark.domain import commands as c
from stagemark.domain.agenda import fall_due
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import Event
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.money import Amount
from stagemark.domain.opportunity import Accepted, apply, chained, decide
from stagemark.domain.playbook import (
    Edge,
    Evidence,
    Marker,
    Named,
    OpensAfter,
    Piece,
    Playbook,
    Rung,
    Stage,
    Text,
    Trigger,
)
from stagemark.domain.state import OpportunityState

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
CALENDAR = WorkCalendar(id="plain", zone="Asia/Shanghai", known_from=date.min, known_until=date.max)


def _text(word: str) -> Text:
    return Text(zh=f"{word}（中）", en=word)


PLAYBOOK = Playbook(
    id="three",
    label=_text("three"),
    evidence=(Evidence(id="note", label=_text("note"), type="text"),),
    stages=(
        Stage(id="find", label=_text("find"), start=Marker(), end=Marker(), nurturable=True, expected="P2D"),
        Stage(
            id="talk",
            label=_text("talk"),
            start=Marker(evidence=(Piece(evidence="note", need="advised"),)),
            end=Marker(),
            opens_after=(OpensAfter(stage="find", has="begun"),),
        ),
        Stage(id="sign", label=_text("sign"), start=Marker(), end=Marker()),
    ),
    triggers=(
        Trigger(
            id="slow", label=_text("slow"), on="stage_exceeds", rungs=(Rung(id="first", times_expected=Decimal(1)),)
        ),
        Trigger(
            id="silent",
            label=_text("silent"),
            on="silence",
            rungs=(
                Rung(id="owner", after="P3D"),
                Rung(id="supervisor", after="P5D", to=("supervisor",), high_risk=True),
            ),
        ),
        Trigger(id="again", label=_text("again"), on="look_again", rungs=(Rung(id="day", urgent=True),)),
    ),
    loss_reasons=(Named(id="price", label=_text("price")),),
)
WHOLE = PLAYBOOK.model_copy(update={"hash": ""})
COMPILED = PLAYBOOK.compiled()

STAGES = COMPILED.stage_ids
PEOPLE = ("an", "bo", "cy")


def opening() -> c.Open:
    return c.Open(
        playbook=PLAYBOOK.ref(),
        account="acme",
        owner="an",
        title="Presses",
        segment="east",
        value=Amount(amount=Decimal("120000.50"), currency="CNY"),
    )


def history(random: Random, opportunity: str, steps: int) -> list[Event]:
    """A lawful history: commands drawn at random, of which those stand that were accepted, and what fell due."""
    state = OpportunityState(opportunity, COMPILED)
    now = START
    for step in range(steps):
        now += timedelta(hours=random.choice((0, 1, 5, 24, 100)))
        state = _due(state, now)
        command = _any(random, state, now) if step else opening()
        when = random.choice((None, None, Moment.at(now - timedelta(hours=random.randrange(200))), UNKNOWN))
        asked = c.Envelope(key=f"k{step}", commands=(command,), actor=random.choice(PEOPLE), observed_at=when)
        decision = decide(state, asked, now)
        if isinstance(decision, Accepted):
            state = decision.state
    return list(_due(state, now + timedelta(days=random.randrange(9))).events)


def _due(state: OpportunityState, now: datetime) -> OpportunityState:
    return apply(state, chained(state, fall_due(state, CALENDAR, now)))


def _any(random: Random, state: OpportunityState, now: datetime) -> c.Command:
    stage, event = random.choice(STAGES), random.randint(1, max(state.sequence, 1))
    later = now.date() + timedelta(days=random.randint(1, 20))
    edges: tuple[Edge, ...] = ("start", "end")
    choices: Sequence[c.Command] = (
        *(c.Mark(stage=stage, edge=edge) for edge in edges for _ in range(4)),
        c.Record(evidence=(c.Given(evidence="note", value="told"),)),
        c.Skip(stage=stage, reason="small"),
        c.Wait(on=random.choice(("us", "customer", "legal", None))),
        c.Suspend(reason="holiday", look_again=later),
        c.Resume(),
        c.Lose(reason="price"),
        c.Reopen(reason="they called"),
        c.FallBack(stage=stage, reason="needs changed"),
        c.Nurture(reason="nothing now", look_again=later),
        c.ComeBack(),
        c.Change(owner=random.choice(PEOPLE), title="Larger presses"),
        c.Correct(event=event, observed_at=Moment.at(now - timedelta(hours=3)), reason="typo"),
        c.Void(event=event, reason="never was"),
        *(
            c.Answer(event=e, answer=word, text="so", until=later if word == "put_off" else None)
            for e in state.triggers
            for word in ("done", "put_off", "dismissed")
        ),
    )
    return random.choice(choices)


__all__ = ["CALENDAR", "COMPILED", "PLAYBOOK", "START", "WHOLE", "history", "opening"]

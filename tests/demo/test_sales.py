"""The demo's sales: lawful before the pure core, the same every time, and with everything in them that can happen."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagemark.demo.people import TERRITORIES, supervisors
from stagemark.demo.sales import SALES, SPAN, Sale, demo_sale
from stagemark.domain import commands as c
from stagemark.domain.opportunity import Accepted, Rejected, decide
from stagemark.domain.state import OpportunityState

TODAY = date(2026, 11, 24)


def played(sale: Sale, today: date) -> OpportunityState:
    """The sale as it stands after all its envelopes, every one of which must be lawful."""
    now = datetime.combine(today, time(1), UTC)
    opening = c.Envelope(
        key="open", commands=(sale.opening,), actor=sale.opening.owner, source="demo", observed_at=sale.opened
    )
    opened = accepted(OpportunityState(sale.id, sale.playbook.compiled()), opening, now)
    state = opened.state
    taken: list[Accepted] = []
    for place, step in enumerate(sale.steps):
        commands = step.commands
        if step.corrects:
            told, which = step.corrects
            event = taken[told].events[which].sequence
            commands = tuple(command.model_copy(update={"event": event}) for command in commands)
        envelope = c.Envelope(key=sale.key(place), commands=commands, actor=step.actor, source="demo")
        taken.append(accepted(state, envelope, now))
        state = taken[-1].state
    return state


def accepted(state: OpportunityState, envelope: c.Envelope, now: datetime) -> Accepted:
    decision = decide(state, envelope, now)
    problems = [problem.text() for problem in decision.problems] if isinstance(decision, Rejected) else []
    assert isinstance(decision, Accepted), (state.opportunity, envelope.key, problems)
    return decision


@pytest.fixture(scope="module")
def states() -> list[OpportunityState]:
    return [played(demo_sale(number, TODAY), TODAY) for number in range(1, SALES + 1)]


@settings(max_examples=20)
@given(
    number=st.integers(1, SALES),
    today=st.dates(date(2025, 1, 1), date(2030, 12, 31)),
)
def test_every_sale_is_lawful_whatever_the_day(number: int, today: date) -> None:
    state = played(demo_sale(number, today), today)
    assert all(event.observed_at.instant is None or event.observed_at.instant.date() <= today for event in state.events)


def test_a_sale_is_the_same_every_time() -> None:
    assert [demo_sale(n, TODAY) for n in (1, 7, 50)] == [demo_sale(n, TODAY) for n in (1, 7, 50)]


def test_the_first_sale_tells_when_the_demo_was_made(states: list[OpportunityState]) -> None:
    first = states[0].visits[0]
    assert first.began_known
    assert first.began.date() + SPAN == TODAY


def test_everything_that_can_happen_happens(states: list[OpportunityState]) -> None:
    kinds = Counter(event.kind for state in states for event in state.events)
    wanted = {
        "open", "mark", "record", "skip", "wait", "suspend", "resume", "lose", "reopen", "fall_back", "nurture",
        "come_back", "change", "correct", "void",
    }  # fmt: skip
    assert wanted == set(kinds)
    overrides = [held for state in states for held in state.evidence.values() if held.override]
    assert len(overrides) >= 2
    told = Counter(event.observed_at.known for state in states for event in state.events)
    assert told[False] >= 3
    assert any(event.observed_at.day for state in states for event in state.events)
    waited = {span.value for state in states for span in state.waits}
    assert waited == {"us", "customer", "legal", "finance", "production"}


def test_there_are_open_sales_in_every_stage_and_ended_ones_of_every_kind(states: list[OpportunityState]) -> None:
    lives = Counter(state.life for state in states)
    assert lives["collected"] >= 15
    assert {"open", "suspended", "lost", "nurture", "closed"} <= set(lives)
    standing = {stage for state in states if state.playbook.id == "key-account-six" for stage in state.open_stages}
    assert standing == {"analysis", "trust", "needs", "value", "commitment", "collection"}


def test_there_are_gaps_and_overlaps(states: list[OpportunityState]) -> None:
    gaps = overlaps = 0
    for state in states:
        visits = {visit.stage: visit for visit in state.visits}
        if {"analysis", "trust", "needs"} <= set(visits) and visits["analysis"].left and visits["trust"].left:
            gaps += visits["trust"].began - visits["analysis"].left > timedelta(days=1)
            overlaps += visits["needs"].began < visits["trust"].left
    assert gaps >= 10
    assert overlaps >= 20


def test_both_languages_and_every_salesperson_and_several_playbooks_are_there(states: list[OpportunityState]) -> None:
    titles = " ".join(state.title for state in states)
    assert any("一" <= letter <= "鿿" for letter in titles)
    assert any(letter.isascii() and letter.isalpha() for letter in titles)
    assert {state.owner for state in states} == {territory.owner for territory in TERRITORIES}
    assert {state.playbook.id for state in states} == {"key-account-six", "short-six", "management-process"}


def test_everybody_named_is_in_the_directory(states: list[OpportunityState]) -> None:
    known = set(supervisors())
    named = {event.actor for state in states for event in state.events}
    named |= {person for state in states for person in (state.owner, *state.collaborators)}
    assert named <= known
    assert set(supervisors().values()) - {""} <= known

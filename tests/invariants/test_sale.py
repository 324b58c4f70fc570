"""No sequence of commands, however late, wrong or out of order, leads a sale into an unlawful state."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from stagemark.domain import commands as c
from stagemark.domain.agenda import fall_due, next_due
from stagemark.domain.events import Fired
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.money import Amount
from stagemark.domain.opportunity import (
    Accepted,
    Decision,
    Rejected,
    Repeated,
    apply,
    chained,
    decide,
    playbook_of,
    why_not,
)
from stagemark.domain.playbook import Edge, Playbook
from stagemark.playbooks.load import shipped_playbook
from tests.invariants.lawful import (
    check_corrections,
    check_replay,
    check_spans,
    check_stages,
    check_time,
    check_triggers,
)
from tests.playing import CALENDAR, RENAMED, Sale, next_version, proof, three_stages

known = st.sampled_from([("ago", n) for n in range(0, 30, 3)] + [("day", n) for n in range(0, 30, 3)])
late = st.one_of(known, st.tuples(st.just("event"), st.integers(0, 30)))
odd = st.sampled_from([("unknown", 0), ("ahead", 3), ("ahead", 99)])
whens = st.integers(0, 9).flatmap(lambda n: st.none() if n < 5 else odd if n == 9 else late)
people = st.sampled_from(["p1", "p2"])
few = st.integers(0, 40)
START: Edge = "start"
END: Edge = "end"


class AnySale(RuleBasedStateMachine):
    """Commands at random, most of them near what is possible; time passes in between."""

    playbooks: tuple[Playbook, ...] = (three_stages(),)

    def __init__(self) -> None:
        super().__init__()
        self.sale = Sale(self.playbooks[0])

    # -- asking

    def when(self, drawn: Any) -> Moment | None:
        if drawn is None:
            return None
        kind, number = drawn
        state, now = self.sale.state, self.sale.now
        ago = now - timedelta(hours=7 * number)
        match kind:
            case "ago":
                return Moment.at(ago)
            case "day":
                return Moment.on(CALENDAR.local_date(ago))
            case "event":
                return state.events[number % len(state.events)].observed_at if state.events else None
            case "ahead":
                return Moment.at(now + timedelta(minutes=number))
        return UNKNOWN

    def ask(self, *commands: c.Command, when: Any = None) -> Decision:
        """Ask, and check what holds of every answer."""
        sale = self.sale
        before = sale.state.copied()
        envelope = sale.envelope(*commands).model_copy(update={"observed_at": self.when(when)})
        decision = decide(sale.state, envelope, sale.now)
        assert sale.state == before, "deciding leaves no trace"
        if isinstance(decision, Accepted):
            assert not why_not(sale.state, envelope, sale.now)
            assert decision.events
            if commands[0].kind != "migrate":  # the event names a playbook, and does not hold it
                assert apply(before, decision.events) == decision.state
            sale.state = decision.state
            assert decide(sale.state, envelope, sale.now) == Repeated(decision.events)
            other = envelope.model_copy(update={"commands": (*envelope.commands, c.Record(note="other"))})
            reused = decide(sale.state, other, sale.now)
            assert isinstance(reused, Rejected)
            assert reused.conflict
            assert [problem.code for problem in reused.problems] == ["key_reused"]
        else:
            assert isinstance(decision, Rejected)
            assert why_not(sale.state, envelope, sale.now) == decision.problems
            for problem in decision.problems:
                english, chinese = problem.text("en"), problem.text("zh")
                for said in (english, chinese):
                    assert not re.search(r"\{\w+\}", said), said
                assert re.search(r"[\u4e00-\u9fff]", chinese), chinese
        return decision

    @initialize(when=st.one_of(st.none(), st.tuples(st.sampled_from(["ago", "day"]), st.integers(0, 99))), odd=few)
    def open(self, when: Any, odd: int) -> None:
        sale = self.sale
        command = c.Open(playbook=sale.state.playbook.ref(), account="acme", owner="ann")
        source: Any = "import" if odd < 5 else "api"
        moment = UNKNOWN if odd < 3 else self.when(when)
        envelope = sale.envelope(command, source=source).model_copy(update={"observed_at": moment})
        decision = decide(sale.state, envelope, sale.now)
        assert isinstance(decision, Accepted)
        sale.state = decision.state

    @rule(when=whens, hours=st.integers(0, 30))
    def go_on(self, when: Any, hours: int) -> None:
        """Record the next marker, with all that it asks for."""
        self.sale.now += timedelta(hours=hours)
        state = self.sale.state
        waiting = [stage for stage, status in state.stages.items() if status == "waiting"]
        if state.open_stages and (hours % 2 or not waiting):
            stage, edge = state.open_stages[0], END
        elif waiting:
            stage, edge = waiting[0], START
        else:
            return
        self.ask(c.Mark(stage=stage, edge=edge, evidence=proof(state.playbook, stage, edge)), when=when)

    @rule(when=whens, hours=st.integers(0, 30))
    def go_on_further(self, when: Any, hours: int) -> None:
        """The same again, so that it comes more often."""
        self.go_on(when, hours)

    @rule(place=few, ends=st.booleans(), when=whens, proven=st.integers(0, 5), person=people)
    def mark(self, place: int, ends: bool, when: Any, proven: int, person: str) -> None:
        state = self.sale.state
        stages = state.playbook.stage_ids
        near = [stage for stage in stages if state.stages[stage] == ("begun" if ends else "waiting")]
        stage = (near or list(stages))[place % len(near or stages)] if place > 3 else (near or stages)[0]
        edge: Any = "end" if ends else "start"
        evidence = proof(state.playbook, stage, edge, person) if proven else ()
        self.ask(c.Mark(stage=stage, edge=edge, evidence=evidence), when=when)

    @rule(when=whens, later=whens, place=few)
    def mark_several(self, when: Any, later: Any, place: int) -> None:
        playbook = self.sale.state.playbook
        edges = [(stage, edge) for stage in playbook.stage_ids for edge in (START, END)]
        some = edges[place % len(edges) :][:3]
        commands = [c.Mark(stage=s, edge=e, evidence=proof(playbook, s, e)) for s, e in some]
        if later:
            commands[0] = commands[0].model_copy(update={"observed_at": self.when(later)})
        self.ask(*commands, when=when)

    @rule(when=whens, place=few, person=people, rank=st.integers(0, 9))
    def record(self, when: Any, place: int, person: str, rank: int) -> None:
        playbook = self.sale.state.playbook
        kinds = [kind for kind in playbook.evidence if kind.options and not kind.many]
        kind = kinds[place % len(kinds)]
        option: Any = kind.option_ids[rank % len(kind.options)]
        value = [option] if kind.type == "checklist" else option
        given = c.Given(evidence=kind.id, person=person if kind.about_person else None, value=value)
        self.ask(c.Record(evidence=(given,)), when=when)

    @rule(when=whens, place=few)
    def record_step(self, when: Any, place: int) -> None:
        steps = [(stage.id, step.id) for stage in self.sale.state.playbook.stages for step in stage.steps]
        stage, step = steps[place % len(steps)]
        self.ask(c.Record(stage=stage, step=step), when=when)

    @rule(when=whens, place=few)
    def skip(self, when: Any, place: int) -> None:
        stages = self.sale.state.playbook.stage_ids
        self.ask(c.Skip(stage=stages[place % len(stages)], reason="repeat deal"), when=when)

    @rule(when=whens, on=st.sampled_from(["us", "customer", "legal", None]))
    def wait(self, when: Any, on: Any) -> None:
        self.ask(c.Wait(on=on), when=when)

    @rule(when=whens, days=st.integers(-3, 20), nurture=st.booleans())
    def set_aside(self, when: Any, days: int, nurture: bool) -> None:
        day = CALENDAR.local_date(self.sale.now) + timedelta(days=days)
        kind = c.Nurture if nurture else c.Suspend
        self.ask(kind(reason="budget frozen", look_again=day), when=when)

    @rule(when=whens)
    def take_up(self, when: Any) -> None:
        life = self.sale.state.life
        if life == "nurture":
            self.ask(c.ComeBack(), when=when)
        elif life == "suspended":
            self.ask(c.Resume(), when=when)
        else:
            self.ask(c.Reopen(reason="they called"), when=when)

    @rule(when=whens, sure=st.integers(0, 3))
    def lose(self, when: Any, sure: int) -> None:
        if not sure:
            self.ask(c.Lose(reason=self.sale.state.playbook.loss_reasons[0].id), when=when)

    @rule(when=whens, place=few)
    def fall_back(self, when: Any, place: int) -> None:
        stages = self.sale.state.playbook.stage_ids
        self.ask(c.FallBack(stage=stages[place % len(stages)], reason="needs changed"), when=when)

    @rule(when=whens, owner=st.sampled_from(["ann", "bob", "cid"]), amount=st.sampled_from([None, "500", "5000"]))
    def change(self, when: Any, owner: str, amount: str | None) -> None:
        value = Amount(amount=amount, currency="CNY") if amount else None
        self.ask(c.Change(owner=owner, value=value), when=when)

    @rule(number=few, when=whens)
    def correct_time(self, number: int, when: Any) -> None:
        event = 1 + number % len(self.sale.state.events)
        self.ask(c.Correct(event=event, observed_at=self.when(when), reason="misread"))

    @rule(number=few, place=few)
    def correct_content(self, number: int, place: int) -> None:
        state = self.sale.state
        event = state.events[number % len(state.events)]
        stages = state.playbook.stage_ids
        changes: dict[str, Any] = {"stage": stages[place % len(stages)]}
        if event.kind == "mark" and place % 2:
            changes = {"edge": ("start", "end")[place % 4 // 2]}
        elif event.kind in ("open", "change"):
            changes = {"owner": ("dan", "eve")[place % 2]}
        elif event.kind in ("suspend", "nurture"):
            changes = {"look_again": str(CALENDAR.local_date(self.sale.now) + timedelta(days=place))}
        self.ask(c.Correct(event=event.sequence, changes=changes, reason="mistyped"))

    @rule(number=few)
    def void(self, number: int) -> None:
        self.ask(c.Void(event=len(self.sale.state.events) - number % len(self.sale.state.events), reason="wrong sale"))

    @rule(place=few, answer=st.sampled_from(["done", "put_off", "dismissed"]), days=st.integers(0, 9))
    @precondition(lambda self: self.sale.state.triggers)
    def answer(self, place: int, answer: Any, days: int) -> None:
        numbers = sorted(self.sale.state.triggers)
        until = CALENDAR.local_date(self.sale.now) + timedelta(days=days)
        event = numbers[place % len(numbers)]
        self.ask(c.Answer(event=event, answer=answer, text="called", until=until))

    @rule(place=few)
    @precondition(lambda self: len(self.playbooks) > 1)
    def migrate(self, place: int) -> None:
        new = self.playbooks[1]
        mapping = RENAMED if place else {}
        evidence = {"note": "remark"}
        command = c.Migrate(to=new.ref(), compiled=new, stages=mapping, evidence=evidence, reason="new version")
        self.ask(command)

    # -- time

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.sale.now += timedelta(hours=hours)
        self.fall_due()

    @rule(often=st.integers(1, 4))
    def wait_until_something_is_due(self, often: int) -> None:
        for _ in range(often):
            due = next_due(self.sale.state, CALENDAR, self.sale.now)
            if due is not None and due.year < 2029:
                self.sale.now = due
                assert self.fall_due(), "the alarm never rings in vain"

    def fall_due(self) -> bool:
        state, now = self.sale.state, self.sale.now
        events = fall_due(state, CALENDAR, now)
        fired = [event.fact for event in events if isinstance(event.fact, Fired)]
        if CALENDAR.next_working_moment(now) > now:
            assert not events, "nothing outside working hours"
        assert {fact.cause for fact in fired} <= state.causes, "nothing for a cause that is gone"
        assert len({(fact.trigger, fact.cause) for fact in fired}) == len(fired), "one step for each trigger"
        assert not {(fact.trigger, fact.cause) for fact in fired} & state.dismissed
        self.sale.state = apply(state, chained(state, events))
        assert not fall_due(self.sale.state, CALENDAR, now), "what fired is not due again"
        return bool(events)

    # -- what always holds

    @invariant()
    def lawful(self) -> None:
        state, now = self.sale.state, self.sale.now
        check_stages(state)
        check_spans(state, now)
        check_time(state, now)
        check_triggers(state, now)

    @invariant()
    def replayed(self) -> None:
        state = self.sale.state
        ref = playbook_of(state.events)
        known = {playbook.hash: playbook for playbook in self.playbooks}
        current = known[ref.hash] if ref else state.playbook
        check_replay(state, current)
        if state.events:
            check_corrections(state)


class SixStages(AnySale):
    playbooks = (shipped_playbook("key-account-six").compiled(),)


class Migrated(AnySale):
    playbooks = (three_stages(), next_version())


@pytest.mark.parametrize(("sale", "examples"), [(AnySale, 60), (SixStages, 20), (Migrated, 30)])
def test_no_sequence_of_commands_leads_to_an_unlawful_state(sale: type[AnySale], examples: int) -> None:
    quietly = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(sale, settings=quietly)


def test_the_calendar_of_these_tests_knows_the_days_it_is_asked_for() -> None:
    assert CALENDAR.covers(date(2026, 1, 1), date(2028, 12, 31))

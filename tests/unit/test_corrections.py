"""Corrections append, and equal having recorded it right in the first place (design.md §5)."""

from datetime import date, timedelta

from stagemark.domain import commands as c
from stagemark.domain.opportunity import fold
from stagemark.domain.reactions import react
from tests.playing import at
from tests.unit.test_decide import ALL, mark, opened


def test_a_corrected_date_moves_the_visit_and_the_first_word_stays_in_the_ledger() -> None:
    sale = opened(when="2026-02-01")
    (event,) = sale.tell(mark(sale, "find", "start"), when="2026-02-20")
    sale.tell(c.Correct(event=event.sequence, observed_at=at("2026-02-10"), reason="misread"))
    assert sale.state.visits[0].began == at("2026-02-09T16:00:00Z").instant
    assert str(sale.state.events[1].observed_at) == "2026-02-20"


def test_corrections_add_up_and_the_last_word_on_each_field_counts() -> None:
    sale = opened()
    (event,) = sale.tell(c.Change(owner="bob", title="pumps"))
    sale.tell(c.Correct(event=event.sequence, changes={"owner": "cid"}, reason="mistyped"))
    sale.tell(c.Correct(event=event.sequence, changes={"title": "valves"}, reason="mistyped"))
    assert (sale.state.owner, sale.state.title) == ("cid", "valves")
    sale.tell(c.Correct(event=event.sequence, changes={"owner": "dan"}, reason="again"))
    assert (sale.state.owner, sale.state.title) == ("dan", "valves")


def test_voiding_a_correction_gives_the_first_word_back() -> None:
    sale = opened()
    sale.tell(c.Change(owner="bob"))
    (correction,) = sale.tell(c.Correct(event=2, changes={"owner": "cid"}, reason="mistyped"))
    (voiding,) = sale.tell(c.Void(event=correction.sequence, reason="it was right"))
    assert sale.state.owner == "bob"
    sale.tell(c.Void(event=voiding.sequence, reason="it was not"))
    assert sale.state.owner == "cid"


def test_what_a_correction_says_is_checked_like_what_it_corrects() -> None:
    sale = opened()
    sale.tell(c.Record(stage="find", step="call"))
    assert sale.refused(c.Correct(event=2, changes={"step": "dance"}, reason="x")) == ["unknown_step"]
    assert sale.refused(c.Correct(event=2, changes={"stage": "nowhere"}, reason="x")) == ["unknown_stage"]


def test_a_correction_that_makes_what_came_after_it_unlawful_is_refused_and_says_which() -> None:
    sale = opened("find.start", "find.end", when="2026-02-01")
    (problem,) = [p for p in sale.problems(c.Void(event=2, reason="never was")) if p.code == "contradicts"]
    assert problem.params["event"] == 3
    assert problem.text() == (
        "commands[0]: event 3 (marking, 2026-03-02T09:00:00+08:00) would no longer be lawful: the end marker of stage "
        "find is out of turn: the stage is waiting"
    )


def test_a_refusal_says_when_something_happened_by_the_sales_own_clock_to_the_second() -> None:
    sale = opened("find.start", when="2026-02-01")
    sale.now += timedelta(microseconds=123456)
    sale.tell(mark(sale, "find", "end"), when="2026-03-02T01:00:00.123456Z")
    (told,) = [p for p in sale.problems(c.Void(event=2, reason="never was")) if p.code == "contradicts"]
    assert told.params["observed_at"] == "2026-03-02T09:00:00+08:00"
    (late,) = sale.problems(c.Record(note="x"), when="2026-03-03T01:00:00.5Z")
    assert (late.code, late.params["observed_at"]) == ("observed_in_future", "2026-03-03T09:00:00+08:00")
    assert late.params["now"] == "2026-03-02T09:00:00+08:00"
    again = c.Open(playbook=sale.playbook.ref(), account="acme", owner="ann", observed_at=at("2026-02-02T00:00:00Z"))
    (other,) = sale.problems(again)
    (told,) = [one["params"] for one in other.params["differs"] if one["params"]["field"] == "observed_at"]
    assert (told["given"], told["stored"]) == ("2026-02-02T08:00:00+08:00", "2026-02-01")


def test_an_event_from_before_a_fall_back_can_be_corrected() -> None:
    sale = opened(when="2026-02-01")
    sale.tell(mark(sale, "find", "start"), when="2026-02-03")
    sale.tell(mark(sale, "find", "end"), when="2026-02-20")
    sale.tell(c.FallBack(stage="find", reason="needs changed"))
    sale.tell(c.Correct(event=2, observed_at=at("2026-02-05"), reason="misread"))
    first, second = sale.state.visits
    assert (first.began, first.number, second.number) == (at("2026-02-04T16:00:00Z").instant, 1, 2)


def test_a_sale_that_has_ended_can_be_corrected() -> None:
    sale = opened(when="2026-01-01")
    for day, name in enumerate(ALL, start=10):
        stage, edge = name.split(".")
        sale.tell(mark(sale, stage, edge), when=f"2026-01-{day}")
    sale.tell(c.Correct(event=7, observed_at=at("2026-01-20"), reason="misread"))
    assert sale.state.life == "collected"
    assert sale.state.lives[-1].start == at("2026-01-19T16:00:00Z").instant


def test_a_voided_end_marker_opens_the_sale_again() -> None:
    sale = opened(*ALL)
    sale.tell(c.Void(event=7, reason="the payment bounced"))
    assert (sale.state.life, sale.state.open_stages) == ("open", ["keep"])
    assert [visit.number for visit in sale.state.visits if visit.stage == "keep"] == [1]


def test_what_is_void_is_void_once_and_corrections_name_the_original() -> None:
    sale = opened("find.start")
    sale.tell(c.Change(owner="bob"))
    (correction,) = sale.tell(c.Correct(event=3, changes={"owner": "cid"}, reason="x"))
    right = {"changes": {"owner": "dan"}, "reason": "x"}
    assert sale.refused(c.Correct(event=correction.sequence, **right)) == ["correct_original"]
    sale.tell(c.Void(event=3, reason="x"))
    assert sale.refused(c.Void(event=3, reason="x")) == ["already_void"]
    assert sale.refused(c.Correct(event=3, **right)) == ["already_void"]


def test_what_the_engine_did_is_not_corrected() -> None:
    sale = opened("find.start")
    sale.let_pass(days=10)
    fired = next(event for event in sale.state.events if event.kind == "fired")
    assert sale.refused(c.Void(event=fired.sequence, reason="x")) == ["not_correctable"]


def test_correcting_the_opening_moves_it_but_not_past_what_happened() -> None:
    sale = opened(when="2026-02-10")
    sale.tell(mark(sale, "find", "start"), when="2026-02-12")
    assert sale.refused(c.Correct(event=1, observed_at=at("2026-02-20"), reason="x")) == ["contradicts"]
    sale.tell(c.Correct(event=1, observed_at=at("2026-02-01"), changes={"title": "pumps"}, reason="x"))
    assert (sale.state.opened, sale.state.title) == (at("2026-01-31T16:00:00Z").instant, "pumps")
    assert sale.state.owners[0].start == sale.state.opened


def test_a_correction_into_the_future_is_refused() -> None:
    sale = opened("find.start")
    assert sale.refused(c.Correct(event=2, observed_at=at("2026-03-05"), reason="x")) == ["observed_in_future"]


def test_a_contradiction_between_new_commands_is_each_ones_own() -> None:
    sale = opened(when="2026-02-01")
    late = mark(sale, "find", "start").model_copy(update={"observed_at": at("2026-02-10")})
    problems = sale.problems(mark(sale, "keep", "start"), late)
    assert [(problem.code, problem.where) for problem in problems] == [("stage_not_yet", "commands[0]")]


def test_a_correction_takes_back_the_message_whose_cause_is_gone() -> None:
    sale = opened("find.start")
    fired = sale.let_pass(days=8)
    assert fired
    before = sale.state
    (event,) = [number for number, open_ in before.triggers.items() if open_.fired.trigger == "overdue"]
    sale.tell(c.Void(event=2, reason="another customer"))
    assert f"sale:{event}:overdue" in react(before, sale.state).withdrawals
    assert not sale.state.triggers


def test_a_state_of_the_past_is_the_fold_until_then() -> None:
    sale = opened(when="2026-02-01")
    sale.tell(mark(sale, "find", "start"), when="2026-02-10")
    sale.tell(mark(sale, "find", "end"), when="2026-02-20")
    then = at("2026-02-15T00:00:00Z").instant
    assert fold("sale", sale.state.events, sale.playbook, until=then).open_stages == ["find"]


def test_a_day_to_look_again_that_is_corrected_is_watched_anew() -> None:
    sale = opened("find.start")
    sale.tell(c.Suspend(reason="frozen", look_again=date(2026, 3, 4)))
    assert [one.trigger for one in sale.let_pass(days=3)] == ["look"]
    sale.tell(c.Correct(event=3, changes={"look_again": "2026-03-11"}, reason="misheard"))
    assert not sale.state.triggers
    assert [one.trigger for one in sale.let_pass(days=8)] == ["look"]
    assert sale.now - timedelta(days=11) == at("2026-03-02T01:00:00Z").instant


def test_moments_that_differ_by_less_than_a_second_are_not_told_as_one() -> None:
    sale = opened(when="2026-03-01T01:00:00.5Z")
    (early,) = sale.problems(mark(sale, "find", "start"), when="2026-03-01T01:00:00Z")
    assert early.code == "before_opening"
    assert early.params["observed_at"] != early.params["opened_at"]

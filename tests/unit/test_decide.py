"""The rules of a sale's machine (domain.md §1), and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from stagemark.domain import commands as c
from stagemark.domain.durations import account
from stagemark.domain.opportunity import Accepted, Rejected, Repeated, decide, fold, shortfalls, why_not
from tests.playing import MONDAY, Sale, at, codes, proof, three_stages


def mark(sale: Sale, stage: str, edge: Any, proven: bool = True) -> c.Mark:
    evidence = proof(sale.playbook, stage, edge) if proven else ()
    return c.Mark(stage=stage, edge=edge, evidence=evidence)


def opened(*done: str, when: str | None = None) -> Sale:
    """A sale with some markers, such as `find.start`."""
    sale = Sale()
    sale.open(when=when)
    for name in done:
        stage, edge = name.split(".")
        sale.tell(mark(sale, stage, edge))
    return sale


ALL = ("find.start", "find.end", "win.start", "win.end", "keep.start", "keep.end")


def test_a_sale_runs_from_its_opening_to_its_last_end_marker() -> None:
    sale = opened(*ALL)
    assert sale.state.life == "collected"
    assert [(visit.stage, visit.left_by) for visit in sale.state.visits] == [
        ("find", "end"), ("win", "end"), ("keep", "end"),
    ]  # fmt: skip


def test_a_stage_may_begin_while_an_earlier_one_goes_on_where_the_playbook_says_so() -> None:
    assert opened("find.start", "win.start").state.open_stages == ["find", "win"]


def test_a_stage_waits_for_all_that_it_opens_after_and_the_refusal_names_them() -> None:
    sale = opened("find.start")
    (problem,) = why_not(sale.state, sale.envelope(mark(sale, "keep", "start")), sale.now)
    assert problem.code == "stage_not_yet"
    assert problem.text() == "commands[0]: stage keep can't begin yet: it waits until find has ended, win has ended"
    assert problem.text("zh") == "commands[0]: 阶段“keep”还不能开始：须等待 “find”已结束、“win”已结束"


def test_a_refusal_lists_everything_that_is_missing_and_why_not_says_the_same() -> None:
    sale = opened("find.start")
    envelope = sale.envelope(mark(sale, "win", "start", proven=False), mark(sale, "win", "end", proven=False))
    decision = decide(sale.state, envelope, sale.now)
    assert codes(decision) == ["condition_unmet", "evidence_missing", "condition_unmet"]
    assert isinstance(decision, Rejected)
    assert decision.problems == why_not(sale.state, envelope, sale.now)


def test_what_a_marker_lacks_can_be_asked_without_a_command() -> None:
    sale = opened()
    assert [problem.code for problem in shortfalls(sale.state, "win", "end")] == [
        "marker_out_of_turn", "evidence_missing", "condition_unmet",
    ]  # fmt: skip


def test_of_several_markers_all_are_recorded_or_none() -> None:
    sale = opened()
    assert sale.refused(mark(sale, "find", "start"), mark(sale, "keep", "start")) == ["stage_not_yet"]
    assert sale.state.sequence == 1
    assert len(sale.tell(mark(sale, "find", "start"), mark(sale, "find", "end"))) == 2


def test_several_markers_may_come_in_any_order_if_together_they_are_lawful() -> None:
    sale = opened(when="2026-02-01")
    end = mark(sale, "find", "end").model_copy(update={"observed_at": at("2026-02-20")})
    start = mark(sale, "find", "start").model_copy(update={"observed_at": at("2026-02-10")})
    sale.tell(end, start)
    (visit,) = sale.state.visits
    assert (visit.began, visit.left) == (at("2026-02-09T16:00:00Z").instant, at("2026-02-19T16:00:00Z").instant)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (c.Mark(stage="keep", edge="end"), "marker_out_of_turn"),
        (c.Mark(stage="nowhere", edge="end"), "unknown_stage"),
        (c.Skip(stage="nowhere", reason="x"), "unknown_stage"),
        (c.Skip(stage="keep", reason="x"), "not_skippable"),
        (c.FallBack(stage="find", reason="x"), "not_earlier"),
        (c.FallBack(stage="nowhere", reason="x"), "unknown_stage"),
        (c.Resume(), "life_out_of_turn"),
        (c.ComeBack(), "life_out_of_turn"),
        (c.Reopen(reason="x"), "life_out_of_turn"),
        (c.Lose(reason="nobody knows"), "unknown_reason"),
        (c.Nurture(reason="x", look_again=date(2026, 9, 1)), "not_nurturable"),
        (c.Suspend(reason="x", look_again=date(2026, 3, 2)), "look_again_past"),
        (c.Record(), "nothing_to_do"),
        (c.Record(stage="find", step="dance"), "unknown_step"),
        (c.Record(step="call"), "step_without_stage"),
        (c.Record(evidence=(c.Given(evidence="horoscope", value="x"),)), "unknown_evidence"),
        (c.Change(reason="no change"), "nothing_to_do"),
        (c.Answer(event=1, answer="done", text="x"), "unknown_trigger"),
        (c.Correct(event=1, reason="x"), "nothing_to_do"),
        (c.Correct(event=9, reason="x", observed_at=at("2026-03-01")), "unknown_event"),
        (c.Correct(event=1, reason="x", changes={"zone": "Europe/Berlin"}), "correction_fixed"),
        (c.Correct(event=1, reason="x", changes={"owner": 7}), "correction_invalid"),
        (c.Void(event=1, reason="x"), "not_correctable"),
        (c.Open(playbook=three_stages().ref(), account="other", owner="bob"), "already_open"),
    ],
)
def test_what_is_wrong_is_refused_with_a_code_in_both_languages(asked: c.Command, code: str) -> None:
    sale = opened()
    before = sale.state.copied()
    decision = decide(sale.state, sale.envelope(asked), sale.now)
    assert codes(decision) == [code]
    assert isinstance(decision, Rejected)
    assert sale.state == before
    for language in ("en", "zh"):
        said = decision.problems[0].text(language)
        assert "{" not in said
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said) == (language == "zh")


def test_a_sale_must_be_opened_first_by_the_playbook_that_it_has_and_in_a_zone() -> None:
    sale = Sale()
    said = {"playbook": sale.playbook.ref(), "account": "acme", "owner": "ann"}
    assert sale.refused(c.Record(note="x")) == ["not_open_yet"]
    assert sale.refused(c.Open(**said, zone="Mars/Olympus")) == ["calendar_zone"]
    other = sale.playbook.ref().model_copy(update={"hash": "other"})
    assert sale.refused(c.Open(**{**said, "playbook": other})) == ["playbook_differs"]
    assert not sale.state.events


def test_a_skipped_stage_has_no_duration_and_lets_the_next_begin() -> None:
    sale = opened()
    sale.tell(c.Skip(stage="find", reason="repeat deal"))
    assert sale.refused(c.Skip(stage="find", reason="again")) == ["skip_out_of_turn"]
    assert sale.refused(c.Skip(stage="keep", reason="x")) == ["not_skippable"]
    sale.tell(mark(sale, "win", "start"))
    assert [visit.stage for visit in sale.state.visits] == ["win"]


def test_a_fall_back_makes_a_new_visit_and_the_time_of_both_counts() -> None:
    sale = opened("find.start", "find.end", "win.start")
    sale.now += timedelta(days=1)
    sale.tell(c.FallBack(stage="find", reason="needs changed"))
    assert [(v.stage, v.number, v.left_by) for v in sale.state.visits] == [
        ("find", 1, "end"), ("win", 1, "fall_back"), ("find", 2, None),
    ]  # fmt: skip
    assert sale.state.stages == {"find": "begun", "win": "waiting", "keep": "waiting"}
    assert sale.refused(mark(sale, "find", "end", proven=False)) == ["evidence_missing"], "to be proved anew"
    assert ("relation", "p1") in sale.state.evidence, "what is known of people stays"


def test_a_fall_back_past_an_open_earlier_stage_leaves_that_one_open() -> None:
    sale = opened("find.start", "win.start")
    sale.tell(c.FallBack(stage="find", reason="needs changed"))
    assert [(v.stage, v.number, v.left_by) for v in sale.state.visits] == [("find", 1, None), ("win", 1, "fall_back")]


def test_a_fall_back_takes_back_a_skip_but_only_where_the_stage_may_begin() -> None:
    sale = opened()
    sale.tell(c.Skip(stage="win", reason="x"))
    assert sale.refused(c.FallBack(stage="win", reason="x")) == ["stage_not_yet"]
    sale.tell(mark(sale, "find", "start"))
    sale.tell(c.FallBack(stage="win", reason="it is needed after all"))
    assert sale.state.open_stages == ["find", "win"]


def test_a_fall_back_leaves_alone_what_does_not_come_after() -> None:
    stages = three_stages().model_dump(mode="json", exclude_defaults=True)["stages"]
    stages[2]["opens_after"] = [{"stage": "find"}]
    sale = Sale(three_stages(stages=stages))
    sale.open()
    for stage, edge in (("find", "start"), ("find", "end"), ("win", "start"), ("keep", "start"), ("win", "end")):
        sale.tell(mark(sale, stage, edge))
    sale.tell(c.FallBack(stage="win", reason="x"))
    assert sale.state.open_stages == ["win", "keep"]


def test_a_lost_sale_is_taken_up_where_it_was() -> None:
    sale = opened("find.start", "win.start")
    sale.tell(c.Wait(on="customer"))
    sale.now += timedelta(days=1)
    sale.tell(c.Lose(reason="price"))
    assert (sale.state.life, sale.state.open_visits, sale.state.waiting_on) == ("lost", [], None)
    assert sale.state.waits[-1].end == sale.now
    assert sale.refused(c.Record(note="x")) == ["life_out_of_turn"]
    sale.tell(c.Reopen(reason="they called"))
    assert [(v.stage, v.number) for v in sale.state.open_visits] == [("find", 2), ("win", 2)]
    assert sale.state.loss_reason is None


def test_a_completed_sale_is_taken_up_in_the_stage_that_ended_last_and_is_proved_anew() -> None:
    sale = opened("find.start", "win.start", "find.end", "win.end")
    sale.tell(c.Wait(on="us"))
    sale.tell(mark(sale, "keep", "start"))
    sale.tell(mark(sale, "keep", "end"))
    assert (sale.state.life, sale.state.waiting_on) == ("collected", None)
    sale.tell(c.Reopen(reason="a payment was taken back"))
    assert [(v.stage, v.number) for v in sale.state.open_visits] == [("keep", 2)]


def test_nurture_leaves_the_first_stage_and_coming_back_begins_it_again() -> None:
    sale = opened("find.start")
    sale.tell(c.Nurture(reason="no opportunity", look_again=date(2026, 9, 1)))
    assert (sale.state.life, sale.state.open_stages) == ("nurture", [])
    again = sale.ask(c.Nurture(reason="no budget", look_again=date(2026, 6, 1)))
    assert isinstance(again, Rejected)
    assert again.problems[1].text().endswith("going to nurture is not possible: the sale is in nurture")
    assert sale.refused(mark(sale, "find", "start")) == ["life_out_of_turn"]
    sale.now += timedelta(days=30)
    sale.tell(c.ComeBack(reason="budget"))
    assert [(v.stage, v.number, v.left_by) for v in sale.state.visits] == [("find", 1, "nurture"), ("find", 2, None)]
    assert account(sale.state, sale.now).dormant == timedelta(days=30)


def test_a_sale_lost_in_nurture_is_taken_up_in_the_stage_from_which_it_went_there() -> None:
    sale = opened("find.start")
    sale.tell(c.Nurture(reason="no opportunity", look_again=date(2026, 9, 1)))
    sale.tell(c.Lose(reason="rival"))
    sale.tell(c.Reopen(reason="they called"))
    assert sale.state.open_stages == ["find"]


def test_while_suspended_no_marker_but_evidence_can_be_recorded() -> None:
    sale = opened("find.start")
    sale.tell(c.Suspend(reason="budget frozen", look_again=date(2026, 4, 1)))
    assert sale.refused(mark(sale, "find", "end")) == ["life_out_of_turn"]
    sale.tell(c.Record(note="they will decide in May"))
    sale.now += timedelta(days=3)
    sale.tell(c.Resume())
    assert (sale.state.life, sale.state.look_again) == ("open", None)
    assert account(sale.state, sale.now).paused == timedelta(days=3)


# -- time


def test_the_future_is_refused_beyond_five_minutes() -> None:
    sale = opened()
    assert sale.refused(mark(sale, "find", "start"), when="2026-03-02T01:05:01Z") == ["observed_in_future"]
    assert sale.refused(mark(sale, "find", "start"), when="2026-03-03") == ["observed_in_future"]
    (event,) = sale.tell(mark(sale, "find", "start"), when="2026-03-02T01:05:00Z[Asia/Shanghai]")
    assert str(event.observed_at) == "2026-03-02T01:00:00Z[Asia/Shanghai]", "a clock that goes ahead is set right"
    sale.tell(mark(sale, "find", "end"))


def test_a_date_of_today_is_not_the_future_and_comes_after_what_was_told_before() -> None:
    sale = opened("find.start")
    sale.tell(mark(sale, "find", "end"), when="2026-03-02")
    assert sale.state.visits[0].left == sale.now


def test_nothing_happens_before_the_opening_and_nothing_else_is_said_of_it() -> None:
    sale = opened(when="2026-02-10")
    assert sale.refused(mark(sale, "find", "start"), when="2026-02-09") == ["before_opening"]
    sale.tell(mark(sale, "find", "start"), when="2026-02-10")


@pytest.mark.parametrize("first", ["date", "instant"])
def test_a_date_and_an_instant_of_one_day_keep_the_order_of_recording(first: str) -> None:
    day, hour = "2026-02-10", "2026-02-10T03:00:00Z"
    sale = opened(when="2026-02-01")
    sale.tell(mark(sale, "find", "start"), when=day if first == "date" else hour)
    sale.tell(mark(sale, "find", "end"), when=hour if first == "date" else day)
    assert sale.state.visits[0].left == at(hour).instant
    assert sale.state == fold("sale", sale.state.events, sale.playbook)


def test_what_is_recorded_late_takes_its_place_if_the_result_is_lawful() -> None:
    sale = opened(when="2026-01-01")
    sale.tell(mark(sale, "find", "start"), when="2026-01-10")
    sale.tell(c.Change(owner="cid"), when="2026-02-20")
    sale.tell(c.Change(owner="bob"), when="2026-02-01")
    assert [span.value for span in sale.state.owners] == ["ann", "bob", "cid"]
    assert sale.state.owner == "cid"
    assert sale.refused(c.Lose(reason="price"), when="2026-01-05") == ["contradicts", "contradicts", "contradicts"]


def test_an_opening_of_unknown_date_takes_markers_of_any_date() -> None:
    sale = opened(when="unknown")
    sale.tell(mark(sale, "find", "start"), when="2019-05-01")
    sale.tell(mark(sale, "find", "end"), when="unknown")
    (visit,) = sale.state.visits
    assert (visit.began_known, visit.left_known) == (True, False)
    assert not sale.state.lives[0].start_known


def test_time_never_runs_backwards_in_the_ledger() -> None:
    sale = opened("find.start")
    sale.now -= timedelta(seconds=2)
    (event,) = sale.tell(mark(sale, "find", "end"))
    assert event.recorded_at == MONDAY


# -- keys and sequences


@pytest.mark.parametrize("key", ["open", "another"])
def test_a_second_opening_is_refused_with_what_it_says_otherwise(key: str) -> None:
    sale = Sale()
    said = {"playbook": sale.playbook.ref(), "owner": "ann"}
    value = {"amount": "120", "currency": "CNY"}
    sale.tell(c.Open(**said, account="acme", value=value), mark(sale, "find", "start"), when="2026-03-02", key="open")
    decision = sale.ask(c.Open(**said, account="other", segment="key"), when="2026-03-01", key=key)
    assert isinstance(decision, Rejected)
    assert (codes(decision), decision.conflict) == (["already_open"], True)
    told = [(one["params"]["field"], one["params"]["given"], one["params"]["stored"])
            for one in decision.problems[0].params["differs"]]  # fmt: skip
    assert told == [
        ("account", "other", "acme"),
        ("segment", "key", []),
        ("value", [], "120 CNY"),
        ("observed_at", "2026-03-01", "2026-03-02"),
        ("also", [], ["find.start"]),
    ]
    said_in_words = decision.problems[0].text()
    assert "account: other instead of the stored acme, segment: key instead of the stored -, value: -" in said_in_words


def test_a_second_opening_that_says_the_same_differs_in_its_key_or_in_its_day() -> None:
    sale = Sale()
    opening = c.Open(playbook=sale.playbook.ref(), account="acme", owner="ann")
    sale.tell(opening, key="open", when="2026-03-02")
    other_key = sale.ask(opening, key="another")
    no_day = sale.ask(opening, key="open")
    assert isinstance(other_key, Rejected)
    assert isinstance(no_day, Rejected)
    assert [p.params["differs"][0]["params"]["field"] for p in (*other_key.problems, *no_day.problems)] == [
        "key", "observed_at",
    ]  # fmt: skip
    assert "(with the same content, but by the key open instead of another)" in other_key.problems[0].text()


def test_an_opening_comes_first_and_once() -> None:
    sale = Sale()
    opening = c.Open(playbook=sale.playbook.ref(), account="acme", owner="ann")
    assert sale.refused(opening, opening) == ["open_first"]


def test_the_same_key_with_the_same_content_gives_the_first_answer_again() -> None:
    sale = opened()
    first = sale.tell(mark(sale, "find", "start"), key="mine")
    sale.tell(c.Lose(reason="price"))
    again = sale.ask(mark(sale, "find", "start"), key="mine", actor="somebody else")
    assert again == Repeated(first)


def test_the_same_key_with_other_content_is_refused() -> None:
    sale = opened()
    sale.tell(mark(sale, "find", "start"), key="mine")
    decision = sale.ask(c.Record(note="x"), key="mine")
    assert codes(decision) == ["key_reused"]
    assert isinstance(decision, Rejected)
    assert decision.conflict


def test_of_two_people_at_once_the_second_is_told_to_read_again() -> None:
    sale = opened("find.start")
    sale.tell(mark(sale, "find", "end"), expected_sequence=2)
    decision = sale.ask(mark(sale, "find", "end"), expected_sequence=2)
    assert codes(decision) == ["sequence_moved"]
    assert isinstance(decision, Rejected)
    assert decision.conflict


def test_what_the_engine_did_by_itself_is_nobody_elses_word() -> None:
    sale = opened("find.start")
    seen = sale.state.sequence
    assert sale.let_pass(days=10)
    assert isinstance(sale.ask(c.Record(note="called"), expected_sequence=seen), Accepted)


def test_the_answer_says_how_the_sale_stands_and_what_is_advised() -> None:
    sale = opened("find.start")
    (event,) = sale.tell(c.Mark(stage="find", edge="end", evidence=(c.Given(evidence="note", value="x"),)))
    assert event.outcome is not None
    assert (event.outcome.life, event.outcome.open_stages, event.outcome.advice) == ("open", (), ("budget",))


def test_a_segment_is_cleared_by_saying_so_and_a_change_that_leaves_that_out_hashes_as_before() -> None:
    sale = Sale(three_stages())
    sale.open()
    sale.tell(c.Change(segment="retail"))
    sale.tell(c.Change(title="pumps"))
    assert sale.state.segment == "retail", "what is left out stays"
    (cleared,) = sale.tell(c.Change(no_segment=True))
    assert sale.state.segment is None
    assert fold(sale.state.opportunity, sale.state.events, sale.state.playbook).segment is None
    said, explicit = (sale.envelope(c.Change(owner="li", **more)) for more in ({}, {"no_segment": False}))
    assert said.content_hash() == explicit.content_hash()
    assert "no_segment" not in cleared.model_copy(update={"fact": c.Change(owner="li")}).model_dump_json(
        exclude_unset=True
    )

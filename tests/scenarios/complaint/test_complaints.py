"""Complaints day by day: what the engine does by itself, to whom, and whom it tells."""

from stagemark.domain.complaint.commands import Close, HandOver, OpenAgain
from stagemark.domain.entries import AnswerTask
from tests.scenarios.complaint.playing import Complaint, disputed, opened, raised, step


def test_the_six_steps_in_their_order_and_time_bother_no_superior() -> None:
    life = opened()
    assert life.seen() == ["03-02 10:00 complaint_listen -> owner"]
    life.until("2026-03-02 11:00").steps("listen")
    life.until("2026-03-02 14:00").steps("apologise")
    life.until("2026-03-03 09:30").steps("collect")
    life.until("2026-03-04 16:00").steps("propose")
    life.until("2026-03-05 10:00").steps("ask")
    life.until("2026-03-10 10:00").steps("follow_up")
    assert life.ask(Close(text="They are content.")) == []
    assert life.seen("2026-06-01 10:00") == [
        "03-02 11:00 complaint_apologise -> owner",
        "03-02 14:00 complaint_collect -> owner",
        "03-03 09:30 complaint_propose -> owner",
        "03-04 16:00 complaint_ask -> owner",
        "03-05 10:00 complaint_follow_up -> owner",
    ]
    assert (life.state.life, life.state.view, life.state.accepted) == ("closed", "ask: so", True)
    life.check()


def test_a_late_step_goes_to_the_superior_at_once_and_can_still_be_taken() -> None:
    life = opened()
    assert life.seen("2026-03-02 13:30")[1:] == ["03-02 13:00 complaint_listen -> supervisor late"]
    life.steps("listen")
    assert life.seen("2026-03-03 18:00") == [
        "03-02 13:30 complaint_apologise -> owner",
        "03-02 17:30 complaint_apologise -> supervisor late",
    ]
    assert life.state.missed == 2
    assert life.ask(step("apologise")) == []


def test_a_complaint_of_the_night_is_told_as_the_working_day_begins() -> None:
    life = Complaint()
    life.until("2026-03-07 22:00")  # a Saturday
    assert life.ask(raised()) == []
    assert life.seen() == []
    assert life.seen("2026-03-09 10:00") == ["03-09 09:00 complaint_listen -> owner"]


def test_the_same_superior_may_propose_again_for_there_may_be_one_only() -> None:
    life = opened().steps("listen", "apologise", "collect", "propose")
    for _ in range(2):
        assert life.ask(step("ask", accepted=False)) == []
        assert life.ask(step("propose", approved_by="li")) == []
    life.check()


def test_a_refused_proposal_goes_to_the_superior_and_the_next_one_is_asked_about_again() -> None:
    life = opened().steps("listen", "apologise", "collect", "propose")
    life.seen()
    assert life.ask(step("ask", accepted=False)) == []
    assert life.seen() == ["03-02 10:00 complaint_propose_anew -> supervisor"]
    assert (life.state.view, life.state.accepted, life.state.step) == ("ask: so", False, "propose")
    assert life.ask(Close()) == ["complaint_not_done"]
    assert life.ask(step("propose")) == ["complaint_needs_superior"]
    assert life.ask(step("propose", approved_by="li")) == []
    life.steps("ask")
    assert life.seen() == ["03-02 10:00 complaint_ask -> owner", "03-02 10:00 complaint_follow_up -> owner"]
    life.check()


def test_a_step_out_of_turn_is_refused_with_what_would_be_right() -> None:
    life = opened()
    for out in ("apologise", "collect", "propose", "follow_up"):
        assert life.ask(step(out)) == ["complaint_step_out_of_turn"]
    assert life.ask(step("ask")) == ["complaint_step_out_of_turn"]
    assert life.ask(step("listen", accepted=True)) == ["complaint_accepted_with_ask"]
    life.steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    assert life.ask(step("follow_up")) == ["complaint_all_done"]


def test_it_is_closed_only_with_the_customers_own_view_and_a_follow_up() -> None:
    life = opened().steps("listen", "apologise", "collect", "propose")
    assert life.ask(Close()) == ["complaint_not_done"]
    life.steps("ask")
    assert life.ask(Close()) == ["complaint_not_done"]
    life.steps("follow_up")
    assert life.ask(Close()) == []
    assert life.ask(Close()) == ["complaint_closed"]
    assert life.ask(step("listen")) == ["complaint_closed"]


def test_it_can_be_opened_again_and_then_takes_all_steps_anew() -> None:
    life = opened().steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    assert life.ask(OpenAgain(reason="It came back.")) == ["complaint_open"]
    assert life.ask(Close()) == []
    life.until("2026-04-01 10:00").seen()
    assert life.ask(OpenAgain(reason="It came back.")) == []
    assert life.seen() == ["04-01 10:00 complaint_listen -> owner"]
    assert life.ask(Close()) == ["complaint_not_done"]
    assert life.state.view == ""
    life.steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    assert life.ask(Close()) == []
    life.check()


def test_the_account_hears_when_it_opens_and_when_it_closes() -> None:
    life = opened()
    assert life.heard() == ["account:acme: complaint_opened C-1"]
    life.steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    assert life.heard() == []
    life.ask(Close())
    assert life.heard() == ["account:acme: complaint_closed C-1"]
    life.ask(OpenAgain(reason="It came back."))
    assert life.heard() == ["account:acme: complaint_opened C-1"]


def test_a_dispute_begins_a_complaint_whose_end_lets_the_collection_go_on() -> None:
    life = Complaint()
    assert life.ask(disputed()) == []
    assert life.heard() == ["account:acme: complaint_opened C-1"]
    life.steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    life.ask(Close())
    assert life.heard() == ["account:acme: complaint_closed C-1", "collection:S-1: dispute_over C-1"]


def test_a_dispute_that_a_closed_complaint_hears_of_opens_it_again_and_an_open_one_goes_on() -> None:
    life = Complaint()
    life.ask(disputed())
    life.steps("listen")
    assert life.ask(disputed(text="Still.")) == []
    assert life.state.step == "apologise"
    assert life.state.raised is not None
    assert life.state.raised.text == disputed().text
    life.steps("apologise", "collect", "propose", "ask", "follow_up")
    life.ask(Close())
    life.heard()
    assert life.ask(disputed()) == []
    assert (life.state.life, life.state.step) == ("open", "listen")
    assert life.heard() == ["account:acme: complaint_opened C-1"]


def test_who_takes_over_is_told_of_the_step_that_waits() -> None:
    life = opened()
    life.until("2026-03-02 10:30").seen()
    assert life.ask(HandOver(owner="wang")) == ["complaint_has_owner"]
    assert life.ask(HandOver(owner="li")) == []
    assert life.seen() == ["03-02 10:30 complaint_listen -> owner"]
    assert life.messages[-1].owner == "li"
    assert len(life.state.tasks) == 1
    assert life.seen("2026-03-02 18:00") == ["03-02 13:00 complaint_listen -> supervisor late"]


def test_a_step_is_taken_and_not_answered() -> None:
    life = opened()
    (task,) = life.state.tasks
    assert life.ask(AnswerTask(entry=task, answer="done", text="did so")) == ["complaint_task_is_step"]


def test_what_is_asked_of_a_complaint_that_nobody_raised_is_refused() -> None:
    assert Complaint().ask(step("listen")) == ["complaint_unknown"]
    assert opened().ask(raised()) == ["complaint_already_raised"]


def test_the_ids_of_disputes_are_kept_for_them() -> None:
    for id_ in ("S-1/2/1", "部门/S-1/定金/12", "ab" * 32):
        life = Complaint(id_)
        assert life.ask(raised()) == ["complaint_id_of_dispute"]
        assert life.ask(disputed()) == []
        life.check()
    assert Complaint("S-1/2").ask(raised()) == []


def test_a_dispute_that_finds_its_complaint_raised_is_told_its_end() -> None:
    life = opened(opportunity=None)
    assert life.ask(disputed()) == []
    life.heard()
    life.steps("listen", "apologise", "collect", "propose", "ask", "follow_up")
    assert life.ask(Close()) == []
    assert life.heard() == ["account:acme: complaint_closed C-1", "collection:S-1: dispute_over C-1"]
    life.check()

"""What falls due as time passes: each rung once for its cause, in working hours, until the cause is gone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stagemark.domain import commands as c
from stagemark.domain.agenda import agenda, next_due
from stagemark.domain.reactions import react
from tests.playing import CALENDAR, MONDAY, Sale, at, rungs, three_stages
from tests.unit.test_decide import mark, opened

QUIET = [trigger for trigger in three_stages().triggers if trigger.on != "silence"]
NO_SILENCE = [trigger.model_dump(mode="json", exclude_defaults=True) for trigger in QUIET]


def without_silence(*done: str, when: str | None = None) -> Sale:
    sale = Sale(three_stages(triggers=NO_SILENCE))
    sale.open(when=when)
    for name in done:
        stage, edge = name.split(".")
        sale.tell(mark(sale, stage, edge))
    return sale


def local(sale: Sale) -> str:
    return f"{sale.now.astimezone(UTC) + timedelta(hours=8):%m-%d %H:%M}"


def day_by_day(sale: Sale, days: int) -> dict[str, list[str]]:
    """What fires on which day and hour, local time."""
    found: dict[str, list[str]] = {}
    until = sale.now + timedelta(days=days)
    while sale.now < until:
        sale.now += timedelta(hours=1)
        if fired := sale.due():
            found.setdefault(local(sale), []).extend(rungs(fired))
    return found


def test_silence_goes_to_the_owner_then_to_the_supervisor_then_marks_high_risk() -> None:
    sale = opened()
    assert day_by_day(sale, 30) == {
        "03-09 09:00": ["silence:owner"],
        "03-16 09:00": ["silence:boss"],
        "03-23 09:00": ["silence:risk"],
    }
    assert sale.state.high_risk
    assert sale.state.missed == 3, "nobody answered"
    sale.tell(c.Record(note="called"))
    assert not sale.state.high_risk, "the silence is over"


def test_a_stage_that_exceeds_its_expected_time_is_told_once_for_each_rung() -> None:
    sale = without_silence("find.start")
    assert day_by_day(sale, 30) == {"03-09 09:00": ["overdue:owner"], "03-11 14:00": ["overdue:boss"]}


def test_it_stops_the_moment_that_its_cause_is_gone() -> None:
    sale = without_silence("find.start")
    sale.let_pass(days=7, hours=1)
    assert sale.state.triggers
    sale.tell(mark(sale, "find", "end"))
    assert not sale.state.triggers
    assert sale.let_pass(days=30) == []


def test_nothing_fires_on_a_holiday_or_at_night_and_a_swapped_saturday_is_worked() -> None:
    sale = Sale(now=datetime(2026, 4, 24, 1, 0, tzinfo=UTC))
    sale.open()
    assert list(day_by_day(sale, 9)) == []  # five working days later is 1 May, a holiday; then a weekend
    assert list(day_by_day(sale, 2)) == ["05-04 09:00"]
    sale = Sale(now=datetime(2026, 5, 4, 1, 0, tzinfo=UTC))
    sale.open()
    assert list(day_by_day(sale, 6)) == ["05-09 09:00"]


def test_a_marker_recorded_late_brings_the_step_that_is_true_now_alone() -> None:
    sale = without_silence(when="2026-01-05")
    sale.tell(mark(sale, "find", "start"), when="2026-01-06")
    assert rungs(sale.due()) == ["overdue:boss"]
    assert sale.let_pass(days=30) == []


def test_a_suspension_stops_the_clock_of_a_stage_and_the_silence() -> None:
    sale = opened("find.start")
    sale.let_pass(days=2)
    sale.tell(c.Suspend(reason="frozen", look_again=date(2026, 4, 1)))
    assert rungs(sale.let_pass(days=20)) == []
    sale.now = datetime(2026, 3, 30, 1, 0, tzinfo=UTC)
    sale.tell(c.Resume())
    fired = day_by_day(sale, 8)
    assert fired == {
        "04-02 09:00": ["overdue:owner"],
        "04-06 09:00": ["silence:owner"],
        "04-06 14:00": ["overdue:boss"],
    }


def test_an_answer_is_not_missed_for_the_time_that_a_sale_was_suspended() -> None:
    sale = without_silence("find.start")
    sale.let_pass(days=7, hours=1)
    sale.tell(c.Suspend(reason="frozen", look_again=date(2026, 4, 1)))
    sale.now = datetime(2026, 3, 30, 2, 0, tzinfo=UTC)
    sale.tell(c.Resume())
    sale.due()
    assert sale.state.missed == 0
    sale.let_pass(days=6)
    assert sale.state.missed == 1


def test_the_day_to_look_again_comes_in_the_morning_of_its_day() -> None:
    sale = without_silence("find.start")
    sale.tell(c.Suspend(reason="frozen", look_again=date(2026, 3, 14)))
    assert day_by_day(sale, 20) == {"03-16 09:00": ["look:owner"]}, "the 14th is a Saturday"


def test_an_answer_can_be_done_with_an_outcome() -> None:
    sale = opened()
    sale.let_pass(days=7)
    (event,) = sale.state.triggers
    assert sale.refused(c.Answer(event=event, answer="done")) == ["answer_incomplete"]
    before = sale.state
    sale.tell(c.Answer(event=event, answer="done", text="called, they decide in May"))
    assert not sale.state.triggers
    assert react(before, sale.state).withdrawals == (f"sale:{event}:silence",)
    assert rungs(sale.let_pass(days=7)) == ["silence:owner"], "an answer is something told: silence begins anew"


def test_an_answer_can_be_put_off_and_comes_back_on_its_day() -> None:
    sale = without_silence("find.start")
    sale.let_pass(days=7, hours=1)
    (event,) = sale.state.triggers
    assert sale.refused(c.Answer(event=event, answer="put_off")) == ["answer_incomplete"]
    today = sale.now.date()
    assert sale.refused(c.Answer(event=event, answer="put_off", until=today)) == ["look_again_past"]
    sale.tell(c.Answer(event=event, answer="put_off", until=date(2026, 3, 20)))
    assert day_by_day(sale, 20) == {"03-20 09:00": ["overdue:boss"]}, "the step that is true then"


def test_what_was_put_off_and_is_still_the_step_comes_back_as_itself() -> None:
    sale = without_silence("find.start")
    sale.tell(c.Suspend(reason="frozen", look_again=date(2026, 3, 10)))
    sale.let_pass(days=9)
    (event,) = sale.state.triggers
    sale.tell(c.Answer(event=event, answer="put_off", until=date(2026, 3, 25)))
    (fired,) = sale.let_pass(days=20)
    assert (fired.trigger, fired.again, sale.now.date() > date(2026, 3, 25)) == ("look", True, True)


def test_what_is_dismissed_stays_quiet_for_this_cause() -> None:
    sale = without_silence("find.start")
    sale.let_pass(days=7, hours=1)
    (event,) = sale.state.triggers
    sale.tell(c.Answer(event=event, answer="dismissed", text="the customer is slow"))
    assert sale.let_pass(days=30) == []
    sale.tell(mark(sale, "find", "end"))
    sale.tell(c.FallBack(stage="find", reason="needs changed"))
    assert rungs(sale.let_pass(days=12)) == ["overdue:owner", "overdue:boss"], "another visit is another cause"


def test_a_visit_that_takes_the_place_of_a_voided_one_is_another_cause() -> None:
    sale = without_silence("find.start", "find.end")
    (back,) = sale.tell(c.FallBack(stage="find", reason="needs changed"))
    assert len(sale.let_pass(days=12)) == 2
    sale.tell(c.Void(event=back.sequence, reason="wrong sale"))
    sale.tell(c.FallBack(stage="find", reason="now really"))
    assert sale.state.visits[-1].number == 2
    assert len(sale.let_pass(days=12)) == 2


def test_what_was_due_before_an_import_has_lapsed_and_what_comes_after_fires() -> None:
    sale = Sale(three_stages(triggers=NO_SILENCE))
    opening = c.Open(playbook=sale.playbook.ref(), account="acme", owner="ann")
    begin = mark(sale, "find", "start").model_copy(update={"observed_at": at("2026-02-20")})
    sale.tell(opening, begin, when="2026-02-20", source="import")
    assert day_by_day(sale, 60) == {"03-03 14:00": ["overdue:boss"]}, "the owner's step was due on 27 February"


def test_an_unknown_beginning_is_never_overdue() -> None:
    sale = without_silence(when="unknown")
    sale.tell(mark(sale, "find", "start"), when="unknown")
    assert sale.let_pass(days=60) == []


def test_a_sale_that_has_ended_has_nothing_due() -> None:
    sale = opened("find.start")
    sale.tell(c.Lose(reason="price"))
    assert agenda(sale.state, CALENDAR) == []
    assert next_due(sale.state, CALENDAR, sale.now) is None


def test_the_next_look_is_in_working_time_and_never_in_the_past() -> None:
    sale = opened()
    sale.now = MONDAY + timedelta(days=30, hours=12)  # 21:00
    due = next_due(sale.state, CALENDAR, sale.now)
    assert due == datetime(2026, 4, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("apart", "together"), [(30, True), (90, False)])
def test_what_falls_due_within_a_minute_is_looked_at_together(apart: int, together: bool) -> None:
    sale = Sale()
    sale.now += timedelta(hours=1)
    sale.open()
    sale.tell(mark(sale, "find", "start"))
    sale.now += timedelta(seconds=apart)
    sale.tell(c.Record(note="x"))  # the silence is due so much after the stage
    stage, silence = [due.at for due in agenda(sale.state, CALENDAR)[:2]]
    assert silence - stage == timedelta(seconds=apart)
    assert next_due(sale.state, CALENDAR, sale.now) == (silence if together else stage)


@pytest.mark.parametrize("day", [date(2999, 12, 31), date(2500, 2, 28)])
def test_a_day_far_away_does_no_harm(day: date) -> None:
    sale = opened("find.start")
    sale.tell(c.Suspend(reason="frozen", look_again=day))
    assert next_due(sale.state, CALENDAR, sale.now) is not None


def test_a_message_says_for_whom_and_about_what() -> None:
    sale = without_silence("find.start")
    before = sale.state
    while not sale.due():
        before = sale.state
        sale.now += timedelta(hours=1)
    (message,) = react(before, sale.state).messages
    assert (message.key, message.to, message.owner, message.params["stage"]) == (
        f"sale:{message.event}:overdue", ("owner",), "ann", "find",
    )  # fmt: skip

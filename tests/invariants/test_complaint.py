"""What holds of every complaint, whatever is asked of it, in any order, at any time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagemark.domain.complaint import commands as c
from stagemark.domain.complaint.policy import STEPS
from stagemark.domain.complaint.rules import COMPLAINT
from stagemark.domain.entries import AnswerTask
from stagemark.domain.neighbour import next_due
from tests.scenarios.complaint.playing import Complaint, disputed, raised

ASKED = st.one_of(
    st.just("the right step"),
    st.just("the right step"),
    st.builds(
        c.TakeStep, step=st.sampled_from(STEPS), text=st.just("so"), accepted=st.sampled_from([None, True, False])
    ),
    st.just(c.Close()),
    st.just(c.OpenAgain(reason="so")),
    st.just(raised()),
    st.just(disputed()),
    st.builds(c.HandOver, owner=st.sampled_from(["wang", "li"])),
    st.builds(AnswerTask, entry=st.integers(1, 30), answer=st.just("done"), text=st.just("so")),
)
LIVES = st.lists(st.tuples(st.integers(0, 60), ASKED), max_size=40)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=LIVES, accepts=st.booleans())
def test_steps_are_never_out_of_turn_and_it_is_closed_only_lawfully(
    asked: list[tuple[int, Any]], accepts: bool
) -> None:
    life = Complaint()
    assert life.ask(raised()) == []
    for hours, what in asked:
        life.until((life.now + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M"))
        if what == "the right step":
            if life.state.life == "open" and life.state.step is not None:
                accepted = accepts if life.state.step == "ask" else None
                taken = c.TakeStep(step=life.state.step, text="so", accepted=accepted, approved_by="boss")
                assert life.ask(taken) == []
        else:
            life.ask(what)
        # An open step has exactly one task or was missed; what is settled waits for nobody.
        waits = life.state.life == "open" and life.state.step is not None
        assert len(life.state.tasks) <= waits
        assert waits or next_due(COMPLAINT, life.state, life.around) is None
    life.check()
    _lawful(life)


def _lawful(life: Complaint) -> None:
    """Walk through the ledger by another way than the rules do."""
    turn, settled, is_open, refused, heard = 0, set[str](), False, False, []
    for entry in life.entries:
        fact = entry.fact
        if fact.kind in ("raise", "disputed", "open_again"):
            if not is_open:
                turn, settled, is_open, refused = 0, set(), True, False
                heard.append("complaint_opened")
        elif fact.kind == "take_step":
            assert is_open
            assert fact.step == STEPS[turn]
            assert fact.step != "propose" or not refused or fact.approved_by == "boss"
            settled.add(fact.step)
            turn += 1
            if fact.step == "ask" and not fact.accepted:
                turn, refused = STEPS.index("propose"), True
                settled -= {"propose", "ask"}
        elif fact.kind == "close":
            assert is_open
            assert settled == set(STEPS)
            is_open = False
            heard.append("complaint_closed")
    told = [line.split()[1] for line in life.heard() if line.startswith("account:")]
    assert told == heard

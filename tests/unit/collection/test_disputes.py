"""A dispute and the complaint that it opens: whatever the complaint knew before, its end is the end of the dispute."""

from typing import Any

from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.complaint.policy import STEPS
from stagemark.domain.complaint.rules import COMPLAINT, ComplaintState
from stagemark.domain.neighbour import Accepted, Around, Rules, decide
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.told import Tell
from tests.scenarios.collection.language import Act, read, request
from tests.scenarios.collection.playing import Play

CONTRACT = "signed 2026-02-02: 1=50000 due 2026-03-02"


def heard(rules: Rules[Any], state: Any, asked: Any, around: Around) -> tuple[Any, list[Tell]]:
    """A neighbour after what it was asked or told, and whom it tells."""
    answer = decide(rules, state, rules.request.model_validate(asked), around)
    assert isinstance(answer, Accepted), answer
    return answer.state, list(follows(rules, state, answer.state, answer.entries).tells)


def of_stream(tells: list[Tell], stream: str) -> list[Any]:
    return [tell.request for tell in tells if tell.to is not None and tell.to.stream == stream]


class Both:
    """A collection, and the complaint of its instalment's first dispute."""

    def __init__(self) -> None:
        self.play = Play(read(f"given {CONTRACT}\nuntil 2026-02-20"))
        self.play.run()
        self.complaint = ComplaintState(id="S-1/1/1")
        self.number = 10

    def act(self, said: str) -> None:
        """Somebody does something at the collection; the complaint hears of it."""
        self.number += 1
        before = self.play.state
        asked = request(Act(self.play.around.today, said), self.number, {})
        self.play.state, tells = heard(COLLECTION, before, asked, self.play.around)
        for told in of_stream(tells, "complaint"):
            self.complaint, _ = heard(COMPLAINT, self.complaint, told, self.play.around)

    def close(self) -> None:
        """Every step is taken, and the complaint closed; the collection hears of it."""
        steps: list[dict[str, Any]] = [
            {"kind": "take_step", "step": step, "text": "so", **({"accepted": True} if step == "ask" else {})}
            for step in STEPS
        ]
        asked = {"key": f"close-{self.number}", "actor": "wang", "commands": [*steps, {"kind": "close"}]}
        self.complaint, tells = heard(COMPLAINT, self.complaint, asked, self.play.around)
        for told in of_stream(tells, "collection"):
            self.play.state, _ = heard(COLLECTION, self.play.state, told, self.play.around)


def test_a_dispute_is_over_when_its_complaint_is_closed() -> None:
    both = Both()
    both.act("dispute 1")
    assert both.play.state.receivables["1"].dispute is not None
    both.close()
    assert both.play.state.receivables["1"].dispute is None


def test_a_dispute_of_a_contract_signed_anew_ends_with_the_complaint_that_was_there_before() -> None:
    both = Both()
    both.act("dispute 1")
    both.act("unsigned")
    both.act(CONTRACT)
    both.act("dispute 1")
    both.close()
    assert both.play.state.receivables["1"].dispute is None


def test_a_dispute_after_a_complaint_that_was_closed_opens_it_again_and_ends_with_it() -> None:
    both = Both()
    both.act("dispute 1")
    both.close()
    both.act("unsigned")
    both.act(CONTRACT)
    both.act("dispute 1")
    assert both.complaint.life == "open"
    both.close()
    assert both.play.state.receivables["1"].dispute is None


def test_a_complaint_that_was_raised_under_that_id_by_hand_is_the_disputes_from_then_on() -> None:
    both = Both()
    raised = {"kind": "disputed", "account": "acme", "owner": "wang", "text": "late", "title": "Pumps"}
    asked = {"key": "by-hand", "actor": "wang", "commands": [raised]}
    both.complaint, _ = heard(COMPLAINT, both.complaint, asked, both.play.around)
    both.act("dispute 1")
    both.close()
    assert both.play.state.receivables["1"].dispute is None

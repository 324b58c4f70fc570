"""A promise that is told late: judged by the day on which it was given, and broken if its day is over."""

from typing import Any

import pytest

from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.neighbour import Accepted, Rejected, decide
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play


def told_on_16_march(observed_at: str, until: str) -> tuple[Play, Accepted[Any] | Any]:
    play = Play(read("given signed 2026-02-02: 1=50000 due 2026-03-02\nuntil 2026-03-16"))
    play.run()
    promise = {"kind": "promise_payment", "instalment": "1", "until": until}
    asked = {"key": "late", "commands": [promise], "actor": "wang", "observed_at": observed_at}
    return play, decide(COLLECTION, play.state, CollectionRequest.model_validate(asked), play.around)


def test_a_promise_whose_day_was_over_when_it_was_told_is_broken_and_collected_harder() -> None:
    play, answer = told_on_16_march("2026-03-09", "2026-03-13")
    assert isinstance(answer, Accepted)
    play.take(answer)
    play.pass_until(play.now.replace(day=17, hour=12))
    promise = play.state.receivables["1"].promises[-1]
    assert (str(promise.on), promise.outcome) == ("2026-03-09", "broken")
    assert play.state.receivables["1"].by == "finance", "from phone one step harder"


@pytest.mark.parametrize(("given", "until"), [("2026-03-14", "2026-03-13"), ("2026-03-16", "2026-03-15")])
def test_a_promise_for_a_day_before_it_was_given_is_refused(given: str, until: str) -> None:
    _, answer = told_on_16_march(given, until)
    assert isinstance(answer, Rejected)
    assert [problem.code for problem in answer.problems] == ["promise_in_past"]


def test_a_promise_told_after_it_was_paid_is_kept_by_what_came_since_it_was_given() -> None:
    play = Play(read("given signed 2026-02-02: 1=50000 due 2026-03-02\n03-06  * pay P1 20000\nuntil 2026-03-10"))
    play.run()
    promise = {"kind": "promise_payment", "instalment": "1", "until": "2026-03-12", "amount": "20000"}
    asked = {"key": "late", "commands": [promise], "actor": "wang", "observed_at": "2026-03-04"}
    play.ask(CollectionRequest.model_validate(asked))
    assert play.state.receivables["1"].promises[-1].paid == 0
    play.pass_until(play.now.replace(day=13, hour=12))
    assert play.state.receivables["1"].promises[-1].outcome == "kept"

"""The end marker that the collection records by itself: fitted to the sale, and tried again when it can be taken."""

from __future__ import annotations

from typing import Any

import pytest

from stagemark.domain import commands as c
from stagemark.domain.commands import Given, Mark
from stagemark.domain.opportunity import Rejected
from stagemark.domain.reactions import react
from stagemark.domain.state import OpportunityState
from stagemark.domain.told import ENGINE
from tests.playing import MONDAY, Sale, at, labelled, three_stages

TERMS = Given(
    evidence="terms",
    value={
        "amount": {"amount": "100", "currency": "CNY"},
        "instalments": [{"id": "1", "amount": "100", "after": "delivery", "days": 30}],
    },
)
START, END = Mark(stage="collect", edge="start"), Mark(stage="collect", edge="end")


class Ending(Sale):
    """A sale that was opened and signed on 2 March, and is asked for its end on 10 March."""

    def __init__(self) -> None:
        signing = labelled("sign", start={}, end={"evidence": [{"evidence": "terms"}]})
        stages = [signing, labelled("collect", collects={}, start={}, end={})]
        super().__init__(three_stages(evidence=[labelled("terms", type="contract")], people=None, stages=stages))
        self.open(when="2026-03-02")
        self.tell(Mark(stage="sign", edge="start"), when="2026-03-02")
        self.tell(Mark(stage="sign", edge="end", evidence=(TERMS,)), when="2026-03-02")
        self.now = MONDAY.replace(day=10)

    def end(self, day: str) -> Any:
        mark = END.model_copy(update={"observed_at": at(day)})
        return self.ask(mark, actor=ENGINE, source="engine")

    @property
    def ended_on(self) -> str:
        return str(self.state.events[-1].observed_at)

    def tries_again(self, before: OpportunityState) -> bool:
        return any(tell.if_complete for tell in react(before, self.state).tells)


@pytest.mark.parametrize(
    ("paid", "ended"),
    [
        ("2026-03-08", "2026-03-08"),
        ("2026-03-11", "2026-03-10"),  # the bank's value date lies in the future
        ("2026-02-20", "2026-03-05"),  # before the sale was opened
        ("2026-03-04", "2026-03-05"),  # between the signing and the start of the last stage
    ],
)
def test_the_last_payment_ends_the_sale_on_its_own_day_or_the_nearest_one_in_the_stage(paid: str, ended: str) -> None:
    sale = Ending()
    sale.tell(START, when="2026-03-05")
    sale.end(paid)
    assert (sale.state.life, sale.ended_on) == ("collected", ended)


def test_what_was_recorded_of_the_sale_since_the_payment_does_not_keep_it_open() -> None:
    sale = Ending()
    sale.tell(START, when="2026-03-05")
    sale.tell(c.Wait(on="customer"), when="2026-03-09")
    sale.end("2026-03-06")
    assert (sale.state.life, sale.ended_on) == ("collected", "2026-03-09")


def test_a_person_who_names_such_a_day_is_still_refused() -> None:
    sale = Ending()
    sale.tell(START, when="2026-03-05")
    assert sale.refused(END, when="2026-03-11") == ["observed_in_future"]


def test_a_collection_that_was_done_too_early_is_told_again_when_its_stage_begins() -> None:
    sale = Ending()
    refused = sale.end("2026-03-06")
    assert isinstance(refused, Rejected)
    before = sale.state
    sale.tell(START, when="2026-03-05")
    assert sale.tries_again(before)
    sale.end("2026-03-06")
    assert sale.state.life == "collected"


def test_and_when_a_sale_that_was_suspended_is_taken_up_in_it() -> None:
    sale = Ending()
    sale.tell(START, when="2026-03-05")
    sale.tell(c.Suspend(reason="a pause", look_again="2026-04-01"))
    assert isinstance(sale.end("2026-03-06"), Rejected)
    before = sale.state
    sale.tell(c.Resume())
    assert sale.tries_again(before)


def test_but_not_when_a_person_voids_the_end_or_anything_else_happens() -> None:
    sale = Ending()
    sale.tell(START, when="2026-03-05")
    before = sale.state
    sale.tell(c.Wait(on="customer"))
    assert not sale.tries_again(before)
    sale.end("2026-03-06")
    before = sale.state
    sale.tell(c.Void(event=before.sequence, reason="they still complain"))
    assert sale.state.life == "open"
    assert not sale.tries_again(before)

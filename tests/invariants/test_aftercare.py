"""What holds of every aftercare, whatever is told and asked of it, in any order, on any day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.policy import REFERRAL_STEPS
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.entries import AnswerTask
from stagemark.domain.neighbour import happened
from stagemark.domain.told import (
    HandedOver,
    Heard,
    Held,
    OrderDropped,
    Ordered,
    PaidUp,
    ProductSaid,
    Reached,
    Scored,
    Unsigned,
)
from tests.scenarios.aftercare.playing import Aftercare, amount, signed, suggested, suggestion

START = date(2026, 3, 2)
DAYS = st.integers(0, 500).map(lambda n: START + timedelta(days=n))
NUMBERS = st.integers(1, 60)

FACTS = st.one_of(
    st.just(signed()),
    st.just(Unsigned(opportunity="S-1")),
    st.just(HandedOver(owner="li")),
    st.builds(
        Held,
        complaints=st.sampled_from([(), (), ("C-1",)]),
        cool_until=st.none() | DAYS,
        heard=st.builds(
            Heard,
            score=st.none() | st.builds(Scored, score=st.just(2), satisfied=st.just(False), on=DAYS),
            referrals_from=st.none() | DAYS,
            products=st.sampled_from([(), (ProductSaid(product="card", until=START + timedelta(days=200)),)]),
        ),
    ),
    st.builds(Reached, milestone=st.sampled_from(["delivery", "acceptance"]), on=DAYS),
    st.builds(
        PaidUp,
        on=DAYS,
        share=st.sampled_from([Decimal("0.5"), Decimal("0.9"), Decimal(1)]),
        overdue=st.sampled_from([False, False, True]),
    ),
    st.builds(
        Ordered,
        opportunity=st.sampled_from(["S-0", "S-2"]),
        order=st.sampled_from(["S-0", "S-2", "PO-7"]),
        on=DAYS,
        amount=st.just(amount(5)),
    ),
    st.builds(OrderDropped, opportunity=st.sampled_from(["S-0", "S-2"])),
    st.lists(st.sampled_from(["card", "tripod", "bag"]), unique=True).map(
        lambda products: suggested(*map(suggestion, products))
    ),
)
ASKED = st.one_of(
    st.builds(c.Rate, score=st.integers(1, 5), text=st.just("so")),
    st.builds(
        c.RecordOrder,
        order=st.sampled_from(["PO-1", "PO-2", "PO-3", "PO-4"]),
        on=DAYS,
        amount=NUMBERS.map(amount),
    ),
    st.builds(c.PromiseTask, item=st.sampled_from(["x", "y"]), text=st.just("so"), until=DAYS),
    st.builds(c.PlanFollowUp, item=st.sampled_from(["x", "y"]), on=DAYS, how=st.just("phone"), round=st.just("r")),
    st.builds(
        c.RecordFollowUp, item=st.sampled_from(["x", "arrived", "thanks", "evaluation:delivery"]), text=st.just("so")
    ),
    st.builds(c.MoveFollowUp, item=st.sampled_from(["x", "in-use"]), on=DAYS, reason=st.just("so")),
    st.builds(c.MakePrompt, suggestion=st.just(suggestion("bag"))),
    st.builds(
        c.AnswerPrompt,
        prompt=NUMBERS.map(lambda n: f"p{n}"),
        answer=st.sampled_from(["declined", "later"]),
        text=st.just("so"),
    ),
    st.builds(c.TakeReferralStep, step=st.sampled_from(REFERRAL_STEPS), text=st.just("so"), willing=st.booleans()),
    st.builds(
        c.GiveName, account=st.sampled_from(["beta", "acme"]), contact=st.just("liu"), opportunity=st.just("S-9")
    ),
)
STEPS = st.lists(st.tuples(st.integers(0, 40), FACTS | ASKED | st.just("answer")), max_size=25)


class Watched(Aftercare):
    """Checks each entry against the state before it."""

    def _take(self, accepted: Any) -> None:
        before = self.state
        for entry in accepted.entries:
            if entry.kind in ("make_prompt", "task_due") and self._grows(entry):
                assert not before.held.complaints
                assert before.customer.score is not None
                assert before.customer.score.score >= 4
                assert before.paid is not None
                assert before.paid.share >= Decimal("0.9")
                assert not before.paid.overdue
                assert "delivery" in before.anchors
            if entry.kind == "make_prompt":
                assert all(p.status != "open" for p in before.prompts.values())
                assert not before.held.cool_until or before.held.cool_until <= entry.day
                assert all(p.made + timedelta(days=28) <= entry.day for p in before.prompts.values())
                told = [p for p in before.prompts.values() if p.suggestion.id == entry.fact.suggestion.id]
                assert all(p.until is None or p.until <= entry.day for p in told)
                product = entry.fact.suggestion.product
                elsewhere = [said.until for said in before.held.heard.products if said.product == product]
                assert all(until and until <= entry.day for until in elsewhere)
            if entry.kind == "task_due" and entry.fact.task.startswith("referral"):
                assert (before.customer.referrals_from or START) <= entry.day
            before = self._one(before, entry)
        super()._take(accepted)

    @staticmethod
    def _grows(entry: Any) -> bool:
        return entry.kind == "make_prompt" or str(entry.fact.task).startswith(("prompt", "referral"))

    @staticmethod
    def _one(state: Any, entry: Any) -> Any:
        return happened(AFTERCARE, state, entry)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_no_prompt_is_made_out_of_its_time_and_each_follow_up_comes_once(steps: list[tuple[int, Any]]) -> None:
    life = Watched(answering=False)
    life.tell(str(START), signed(), suggested(suggestion()))
    on, signings = START, 1
    for days, step in steps:
        on += timedelta(days=days)
        life.until(str(on))
        if step == "answer":
            for number, task in list(life.state.tasks.items()):
                if task.due.task != "prompt" and number in life.state.tasks:
                    assert life.ask(AnswerTask(entry=number, answer="done", text="done")) == []
        else:
            life.ask(step)
            signings += step == signed()
    life.until(str(on + timedelta(days=400)))
    life.check()
    fell = Counter(
        entry.fact.id for entry in life.entries if entry.kind == "task_due" and entry.fact.task == "follow_up"
    )
    assert all(count <= signings for count in fell.values()), fell
    assert all(
        entry.hash and entry.previous == before.hash
        for before, entry in zip(life.entries, life.entries[1:], strict=False)
    )


@settings(max_examples=60, deadline=None)
@given(score=st.integers(1, 5), share=st.integers(0, 100), overdue=st.booleans(), reached=st.booleans())
def test_a_prompt_comes_exactly_when_the_method_says_so(score: int, share: int, overdue: bool, reached: bool) -> None:
    life = Aftercare()
    life.tell(str(START), signed(), suggested(suggestion()))
    if reached:
        life.tell("2026-03-10", Reached(milestone="delivery", on=date(2026, 3, 10)))
    life.tell("2026-03-11", PaidUp(on=date(2026, 3, 11), share=Decimal(share) / 100, overdue=overdue))
    life.ask(c.Rate(score=score, text="so"))
    prompted = any("prompts" in line for line in life.seen("2026-04-30"))
    assert prompted == (score >= 4 and share >= 90 and not overdue and reached)

"""Since when an order counts as paid: the collection tells what was paid, the aftercare counts by its policy."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from stagemark.domain.aftercare.growth import why_no_prompt
from stagemark.domain.collection.telling import tells
from stagemark.domain.neighbour import Accepted
from stagemark.domain.told import PaidUp
from tests.scenarios.aftercare.playing import Aftercare, day, delivered, paid, satisfied, signed, suggested, suggestion
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play

PARTS = "1=92000 due 2026-04-30; 2=8000 due 2026-06-01; retention=5000 due 2027-03-01"


class Paying(Play):
    """A collection that keeps what it tells its aftercare of what is paid."""

    def __init__(self, *acts: str, parts: str = PARTS) -> None:
        self.paid: list[tuple[date, PaidUp]] = []
        scenario = read("\n".join([f"given signed 2026-02-02: {parts}", *acts]))
        scenario.until = scenario.acts[-1].day
        super().__init__(scenario)
        self.run()

    def take(self, accepted: Accepted[Any]) -> None:
        for tell in tells(self.state, accepted.state, accepted.entries):
            facts: Any = tell.request["commands"] if tell.request else ()
            self.paid += [(self.around.today, PaidUp.model_validate(f)) for f in facts if f["kind"] == "paid_up"]
        super().take(accepted)

    def heard(self) -> tuple[Aftercare, list[str]]:
        """The aftercare that hears all of it, and since when the order counted as paid after each fact."""
        life, since = Aftercare(), []
        life.tell("2026-02-02", signed("2026-02-02"))
        for on, fact in self.paid:
            life.tell(str(on), fact)
            anchor = life.state.anchors.get("payment")
            since.append(str(anchor.on) if anchor else "not paid")
        return life, since


@pytest.mark.parametrize(
    ("acts", "since"),
    [
        pytest.param(
            ["04-01 * pay P1 92000", "05-29 * pay P2 8000", "2027-02-26 * pay P3 5000"], ["2026-04-01"] * 3,
            id="later payments and retention money do not move it",
        ),
        pytest.param(["05-20 * pay P1 92000 on 2026-04-28"], ["not paid", "2026-04-28"], id="it is the payment's day"),
        pytest.param(
            ["04-20 * pay P1 20000 on 2026-04-19", "04-21 * pay P2 75000 on 2026-04-03"], ["not paid", "2026-04-19"],
            id="in whatever order payments are told",
        ),
        pytest.param(
            ["04-01 * placed P1 92000", "04-10 * reversed P1 92000", "04-20 * placed P2 95000"],
            ["2026-04-01", "not paid", "2026-04-20"],
            id="lost with its money, it counts anew",
        ),
        pytest.param(
            ["04-01 * pay P1 92000", "06-10 * pay P2 8000"], ["2026-04-01", "not paid", "2026-06-10"],
            id="lost by what is overdue, it counts from the day on which that was paid",
        ),
        pytest.param(
            ["04-01 * pay P1 92000", "06-10 * pay P2 8000 on 2026-05-30"], ["2026-04-01", "not paid", "2026-04-01"],
            id="what was paid in time and told late was never overdue",
        ),
    ],
)  # fmt: skip
def test_an_order_is_paid_since_the_first_day_on_which_enough_was(acts: list[str], since: list[str]) -> None:
    assert Paying(*acts).heard()[1] == since


def test_each_percent_keeps_its_day_however_many_payments_come() -> None:
    days = [date(2026, 2, 2) + timedelta(days=n) for n in range(50)]
    play = Paying(*[f"{on} * pay P{on} 400" for on in days], parts="1=200000 due 2026-04-30")
    steps = play.paid[-1][1].steps
    assert [steps[0], steps[-1]] == [(days[0], Decimal("0.002")), (days[-1], Decimal("0.1"))]
    assert [share for _, share in steps[1:-1]] == [Decimal(n) / 100 for n in range(1, 10)]


WEEKEND = "1=50000 due 2026-03-06"  # a Friday: the collection takes note on Monday


def reasons(life: Aftercare) -> set[str]:
    return {problem.code for problem in why_no_prompt(life.state, life.around)}


@pytest.mark.parametrize("paid", ["03-05", "03-07"], ids=["paid before", "paid on Saturday"])
def test_what_falls_due_before_a_weekend_is_overdue_on_it(paid: str) -> None:
    life, _ = Paying(f"{paid} * pay P1 46000", parts=WEEKEND).heard()
    assert "growth_overdue" in reasons(life.until("2026-03-07"))


def test_what_falls_due_today_is_not_overdue() -> None:
    life, _ = Paying("03-05 * pay P1 46000", parts=WEEKEND).heard()
    assert "growth_overdue" not in reasons(life.until("2026-03-06"))


def test_no_prompt_goes_out_once_a_debt_is_overdue_though_nobody_has_told_so() -> None:
    play = Paying("03-05 * pay P1 46000", parts=WEEKEND)
    life = play.heard()[0]
    life.tell("2026-03-05", delivered("2026-03-05"), suggested(suggestion()))
    assert life.ask(satisfied()) == []
    assert life.state.anchors["completion"].on == day("2026-03-05")
    life.until("2026-06-01")
    assert "completion" not in life.state.anchors
    assert life.state.prompts == {}
    life.tell("2026-06-01", paid("2026-06-01"))
    assert life.state.anchors["completion"].on == day("2026-06-01")


def test_what_was_paid_on_the_weekend_after_its_day_had_been_overdue() -> None:
    _, since = Paying("03-05 * pay P1 46000", "03-07 * pay P2 4000", parts=WEEKEND).heard()
    assert since == ["2026-03-05", "2026-03-07"]


def test_a_rest_that_is_paid_later_does_not_move_what_an_earlier_version_told() -> None:
    life = Aftercare()
    life.tell("2026-03-02", signed())
    life.tell("2026-04-01", paid("2026-04-01", "0.92"))
    life.tell("2026-09-01", paid("2026-09-01"))
    assert life.state.anchors["payment"].on == day("2026-04-01")


@pytest.mark.parametrize(("first", "said"), [(89_995, "89.99%"), (89_600, "89.6%"), (50_000, "50%"), (90_000, None)])
def test_what_is_not_enough_does_not_read_as_if_it_were(first: int, said: str | None) -> None:
    life, _ = Paying("02-03 * pay P1 " + str(first), parts="1=100000 due 2026-04-30").heard()
    problems = {problem.code: problem.params for problem in why_no_prompt(life.state, life.around)}
    assert problems.get("growth_not_paid") == ({"share": said, "needed": "90%"} if said else None)

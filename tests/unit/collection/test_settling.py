"""When an instalment was settled, and promises of it kept: by the days of its money, in whatever order that is told."""

import pytest

from stagemark.domain.collection.state import Receivable
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play


def played(*lines: str) -> Receivable:
    """The second instalment after what was said."""
    play = Play(read("\n".join(("given signed 2026-02-02: 1=95 due 2026-03-01; 2=5 due 2026-03-10", *lines))))
    play.run()
    return play.state.receivables["2"]


EARLY, LATE = "03-20  * pay B 2 for 2 on 2026-03-05", "03-20  * pay A 3 for 2 on 2026-03-20"


@pytest.mark.parametrize("told", [(EARLY, LATE), (LATE, EARLY)], ids=["in-order", "the-last-first"])
def test_an_instalment_is_settled_on_the_day_of_the_last_of_its_money(told: tuple[str, str]) -> None:
    assert str(played(*told, "until 2026-03-21").settled) == "2026-03-20"


@pytest.mark.parametrize("told", [(EARLY, LATE), (LATE, EARLY)], ids=["in-order", "the-last-first"])
@pytest.mark.parametrize(("until", "outcome"), [("2026-03-20", "kept"), ("2026-03-19", "broken")])
def test_a_promise_of_all_is_kept_only_if_all_its_money_came_in_time(
    told: tuple[str, str], until: str, outcome: str
) -> None:
    one = played(f"03-11  * promise 2 until {until}", *told, "until 2026-03-21")
    assert one.promises[-1].outcome == outcome

"""A milestone's day or a contract that is corrected: whether a debt has come as far by now is asked of the present."""

from typing import Any

import pytest

from stagemark.domain.collection.commands import CollectionRequest
from tests.scenarios.collection.language import Act, read, request
from tests.scenarios.collection.playing import Play

CONTRACT = "signed 2026-02-02: 1=500000 after delivery +10"
CORRECTIONS = ["reach delivery on 2026-02-11", "signed 2026-02-02: 1=500000 due 2026-02-21"]


@pytest.mark.parametrize("observed", [{}, {"observed_at": "2026-02-11"}], ids=["today", "observed-in-the-past"])
@pytest.mark.parametrize("correction", CORRECTIONS, ids=["milestone", "contract"])
def test_a_correction_told_today_softens_nothing_that_has_come_so_far_by_now(
    correction: str, observed: dict[str, Any]
) -> None:
    acts = "02-10  * reach delivery on 2026-02-10\n03-02  * approve-legal 1"
    play = Play(read(f"given {CONTRACT}\n{acts}\nuntil 2026-03-20"))
    play.run()
    asked = request(Act(play.around.today, correction), 9, {})
    play.ask(CollectionRequest.model_validate({**asked.model_dump(exclude_unset=True), **observed}))
    one = play.state.receivables["1"]
    assert (str(one.due), one.by, one.legal is not None) == ("2026-02-21", "legal", True)


def exempt() -> Play:
    play = Play(read(f"given {CONTRACT}\n02-10  * exempt until 2026-12-31\nuntil 2026-02-11"))
    play.run()
    return play


def test_a_sale_that_is_signed_anew_is_not_exempt_by_what_was_told_before() -> None:
    play = exempt()
    for number, act in enumerate(("unsigned", CONTRACT), 1):
        play.ask(request(Act(play.around.today, act), 10 * number, {}))
    assert (play.state.running, play.state.exempt) == (True, None)


def test_the_exemption_of_one_account_does_not_spare_another_whose_sale_it_is_after_all() -> None:
    play = exempt()
    assert play.state.signed is not None
    for account, spared in (("acme", True), ("beta", False)):
        corrected = play.state.signed.model_copy(update={"account": account, "title": "corrected"})
        play.ask(CollectionRequest(key=account, commands=(corrected,), actor="wang"))
        assert (play.state.exempt is not None) is spared

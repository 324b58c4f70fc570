"""A prompt that is right for a sale may not be right for its accounts: each is asked before it is made."""

from __future__ import annotations

from typing import Any

from stagemark.domain.aftercare import commands as c
from stagemark.domain.told import Held
from tests.scenarios.aftercare.playing import Aftercare, completed, satisfied, suggested, suggestion

SISTER = suggestion("camera", relation="same", account="acme-sh")


def wanting(*suggestions: Any) -> Aftercare:
    """An aftercare that wants to make its first prompt, and waits for the accounts."""
    life = completed(allowing=False)
    if suggestions:
        life.tell("2026-04-09", suggested(*suggestions))
    assert life.ask(satisfied()) == []
    life.until("2026-04-15")
    assert life.state.wanted is not None
    return life


def prompts(lines: list[str]) -> list[str]:
    return [line for line in lines if " prompts " in line]


def test_no_prompt_is_made_before_its_account_allows_it() -> None:
    life = wanting()
    assert life.asked() == ["acme prompt_wanted"]
    assert prompts(life.seen("2026-05-30")) == []
    life.allow("acme")
    assert prompts(life.seen("2026-06-02")) == ["2026-06-01 prompts card"]  # the 30th is a Saturday
    assert life.asked() == []  # it has asked: the account knows
    life.check()


def test_an_account_that_cools_down_is_asked_again_when_it_has() -> None:
    life = wanting()
    life.asked()
    life.allow("acme", granted=False, until="2026-05-06")
    assert life.asked() == []
    assert prompts(life.seen("2026-05-31")) == []
    assert (life.asked(), life.state.wanted is None) == (["acme prompt_wanted"], False)
    life.allow("acme")
    assert prompts(life.seen("2026-06-02")) == ["2026-06-01 prompts card"]
    life.check()


def test_a_sister_company_is_asked_after_the_own_account_and_what_that_had_promised_is_dropped_if_it_says_no() -> None:
    life = wanting(SISTER)
    assert life.asked() == ["acme prompt_wanted"]
    life.allow("acme")
    assert life.asked() == ["acme-sh prompt_wanted"]
    life.allow("acme-sh", granted=False)  # a complaint is open there
    assert life.asked() == ["acme prompt_dropped"]
    assert prompts(life.seen("2026-05-14")) == []
    life.allowing = True
    assert prompts(life.seen("2026-05-16")) == ["2026-05-15 prompts camera"]
    life.check()


def test_what_does_not_fit_any_more_is_given_up_and_the_next_comes() -> None:
    life = wanting(SISTER, suggestion())
    life.allow("acme")
    life.asked()
    life.tell("2026-04-15", suggested(suggestion()))  # she has bought it meanwhile
    assert life.asked() == ["acme prompt_dropped", "acme prompt_wanted"]
    life.allow("acme")
    assert prompts(life.seen("2026-04-16")) == ["2026-04-15 prompts card"]
    life.check()


def test_a_complaint_meanwhile_drops_the_prompt_and_what_comes_too_late_is_given_back() -> None:
    life = wanting(SISTER)
    life.allow("acme")
    late = life.state.wanted
    life.asked()
    life.tell("2026-04-15", Held(complaints=("C-1",)))
    assert (life.state.wanted, life.asked()) == (None, ["acme prompt_dropped"])
    assert late is not None
    life.allow("acme-sh")
    assert life.asked() == ["acme-sh prompt_dropped"]
    assert prompts(life.seen("2026-06-01")) == []
    life.check()


def test_somebody_who_makes_a_prompt_of_themselves_is_not_prompted_as_well() -> None:
    life = wanting()
    life.allow("acme", granted=False, until="2026-04-16")
    life.until("2026-04-16")
    life.asked()
    assert life.ask(c.MakePrompt(suggestion=suggestion())) == []
    assert life.asked() == ["acme prompt_made"]
    life.allow("acme")
    assert life.asked() == ["acme prompt_dropped"]
    life.check()

"""Prompts and referrals: day by day, with everything that happens, and why nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.growth import why_no_prompt, why_no_referral
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.entries import AnswerTask
from stagemark.domain.told import Held
from tests.scenarios.aftercare.playing import (
    Aftercare,
    completed,
    contract,
    day,
    delivered,
    paid,
    satisfied,
    signed,
    suggested,
    suggestion,
)

COMPLAINT = Held(complaints=("C-1",))


def growth(lines: list[str]) -> list[str]:
    return [line for line in lines if "prompt" in line or "referral" in line]


def answer(life: Aftercare, said: str, **rest: Any) -> list[str]:
    prompt = life.state.open_prompt or next(iter(life.state.prompts))
    return life.ask(c.AnswerPrompt(prompt=prompt, answer=said, text="so they said", **rest))


def why(life: Aftercare) -> list[str]:
    return [problem.code for problem in why_no_prompt(life.state, life.around)]


def test_a_prompt_comes_a_week_after_the_order_is_completed_and_the_customer_is_satisfied() -> None:
    life = completed(paid_on="2026-04-08")
    assert growth(life.seen("2026-04-20")) == []
    assert life.ask(satisfied()) == []
    assert growth(life.seen("2026-04-21")) == ["2026-04-20 prompts card", "2026-04-20 prompt:p24 -> owner"]
    (asked,) = [tell for tell in life.told if tell.to and tell.to.stream == "account"]
    assert asked.request is not None
    assert asked.request["commands"] == [
        {"kind": "prompt_wanted", "opportunity": "S-1", "prompt": "p22", "on": "2026-04-20", "cool_until": "2026-05-20"}
    ]
    life.check()


def test_why_not_says_every_reason() -> None:
    life = Aftercare()
    assert why(life) == ["aftercare_not_signed"], "the catalogue is not asked yet"
    life.tell("2026-03-02", signed())
    assert why(life) == ["growth_not_delivered", "growth_not_paid", "growth_satisfaction_unknown"]
    life.tell("2026-03-03", suggested(suggestion()), delivered("2026-03-03"), paid("2026-03-03", "0.95", overdue=True))
    life.ask(satisfied(2))
    life.tell("2026-03-04", Held(complaints=("C-1",), cool_until=day("2026-04-01")))
    assert why(life) == ["growth_overdue", "growth_unsatisfied", "growth_complaint_open", "prompt_cooling"]
    life.tell("2026-03-05", paid("2026-03-05", "0.9"), Held())
    life.ask(satisfied(4))
    assert why(life) == []
    assert [problem.code for problem in why_no_referral(life.state, life.around)] == []


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (paid("2026-04-10", "0.89"), "growth_not_paid"),
        (paid("2026-04-10", "1", overdue=True), "growth_overdue"),
        (COMPLAINT, "growth_complaint_open"),
        (Held(cool_until=day("2027-01-01")), "prompt_cooling"),
        (satisfied(3), "growth_unsatisfied"),
    ],
)
def test_each_reason_holds_a_prompt_back(fact: Any, reason: str) -> None:
    life = completed(paid_on="2026-04-08")
    life.ask(satisfied())
    life.tell("2026-04-10", fact)
    assert [line for line in life.seen("2026-12-31") if "prompt" in line] == []
    assert why(life) == [reason]
    assert life.ask(c.MakePrompt(suggestion=suggestion())) == [reason]


def test_a_complaint_takes_an_open_prompt_back_and_it_goes_on_afterwards() -> None:
    life = completed()
    life.ask(satisfied())
    assert growth(life.seen("2026-04-16")) == ["2026-04-15 prompts card", "2026-04-15 prompt:p24 -> owner"]
    life.tell("2026-04-16", COMPLAINT)
    assert growth(life.seen("2026-06-30")) == ["2026-04-16 withdrawn prompt:p24"]
    life.tell("2026-07-01", Held())
    assert growth(life.seen("2026-07-02")) == [
        "2026-07-01 prompt:p24 -> owner",
        "2026-07-01 referral:1:attitude -> owner",
    ]
    life.check()


def test_a_declined_product_is_not_suggested_again_for_half_a_year() -> None:
    life = completed()
    life.ask(satisfied())
    life.until("2026-04-16")
    assert answer(life, "declined") == []
    life.lines.clear()
    again = [line for line in life.seen("2027-01-31") if "prompts" in line]
    assert again == ["2026-10-16 prompts card"]
    life.check()


def test_later_is_the_day_that_was_said_or_a_month() -> None:
    life = completed()
    life.ask(satisfied())
    life.until("2026-04-16")
    assert answer(life, "later", until=day("2026-03-01")) == ["aftercare_day_past"]
    assert answer(life, "later", until=day("2026-07-01")) == []
    life.lines.clear()
    assert [line for line in life.seen("2026-07-02") if "prompts" in line] == ["2026-07-01 prompts card"]
    assert answer(life, "later") == []
    life.lines.clear()
    # on the 1st of August the account has cooled down as well, but that is a Saturday
    assert [line for line in life.seen("2026-08-05") if "prompts" in line] == ["2026-08-03 prompts card"]


def test_an_accepted_prompt_names_the_sale_that_it_opened_and_the_next_waits_for_the_cool_down() -> None:
    life = completed()
    life.ask(satisfied(), key="score")
    life.ask(c.RateReferrer(contact="liu", signs=("influence",)))
    life.tell("2026-04-09", suggested(suggestion(), suggestion("tripod")))
    life.until("2026-04-16")
    assert answer(life, "accepted", opportunity="S-2") == []
    life.lines.clear()
    assert [line for line in life.seen("2026-12-31") if "prompts" in line] == ["2026-05-15 prompts tripod"]
    assert answer(life, "accepted", opportunity="S-3") == []
    assert why(life) == ["prompt_all_answered"]
    assert life.ask(c.MakePrompt(suggestion=suggestion())) == ["prompt_accepted_before"]
    life.check()


def test_a_sister_company_is_asked_and_cools_down_as_well() -> None:
    life = completed()
    life.tell("2026-04-09", suggested(suggestion("camera", relation="same", account="acme-sh")))
    life.ask(satisfied())
    life.until("2026-04-16")
    assert life.asked() == ["acme prompt_wanted", "acme-sh prompt_wanted"]


def test_a_prompts_task_is_answered_by_what_the_customer_said() -> None:
    life = completed()
    life.ask(satisfied())
    life.until("2026-04-16")
    (entry,) = [number for number, task in life.state.tasks.items() if task.due.task == "prompt"]
    assert life.ask(AnswerTask(entry=entry, answer="done", text="said it")) == ["prompt_needs_answer"]
    assert life.ask(AnswerTask(entry=entry, answer="dismissed", text="no use to them")) == []
    (prompt,) = life.state.prompts.values()
    assert (prompt.status, prompt.until) == ("declined", day("2026-10-16"))
    assert answer(life, "accepted", opportunity="S-9") == []  # the customer thought better of it
    assert life.ask(c.AnswerPrompt(prompt="p99", answer="later", text="x")) == ["prompt_unknown"]
    life.check()


def test_a_referral_is_asked_for_in_four_steps_each_a_task() -> None:
    life = completed()
    life.tell("2026-04-09", suggested())
    life.ask(satisfied())
    life.answering = False
    steps = []
    for on in ("2026-04-22", "2026-04-27", "2026-05-04", "2026-05-11"):
        steps += [line for line in growth(life.seen(on)) if "withdrawn" not in line]
        step = life.state.referral.step
        assert life.ask(c.TakeReferralStep(step=step, text="they were glad to")) == []
    assert steps == [
        "2026-04-22 referral:1:attitude -> owner",
        "2026-04-27 referral:1:benefit -> owner",  # the 25th is a Saturday
        "2026-05-04 referral:1:ask -> owner",
        "2026-05-11 referral:1:testimonial -> owner",
    ]
    assert life.ask(c.TakeReferralStep(step="attitude", text="x")) == ["referral_rests"]
    life.lines.clear()
    assert growth(life.seen("2027-05-12")) == ["2027-05-11 referral:2:attitude -> owner"]
    life.check()


def test_a_step_of_a_referral_has_its_turn_and_its_time() -> None:
    life = completed()
    assert life.ask(c.TakeReferralStep(step="ask", text="x")) == [
        "growth_satisfaction_unknown",
        "referral_step_out_of_turn",
    ]


def test_who_does_not_want_to_be_asked_is_left_alone_for_a_year() -> None:
    life = completed()
    life.tell("2026-04-09", suggested())
    life.ask(satisfied())
    life.answering = False
    life.until("2026-04-22")
    (entry,) = [number for number, task in life.state.tasks.items() if task.due.task == "referral_attitude"]
    assert life.ask(AnswerTask(entry=entry, answer="dismissed", text="not now")) == []
    life.lines.clear()
    assert growth(life.seen("2027-04-23")) == ["2027-04-22 referral:2:attitude -> owner"]


@pytest.mark.parametrize("text", ["no", "so they said " * 300, " " * 2001 + "no"])
def test_a_task_is_dismissed_with_as_many_words_as_its_answer_takes(text: str) -> None:
    life = completed()
    life.ask(satisfied())
    for on in ("2026-04-16", "2026-04-22"):
        life.until(on)
        for entry in list(life.state.tasks):
            assert life.ask(AnswerTask(entry=entry, answer="dismissed", text=text)) == []
    (prompt,) = life.state.prompts.values()
    assert (prompt.status, life.state.referral.round) == ("declined", 2)
    life.check()


def test_a_complaint_holds_a_planned_step_and_it_goes_on_afterwards() -> None:
    life = completed()
    life.tell("2026-04-09", suggested())
    life.ask(satisfied())
    life.tell("2026-04-20", COMPLAINT)
    assert growth(life.seen("2026-06-01")) == []
    life.tell("2026-06-02", Held())
    assert growth(life.seen("2026-06-03")) == ["2026-06-02 referral:1:attitude -> owner"]


def test_a_name_is_no_customer_yet() -> None:
    life = completed()
    name = c.GiveName(account="beta", contact="liu", opportunity="S-7")
    assert life.ask(name) == ["growth_satisfaction_unknown"]
    life.ask(satisfied())
    assert life.ask(name) == []
    assert life.ask(name) == ["referral_known_customer"]
    for written in ("acme", "ＡＣＭＥ", "Beta"):
        assert life.ask(c.GiveName(account=written, contact="liu", opportunity="S-8")) == ["referral_known_customer"]


@pytest.mark.parametrize(("said", "opens"), [("declined", {}), ("later", {}), ("accepted", {"opportunity": "S-2"})])
def test_what_a_customer_says_to_a_prompt_is_taken_also_while_a_complaint_is_open(said: str, opens: Any) -> None:
    life = completed()
    life.ask(satisfied())
    life.until("2026-04-16")
    life.tell("2026-04-16", COMPLAINT)
    assert life.ask(c.MakePrompt(suggestion=suggestion("bag"))) == [
        "growth_complaint_open",
        "prompt_cooling",
        "prompt_waits",
    ]
    assert life.ask(c.GiveName(account="beta", contact="liu", opportunity="S-7")) == ["growth_complaint_open"]
    assert answer(life, said, **opens) == []
    assert [prompt.status for prompt in life.state.prompts.values()] == [said]
    life.check()


def test_a_prompt_that_was_accepted_opens_a_sale_and_only_then() -> None:
    with pytest.raises(ValueError, match="opens a sale"):
        c.AnswerPrompt(prompt="p1", answer="accepted", text="yes")
    with pytest.raises(ValueError, match="opens a sale"):
        c.AnswerPrompt(prompt="p1", answer="later", text="x", opportunity="S-2")


def test_a_cross_sell_has_three_parts_and_an_up_sell_one_of_three_phrasings() -> None:
    with pytest.raises(ValueError, match="a cross-sell has a link"):
        suggestion(link=None)
    with pytest.raises(ValueError, match="one of the three phrasings"):
        suggestion(relation="better", link=None)
    assert suggestion(relation="better", link=None, phrase="fits_better").phrase == "fits_better"


@pytest.mark.parametrize(("after", "why_not"), [("delivery", ["growth_not_delivered"]), ("signing", [])])
def test_what_an_instalment_waits_for_is_to_be_delivered_though_the_contract_lists_no_goods(
    after: str, why_not: list[str]
) -> None:
    life = Aftercare()
    parts = [{"id": "1", "amount": 90, "after": "signing"}, {"id": "2", "amount": 10, "after": after, "days": 30}]
    life.tell("2026-03-02", signed(contract=contract((), value=100, instalments=parts)), suggested(suggestion()))
    life.tell("2026-03-02", paid("2026-03-02", "0.9"), satisfied())
    assert why(life) == why_not
    life.tell("2026-03-03", delivered("2026-03-03"))
    assert why(life) == []


def test_a_score_that_is_told_late_does_not_count_before_a_newer_one() -> None:
    life = completed()
    assert life.ask(satisfied(5)) == []
    assert life.ask(satisfied(1), observed_at="2026-04-01") == []
    assert why(life) == []
    assert "satisfaction: 5" in AFTERCARE.summary(life.state)
    assert life.ask(satisfied(2)) == []  # on the same day: they have changed their mind
    assert why(life) == ["growth_unsatisfied"]

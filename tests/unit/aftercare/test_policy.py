"""The section of the policy about aftercare, spans of the calendar, and the texts that go with them."""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from stagemark.domain.aftercare.policy import AftercarePolicy
from stagemark.domain.spans import CalendarSpan, earlier, later
from stagemark.policies.load import shipped_policy
from stagemark.problem_texts import PROBLEM_TEXTS
from stagemark.texts.aftercare import AFTERCARE_TEXTS
from stagemark.texts.growth import GROWTH_TEXTS
from stagemark.texts.tasks_aftercare import AFTERCARE_TASKS

SHIPPED = shipped_policy().aftercare.model_dump(mode="json")


def code(**changed: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        AftercarePolicy.model_validate({**SHIPPED, **changed})
    return refused.value.errors()[0]["type"]


def test_what_contradicts_itself_is_refused() -> None:
    assert code(follow_ups=[SHIPPED["follow_ups"][0]] * 2) == "named_twice"
    assert code(satisfaction={"best": 5, "enough": 6}) == "satisfaction_unreachable"
    assert code(referrals={"steps": {}}) == "referral_steps_missing"
    assert code(warranty={"terms": {"return": "10 days"}}) == "calendar_span_malformed"
    assert code(warranty={"terms": {"return": "P0D"}}) == "calendar_term"
    assert code(warranty={"terms": {"return": "P101Y"}}) == "calendar_term"


@pytest.mark.parametrize("text", ["P", "P0.5M", "PT4H", "P1D1M", "-P1D", "P1000Y", "p1d", ""])
def test_a_span_of_the_calendar_is_whole_years_months_weeks_and_days(text: str) -> None:
    with pytest.raises(ValidationError, match="write P3D"):
        TypeAdapter(CalendarSpan).validate_python(text)


def test_six_months_are_not_180_days() -> None:
    assert later(date(2026, 8, 31), "P6M") == date(2027, 2, 28)
    assert earlier(date(2026, 3, 31), "P1M") == date(2026, 2, 28)
    assert later(date(2026, 1, 1), "P1Y2M1W3D") == date(2027, 3, 11)


def test_what_follows_from_a_day_is_a_day() -> None:
    assert later(date(2990, 1, 1), "P999Y999M9999D") == date(2999, 12, 31)
    assert earlier(date(1900, 1, 2), "P999Y") == date(1900, 1, 1)


@pytest.mark.parametrize("texts", [AFTERCARE_TEXTS, GROWTH_TEXTS, AFTERCARE_TASKS])
def test_both_languages_say_the_same_figures(texts: dict[str, tuple[str, str]]) -> None:
    for name, (en, zh) in texts.items():
        fields = [
            {field.removesuffix("_en").removesuffix("_zh") for _, field, _, _ in Formatter().parse(text) if field}
            for text in (en, zh)
        ]
        assert fields[0] == fields[1], name


def test_every_code_has_its_text() -> None:
    assert AFTERCARE_TEXTS.keys() <= PROBLEM_TEXTS.keys()

"""What a caller of the typed client gives, made into what can be sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stagemark.errors import InvalidInput
from stagemark.saying import given_of


def test_all_values_that_can_be_no_evidence_are_told_at_once_by_the_name_of_it() -> None:
    evidence: Any = {"price": Decimal("0.10"), "note": "as sent", "share": float("nan"), "terms": {"amount": {1, 2}}}
    with pytest.raises(InvalidInput) as refused:
        given_of(evidence)
    assert [(one.where, one.code) for one in refused.value.problems] == [
        ("price", "value_unfit"), ("share", "value_unfit"), ("terms", "value_unfit"),
    ]  # fmt: skip
    assert all('"2.50"' in refused.value.problems[0].text(language) for language in ("en", "zh"))


@pytest.mark.parametrize("value", [0.1, 0.1 + 0.2, 1e23, 5e-324, 10**30, "0.12345678901234567890"])
def test_a_number_is_sent_with_all_the_digits_that_it_has(value: Any) -> None:
    (given,) = given_of({"n": value})
    assert type(given).model_validate_json(given.model_dump_json()).value == value

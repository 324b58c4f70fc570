"""Amounts as people type them, and cells as spreadsheets read them."""

from decimal import Decimal

import pytest

from stagemark.cli.common import amount_of
from stagemark.errors import InvalidInput
from stagemark.spreadsheets import cell


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250000CNY", "250000"),
        (" 250000.5 cny ", "250000.5"),
        ("1,000.50CNY", "1000.50"),
        ("12,345,678EUR", "12345678"),
        ("1_000_000JPY", "1000000"),
        ("0.000001CNY", "0.000001"),
    ],
)
def test_an_amount_is_read_with_grouped_thousands_and_a_point(text: str, amount: str) -> None:
    assert amount_of(text).amount == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "1000,50CNY", "1.000,50EUR", "10,0000CNY", "1,00CNY", ",100CNY", "1,000,CNY", "1,000_000CNY", "1.CNY", ".5CNY",
        "1..5CNY", "1__0CNY", "CNY", "250000", "١٠CNY", "1e3CNY", "--5CNY",
    ],
)  # fmt: skip
def test_a_comma_that_groups_no_thousands_is_refused_and_never_left_out(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        amount_of(text)
    assert [(one.code, one.where) for one in refused.value.problems] == [("amount_unreadable", "--amount")]


@pytest.mark.parametrize("text", ['=HYPERLINK("https://evil","a")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "  =1", "＝1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-5", "+86", "-1,000.50", "Acme", "", "2026-03-02", "a=b", 7, Decimal(-5), None])
def test_numbers_and_other_texts_stay_as_they_are(value: object) -> None:
    assert cell(value) == value

"""Money is written in one way for people, wherever it stands."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from stagemark.cli.listing import money
from stagemark.domain.money import Amount
from stagemark.errors import Problem
from stagemark.texts.money import grouped, money_text

TEXTS = sorted(
    path for path in (Path(__file__).parents[2] / "stagemark" / "texts").glob("*.py") if path.name != "money.py"
)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("240000", "CNY", "240,000.00 CNY"),
        (Decimal("1234.5"), "EUR", "1,234.50 EUR"),
        ("240000.00", "JPY", "240,000 JPY"),
        ("0.5", "JPY", "0.5 JPY"),
        ("1.005", "CNY", "1.005 CNY"),
        ("0", "CNY", "0.00 CNY"),
        ("1000000", "CNY", "1,000,000.00 CNY"),
        ("some", "CNY", "some CNY"),
        ("NaN", "CNY", "NaN CNY"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_and_loses_none_of_its_own(
    amount: Decimal | str, currency: str, said: str
) -> None:
    assert money_text(amount, currency) == said


def test_tables_pages_refusals_and_lists_of_debts_write_it_alike() -> None:
    written = "240,000.00 CNY"
    beyond = Problem(code="promise_beyond", params={"amount": "240000", "currency": "CNY", "owed": "5"})
    assert money("240000", "CNY") == grouped("240000 CNY") == written
    assert Amount(amount=Decimal(240000), currency="CNY").text() == written
    assert all(written in beyond.text(language) and "5.00 CNY" in beyond.text(language) for language in ("en", "zh"))
    assert grouped("S-1: 240000 CNY") == "S-1: 240000 CNY"


def test_an_amount_whose_currency_stands_in_another_column_loses_none_of_its_decimals() -> None:
    assert [money("1.234"), money("1234.5"), money("0.00")] == ["1.234", "1,234.50", ""]


@pytest.mark.parametrize("said", ["300 PCS", "2026 ABC"])
def test_what_only_looks_like_an_amount_stays_as_somebody_wrote_it(said: str) -> None:
    assert grouped(said) == said
    assert Problem(code="yaml_other", params={"detail": said}).text() == f"it can't be read here ({said})"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_text_puts_a_currency_behind_a_plain_figure(path: Path) -> None:
    assert not re.search(r"\{(amount|owed|limit|over|now|waiting)\} \{(currency|into)\}", path.read_text("utf-8"))

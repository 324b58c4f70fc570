"""Tables on screens of any width."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from stagemark.reports.columns import folded, table_of

HEADINGS = ["Customer", "Instalment", "Due", "Amount", "Promise, dispute"]
ROWS = [
    ["acme", "second", "2026-09-15", "420,000.00 CNY", "promise until 2026-09-20"],
    ["苏州恒达", "retention", "2026-12-01 03:48", "1,000.00 CNY", "the spindle is loud and nobody came"],
]
WHOLE = [
    "Customer",
    "Instalment",
    "Amount",
    "2026-09-15",
    "2026-12-01",
    "03:48",
    "420,000.00",
    "1,000.00",
    "2026-09-20",
]


def printed(width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(table_of(HEADINGS, [list(map(Text, row)) for row in ROWS], width, "Owed"))
    return out.getvalue()


@pytest.mark.parametrize("width", range(32, 120, 4))
def test_an_amount_keeps_its_currency_beside_it_and_a_short_name_its_signs(width: int) -> None:
    told = printed(width)
    assert [one for one in ("420,000.00 CNY", "1,000.00 CNY", "苏州恒达") if one not in told] == []


@pytest.mark.parametrize("width", range(24, 120, 4))
def test_dates_figures_and_words_of_headings_stay_whole_on_a_screen_of_any_width(width: int) -> None:
    told = printed(width)
    assert [one for one in WHOLE if one not in told] == []
    assert "…" not in told
    assert max(map(cell_len, told.splitlines())) <= width


IDS = ["after-late-large", "S-2026-017-acceptance", "prompt:S-2026-017:spare"]


@pytest.mark.parametrize("width", range(50, 130))
def test_ids_stay_whole_on_a_screen_of_any_width_also_within_chinese(width: int) -> None:
    headings = ["客户", "Sale", "Instalment", "Due", "Age", "Amount", "To collect"]
    rows = [
        [
            f"苏州恒达精密机械（{IDS[2]}），主轴很响",
            IDS[0],
            IDS[1],
            "2026-03-05",
            "121",
            "240,000.00 CNY",
            "legal action",
        ],
        ["acme", "S-1", "1", "2026-12-05", "", "50.00 CNY", "by phone"],
    ]
    out = io.StringIO()
    Console(file=out, width=width).print(table_of(headings, [list(map(Text, row)) for row in rows], width))
    told = out.getvalue()
    assert [one for one in [*IDS, "2026-03-05", "2026-12-05", "240,000.00"] if one not in told] == []
    assert max(map(cell_len, told.splitlines())) <= width


def test_what_is_longer_than_any_id_folds_and_no_line_begins_with_a_full_stop() -> None:
    text = folded(Text("见 https://files.example/" + "x" * 90 + "。已读，主轴很响。"), 20)
    assert text.plain.splitlines()[0] == "见"
    assert not any(line.startswith(("。", "，")) for line in text.plain.splitlines())


def test_where_no_table_fits_each_row_is_told_as_lines() -> None:
    assert [line.split() for line in printed(40).splitlines()[1:4]] == [
        ["Customer", "acme"], ["Instalment", "second"], ["Due", "2026-09-15"],
    ]  # fmt: skip

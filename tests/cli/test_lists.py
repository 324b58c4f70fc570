"""Lists as people read them, in their language and on a narrow screen; and as programs do, by ids."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len

from stagemark import bootstrap
from stagemark.cli import main
from stagemark.cli.instalment import shown as instalment_shown
from stagemark.cli.listing import show, show_problems
from stagemark.cli.neighbours import Part
from stagemark.cli.promise import shown as promise_shown
from stagemark.errors import Problem
from tests.readmodel.neighbours import keep, lives
from tests.scenarios.aftercare.playing import suggestion

LIVES = lives()
PEOPLE = "id,name\nwang,王芳\nli,李强\n"
Say = Callable[..., str]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """What the command line says of a ledger with a few lives; no server runs."""
    monkeypatch.setenv("STAGEMARK_DATABASE_URL", f"sqlite:///{tmp_path / 'stagemark.db'}")
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")

    async def fill() -> None:
        async with bootstrap.engine() as parts:
            await keep(parts.store, LIVES)
            await parts.directory.bring_in(tmp_path / "people.csv")

    asyncio.run(fill())

    def run(*words: str, columns: int = 160) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "argv", ["stagemark", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code, capsys.readouterr().err
        return capsys.readouterr().out

    return run


def test_contacts_are_told_by_their_labels_and_by_the_ids_that_commands_take(said: Say) -> None:
    zh = said("follow-up", "list", "--all", "--language", "zh")
    for label in ("季度回访（quarter）", "保修到期", "免费保修", "（warranty:repair）", "上门", "负责人", "已计划"):
        assert label in zh
    en = said("follow-up", "list", "--all", "--language", "en")
    for label in ("after a quarter (quarter)", "end of warranty", "by a visit", "owner", "planned"):
        assert label in en
    assert "follow_up" not in zh + en
    assert re.search(
        r"约 [0-9-]+ 的下一次采购（repurchase:[0-9-]+）", said("follow-up", "list", "--language", "zh", columns=300)
    )


def test_an_empty_list_says_so_and_is_empty_for_programs(said: Say) -> None:
    assert said("account", "list", "--language", "en") == "Nothing to list.\n"
    assert said("account", "list", "--language", "zh") == "没有可列出的内容。\n"
    assert said("account", "list", "--output", "json") == "[]\n"
    assert said("account", "list", "--output", "csv").count("\n") == 1


def test_a_promise_whose_day_is_over_is_said_to_be_over_before_the_engine_has_looked() -> None:
    day = date(2026, 3, 7)  # a Saturday: the engine looks on Monday
    row = {"promised_until": date(2026, 3, 6), "disputed": "c-1", "amount": "5", "outstanding": "5", "currency": "CNY"}
    assert instalment_shown(row, date(2026, 3, 6), "en")["held"] == "promise until 2026-03-06\ndispute c-1"
    assert instalment_shown(row, day, "en")["held"] == "promise until 2026-03-06, its day is over\ndispute c-1"
    assert instalment_shown(row, day, "zh")["held"] == "付款承诺 2026-03-06（已到期，待核实）\n争议 c-1"
    assert promise_shown({"outcome": "open", "until": date(2026, 3, 6)}, day)["outcome"] == "over"
    assert promise_shown({"outcome": "open", "until": day}, day)["outcome"] == "open"
    assert promise_shown({"outcome": "kept", "until": date(2026, 3, 6)}, day)["outcome"] == "kept"


def test_programs_get_ids_whatever_the_language(said: Say) -> None:
    rows = json.loads(said("follow-up", "list", "--all", "--language", "zh", "--output", "json"))
    quarter = next(row for row in rows if row["item"] == "quarter")
    assert (quarter["kind"], quarter["how"], quarter["to"]) == ("follow_up", "phone", ["owner"])
    told = csv.DictReader(io.StringIO(said("follow-up", "list", "--all", "--language", "zh", "--output", "csv")))
    assert next((row["kind"], row["to"]) for row in told if row["item"] == "quarter") == ("follow_up", "owner")


@pytest.mark.parametrize(
    ("words", "there", "raw"),
    [
        (("instalment", "list"), ("分期款", "未结清", "争议 S-1/2/1", "150,000.00 CNY"), ("part", "open")),
        (("dispute", "list"), ("S-1/2/1",), ()),
        (("delivery", "list"), ("验收", "未计划"), ("acceptance", "unplanned")),
        (("prompt", "list"), ("尚无答复",), ("open",)),
        (("complaint", "list"), ("处理中", "收集信息"), ("open", "collect")),
        (("receivables",), ("财务催收", "法律催收", "承诺、争议"), ("finance", "legal")),
        (("receivables", "--by", "kind"), ("财务催收",), ("finance",)),
        (("receivables", "--by", "cell"), ("账龄长、小额",), ("old_small",)),
    ],
)
def test_each_list_says_its_values_in_the_readers_language(
    said: Say, words: tuple[str, ...], there: tuple[str, ...], raw: tuple[str, ...]
) -> None:
    told = said(*words, "--language", "zh")
    assert [value for value in there if value not in told] == []
    assert [value for value in raw if value in told.split()] == []


@pytest.mark.parametrize(
    "words", [("receivables",), ("follow-up", "list"), ("instalment", "list"), ("complaint", "list")]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_narrow_screen_a_list_folds_and_keeps_dates_and_figures_whole(
    said: Say, words: tuple[str, ...], language: str
) -> None:
    rows = json.loads(said(*words, "--output", "json"))
    rows = rows["rows"] if words == ("receivables",) else rows
    whole = {row[name] for row in rows for name in ("day", "due", "promised") if row.get(name)}
    whole |= {f"{Decimal(row['outstanding']):,.2f}" for row in rows if row.get("outstanding")}
    for columns in range(50, 160, 5):
        told = said(*words, "--language", language, columns=columns)
        assert max(map(cell_len, told.splitlines())) <= max(columns, 80)  # totals are lines, and no table
        assert "…" not in told
        assert [one for one in whole if one not in told] == [], columns


def test_a_spreadsheet_gets_the_names_of_columns_and_chinese_as_utf_8(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    headings = {"id": ("Sale", "商机"), "to": ("Who", "由谁"), "places": ("At", "分配到")}
    show([{"id": "苏州恒达", "to": ["owner", "法务"], "places": {"S-1": "5"}}], headings, "csv", "zh")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out.decode() == 'id,to,places\n苏州恒达,"owner, 法务",S-1 5\n'


def test_a_complaint_that_is_shown_calls_people_by_their_names(said: Say) -> None:
    told = said("complaint", "show", "C-1", "--language", "zh")
    assert "王芳" in told.splitlines()[0]
    assert "wang" not in told


def test_a_column_without_anything_in_it_is_left_out_of_tables_only(capsys: pytest.CaptureFixture[str]) -> None:
    headings = {"id": ("Sale", "商机"), "over": ("Over", "结束日")}
    rows = [{"id": "S-1", "over": None}]
    show(rows, headings, "table", "en")
    assert "Over" not in capsys.readouterr().out
    show(rows, headings, "csv", "en")
    assert capsys.readouterr().out == "id,over\nS-1,\n"


def test_a_screen_that_is_too_narrow_loses_no_letter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    headings = {name: (name, name) for name in ("sale", "on", "amount", "text")}
    rows = [{"sale": "after-cross-sell", "on": "2026-03-01", "amount": "1,234,567.00 CNY", "text": "客户要求换货"}]
    show(rows, headings, "table", "en")
    told = "".join(capsys.readouterr().out.split())
    assert sorted(set("after-cross-sell2026-03-011,234,567.00CNY客户要求换货") - set(told)) == []


def test_why_not_is_a_table_for_a_spreadsheet_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    cooling = Problem(code="prompt_cooling", params={"until": "2026-04-01"})
    for output, expected in (
        ("csv", f"code,where,text\nprompt_cooling,,{cooling.text('en')}\n"),
        ("table", f"prompt_cooling: {cooling.text('en')}\n"),
    ):
        show_problems([cooling], "fine", output, "en")
        assert capsys.readouterr().out.replace('"', "") == expected
    show_problems([], "fine", "table", "en")
    assert capsys.readouterr().out == "fine\n"


def test_what_the_catalogue_suggests_is_a_table_for_a_spreadsheet_as_well(
    said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Part, "use", lambda part, work: (suggestion(),))
    (row,) = csv.DictReader(io.StringIO(said("prompt", "suggest", "camera", "--output", "csv", "--language", "zh")))
    assert (row["id"], row["label"], row["account"]) == ("camera:card", "card", "")

"""`stagemark import` as people run it: a dry run, refusals, a real run, a repeat."""

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.cells import cell_len

from stagemark.cli import main
from tests.importing.tables import HEADER, LOST, MAPPING, QUICK, TALKS, WON

SHORT = """\
id: short
label: {zh: 短, en: Short}
evidence:
  - {id: need, label: {zh: 需求, en: Need}, type: text}
  - {id: budget, label: {zh: 预算, en: Budget}, type: money}
  - {id: level, label: {zh: 级别, en: Level}, type: choice, options: [
      {id: a, label: {zh: 甲, en: A}}, {id: b, label: {zh: 乙, en: B}}]}
stages:
  - id: find
    label: {zh: 寻找, en: Find}
    start: {label: {zh: 开始, en: Start}}
    end: {label: {zh: 结束, en: End}, evidence: [{evidence: need}]}
  - id: win
    label: {zh: 赢得, en: Win}
    start: {label: {zh: 开始, en: Start}, evidence: [{evidence: level, need: advised}]}
    end: {label: {zh: 结束, en: End}}
loss_reasons: [{id: price, label: {zh: 价格, en: Price}}, {id: other, label: {zh: 其他, en: Other}}]
"""


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


@dataclass
class Place:
    """A folder with a table, a mapping and a playbook, and the command in it."""

    folder: Path
    patch: pytest.MonkeyPatch
    printed: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ended:
        self.patch.setattr(sys, "argv", ["stagemark", "import", "sales.csv", "--mapping", "mapping.yaml", *words])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        return Ended(status, *self.printed.readouterr())

    def rows(self, *rows: str) -> None:
        (self.folder / "sales.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    (tmp_path / "mapping.yaml").write_text(f"playbook: short.yaml\n{MAPPING}", encoding="utf-8")
    (tmp_path / "short.yaml").write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGEMARK_DATABASE_URL", "sqlite:///s.db")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    return Place(tmp_path, monkeypatch, capsys)


BAD = TALKS.replace("S-2", "S-6").replace("02.02.2025", "soon")


def test_a_dry_run_names_every_row_that_cannot_be_taken_and_writes_nothing(place: Place) -> None:
    place.rows(WON, BAD, LOST, "S-7,[/red]")
    done = place("--as-of", "2025-12-31", "--dry-run", "--output", "csv")
    assert done.status == 2
    problems = list(csv.DictReader(io.StringIO(done.out)))
    assert [(p["row"], p["sale"], p["column"], p["code"]) for p in problems] == [
        ("3", "S-6", "Begun", "import_date"),
        ("5", "", "", "import_row_width"),
    ]
    assert not (place.folder / "s.db").exists()
    table = place("--as-of", "2025-12-31", "--dry-run", "--language", "zh")
    assert "import_date" in table.out
    assert "试运行" in table.out


def test_on_a_narrow_screen_nothing_of_what_is_wrong_is_cut_off(place: Place) -> None:
    place.rows(WON, BAD, "S-7,[/red]")
    place.patch.setenv("COLUMNS", "80")
    table, _, _ = place("--as-of", "2025-12-31", "--dry-run").out.partition("2 rows")
    assert max(map(cell_len, table.splitlines())) <= 80
    assert "…" not in table
    for problem in json.loads(place("--as-of", "2025-12-31", "--dry-run", "--output", "json").out)["problems"]:
        assert problem["text"].split()[-1] in table


def test_bad_rows_keep_everything_out_unless_the_good_ones_are_asked_for(place: Place) -> None:
    place.rows(WON, BAD, LOST, QUICK)
    refused = place("--as-of", "2025-12-31", "--output", "json")
    assert refused.status == 2
    assert json.loads(refused.out)["written"] is False

    taken = place("--as-of", "2025-12-31", "--take-good", "--output", "json")  # all have ended: no server is needed
    report = json.loads(taken.out)
    assert (taken.status, report["ended"], report["refused"], report["unchanged"]) == (0, 3, 1, 0)
    again = json.loads(place("--as-of", "2025-12-31", "--take-good", "--output", "json").out)
    assert (again["ended"], again["refused"], again["unchanged"]) == (0, 1, 3)
    assert "Nothing has changed." in place("--as-of", "2025-12-31", "--take-good").out


def test_a_dry_run_also_names_what_contradicts_the_ledger(place: Place) -> None:
    place.rows(WON)
    assert place("--as-of", "2025-12-31").status == 0
    place.rows(WON.replace("Acme", "Other"))
    done = place("--as-of", "2025-12-31", "--dry-run", "--output", "json")
    assert [p["code"] for p in json.loads(done.out)["problems"]] == ["import_changed"]


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["--as-of", "tomorrow"], "import_as_of", 2),
        (["--as-of", "2999-01-01"], "import_as_of", 2),
        (["--as-of", "2025-12-31", "--playbook", "none"], "unknown_playbook", 2),
        (["--as-of", "2025-12-31"], "server_unreachable", 1),
    ],
)
def test_what_is_wrong_as_a_whole_is_one_error_and_nothing_is_written(
    place: Place, words: list[str], code: str, status: int
) -> None:
    place.rows(WON, TALKS)
    done = place(*words)
    assert (done.status, done.err.partition(":")[0]) == (status, code)
    place.rows(WON)
    assert json.loads(place("--as-of", "2025-12-31", "--dry-run", "--output", "json").out)["unchanged"] == 0


@pytest.mark.parametrize("url", ["nonsense", "mysql://a/b", "sqlite:///~nobody-of-that-name/s.db"])
def test_a_dry_run_too_says_that_the_ledgers_address_is_wrong(place: Place, url: str) -> None:
    place.rows(WON)
    place.patch.setenv("STAGEMARK_DATABASE_URL", url)
    done = place("--as-of", "2025-12-31", "--dry-run")
    assert (done.status, done.err.partition(":")[0]) == (2, "store_url")


def test_a_playbook_at_a_path_that_cant_be_is_named(place: Place) -> None:
    (place.folder / "mapping.yaml").write_text(f"playbook: {'x' * 300}\n{MAPPING}", encoding="utf-8")
    place.rows(WON)
    done = place("--as-of", "2025-12-31", "--dry-run")
    assert (done.status, done.err.partition(":")[0]) == (2, "playbook_unreadable")


def test_everything_that_is_wrong_with_a_mapping_is_said_at_once_with_its_line(place: Place) -> None:
    place.rows(WON)
    path = place.folder / "mapping.yaml"
    text = path.read_text(encoding="utf-8")
    wrong = {
        "unknown_playbook": ("playbook: short.yaml", "playbook: shorter.yaml"),
        "unknown_calendar": ("calendar: cn", "calendar: mars"),
        "mapping_date_format": ('"%d.%m.%Y"', '"%d.%m"'),
        "mapping_source": ("  id: No", "  id: {}"),
        "import_column_missing": ("Customer,", "Custmer,"),
        "mapping_marker": ("  win.end: Closed", "  win: Closed"),
    }
    for right, instead in wrong.values():
        assert text.count(right) == 1, right
        text = text.replace(right, instead)
    path.write_text(text, encoding="utf-8")
    placed = {c: text[: text.index(instead)].count("\n") + 1 for c, (_, instead) in wrong.items()}
    done = place("--as-of", "2025-12-31")
    assert [said.split(": ")[:2] for said in done.err.splitlines()] == [
        [c, f"mapping.yaml:{n}"] for c, n in placed.items()
    ]
    assert done.status == 2


def test_names_that_the_playbook_does_not_have_are_said_with_what_else_is_wrong(place: Place) -> None:
    place.rows(WON)
    path = place.folder / "mapping.yaml"
    text = path.read_text(encoding="utf-8").replace("{evidence: need, at: find.end", "{evidence: needs, at: find")
    path.write_text(text.replace("calendar: cn", "calendr: cn"), encoding="utf-8")
    codes = [said.partition(":")[0] for said in place("--as-of", "2025-12-31").err.splitlines()]
    assert codes == ["mapping_field_unknown", "mapping_marker", "unknown_evidence"]


@pytest.mark.parametrize("wrong", ["encoding: utf-99", "encodin: utf-8", "delimiter: tab"])
def test_a_table_that_cannot_be_read_yet_is_not_said_to_be_wrong(place: Place, wrong: str) -> None:
    place.rows(WON)
    path = place.folder / "mapping.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Customer", "Custmer") + f"{wrong}\n", encoding="utf-8")
    done = place("--as-of", "2025-12-31")
    assert len(done.err.splitlines()) == 1

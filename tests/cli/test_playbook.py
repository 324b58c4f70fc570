"""`stagemark playbook`, as a person runs it. It needs no server."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from stagemark.cli import main
from stagemark.domain.machine import machines_of, turns_of
from stagemark.errors import InvalidInput
from stagemark.playbooks import load
from stagemark.playbooks.diagram import mermaid, png, svg
from stagemark.playbooks.load import shipped, shipped_playbook
from tests.cli.conftest import Answer

DOLLARS = """\
id: dollars
version: "1"
label: {zh: 美元, en: Dollars}
currency: USD
evidence:
  - {id: need, label: {zh: 需求, en: Need}, type: text}
  - {id: budget, label: {zh: 预算, en: Budget}, type: money}
stages:
  - id: find
    label: {zh: 发现, en: Find}
    start: {label: {zh: 开始, en: Begins}}
    steps: [{id: ask, label: {zh: 询问, en: Ask}, evidence: [need, budget]}]
    end:
      label: {zh: 结束, en: Ends}
      conditions: [{evidence: budget, at_least: 10000, where: {evidence: need}}]
loss_reasons: [{id: other, label: {zh: 其他, en: Other}}]
"""


@dataclass
class InProcess:
    """Runs the command line in this process, in a folder: it needs no server, and a start takes longer than a test."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Answer:
        self.monkeypatch.setattr(sys, "argv", ["stagemark", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        return Answer(int(ended.value.code or 0), out, err)


@pytest.fixture
def stagemark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> InProcess:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    return InProcess(tmp_path, monkeypatch, capsys)


def test_list_names_each_shipped_playbook(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "list", "--language", "zh")
    assert answer.status == 0
    for name in shipped():
        assert name in answer.out
    assert "大客户销售六阶段" in answer.out


@pytest.mark.parametrize("name", shipped())
def test_show_says_each_marker_in_the_users_language(stagemark: InProcess, name: str) -> None:
    english, chinese = stagemark("playbook", "show", name), stagemark("playbook", "show", name, "--language", "zh")
    assert (english.status, chinese.status) == (0, 0)
    for stage in shipped_playbook(name).stages:
        assert stage.end.label is not None
        assert stage.end.label.en in english.out
        assert stage.end.label.zh in chinese.out


def test_show_says_conditions_as_people_do(stagemark: InProcess) -> None:
    shown = stagemark("playbook", "show", "key-account-six").out
    assert "needs relationship Ladder of relations ≥ Engagement" in shown
    assert "needs qualification The five qualification questions ≥ 5" in shown
    assert "proposal Proposal (advised, Large required)" in shown


def test_show_says_money_in_the_playbooks_currency_and_when_a_condition_counts(stagemark: InProcess) -> None:
    (stagemark.folder / "dollars.yaml").write_text(DOLLARS, encoding="utf-8")
    english = stagemark("playbook", "show", "dollars.yaml").out
    assert "needs budget Budget ≥ 10,000.00 USD (Need is recorded)" in english
    assert '"currency": "USD"' in english
    assert "CNY" not in english
    assert "（需求 已记录）" in stagemark("playbook", "show", "dollars.yaml", "--language", "zh").out


def test_check_tells_all_errors_of_all_files_with_code_and_line_and_ends_with_2(stagemark: InProcess) -> None:
    good = stagemark.folder / "good.yaml"
    good.write_text(Path(shipped_file("short-six")).read_text(encoding="utf-8"), encoding="utf-8")
    bad = stagemark.folder / "bad.yaml"
    bad.write_text(good.read_text(encoding="utf-8").replace("at_least: level", "at_least: top"), encoding="utf-8")
    assert stagemark("playbook", "check", "good.yaml").out == "good.yaml: nothing wrong\n"
    line = 1 + bad.read_text(encoding="utf-8").partition("at_least: top")[0].count("\n")
    answer = stagemark("playbook", "check", "good.yaml", "bad.yaml", "absent.yaml", "--language", "zh")
    assert (answer.status, answer.codes) == (2, ["playbook_unknown_option", "unknown_playbook"])
    assert answer.out == "good.yaml：没有问题\n"
    assert f"bad.yaml:{line}: 证据“position”没有选项“top”" in answer.err


def test_check_finds_a_shipped_playbook_by_its_id(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "check", *shipped())
    assert answer.out == "".join(f"{name}: nothing wrong\n" for name in shipped())
    assert answer.status == 0


def test_check_tells_warnings_and_ends_well(stagemark: InProcess) -> None:
    text = Path(shipped_file("short-six")).read_text(encoding="utf-8").replace("evidence: [offer]", "evidence: []")
    (stagemark.folder / "doubtful.yaml").write_text(text, encoding="utf-8")
    answer = stagemark("playbook", "check", "doubtful.yaml")
    assert answer.status == 0
    assert answer.out.startswith("warning: playbook_evidence_unused: doubtful.yaml:")


def test_schema_is_a_json_schema(stagemark: InProcess) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(stagemark("playbook", "schema").out))


def test_an_unknown_playbook_is_told_the_known_ones(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "show", "key-acount-six")
    assert (answer.status, answer.codes) == (2, ["unknown_playbook"])
    assert "key-account-six" in answer.err


def test_the_diagram_has_every_forward_turn_of_every_machine() -> None:
    playbook = shipped_playbook("key-account-six")
    machines = machines_of(playbook)
    drawn = mermaid(playbook, "en")
    for place, machine in enumerate([*machines.stages.values(), machines.life]):
        forward = [t for t in turns_of(machine) if machine is machines.life or t.trigger in ("begin", "end", "skip")]
        assert forward
        for turn in forward:
            assert f"m{place}_{turn.source} --> m{place}_{turn.dest}: " in drawn
    assert "m1_begun --> m2_waiting: may begin" in drawn  # needs may begin while trust goes on
    assert "m1_ended --> m4_waiting: may begin" in drawn


def test_mermaid_goes_to_standard_output_in_the_users_language(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "diagram", "key-account-six", "--language", "zh")
    assert answer.status == 0
    assert answer.out == mermaid(shipped_playbook("key-account-six"), "zh") + "\n"
    assert answer.out.startswith('---\ntitle: "大客户销售六阶段"\n---\nstateDiagram-v2\n')


def test_svg_is_well_formed_and_has_the_labels_as_text(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "diagram", "retail-six", "--format", "svg", "--language", "zh", "-o", "shop.svg")
    assert (answer.status, answer.out, answer.err) == (0, "", "")
    root = ET.parse(stagemark.folder / "shop.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "亲切招呼" in "".join(root.itertext())


def test_png_is_a_picture_and_wants_a_file(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "diagram", "short-six", "--format", "png", "--output", "short.png")
    assert (answer.status, answer.err) == (0, "")
    assert (stagemark.folder / "short.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert stagemark("playbook", "diagram", "short-six", "--format", "png").codes == ["diagram_output_missing"]


@pytest.mark.parametrize(("form", "lacking"), [(svg, "mmdr"), (png, "resvg_py")])
def test_without_the_extra_a_picture_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, form: Callable[[str], object], lacking: str
) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)  # as Python marks a module that is not there
    with pytest.raises(InvalidInput, match=r"pip install 'stagemark\[diagrams\]'") as caught:
        form(mermaid(shipped_playbook("short-six")))
    assert caught.value.code == "diagram_extra_missing"


def test_a_file_that_cant_be_written_is_named(stagemark: InProcess) -> None:
    answer = stagemark("playbook", "diagram", "short-six", "-o", "no/such/folder/a.mmd")
    assert (answer.status, answer.codes) == (2, ["file_unwritable"])


def shipped_file(name: str) -> str:
    return str(Path(load.__file__).parent / f"{name}.yaml")


def test_show_says_spans_in_words_and_leaves_out_headings_without_anything_below(stagemark: InProcess) -> None:
    english, chinese = (stagemark("playbook", "show", "key-account-six", "--language", one).out for one in ("en", "zh"))
    assert "expected 15 working days" in english
    assert "预期时长 15 个工作日" in chinese
    assert not re.search(r"\bPT?\d+[DH]", english + chinese)
    (stagemark.folder / "dollars.yaml").write_text(DOLLARS, encoding="utf-8")
    assert "Triggers" in english
    assert "Triggers" not in stagemark("playbook", "show", "dollars.yaml").out
    process = shipped_playbook("management-process")
    told = stagemark("playbook", "show", process.id, "--language", "zh").out
    assert told.count(" 步骤\n") == sum(bool(stage.steps) for stage in process.stages)


def test_a_line_in_chinese_has_full_width_brackets_and_colons(stagemark: InProcess) -> None:
    for name in shipped():
        shown = stagemark("playbook", "show", name, "--language", "zh").out
        lines = [line.partition(" -e ")[0] for line in shown.splitlines()]
        assert not [line for line in lines if re.search(r"[\u4e00-\u9fff] ?[(:]", line)]


def test_list_is_for_programs_too(stagemark: InProcess) -> None:
    listed = json.loads(stagemark("playbook", "list", "--output", "json").out)
    assert [one["id"] for one in listed] == list(shipped())
    assert listed[0]["stages"] == list(shipped_playbook(listed[0]["id"]).stage_ids)

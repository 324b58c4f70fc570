"""`stagemark policy` from the command line; no server is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stagemark.policies import load
from tests.cli.conftest import CommandLine

SHIPPED = (Path(load.__file__).parent / "default.yaml").read_text("utf-8")


@pytest.fixture
def stagemark(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {"NO_COLOR": "1"})


def test_a_policy_is_checked_shown_and_held_by_the_setting(stagemark: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SHIPPED.replace("old_after: 30 ", "old_after: 45 "), "utf-8")
    fine = stagemark("policy", "check", "own.yaml")
    assert (fine.status, fine.err) == (0, "")
    assert fine.out.startswith("own.yaml: nothing wrong (default 1, ")
    assert "old_after: 45  ≠ 自带：30" in stagemark("policy", "show", "own.yaml", "--language", "zh").out
    held = stagemark("policy", "show", "--output", "json", STAGEMARK_POLICY="own.yaml").json
    assert held["collection"]["old_after"] == 45
    assert held["digest"][:12] in fine.out
    assert stagemark("policy", "schema").json["title"] == "Policy"


def test_every_error_of_every_file_is_told_at_once(stagemark: CommandLine, tmp_path: Path) -> None:
    wrong = SHIPPED.replace("calendar: cn", "calendar: mars").replace("[owner, supervisor]", "[bos]", 1)
    (tmp_path / "own.yaml").write_text(wrong, "utf-8")
    told = stagemark("policy", "check", "own.yaml", "none.yaml", "--language", "zh")
    assert (told.status, told.codes) == (2, ["unknown_calendar", "policy_role_unknown", "unknown_policy"])
    assert "own.yaml:6: 没有日历“mars”" in told.err
    assert json.loads(stagemark("policy", "show", "--output", "json").out)["id"] == "default"

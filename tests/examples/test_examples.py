"""The examples that the documentation shows, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import STAGEMARK, Up, up_in

EXAMPLES = Path(__file__).parents[2] / "examples"
WALKTHROUGH = Path(__file__).parents[2] / "docs" / "walkthrough.md"
README = Path(__file__).parents[2] / "README.md"
EMBEDDING = Path(__file__).parents[2] / "docs" / "embedding.md"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up_in(tmp_path_factory.mktemp("examples"), "--no-demo") as running:
        yield running


@pytest.mark.timeout(420)  # some fifty commands, each a process of its own, on a machine with other work
def test_the_walkthrough_goes_from_an_account_to_a_referral_as_it_stands(up: Up) -> None:
    script = ["set -euo pipefail"]
    for told, block in re.findall(
        r"^```bash ?(.*?)\n(.*?)^```", WALKTHROUGH.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        if told.startswith("until: "):  # what one neighbour tells another comes a moment later
            script.append(f"until {told.removeprefix('until: ')}; do :; done")
        script.append(f"if (\n{block}) 2> refused; then exit 9; fi" if told == "refused" else block)
    walked = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=up.folder,
        env={
            **os.environ,
            "TEMPORAL_ADDRESS": f"127.0.0.1:{up.port}",
            "PATH": f"{STAGEMARK.parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    codes = [line.partition(":")[0] for line in (up.folder / "refused").read_text("utf-8").splitlines()]
    assert codes == ["clearance_missing"]
    assert "6,000.00" in walked.stdout
    assert sorted(path.name for path in up.folder.iterdir()) == [".stagemark", "refused"]  # the clone stays as it is
    assert "<html" in (up.folder / ".stagemark" / "walkthrough" / "acme.html").read_text("utf-8")


def run(up: Up, example: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / example)],
        cwd=up.folder,
        env={**os.environ, "TEMPORAL_ADDRESS": f"127.0.0.1:{up.port}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_client_example_records_asks_and_is_refused(up: Up) -> None:
    said = run(up, "record_a_sale.py")
    assert "missing: commands[0]: the end marker of stage analysis requires evidence qualification" in said
    assert "refused: commands[0]: 阶段" in said
    assert "recorded: (3, 4) now open: trust" in said


def test_the_example_of_a_signing_takes_money_and_asks_what_is_owed(up: Up) -> None:
    assert run(up, "after_a_signing.py").splitlines() == [
        "refused: instalment_settled", "owed: 70000 CNY since 2026-03-31 by finance",
    ]  # fmt: skip


def test_the_worker_example_runs_the_platforms_own_workflow_beside_ours(up: Up) -> None:
    assert run(up, "own_worker.py") == "Hello, Wang\n"


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_the_documentation_names_every_example(example: str) -> None:
    assert f"examples/{example}" in EMBEDDING.read_text("utf-8")


def test_the_readmes_own_lines_can_be_run_twice(up: Up, tmp_path: Path) -> None:
    (snippet,) = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    lines = ["import asyncio", "async def main():", *(f"    {line}" for line in snippet.splitlines())]
    (tmp_path / "readme.py").write_text("\n".join([*lines, "asyncio.run(main())"]), encoding="utf-8")
    assert [run(up, str(tmp_path / "readme.py")) for _ in range(2)] == ["", ""], "neither is refused"

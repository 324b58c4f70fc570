"""The examples that the documentation shows, run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Up, start_up

EXAMPLES = Path(__file__).parents[2] / "examples"
EMBEDDING = Path(__file__).parents[2] / "docs" / "embedding.md"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = start_up(tmp_path_factory.mktemp("examples"), "--no-demo")
    yield running
    assert running.stop() == 0


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


def test_the_worker_example_runs_the_platforms_own_workflow_beside_ours(up: Up) -> None:
    assert run(up, "own_worker.py") == "Hello, Wang\n"


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_the_documentation_names_every_example(example: str) -> None:
    assert f"examples/{example}" in EMBEDDING.read_text("utf-8")

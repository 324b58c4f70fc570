"""A running `stagemark up` in a folder of its own, and the command line against it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stagemark.testing import free_port

STAGEMARK = Path(sys.executable).with_name("stagemark")


@dataclass
class Answer:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        return [line.partition(":")[0] for line in self.err.strip().splitlines()]


@dataclass
class CommandLine:
    """Runs `stagemark …` in a folder, as a person would."""

    folder: Path
    variables: dict[str, str]

    def __call__(self, *words: str, **variables: str) -> Answer:
        done = subprocess.run(
            [STAGEMARK, *words],
            cwd=self.folder,
            env={**os.environ, **self.variables, **variables},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)


@dataclass
class Up:
    """A running `stagemark up`."""

    process: subprocess.Popen[str]
    port: int
    ui_port: int
    folder: Path
    said: list[str]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode


def start_up(folder: Path, *words: str, port: int | None = None) -> Up:
    port, ui_port = port or free_port(), free_port()
    process = subprocess.Popen(
        [STAGEMARK, "up", "--port", str(port), "--ui-port", str(ui_port), *words],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if not key.startswith("TEMPORAL_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.rstrip())
        if "is up" in line or "已启动" in line:
            return Up(process, port, ui_port, folder, said)
    raise AssertionError("\n".join(said))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = start_up(tmp_path_factory.mktemp("up"), "--no-demo")
    yield up
    assert up.stop() == 0


@pytest.fixture
def stagemark(running: Up) -> CommandLine:
    return CommandLine(
        running.folder, {"TEMPORAL_ADDRESS": f"127.0.0.1:{running.port}", "STAGEMARK_ACTOR": "wang", "NO_COLOR": "1"}
    )

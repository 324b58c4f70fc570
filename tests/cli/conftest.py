"""A running `stagemark up` in a folder of its own, and the command line against it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stagemark.cli import main
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
class InThisProcess(CommandLine):
    """The same command line without a process of its own: a story has many commands, and each start takes a second."""

    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str, **variables: str) -> Answer:
        with self.patch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["stagemark", *words])
            for name, value in {**self.variables, **variables}.items():
                patch.setenv(name, value)
            status: Any = 0
            try:
                main()
            except SystemExit as ended:
                status = ended.code or 0
        said = self.capture.readouterr()
        return Answer(status, said.out, said.err)


@dataclass
class Up:
    """A running `stagemark up`."""

    port: int
    ui_port: int
    folder: Path
    said: list[str]


@contextmanager
def up_in(folder: Path, *words: str, port: int | None = None) -> Iterator[Up]:
    """`stagemark up` in a folder; the interrupt of a keyboard ends it, and cleanly."""
    port, ui_port = port or free_port(), free_port()
    with subprocess.Popen(
        [STAGEMARK, "up", "--port", str(port), "--ui-port", str(ui_port), *words],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if not key.startswith("TEMPORAL_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Up(port, ui_port, folder, _said_until_up(process))
        except BaseException:
            process.kill()
            raise
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def _said_until_up(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.rstrip())
        if "is up" in line or "已启动" in line:
            return said
    raise AssertionError("\n".join(said))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up_in(tmp_path_factory.mktemp("up"), "--no-demo") as up:
        yield up


@pytest.fixture
def stagemark(running: Up) -> CommandLine:
    return CommandLine(running.folder, _variables(running))


def _variables(running: Up) -> dict[str, str]:
    return {"TEMPORAL_ADDRESS": f"127.0.0.1:{running.port}", "STAGEMARK_ACTOR": "wang", "NO_COLOR": "1"}


@pytest.fixture
def in_process(running: Up, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return InThisProcess(running.folder, _variables(running), monkeypatch, capsys)

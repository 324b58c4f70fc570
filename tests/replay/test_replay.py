"""Histories of every released version replay with this code: no running sale is lost by an upgrade."""

import gzip
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from stagemark.testing import Platform
from tests.replay.record import HISTORIES, PLAYS

RECORDED = sorted(HISTORIES.glob("*/*.json.gz"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: f"{file.parent.name}/{file.name.removesuffix('.json.gz')}")
async def test_a_recorded_history_replays(file: Path) -> None:
    packed = file.read_bytes()  # noqa: ASYNC240  # nothing else runs in this loop
    history = WorkflowHistory.from_json(file.stem, gzip.decompress(packed).decode())
    replayer = Replayer(workflows=[], plugins=[Platform().plugin()])
    await replayer.replay_workflow(history)


def test_every_play_is_recorded() -> None:
    played = {file.name.rsplit("-", 1)[0] for file in RECORDED}
    assert played == {name for names in PLAYS for name in names}

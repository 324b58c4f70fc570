"""Histories of every released version replay with this code: no running sale is lost by an upgrade."""

import base64
import gzip
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from stagemark.testing import Platform, time_skipping_server
from tests.replay.record import HISTORIES, PLAYS
from tests.sales import handle
from tests.workflows.test_collecting import PLAYBOOK
from tests.workflows.test_products import terms

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


async def test_what_was_recorded_before_anybody_had_to_vouch_for_it_replays() -> None:
    platform = Platform()
    async with time_skipping_server(platform.plugin()) as server, platform.worker(server.client):
        sales = platform.sales(server.client)
        await sales.open("S-1", PLAYBOOK, account="A-1", owner="wang", actor="wang")
        await sales.mark("S-1", "sign", "start", actor="wang")
        await sales.mark("S-1", "sign", "end", terms("camera"), actor="wang")
        told = json.loads((await handle(server.client, "S-1").fetch_history()).to_json())
    accepted = [event.get("workflowExecutionUpdateAcceptedEventAttributes") for event in told["events"]]
    vouched = []
    for payload in (one["acceptedRequest"]["input"]["args"]["payloads"][0] for one in accepted if one):
        envelope = json.loads(base64.b64decode(payload["data"]))
        vouched += envelope.pop("vouched", [])
        payload["data"] = base64.b64encode(json.dumps(envelope).encode()).decode()
    assert len(vouched) == 1
    replayer = Replayer(workflows=[], plugins=[Platform().plugin()])
    await replayer.replay_workflow(WorkflowHistory.from_json("S-1", json.dumps(told)))

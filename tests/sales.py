"""A small playbook for tests of the engine, and how to look at a sale's run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import JsonValue
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from stagemark.contracts.names import opportunity_workflow_id
from stagemark.domain.playbook import Playbook

PLAYBOOK = Playbook.model_validate(
    {
        "id": "short",
        "evidence": [
            {"id": "need", "type": "text"},
            {"id": "budget", "type": "number"},
            {"id": "contract", "type": "document"},
        ],
        "stages": [
            {"id": "find", "start": {}, "end": {"evidence": [{"evidence": "need"}]}, "expected": "P5D"},
            {
                "id": "win",
                "start": {},
                "end": {
                    "evidence": [{"evidence": "contract"}],
                    "conditions": [{"evidence": "budget", "at_least": "1000"}],
                },
            },
        ],
        "triggers": [
            {
                "id": "silent",
                "on": "silence",
                "rungs": [
                    {"id": "owner", "after": "P2D"},
                    {"id": "boss", "after": "P4D", "to": ["supervisor"], "high_risk": True, "urgent": True},
                ],
                "answer_within": "P3D",
            }
        ],
        "loss_reasons": [{"id": "price"}],
    }
)

PAPER: JsonValue = {"uri": "https://example.org/contract.pdf", "sha256": "0" * 64}


def handle(client: Client, sale: str) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(opportunity_workflow_id(sale))


async def events(client: Client, sale: str) -> list[str]:
    """The kinds of events in the history of the sale's present run."""
    history = await handle(client, sale).fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Wait until something holds that nothing reports; a failure says what did not."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110  # what is awaited happens in another process
            await asyncio.sleep(0.02)

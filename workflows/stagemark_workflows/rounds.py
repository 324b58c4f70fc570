"""What the runs share that go through the zones, from morning to morning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from stagemark.contracts.rounds import Round

__all__ = ["LEAST", "PATIENTLY", "TIMEOUT", "each_morning", "wait_until"]

PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
TIMEOUT = timedelta(minutes=2)
LEAST = timedelta(seconds=1)


async def each_morning(rounds: Any, told: Callable[[Round], Awaitable[int]]) -> int:
    """Go the rounds that an activity names, all at the same time; gives how many were told."""
    found: list[Round] = await workflow.execute_activity_method(
        rounds, workflow.now(), start_to_close_timeout=TIMEOUT, retry_policy=PATIENTLY
    )
    return sum(await asyncio.gather(*(told(round_) for round_ in found)))


async def wait_until(moment: datetime) -> None:
    """Let the time pass up to a moment; nothing if it has passed."""
    if (wait := moment - workflow.now()) > timedelta(0):
        await workflow.sleep(wait)

"""The morning's digests: one run a day goes through the zones, from morning to morning (domain.md §7)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow

from stagemark.contracts.digests import DIGESTS, DigestFor
from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.rounds import Round
from stagemark_workflows.rounds import LEAST, PATIENTLY, TIMEOUT, each_morning, wait_until

with workflow.unsafe.imports_passed_through():  # only named here, for their types: they run elsewhere
    from stagemark_activities.digests import DigestActivities

__all__ = ["Digests"]


@workflow.defn(name=DIGESTS)
class Digests:
    """Started by a schedule before the day begins anywhere; gives for how many people something waited."""

    @workflow.run
    async def run(self) -> int:
        """Wait for each zone's morning, and send to its people what waits for them."""
        return await each_morning(DigestActivities.rounds, self._round)

    async def _round(self, round_: Round) -> int:
        await wait_until(round_.at)
        people = await workflow.execute_activity_method(
            DigestActivities.waiting,
            round_.model_copy(update={"at": workflow.now()}),
            start_to_close_timeout=TIMEOUT,
            retry_policy=PATIENTLY,
        )
        await asyncio.gather(*(self._send(person, round_) for person in people))
        return len(people)

    async def _send(self, person: str, round_: Round) -> None:
        """Send one digest; as often as it has to be tried again."""
        while until := await workflow.execute_activity_method(
            DigestActivities.send,
            DigestFor(person=person, day=round_.day, at=workflow.now()),
            task_queue=SENDING_QUEUE,
            start_to_close_timeout=timedelta(seconds=40),
            retry_policy=PATIENTLY,
        ):
            await workflow.sleep(max(until - workflow.now(), LEAST))

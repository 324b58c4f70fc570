"""The weekly receivables table: one run a week goes through the zones, from morning to morning (domain.md §3)."""

from __future__ import annotations

from temporalio import workflow

from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.receivables import RECEIVABLES
from stagemark.contracts.rounds import Round
from stagemark_workflows.rounds import LEAST, PATIENTLY, TIMEOUT, each_morning, wait_until

with workflow.unsafe.imports_passed_through():  # only named here, for their types: they run elsewhere
    from stagemark_activities.receivables import ReceivablesActivities

__all__ = ["Receivables"]


@workflow.defn(name=RECEIVABLES)
class Receivables:
    """Started by a schedule before the day begins anywhere; gives how many supervisors were told."""

    @workflow.run
    async def run(self) -> int:
        """Wait for each zone's morning, and post the table to its supervisors."""
        return await each_morning(ReceivablesActivities.rounds, self._round)

    async def _round(self, round_: Round) -> int:
        """One zone; again as long as somebody there could not be told."""
        at = round_.at
        while True:
            await wait_until(at)
            posted = await workflow.execute_activity_method(
                ReceivablesActivities.post,
                round_.model_copy(update={"at": workflow.now()}),
                task_queue=SENDING_QUEUE,
                start_to_close_timeout=TIMEOUT,
                retry_policy=PATIENTLY,
            )
            if posted.again is None:
                return posted.told
            at = max(posted.again, workflow.now() + LEAST)

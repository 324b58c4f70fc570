"""Starts the runs of imported sales: with the events that the ledger has already, and without a word to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from temporalio.client import Client, RPCError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from stagemark.contracts.messages import Carried, Living, OpportunityInput, Outbox
from stagemark.contracts.names import OPPORTUNITY, TASK_QUEUE, found_by, opportunity_workflow_id, summary
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Open
from stagemark.domain.events import Event
from stagemark.domain.playbook import Playbook
from stagemark.transport import fault

__all__ = ["Runs"]


class Runs:
    """The runs of imported sales on Temporal."""

    def __init__(
        self,
        client: Client,
        *,
        task_queue: str = TASK_QUEUE,
        jitter: timedelta = timedelta(seconds=20),
        continue_after: int = 500,
    ) -> None:
        """Start runs through a client that has the plugin; the rest as in `Stagemark`."""
        self._client = client
        self._queue = task_queue
        self._living = Living(jitter=jitter, continue_after=continue_after)

    async def start(self, sale: str, events: Sequence[Event], playbook: Playbook, calendar: WorkCalendar) -> bool:
        """Start the run of a sale whose events, all of an import, are in the ledger.

        A sale that has or ever had a run gets no second one: what became of it since is that run's business.

        Args:
            sale: Its id.
            events: Its events.
            playbook: The compiled playbook.
            calendar: Its working calendar, resolved.

        Returns:
            Whether it was started; otherwise it had been.

        Raises:
            Unavailable: The server can't be had, or refuses.
        """
        opened, outcome = events[0].fact, events[-1].outcome
        assert isinstance(opened, Open)  # decide opens a sale with nothing else
        life = outcome.life if outcome else "open"
        start = OpportunityInput(
            opportunity=sale,
            playbook=playbook,
            calendar=calendar,
            carried=Carried(events=tuple(events), outbox=Outbox(written=len(events))),
            living=self._living,
        )
        try:
            await self._client.start_workflow(
                OPPORTUNITY,
                start,
                id=opportunity_workflow_id(sale),
                task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=found_by(life=life, owner=opened.owner, account=opened.account, playbook=playbook.id),
                static_summary=summary(opened.account, opened.title),
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise fault(error, self._client) from error
        return True

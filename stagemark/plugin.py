"""The Temporal plugin that brings stagemark to any worker or client."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from temporalio.plugin import SimplePlugin
from temporalio.worker import Worker, WorkerConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.wire import speaking
from stagemark.ports import Calendars, Directory, Ledger, Notifier
from stagemark_activities.ledger import LedgerActivities
from stagemark_activities.sending import SendingActivities
from stagemark_workflows.opportunity import Opportunity

__all__ = ["PASSTHROUGH", "StagemarkPlugin", "build_id"]

PASSTHROUGH = (
    "stagemark.domain",
    "stagemark.contracts",
    "stagemark.errors",
    "stagemark.ports",
    "stagemark.problem_texts",
    "stagemark.texts",
    # what they import; without side effects
    "babel",
    "moneyed",
    "six",
    "transitions",
)
"""What the workflow sandbox does not load anew for each run: a class loaded twice is two classes (design.md §6 10)."""


class StagemarkPlugin(SimplePlugin):
    """Brings workflows, activities, data converter and sandbox rules; what the host passes in is kept and extended.

    Give it to `Client.connect(plugins=[…])`, and every worker of that client has it too. Beside the host's worker it
    runs one on the sending queue, whose rate the server limits for all workers together (design.md §6 rule 7).
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        notifier: Notifier,
        directory: Directory,
        calendars: Calendars,
        messages_per_second: float = 20.0,
    ) -> None:
        """Stand on the ports.

        Args:
            ledger: Where events are written.
            notifier: Who tells people.
            directory: Who is who.
            calendars: Working calendars.
            messages_per_second: At most so many sendings start a second, over all workers of the namespace.
        """
        ledger_activities = LedgerActivities(ledger, calendars)
        self._sending = SendingActivities(notifier, directory)
        self._rate = messages_per_second
        super().__init__(
            "stagemark",
            data_converter=speaking,
            workflows=[Opportunity],
            activities=[ledger_activities.record, ledger_activities.told, ledger_activities.calendar],
            workflow_runner=_sandboxed,
        )

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """See base class; the worker on the sending queue has its own part already."""
        return config if config.get("task_queue") == SENDING_QUEUE else super().configure_worker(config)

    async def run_worker(self, worker: Worker, next: Callable[[Worker], Awaitable[None]]) -> None:
        """Run the host's worker, and beside it the one that sends."""
        if worker.task_queue == SENDING_QUEUE:
            await next(worker)
            return
        sending = Worker(
            worker.client,
            task_queue=SENDING_QUEUE,
            activities=[self._sending.send],
            build_id=build_id(),
            max_task_queue_activities_per_second=self._rate,
        )
        async with sending:
            await next(worker)


def build_id() -> str:
    """Names this code to Temporal's UI; by default the SDK reads every loaded module, which takes a second."""
    return f"stagemark-{version('stagemark')}"


def _sandboxed(existing: WorkflowRunner | None) -> WorkflowRunner:
    """The host's runner with our passthrough; a host that runs without the sandbox goes on without."""
    runner = existing or SandboxedWorkflowRunner()
    if not isinstance(runner, SandboxedWorkflowRunner):
        return runner
    restrictions = runner.restrictions.with_passthrough_modules(*PASSTHROUGH)
    return dataclasses.replace(runner, restrictions=restrictions)

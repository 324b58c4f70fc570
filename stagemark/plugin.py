"""The Temporal plugin that brings stagemark to any worker or client."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from temporalio.client import Client
from temporalio.plugin import SimplePlugin
from temporalio.worker import Worker, WorkerConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.wire import speaking
from stagemark.ports import (
    Books,
    Calendars,
    Catalogues,
    Collections,
    Courier,
    Customers,
    Directory,
    Ledger,
    Notifier,
    Policies,
)
from stagemark_activities.digests import DigestActivities
from stagemark_activities.ledger import LedgerActivities
from stagemark_activities.neighbours import NeighbourActivities
from stagemark_activities.posting import Posting
from stagemark_activities.receivables import ReceivablesActivities
from stagemark_activities.sending import SendingActivities
from stagemark_activities.suggesting import Suggesting
from stagemark_activities.telling import TemporalTelling
from stagemark_workflows.digests import Digests
from stagemark_workflows.neighbours import NEIGHBOURS
from stagemark_workflows.opportunity import Opportunity
from stagemark_workflows.receivables import Receivables

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
    "whenever",
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
        books: Books,
        policies: Policies,
        catalogues: Catalogues,
        customers: Customers,
        collections: Collections | None = None,
        courier: Courier | None = None,
        messages_per_second: float = 20.0,
    ) -> None:
        """Stand on the ports.

        Args:
            ledger: Where events are written.
            notifier: Who tells people.
            directory: Who is who.
            calendars: Working calendars.
            books: Where the entries of neighbours are written.
            policies: The company's policy.
            catalogues: What is sold, and what goes with what.
            customers: Whom we have.
            collections: What is collected, for the supervisors' table over all of it; without it they get none.
            courier: Who carries messages beyond the inbox; without one nobody does.
            messages_per_second: At most so many sendings start a second, over all workers of the namespace.
        """
        telling = TemporalTelling(books, ledger, policies, calendars)
        posting = Posting(notifier, directory, courier)
        suggesting = Suggesting(books, catalogues, customers)
        sales = LedgerActivities(ledger, calendars, telling, posting)
        neighbours = NeighbourActivities(books, policies, calendars, telling, posting, suggesting)
        self._sending: list[Callable[..., Any]] = [SendingActivities(posting).send]
        rounds: list[Callable[..., Any]] = []
        if collections is not None:
            tables = ReceivablesActivities(collections, directory, policies, posting)
            self._sending.append(tables.post)
            rounds.append(tables.rounds)
        if courier is not None:
            mornings = DigestActivities(courier, directory, policies, calendars)
            self._sending.append(mornings.send)
            rounds += [mornings.rounds, mornings.waiting]
        self._rate = messages_per_second
        self._senders: dict[tuple[int, str], _Sender] = {}
        super().__init__(
            "stagemark",
            data_converter=speaking,
            workflows=[Opportunity, *NEIGHBOURS, Digests, Receivables],
            activities=[
                sales.record,
                sales.told,
                sales.calendar,
                neighbours.keep,
                neighbours.standing,
                neighbours.answered,
                *rounds,
            ],
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
        async with self._sends(worker.client):
            await next(worker)

    @asynccontextmanager
    async def _sends(self, client: Client) -> AsyncIterator[None]:
        """A worker that sends: one for all workers of a client, from the first to the last; a second is refused."""
        key = (id(client.service_client), client.namespace)
        sender = self._senders.setdefault(key, _Sender())
        sender.users += 1
        try:
            if sender.users == 1:
                await sender.running.enter_async_context(self._sender(client))
            yield
        finally:
            sender.users -= 1
            if not sender.users:
                del self._senders[key]
                await sender.running.aclose()

    def _sender(self, client: Client) -> Worker:
        return Worker(
            client,
            task_queue=SENDING_QUEUE,
            activities=self._sending,
            build_id=build_id(),
            max_task_queue_activities_per_second=self._rate,
        )


@dataclass
class _Sender:
    """The worker that sends for one client, and how many workers of it are running beside it."""

    running: AsyncExitStack = field(default_factory=AsyncExitStack)
    users: int = 0


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

"""Talks to Temporal about one sale or neighbour, and says in stagemark's words what went wrong.

What is transient is tried again until the time is up; a key makes that safe (design.md §6 rules 4 and 8).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import (
    Client,
    RPCError,
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCStatusCode
from temporalio.workflow import UpdateMethodMultiParam

from stagemark.addresses import why_unreachable
from stagemark.contracts.names import SEARCH_ATTRIBUTES
from stagemark.contracts.wire import RESTORING
from stagemark.errors import Conflict, Problem, Refused, StagemarkError, Unavailable

__all__ = ["NoRun", "Transport", "creating", "fault"]

P = TypeVar("P")
T = TypeVar("T")

_PASSING = (
    "update was aborted",  # its run continued as new, or its worker is gone
    "not scheduled yet",  # a query needs a task, which a new run has not at once
    "workflow task in failed state",  # the next attempt may be another worker's
)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between tries


class NoRun(Exception):
    """There is no run: it has ended, or was never begun."""


class _TransientError(Exception):
    """Worth another try; `error` is what it is if the time is up first; none: that nobody answered."""

    def __init__(self, error: StagemarkError | None = None) -> None:
        super().__init__(str(error))
        self.error = error


class Transport:
    """Temporal, as far as sales and their neighbours need it."""

    def __init__(self, client: Client, *, task_queue: str, timeout: timedelta) -> None:
        """Talk through a client; every call has an answer within `timeout`."""
        self._client = client
        self._queue = task_queue
        self._timeout = timeout

    async def update(self, id_: str, method: UpdateMethodMultiParam[[Any, P], T], asked: P) -> T:
        """Send an update to a run.

        Args:
            id_: The workflow id.
            method: The update, as the workflow's class has it.
            asked: Its argument.

        Raises:
            NoRun: There is none.
            StagemarkError: Refused, or not to be had.
        """
        # One id for all tries of this call: they are one update. Not the key: Temporal would repeat a refusal as well,
        # and never see that the content is another.
        update_id = str(uuid.uuid4())
        handle = self._client.get_workflow_handle(id_)
        return await self._patiently(lambda: handle.execute_update(method, asked, id=update_id))

    async def start(
        self,
        workflow: str,
        start: Any,
        method: UpdateMethodMultiParam[[Any, P], T],
        asked: P,
        *,
        id_: str,
        resumes: bool,
        summary: str,
        found: TypedSearchAttributes | None = None,
    ) -> T:
        """Send an update to a run, starting it if there is none.

        Args:
            workflow: The workflow's type.
            start: What a run starts with.
            method: The update, as the workflow's class has it.
            asked: Its argument.
            id_: The workflow id.
            resumes: Whether it may have had a run that ended.
            summary: Its static summary.
            found: What it is found by.

        Raises:
            NoRun: It was to be begun, and has a run that ended.
            StagemarkError: Refused, or not to be had.
        """
        update_id = str(uuid.uuid4())
        reuse = WorkflowIDReusePolicy

        async def attempt() -> T:
            operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                workflow,
                start,
                id=id_,
                task_queue=self._queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                # One life: what had a run is begun no second time; it goes on from the ledger.
                id_reuse_policy=reuse.ALLOW_DUPLICATE if resumes else reuse.ALLOW_DUPLICATE_FAILED_ONLY,
                search_attributes=found,
                static_summary=summary,
            )
            # What fails is kept in the operation as well, and would be logged as an error that nobody looked at.
            looked = asyncio.ensure_future(operation.workflow_handle())
            looked.add_done_callback(lambda handle: handle.cancelled() or handle.exception())
            return await self._client.execute_update_with_start_workflow(
                method, asked, start_workflow_operation=operation, id=update_id
            )

        return await self._patiently(attempt)

    async def query(self, id_: str, method: Callable[..., T], *asked: Any) -> T:
        """Ask a run; raises as `update` does."""
        handle = self._client.get_workflow_handle(id_)
        return await self._patiently(lambda: handle.query(method, args=asked))

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        seconds = self._timeout.total_seconds()
        error: StagemarkError | None = None
        pause = _FIRST_PAUSE
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        return await self._once(attempt)
                    except _TransientError as transient:
                        error = transient.error
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
        except (TimeoutError, RPCTimeoutOrCancelledError) as late:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # the SDK says so too if the caller was cancelled
                raise asyncio.CancelledError from late
            raise error or Unavailable.of("no_answer", seconds=seconds, queue=self._queue) from late

    async def _once(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            return await attempt()
        except WorkflowUpdateFailedError as failed:
            raise _refused(failed.cause) from failed
        except WorkflowAlreadyStartedError as existing:
            raise NoRun from existing
        except WorkflowQueryFailedError as failed:
            if RESTORING in failed.message:
                raise _TransientError from failed
            raise Unavailable.of("engine_failed", why=failed.message) from failed
        except RPCError as error:
            raise self._told(error) from error

    def _told(self, error: RPCError) -> Exception:
        said = error.message.lower()
        status = error.status
        found = fault(error, self._client)
        if status is RPCStatusCode.NOT_FOUND and found.code != "wrong_namespace":
            return NoRun()
        if status is RPCStatusCode.ABORTED or any(word in said for word in _PASSING):
            return _TransientError()
        if status in (RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.UNAVAILABLE):
            return _TransientError(found)
        return found


def fault(error: RPCError, client: Client) -> StagemarkError:
    """What Temporal answered, in stagemark's words."""
    said, status, namespace = error.message, error.status, client.namespace
    if any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details):
        return Unavailable.of("wrong_namespace", namespace=namespace)
    if "no poller seen" in said.lower():
        return Unavailable.of("no_worker", namespace=namespace)
    if "search attribute" in said.lower():
        return Unavailable.of("search_attribute_missing", namespace=namespace, why=said, command=creating(namespace))
    match status:
        case RPCStatusCode.UNAVAILABLE:
            address = client.service_client.config.target_host
            return Unavailable.of("server_unreachable", address=address, why=why_unreachable(said))
        case RPCStatusCode.RESOURCE_EXHAUSTED:
            return Unavailable.of("overloaded", why=said)
        case RPCStatusCode.PERMISSION_DENIED | RPCStatusCode.UNAUTHENTICATED:
            return Unavailable.of("not_allowed", namespace=namespace, why=said)
        case _:
            return Unavailable.of("engine_failed", why=said)


def creating(namespace: str) -> str:
    """The command that creates the search attributes."""
    named = " ".join(f"--name {key.name} --type Keyword" for key in SEARCH_ATTRIBUTES)
    return f"temporal operator search-attribute create --namespace {namespace} {named}"


def _refused(cause: BaseException) -> Exception:
    """What the run answered: a refusal with its problems, or that it was about to leave."""
    if isinstance(cause, ApplicationError):
        if cause.type == "AcceptedUpdateCompletedWorkflow":
            return _TransientError()
        if len(cause.details) == 2 and isinstance(cause.details[0], list):
            problems = [Problem.model_validate(problem) for problem in cause.details[0]]
            return (Conflict if cause.details[1] else Refused)(*problems)
    return Unavailable.of("engine_failed", why=str(cause))

"""Telling neighbours and sales, from an activity: delivered once, however often it is tried (design.md §6 rule 8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from temporalio import activity
from temporalio.client import RPCError, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCStatusCode

from stagemark.contracts.messages import Receipt
from stagemark.contracts.names import neighbour_workflow, opportunity_workflow_id
from stagemark.contracts.neighbours import Living, NeighbourInput
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.commands import Envelope
from stagemark.domain.entries import Stream
from stagemark.domain.opportunity import Rejected, decide, fold
from stagemark.domain.told import Tell
from stagemark.errors import NotFound, Problem
from stagemark.ports import Books, Calendars, Ledger, Policies
from stagemark_activities.reading import told

__all__ = ["Telling", "TemporalTelling"]


class Telling(Protocol):
    """Tells others."""

    async def tell(self, tell: Tell, living: Living) -> list[Problem]:
        """Deliver a fact or an envelope; gives what a sale that was asked has refused."""


class TemporalTelling:
    """Tells the workflows of neighbours and sales."""

    def __init__(self, books: Books, ledger: Ledger, policies: Policies, calendars: Calendars) -> None:
        """Stand on the ports."""
        self._books = books
        self._ledger = ledger
        self._policies = policies
        self._calendars = calendars

    async def tell(self, tell: Tell, living: Living) -> list[Problem]:
        """See `Telling.tell`."""
        if tell.envelope is not None:
            refused = await self._asked(tell.opportunity, tell.envelope)
            return [] if _has_ended(refused) else refused
        if tell.to is not None:
            await self._signalled(tell.to, tell, living)
        return []

    async def _signalled(self, to: Stream, tell: Tell, living: Living) -> None:
        """Signal a neighbour, which starts if it has no run, and goes on from its ledger if it had one."""
        state = await self._books.state(to)
        if tell.if_complete and not (isinstance(state, CollectionState) and state.complete):
            return
        policy = await self._policies.policy()
        calendar = await self._calendars.calendar(policy.calendar)
        if living.present is not None:  # a new run's clock begins at the wall's
            living = living.model_copy(update={"offset": living.present - datetime.now(UTC)})
        start = NeighbourInput(stream=to, policy=policy, calendar=calendar, living=living)
        for resumes in (True,) if state is not None else (False, True):
            reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE if resumes else WorkflowIDReusePolicy.REJECT_DUPLICATE
            try:
                await activity.client().start_workflow(
                    neighbour_workflow(to.stream),
                    start.model_copy(update={"resumes": resumes}),
                    id=str(to),
                    task_queue=activity.info().task_queue,
                    id_reuse_policy=reuse,
                    start_signal="tell",
                    start_signal_args=[tell.request],
                    static_summary=str(to),
                )
            except WorkflowAlreadyStartedError:  # it has had a run since we looked
                continue
            return

    async def _asked(self, opportunity: str, envelope: Envelope) -> list[Problem]:
        """Ask a sale; what it refuses is said to people, since nobody waits for this answer."""
        handle = activity.client().get_workflow_handle(opportunity_workflow_id(opportunity))
        try:
            await handle.execute_update("execute", envelope, result_type=Receipt)
        except WorkflowUpdateFailedError as failed:
            cause = failed.cause
            if not isinstance(cause, ApplicationError) or len(cause.details) != 2:
                raise
            return [Problem.model_validate(problem) for problem in cause.details[0]]
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return await self._ended(opportunity, envelope)
        return []

    async def _ended(self, opportunity: str, envelope: Envelope) -> list[Problem]:
        """What a sale without a run refuses; nothing where it had taken this envelope before it ended."""
        try:
            known = await told(self._ledger, opportunity)
        except NotFound as unknown:
            return list(unknown.problems)
        state = fold(opportunity, known.events, known.playbook)
        decision = decide(state, envelope, known.events[-1].recorded_at)
        return list(decision.problems) if isinstance(decision, Rejected) else []


def _has_ended(refused: list[Problem]) -> bool:
    """Whether a stage that was to be ended has ended already: paid again after all had been collected once."""
    marks = [problem.params for problem in refused if problem.code == "marker_out_of_turn"]
    return any((params.get("edge"), params.get("status")) == ("end", "ended") for params in marks)

"""The `Opportunity` workflow: one durable run for each sale, a thin deterministic shell round the domain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from stagemark.contracts.messages import Carried, LedgerBatch, OpportunityInput, Outbox, Receipt, Sent
from stagemark.contracts.names import LIFE, OPPORTUNITY, OWNER, SENDING_QUEUE
from stagemark.contracts.views import View, details_of, not_before_told, receipt_of, view_of
from stagemark.domain import agenda
from stagemark.domain.calendars import shared
from stagemark.domain.commands import Envelope
from stagemark.domain.events import Event
from stagemark.domain.opportunity import Accepted, Decision, Rejected, Repeated, apply, chained, decide, fold
from stagemark.domain.reactions import react
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem
from stagemark_workflows.alarm import Alarm
from stagemark_workflows.outbox import queued, sendable, settled

with workflow.unsafe.imports_passed_through():  # only named here, for their types: they run elsewhere
    from stagemark_activities.ledger import LedgerActivities
    from stagemark_activities.sending import SendingActivities

__all__ = ["Opportunity"]

AT_LEAST_EVERY = timedelta(days=30)
"""Old code can retire only when no run is older (design.md §6 rule 2)."""
CALENDAR_AHEAD = timedelta(days=90)
"""A calendar is resolved again when it is known for less than this."""
MOST_BYTES = 1_500_000
"""How much a sale may hold: its events cross runs as one payload, of which Temporal takes two million bytes."""
UNTIL_DONE = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


@workflow.defn(name=OPPORTUNITY)
class Opportunity:
    """A sale. Updates record what happened; the run writes it down, tells people, and watches the time."""

    @workflow.init
    def __init__(self, start: OpportunityInput) -> None:
        """Restore the state: handlers run before `run` does (design.md §6 rule 1)."""
        carried = start.carried or Carried(events=())
        self._start = start
        self._state = fold(start.opportunity, carried.events, start.playbook)
        self._outbox = carried.outbox
        self._calendar = shared(start.calendar)
        self._bytes = _size(carried.events)
        self._restored = not start.resumes
        self._leaving = False
        self._admitted: _Admitted | None = None
        self._began = workflow.now()
        self._alarm = Alarm(start.jitter)

    @workflow.run
    async def run(self, start: OpportunityInput) -> None:
        """Write down, tell and watch until the sale has ended or the run is long enough."""
        if start.resumes:
            await self._restore()
        if workflow.info().continued_run_id and self._calendar.known_until - self._now().date() < CALENDAR_AHEAD:
            self._calendar = shared(await self._do(LedgerActivities.calendar, self._calendar.id))
        # No TaskGroup: it awaits while it is left, which a run that is evicted from a worker's memory must not.
        lanes = [asyncio.create_task(lane()) for lane in (self._write, self._send, self._watch)]
        over: tuple[Callable[[], bool], ...] = (self._finished, self._long_enough, lambda: any(t.done() for t in lanes))
        try:
            await workflow.wait_condition(lambda: any(reason() for reason in over))
        except asyncio.CancelledError:  # an operator's word; what was acknowledged is written down first
            await workflow.wait_condition(self._written)
            raise
        self._leaving = True
        await workflow.wait_condition(lambda: all(lane.done() for lane in lanes))  # what is in flight comes home
        for lane in lanes:
            lane.result()  # one that failed is heard
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._finished():
            # Where deployments are versioned a run stays on its version, and the next one takes the newest (rule 13).
            newest = workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE
            workflow.continue_as_new(self._carried_on(), initial_versioning_behavior=newest)

    # -- what is asked

    @workflow.update
    async def execute(self, envelope: Envelope) -> Receipt:
        """Record what an envelope says, all of it or nothing.

        Raises:
            ApplicationError: Refused; `type` is the code, `details` the problems, and whether somebody was first.
        """
        if not self._restored:  # only where a sale goes on that had no run; else a handler never waits
            await workflow.wait_condition(lambda: self._restored)
        admitted, self._admitted = self._admitted, None
        fits = admitted is not None and admitted.still_holds(envelope, self._state, self._now())
        decision = admitted.decision if admitted and fits else self._decide(envelope)
        if isinstance(decision, Rejected):
            raise _refusal(decision, envelope)
        if isinstance(decision, Accepted):
            self._take(decision.state)
        return receipt_of(self._start.opportunity, decision.events)

    @execute.validator
    def _admit(self, envelope: Envelope) -> None:
        """Refuse before anything is written to the history."""
        if not isinstance(envelope, Envelope):
            raise _malformed("one envelope is expected")
        if not self._restored:
            return
        decision = self._decide(envelope)
        if isinstance(decision, Rejected):
            raise _refusal(decision, envelope)
        self._admitted = _Admitted(decision, envelope, self._state, self._now())

    @workflow.query(name="why_not")
    def why_not(self, envelope: Envelope, now: datetime) -> list[Problem]:
        """Everything that would be refused now, without trying."""
        decision = decide(self._state, envelope, not_before_told(self._state, now))
        return list(decision.problems) if isinstance(decision, Rejected) else []

    @workflow.query(name="view")
    def view(self, now: datetime) -> View:
        """The sale as it stands."""
        at = not_before_told(self._state, now)
        return view_of(self._state, agenda.next_due(self._state, self._calendar, at), at)

    # -- what happens

    def _now(self) -> datetime:
        return workflow.now() + self._start.offset

    def _decide(self, envelope: Envelope) -> Decision:
        decision = decide(self._state, envelope, self._now())
        if isinstance(decision, Accepted) and self._bytes + _size(decision.events) > MOST_BYTES:
            return Rejected((Problem(code="sale_full", params={"limit": MOST_BYTES}),), conflict=False)
        return decision

    def _take(self, after: OpportunityState) -> None:
        """Let the state be that, and queue what follows from the change."""
        before, self._state = self._state, after
        self._bytes += _size(after.events[before.sequence :])
        self._outbox = queued(self._outbox, react(before, after))
        if before.sequence and (before.life, before.owner) != (after.life, after.owner):
            self._index()

    def _index(self) -> None:
        """Tell the visibility store what changed of the sale's own life (design.md §6 rule 11)."""
        known = workflow.info().typed_search_attributes
        said = ((LIFE, self._state.life), (OWNER, self._state.owner))
        if news := [key.value_set(value) for key, value in said if known.get(key) != value]:
            workflow.upsert_search_attributes(news)

    # -- the lanes of the run: each has at most one thing in flight

    async def _write(self) -> None:
        """Write the ledger: everything that has gathered since the last write (design.md §6 rule 5)."""
        while await self._comes(lambda: not self._written()):
            news = tuple(self._state.events[self._outbox.written :])
            await self._do(LedgerActivities.record, LedgerBatch(opportunity=self._state.opportunity, events=news))
            self._outbox = self._outbox.model_copy(update={"written": news[-1].sequence})

    async def _send(self) -> None:
        """Tell people, on a queue with a limited rate."""
        while await self._comes(lambda: sendable(self._outbox, self._now()) is not None):
            if sending := sendable(self._outbox, self._now()):
                sent: Sent = await self._do(SendingActivities.send, sending, task_queue=SENDING_QUEUE)
                self._outbox = settled(self._outbox, sending, sent)

    async def _watch(self) -> None:
        """Let what is due happen, in time."""
        seen: tuple[int, Any] | None = None

        def news() -> bool:
            return self._alarm.rang or seen != (self._state.sequence, self._outbox.not_before)

        while await self._comes(news):
            if self._alarm.rang:
                fallen = agenda.fall_due(self._state, self._calendar, self._now())
                self._take(apply(self._state, chained(self._state, fallen)))
            due = agenda.next_due(self._state, self._calendar, self._now())
            wake = [self._began + AT_LEAST_EVERY + self._start.offset, *self._outbox.not_before.values()]
            self._alarm.set(min([*wake, due] if due else wake), self._now())
            workflow.set_current_details(details_of(self._state, due))
            seen = (self._state.sequence, self._outbox.not_before)
        self._alarm.stop()

    async def _comes(self, news: Callable[[], bool]) -> bool:
        """Wait for work; whether there is any, or the run is over."""
        await workflow.wait_condition(lambda: self._leaving or news())
        return not self._leaving

    async def _do(self, activity: Any, argument: Any, task_queue: str | None = None) -> Any:
        """Have an activity done, for as long as it takes."""
        while True:
            try:
                return await workflow.execute_activity_method(
                    activity,
                    argument,
                    task_queue=task_queue,
                    start_to_close_timeout=timedelta(seconds=20),
                    retry_policy=UNTIL_DONE,
                )
            except ActivityError as failure:  # given up by a host's interceptor or an operator: not the sale's end
                workflow.logger.error("An activity was given up and is tried again: %s", failure.cause)
                await workflow.sleep(UNTIL_DONE.maximum_interval or timedelta(minutes=1))

    # -- leaving

    def _written(self) -> bool:
        return self._outbox.written == self._state.sequence

    def _finished(self) -> bool:
        return self._state.ended and self._written() and not self._outbox.messages and not self._outbox.withdrawals

    def _long_enough(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.get_current_history_length() >= self._start.continue_after
            or workflow.now() >= self._began + AT_LEAST_EVERY
        )

    def _carried_on(self) -> OpportunityInput:
        carried = Carried(events=tuple(self._state.events), outbox=self._outbox)
        return self._start.model_copy(
            update={
                "playbook": self._state.playbook,
                "calendar": self._calendar,
                "carried": carried,
                "resumes": False,
            }
        )

    async def _restore(self) -> None:
        """Go on where the ledger is: no other run can write to it now (design.md §3, one life)."""
        told = await self._do(LedgerActivities.told, self._state.opportunity)
        self._state = fold(self._state.opportunity, told.events, told.playbook)
        self._bytes = _size(told.events)
        self._outbox = Outbox(written=self._state.sequence)
        self._restored = True
        # The handlers that waited decide now, before the run looks whether the sale has ended.
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._index()


class _Admitted(NamedTuple):
    """What the validator decided. The handler mostly follows it in the same breath, and need not decide again."""

    decision: Accepted | Repeated
    envelope: Envelope
    state: OpportunityState
    now: datetime

    def still_holds(self, envelope: Envelope, state: OpportunityState, now: datetime) -> bool:
        """Whether deciding again would give the same, since `decide` is pure."""
        return self.state is state and self.now == now and self.envelope == envelope


def _size(events: Sequence[Event]) -> int:
    return sum(len(event.model_dump_json(exclude_unset=True)) for event in events)


def _malformed(why: str) -> ApplicationError:
    problem = Problem(code="field_invalid", params={"message": why})
    return ApplicationError(why, [problem], False, type=problem.code, non_retryable=True)


def _refusal(decision: Rejected, envelope: Envelope) -> ApplicationError:
    """A refusal as it crosses the wire: with its code and everything that is missing (design.md §6 rule 3)."""
    problems = list(decision.problems)
    said = "\n".join(problem.text(envelope.language) for problem in problems)
    return ApplicationError(said, problems, decision.conflict, type=problems[0].code, non_retryable=True)

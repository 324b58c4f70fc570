"""The shell of every run, of a sale as of its neighbours: lanes, one timer, an outbox, and the way from run to run."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, FailureError

from stagemark.contracts.messages import Living, Outbox, Sending, Sent
from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.wire import RESTORING, refusal
from stagemark.domain.reactions import Effects
from stagemark.errors import Problem
from stagemark.texts.language import Language
from stagemark_workflows.alarm import Alarm
from stagemark_workflows.outbox import posted, queued, sendable, settled

with workflow.unsafe.imports_passed_through():  # only named here, for their types: they run elsewhere
    from stagemark_activities.sending import SendingActivities

__all__ = ["A_MONTH", "Shell", "answering"]

A_MONTH = timedelta(days=30)
"""A run of this age continues as new when its timer next rings, so that old code can retire (design.md §6 rule 2)."""
A_QUARTER = timedelta(days=90)
"""It is woken for that alone only at this age (docs/decisions/0041): each new run, and its timer, are actions."""
UNTIL_DONE = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))

Lane = Callable[[], Awaitable[None]]


@contextmanager
def answering(language: Language) -> Iterator[None]:
    """Refuse what the rules fail over: left alone, the exception would wedge the run for ever (design.md §6 rule 3).

    Whoever asked is told what kind of failure it is; the log tells an operator the rest.

    Raises:
        ApplicationError: `engine_failed`; or the refusal that was raised within.
    """
    try:
        yield
    except FailureError:
        raise
    except Exception as error:
        workflow.logger.exception("A request is refused, since the rules fail over it")
        raise refusal(
            [Problem(code="engine_failed", params={"why": type(error).__name__})], language=language
        ) from None


class Shell(ABC):
    """A run: it writes down, tells people and watches the time until nothing is left, or it is long enough."""

    _restored: bool

    def __init__(self, living: Living, outbox: Outbox) -> None:
        """Begin a run, or go on with what the one before has left."""
        self._living = living
        self._outbox = outbox
        self._flying: Sending | None = None
        self._leaving = False
        self._began = workflow.now()
        self._alarm = Alarm(living.jitter)
        self._renews = False

    # -- what each kind says for itself

    @property
    @abstractmethod
    def _sequence(self) -> int:
        """How much has happened so far."""

    @abstractmethod
    async def _write(self) -> None:
        """The lane that writes the ledger, with everything that has gathered (design.md §6 rule 5)."""

    @abstractmethod
    def _written(self) -> bool:
        """Whether the ledger has everything."""

    @abstractmethod
    def _over(self) -> bool:
        """Whether nothing more will happen by itself."""

    @abstractmethod
    async def _fall_due(self) -> None:
        """Let happen what is due."""

    @abstractmethod
    def _next_due(self) -> datetime | None:
        """When something falls due next."""

    @abstractmethod
    def _details(self, due: datetime | None) -> str:
        """How it stands, in Markdown, for an operator (design.md §6 rule 12)."""

    @abstractmethod
    def _carried_on(self) -> Any:
        """What the next run starts with."""

    # -- what is asked

    def _look(self) -> None:
        """Fail a query of a run that can't say yet how it stands: an empty answer would be a wrong one."""
        if not self._restored:
            raise RuntimeError(RESTORING)

    @contextmanager
    def _handling(self, language: Language) -> Iterator[None]:
        """Like `answering`, in a handler: what it refused stands in the history, so the run is renewed, lest that is
        replayed with better rules.
        """
        with answering(language):
            try:
                yield
            except FailureError:
                raise
            except Exception:
                self._renews = True
                raise

    # -- the run

    async def _live(self, *more: Lane) -> None:
        """Run all lanes until the end; what is in flight comes home first."""
        # No TaskGroup: it awaits while it is left, which a run that is evicted from a worker's memory must not.
        lanes = [asyncio.ensure_future(lane()) for lane in (*more, self._write, self._send, self._watch)]
        over: tuple[Callable[[], bool], ...] = (self._finished, self._long_enough, lambda: any(t.done() for t in lanes))
        try:
            await workflow.wait_condition(lambda: any(reason() for reason in over))
        except asyncio.CancelledError:  # an operator's word; what was acknowledged is written down first
            await workflow.wait_condition(self._written)
            raise
        self._leaving = True
        await workflow.wait_condition(lambda: all(lane.done() for lane in lanes))
        for lane in lanes:
            lane.result()  # one that failed is heard
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._finished():
            # Where deployments are versioned a run stays on its version, and the next one takes the newest (rule 13).
            newest = workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE
            workflow.continue_as_new(self._carried_on(), initial_versioning_behavior=newest)

    def _now(self) -> datetime:
        return workflow.now() + self._living.offset

    def _begins(self) -> Living:
        """By what a neighbour lives that this run begins: where clocks are moved, from its own present on."""
        if self._living.present is None:
            return self._living
        return self._living.model_copy(update={"present": self._now()})

    def _finished(self) -> bool:
        return self._over() and self._written() and not self._outbox.messages and not self._outbox.withdrawals

    def _told_all(self) -> bool:
        """Whether the write of the ledger has taken along what others and people are to be told."""
        return not (self._outbox.tells or self._outbox.posts or self._outbox.takes_back)

    def _follow(self, effects: Effects) -> None:
        """Queue what follows from a change."""
        self._outbox = queued(self._outbox, effects, self._flying)

    def _took_along(self, tells: int, posting: Sending | None, sent: Sent) -> None:
        """Take out of the outbox what went with the write of the ledger."""
        if posting is not None:
            self._outbox = posted(self._outbox, posting, sent)
        self._outbox = self._outbox.model_copy(update={"tells": self._outbox.tells[tells:]})

    def _long_enough(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.get_current_history_length() >= self._living.continue_after
            or self._renews
        )

    # -- its lanes: each has at most one thing in flight

    async def _send(self) -> None:
        """Tell people what the write of the ledger could not, on a queue with a limited rate."""
        while await self._comes(lambda: self._sendable() is not None):
            if sending := self._sendable():
                self._flying = sending
                sent: Sent = await self._do(SendingActivities.send, sending, task_queue=SENDING_QUEUE)
                self._flying = None
                self._outbox = settled(self._outbox, sending, sent)

    def _sendable(self) -> Sending | None:
        """What may go now. Looked at after every step of the run, so it asks for the time only if there is anything."""
        waits = self._outbox.messages or self._outbox.withdrawals
        return sendable(self._outbox, self._now()) if waits else None

    async def _watch(self) -> None:
        """Let what is due happen, in time."""
        seen: tuple[int, Any] | None = None

        def news() -> bool:
            return self._alarm.rang or seen != (self._sequence, self._outbox.not_before)

        while await self._comes(news):
            if self._alarm.rang:
                await self._fall_due()
                self._renews |= workflow.now() >= self._began + A_MONTH  # not before: its timer would be for nothing
            due = self._next_due()
            wake = [*self._outbox.not_before.values(), *([due] if due else [])]
            if not self._over():  # else it ends as soon as everything is written and told
                wake.append(self._began + A_QUARTER + self._living.offset)
            if wake and not self._renews:
                self._alarm.set(min(wake), self._now())
            else:
                self._alarm.stop()
            workflow.set_current_details(self._details(due))
            seen = (self._sequence, self._outbox.not_before)
        self._alarm.stop()

    async def _comes(self, news: Callable[[], bool]) -> bool:
        """Wait for work; whether there is any, or the run is over."""
        await workflow.wait_condition(lambda: self._leaving or news())
        return not self._leaving

    async def _do(self, activity: Any, *arguments: Any, task_queue: str | None = None) -> Any:
        """Have an activity done, for as long as it takes."""
        while True:
            try:
                return await workflow.execute_activity_method(
                    activity,
                    args=arguments,
                    task_queue=task_queue,
                    start_to_close_timeout=timedelta(seconds=20),
                    retry_policy=UNTIL_DONE,
                )
            except ActivityError as failure:  # given up by a host's interceptor or an operator: not the run's end
                workflow.logger.error("An activity was given up and is tried again: %s", failure.cause)
                await workflow.sleep(UNTIL_DONE.maximum_interval or timedelta(minutes=1))

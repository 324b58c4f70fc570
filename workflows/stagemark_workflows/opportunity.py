"""The `Opportunity` workflow: one durable run for each sale, a thin deterministic shell round the domain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from temporalio import workflow

from stagemark.contracts.messages import Carried, LedgerBatch, OpportunityInput, Outbox, Receipt, Recorded
from stagemark.contracts.names import LIFE, OPPORTUNITY, OWNER
from stagemark.contracts.views import View, details_of, not_before_told, receipt_of, view_of
from stagemark.contracts.wire import refusal
from stagemark.domain import agenda
from stagemark.domain.calendars import shared
from stagemark.domain.commands import Envelope
from stagemark.domain.events import Event
from stagemark.domain.opportunity import Accepted, Decision, Rejected, Repeated, apply, chained, decide, fold
from stagemark.domain.reactions import react
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem
from stagemark_workflows.outbox import postable
from stagemark_workflows.shell import A_MONTH, Shell, answering

with workflow.unsafe.imports_passed_through():  # only named here, for their types: they run elsewhere
    from stagemark_activities.ledger import LedgerActivities

__all__ = ["Opportunity"]

CALENDAR_AHEAD = timedelta(days=90)
"""When a calendar is known for less than this, each write asks whether more of it is known by now."""
MOST_BYTES = 1_500_000
"""How much a sale may hold: its events cross runs as one payload, of which Temporal takes two million bytes."""


@workflow.defn(name=OPPORTUNITY)
class Opportunity(Shell):
    """A sale. Updates record what happened; the run writes it down, tells people, and watches the time."""

    @workflow.init
    def __init__(self, start: OpportunityInput) -> None:
        """Restore the state: handlers run before `run` does (design.md §6 rule 1)."""
        carried = start.carried or Carried(events=())
        super().__init__(start.living, carried.outbox)
        self._start = start
        self._state = fold(start.opportunity, carried.events, start.playbook)
        self._calendar = shared(start.calendar)
        self._calendar_asked = start.calendar_asked or self._now()
        self._bytes = _size(carried.events)
        self._restored = not start.resumes
        self._admitted: _Admitted | None = None

    @workflow.run
    async def run(self, start: OpportunityInput) -> None:
        """Write down, tell and watch until the sale has ended or the run is long enough."""
        if start.resumes:
            await self._restore()
        await self._live()

    # -- what is asked

    @workflow.update
    async def execute(self, envelope: Envelope) -> Receipt:
        """Record what an envelope says, all of it or nothing.

        Raises:
            ApplicationError: Refused; `type` is the code, `details` the problems, and whether somebody was first.
        """
        asked = self._restored  # by the validator, which a replay does not run: what is asked today, it was not then
        if not self._restored:  # only where a sale goes on that had no run; else a handler never waits
            await workflow.wait_condition(lambda: self._restored)
        admitted, self._admitted = self._admitted, None
        fits = admitted is not None and admitted.still_holds(envelope, self._state, self._now())
        with self._handling(envelope.language):
            decision = admitted.decision if admitted and fits else self._lawful(envelope, asks=not asked)
            if isinstance(decision, Accepted):
                self._take(decision.state)
        return receipt_of(self._start.opportunity, decision.events)

    @execute.validator
    def _admit(self, envelope: Envelope) -> None:
        """Refuse before anything is written to the history."""
        if not isinstance(envelope, Envelope):
            raise refusal([Problem(code="field_invalid", params={"message": "one envelope is expected"})])
        if not self._restored:
            return
        with answering(envelope.language):
            decision = self._lawful(envelope)
        self._admitted = _Admitted(decision, envelope, self._state, self._now())

    @workflow.query(name="why_not")
    def why_not(self, envelope: Envelope, now: datetime) -> list[Problem]:
        """Everything that would be refused now, without trying."""
        self._look()
        decision = decide(self._state, envelope, not_before_told(self._state, now))
        return list(decision.problems) if isinstance(decision, Rejected) else []

    @workflow.query(name="view")
    def view(self, now: datetime) -> View:
        """The sale as it stands."""
        self._look()
        at = not_before_told(self._state, now)
        return view_of(self._state, agenda.next_due(self._state, self._calendar, at), at)

    # -- what happens

    def _decide(self, envelope: Envelope, asks: bool) -> Decision:
        decision = decide(self._state, envelope, self._now(), asks=asks)
        if isinstance(decision, Accepted) and self._bytes + _size(decision.events) > MOST_BYTES:
            return Rejected((Problem(code="sale_full", params={"limit": MOST_BYTES}),), conflict=False)
        return decision

    def _lawful(self, envelope: Envelope, asks: bool = True) -> Accepted | Repeated:
        """What becomes of an envelope; `asks` as in `decide`.

        Raises:
            ApplicationError: It is refused.
        """
        decision = self._decide(envelope, asks)
        if isinstance(decision, Rejected):
            raise refusal(decision.problems, decision.conflict, envelope.language)
        return decision

    def _take(self, after: OpportunityState) -> None:
        """Let the state be that, and queue what follows from the change; or fail, and nothing has changed."""
        before, effects = self._state, react(self._state, after)
        self._state = after
        self._bytes += _size(after.events[before.sequence :])
        self._follow(effects)
        if before.sequence and (before.life, before.owner) != (after.life, after.owner):
            self._index()

    def _index(self) -> None:
        """Tell the visibility store what changed of the sale's own life (design.md §6 rule 11)."""
        known = workflow.info().typed_search_attributes
        said = ((LIFE, self._state.life), (OWNER, self._state.owner))
        if news := [key.value_set(value) for key, value in said if known.get(key) != value]:
            workflow.upsert_search_attributes(news)

    # -- what the shell asks of a sale

    @property
    def _sequence(self) -> int:
        return self._state.sequence

    async def _write(self) -> None:
        """Write the ledger, tell neighbours and people, with everything that has gathered (design.md §6 rule 5)."""
        while await self._comes(lambda: not self._written()):
            news, tells = tuple(self._state.events[self._outbox.written :]), self._outbox.tells
            post = postable(self._outbox, self._now())
            more: dict[str, Any] = {"tells": tells, "living": self._begins()} if tells else {}  # unset is not sent
            if post is not None:
                more["post"] = post
            if self._calendar.known_until - self._now().date() < CALENDAR_AHEAD:
                more |= {"calendar": self._calendar.id, "known_until": self._calendar.known_until}
                self._calendar_asked = self._now()
            batch = LedgerBatch(opportunity=self._state.opportunity, events=news, **more)
            recorded: Recorded = await self._do(LedgerActivities.record, batch)
            self._outbox = self._outbox.model_copy(update={"written": self._outbox.written + len(news)})
            self._took_along(len(tells), post, recorded.sent)
            self._calendar = shared(recorded.calendar or self._calendar)

    def _written(self) -> bool:
        return self._outbox.written == self._state.sequence and self._told_all()

    async def _ask_calendar(self) -> None:
        """Resolve the calendar again where its known days have run out, and no write has asked for more of it."""
        now = self._now()
        if self._calendar.known_until <= now.date() and self._calendar_asked + A_MONTH <= now:
            self._calendar = shared(await self._do(LedgerActivities.calendar, self._calendar.id))
            self._calendar_asked = now

    def _over(self) -> bool:
        return self._state.ended

    async def _fall_due(self) -> None:
        await self._ask_calendar()
        fallen = agenda.fall_due(self._state, self._calendar, self._now())
        self._take(apply(self._state, chained(self._state, fallen)))

    def _next_due(self) -> datetime | None:
        return agenda.next_due(self._state, self._calendar, self._now())

    def _details(self, due: datetime | None) -> str:
        return details_of(self._state, due)

    def _carried_on(self) -> OpportunityInput:
        carried = Carried(events=tuple(self._state.events), outbox=self._outbox)
        return self._start.model_copy(
            update={
                "playbook": self._state.playbook,
                "calendar": self._calendar,
                "calendar_asked": self._calendar_asked,
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
        same = self.envelope is envelope or self.envelope == envelope  # to compare all of it takes its time
        return same and self.state is state and self.now == now


def _size(events: Sequence[Event]) -> int:
    return sum(len(event.model_dump_json(exclude_unset=True)) for event in events)

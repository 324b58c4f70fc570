"""The typed client: what a platform calls to open sales, record markers, and ask how a sale stands."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Unpack, cast

from pydantic import JsonValue
from temporalio.client import Client

from stagemark.contracts.messages import Living, OpportunityInput, Receipt
from stagemark.contracts.names import OPPORTUNITY, TASK_QUEUE, found_by, summary
from stagemark.contracts.names import opportunity_workflow_id as _id
from stagemark.contracts.views import View, not_before_told, receipt_of, view_of
from stagemark.contracts.wire import suited
from stagemark.domain import agenda
from stagemark.domain import commands as c
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Command, Envelope
from stagemark.domain.opportunity import Accepted, Rejected, Repeated, decide, fold
from stagemark.domain.playbook import Edge, Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import Conflict, InvalidInput, Problem, Refused
from stagemark.ports import Calendars, Ledger, Refusal, Refusals
from stagemark.saying import Evidence, NewSale, Said, When, check_id, check_sendable, envelope_of, given_of, valid
from stagemark.transport import NoRun, Transport
from stagemark.vouching import Asked, answered, vouching
from stagemark_activities.reading import told
from stagemark_workflows.opportunity import Opportunity

__all__ = ["Evidence", "NewSale", "Said", "Stagemark", "When"]

_log = logging.getLogger(__name__)


class Stagemark:
    """Sales on Temporal. Every call is safe to repeat with the same key, also after the sale has ended.

    All methods raise `Refused` (with everything that is missing; `Conflict` where somebody was first), `NotFound`,
    `InvalidInput`, or `Unavailable` where the engine can't be had.
    """

    def __init__(
        self,
        client: Client,
        *,
        ledger: Ledger,
        asking: Asked,
        refusals: Refusals,
        calendars: Calendars,
        task_queue: str = TASK_QUEUE,
        timeout: timedelta = timedelta(seconds=30),
        continue_after: int = 500,
        jitter: timedelta = timedelta(seconds=20),
        offset: timedelta = timedelta(0),
        present: datetime | None = None,
    ) -> None:
        """Talk to sales.

        Args:
            client: A Temporal client with `StagemarkPlugin`, or with a pydantic data converter.
            ledger: Where ended sales are read, and playbooks kept.
            asking: Who knows what a sale can't: which credit clearances accounts hold, who may override.
            refusals: Where refused commands are kept.
            calendars: Working calendars.
            task_queue: Of the workers that have `StagemarkPlugin`.
            timeout: How long a call may take.
            continue_after: See `Living`; also the others.
            jitter: By how much a timer may be late.
            offset: Of the sales' clocks, in simulations.
            present: See `Living`.

        Raises:
            InvalidInput: `converter_unsuited`.
        """
        if not suited(client.data_converter):
            converter = client.data_converter.payload_converter_class.__qualname__
            raise InvalidInput.of("converter_unsuited", converter=converter)
        self._transport = Transport(client, task_queue=task_queue, timeout=timeout)
        self._ledger = ledger
        self._asking = asking
        self._refusals = refusals
        self._calendars = calendars
        self._living = Living(continue_after=continue_after, jitter=jitter, offset=offset, present=present)

    # -- the one way in

    async def execute(self, opportunity: str, envelope: Envelope) -> Receipt:
        """Send an envelope: all of its commands are recorded, or none. What is refused is kept as a refusal."""
        check_sendable(opportunity, envelope)
        return await self._vouching(opportunity, envelope, lambda said: self._execute(opportunity, said))

    async def record(self, opportunity: str, *commands: Command, **said: Unpack[Said]) -> Receipt:
        """Record one command or several in one step, all or none."""
        return await self.execute(opportunity, envelope_of(commands, said))

    async def why_not(self, opportunity: str, *commands: Command, **said: Unpack[Said]) -> list[Problem]:
        """Everything that `record` would refuse now, without trying; empty if nothing."""
        envelope = envelope_of(commands, said)
        check_sendable(opportunity, envelope)
        return await answered(self._asking, opportunity, await self._why_not(opportunity, envelope))

    async def view(self, opportunity: str) -> View:
        """How a sale stands."""
        try:
            return await self._transport.query(_id(opportunity), Opportunity.view, self._now())
        except NoRun:
            state = await self._ended(opportunity)
            calendar = await self._calendars.calendar(state.calendar)
            now = not_before_told(state, self._now())
            return view_of(state, agenda.next_due(state, calendar, now), now)

    # -- commands, one by one

    async def open(self, opportunity: str, playbook: Playbook, **new: Unpack[NewSale]) -> Receipt:
        """Open a sale by a whole playbook, and record in the same step what is known already: all of it, or none.

        Opened twice with the same content, it is one sale.
        """
        days, envelope = await self._opening(opportunity, playbook, new)
        await self._ledger.keep_playbook(playbook)
        compiled = playbook.compiled()
        return await self._vouching(opportunity, envelope, lambda said: self._open(opportunity, compiled, days, said))

    async def why_not_open(self, opportunity: str, playbook: Playbook, **new: Unpack[NewSale]) -> list[Problem]:
        """Everything that `open` would refuse now, without trying; empty if nothing."""
        _, envelope = await self._opening(opportunity, playbook, new)
        found = await self._why_not(opportunity, envelope, opens=playbook.compiled())
        return await answered(self._asking, opportunity, found)

    async def mark(
        self, opportunity: str, stage: str, edge: Edge, evidence: Evidence = (), **said: Unpack[Said]
    ) -> Receipt:
        """Record that the start or end marker of a stage was observed."""
        return await self.record(
            opportunity, valid(c.Mark, stage=stage, edge=edge, evidence=given_of(evidence)), **said
        )

    async def add_evidence(
        self,
        opportunity: str,
        evidence: Evidence = (),
        *,
        stage: str | None = None,
        step: str | None = None,
        note: str = "",
        **said: Unpack[Said],
    ) -> Receipt:
        """Record evidence between markers, or that a step of a stage was done."""
        command = valid(c.Record, evidence=given_of(evidence), stage=stage, step=step, note=note)
        return await self.record(opportunity, command, **said)

    async def skip(self, opportunity: str, stage: str, reason: str, **said: Unpack[Said]) -> Receipt:
        """Skip a stage that waits."""
        return await self.record(opportunity, valid(c.Skip, stage=stage, reason=reason), **said)

    async def wait(self, opportunity: str, on: c.Party | None, note: str = "", **said: Unpack[Said]) -> Receipt:
        """Say whom the sale waits on from now; `None` ends the waiting."""
        return await self.record(opportunity, valid(c.Wait, on=on, note=note), **said)

    async def suspend(self, opportunity: str, reason: str, look_again: date, **said: Unpack[Said]) -> Receipt:
        """Pause the sale until a day."""
        return await self.record(opportunity, valid(c.Suspend, reason=reason, look_again=look_again), **said)

    async def resume(self, opportunity: str, reason: str = "", **said: Unpack[Said]) -> Receipt:
        """Go on after a suspension."""
        return await self.record(opportunity, valid(c.Resume, reason=reason), **said)

    async def lose(self, opportunity: str, reason: str, note: str = "", **said: Unpack[Said]) -> Receipt:
        """The sale is lost, for one of the playbook's reasons."""
        return await self.record(opportunity, valid(c.Lose, reason=reason, note=note), **said)

    async def reopen(self, opportunity: str, reason: str, **said: Unpack[Said]) -> Receipt:
        """Take up again a sale that has ended."""
        return await self.record(opportunity, valid(c.Reopen, reason=reason), **said)

    async def fall_back(self, opportunity: str, stage: str, reason: str, **said: Unpack[Said]) -> Receipt:
        """Go back to an earlier stage."""
        return await self.record(opportunity, valid(c.FallBack, stage=stage, reason=reason), **said)

    async def nurture(self, opportunity: str, reason: str, look_again: date, **said: Unpack[Said]) -> Receipt:
        """No opportunity now: keep in touch until a day."""
        return await self.record(opportunity, valid(c.Nurture, reason=reason, look_again=look_again), **said)

    async def come_back(self, opportunity: str, reason: str = "", **said: Unpack[Said]) -> Receipt:
        """Come back from nurture."""
        return await self.record(opportunity, valid(c.ComeBack, reason=reason), **said)

    async def change(self, opportunity: str, change: c.Change, **said: Unpack[Said]) -> Receipt:
        """Change owner, collaborators, deputy, value, segment or title."""
        return await self.record(opportunity, change, **said)

    async def correct(
        self,
        opportunity: str,
        event: int,
        reason: str,
        changes: Mapping[str, JsonValue] | None = None,
        happened_at: When | None = None,
        **said: Unpack[Said],
    ) -> Receipt:
        """Replace what an earlier event said, or when it happened."""
        command = valid(c.Correct, event=event, reason=reason, changes=dict(changes or {}), observed_at=happened_at)
        return await self.record(opportunity, command, **said)

    async def void(self, opportunity: str, event: int, reason: str, **said: Unpack[Said]) -> Receipt:
        """Take back an earlier event: it never happened."""
        return await self.record(opportunity, valid(c.Void, event=event, reason=reason), **said)

    async def answer(
        self,
        opportunity: str,
        event: int,
        answer: Literal["done", "put_off", "dismissed"],
        text: str = "",
        until: date | None = None,
        **said: Unpack[Said],
    ) -> Receipt:
        """Answer a trigger that fired in that event."""
        return await self.record(
            opportunity, valid(c.Answer, event=event, answer=answer, text=text, until=until), **said
        )

    async def migrate(
        self,
        opportunity: str,
        to: Playbook,
        reason: str,
        stages: Mapping[str, str] | None = None,
        evidence: Mapping[str, str] | None = None,
        **said: Unpack[Said],
    ) -> Receipt:
        """Go on by another playbook, or another version of it; ids that have changed are mapped, old to new."""
        await self._ledger.keep_playbook(to)
        command = valid(
            c.Migrate,
            to=to.ref(),
            compiled=to.compiled(),
            stages=dict(stages or {}),
            evidence=dict(evidence or {}),
            reason=reason,
        )
        return await self.record(opportunity, command, **said)

    # -- how

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._living.offset

    async def _opening(self, opportunity: str, playbook: Playbook, new: NewSale) -> tuple[WorkCalendar, Envelope]:
        """The calendar of a new sale, and the envelope that opens it."""
        check_id(opportunity)  # before a key is made of it
        fields: dict[str, Any] = dict(new)
        said = cast(Said, {name: fields.pop(name) for name in Said.__annotations__ if name in fields})
        said.setdefault("key", f"open:{opportunity}")
        also, calendar = fields.pop("also", ()), fields.pop("calendar", "cn")
        days = await self._calendars.calendar(calendar)
        command = valid(c.Open, playbook=playbook.ref(), calendar=calendar, zone=days.zone, **fields)
        envelope = envelope_of([command, *also], said)
        check_sendable(opportunity, envelope)
        return days, envelope

    async def _why_not(self, opportunity: str, envelope: Envelope, opens: Playbook | None = None) -> list[Problem]:
        try:
            return await self._transport.query(_id(opportunity), Opportunity.why_not, envelope, self._now())
        except NoRun:
            if opens is not None and not await self._ledger.events(opportunity):
                state = OpportunityState(opportunity, opens)
            else:
                state = await self._ended(opportunity)
            decision = decide(state, envelope, not_before_told(state, self._now()))
            return list(decision.problems) if isinstance(decision, Rejected) else []

    async def _vouching(
        self, opportunity: str, envelope: Envelope, send: Callable[[Envelope], Awaitable[Receipt]]
    ) -> Receipt:
        try:
            return await vouching(self._asking, opportunity, envelope, send)
        except Refused as refused:
            await self._keep(opportunity, envelope, refused)
            raise

    async def _execute(self, opportunity: str, envelope: Envelope) -> Receipt:
        try:
            return await self._transport.update(_id(opportunity), Opportunity.execute, envelope)
        except NoRun:
            known = await told(self._ledger, opportunity)
        state = fold(opportunity, known.events, known.playbook)
        decision = decide(state, envelope, not_before_told(state, self._now()))
        if isinstance(decision, Repeated):
            return receipt_of(opportunity, decision.events)
        if isinstance(decision, Rejected) and state.ended:
            raise _error(decision)
        calendar = await self._calendars.calendar(state.calendar)
        start = OpportunityInput(
            opportunity=opportunity, playbook=known.playbook, calendar=calendar, resumes=True, living=self._living
        )
        return await self._start(start, state, envelope)

    async def _open(self, opportunity: str, playbook: Playbook, calendar: Any, envelope: Envelope) -> Receipt:
        if await self._ledger.events(opportunity):
            return await self._execute(opportunity, envelope)
        decision = decide(OpportunityState(opportunity, playbook), envelope, self._now())
        if isinstance(decision, Rejected):  # a bad opening starts nothing
            raise _error(decision)
        assert isinstance(decision, Accepted)  # nothing was there that could be repeated
        start = OpportunityInput(opportunity=opportunity, playbook=playbook, calendar=calendar, living=self._living)
        try:
            return await self._start(start, decision.state, envelope)
        except NoRun:  # its whole life passed since we looked
            return await self._execute(opportunity, envelope)

    async def _start(self, start: OpportunityInput, state: OpportunityState, envelope: Envelope) -> Receipt:
        found = found_by(life=state.life, owner=state.owner, account=state.account, playbook=state.playbook.id)
        return await self._transport.start(
            OPPORTUNITY,
            start,
            Opportunity.execute,
            envelope,
            id_=_id(start.opportunity),
            resumes=start.resumes,
            summary=summary(state.account, state.title),
            found=found,
        )

    async def _ended(self, opportunity: str) -> OpportunityState:
        known = await told(self._ledger, opportunity)
        return fold(opportunity, known.events, known.playbook)

    async def _keep(self, opportunity: str, envelope: Envelope, refused: Refused) -> None:
        refusal = Refusal(opportunity=opportunity, envelope=envelope, problems=refused.problems, refused_at=self._now())
        try:
            await self._refusals.keep(refusal)
        except Exception:  # the caller must learn why it was refused, whatever becomes of the note of it
            _log.exception("A refusal could not be kept: %s", refused)


def _error(decision: Rejected) -> Refused:
    return (Conflict if decision.conflict else Refused)(*decision.problems)

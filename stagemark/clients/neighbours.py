"""The way to any neighbour of a sale: asking it, and how it stands. What each kind is asked has a client of its own."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client

from stagemark.clients.known import may_not_do_without, not_theirs
from stagemark.contracts.messages import Living
from stagemark.contracts.names import TASK_QUEUE, neighbour_workflow
from stagemark.contracts.neighbours import NeighbourInput, NeighbourReceipt, NeighbourView
from stagemark.domain.account.clearing import unheld
from stagemark.domain.account.state import AccountState
from stagemark.domain.catalogue import unlisted
from stagemark.domain.contract import Cleared
from stagemark.domain.entries import Request, Stream
from stagemark.domain.neighbour import Answered, Around, NeighbourState, Rejected, Repeated, decide, next_due
from stagemark.domain.neighbours import rules_of
from stagemark.domain.vouching import OVERRIDE, PRODUCTS
from stagemark.domain.words import opportunity_problem
from stagemark.errors import Conflict, InvalidInput, NotFound, Problem, Refused
from stagemark.ports import Books, Calendars, Catalogues, Directory, Policies, Refusal, Refusals
from stagemark.saying import check_source
from stagemark.transport import NoRun, Transport
from stagemark_workflows.neighbour import Neighbour

__all__ = ["Neighbours"]

_log = logging.getLogger(__name__)


class Neighbours:
    """Asks neighbours. Every call is safe to repeat with the same key, also after the run has ended.

    All methods raise `Refused` (with everything that is wrong; `Conflict` where somebody was first), `NotFound` where
    there is no such neighbour, `InvalidInput`, or `Unavailable` where the engine can't be had.
    """

    def __init__(
        self,
        client: Client,
        *,
        books: Books,
        directory: Directory,
        policies: Policies,
        calendars: Calendars,
        catalogues: Catalogues,
        refusals: Refusals,
        task_queue: str = TASK_QUEUE,
        timeout: timedelta = timedelta(seconds=30),
        continue_after: int = 500,
        jitter: timedelta = timedelta(seconds=20),
        offset: timedelta = timedelta(0),
        present: datetime | None = None,
    ) -> None:
        """Talk to neighbours; see `Stagemark` for the arguments."""
        self._transport = Transport(client, task_queue=task_queue, timeout=timeout)
        self._books = books
        self._directory = directory
        self._policies = policies
        self._calendars = calendars
        self._catalogues = catalogues
        self._refusals = refusals
        self._living = Living(continue_after=continue_after, jitter=jitter, offset=offset, present=present)

    async def ask(self, stream: Stream, request: Request[Any]) -> NeighbourReceipt:
        """Ask; everything of the request is recorded, or nothing. What is refused is kept as a refusal."""
        if problem := opportunity_problem(stream.id):
            raise InvalidInput.of(problem)
        check_source(request.source)
        try:
            if problems := await self._not_theirs(request):
                raise Refused(*problems)
            return await self._ask(stream, request)
        except Refused as refused:
            await self._keep(stream, request, refused)
            raise

    async def why_not_ask(self, stream: Stream, request: Request[Any]) -> list[Problem]:
        """Everything that would be refused now, without trying; empty if nothing."""
        check_source(request.source)
        return await self._not_theirs(request) + await self._refused(stream, request)

    async def _not_theirs(self, request: Request[Any]) -> list[Problem]:
        return await not_theirs(self._directory, await self._policies.policy(), request)

    async def _refused(self, stream: Stream, request: Request[Any]) -> list[Problem]:
        try:
            return await self._transport.query(str(stream), Neighbour.why_not, _plain(request), self._now())
        except NoRun:
            state, asked = await self._ended(stream, request)
            decision = decide(rules_of(stream), state, asked, await self._around(state))
            return list(decision.problems) if isinstance(decision, Rejected) else []

    async def standing(self, stream: Stream) -> NeighbourView:
        """How a neighbour stands; one that nobody has told or asked anything yet has an empty state."""
        try:
            return await self._transport.query(str(stream), Neighbour.view, self._now())
        except NoRun:
            rules = rules_of(stream)
            state: Any = await self._books.state(stream) or rules.state(id=stream.id)
            around = await self._around(state)
            due = next_due(rules, state, around) if state.sequence else None
            dumped = state.model_dump(mode="json", exclude_defaults=True)
            return NeighbourView(stream=stream, state=dumped, next_due=due, at=around.now)

    async def wrong(self, opportunity: str, asked: Problem) -> list[Problem]:
        """See `stagemark.vouching.Asked`: the account's run, the directory or the catalogue tells."""
        said = asked.params
        if asked.code == OVERRIDE:
            return await may_not_do_without(self._directory, said["evidence"], said["person"], said["roles"])
        if asked.code == PRODUCTS:
            return list(unlisted(await self._catalogues.catalogue(), said["products"]))
        view = await self.standing(Stream(stream="account", id=said["account"]))
        state = AccountState.model_validate({**view.state, "id": said["account"]})
        return list(unheld(state, opportunity, Cleared.model_validate(said["cleared"])))

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._living.offset

    async def _around(self, state: NeighbourState) -> Around:
        """By what it lives now; its present is not before its last record, whatever this machine's clock says."""
        policy, now = await self._policies.policy(), self._now()
        calendar = await self._calendars.calendar(policy.calendar)
        return Around(policy, calendar, max(now, state.recorded_at or now))

    async def _ask(self, stream: Stream, request: Request[Any]) -> NeighbourReceipt:
        try:
            return await self._transport.update(str(stream), Neighbour.execute, _plain(request))
        except NoRun:
            state, asked = await self._ended(stream, request)
        around = await self._around(state)
        decision = decide(rules_of(stream), state, asked, around)
        if isinstance(decision, Repeated):
            return NeighbourReceipt.of(stream, decision.answer)
        if isinstance(decision, Rejected):  # what is refused begins nothing
            unknown = decision.problems[0].code == f"{stream.stream}_unknown"
            raise (NotFound if unknown else Conflict if decision.conflict else Refused)(*decision.problems)
        known = state.sequence > 0
        start = NeighbourInput(
            stream=stream, policy=around.policy, calendar=around.calendar, living=self._living, resumes=known
        )
        try:
            return await self._start(start, asked)
        except NoRun:  # it has had a run since we looked
            return await self._start(start.model_copy(update={"resumes": True}), asked)

    async def _start(self, start: NeighbourInput, asked: Request[Any]) -> NeighbourReceipt:
        stream = start.stream
        return await self._transport.start(
            neighbour_workflow(stream.stream),
            start,
            Neighbour.execute,
            _plain(asked),
            id_=str(stream),
            resumes=start.resumes,
            summary=str(stream),
        )

    async def _ended(self, stream: Stream, request: Request[Any]) -> tuple[NeighbourState, Request[Any]]:
        """The state of a neighbour that has no run, with what an old key became; and the request in its own class."""
        rules = rules_of(stream)
        asked: Request[Any] = rules.request.model_validate(request.model_dump(mode="json", exclude_unset=True))
        state: Any = await self._books.state(stream) or rules.state(id=stream.id)
        if state.forgets and asked.key not in state.keys:
            known: Answered | None = await self._books.answered(stream, asked.key)
            if known is not None:
                state = state.but(keys={**state.keys, asked.key: known})
        return state, asked

    async def _keep(self, stream: Stream, request: Request[Any], refused: Refused) -> None:
        refusal = Refusal(
            opportunity=str(stream), envelope=_plain(request), problems=refused.problems, refused_at=self._now()
        )
        try:
            await self._refusals.keep(refusal)
        except Exception:  # the caller must learn why it was refused, whatever becomes of the note of it
            _log.exception("A refusal could not be kept: %s", refused)


def _plain(request: Request[Any]) -> dict[str, Any]:
    return request.model_dump(mode="json", exclude_unset=True)

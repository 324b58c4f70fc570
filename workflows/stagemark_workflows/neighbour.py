"""The workflow that all neighbours of a sale share: a thin deterministic shell round their rules (decision 0040)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, JsonValue, ValidationError
from temporalio import workflow
from temporalio.exceptions import FailureError

from stagemark.contracts.neighbours import (
    Batch,
    Kept,
    NeighbourCarried,
    NeighbourInput,
    NeighbourReceipt,
    NeighbourView,
)
from stagemark.contracts.wire import refusal
from stagemark.domain.calendars import shared
from stagemark.domain.entries import Request
from stagemark.domain.neighbour import (
    Accepted,
    Answered,
    Around,
    NeighbourState,
    Rejected,
    Repeated,
    Rules,
    decide,
    fall_due,
    next_due,
)
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.neighbours import read_entry
from stagemark.domain.reactions import Effects, Message
from stagemark.errors import Problem, problems_of
from stagemark_workflows.outbox import postable
from stagemark_workflows.shell import Shell, answering

with workflow.unsafe.imports_passed_through():  # only named here, for their types: they run elsewhere
    from stagemark_activities.neighbours import NeighbourActivities

__all__ = ["Neighbour"]


class Neighbour(Shell):
    """What every neighbour's workflow does; each kind is a subclass that names its rules."""

    rules: ClassVar[Rules[Any]]

    def __init__(self, start: NeighbourInput) -> None:
        """Restore the state: handlers run before `run` does (design.md §6 rule 1)."""
        carried = start.carried or NeighbourCarried(state={})
        super().__init__(start.living, carried.outbox)
        self._start = start
        self._stream = start.stream
        self._policy, self._calendar = start.policy, shared(start.calendar)
        self._state = self._read(carried)
        self._unwritten = [read_entry(start.stream, entry) for entry in carried.unwritten]
        self._restored = not start.resumes
        self._heard = [self.rules.request.model_validate(request) for request in carried.heard]
        self._rests, self._aside = carried.aside, list[dict[str, JsonValue]]()

    async def live(self) -> None:
        """Write down, tell and watch until nothing more will happen by itself, or the run is long enough."""
        if self._start.resumes:
            self._state = self._read(await self._do(NeighbourActivities.standing, self._stream))
            self._restored = True
            await workflow.wait_condition(workflow.all_handlers_finished)
        await self._live(self._hear)

    # -- what is asked and told

    @workflow.update
    async def execute(self, request: dict[str, JsonValue]) -> NeighbourReceipt:
        """Record what a request says, all of it or nothing.

        Raises:
            ApplicationError: Refused; `type` is the code, `details` the problems, and whether somebody was first.
        """
        asked = self._asked(request)
        await workflow.wait_condition(lambda: self._restored)
        if (known := await self._forgotten(asked)) is not None:
            return NeighbourReceipt.of(self._stream, known)
        with self._handling(asked.language):
            decision = self._admitted(asked)
            if isinstance(decision, Accepted):
                self._take(decision)
        return NeighbourReceipt.of(self._stream, self._state.keys[asked.key])

    @execute.validator
    def _admit(self, request: dict[str, JsonValue]) -> None:
        """Refuse before anything is written to the history."""
        asked = self._asked(request)
        if self._restored and not self._may_be_forgotten(asked):
            with answering(asked.language):
                self._admitted(asked)

    @workflow.signal
    def tell(self, request: dict[str, JsonValue]) -> None:
        """Hear a fact, which can't be refused."""
        self._heard.append(self.rules.request.model_validate(request))

    @workflow.query
    def why_not(self, request: dict[str, JsonValue], now: datetime) -> list[Problem]:
        """Everything that would be refused now, without trying."""
        self._look()
        around = self._around(max(now, self._state.recorded_at or now))
        decision = decide(self.rules, self._state, self._asked(request), around)
        return list(decision.problems) if isinstance(decision, Rejected) else []

    @workflow.query
    def view(self, now: datetime) -> NeighbourView:
        """The neighbour as it stands."""
        self._look()
        around = self._around(max(now, self._state.recorded_at or now))
        return NeighbourView(
            stream=self._stream,
            state=self._dumped(),
            next_due=next_due(self.rules, self._state, around),
            at=around.now,
        )

    # -- what happens

    def _around(self, now: datetime) -> Around:
        return Around(self._policy, self._calendar, now)

    def _decide(self, request: Request[Any]) -> Accepted[Any] | Repeated | Rejected:
        return decide(self.rules, self._state, request, self._around(self._now()))

    def _admitted(self, request: Request[Any]) -> Accepted[Any] | Repeated:
        """What becomes of a request.

        Raises:
            ApplicationError: It is refused.
        """
        decision = self._decide(request)
        if isinstance(decision, Rejected):
            raise refusal(decision.problems, decision.conflict, request.language)
        return decision

    def _take(self, accepted: Accepted[Any]) -> None:
        """Let the state be that, and queue what follows from the change; or fail, and nothing has changed."""
        effects = follows(self.rules, self._state, accepted.state, accepted.entries)
        self._state = accepted.state
        self._unwritten += accepted.entries
        self._follow(effects)

    def _may_be_forgotten(self, request: Request[Any]) -> bool:
        return self._state.forgets and request.key not in self._state.keys

    async def _forgotten(self, request: Request[Any]) -> Answered | None:
        """What an old key became, that only the ledger remembers."""
        if not self._may_be_forgotten(request):
            return None
        known: Answered | None = await self._do(NeighbourActivities.answered, self._stream, request.key)
        if known is not None and known.hash != request.content_hash():
            problem = Problem(code="key_reused", params={"key": request.key})
            raise refusal([problem], conflict=True, language=request.language)
        return known

    # -- what the shell asks of it

    @property
    def _sequence(self) -> int:
        return self._state.sequence

    async def _hear(self) -> None:
        """Record what was told, in its order; what the rules fail over is put aside, and the run renewed.

        The run that fails over it must not be replayed with better rules, and the next one must not fail at once again:
        so that one leaves it alone, and the one after tries it.
        """
        while await self._comes(lambda: bool(self._heard)):
            request = self._heard[0]
            try:
                if await self._forgotten(request) is None:
                    decision = self._admitted(request)
                    if isinstance(decision, Accepted):
                        self._take(decision)
            except FailureError as refused:  # the same key with other content: our own mistake
                workflow.logger.error("A fact was refused: %s", refused)
            except Exception:
                workflow.logger.exception("A fact is put aside, since the rules fail over it")
                self._aside.append(_plain(request))
                self._renews = True
            self._heard.pop(0)

    async def _write(self) -> None:
        """Write the ledger and tell others, with everything that has gathered (design.md §6 rule 5)."""
        while await self._comes(lambda: not self._written()):
            entries, tells = tuple(self._unwritten), self._outbox.tells
            dumped, post = tuple(_plain(entry) for entry in entries), postable(self._outbox, self._now())
            batch = Batch(
                stream=self._stream,
                entries=dumped,
                tells=tells,
                living=self._begins(),
                post=post,
                policy=self._policy.digest(),
                known_until=self._calendar.known_until,
            )
            kept: Kept = await self._do(NeighbourActivities.keep, batch)
            del self._unwritten[: len(entries)]
            self._took_along(len(tells), post, kept.sent)
            self._policy = kept.policy or self._policy
            self._calendar = shared(kept.calendar or self._calendar)
            self._heard += [self.rules.request.model_validate(request) for request in kept.heard]
            if kept.refused:
                self._follow(self._unheard(kept.refused))

    def _written(self) -> bool:
        return not self._unwritten and self._told_all()

    def _over(self) -> bool:
        # One that was asked and has refused everything has never begun.
        return not (self._heard or self._rests or self._aside) and (
            not self._state.sequence or self.rules.ended(self._state)
        )

    async def _fall_due(self) -> None:
        self._take(fall_due(self.rules, self._state, self._around(self._now())))

    def _next_due(self) -> datetime | None:
        return next_due(self.rules, self._state, self._around(self._now()))

    def _details(self, due: datetime | None) -> str:
        told = f"next due: {due:%Y-%m-%d %H:%M} UTC" if due else "nothing due"
        return f"{self.rules.summary(self._state)}\n\n{told}"

    def _carried_on(self) -> NeighbourInput:
        carried = NeighbourCarried(
            state=self._dumped(),
            unwritten=tuple(_plain(entry) for entry in self._unwritten),
            heard=(*self._rests, *(_plain(request) for request in self._heard)),
            aside=tuple(self._aside),
            outbox=self._outbox,
        )
        changed = {"carried": carried, "policy": self._policy, "calendar": self._calendar, "resumes": False}
        return self._start.model_copy(update=changed)

    # -- forms

    def _asked(self, request: Any) -> Request[Any]:
        """Read a request; what can't be read is refused with its problems, as any refusal is."""
        try:
            return self.rules.request.model_validate(request)
        except ValidationError as error:
            raise refusal(problems_of(error)) from error

    def _read(self, carried: NeighbourCarried) -> NeighbourState:
        state: NeighbourState = self.rules.state.model_validate({**carried.state, "id": self._stream.id})
        return state

    def _dumped(self) -> dict[str, JsonValue]:
        return self._state.model_dump(mode="json", exclude_defaults=True)

    def _unheard(self, refused: tuple[Problem, ...]) -> Effects:
        """A message to the owner: the sale didn't take what it was told."""
        who = self.rules.addressed(self._state)
        message = Message(
            key=f"{self._stream}:{self._state.sequence}:sale_refused",
            stream=str(self._stream),
            opportunity=who.opportunity,
            title=who.title,
            account=who.account,
            kind="sale_refused",
            params={"problems": [problem.model_dump(mode="json") for problem in refused]},
            to=("owner",),
            owner=who.owner,
            deputy=who.deputy,
            collaborators=who.collaborators,
            at=self._now(),
        )
        return Effects(messages=(message,))


def _plain(model: BaseModel) -> dict[str, JsonValue]:
    return model.model_dump(mode="json", exclude_unset=True)

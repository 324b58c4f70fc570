"""The rules of a complaint: six steps in order, a superior where one is late or the proposal is refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import AwareDatetime

from stagemark.domain.agenda import working_span
from stagemark.domain.complaint.commands import ComplaintEntry, ComplaintRequest, Grievance, TakeStep
from stagemark.domain.complaint.policy import STEPS, StepId
from stagemark.domain.entries import Entry, Stream, TaskDue
from stagemark.domain.moments import Moment
from stagemark.domain.neighbour import Addressed, Around, Due, NeighbourState, Rules, Tell
from stagemark.domain.told import ComplaintClosed, ComplaintOpened, DisputeOver
from stagemark.errors import Problem

__all__ = ["COMPLAINT", "ComplaintState"]

_DISPUTES: Final = re.compile(r".+/.+/[0-9]+|[0-9a-f]{64}")
"""The ids of complaints that disputes open: sale, instalment, number; or the hash of them, where they are long."""


class ComplaintState(NeighbourState):
    """A complaint as it stands.

    Attributes:
        raised: What the customer complained of.
        owner: Who deals with it.
        life: Whether it is open.
        round: How often it has been opened, or a proposal refused: each round has its steps anew.
        step: The step that comes next; none: all are done.
        since: Since when that step waits.
        refused: Whether the customer has refused a proposal in this opening: a superior proposes.
        view: The customer's own view, in their words.
        accepted: Whether the customer accepts the proposal.
    """

    raised: Grievance | None = None
    owner: str = ""
    life: Literal["open", "closed"] = "open"
    round: int = 1
    step: StepId | None = "listen"
    since: AwareDatetime | None = None
    refused: bool = False
    view: str = ""
    accepted: bool = False

    @property
    def cause(self) -> str:
        """Names the wait for the present step by its owner: a new one is told of it as well."""
        return f"{self.round}:{self.step}:{self.owner}"


class ComplaintRules(Rules[ComplaintState]):
    """See module."""

    stream = "complaint"
    state = ComplaintState
    request = ComplaintRequest
    entry = ComplaintEntry
    openings = frozenset({"raise", "disputed"})
    undeniable = frozenset({"disputed"})

    def refuse(self, state: ComplaintState, command: Any, observed: Moment, around: Around) -> Iterator[Problem]:
        """See base class."""
        if command.kind == "raise":
            if state.raised is not None:
                yield Problem(code="complaint_already_raised", params={"id": state.id})
            elif _DISPUTES.fullmatch(state.id):  # a dispute that came later would find its complaint taken
                yield Problem(code="complaint_id_of_dispute", params={"id": state.id})
            return
        if command.kind == "open_again":
            if state.life == "open":
                yield Problem(code="complaint_open", params={"id": state.id})
            return
        if state.life == "closed":
            yield Problem(code="complaint_closed", params={"id": state.id})
        elif command.kind == "answer_task":  # it would stop the clock of a step that nobody has taken
            yield Problem(code="complaint_task_is_step", params={"id": state.id, "turn": state.step})
        elif command.kind == "hand_over" and command.owner == state.owner:
            yield Problem(code="complaint_has_owner", params={"id": state.id, "owner": state.owner})
        elif command.kind == "take_step":
            if state.step is None:
                yield Problem(code="complaint_all_done", params={"id": state.id})
            elif command.step != state.step:
                yield Problem(code="complaint_step_out_of_turn", params={"taken": command.step, "turn": state.step})
            elif command.step == "propose" and state.refused and command.approved_by is None:
                yield Problem(code="complaint_needs_superior", params={"id": state.id})
            if (command.accepted is None) is (command.step == "ask"):
                yield Problem(code="complaint_accepted_with_ask", params={"taken": command.step})
        elif command.kind == "close" and state.step is not None:
            left = list(STEPS[STEPS.index(state.step) :])
            yield Problem(code="complaint_not_done", params={"left": left, "turn": state.step})

    def happen(self, state: ComplaintState, entry: Entry[Any]) -> ComplaintState:
        """See base class."""
        fact, at = entry.fact, entry.recorded_at
        match fact.kind:
            case "raise" | "disputed" if state.raised is None:
                raised = Grievance(**{name: getattr(fact, name) for name in Grievance.model_fields})
                changed = {"raised": raised, "owner": fact.owner, "since": at}
            case (
                "disputed"
            ):  # told of what it knows already: its end is told to that instalment; if closed it comes back
                about = {"opportunity": fact.opportunity, "instalment": fact.instalment}
                known = {"raised": state.raised.model_copy(update=about)} if state.raised else {}
                changed = known | (_again(state, at) if state.life == "closed" else {})
            case "take_step":
                changed = {**_after(state, fact), "since": at}
            case "close":
                changed = {"life": "closed"}
            case "open_again":
                changed = _again(state, at)
            case "hand_over":
                changed = {"owner": fact.owner}
            case _:
                changed = {}
        return state.but(**changed)  # type: ignore[no-any-return]  # `but` gives the same class

    def agenda(self, state: ComplaintState, around: Around) -> Iterable[Due]:
        """The step that comes next: at once, and to be done in its time."""
        if state.life == "closed" or state.step is None or state.since is None or state.raised is None:
            return
        rule = around.policy.complaint.steps[state.step]
        superior = state.refused and state.step == "propose"
        within = working_span(rule.within, around.calendar)
        yield Due(
            state.since,
            TaskDue(
                task="complaint_propose_anew" if superior else f"complaint_{state.step}",
                id=state.cause,
                cause=state.cause,
                params={"complaint": state.id, "said": state.raised.text[:200], "round": state.round},
                to=around.policy.complaint.refused_to if superior else rule.to,
                due_at=state.since,
                answer_by=around.calendar.advance(state.since, within),
                escalates_to=rule.late_to,
                urgent=True,  # domain.md §7: complaints come at once
            ),
        )

    def standing(self, state: ComplaintState) -> Collection[str]:
        """See base class."""
        return () if state.life == "closed" or state.step is None else (state.cause,)

    def addressed(self, state: ComplaintState) -> Addressed:
        """See base class."""
        raised = state.raised
        if raised is None:
            return Addressed(owner=state.owner)
        return Addressed(
            owner=state.owner, opportunity=raised.opportunity or "", account=raised.account, title=raised.title
        )

    def ended(self, state: ComplaintState) -> bool:
        """See base class."""
        return state.life == "closed"

    def tells(self, before: ComplaintState, after: ComplaintState, news: Sequence[Entry[Any]]) -> Iterator[Tell]:
        """The account, whose prompts and referral requests hold meanwhile; the collection, of a dispute settled."""
        if after.raised is None or (before.sequence and before.life == after.life):
            return
        key = f"complaint:{after.id}:{after.sequence}"
        account = Stream(stream="account", id=after.raised.account)
        opened = after.life == "open"
        yield Tell.of(account, key, (ComplaintOpened if opened else ComplaintClosed)(complaint=after.id))
        if not opened and after.raised.opportunity and after.raised.instalment:
            collection = Stream(stream="collection", id=after.raised.opportunity)
            yield Tell.of(collection, key, DisputeOver(instalment=after.raised.instalment, complaint=after.id))

    def summary(self, state: ComplaintState) -> str:
        """See base class."""
        return f"**{state.life}**, owner {state.owner}, round {state.round}, next step: {state.step or 'none'}"


def _again(state: ComplaintState, at: datetime) -> dict[str, Any]:
    """Open again: all steps anew."""
    return {
        "life": "open", "round": state.round + 1, "step": STEPS[0], "since": at, "refused": False, "view": "",
        "accepted": False,
    }  # fmt: skip


def _after(state: ComplaintState, taken: TakeStep) -> dict[str, Any]:
    """What comes after a step: the next one, or a new proposal where the customer has refused the last."""
    if taken.step == "ask" and not taken.accepted:
        return {"step": "propose", "refused": True, "view": taken.text, "accepted": False, "round": state.round + 1}
    place = STEPS.index(taken.step) + 1
    changed: dict[str, Any] = {"step": STEPS[place] if place < len(STEPS) else None}
    if taken.step == "ask":
        changed |= {"view": taken.text, "accepted": True}
    return changed


COMPLAINT = ComplaintRules()

"""The rules of a collection: each instalment ages on its own, is collected ever harder, and stops when it is paid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from stagemark.domain.collection.agenda import agenda, standing
from stagemark.domain.collection.commands import CollectionEntry, CollectionRequest
from stagemark.domain.collection.happening import happen
from stagemark.domain.collection.refusals import refuse
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.collection.telling import tells
from stagemark.domain.entries import Entry
from stagemark.domain.moments import Moment
from stagemark.domain.neighbour import Addressed, Around, Due, Rules
from stagemark.domain.told import Tell
from stagemark.errors import Problem

__all__ = ["COLLECTION"]

_FACTS = frozenset(
    {
        "signed", "unsigned", "handed_over", "money_placed", "money_recalled", "money_reversed", "dispute_over",
        "exempted",
    }
)  # fmt: skip


class CollectionRules(Rules[CollectionState]):
    """See module. Money that comes before its contract goes back to the account, so every fact may be the first."""

    stream = "collection"
    state = CollectionState
    request = CollectionRequest
    entry = CollectionEntry
    openings = _FACTS
    undeniable = _FACTS

    def refuse(self, state: CollectionState, command: Any, observed: Moment, around: Around) -> Iterable[Problem]:
        """See base class."""
        return refuse(state, command, around.day_of(observed), around)

    def happen(self, state: CollectionState, entry: Entry[Any]) -> CollectionState:
        """See base class."""
        return happen(state, entry)

    def agenda(self, state: CollectionState, around: Around) -> Iterable[Due]:
        """See base class."""
        return agenda(state, around)

    def standing(self, state: CollectionState) -> Collection[str]:
        """See base class."""
        return standing(state)

    def addressed(self, state: CollectionState) -> Addressed:
        """See base class."""
        signed = state.signed
        return Addressed(
            owner=state.owner, deputy=state.deputy, collaborators=state.collaborators, opportunity=state.id,
            account=signed.account if signed else "", title=signed.title if signed else "",
        )  # fmt: skip

    def ended(self, state: CollectionState) -> bool:
        """All is settled, written off or void, and nothing is left to do; a payment taken back begins it again."""
        late_or_reached = all(one.reached or one.told or not one.planned for one in state.milestones.values())
        asked_for = not state.accepted and state.waiting_for("acceptance")
        open_ = any(state.owed) or state.tasks or state.threat or state.stopped or asked_for or not late_or_reached
        return not state.running or not open_

    def tells(self, before: CollectionState, after: CollectionState, news: Sequence[Entry[Any]]) -> Iterable[Tell]:
        """See base class."""
        return tells(before, after, news)

    def summary(self, state: CollectionState) -> str:
        """See base class."""
        lines = [
            f"- {one.id}: {one.outstanding} of {one.amount} {state.currency}, due {one.due or 'not known yet'}"
            + (f", **{one.by}**" if one.overdue else "")
            + (", paused" if one.paused else "")
            for one in state.receivables.values()
        ]
        return "\n".join(lines) or "no contract"


COLLECTION = CollectionRules()

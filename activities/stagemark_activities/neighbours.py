"""Activities of neighbours: their ledgers, and what they tell each other."""

from __future__ import annotations

from temporalio import activity

from stagemark.contracts.messages import Sent
from stagemark.contracts.neighbours import Batch, Kept, NeighbourCarried
from stagemark.domain.entries import Stream
from stagemark.domain.neighbour import Answered
from stagemark.domain.neighbours import read_entry
from stagemark.ports import Books, Calendars, Policies
from stagemark_activities.posting import Posting
from stagemark_activities.suggesting import Suggesting
from stagemark_activities.telling import Telling

__all__ = ["NeighbourActivities"]


class NeighbourActivities:
    """What a neighbour's run writes, reads and tells. Each may run any number of times (design.md §6 rule 6)."""

    def __init__(
        self,
        books: Books,
        policies: Policies,
        calendars: Calendars,
        telling: Telling,
        posting: Posting,
        suggesting: Suggesting | None = None,
    ) -> None:
        """Stand on the ports."""
        self._books = books
        self._policies = policies
        self._calendars = calendars
        self._telling = telling
        self._posting = posting
        self._suggesting = suggesting

    @activity.defn(name="stagemark.keep")
    async def keep(self, batch: Batch) -> Kept:
        """Write entries, then tell others and people: nobody hears of what the ledger doesn't know."""
        entries = [read_entry(batch.stream, entry) for entry in batch.entries]
        if entries:
            await self._books.append(batch.stream, entries)
        refused = [problem for tell in batch.tells for problem in await self._telling.tell(tell, batch.living)]
        sent = await self._posting.post(batch.post) if batch.post is not None else Sent()
        policy = await self._policies.policy()
        calendar = await self._calendars.calendar(policy.calendar)
        kinds = [entry.kind for entry in entries]
        return Kept(
            sent=sent,
            refused=tuple(refused),
            policy=policy if policy.digest() != batch.policy else None,
            calendar=calendar if calendar.known_until > batch.known_until else None,
            heard=await self._suggesting.heard(batch.stream, kinds, policy) if self._suggesting else (),
        )

    @activity.defn(name="stagemark.standing")
    async def standing(self, stream: Stream) -> NeighbourCarried:
        """How a neighbour stands that goes on, by its ledger."""
        state = await self._books.state(stream)
        return NeighbourCarried(state=state.model_dump(mode="json", exclude_defaults=True) if state else {})

    @activity.defn(name="stagemark.answered")
    async def answered(self, stream: Stream, key: str) -> Answered | None:
        """What an old key became, which the run itself has forgotten."""
        return await self._books.answered(stream, key)

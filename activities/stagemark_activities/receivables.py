"""The activities that give every supervisor the receivables table of their people (domain.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from temporalio import activity

from stagemark.contracts.messages import Sending
from stagemark.contracts.receivables import Posted
from stagemark.contracts.rounds import Round
from stagemark.domain.collection.receivables import Owing, below, owing, table_of
from stagemark.ports import Collections, Directory, Message, Person, Policies
from stagemark_activities.posting import Posting

__all__ = ["ReceivablesActivities"]


class ReceivablesActivities:
    """What the weekly table needs. A repeat tells nobody twice: a table has a key for its day and reader."""

    def __init__(self, collections: Collections, directory: Directory, policies: Policies, posting: Posting) -> None:
        """Stand on the ports; what is told goes the way of all messages."""
        self._collections = collections
        self._directory = directory
        self._policies = policies
        self._posting = posting

    @activity.defn(name="stagemark.receivables_rounds")
    async def rounds(self, now: datetime) -> list[Round]:
        """When each zone of a supervisor has the morning of the table: the first from `now` on, the earliest first."""
        weekly = (await self._policies.policy()).collection.table
        found = []
        for zone in sorted({person.zone for person in _supervisors(await self._directory.people())}):
            here = ZoneInfo(zone)
            today = now.astimezone(here).date()
            day = today + timedelta(days=(weekly.weekday - today.isoweekday()) % 7)
            found.append(Round(zone=zone, day=day, at=datetime.combine(day, weekly.at, here).astimezone(UTC)))
        return sorted(found, key=lambda one: one.at)

    @activity.defn(name="stagemark.receivables_post")
    async def post(self, round_: Round) -> Posted:
        """Post the table of that day to each supervisor of the zone whose people have receivables.

        An empty table each week would be noise: supervisors get exceptions (domain.md §7).
        """
        policy = (await self._policies.policy()).collection
        customers = await self._collections.customers()
        rows = owing(await self._collections.running(), policy, round_.day, customers)
        everybody = await self._directory.people()
        reports = {person.id: person.supervisor for person in everybody}
        messages = []
        for supervisor in _supervisors(everybody):
            theirs = below(supervisor.id, reports)
            if supervisor.zone == round_.zone and (own := [row for row in rows if row.owner in theirs]):
                messages.append(_message(supervisor, own, round_))
        sent = await self._posting.send(Sending(messages=tuple(messages), at=round_.at))
        return Posted(told=len(messages), again=min(sent.not_before.values(), default=None))


def _supervisors(everybody: Iterable[Person]) -> list[Person]:
    people = list(everybody)
    named = {person.supervisor for person in people}
    return [person for person in people if person.id in named]


def _message(supervisor: Person, rows: Sequence[Owing], round_: Round) -> Message:
    overdue = [row for row in rows if row.age is not None]
    return Message(
        key=f"receivables:{round_.day}:{supervisor.id}",
        opportunity="",
        kind="receivables",
        params={
            "on": round_.day.isoformat(),
            "count": len(rows),
            "overdue": len(overdue),
            "table": table_of(rows, supervisor.language),
        },
        to=("owner",),
        owner=supervisor.id,
        at=round_.at,
    )

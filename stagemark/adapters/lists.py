"""What managers and platforms ask over all sales: rows of the tables, no run is asked (design.md §6 rule 11)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Table

from stagemark.domain.collection.receivables import Owing, owing
from stagemark.domain.contract import MILESTONES
from stagemark.errors import NotFound
from stagemark.ports import Calendars, Collections, Policies
from stagemark.readmodel.growth import Descendant, Referrer, descendants, referral_centres
from stagemark.readmodel.reading import rows
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.account import account_payments, accounts
from stagemark.readmodel.tables.aftercare import follow_ups, prompts
from stagemark.readmodel.tables.collection import disputes, instalments, milestones, promises
from stagemark.readmodel.tables.common import neighbours, tasks
from stagemark.readmodel.tables.complaint import complaints

__all__ = ["Row", "SqlLists"]

_OURS = ("namespace", "stream")
Row = dict[str, Any]
"""By the names of the columns; `id` is the sale's, the account's or the complaint's. Amounts are decimal text."""


class SqlLists:
    """Lists, as the commands `… list` show them. What is recorded stands in them as soon as the ledger has it."""

    def __init__(
        self,
        store: Store,
        collections: Collections,
        policies: Policies,
        calendars: Calendars,
        present: Callable[[], Awaitable[datetime]],
    ) -> None:
        """Read from a store; `present` tells its clock."""
        self._store, self._collections = store, collections
        self._policies, self._calendars, self._present = policies, calendars, present

    async def today(self) -> date:
        """The local date in the company's calendar, in the present of this ledger."""
        calendar = await self._calendars.calendar((await self._policies.policy()).calendar)
        return calendar.local_date(await self._present())

    # -- credit and money

    async def accounts(self, *, group: str | None = None, owner: str | None = None, owing: bool = False) -> list[Row]:
        """Accounts with their credit, what they owe, and money that waits; only those that owe something, if asked."""
        found = await self._rows(accounts, *_given(accounts, group=group, owner=owner))
        return [row for row in found if row["exposure"] or not owing]

    async def payments(self, account: str | None = None, *, everything: bool = False) -> list[Row]:
        """Money that waits at accounts; or every payment that came in, and where it is."""
        found = await self._rows(account_payments, *_given(account_payments, id=account))
        kept = [row for row in found if everything or Decimal(row["waiting"])]
        return sorted(kept, key=lambda row: (row["id"], row["on"], row["payment"]))

    async def receivables(self, on: date | None = None, *, account: str | None = None) -> list[Owing]:
        """What is owed, of one account or of all, the oldest first: as it stands, or stood at the end of a day."""
        policy, called = (await self._policies.policy()).collection, await self._collections.customers()
        found = owing(await self._collections.running(on), policy, on or await self.today(), called)
        return [one for one in found if account in (None, one.account)]

    async def instalments(self, sale: str | None = None, *, everything: bool = False) -> list[Row]:
        """Instalments of which something is owed; or every one."""
        wanted = () if everything else (instalments.c.became == "open",)
        found = await self._rows(instalments, *_given(instalments, id=sale), *wanted)
        return sorted(found, key=lambda row: (row["id"], row["position"]))

    async def outcomes(self, sale: str | None = None) -> list[Row]:
        """Instalments that are settled: collected or written off, when, and by which step; the first settled first."""
        found = await self._rows(instalments, *_given(instalments, id=sale), instalments.c.settled.is_not(None))
        return sorted(found, key=lambda row: (row["settled"], row["id"], row["position"]))

    async def promises(self, sale: str | None = None, *, everything: bool = False) -> list[Row]:
        """Promises to pay that hold; or every one, and what became of it."""
        wanted = () if everything else (promises.c.outcome == "open",)
        found = await self._rows(promises, *_given(promises, id=sale), *wanted)
        return sorted(found, key=lambda row: (row["until"], row["id"], row["instalment"]))

    async def disputes(self, sale: str | None = None, *, everything: bool = False) -> list[Row]:
        """Disputes that hold, and the complaint of each; or every one."""
        wanted = () if everything else (disputes.c.over.is_(None),)
        found = await self._rows(disputes, *_given(disputes, id=sale), *wanted)
        return sorted(found, key=lambda row: (row["on"], row["id"], row["instalment"]))

    async def milestones(self, sale: str | None = None) -> list[Row]:
        """What is to be delivered when, what has been, and by how many days it is `late`; none: it is not."""
        today = await self.today()
        found = await self._rows(milestones, *_given(milestones, id=sale))
        late = [{**row, "late": _late(row["planned"], row["reached"] or today)} for row in found]
        return sorted(late, key=lambda row: (row["id"], MILESTONES.index(row["milestone"])))

    # -- aftercare and growth

    async def follow_ups(self, sale: str | None = None, *, everything: bool = False) -> list[Row]:
        """Contacts and other tasks that are planned, due or missed; or every one, with its outcome."""
        wanted = () if everything else (follow_ups.c.status.in_(["planned", "open", "missed"]),)
        found = await self._rows(follow_ups, *_given(follow_ups, id=sale), *wanted)
        return sorted(found, key=lambda row: (row["day"], row["id"], row["item"]))

    async def prompts(self, sale: str | None = None) -> list[Row]:
        """Prompts that were made, and what became of them."""
        return await self._rows(prompts, *_given(prompts, id=sale))

    async def referral_centres(self, account: str | None = None) -> list[Referrer]:
        """Who can refer us, the best first: by the four signs, then by names given."""
        namespace = self._store.namespace
        found = await self._store.read(lambda connection: referral_centres(connection, namespace, account))
        return list(found)

    async def referral_chain(self, sale: str) -> list[Descendant]:
        """The sale, and those that came from it, directly or through others."""
        namespace = self._store.namespace
        return list(await self._store.read(lambda connection: descendants(connection, namespace, sale)))

    async def complaints(
        self, account: str | None = None, *, complaint: str | None = None, everything: bool = False
    ) -> list[Row]:
        """Open complaints; or every one. `answer_by` tells until when the next step has to be taken."""
        wanted = () if everything else (complaints.c.life == "open",)
        found = await self._rows(complaints, *_given(complaints, account=account, id=complaint), *wanted)
        waiting = await self._rows(tasks, tasks.c.stream == "complaint", tasks.c.status == "open")
        until = {row["id"]: row["answer_by"] for row in waiting}
        return [{**row, "answer_by": until.get(row["id"])} for row in found]

    # -- whether there is such a one

    async def look_for(self, *, sale: str | None = None, account: str | None = None) -> None:
        """Look whether a sale, an account is known, since the empty list of an unknown one would look like an answer.

        Raises:
            NotFound: `unknown_opportunity`, `account_unknown`.
        """
        if sale is not None and not await self._rows(opportunities, opportunities.c.opportunity == sale):
            raise NotFound.of("unknown_opportunity", opportunity=sale)
        if account is not None:
            sales = await self._rows(opportunities, opportunities.c.account == account)
            if not sales and not await self._rows(neighbours, neighbours.c.account == account):
                raise NotFound.of("account_unknown", id=account)

    async def _rows(self, table: Table, *where: ColumnElement[bool]) -> list[Row]:
        namespace = self._store.namespace
        found = await self._store.read(lambda connection: rows(connection, table, namespace, *where))
        return [{name: value for name, value in row.items() if name not in _OURS} for row in found]


def _given(table: Table, **columns: str | None) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in columns.items() if value is not None]


def _late(planned: date | None, by: date) -> int | None:
    return max(0, (by - planned).days) or None if planned else None

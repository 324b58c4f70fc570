"""The ledger in SQL (design.md §3, §6 rule 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from stagemark.domain.events import Event
from stagemark.domain.playbook import Playbook
from stagemark.readmodel.reading import histories
from stagemark.readmodel.schema import playbooks
from stagemark.readmodel.store import Store
from stagemark.readmodel.writing import Writer

__all__ = ["SqlLedger"]

GATHERING = 0.015
"""Seconds for which SQLite's writer lets appends gather: what is recorded in quick succession costs one write, and the
end of one marker's write does not come in the way of the next marker. Nobody waits for it: a receipt does not."""
GATHERING_BUSY = 0.085
"""It gathers for so many seconds more if several came in that time."""


class _Asked(NamedTuple):
    """An append that waits to be written, and who is told when it is."""

    opportunity: str
    events: Sequence[Event]
    done: asyncio.Future[None]


class SqlLedger:
    """The port `Ledger` on a store, with what imports and reports need besides."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store
        self._writer = Writer(store.namespace)
        self._kept: set[str] = set()
        self._waiting: list[_Asked] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, opportunity: str, events: Sequence[Event]) -> None:
        """Keep events and rewrite what derives from them; any order and any number of repeats converge.

        Raises:
            Unavailable: `ledger_conflict`, `ledger_broken`, `playbook_not_kept`, or the store's (`Store.write`).
        """
        if not self._store.sqlite:
            await self._append(opportunity, events)
            return
        # SQLite has one writer: what has gathered is written together, with one flush to the disk.
        asked = _Asked(opportunity, events, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        await asked.done

    async def _write_waiting(self) -> None:
        while self._waiting:
            await self._gathered()
            group, self._waiting = self._waiting, []
            batches: dict[str, list[Event]] = {}
            for asked in group:
                batches.setdefault(asked.opportunity, []).extend(asked.events)
            problems: list[BaseException | None] = [None] * len(group)
            try:
                await self.append_many(batches)
            except Exception as problem:  # whatever it is, who asked must be told
                problems = [problem]
                if len(group) > 1:  # one sale's fault is not the others': each by itself
                    one_by_one = (self._append(asked.opportunity, asked.events) for asked in group)
                    problems = await asyncio.gather(*one_by_one, return_exceptions=True)
            for asked, failed in zip(group, problems, strict=True):
                if asked.done.done():  # who asked has gone
                    continue
                if failed is None:
                    asked.done.set_result(None)
                else:
                    asked.done.set_exception(failed)

    async def _gathered(self) -> None:
        """Let come who comes: the busier it is, the more a common write saves."""
        if len(self._waiting) == 1 and len(self._waiting[0].events) > 1:
            return  # its sale has gathered them while the last write was under way
        await asyncio.sleep(GATHERING)
        if len(self._waiting) > 1:
            await asyncio.sleep(GATHERING_BUSY)

    async def _append(self, opportunity: str, events: Sequence[Event]) -> None:
        await self._store.write(lambda connection: self._writer.write(connection, {opportunity: events}), opportunity)

    async def append_many(self, batches: Mapping[str, Sequence[Event]]) -> None:
        """As `append`, for thousands of sales in one transaction: all of them or none.

        Raises:
            Unavailable: As `append`.
        """
        await self._store.write(lambda connection: self._writer.write(connection, batches))

    async def events(self, opportunity: str) -> list[Event]:
        """All events of a sale by sequence, up to the first hole; empty if there is no such sale."""
        return (await self.all_events([opportunity])).get(opportunity, [])

    async def all_events(self, opportunities: Iterable[str] | None = None) -> dict[str, list[Event]]:
        """The events of each sale, all of one state of the database; sales in order of their ids.

        Args:
            opportunities: Of these sales; `None` for all.
        """
        return await self._store.read(lambda c: dict(histories(c, self._store.namespace, opportunities)))

    async def rebuild(self) -> int:
        """Write all that derives from the ledger anew; nobody sees it half-done.

        Returns:
            How many sales there are.
        """
        return await self._store.write(self._writer.rebuild)

    async def keep_playbook(self, whole: Playbook) -> None:
        """Keep a whole playbook under its hash, once."""
        digest = whole.digest()
        if digest in self._kept:
            return
        row = {"namespace": self._store.namespace, "hash": digest, "id": whole.id, "version": whole.version}

        def work(connection: Connection) -> None:
            if self._whole(connection, digest) is None:
                connection.execute(insert(playbooks), [row | {"whole": whole.model_dump_json()}])

        await self._store.write(work)
        self._kept.add(digest)

    async def playbook(self, digest: str) -> Playbook | None:
        """The whole playbook of that hash."""
        whole = await self._store.read(lambda connection: self._whole(connection, digest))
        return Playbook.model_validate_json(whole) if whole is not None else None

    def _whole(self, connection: Connection, digest: str) -> str | None:
        query = select(playbooks.c.whole).where(
            playbooks.c.namespace == self._store.namespace, playbooks.c.hash == digest
        )
        return connection.execute(query).scalar_one_or_none()

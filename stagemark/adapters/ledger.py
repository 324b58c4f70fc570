"""The ledger in SQL (design.md §3, §6 rule 6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from sqlalchemy import insert, select

from stagemark.domain.events import Event
from stagemark.domain.playbook import Playbook
from stagemark.readmodel.reading import histories
from stagemark.readmodel.schema import playbooks
from stagemark.readmodel.store import Store
from stagemark.readmodel.writing import Writer

__all__ = ["SqlLedger"]


class SqlLedger:
    """The port `Ledger` on a store, with what imports and reports need besides."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store
        self._writer = Writer(store.namespace)
        self._kept: set[str] = set()

    async def append(self, opportunity: str, events: Sequence[Event]) -> None:
        """Keep events and rewrite what derives from them; any order and any number of repeats converge.

        Raises:
            Unavailable: `ledger_conflict`, `ledger_broken`, `playbook_not_kept`, or the store's (`Store.write`).
        """
        async with self._store.write(opportunity) as connection:
            await self._writer.write(connection, {opportunity: events})

    async def append_many(self, batches: Mapping[str, Sequence[Event]]) -> None:
        """As `append`, for thousands of sales in one transaction: all of them or none.

        Raises:
            Unavailable: As `append`.
        """
        async with self._store.write() as connection:
            await self._writer.write(connection, batches)

    async def events(self, opportunity: str) -> list[Event]:
        """All events of a sale by sequence, up to the first hole; empty if there is no such sale."""
        return [event async for _, events in self.all_events([opportunity]) for event in events]

    async def all_events(self, opportunities: Iterable[str] | None = None) -> AsyncIterator[tuple[str, list[Event]]]:
        """The events of each sale, a few hundred sales at a time; all of one state of the database.

        Args:
            opportunities: Of these sales; `None` for all.
        """
        async with self._store.read() as connection:
            async for sale in histories(connection, self._store.namespace, opportunities):
                yield sale

    async def rebuild(self) -> int:
        """Write all that derives from the ledger anew; nobody sees it half-done.

        Returns:
            How many sales there are.
        """
        async with self._store.write() as connection:
            return await self._writer.rebuild(connection)

    async def keep_playbook(self, whole: Playbook) -> None:
        """Keep a whole playbook under its hash, once."""
        digest = whole.digest()
        if digest in self._kept:
            return
        row = {"namespace": self._store.namespace, "hash": digest, "id": whole.id, "version": whole.version}
        async with self._store.write() as connection:
            kept = select(playbooks.c.hash).where(
                playbooks.c.namespace == self._store.namespace, playbooks.c.hash == digest
            )
            if (await connection.execute(kept)).first() is None:
                await connection.execute(insert(playbooks), [row | {"whole": whole.model_dump_json()}])
        self._kept.add(digest)

    async def playbook(self, digest: str) -> Playbook | None:
        """The whole playbook of that hash."""
        async with self._store.read() as connection:
            query = select(playbooks.c.whole).where(
                playbooks.c.namespace == self._store.namespace, playbooks.c.hash == digest
            )
            whole = (await connection.execute(query)).scalar_one_or_none()
        return Playbook.model_validate_json(whole) if whole is not None else None

"""The ledgers of neighbours in SQL (the port `Books`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stagemark.domain.entries import Entry, Stream
from stagemark.domain.neighbour import Answered, NeighbourState
from stagemark.readmodel import books
from stagemark.readmodel.store import Store

__all__ = ["SqlBooks"]


class SqlBooks:
    """The port `Books` on a store."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def append(self, stream: Stream, entries: Sequence[Entry[Any]]) -> None:
        """Keep entries and rewrite what derives from them.

        Raises:
            Unavailable: `ledger_conflict`, `ledger_broken`, or the store's (`Store.write`).
        """
        namespace = self._store.namespace
        await self._store.write(lambda connection: books.write(connection, namespace, stream, entries), str(stream))

    async def state(self, stream: Stream) -> NeighbourState | None:
        """The neighbour as its entries tell; none if it has none."""
        namespace = self._store.namespace
        return await self._store.read(lambda connection: books.stored_state(connection, namespace, stream))

    async def answered(self, stream: Stream, key: str) -> Answered | None:
        """What a key became; none if it is new."""
        namespace = self._store.namespace
        return await self._store.read(lambda connection: books.answered(connection, namespace, stream, key))

    async def rebuild(self) -> int:
        """Write all that derives from the entries anew; nobody sees it half-done.

        Returns:
            How many neighbours there are.
        """
        namespace = self._store.namespace
        return await self._store.write(lambda connection: books.rebuild(connection, namespace))

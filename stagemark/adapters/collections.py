"""The collections of a company in SQL (the port `Collections`)."""

from __future__ import annotations

from datetime import date

from stagemark.domain.collection.state import CollectionState
from stagemark.readmodel.receivables import collections, customers
from stagemark.readmodel.store import Store

__all__ = ["SqlCollections"]


class SqlCollections:
    """The port `Collections` on a store."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def running(self, on: date | None = None) -> list[CollectionState]:
        """All collections with a contract, as they stand, or stood at the end of a day."""
        namespace = self._store.namespace
        return await self._store.read(lambda connection: collections(connection, namespace, on))

    async def customers(self) -> dict[str, str]:
        """What customers are called, by account."""
        return await self._store.read(lambda connection: customers(connection, self._store.namespace))

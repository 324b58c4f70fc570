"""Whom we have, and who belongs together, out of SQL (the port `Customers`)."""

from __future__ import annotations

from stagemark.domain.catalogue import Customer
from stagemark.readmodel import growth
from stagemark.readmodel.store import Store

__all__ = ["SqlCustomers"]


class SqlCustomers:
    """The port `Customers` on a store."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def known(self, name: str) -> str | None:
        """See `ports.Customers`."""
        return await self._store.read(lambda connection: growth.customer_named(connection, self._store.namespace, name))

    async def customer(self, account: str) -> Customer:
        """See `ports.Customers`."""
        return await self._store.read(lambda connection: growth.customer(connection, self._store.namespace, account))

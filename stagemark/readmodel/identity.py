"""Which ledger this is: an id made once, by which who is on another one is found out (decision 0049)."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection, insert, select

from stagemark.readmodel.schema import ledgers
from stagemark.readmodel.store import Store

__all__ = ["identity", "known_identity"]


async def identity(store: Store) -> str:
    """The id of the namespace's ledger; made if it has none yet. A copy of the database is the same ledger.

    Raises:
        Unavailable: As `Store.write`.
    """

    def work(connection: Connection) -> str:
        if (known := _known(connection, store.namespace)) is not None:  # another was faster
            return known
        made = uuid4().hex
        connection.execute(insert(ledgers), [{"namespace": store.namespace, "id": made}])
        return made

    known = await known_identity(store)
    return known if known is not None else await store.write(work)


async def known_identity(store: Store) -> str | None:
    """The id of the namespace's ledger; none if no worker ever wrote to it.

    Raises:
        Unavailable: As `Store.read`.
    """
    return await store.read(lambda connection: _known(connection, store.namespace))


def _known(connection: Connection, namespace: str) -> str | None:
    found: str | None = connection.scalar(select(ledgers.c.id).where(ledgers.c.namespace == namespace))
    return found

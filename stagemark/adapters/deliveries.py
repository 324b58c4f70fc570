"""What was carried beyond the inbox, where, and what became of it, in SQL. Of a channel only its name is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Connection, RowMapping, and_, insert, select, update

from stagemark.errors import Problem
from stagemark.readmodel.schema import deliveries
from stagemark.readmodel.store import Store

__all__ = ["Delivery", "SqlDeliveries", "Status"]

Status = Literal["waiting", "sent", "refused", "given_up", "withdrawn"]


class Delivery(BaseModel):
    """One message on its way to one person by one channel.

    Attributes:
        key: Of the message, or of the digest.
        recipient: Whose.
        channel: The name of the channel.
        status: `waiting` for the next try; `sent`; `refused` for good; `given_up` after the last try; `withdrawn`,
            since its cause was gone.
        tries: How often it was tried.
        first_at: When first.
        last_at: When last.
        next_at: When it is tried again.
        problem: What kept it from arriving.
    """

    key: str
    recipient: str
    channel: str
    status: Status
    tries: int
    first_at: datetime
    last_at: datetime
    next_at: datetime | None = None
    problem: Problem | None = None


class SqlDeliveries:
    """The table of deliveries."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def of(self, key: str, recipient: str) -> dict[str, Delivery]:
        """What is known of one message to one person, by channel."""
        theirs = (deliveries.c.key == key, deliveries.c.recipient == recipient)
        return {found.channel: found for found in await self._found(*theirs)}

    async def all(self, recipient: str | None = None, status: Status | None = None, most: int = 200) -> list[Delivery]:
        """The newest deliveries, the newest first."""
        chosen = [deliveries.c.recipient == recipient] if recipient else []
        chosen += [deliveries.c.status == status] if status else []
        return await self._found(*chosen, most=most)

    async def keep(self, delivery: Delivery) -> None:
        """Keep what became of one; what was sent or withdrawn meanwhile stays so."""
        key = self._key(delivery)
        values = {
            "status": delivery.status,
            "tries": delivery.tries,
            "first_at": delivery.first_at,
            "last_at": delivery.last_at,
            "next_at": delivery.next_at,
            "code": delivery.problem.code if delivery.problem else "",
            "params": delivery.problem.params if delivery.problem else {},
        }
        this = and_(*(deliveries.c[name] == value for name, value in key.items()))

        def work(connection: Connection) -> None:
            known = connection.execute(select(deliveries.c.status).where(this)).scalar()
            if known is None:
                connection.execute(insert(deliveries), [key | values])
            elif known != "sent":
                connection.execute(update(deliveries).where(this).values(values))

        await self._store.write(work, delivery.recipient)

    async def withdraw(self, key: str) -> None:
        """Carry a message no more; what was sent stays sent."""
        this = (deliveries.c.namespace == self._store.namespace, deliveries.c.key == key)
        waiting = update(deliveries).where(*this, deliveries.c.status == "waiting")
        changed = waiting.values(status="withdrawn", next_at=None)
        await self._store.write(lambda connection: connection.execute(changed), key)

    async def _found(self, *where: Any, most: int | None = None) -> list[Delivery]:
        query = select(deliveries).where(deliveries.c.namespace == self._store.namespace, *where)
        query = query.order_by(deliveries.c.last_at.desc(), deliveries.c.key, deliveries.c.channel).limit(most)
        rows = await self._store.read(lambda connection: list(connection.execute(query).mappings()))
        return [_read(row) for row in rows]

    def _key(self, delivery: Delivery) -> dict[str, str]:
        named = {"key": delivery.key, "recipient": delivery.recipient, "channel": delivery.channel}
        return {"namespace": self._store.namespace, **named}


def _read(row: RowMapping) -> Delivery:
    problem = Problem(code=row["code"], params=row["params"]) if row["code"] else None
    return Delivery.model_validate({**row, "problem": problem})

"""Refusals in SQL: who tried, and what was missing, outside the ledger's sequence (design.md §3)."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from stagemark.domain.commands import fingerprint
from stagemark.ports import Refusal
from stagemark.readmodel.schema import refusals
from stagemark.readmodel.store import Store

__all__ = ["SqlRefusals"]


class SqlRefusals:
    """The port `Refusals` on a store."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def keep(self, refusal: Refusal) -> None:
        """Keep one refusal; a repeat of the same is one."""
        content = refusal.model_dump(mode="json")
        row = {
            "namespace": self._store.namespace,
            "id": fingerprint(content),
            "opportunity": refusal.opportunity,
            "refused_at": refusal.refused_at,
            "actor": refusal.envelope.actor,
            "key": refusal.envelope.key,
            "codes": [problem.code for problem in refusal.problems],
            "envelope": content["envelope"],
            "problems": content["problems"],
        }
        kept = select(refusals.c.id).where(refusals.c.namespace == row["namespace"], refusals.c.id == row["id"])

        def work(connection: Connection) -> None:
            if connection.execute(kept).first() is None:
                connection.execute(insert(refusals), [row])

        await self._store.write(work, refusal.opportunity)

    async def of(self, opportunity: str) -> list[Refusal]:
        """The refusals of a sale, the latest first."""
        query = (
            select(refusals)
            .where(refusals.c.namespace == self._store.namespace, refusals.c.opportunity == opportunity)
            .order_by(refusals.c.refused_at.desc(), refusals.c.id)
        )
        found = await self._store.read(lambda connection: connection.execute(query).mappings().all())
        return [
            Refusal(
                opportunity=row["opportunity"],
                envelope=row["envelope"],
                problems=row["problems"],
                refused_at=row["refused_at"],
            )
            for row in found
        ]

"""Collections out of the ledger of neighbours: as they stand, or as they stood on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from stagemark.domain.collection.policy import KINDS
from stagemark.domain.collection.receivables import happened_on
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.entries import Entry, Stream
from stagemark.domain.neighbour import fold
from stagemark.readmodel.reading import entry_of
from stagemark.readmodel.tables.account import accounts
from stagemark.readmodel.tables.common import entries, neighbours

__all__ = ["by_steps", "collections", "customers"]


def collections(connection: Connection, namespace: str, on: date | None = None) -> list[CollectionState]:
    """All collections with a contract.

    Args:
        connection: To the read model.
        namespace: Whose.
        on: As they stood at the end of that day, by when things happened; none: as they stand.
    """
    found = _now(connection, namespace) if on is None else _then(connection, namespace, on)
    return [one for one in found if one.running]


def customers(connection: Connection, namespace: str) -> dict[str, str]:
    """What customers are called, by account; only those whom somebody has given a title."""
    query = select(accounts.c.id, accounts.c.title).where(accounts.c.namespace == namespace, accounts.c.title != "")
    return {row.id: row.title for row in connection.execute(query)}


def _now(connection: Connection, namespace: str) -> list[CollectionState]:
    whole = select(neighbours.c.state).where(
        neighbours.c.namespace == namespace, neighbours.c.stream == COLLECTION.stream
    )
    return [CollectionState.model_validate_json(state) for state in connection.execute(whole).scalars()]


def _then(connection: Connection, namespace: str, on: date) -> list[CollectionState]:
    told = (
        select(entries.c.id, entries.c.sequence, entries.c.entry)
        .where(entries.c.namespace == namespace, entries.c.stream == COLLECTION.stream)
        .order_by(entries.c.id, entries.c.sequence)
    )
    by_sale = groupby(connection.execute(told), key=lambda row: row[0])
    return [fold(COLLECTION, id_, _until(on, id_, ((row[1], row[2]) for row in rows))) for id_, rows in by_sale]


def _until(on: date, sale: str, told: Iterable[tuple[int, str]]) -> Iterator[Entry[Any]]:
    stream = Stream(stream=COLLECTION.stream, id=sale)
    read = (entry_of(stream, sequence, entry) for sequence, entry in told)
    return (entry for entry in read if happened_on(entry) <= on)


def by_steps(settled: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each kind of collection has brought, of the rows of instalments that are settled.

    Returns:
        By kind and currency: how many, how much was collected, how much was written off. `unasked` is what came in
        before anybody had to collect it.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in settled:
        by, currency = row["by"] or "unasked", row["currency"]
        nothing = {"by": by, "currency": currency, "count": 0, "paid": Decimal(0), "written_off": Decimal(0)}
        one = found.setdefault((by, currency), nothing)
        one["count"] += 1
        for name in ("paid", "written_off"):
            one[name] += Decimal(row[name])
    order = ("unasked", *KINDS)
    return [found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1]))]

"""Reads from the ledger and from what derives from it. Takes a connection, so that several reads see one state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select

from stagemark.domain.events import Event, decode_event
from stagemark.readmodel.schema import ledger

__all__ = ["CHUNK", "contiguous", "histories", "ledger_pages", "rows"]

CHUNK = 500
"""Sales named in one statement."""


def rows(
    connection: Connection,
    table: Table,
    namespace: str,
    *where: ColumnElement[bool],
    opportunities: Sequence[str] | None = None,
) -> list[RowMapping]:
    """Rows of a table in the order of its key.

    Args:
        connection: Where to read.
        table: One of `stagemark.readmodel.schema`.
        namespace: Whose rows.
        where: Further conditions on its columns.
        opportunities: Of these sales only; `None` for all.
    """
    query = select(table).where(table.c.namespace == namespace, *where).order_by(*table.primary_key.columns)
    if opportunities is None:
        return list(connection.execute(query).mappings())
    found: list[RowMapping] = []
    for chunk in _chunks(sorted(set(opportunities))):
        found += connection.execute(query.where(table.c.opportunity.in_(chunk))).mappings()
    return found


def ledger_pages(
    connection: Connection, namespace: str, opportunities: Iterable[str] | None = None
) -> Iterator[tuple[str, list[RowMapping]]]:
    """The ledger's rows, sale by sale in order of their ids, as they are stored; a few hundred sales at a time."""
    whose = ledger.c.namespace == namespace
    if opportunities is not None:
        named = iter(_chunks(sorted(set(opportunities))))
    last = ""
    while True:
        if opportunities is None:
            ids = select(ledger.c.opportunity).distinct().where(whose, ledger.c.opportunity > last)
            chunk = list(connection.execute(ids.order_by(ledger.c.opportunity).limit(CHUNK)).scalars())
        else:
            chunk = next(named, [])
        if not chunk:
            return
        last = chunk[-1]
        query = select(ledger).where(whose, ledger.c.opportunity.in_(chunk))
        found = connection.execute(query.order_by(ledger.c.opportunity, ledger.c.sequence)).mappings()
        for opportunity, group in groupby(found, key=lambda row: str(row["opportunity"])):
            yield opportunity, list(group)


def histories(
    connection: Connection, namespace: str, opportunities: Iterable[str] | None = None
) -> Iterator[tuple[str, list[Event]]]:
    """The events of each sale by sequence, up to the first hole; sales in order of their ids."""
    for opportunity, stored in ledger_pages(connection, namespace, opportunities):
        events = [decode_event(json.loads(row["fact"])) for row in contiguous(stored)]
        if events:
            yield opportunity, events


def contiguous(stored: Sequence[RowMapping]) -> list[RowMapping]:
    """The rows of one sale up to the first hole."""
    return [row for number, row in enumerate(stored, 1) if row["sequence"] == number]


def _chunks(ids: Sequence[str]) -> Iterable[list[str]]:
    return ([*ids[at : at + CHUNK]] for at in range(0, len(ids), CHUNK))

"""Reads from the ledger and from what derives from it. Takes a connection, so that several reads see one state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, select

from stagemark.domain.entries import Entry, Stream
from stagemark.domain.events import Event, decode_event
from stagemark.domain.neighbours import rules_of
from stagemark.errors import Unavailable
from stagemark.readmodel.schema import ledger
from stagemark.readmodel.tables.common import entries

__all__ = ["CHUNK", "UNREADABLE", "contiguous", "entry_of", "entry_pages", "histories", "ledger_pages", "rows"]

CHUNK = 500
"""Sales named in one statement."""
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a row raises that is no event, or no entry."""


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
    return _pages(connection, ledger, ledger.c.opportunity, ledger.c.namespace == namespace, opportunities)


def entry_pages(connection: Connection, namespace: str) -> Iterator[tuple[str, list[RowMapping]]]:
    """The rows of neighbours' ledgers, as they are stored; one after the other, each called as its workflow is."""
    whose = entries.c.namespace == namespace
    kinds = connection.execute(select(entries.c.stream).distinct().where(whose).order_by(entries.c.stream))
    for kind in list(kinds.scalars()):
        for id_, stored in _pages(connection, entries, entries.c.id, and_(whose, entries.c.stream == kind)):
            yield f"{kind}:{id_}", stored


def _pages(
    connection: Connection,
    table: Table,
    id_: ColumnElement[str],
    whose: ColumnElement[bool],
    ids: Iterable[str] | None = None,
) -> Iterator[tuple[str, list[RowMapping]]]:
    if ids is not None:
        named = iter(_chunks(sorted(set(ids))))
    last = ""
    while True:
        if ids is None:
            following = select(id_).distinct().where(whose, id_ > last).order_by(id_).limit(CHUNK)
            chunk = list(connection.execute(following).scalars())
        else:
            chunk = next(named, [])
        if not chunk:
            return
        last = chunk[-1]
        query = select(table).where(whose, id_.in_(chunk)).order_by(id_, table.c.sequence)
        found = connection.execute(query).mappings()
        for name, group in groupby(found, key=lambda row: str(row[id_])):
            yield name, list(group)


def histories(
    connection: Connection, namespace: str, opportunities: Iterable[str] | None = None
) -> Iterator[tuple[str, list[Event]]]:
    """The events of each sale by sequence, up to the first hole; sales in order of their ids.

    Raises:
        Unavailable: `ledger_unreadable`: an event of one of them can't be read.
    """
    for opportunity, stored in ledger_pages(connection, namespace, opportunities):
        events = [_event(row) for row in contiguous(stored)]
        if events:
            yield opportunity, events


def _event(row: RowMapping) -> Event:
    try:
        return decode_event(json.loads(row["fact"]))
    except UNREADABLE:
        raise Unavailable.of("ledger_unreadable", opportunity=row["opportunity"], event=row["sequence"]) from None


def entry_of(stream: Stream, sequence: int, stored: str) -> Entry[Any]:
    """Read an entry of a neighbour.

    Raises:
        Unavailable: `ledger_unreadable`.
    """
    try:
        found: Entry[Any] = rules_of(stream).entry.model_validate_json(stored)
    except UNREADABLE:
        raise Unavailable.of("ledger_unreadable", opportunity=str(stream), event=sequence) from None
    return found


def contiguous(stored: Sequence[RowMapping]) -> list[RowMapping]:
    """The rows of one sale up to the first hole."""
    return [row for number, row in enumerate(stored, 1) if row["sequence"] == number]


def _chunks(ids: Sequence[str]) -> Iterable[list[str]]:
    return ([*ids[at : at + CHUNK]] for at in range(0, len(ids), CHUNK))

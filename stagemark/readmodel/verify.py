"""Checks the ledger's chain of hashes: whether any row was changed, removed or put in afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, RowMapping

from stagemark.domain.events import chain_hash, decode_event
from stagemark.readmodel.reading import ledger_pages, rows
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.writing import ledger_row

__all__ = ["Break", "Verified", "verify"]


class Break(BaseModel):
    """The first place at which the chain of a sale is broken.

    Attributes:
        opportunity: Which sale.
        sequence: Which event.
        why: `hole`: the event is missing, though later ones are there or were when the sale's own row was written;
            `content`: it is not what was hashed; `link`: it does not follow the event before; `columns`: the row says
            otherwise than its own event; `unreadable`: it is no event at all.
    """

    opportunity: str
    sequence: int
    why: Literal["hole", "content", "link", "columns", "unreadable"]


class Verified(BaseModel):
    """What was checked, and the first break of each sale that has one."""

    sales: int
    events: int
    breaks: list[Break]


def verify(connection: Connection, namespace: str) -> Verified:
    """Check every row of the ledger against its own hash and the one before."""
    result = Verified(sales=0, events=0, breaks=[])
    # A chain can't tell that its last rows were cut off; what derives from it remembers how long it was.
    lengths = {row["opportunity"]: row["sequence"] for row in rows(connection, opportunities, namespace)}
    for opportunity, stored in ledger_pages(connection, namespace):
        result.sales += 1
        result.events += len(stored)
        found = _first_break(opportunity, stored)
        if found is None and len(stored) < lengths.get(opportunity, 0):
            found = Break(opportunity=opportunity, sequence=len(stored) + 1, why="hole")
        if found is not None:
            result.breaks.append(found)
    return result


def _first_break(opportunity: str, stored: Sequence[RowMapping]) -> Break | None:
    previous = ""
    for expected, row in enumerate(stored, 1):
        why = _wrong(row, expected, previous)
        if why is not None:
            return Break(opportunity=opportunity, sequence=expected, why=why)
        previous = row["hash"]
    return None


def _wrong(
    row: RowMapping, expected: int, previous: str
) -> Literal["hole", "content", "link", "columns", "unreadable"] | None:
    if row["sequence"] != expected:
        return "hole"
    try:
        event = decode_event(json.loads(row["fact"]))
    except (ValidationError, ValueError, KeyError):
        return "unreadable"
    if chain_hash(event) != event.hash:
        return "content"
    if event.previous != previous:
        return "link"
    said = {**ledger_row(row["namespace"], row["opportunity"], event), "fact": row["fact"]}
    return "columns" if said != dict(row) else None

"""Checks the ledgers' chains of hashes: whether any row was changed, removed or put in afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, RowMapping

from stagemark.domain.entries import Entry, Stream, entry_hash
from stagemark.domain.events import Event, chain_hash, decode_event
from stagemark.domain.neighbour import fold
from stagemark.domain.neighbours import rules_of
from stagemark.readmodel.books import entry_row
from stagemark.readmodel.reading import UNREADABLE, entry_pages, ledger_pages, rows
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.tables.common import neighbours
from stagemark.readmodel.writing import ledger_row

__all__ = ["Break", "Verified", "verify"]

Why = Literal["hole", "content", "link", "columns", "unreadable", "state"]
Read = Callable[[RowMapping], tuple["Event | Entry[Any]", str, dict[str, Any]]]
"""What a row holds, what its hash should be, and what the row should say."""


class Break(BaseModel):
    """The first place at which the chain of a sale, or of a neighbour of one, is broken.

    Attributes:
        opportunity: Which sale; or which neighbour, such as `collection:S-1`.
        sequence: Which event or entry.
        why: `hole`: it is missing, though later ones are there or were when what derives from it was written;
            `content`: it is not what was hashed; `link`: it does not follow the one before; `columns`: the row says
            otherwise than its own content; `unreadable`: it can't be read; `state`: the state by which the neighbour
            goes on is not what its entries tell.
    """

    opportunity: str
    sequence: int
    why: Why


class Verified(BaseModel):
    """What was checked, and the first break of each chain that has one."""

    sales: int
    events: int
    neighbours: int = 0
    entries: int = 0
    breaks: list[Break]


def verify(connection: Connection, namespace: str) -> Verified:
    """Check every row of the ledgers against its own hash and the one before."""
    result = Verified(sales=0, events=0, breaks=[])
    # A chain can't tell that its last rows were cut off; what derives from it remembers how long it was.
    lengths = {row["opportunity"]: row["sequence"] for row in rows(connection, opportunities, namespace)}
    for opportunity, stored in ledger_pages(connection, namespace):
        result.sales += 1
        result.events += len(stored)
        result.breaks += _break(opportunity, stored, _event, lengths.pop(opportunity, 0))
    result.breaks += [Break(opportunity=gone, sequence=1, why="hole") for gone in sorted(lengths)]
    standing = {f"{row['stream']}:{row['id']}": row for row in rows(connection, neighbours, namespace)}
    for neighbour, stored in entry_pages(connection, namespace):
        result.neighbours += 1
        result.entries += len(stored)
        stands = standing.pop(neighbour, None)
        broken = _break(neighbour, stored, _entry, stands["sequence"] if stands else 0)
        result.breaks += broken or _standing(neighbour, stored, stands)
    result.breaks += [Break(opportunity=gone, sequence=1, why="hole") for gone in sorted(standing)]
    return result


def _break(name: str, stored: Sequence[RowMapping], read: Read, length: int) -> list[Break]:
    """The first break of one chain, if any."""
    previous = ""
    for expected, row in enumerate(stored, 1):
        why = _wrong(row, expected, previous, read)
        if why is not None:
            return [Break(opportunity=name, sequence=expected, why=why)]
        previous = row["hash"]
    return [Break(opportunity=name, sequence=len(stored) + 1, why="hole")] if len(stored) < length else []


def _wrong(row: RowMapping, expected: int, previous: str, read: Read) -> Why | None:
    if row["sequence"] != expected:
        return "hole"
    try:
        found, hashed, said = read(row)
    except UNREADABLE:
        return "unreadable"
    if hashed != found.hash:
        return "content"
    if found.previous != previous:
        return "link"
    return "columns" if said != dict(row) else None


def _event(row: RowMapping) -> tuple[Event, str, dict[str, Any]]:
    event = decode_event(json.loads(row["fact"]))
    return event, chain_hash(event), {**ledger_row(row["namespace"], row["opportunity"], event), "fact": row["fact"]}


def _entry(row: RowMapping) -> tuple[Entry[Any], str, dict[str, Any]]:
    entry = _read(row)
    key = {name: row[name] for name in ("namespace", "stream", "id")}
    return entry, entry_hash(entry), {**entry_row(key, entry), "entry": row["entry"]}


def _read(row: RowMapping) -> Entry[Any]:
    return rules_of(Stream(stream=row["stream"], id=row["id"])).entry.model_validate_json(row["entry"])


def _standing(name: str, stored: Sequence[RowMapping], stands: RowMapping | None) -> list[Break]:
    """Whether a neighbour goes on by what its entries tell: a run that begins reads the state, not the entries."""
    rules = rules_of(Stream.parse(name))
    told = fold(rules, stored[0]["id"], map(_read, stored))
    try:
        right = stands is not None and rules.state.model_validate_json(stands["state"]) == told
    except ValidationError:
        right = False
    return [] if right else [Break(opportunity=name, sequence=len(stored), why="state")]

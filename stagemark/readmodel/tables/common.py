"""What the tables of all neighbours share: the ledger of entries, how each stands, and its tasks (decision 0040)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKeyConstraint, Index, Integer, String, Table, Text

from stagemark.readmodel.schema import Instant, key_column, metadata

__all__ = ["STANDINGS", "Row", "entries", "neighbours", "of_neighbour", "tasks"]

Row = Mapping[str, Any]


def of_neighbour(name: str, *columns: Any) -> Table:
    """A derived table with rows of one neighbour, which vanish with it."""
    return Table(
        name,
        metadata,
        key_column("namespace"),
        key_column("stream"),
        key_column("id"),
        *columns,
        ForeignKeyConstraint(
            ["namespace", "stream", "id"],
            ["neighbours.namespace", "neighbours.stream", "neighbours.id"],
            ondelete="CASCADE",
        ),
    )


entries = Table(
    "entries",
    metadata,
    key_column("namespace"),
    key_column("stream"),
    key_column("id"),
    key_column("sequence", Integer),
    Column("kind", String, nullable=False),
    Column("entry", Text, nullable=False, doc="the whole entry as JSON"),
    Column("day", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("source", String, nullable=False),
    Column("key", String, nullable=False),
    Column("key_hash", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("v", Integer, nullable=False),
    Index("ix_entries_key", "namespace", "stream", "id", "key"),
)

neighbours = Table(
    "neighbours",
    metadata,
    key_column("namespace"),
    key_column("stream"),
    key_column("id"),
    Column("sequence", Integer, nullable=False, doc="up to which entry this is derived"),
    Column("hash", String, nullable=False, doc="the hash of that entry"),
    Column("ended", Boolean, nullable=False),
    Column("account", String, nullable=False),
    Column("opportunity", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("state", Text, nullable=False, doc="the state as JSON, by which it goes on"),
    Index("ix_neighbours_account", "namespace", "account"),
    Index("ix_neighbours_opportunity", "namespace", "opportunity"),
)

tasks = of_neighbour(
    "tasks",
    key_column("entry", Integer),
    Column("task", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("params", JSON, nullable=False),
    Column("to", JSON, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("fell_at", Instant, nullable=False),
    Column("answer_by", Instant),
    Column("urgent", Boolean, nullable=False),
    Column("status", String, nullable=False, doc="open, done, put_off, dismissed, missed or withdrawn"),
    Column("answer", String, nullable=False),
    Column("answered_by", String),
    Column("answered_at", Instant),
    Column("put_off_until", Date),
)

STANDINGS: Final = (neighbours, tasks)
"""What every kind of neighbour has beside its own tables."""

"""Events into the ledger, and what derives from them into its tables: one way for one marker and for an import.

Any order and any number of repeats converge (design.md §6 rule 6): a row is stored once, another content under the
same sequence is a conflict, and what derives is written from the events up to the first hole.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    null,
    select,
    union_all,
    update,
)

from stagemark.domain.commands import Migrate
from stagemark.domain.events import Event, chain_hash
from stagemark.domain.opportunity import apply, fold, playbook_of
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import Unavailable
from stagemark.readmodel.prepared import fetch, run
from stagemark.readmodel.projection import Row, rows_of
from stagemark.readmodel.reading import CHUNK, histories
from stagemark.readmodel.schema import DERIVED, ledger, metadata, opportunities, playbooks

__all__ = ["Writer", "ledger_row"]


@lru_cache(maxsize=64)
def _stored(count: int) -> CompoundSelect[Any]:
    """For so many sales: the links of the ledger and, told by their lack of a link, how far the sales are derived."""

    def of_sales(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
        named = table.c.opportunity.in_([bindparam(f"sale_{n}") for n in range(count)])
        return select(table.c.opportunity, *columns).where(table.c.namespace == bindparam("namespace"), named)

    links = of_sales(ledger, ledger.c.sequence, ledger.c.previous, ledger.c.hash)
    return union_all(
        links.where(ledger.c.sequence >= bindparam("first")),
        of_sales(opportunities, opportunities.c.sequence, null(), opportunities.c.hash),
    )


def _known_by(table: Table) -> ColumnElement[bool]:
    """Which row: by its whole key, whose parameters have a `_` before their names."""
    return and_(*(column == bindparam(f"_{column.name}") for column in table.primary_key))


# Built once: one marker is a write of its own, and building a statement takes far longer than running it.
_INSERT = {table.name: insert(table) for table in (ledger, *DERIVED)}
_UPDATE = {
    table.name: update(table)
    .values({column.name: bindparam(column.name) for column in table.columns if not column.primary_key})
    .where(_known_by(table))
    for table in DERIVED
}
_DELETE = {table.name: delete(table).where(_known_by(table)) for table in DERIVED}
_KEY = {table.name: itemgetter(*(column.name for column in table.primary_key)) for table in DERIVED}


class _Link(NamedTuple):
    """What the chain of a sale knows of one event."""

    previous: str
    hash: str


class _Position(NamedTuple):
    """Up to which event the derived tables of a sale are written, and its hash; before the first if nothing is."""

    sequence: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class _Written:
    """A folded state, and the rows that stand in the derived tables for it, by their keys."""

    state: OpportunityState
    rows: Mapping[str, dict[tuple[Any, ...], Row]]


class Writer:
    """Writes the events of one namespace.

    It remembers the states it folded last. Each is used only if the database, in the same transaction, still
    stands at that state's sequence and hash; so several processes can write, and a rollback does no harm.
    """

    def __init__(self, namespace: str, remember: int = 512) -> None:
        """Remember so many sales."""
        self._namespace = namespace
        self._remember = remember
        self._written: OrderedDict[str, _Written] = OrderedDict()
        self._lock = Lock()  # PostgreSQL is written by several threads at once
        self._compiled: dict[str, Playbook] = {}

    def write(self, connection: Connection, batches: Mapping[str, Sequence[Event]]) -> None:
        """Store the events of sales, and write what derives from them.

        Raises:
            Unavailable: `ledger_conflict` or `ledger_broken`: they contradict what is stored; `playbook_not_kept`.
        """
        stored, positions = self._stored(connection, batches)
        new: list[Row] = []
        for opportunity, events in batches.items():
            links = stored.setdefault(opportunity, {})
            fresh = _fresh(opportunity, events, links)
            new += (ledger_row(self._namespace, opportunity, event) for event in fresh)
        if not new:
            return
        run(connection, _INSERT[ledger.name], new)
        reached = {sale: _reach(positions[sale].sequence, links) for sale, links in stored.items()}
        self._derive(connection, batches, positions, reached)

    def rebuild(self, connection: Connection) -> int:
        """Write all that derives from the ledger anew, from the ledger alone.

        Returns:
            How many sales there are.
        """
        self._written.clear()
        for table in reversed(DERIVED):
            connection.execute(delete(table).where(table.c.namespace == self._namespace))
        count = 0
        chunk: dict[str, _Written] = {}
        for opportunity, events in histories(connection, self._namespace):
            chunk[opportunity] = self._folded(connection, opportunity, events)
            count += 1
            if len(chunk) == CHUNK:
                self._replace(connection, chunk, defaultdict(_Position))
                chunk = {}
        self._replace(connection, chunk, defaultdict(_Position))
        return count

    def _stored(
        self, connection: Connection, batches: Mapping[str, Sequence[Event]]
    ) -> tuple[dict[str, dict[int, _Link]], defaultdict[str, _Position]]:
        """What is stored of these sales, from the event before their first on, and how far they are derived."""
        links: dict[str, dict[int, _Link]] = {}
        positions: defaultdict[str, _Position] = defaultdict(_Position)
        named = list(batches)
        first = min((event.sequence for events in batches.values() for event in events), default=1) - 1
        for at in range(0, len(named), CHUNK):
            chunk = named[at : at + CHUNK]
            asked = {"namespace": self._namespace, "first": first} | {f"sale_{n}": sale for n, sale in enumerate(chunk)}
            for sale, sequence, previous, hashed in fetch(connection, _stored(len(chunk)), asked):
                if previous is None:
                    positions[sale] = _Position(sequence, hashed)
                else:
                    links.setdefault(sale, {})[sequence] = _Link(previous, hashed)
        return links, positions

    def _derive(
        self,
        connection: Connection,
        batches: Mapping[str, Sequence[Event]],
        positions: Mapping[str, _Position],
        reached: Mapping[str, int],
    ) -> None:
        """Fold each sale as far as it reaches, and write its rows."""
        after: dict[str, _Written] = {}
        reread: list[str] = []
        for opportunity, end in reached.items():
            position = positions[opportunity]
            by_sequence = {event.sequence: event for event in batches[opportunity]}
            more = [by_sequence[n] for n in range(position.sequence + 1, end + 1) if n in by_sequence]
            before = self._standing(opportunity, position)
            if end == position.sequence:
                continue
            if len(more) < end - position.sequence:  # a hole was filled
                reread.append(opportunity)
            elif not position.sequence:
                after[opportunity] = self._folded(connection, opportunity, more)
            elif before is None or any(isinstance(event.fact, Migrate) for event in more):
                reread.append(opportunity)
            else:
                state = apply(before.state, more)
                after[opportunity] = self._rows(state)
        if reread:
            for opportunity, events in histories(connection, self._namespace, reread):
                after[opportunity] = self._folded(connection, opportunity, events)
        self._replace(connection, after, positions)

    def _standing(self, opportunity: str, position: _Position) -> _Written | None:
        """What is remembered of a sale, if it is what stands in the database."""
        written = self._written.get(opportunity)
        return written if written is not None and written.state.events[-1].hash == position.hash else None

    def _folded(self, connection: Connection, opportunity: str, events: Sequence[Event]) -> _Written:
        state = fold(opportunity, events, self._playbook(connection, opportunity, events))
        return self._rows(state)

    def _rows(self, state: OpportunityState) -> _Written:
        rows = rows_of(self._namespace, state)
        return _Written(state, {name: {_KEY[name](row): row for row in rows[name]} for name in rows})

    def _replace(
        self, connection: Connection, after: Mapping[str, _Written], positions: Mapping[str, _Position]
    ) -> None:
        """Put the rows of these sales in the place of their old ones, which only touches those that are others now."""
        gone: dict[str, list[Row]] = {table.name: [] for table in DERIVED}
        changed: dict[str, list[Row]] = {table.name: [] for table in DERIVED}
        added: dict[str, list[Row]] = {table.name: [] for table in DERIVED}
        for opportunity, now in after.items():
            position = positions[opportunity]
            before = self._standing(opportunity, position)
            if before is None and position.sequence:  # nobody here knows what stands there; all of it hangs on this row
                gone[opportunities.name].append({"_namespace": self._namespace, "_opportunity": opportunity})
            for name in added:
                old, new = before.rows[name] if before else {}, now.rows[name]
                for key, row in new.items():
                    if key not in old:
                        added[name].append(row)
                    elif row != old[key]:
                        changed[name].append(row | _named(name, row))
                gone[name] += (_named(name, row) for key, row in old.items() if key not in new)
        for name in added:
            for statements, rows in ((_DELETE, gone), (_UPDATE, changed), (_INSERT, added)):
                if rows[name]:
                    run(connection, statements[name], rows[name])
        with self._lock:
            for opportunity, now in after.items():
                self._written[opportunity] = now
                self._written.move_to_end(opportunity)
            while len(self._written) > self._remember:
                self._written.popitem(last=False)

    def _playbook(self, connection: Connection, opportunity: str, events: Sequence[Event]) -> Playbook:
        """The compiled playbook that a sale runs by."""
        ref = playbook_of(events)
        if ref is None:  # decide lets nothing be first but the opening
            raise Unavailable.of("ledger_broken", opportunity=opportunity, event=1)
        if ref.hash not in self._compiled:
            query = select(playbooks.c.whole).where(
                playbooks.c.namespace == self._namespace, playbooks.c.hash == ref.hash
            )
            whole = connection.execute(query).scalar_one_or_none()
            if whole is None:
                raise Unavailable.of("playbook_not_kept", opportunity=opportunity, playbook=ref.id, hash=ref.hash)
            self._compiled[ref.hash] = Playbook.model_validate_json(whole).compiled()
        return self._compiled[ref.hash]


def _named(table: str, row: Row) -> Row:
    """The key of a row, as `_known_by` has it."""
    return {f"_{column.name}": row[column.name] for column in metadata.tables[table].primary_key}


def ledger_row(namespace: str, opportunity: str, event: Event) -> Row:
    """The ledger's row of an event."""
    return {
        "namespace": namespace,
        "opportunity": opportunity,
        "sequence": event.sequence,
        "kind": event.kind,
        "fact": event.model_dump_json(),
        "observed_at": str(event.observed_at),
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "source": event.source,
        "key": event.key,
        "key_hash": event.key_hash,
        "previous": event.previous,
        "hash": event.hash,
        "v": event.v,
    }


def _fresh(opportunity: str, events: Sequence[Event], links: dict[int, _Link]) -> list[Event]:
    """The events that are not stored yet; `links` gets them. Each must fit its neighbours, as far as there are any."""
    fresh = []
    for event in events:
        link = _Link(event.previous, event.hash)
        if event.hash != chain_hash(event):
            raise Unavailable.of("ledger_broken", opportunity=opportunity, event=event.sequence)
        known = links.setdefault(event.sequence, link)
        if known != link:
            raise Unavailable.of("ledger_conflict", opportunity=opportunity, event=event.sequence)
        if known is link:
            fresh.append(event)
    for event in fresh:
        before, after = links.get(event.sequence - 1), links.get(event.sequence + 1)
        previous = "" if event.sequence == 1 else before.hash if before else event.previous
        if event.previous != previous or (after is not None and after.previous != event.hash):
            raise Unavailable.of("ledger_broken", opportunity=opportunity, event=event.sequence)
    return fresh


def _reach(position: int, links: Mapping[int, _Link]) -> int:
    """The last event before the first hole."""
    while position + 1 in links:
        position += 1
    return position

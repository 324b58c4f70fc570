"""Events into the ledger, and what derives from them into its tables: one way for one marker and for an import.

Any order and any number of repeats converge (design.md §6 rule 6): a row is stored once, another content under the
same sequence is a conflict, and what derives is written from the events up to the first hole.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
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
from stagemark.readmodel.projection import Row, rows_of
from stagemark.readmodel.reading import CHUNK, histories
from stagemark.readmodel.schema import DERIVED, ledger, opportunities, playbooks

__all__ = ["Writer", "ledger_row"]

_CHILDREN = DERIVED[1:]
# Built once: one marker is a write of its own, and building a statement takes longer than running it.
_OF_SALE = {
    table.name: and_(table.c.namespace == bindparam("b_namespace"), table.c.opportunity == bindparam("b_opportunity"))
    for table in DERIVED
}
_UPDATE = update(opportunities).where(_OF_SALE[opportunities.name])


def _of_sales(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    named = table.c.opportunity.in_(bindparam("sales", expanding=True))
    return select(table.c.opportunity, *columns).where(table.c.namespace == bindparam("namespace"), named)


# One statement for the links of the ledger and, told by their lack of a link, how far the sales are derived.
_STORED = union_all(
    _of_sales(ledger, ledger.c.sequence, ledger.c.previous, ledger.c.hash).where(
        ledger.c.sequence >= bindparam("first")
    ),
    _of_sales(opportunities, opportunities.c.sequence, null(), opportunities.c.hash),
)
_INSERT = {table.name: insert(table) for table in (ledger, *DERIVED)}
_DELETE = {table.name: delete(table).where(_OF_SALE[table.name]) for table in _CHILDREN}


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
    """A folded state, and the rows that stand in the derived tables for it."""

    state: OpportunityState
    rows: Mapping[str, list[Row]]


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
        connection.execute(_INSERT[ledger.name], new)
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
            asked = {"namespace": self._namespace, "sales": named[at : at + CHUNK], "first": first}
            for sale, sequence, previous, hashed in connection.execute(_STORED, asked):
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
                after[opportunity] = _Written(state, rows_of(self._namespace, state))
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
        return _Written(state, rows_of(self._namespace, state))

    def _replace(
        self, connection: Connection, after: Mapping[str, _Written], positions: Mapping[str, _Position]
    ) -> None:
        """Put the rows of these sales in the place of their old ones; a table whose rows stay the same is left."""
        removed: dict[str, list[Row]] = {table.name: [] for table in _CHILDREN}
        added: dict[str, list[Row]] = {table.name: [] for table in DERIVED}
        moved: list[Row] = []
        for opportunity, now in after.items():
            position = positions[opportunity]
            before = self._standing(opportunity, position)
            key = {"b_namespace": self._namespace, "b_opportunity": opportunity}
            if position.sequence:
                moved += (key | row for row in now.rows[opportunities.name])
            else:
                added[opportunities.name] += now.rows[opportunities.name]
            for table in _CHILDREN:
                rows = now.rows[table.name]
                if before is not None and rows == before.rows[table.name]:
                    continue
                if position.sequence:
                    removed[table.name].append(key)
                added[table.name] += rows
        if moved:
            connection.execute(_UPDATE, moved)
        for table in DERIVED:
            if removed.get(table.name):
                connection.execute(_DELETE[table.name], removed[table.name])
            if added[table.name]:
                connection.execute(_INSERT[table.name], added[table.name])
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

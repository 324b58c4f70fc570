"""Entries of neighbours into their ledger, and what derives from them into its tables (decision 0040)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, delete, func, insert, select, update

from stagemark.domain.entries import AnswerTask, Entry, Stream, TaskDue, TaskMissed, entry_hash
from stagemark.domain.neighbour import Answered, NeighbourState, happened
from stagemark.domain.neighbours import rules_of
from stagemark.errors import Unavailable
from stagemark.readmodel.reading import entry_of
from stagemark.readmodel.tables.common import Row, entries, neighbours, tasks
from stagemark.readmodel.tables.kinds import KINDS

__all__ = ["answered", "entry_row", "rebuild", "stored_entries", "stored_state", "streams", "write"]


def write(connection: Connection, namespace: str, stream: Stream, news: Sequence[Entry[Any]]) -> None:
    """Store entries, and write what derives from them. A repeat changes nothing.

    Raises:
        Unavailable: `ledger_conflict` or `ledger_broken`: they contradict what is stored.
    """
    key = _key(namespace, stream)
    state = stored_state(connection, namespace, stream) or rules_of(stream).state(id=stream.id)
    fresh = [entry for entry in news if entry.sequence > state.sequence]
    repeated = [entry for entry in news if entry.sequence <= state.sequence]
    if repeated:
        hashes = dict(
            connection.execute(
                select(entries.c.sequence, entries.c.hash).where(
                    _of(entries, key), entries.c.sequence.in_([entry.sequence for entry in repeated])
                )
            )
            .tuples()
            .all()
        )
        for entry in repeated:
            if hashes.get(entry.sequence) != entry.hash:
                raise Unavailable.of("ledger_conflict", opportunity=str(stream), event=entry.sequence)
    before = state.hash, state.sequence
    for entry in fresh:  # a run writes in order, one batch after the other: there are no holes
        chained = entry.previous == before[0] and entry.sequence == before[1] + 1
        if not chained or entry.hash != entry_hash(entry):
            raise Unavailable.of("ledger_broken", opportunity=str(stream), event=entry.sequence)
        before = entry.hash, entry.sequence
    if fresh:
        connection.execute(insert(entries), [entry_row(key, entry) for entry in fresh])
        _derive(connection, key, stream, state, fresh)


def rebuild(connection: Connection, namespace: str) -> int:
    """Write all that derives from the entries anew, from them alone; gives how many neighbours there are."""
    named = streams(connection, namespace)
    connection.execute(delete(neighbours).where(neighbours.c.namespace == namespace))
    for stream in named:
        told = stored_entries(connection, namespace, stream)
        _derive(connection, _key(namespace, stream), stream, rules_of(stream).state(id=stream.id), told)
    return len(named)


def streams(connection: Connection, namespace: str) -> list[Stream]:
    """All neighbours that have entries."""
    named = select(entries.c.stream, entries.c.id).where(entries.c.namespace == namespace).distinct()
    return [Stream(stream=kind, id=id_) for kind, id_ in connection.execute(named.order_by("stream", "id"))]


def stored_entries(connection: Connection, namespace: str, stream: Stream) -> list[Entry[Any]]:
    """All entries of a neighbour, in order.

    Raises:
        Unavailable: `ledger_unreadable`: one of them can't be read.
    """
    key = _key(namespace, stream)
    told = select(entries.c.sequence, entries.c.entry).where(_of(entries, key)).order_by(entries.c.sequence)
    return [entry_of(stream, sequence, whole) for sequence, whole in connection.execute(told)]


def stored_state(connection: Connection, namespace: str, stream: Stream) -> NeighbourState | None:
    """How a neighbour stands; none if it has no entries."""
    whole = connection.execute(
        select(neighbours.c.state).where(_of(neighbours, _key(namespace, stream)))
    ).scalar_one_or_none()
    if whole is None:
        return None
    state: NeighbourState = rules_of(stream).state.model_validate_json(whole)
    return state


def answered(connection: Connection, namespace: str, stream: Stream, key: str) -> Answered | None:
    """What a key became; none if it is new."""
    found: Select[Any] = select(
        func.min(entries.c.sequence),
        func.max(entries.c.sequence),
        func.min(entries.c.recorded_at),
        func.min(entries.c.key_hash),
    ).where(_of(entries, _key(namespace, stream)), entries.c.key == key)
    first, last, at, hashed = connection.execute(found).one()
    return Answered(hash=hashed, first=first, last=last, recorded_at=at) if first is not None else None


def _derive(
    connection: Connection, key: Row, stream: Stream, state: NeighbourState, news: Sequence[Entry[Any]]
) -> None:
    """Fold entries on a state, and write the rows of the neighbour."""
    rules, kind = rules_of(stream), KINDS[stream.stream]
    known = state.sequence > 0
    changes: list[tuple[int, dict[str, Any]]] = []
    fallen: dict[int, dict[str, Any]] = {}
    for entry in news:
        before, state = state, happened(rules, state, entry)
        if isinstance(entry.fact, TaskDue):
            fallen[entry.sequence] = _task_row(key, entry, entry.fact)
        for number, change in _task_changes(before, entry, state):
            if number in fallen:
                fallen[number] |= change
            else:
                changes.append((number, change))
    who = rules.addressed(state)
    row = {
        "sequence": state.sequence,
        "hash": state.hash,
        "ended": rules.ended(state),
        "account": who.account,
        "opportunity": who.opportunity,
        "owner": who.owner,
        "state": state.model_dump_json(exclude_defaults=True),
    }
    if known:
        connection.execute(update(neighbours).where(_of(neighbours, key)).values(row))
    else:
        connection.execute(insert(neighbours).values({**key, **row}))
    for number, change in changes:
        connection.execute(update(tasks).where(_of(tasks, key), tasks.c.entry == number).values(change))
    if fallen:
        connection.execute(insert(tasks), list(fallen.values()))
    rows = kind.rows_of(key, state)
    for table in kind.TABLES:
        if known:
            connection.execute(delete(table).where(_of(table, key)))
        if rows.get(table.name):
            connection.execute(insert(table), rows[table.name])


def _task_changes(
    before: NeighbourState, entry: Entry[Any], after: NeighbourState
) -> Iterator[tuple[int, dict[str, Any]]]:
    """What an entry changes of the tasks that were open."""
    fact = entry.fact
    for number in before.tasks:
        if isinstance(fact, AnswerTask) and fact.entry == number:
            said = {"answer": fact.text, "answered_by": entry.actor, "answered_at": entry.recorded_at}
            yield number, {"status": fact.answer, "put_off_until": fact.until, **said}
        elif isinstance(fact, TaskMissed) and fact.entry == number:
            yield number, {"status": "missed"}
        elif isinstance(fact, TaskDue) and fact.of == number:
            continue  # it was put off, and comes back as another
        elif number not in after.tasks:
            yield number, {"status": "withdrawn"}


def _task_row(key: Row, entry: Entry[Any], due: TaskDue) -> dict[str, Any]:
    return {
        **key,
        "entry": entry.sequence,
        "task": due.task,
        "cause": due.cause,
        "params": due.params,
        "to": list(due.to),
        "due_at": due.due_at,
        "fell_at": entry.recorded_at,
        "answer_by": due.answer_by,
        "urgent": due.urgent,
        "status": "open",
        "answer": "",
        "answered_by": None,
        "answered_at": None,
        "put_off_until": None,
    }


def entry_row(key: Row, entry: Entry[Any]) -> dict[str, Any]:
    """The row of an entry; `key` names its neighbour."""
    plain = ("sequence", "kind", "day", "recorded_at", "actor", "source", "key", "key_hash", "previous", "hash", "v")
    return {**key, **{name: getattr(entry, name) for name in plain}, "entry": entry.model_dump_json(exclude_unset=True)}


def _key(namespace: str, stream: Stream) -> dict[str, str]:
    return {"namespace": namespace, "stream": stream.stream, "id": stream.id}


def _of(table: Table, key: Row) -> Any:
    return and_(*(table.c[name] == value for name, value in key.items()))

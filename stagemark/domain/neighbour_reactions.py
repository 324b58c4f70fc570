"""What follows outside from a change of a neighbour: messages, their withdrawal, and whom it tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import JsonValue

from stagemark.domain.entries import Entry, Stream, TaskDue, TaskMissed
from stagemark.domain.neighbour import Addressed, NeighbourState, Rules
from stagemark.domain.reactions import Effects, Message

__all__ = ["follows"]

S = TypeVar("S", bound=NeighbourState)


def follows(rules: Rules[S], before: S, after: S, news: Sequence[Entry[Any]]) -> Effects:
    """What follows from a change: messages for tasks, withdrawals of those that are gone, and whom it tells."""
    who = rules.addressed(after)
    stream = Stream(stream=rules.stream, id=after.id)
    messages = []
    missed: set[int] = set()
    for entry in news:
        fact = entry.fact
        if isinstance(fact, TaskDue):
            messages.append(_message(stream, who, entry, fact, fact.to))
        elif isinstance(fact, TaskMissed):
            missed.add(fact.entry)
            task = before.tasks.get(fact.entry)
            if task is not None and task.due.escalates_to:
                messages.append(_message(stream, who, entry, task.due, task.due.escalates_to, missed=True))
    gone = tuple(
        _key(stream, number, task.due.task)
        for number, task in before.tasks.items()
        if number not in missed and (number not in after.tasks or after.tasks[number].put_off != task.put_off)
    )
    return Effects(tuple(messages), gone, tuple(rules.tells(before, after, news)))


def _message(
    stream: Stream, who: Addressed, entry: Entry[Any], due: TaskDue, to: tuple[str, ...], missed: bool = False
) -> Message:
    params: dict[str, JsonValue] = {**due.params, "due_at": due.due_at.isoformat()}
    if due.answer_by is not None:
        params["answer_by"] = due.answer_by.isoformat()
    if missed:
        params["missed"] = True
    return Message(
        key=_key(stream, entry.sequence, due.task),
        stream=str(stream),
        opportunity=who.opportunity,
        title=who.title,
        account=who.account,
        event=entry.sequence,
        kind=due.task,
        params=params,
        to=to,
        owner=who.owner,
        deputy=who.deputy,
        collaborators=who.collaborators,
        urgent=due.urgent,
        at=entry.recorded_at,
    )


def _key(stream: Stream, number: int, task: str) -> str:
    return f"{stream}:{number}:{task}"

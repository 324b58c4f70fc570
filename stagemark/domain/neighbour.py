"""What all neighbours of a sale share: a request decided into entries, entries folded into state, time passing.

A neighbour (design.md §4, §6 rule 8) is a small state machine with a ledger of its own. Its `Rules` say what is
refused, what an entry changes, what will fall due, and whom it tells; everything else stands here once: keys, hashes,
tasks that fall due, are answered or missed, messages and their withdrawal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final, Generic, TypeVar

from pydantic import AwareDatetime, Field

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Model
from stagemark.domain.entries import AnswerTask, Entry, Request, TaskDue, TaskMissed
from stagemark.domain.moments import Moment, local
from stagemark.domain.policy import Policy
from stagemark.domain.told import ENGINE, Tell
from stagemark.errors import Problem

__all__ = [
    "Accepted",
    "Addressed",
    "Answered",
    "Around",
    "Due",
    "NeighbourState",
    "Rejected",
    "Repeated",
    "Rules",
    "Task",
    "Tell",
    "decide",
    "fall_due",
    "fold",
    "next_due",
]

TOLERANCE: Final = timedelta(minutes=5)
MOST_KEYS: Final = 1_000
"""So many keys a neighbour remembers by itself; of older ones the ledger is asked."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a neighbour lives by: the company's policy, its calendar, and the present."""

    policy: Policy
    calendar: WorkCalendar
    now: datetime

    @property
    def today(self) -> date:
        """The local date."""
        return self.calendar.local_date(self.now)

    def day_of(self, moment: Moment) -> date:
        """The local date of a moment; of an unknown one, today."""
        if moment.day is not None:
            return moment.day
        return self.calendar.local_date(moment.instant) if moment.instant is not None else self.today

    def at(self, day: date) -> datetime:
        """When a local day begins."""
        return self.calendar.start_of_day(day)


class Answered(Model):
    """What a key became, so that its first answer can be given again."""

    hash: str
    first: int
    last: int
    recorded_at: AwareDatetime


class Task(Model):
    """A task that waits for an answer; `put_off` until a day, if it is."""

    due: TaskDue
    fell_at: AwareDatetime
    put_off: date | None = None


class NeighbourState(Model):
    """What every neighbour's state has.

    Attributes:
        id: Of what it is the neighbour: an account's, a sale's or a complaint's id.
        sequence: How many entries its ledger has.
        hash: The hash of the last.
        recorded_at: When the last was recorded.
        keys: The last keys, and what they became.
        forgets: Whether there were more keys than are kept here.
        tasks: Open tasks, by the entry in which they fell due.
        fired: The steps that fell due, by id, with their cause: each falls due once.
        missed: How many tasks were missed.
    """

    id: str
    sequence: int = 0
    hash: str = ""
    recorded_at: AwareDatetime | None = None
    keys: dict[str, Answered] = Field(default_factory=dict)
    forgets: bool = False
    tasks: dict[int, Task] = Field(default_factory=dict)
    fired: dict[str, str] = Field(default_factory=dict)
    missed: int = 0

    def but(self, **changes: Any) -> Any:
        """A copy with other values."""
        return self.model_copy(update=changes)


S = TypeVar("S", bound=NeighbourState)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that will fall due: what is then recorded, by the engine itself. `TaskDue` or a fact of the rules."""

    at: datetime
    fact: Model


@dataclass(frozen=True, slots=True)
class Addressed:
    """Of whom a neighbour's messages speak: who is told for `owner` and the other roles, and about what."""

    owner: str
    deputy: str | None = None
    collaborators: tuple[str, ...] = ()
    opportunity: str = ""
    account: str = ""
    title: str = ""


class Rules(ABC, Generic[S]):
    """How one kind of neighbour behaves; pure, without state of its own.

    Attributes:
        stream: Its kind.
        state: The class of its state.
        request: The class of its requests.
        entry: The class of its entries.
        openings: The kinds of command that may be its first.
        undeniable: The kinds that are facts: recorded whatever the state (design.md §3).
        noted: The kinds that the engine notes for itself, and nobody has to be told of: with what brings them.
    """

    stream: ClassVar[Any]
    state: ClassVar[type[Any]]
    request: ClassVar[type[Request[Any]]]
    entry: ClassVar[type[Entry[Any]]]
    openings: ClassVar[frozenset[str]]
    undeniable: ClassVar[frozenset[str]] = frozenset()
    noted: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def refuse(self, state: S, command: Any, observed: Moment, around: Around) -> Iterable[Problem]:
        """Everything that keeps a command from being recorded; of `answer_task`, what goes beyond the task itself."""

    def recorded(self, state: S, command: Any, around: Around) -> Any:
        """The command as it is recorded: with what the policy says of it now, since `happen` knows no policy."""
        return command

    @abstractmethod
    def happen(self, state: S, entry: Entry[Any]) -> S:
        """The state after one more entry. Total, and by the entry alone: so the ledger is enough to rebuild it."""

    @abstractmethod
    def agenda(self, state: S, around: Around) -> Iterable[Due]:
        """Everything that will fall due if nothing more is recorded; milder steps of one cause before harder ones."""

    @abstractmethod
    def standing(self, state: S) -> Collection[str]:
        """The causes of tasks that stand."""

    @abstractmethod
    def addressed(self, state: S) -> Addressed:
        """Of whom its messages speak."""

    @abstractmethod
    def ended(self, state: S) -> bool:
        """Whether nothing more will happen by itself: the run ends, and comes back when it is asked or told."""

    def tells(self, before: S, after: S, news: Sequence[Entry[Any]]) -> Iterable[Tell]:
        """Whom it tells of what changed."""
        return ()

    def summary(self, state: S) -> str:
        """Its state in Markdown, for an operator (design.md §6 rule 12)."""
        return ""


@dataclass(frozen=True, slots=True)
class Accepted(Generic[S]):
    """The request is lawful: these entries are to be recorded, and the state is then this."""

    entries: tuple[Entry[Any], ...]
    state: S


@dataclass(frozen=True, slots=True)
class Repeated:
    """The request was accepted before."""

    answer: Answered


@dataclass(frozen=True, slots=True)
class Rejected:
    """The request is refused; `conflict` tells that somebody was there first."""

    problems: tuple[Problem, ...]
    conflict: bool = False


def decide(rules: Rules[S], state: S, request: Request[Any], around: Around) -> Accepted[S] | Repeated | Rejected:
    """Decide what is asked of a neighbour. Total and pure."""
    content = request.content_hash()
    if known := state.keys.get(request.key):
        if known.hash == content:
            return Repeated(known)
        return Rejected((Problem(code="key_reused", params={"key": request.key}),), conflict=True)
    if request.expected_sequence is not None and request.expected_sequence != state.sequence:
        params = {"expected": request.expected_sequence, "actual": state.sequence}
        return Rejected((Problem(code="sequence_moved", params=params),), conflict=True)
    if not state.sequence and request.commands[0].kind not in rules.openings:
        return Rejected((Problem(code=f"{rules.stream}_unknown", params={"id": state.id}),))
    return _try(rules, state, request, content, around)


def _try(rules: Rules[S], state: S, request: Request[Any], content: str, around: Around) -> Accepted[S] | Rejected:
    now = max(around.now, state.recorded_at or around.now)
    observed = request.observed_at or Moment.at(now)
    told = all(command.kind in rules.undeniable for command in request.commands)
    problems = [] if told else _in_future(observed, around)
    trial, entries = state, []
    for place, command in enumerate(request.commands):
        if command.kind not in rules.undeniable:
            found = [*_unanswerable(trial, command, around), *rules.refuse(trial, command, observed, around)]
            if found:
                problems += [_placed(problem, f"commands[{place}]") for problem in found]
                continue
        entry = rules.entry(
            sequence=trial.sequence + 1, fact=rules.recorded(trial, command, around), observed_at=observed,
            day=around.day_of(observed), recorded_at=now, actor=request.actor, source=request.source, key=request.key,
            key_hash=content,
        ).chained(trial.hash)  # fmt: skip
        trial = happened(rules, trial, entry)
        entries.append(entry)
    if problems:
        return Rejected(tuple(problems))
    # In the same write: what only the engine notes for itself needs no timer.
    noted = _fallen(rules, trial, around, lambda due: due.fact.kind in rules.noted)  # type: ignore[attr-defined]
    return Accepted((*entries, *noted.entries), noted.state)


def _placed(problem: Problem, where: str) -> Problem:
    return problem.model_copy(update={"where": f"{where}.{problem.where}" if problem.where else where})


def _in_future(observed: Moment, around: Around) -> list[Problem]:
    late = (
        observed.instant > around.now + TOLERANCE if observed.instant else observed.day and observed.day > around.today
    )
    if not late:
        return []
    zone = around.calendar.zone
    params = {"observed_at": observed.local(zone), "now": local(around.now, zone)}
    return [Problem(code="observed_in_future", params=params)]


def _unanswerable(state: NeighbourState, command: Any, around: Around) -> list[Problem]:
    if not isinstance(command, AnswerTask):
        return []
    if command.entry not in state.tasks:
        return [Problem(code="task_unknown", params={"entry": command.entry, "open": sorted(state.tasks)})]
    if not command.text.strip() and command.answer != "put_off":
        return [Problem(code="answer_needs", params={"answer": command.answer, "what": "text"})]
    if command.until is None and command.answer == "put_off":
        return [Problem(code="answer_needs", params={"answer": command.answer, "what": "until"})]
    if command.until is not None and command.until < around.today:
        params = {"until": str(command.until), "today": str(around.today)}
        return [Problem(code="answer_day_past", params=params)]
    return []


def happened(rules: Rules[S], state: S, entry: Entry[Any]) -> S:
    """The state after one more entry: the books that all neighbours keep, and what the rules make of it."""
    fact = entry.fact
    tasks, fired, missed = dict(state.tasks), dict(state.fired), state.missed
    if isinstance(fact, TaskDue):
        if fact.of is not None:
            tasks.pop(fact.of, None)
        tasks[entry.sequence] = Task(due=fact, fell_at=entry.recorded_at)
        fired |= dict.fromkeys((*fact.passes, fact.id), fact.cause)
    elif isinstance(fact, TaskMissed):
        missed += tasks.pop(fact.entry, None) is not None
    elif isinstance(fact, AnswerTask):
        task = tasks.pop(fact.entry, None)
        if task is not None and fact.answer == "put_off":
            tasks[fact.entry] = task.model_copy(update={"put_off": fact.until})
    keys = state.keys
    if entry.key:
        known = keys.get(entry.key)
        first = known.first if known else entry.sequence
        answered = Answered(hash=entry.key_hash, first=first, last=entry.sequence, recorded_at=entry.recorded_at)
        keys = {**keys, entry.key: answered}
    kept = state.but(
        sequence=entry.sequence,
        hash=entry.hash,
        recorded_at=entry.recorded_at,
        keys=dict(list(keys.items())[-MOST_KEYS:]) if len(keys) > MOST_KEYS else keys,
        forgets=state.forgets or len(keys) > MOST_KEYS,
        missed=missed,
    )
    # What the rules see of a task that is just answered or missed, they see with its entry still in `state.tasks`.
    after = rules.happen(kept, entry)
    standing = rules.standing(after)
    return after.but(  # type: ignore[no-any-return]  # `but` gives the same class
        tasks={number: task for number, task in tasks.items() if task.due.cause in standing},
        fired={id_: cause for id_, cause in fired.items() if cause in standing},
    )


def fold(rules: Rules[S], id_: str, entries: Iterable[Entry[Any]]) -> S:
    """The state after these entries, from the first on."""
    state: S = rules.state(id=id_)
    for entry in entries:
        state = happened(rules, state, entry)
    return state


def fall_due(rules: Rules[S], state: S, around: Around) -> Accepted[S]:
    """What falls due by now, one after the other; nothing outside working hours.

    Of several steps of one cause whose time has come only the hardest falls due: the one that is true now.
    """
    working = around.calendar.next_working_moment(around.now) <= around.now
    return _fallen(rules, state, around, lambda due: True) if working else Accepted((), state)


def _fallen(rules: Rules[S], state: S, around: Around, which: Callable[[Due], bool]) -> Accepted[S]:
    entries: list[Entry[Any]] = []
    seen: set[str] = set()
    while (due := _earliest(rules, state, around, which)) is not None and due.at <= around.now:
        fact = due.fact
        if isinstance(fact, TaskDue) and fact.of is None:
            same = [d.fact for d in _ahead(rules, state, around) if d.at <= around.now and _cause(d) == fact.cause]
            harder = [task for task in same if isinstance(task, TaskDue) and task.of is None]
            fact = harder[-1].model_copy(update={"passes": tuple(task.id for task in harder[:-1])})
        if (said := fact.model_dump_json()) in seen:  # it changed nothing: it must not be recorded for ever
            break
        seen.add(said)
        entry = rules.entry(
            sequence=state.sequence + 1, fact=fact, observed_at=Moment.at(around.now), day=around.today,
            recorded_at=max(around.now, state.recorded_at or around.now), actor=ENGINE, source="engine",
        ).chained(state.hash)  # fmt: skip
        state = happened(rules, state, entry)
        entries.append(entry)
    return Accepted(tuple(entries), state)


def next_due(rules: Rules[S], state: S, around: Around) -> datetime | None:
    """When to look at the agenda next: never in the past, and in working hours; none if nothing is due."""
    due = _earliest(rules, state, around, lambda due: True)
    return around.calendar.next_working_moment(max(due.at, around.now)) if due else None


def _cause(due: Due) -> str | None:
    return due.fact.cause if isinstance(due.fact, TaskDue) else None


def _earliest(rules: Rules[S], state: S, around: Around, which: Callable[[Due], bool]) -> Due | None:
    return min(filter(which, _ahead(rules, state, around)), key=lambda due: due.at, default=None)


def _ahead(rules: Rules[S], state: S, around: Around) -> list[Due]:
    """What the rules expect and has not fallen due yet; tasks that come back; tasks that will be missed."""
    ahead = [
        due for due in rules.agenda(state, around) if not (isinstance(due.fact, TaskDue) and due.fact.id in state.fired)
    ]
    for number, task in state.tasks.items():
        if task.put_off is not None:
            again = task.due.model_copy(update={"of": number, "answer_by": None})
            ahead.append(Due(around.at(task.put_off), again))
        elif task.due.answer_by is not None:
            ahead.append(Due(task.due.answer_by, TaskMissed(entry=number)))
    return ahead

"""The inbox in SQL: what people are told, in one digest each morning, and what is urgent at once (domain.md §7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, select, tuple_, update

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.playbook import Named, Playbook
from stagemark.domain.policy import MessagePolicy
from stagemark.errors import Problem
from stagemark.ports import Message, Person, Policies
from stagemark.readmodel.schema import deliveries, messages, playbooks, triggers
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.common import tasks
from stagemark.texts.language import Language
from stagemark.texts.tasks import task_text
from stagemark.texts.tasks_complaint import STEP_OF

__all__ = ["Digest", "Inbox", "Note", "SqlInbox", "Undelivered", "read_notes"]

PLAIN: Final = WorkCalendar(id="plain", zone="UTC", known_from=date.min, known_until=date.max)

_Statuses = Mapping[tuple[str, int], str]
"""What became of tasks, by their neighbour and entry."""


class Undelivered(BaseModel):
    """That a message did not arrive beyond the inbox: by which channel, and why."""

    channel: str
    problem: Problem


class Note(BaseModel):
    """A message as its reader sees it.

    Attributes:
        stream: Which neighbour of the sale says so, such as `collection:S-1`; empty: the sale itself.
        opportunity: Which sale; empty for what concerns an account alone.
        event: The number by which it is answered.
        kind: Which trigger or task, by its id.
        subject: What it is about, where a command of its own answers it: a complaint's step, a prompt, an instalment.
        trigger: What fired, in the reader's language: the playbook's label, or what the task says; else its id.
        stage: The stage it is about, likewise; none if it is about none.
        title: The sale's title.
        account: The sale's account.
        high_risk: Whether the sale is at high risk from here on.
        since: When it was due.
        deliver_at: When its reader may see it.
        read: Whether they had seen it before.
        status: What became of the trigger: `open` while it waits for an answer; else `done`, `put_off`, `dismissed`,
            `missed` or `withdrawn`.
        unheld: Roles that nobody holds, for which it comes to this reader.
        params: Its ids, dates and figures, as they are.
        undelivered: Where it did not arrive.
    """

    stream: str
    opportunity: str
    event: int
    kind: str
    subject: str | None
    trigger: str
    stage: str | None
    title: str
    account: str
    high_risk: bool
    since: datetime
    deliver_at: datetime
    read: bool
    status: str
    unheld: list[str] = []
    params: dict[str, Any] = {}
    undelivered: list[Undelivered] = []

    @property
    def answered_by(self) -> dict[str, Any]:
        """What `answer_line` needs to know of it."""
        named = ("opportunity", "stream", "kind", "event")
        return {name: getattr(self, name) for name in named} | {"subject": self.subject or ""}


class Digest(BaseModel):
    """What one morning brought."""

    morning: datetime
    notes: list[Note]


class Inbox(BaseModel):
    """What a person has been told: what is urgent, and one digest for each morning, the oldest first."""

    person: Person
    language: Language
    urgent: list[Note]
    digests: list[Digest]


class SqlInbox:
    """The port `Notifier` on a store, and its reading side. It never sends anybody away: reading is up to them."""

    def __init__(self, store: Store, calendar: WorkCalendar = PLAIN, policies: Policies | None = None) -> None:
        """Use a store; it has to be migrated.

        Args:
            store: Where the messages stand.
            calendar: When a working morning begins; meant in each recipient's own zone.
            policies: How long after that the digest goes out; without one, as the shipped policy says.
        """
        self._store = store
        self._calendar = calendar
        self._policies = policies

    async def post(self, message: Message, recipient: Person) -> None:
        """Post a message to one person; repeats of its key are one message."""
        key = {"namespace": self._store.namespace, "key": message.key, "recipient": recipient.id}
        row = key | {
            "stream": message.stream,
            "opportunity": message.opportunity,
            "title": message.title,
            "account": message.account,
            "playbook": message.playbook,
            "event": message.event,
            "kind": message.kind,
            "params": message.params,
            "urgent": message.urgent,
            "at": message.at,
            "deliver_at": message.at if message.urgent else await self._morning(message.at, recipient.zone),
            "withdrawn": False,
        }
        posted = select(messages.c.key).where(*(messages.c[name] == value for name, value in key.items()))

        def work(connection: Connection) -> None:
            if connection.execute(posted).first() is None:
                connection.execute(insert(messages), [row])

        await self._store.write(work, message.opportunity)

    async def withdraw(self, key: str) -> None:
        """Take back a message, to all its recipients; who has read it keeps it."""
        of_key = update(messages).where(messages.c.namespace == self._store.namespace, messages.c.key == key)
        unread = of_key.where(messages.c.read_at.is_(None)).values(withdrawn=True)
        await self._store.write(lambda connection: connection.execute(unread), key.rsplit(":", 2)[0])

    async def has_told(self, person: str) -> bool:
        """Whether somebody of that id was ever told anything; also those whom the directory does not know are."""
        any_ = select(messages.c.key).where(
            messages.c.namespace == self._store.namespace, messages.c.recipient == person
        )
        return await self._store.read(lambda connection: connection.execute(any_.limit(1)).first() is not None)

    async def inbox_for(
        self, person: Person, now: datetime, *, everything: bool = False, language: Language | None = None
    ) -> Inbox:
        """What a person has not read yet of what they may see now. It is read from then on.

        Args:
            person: Whose inbox.
            now: The present, aware.
            everything: Also what they read before.
            language: The language of the labels; their own by default.
        """
        speaks = language or person.language
        mine = (
            messages.c.namespace == self._store.namespace,
            messages.c.recipient == person.id,
            messages.c.withdrawn.is_(False),
            messages.c.deliver_at <= now,
        )
        unread = messages.c.read_at.is_(None)

        def work(connection: Connection) -> list[tuple[RowMapping, Note]]:
            chosen = mine if everything else (*mine, unread)
            found = read_notes(connection, self._store.namespace, *chosen, language=speaks)
            connection.execute(update(messages).where(*mine, unread).values(read_at=now))
            return found

        notes = await self._store.write(work)
        daily = ((row["deliver_at"], note) for row, note in notes if not row["urgent"])
        return Inbox(
            person=person,
            language=speaks,
            urgent=[note for row, note in notes if row["urgent"]],
            digests=[
                Digest(morning=morning, notes=[note for _, note in group])
                for morning, group in groupby(daily, key=lambda pair: pair[0])
            ],
        )

    async def _morning(self, at: datetime, zone: str) -> datetime:
        carried = (await self._policies.policy()).messages if self._policies else MessagePolicy()
        return self._calendar.model_copy(update={"zone": zone}).next_morning(at.astimezone(UTC) - carried.digest_after)


def read_notes(
    connection: Connection, namespace: str, *where: ColumnElement[bool], language: Language
) -> list[tuple[RowMapping, Note]]:
    """Messages with what their reader sees of them, the oldest first."""
    own = (messages.c[name] == triggers.c[name] for name in ("namespace", "opportunity", "event"))
    query = select(messages, triggers.c.status).outerjoin(triggers, and_(messages.c.stream == "", *own))
    query = query.where(*where).order_by(messages.c.deliver_at, messages.c.at, messages.c.key)
    rows = connection.execute(query).mappings().all()
    became = _became(connection, namespace, rows)
    labels = _playbooks(connection, namespace, {row["playbook"] for row in rows})
    notes = [(row, _note(row, labels.get(row["playbook"]), became, language)) for row in rows]
    lost = _undelivered(connection, namespace, rows)
    for row, note in notes:
        note.undelivered = [
            lost_ for key in (row["key"], row["digest"]) for lost_ in lost.get((key, row["recipient"]), ())
        ]
    return notes


def _became(connection: Connection, namespace: str, found: Iterable[RowMapping]) -> _Statuses:
    """What became of the tasks of neighbours."""
    told = {(*row["stream"].split(":", 1), row["event"]) for row in found if row["stream"]}
    if not told:
        return {}
    named = (tasks.c.stream, tasks.c.id, tasks.c.entry)
    query = select(*named, tasks.c.status).where(tasks.c.namespace == namespace, tuple_(*named).in_(sorted(told)))
    return {(f"{kind}:{id_}", entry): status for kind, id_, entry, status in connection.execute(query)}


def _undelivered(
    connection: Connection, namespace: str, rows: Iterable[RowMapping]
) -> dict[tuple[str, str], list[Undelivered]]:
    """What did not arrive beyond the inbox, by its key or that of its digest, and its reader."""
    readers = sorted({row["recipient"] for row in rows})
    query = select(deliveries).where(
        deliveries.c.namespace == namespace,
        deliveries.c.recipient.in_(readers),
        deliveries.c.status.in_(("refused", "given_up")),
    )
    found: dict[tuple[str, str], list[Undelivered]] = {}
    for row in connection.execute(query).mappings():
        problem = Problem(code=row["code"], params=row["params"])
        lost = Undelivered(channel=row["channel"], problem=problem)
        found.setdefault((row["key"], row["recipient"]), []).append(lost)
    return found


def _playbooks(connection: Connection, namespace: str, digests: Iterable[str]) -> dict[str, Playbook]:
    query = select(playbooks.c.hash, playbooks.c.whole).where(
        playbooks.c.namespace == namespace, playbooks.c.hash.in_(sorted(digests))
    )
    return {digest: Playbook.model_validate_json(whole) for digest, whole in connection.execute(query)}


def _note(row: RowMapping, playbook: Playbook | None, became: _Statuses, language: Language) -> Note:
    params, kind = row["params"], row["kind"]
    stage = params.get("stage")
    label = None if playbook else task_text(kind, language, params)
    missed = "missed" if params.get("missed") else None  # it is told to a superior, under a number of its own
    return Note(
        stream=row["stream"],
        opportunity=row["opportunity"],
        event=row["event"],
        kind=kind,
        subject=STEP_OF.get(kind) or params.get("prompt") or params.get("instalment"),
        trigger=label or _label({t.id: t for t in playbook.triggers} if playbook else {}, kind, language),
        stage=_label(playbook.stage_of if playbook else {}, stage, language) if stage else None,
        title=row["title"],
        account=row["account"],
        high_risk=bool(params.get("high_risk")),
        since=params.get("due_at", row["at"]),
        deliver_at=row["deliver_at"],
        read=row["read_at"] is not None,
        status=row["status"] or became.get((row["stream"], row["event"])) or missed or "open",
        unheld=params.get("unheld", []),
        params=params,
    )


def _label(named: Mapping[str, Named], id_: str, language: Language) -> str:
    found = named.get(id_)
    return getattr(found.label, language) if found is not None and found.label is not None else id_

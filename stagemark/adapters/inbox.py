"""The inbox in SQL: what people are told, in one digest each morning, and what is urgent at once (domain.md §7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from pydantic import BaseModel
from sqlalchemy import Connection, RowMapping, and_, insert, select, update

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.playbook import Named, Playbook
from stagemark.ports import Message, Person
from stagemark.problem_texts import Language
from stagemark.readmodel.schema import messages, playbooks, triggers
from stagemark.readmodel.store import Store

__all__ = ["Digest", "Inbox", "Note", "SqlInbox"]

GRACE: Final = timedelta(minutes=15)
"""What falls due as the working day begins still belongs to that morning's digest."""
PLAIN: Final = WorkCalendar(id="plain", zone="UTC", known_from=date.min, known_until=date.max)


class Note(BaseModel):
    """A message as its reader sees it.

    Attributes:
        opportunity: Which sale.
        event: The number by which it is answered.
        trigger: What fired, in the reader's language; its id where the playbook has no label.
        stage: The stage it is about, likewise; none if it is about none.
        title: The sale's title.
        account: The sale's account.
        high_risk: Whether the sale is at high risk from here on.
        since: When it was due.
        deliver_at: When its reader may see it.
        read: Whether they had seen it before.
        status: What became of the trigger: `open` while it waits for an answer; else `done`, `put_off`, `dismissed`,
            `missed` or `withdrawn`.
    """

    opportunity: str
    event: int
    trigger: str
    stage: str | None
    title: str
    account: str
    high_risk: bool
    since: datetime
    deliver_at: datetime
    read: bool
    status: str


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

    def __init__(self, store: Store, calendar: WorkCalendar = PLAIN) -> None:
        """Use a store; it has to be migrated.

        Args:
            store: Where the messages stand.
            calendar: When a working morning begins; meant in each recipient's own zone.
        """
        self._store = store
        self._calendar = calendar

    async def post(self, message: Message, recipient: Person) -> None:
        """Post a message to one person; repeats of its key are one message."""
        key = {"namespace": self._store.namespace, "key": message.key, "recipient": recipient.id}
        row = key | {
            "opportunity": message.opportunity,
            "title": message.title,
            "account": message.account,
            "playbook": message.playbook,
            "event": message.event,
            "kind": message.kind,
            "params": message.params,
            "urgent": message.urgent,
            "at": message.at,
            "deliver_at": message.at if message.urgent else self._morning(message.at, recipient.zone),
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
        fired = and_(*(messages.c[name] == triggers.c[name] for name in ("namespace", "opportunity", "event")))
        query = select(messages, triggers.c.status).outerjoin(triggers, fired)
        query = query.where(*mine, *(() if everything else (unread,)))

        def work(connection: Connection) -> tuple[Sequence[RowMapping], dict[str, Playbook]]:
            rows = connection.execute(query.order_by(messages.c.deliver_at, messages.c.at, messages.c.key)).mappings()
            found = rows.all()
            connection.execute(update(messages).where(*mine, unread).values(read_at=now))
            return found, self._playbooks(connection, {row["playbook"] for row in found})

        found, labels = await self._store.write(work)
        notes = [(row, _note(row, labels.get(row["playbook"]), speaks)) for row in found]
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

    def _morning(self, at: datetime, zone: str) -> datetime:
        return self._calendar.model_copy(update={"zone": zone}).next_morning(at.astimezone(UTC) - GRACE)

    def _playbooks(self, connection: Connection, digests: Iterable[str]) -> dict[str, Playbook]:
        query = select(playbooks.c.hash, playbooks.c.whole).where(
            playbooks.c.namespace == self._store.namespace, playbooks.c.hash.in_(sorted(digests))
        )
        return {digest: Playbook.model_validate_json(whole) for digest, whole in connection.execute(query)}


def _note(row: RowMapping, playbook: Playbook | None, language: Language) -> Note:
    params = row["params"]
    stage = params.get("stage")
    return Note(
        opportunity=row["opportunity"],
        event=row["event"],
        trigger=_label({t.id: t for t in playbook.triggers} if playbook else {}, row["kind"], language),
        stage=_label(playbook.stage_of if playbook else {}, stage, language) if stage else None,
        title=row["title"],
        account=row["account"],
        high_risk=bool(params.get("high_risk")),
        since=params.get("due_at", row["at"]),
        deliver_at=row["deliver_at"],
        read=row["read_at"] is not None,
        status=row["status"] or "open",
    )


def _label(named: Mapping[str, Named], id_: str, language: Language) -> str:
    found = named.get(id_)
    return getattr(found.label, language) if found is not None and found.label is not None else id_

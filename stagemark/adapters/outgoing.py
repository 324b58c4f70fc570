"""The inbox from the side of what is carried beyond it: single messages, and what a morning's digest has."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select, update

from stagemark.adapters.inbox import Note, read_notes
from stagemark.readmodel.schema import messages
from stagemark.readmodel.store import Store
from stagemark.texts.language import Language

__all__ = ["Outgoing", "digest_day", "digest_key"]

SETTLED = frozenset({"done", "put_off", "dismissed", "withdrawn"})
"""What became of a trigger or task of which nobody needs to be told any more."""


def digest_key(person: str, day: date) -> str:
    """The key of a person's digest of a day."""
    return f"digest:{day}:{person}"


def digest_day(key: str, person: str) -> str | None:
    """The day of a digest's key; none for the key of a message."""
    kind, _, rest = key.partition(":")
    day, _, whose = rest.partition(":")
    return day if kind == "digest" and whose == person else None


class Outgoing:
    """Reads the inbox for the courier; it never counts as read by that."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def standing(self, person: str, key: str, language: Language) -> list[Note]:
        """The message of a key, if it still stands: neither taken back nor settled."""
        mine = (*self._of(person), messages.c.key == key)
        found = await self._store.read(
            lambda connection: read_notes(connection, self._store.namespace, *mine, language=language)
        )
        return [note for _, note in found if note.status not in SETTLED]

    async def waiting(self, now: datetime) -> list[str]:
        """For whom something waits that a digest can carry by now."""
        query = select(messages.c.recipient).distinct().where(*self._daily(), messages.c.deliver_at <= now)
        return sorted(await self._store.read(lambda connection: list(connection.execute(query).scalars())))

    async def claim(self, person: str, key: str, now: datetime | None, language: Language) -> list[Note]:
        """What a digest has and still stands, and what waits by now, if an instant is given."""
        mine = self._of(person)

        def work(connection: Connection) -> list[Note]:
            if now is not None:
                news = (*mine, *self._daily(), messages.c.deliver_at <= now)
                connection.execute(update(messages).where(*news).values(digest=key))
            had = read_notes(connection, self._store.namespace, *mine, messages.c.digest == key, language=language)
            return [note for _, note in had if note.status not in SETTLED]

        return await self._store.write(work, key)

    def _of(self, person: str) -> tuple[ColumnElement[bool], ...]:
        return (
            messages.c.namespace == self._store.namespace,
            messages.c.recipient == person,
            messages.c.withdrawn.is_(False),
        )

    def _daily(self) -> tuple[ColumnElement[bool], ...]:
        return (
            messages.c.namespace == self._store.namespace,
            messages.c.withdrawn.is_(False),
            messages.c.urgent.is_(False),
            messages.c.digest.is_(None),
            messages.c.read_at.is_(None),
        )

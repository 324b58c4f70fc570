"""An installation on SQLite with people, and the messages they get."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stagemark import bootstrap
from stagemark.bootstrap import Engine
from stagemark.ports import Message
from stagemark.settings import Settings

PEOPLE = """id,name,supervisor,language,roles,channels
li,李,,zh,,mail=li@acme.example
wang,Wang,li,en,,mail=wang@acme.example
root,Root,,en,administrator,
"""
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
"""Wednesday noon in Shanghai."""


@asynccontextmanager
async def installed(folder: Path, people: str = PEOPLE, **settings: Any) -> AsyncIterator[Engine]:
    """An installation that knows these people."""
    (folder / "people.csv").write_text(people)
    url = f"sqlite:///{folder}/stagemark.db"
    async with bootstrap.engine(Settings(**{"database_url": url, "jitter": 0, **settings})) as engine:
        await engine.directory.bring_in(folder / "people.csv")
        yield engine


def message(key: str = "S-1:5:silent", **changes: Any) -> Message:
    """A message as a sale sends it: urgent, to the supervisor."""
    said = {
        "key": key,
        "opportunity": "S-1",
        "title": "Pumps",
        "account": "Acme",
        "event": 5,
        "kind": "silent",
        "params": {"rung": "boss", "due_at": NOON.isoformat(), "high_risk": True},
        "to": ("supervisor",),
        "owner": "wang",
        "urgent": True,
        "at": NOON,
    }
    return Message.model_validate(said | changes)


async def deliver(engine: Engine, what: Message, person: str, now: datetime = NOON) -> datetime | None:
    """Post a message and carry it, as the activity does."""
    recipient = await engine.directory.find(person)
    await engine.inbox.post(what, recipient)
    return await engine.courier.deliver(what, recipient, now)

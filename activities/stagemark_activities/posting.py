"""Telling people: into the inbox with the write of a ledger, beyond it on the sending queue (design.md §6 rule 7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

from temporalio import activity

from stagemark.contracts.messages import Sending, Sent
from stagemark.ports import Courier, Directory, Message, Notifier, Person

__all__ = ["Posting", "present"]

PATIENCE: Final = 8.0
"""Seconds after which a try begins nothing more: what is left comes with the next one, before this one times out."""
SOON: Final = timedelta(seconds=5)
_LOG: Final = logging.getLogger("stagemark.messages")


class Posting:
    """Tells the people whom roles mean. Notifier and courier take repeats of one key as one message."""

    def __init__(
        self, notifier: Notifier, directory: Directory, courier: Courier | None = None, patience: float = PATIENCE
    ) -> None:
        """Stand on the ports; without a courier messages stay in the inbox."""
        self._patience = patience
        self._notifier = notifier
        self._directory = directory
        self._courier = courier

    async def post(self, sending: Sending) -> Sent:
        """Take messages back, and put others into the inbox; what goes beyond it, or failed, is left for `send`.

        The ledger is written in the same breath, so nothing here may keep it from that: it never raises, and is over
        before the activity times out.
        """
        more, kept = [], []
        begun = monotonic()

        async def tried(work: Callable[[], Awaitable[bool]], key: str) -> bool:
            left = self._patience - (monotonic() - begun)
            if left <= 0:
                return False
            try:
                async with asyncio.timeout(left):
                    return await work()
            except Exception:  # a notifier is the host's: whatever it raises, the sending queue tries again
                _LOG.warning("%s is left to the sending queue", key, exc_info=True)
                return False

        for key in sending.withdrawals:
            if not await tried(partial(self._taken_back, key), key):
                kept.append(key)
        not_before: dict[str, datetime] = {}
        for message in sending.messages:
            if not await tried(partial(self._in_house, message, not_before), message.key):
                more.append(message.key)
        return Sent(not_before=not_before, more=tuple(more), withdrawals=tuple(kept))

    async def send(self, sending: Sending) -> Sent:
        """Take messages back, post others, carry them beyond the inbox, and say which have to wait."""
        for key in sending.withdrawals:
            await self._taken_back(key)
        now, begun = present(sending.at), monotonic()
        not_before = {}
        for message in sending.messages:
            until = await self._carry(message, now) if monotonic() - begun < self._patience else now + SOON
            if until is not None:
                not_before[message.key] = until
        return Sent(not_before=not_before)

    async def _taken_back(self, key: str) -> bool:
        await self._notifier.withdraw(key)
        if self._courier is not None:
            await self._courier.withdraw(key)
        return True

    async def _in_house(self, message: Message, not_before: dict[str, datetime]) -> bool:
        """Post a message; whether that is all. Beyond the inbox goes only what is urgent."""
        message, people = await self._addressed(message)
        answers = [await self._notifier.post(message, person) for person in people]
        if until := _earliest(answers):
            not_before[message.key] = until
            return True
        return self._courier is None or not message.urgent or not any(person.channels for person in people)

    async def _carry(self, message: Message, now: datetime) -> datetime | None:
        """Post to each recipient and carry; the earliest instant at which one who has to wait may be told."""
        message, people = await self._addressed(message)
        answers = []
        for person in people:
            until = await self._notifier.post(message, person)
            if until is None and self._courier is not None:
                until = await self._courier.deliver(message, person, now)
            answers.append(until)
        return _earliest(answers)

    async def _addressed(self, message: Message) -> tuple[Message, list[Person]]:
        """Whom a message goes to, and the message with the roles that nobody holds."""
        people, unheld = await self._recipients(message)
        if not unheld:
            return message, people
        _LOG.warning("Nobody holds the role %s; %s goes to %s", unheld, message.key, [one.id for one in people])
        return message.model_copy(update={"params": {**message.params, "unheld": unheld}}), people

    async def _recipients(self, message: Message) -> tuple[list[Person], list[str]]:
        """The people whom the roles mean, each once; and the roles that nobody holds.

        Somebody the directory does not know is told by id alone. A role of the company is held by people of the
        owner's team first. Where nobody holds it, it falls to the owner's supervisor, and else to the owner: a message
        to nobody would be lost.
        """
        ids: dict[str, None] = {}
        unheld: list[str] = []
        for role in message.to:
            match role:
                case "owner":
                    ids[message.owner] = None
                case "deputy":
                    ids |= {message.deputy: None} if message.deputy else {}
                case "collaborators":
                    ids.update(dict.fromkeys(message.collaborators))
                case "supervisor":
                    ids[await self._above(message.owner)] = None
                case _:
                    held = await self._holders(role, message.owner)
                    unheld += [] if held else [role]
                    ids.update(dict.fromkeys(held or [await self._above(message.owner)]))
        told = ids or {message.owner: None}
        return [await self._directory.person(person) or Person(id=person, name=person) for person in told], unheld

    async def _above(self, person: str) -> str:
        found = await self._directory.person(person)
        return (found and found.supervisor) or person

    async def _holders(self, role: str, owner: str) -> list[str]:
        everybody = await self._directory.people()
        team = next((person.team for person in everybody if person.id == owner), None)
        of_team = [person.id for person in everybody if team is not None and person.holds(role, team)]
        return of_team or [person.id for person in everybody if person.holds(role)]


def _earliest(answers: list[datetime | None]) -> datetime | None:
    return min((until for until in answers if until is not None), default=None)


def present(at: datetime | None) -> datetime:
    """The present as the run that asked knows it, which may live in virtual time: its moment, and the wait since."""
    wall = datetime.now(UTC)
    if at is None:
        return wall
    return at + max(timedelta(0), wall - activity.info().scheduled_time)

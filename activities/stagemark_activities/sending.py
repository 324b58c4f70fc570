"""The activity that tells people, on a queue of its own with a limited rate (design.md §6 rule 7)."""

from __future__ import annotations

from datetime import datetime

from temporalio import activity

from stagemark.contracts.messages import Sending, Sent
from stagemark.ports import Directory, Message, Notifier, Person

__all__ = ["SendingActivities"]


class SendingActivities:
    """What a sale's run tells people. The notifier takes repeats of one key as one message."""

    def __init__(self, notifier: Notifier, directory: Directory) -> None:
        """Stand on the ports."""
        self._notifier = notifier
        self._directory = directory

    @activity.defn(name="stagemark.send")
    async def send(self, sending: Sending) -> Sent:
        """Take messages back, post others to the people whom their roles mean, and say which have to wait."""
        for key in sending.withdrawals:
            await self._notifier.withdraw(key)
        not_before = {message.key: until for message in sending.messages if (until := await self._post(message))}
        return Sent(not_before=not_before)

    async def _post(self, message: Message) -> datetime | None:
        """Post to each recipient; the earliest instant at which one who has to wait may be told."""
        answers = [await self._notifier.post(message, person) for person in await self._recipients(message)]
        return min((until for until in answers if until is not None), default=None)

    async def _recipients(self, message: Message) -> list[Person]:
        """The people whom the roles mean, each once; somebody the directory does not know is told by id alone.

        Where a role is held by nobody the owner is told: a message to nobody would be lost.
        """
        ids: dict[str, None] = {}
        for role in message.to:
            match role:
                case "owner":
                    ids[message.owner] = None
                case "deputy" if message.deputy:
                    ids[message.deputy] = None
                case "collaborators":
                    ids.update(dict.fromkeys(message.collaborators))
                case "supervisor":
                    owner = await self._directory.person(message.owner)
                    ids[(owner and owner.supervisor) or message.owner] = None
        told = ids or {message.owner: None}
        return [await self._directory.person(person) or Person(id=person, name=person) for person in told]

"""What people are told with the write of a ledger, and what is left to the sending queue."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stagemark.contracts.messages import Sending, Sent
from stagemark.domain.reactions import Message
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, MemoryInbox
from stagemark_activities.posting import Posting

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=8)
WANG = Person(id="wang", name="王", channels=("mail:wang",))
LI = Person(id="li", name="李")


def message(key: str, owner: str = "wang", **rest: Any) -> Message:
    return Message(key=key, opportunity="S-1", kind="silent", to=("owner",), owner=owner, at=NOW, **rest)


class Carrier:
    """A courier that remembers what it was asked."""

    def __init__(self) -> None:
        self.carried: list[str] = []
        self.withdrawn: list[str] = []

    async def deliver(self, message: Message, recipient: Person, now: datetime) -> datetime | None:
        self.carried.append(message.key)
        return None

    async def withdraw(self, key: str) -> None:
        self.withdrawn.append(key)

    async def waiting(self, zones: Any, now: datetime) -> list[str]:
        return []

    async def digest(self, person: str, day: date, now: datetime) -> datetime | None:
        return None


class Broken(MemoryInbox):
    """An inbox that is down, or never answers, for one message."""

    def __init__(self, *, answers: bool) -> None:
        super().__init__()
        self._answers = answers

    async def post(self, message: Message, recipient: Person) -> datetime | None:
        if message.key != "bad":
            return await super().post(message, recipient)
        if self._answers:
            raise OSError("down")
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # it never comes

    async def withdraw(self, key: str) -> None:
        if key == "bad":
            raise OSError("down")
        await super().withdraw(key)


async def test_what_is_urgent_is_in_the_inbox_at_once_and_goes_on_to_whom_has_channels() -> None:
    inbox, carrier = MemoryInbox(), Carrier()
    sending = Sending(
        messages=(message("daily"), message("urgent", urgent=True), message("inside", owner="li", urgent=True)),
        withdrawals=("gone",),
    )
    sent = await Posting(inbox, MemoryDirectory(WANG, LI), carrier).post(sending)
    assert sent == Sent(more=("urgent",))
    assert list(inbox.posted) == [("daily", "wang"), ("urgent", "wang"), ("inside", "li")]
    assert (inbox.withdrawn, carrier.withdrawn, carrier.carried) == (["gone"], ["gone"], [])


async def test_what_may_not_come_yet_says_when() -> None:
    inbox = MemoryInbox()
    inbox.quiet["S-1"] = LATER
    sent = await Posting(inbox, MemoryDirectory(WANG)).post(Sending(messages=(message("early"),)))
    assert sent == Sent(not_before={"early": LATER})


@pytest.mark.parametrize("answers", [True, False])
async def test_an_inbox_that_is_down_keeps_no_ledger_waiting(answers: bool) -> None:
    inbox, patience = Broken(answers=answers), 8.0 if answers else 0.05
    sending = Sending(messages=(message("good"), message("bad"), message("next")), withdrawals=("bad", "fine"))
    sent = await Posting(inbox, MemoryDirectory(WANG), patience=patience).post(sending)
    assert sent == Sent(more=("bad",) if answers else ("bad", "next"), withdrawals=("bad",))
    assert inbox.withdrawn == ["fine"]
    assert ("good", "wang") in inbox.posted

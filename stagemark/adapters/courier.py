"""The port `Courier` on Apprise: mail and chat beside the inbox, which has every message in any case."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from stagemark.adapters.channels import Channels, Unresolved, split_target
from stagemark.adapters.deliveries import Delivery, SqlDeliveries
from stagemark.adapters.inbox import Note, SqlInbox
from stagemark.adapters.letters import Broken, Letter, Letters
from stagemark.adapters.outgoing import Outgoing, digest_day, digest_key
from stagemark.domain.policy import Policy
from stagemark.domain.quiet import may_reach
from stagemark.errors import NotFound, Problem
from stagemark.ports import Calendars, Directory, Message, Person, Policies
from stagemark.readmodel.store import Store
from stagemark.texts.answering import answer_line
from stagemark.texts.language import Language
from stagemark.texts.tasks import params_said, task_text

if TYPE_CHECKING:
    from stagemark.adapters.carriers import Outcome

__all__ = ["ADMINISTRATOR", "AppriseCourier", "message_id"]

ADMINISTRATOR: Final = "administrator"
"""The role of those who hear of broken templates and of addresses that refuse."""
SHORT: Final = 60
"""Characters of what a note says in a subject."""
_LOG: Final = logging.getLogger("stagemark.messages")


def message_id(namespace: str, key: str, recipient: str) -> str:
    """The id of one message to one person: the same at every try, and of no other."""
    return hashlib.sha256(f"{namespace}\n{key}\n{recipient}".encode()).hexdigest()[:40]


class AppriseCourier:
    """Carries messages by the channels of their readers. What it tries and what became of it stands in `deliveries`."""

    def __init__(
        self,
        store: Store,
        inbox: SqlInbox,
        directory: Directory,
        channels: Channels,
        letters: Letters,
        policies: Policies,
        calendars: Calendars,
    ) -> None:
        """Stand on these; `inbox` is where people see what did not arrive."""
        self._namespace = store.namespace
        self._deliveries = SqlDeliveries(store)
        self._outgoing = Outgoing(store)
        self._inbox = inbox
        self._directory = directory
        self._channels = channels
        self._letters = letters
        self._policies = policies
        self._calendars = calendars

    # -- the port

    async def deliver(self, message: Message, recipient: Person, now: datetime) -> datetime | None:
        """See `Courier.deliver`."""
        if not message.urgent or not recipient.channels:
            return None
        await self._inbox.post(message, recipient)  # it has every message, also where a host's notifier is another
        policy = await self._policies.policy()
        if (until := await self._reachable(recipient, policy, now, urgent=True)) > now:
            return until
        return await self._carried(message.key, recipient, policy, now)

    async def withdraw(self, key: str) -> None:
        """See `Courier.withdraw`."""
        await self._deliveries.withdraw(key)

    async def waiting(self, zones: Sequence[str], now: datetime) -> list[str]:
        """See `Courier.waiting`."""
        waits = set(await self._outgoing.waiting(now))
        people = await self._directory.people()
        return [one.id for one in people if one.id in waits and one.channels and one.zone in zones]

    async def digest(self, person: str, day: date, now: datetime) -> datetime | None:
        """See `Courier.digest`."""
        recipient = await self._directory.person(person)
        if recipient is None or not recipient.channels:
            return None
        policy = await self._policies.policy()
        if (until := await self._reachable(recipient, policy, now, urgent=False)) > now:
            return until
        return await self._carried(digest_key(person, day), recipient, policy, now)

    # -- what an operator asks for

    async def test(self, recipient: Person, entry: str, now: datetime) -> Outcome:
        """Send a test by one entry of a person's channels."""
        note = _content_of_test(recipient.language)
        letter = await self._written(("urgent",), recipient, {"note": note}, now)
        return await self.send(entry, letter, message_id(self._namespace, f"test:{now.isoformat()}", recipient.id))

    async def again(self, delivery: Delivery, now: datetime) -> Delivery:
        """Try once more what was refused or given up; whatever comes of it is the last word.

        Raises:
            NotFound: `unknown_person`; `person_lacks_channel`: they are not to be told by it any more.
        """
        recipient = await self._directory.person(delivery.recipient)
        if recipient is None:
            raise NotFound.of("unknown_person", person=delivery.recipient)
        entries = {split_target(entry)[0]: entry for entry in recipient.channels}
        if delivery.channel not in entries:
            known = sorted(entries)
            raise NotFound.of("person_lacks_channel", person=recipient.name, channel=delivery.channel, known=known)
        letter = await self._letter(delivery.key, recipient, now, more=False)
        if letter is None:
            after = delivery.model_copy(update={"status": "withdrawn", "next_at": None})
        else:
            id_ = message_id(self._namespace, delivery.key, recipient.id)
            outcome = await self.send(entries[delivery.channel], letter, id_)
            after = _after(delivery.key, recipient.id, delivery.channel, delivery, outcome, (), now)
        await self._deliveries.keep(after)
        return after

    # -- one letter over all channels of one person

    async def _reachable(self, person: Person, policy: Policy, now: datetime, *, urgent: bool) -> datetime:
        calendar = await self._calendars.calendar(policy.calendar)
        theirs = calendar.model_copy(update={"zone": person.zone})
        return may_reach(theirs, person.quiet_hours or policy.quiet_hours, now, urgent=urgent)

    async def _letter(self, key: str, recipient: Person, now: datetime, *, more: bool) -> Letter | None:
        """A message or a digest in words; none where nothing of it stands any more: taken back, or answered.

        A digest takes in what waits at its first try alone: what came by one channel comes by all.
        """
        speaks = recipient.language
        if (day := digest_day(key, recipient.id)) is not None:
            notes = await self._outgoing.claim(recipient.id, key, now if more else None, speaks)
            told: dict[str, Any] = {"notes": [note_content(note, recipient) for note in notes], "day": day}
            kinds: tuple[str, ...] = ("digest",)
        else:
            notes = await self._outgoing.standing(recipient.id, key, speaks)
            told = {"note": note_content(notes[0], recipient)} if notes else {}
            kinds = (notes[0].kind, "urgent") if notes else ()
        return await self._written(kinds, recipient, told, now) if notes else None

    async def _carried(self, key: str, recipient: Person, policy: Policy, now: datetime) -> datetime | None:
        """Carry a message or digest over all channels that have not got it, if it stands."""
        known = await self._deliveries.of(key, recipient.id)
        letter = await self._letter(key, recipient, now, more=not known)
        if letter is None:
            await self._deliveries.withdraw(key)
            return None
        id_ = message_id(self._namespace, key, recipient.id)
        later: list[datetime] = []
        for entry in recipient.channels:
            channel, _ = split_target(entry)
            before = known.get(channel)
            if before is not None and before.status != "waiting":
                continue
            if before is not None and before.next_at is not None and before.next_at > now:
                later.append(before.next_at)
                continue
            outcome = await self.send(entry, letter, id_)
            after = _after(key, recipient.id, channel, before, outcome, policy.messages.again, now)
            await self._deliveries.keep(after)
            if after.next_at is not None:
                later.append(after.next_at)
            elif after.status != "sent":
                await self._report_undelivered(after, recipient, now)
        return min(later, default=None)

    async def send(self, entry: str, letter: Letter, id_: str) -> Outcome:
        """Send a letter by one entry of a person's channels, once. Nothing of an address comes back."""
        from stagemark.adapters.carriers import Outcome, Unreadable, carry, read_address  # only who sends loads Apprise

        channel, target = split_target(entry)
        try:
            address = read_address(self._channels.address(channel), target)
        except Unresolved as unset:  # somebody may set it right meanwhile
            return Outcome("failed", unset.problem.code, unset.problem.params)
        except Unreadable as wrong:
            return Outcome("refused", wrong.code, {"channel": channel})
        relay = self._channels.of(channel).relay
        via = str(relay) if relay else None
        outcome = await asyncio.to_thread(carry, address, letter.subject, letter.body, id_, via)
        if outcome.status == "sent":
            return outcome
        return Outcome(outcome.status, outcome.code, {"channel": channel, **outcome.params})

    # -- words

    async def _written(
        self, kinds: tuple[str, ...], recipient: Person, told: Mapping[str, Any], now: datetime
    ) -> Letter:
        speaks = recipient.language
        content = {"person": {"id": recipient.id, "name": recipient.name}, "language": speaks, **told}
        letter, broken = await asyncio.to_thread(self._letters.write, kinds, speaks, content)
        for one in broken:
            await self._report_broken(one, recipient, now)
        return letter

    # -- what a person has to see to

    async def _report_undelivered(self, delivery: Delivery, recipient: Person, now: datetime) -> None:
        """Tell somebody who can see to it; the reader finds it at the message itself, in the inbox."""
        assert delivery.problem is not None
        _LOG.warning("Not delivered to %s by %s: %s", recipient.id, delivery.channel, delivery.problem.code)
        params = {"person": recipient.name, "channel": delivery.channel, "problem": delivery.problem.model_dump()}
        day = now.date().isoformat()
        told = await self._caring_for(recipient)
        await self._tell(f"undelivered:{day}:{recipient.id}:{delivery.channel}", "undelivered", params, told, now)

    async def _report_broken(self, broken: Broken, recipient: Person, now: datetime) -> None:
        _LOG.warning("The template %s is broken; the shipped one takes its place", broken.name)
        params = {"template": broken.name, "problem": broken.problem.model_dump()}
        told = await self._caring_for(recipient)
        await self._tell(f"letter:{broken.name}:{broken.digest}", "letter_broken", params, told, now)

    async def _caring_for(self, recipient: Person) -> list[str]:
        """The administrators; without one, the reader's supervisor, or else the reader."""
        found = [person.id for person in await self._directory.people() if person.holds(ADMINISTRATOR)]
        return found or [recipient.supervisor or recipient.id]

    async def _tell(self, key: str, kind: str, params: dict[str, Any], told: Sequence[str], now: datetime) -> None:
        for id_ in told:
            person = await self._directory.person(id_) or Person(id=id_, name=id_)
            message = Message(key=key, opportunity="", kind=kind, params=params, to=(), owner=id_, at=now)
            await self._inbox.post(message, person)


def _after(
    key: str,
    recipient: str,
    channel: str,
    before: Delivery | None,
    outcome: Outcome,
    again: Sequence[timedelta],
    now: datetime,
) -> Delivery:
    """What is known of a delivery after one more try."""
    tries = (before.tries if before else 0) + 1
    waits = outcome.status == "failed" and tries <= len(again)
    status = outcome.status if outcome.status != "failed" else "waiting" if waits else "given_up"
    return Delivery(
        key=key,
        recipient=recipient,
        channel=channel,
        status=status,
        tries=tries,
        first_at=before.first_at if before else now,
        last_at=now,
        next_at=now + again[tries - 1] if waits else None,
        problem=Problem(code=outcome.code, params=outcome.params) if outcome.code else None,
    )


def note_content(note: Note, reader: Person) -> dict[str, Any]:
    """A note as a template sees it."""
    what = note.trigger.splitlines()[0] if note.trigger else note.kind
    for stop in ("。", ". ", "；", "; "):
        what = what.split(stop, 1)[0]
    if len(what) > SHORT:
        what = what[: SHORT - 1] + "…"
    return {
        "what": what.rstrip("."),
        "text": note.trigger,
        "kind": note.kind,
        "opportunity": note.opportunity,
        "title": note.title,
        "account": note.account,
        "stage": note.stage or "",
        "due": note.since.astimezone(ZoneInfo(reader.zone)).date().isoformat() if note.event else "",
        "high_risk": note.high_risk,
        "missed": note.status == "missed",
        "unheld": list(note.unheld),
        "params": note.params,
        "said": params_said(note.kind, reader.language, note.params),
        "answer": answer_line(reader.language, person=reader.id, **note.answered_by) if note.status == "open" else "",
    }


def _content_of_test(language: Language) -> dict[str, Any]:
    text = task_text("test", language, {}) or ""
    nothing = {"high_risk": False, "missed": False, "unheld": [], "params": {}, "said": {}}
    empty = dict.fromkeys(("opportunity", "title", "account", "stage", "due", "answer"), "")
    return {"what": text, "text": text, "kind": "test", **nothing, **empty}

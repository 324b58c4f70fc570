"""Inputs and results of the neighbours' workflows and activities."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, JsonValue

from stagemark.contracts.messages import Living, Model, Outbox, Sending, Sent
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.entries import Stream
from stagemark.domain.neighbour import Answered, Tell
from stagemark.domain.policy import Policy
from stagemark.errors import Problem

__all__ = ["Batch", "Kept", "Living", "NeighbourCarried", "NeighbourInput", "NeighbourReceipt", "NeighbourView"]


class NeighbourReceipt(Model):
    """The answer to an accepted request; the same again for every repeat of its key.

    Attributes:
        stream: Of which neighbour.
        first: The first entry that the request became.
        last: The last.
        recorded_at: When the engine was told.
    """

    stream: Stream
    first: int
    last: int
    recorded_at: AwareDatetime

    @classmethod
    def of(cls, stream: Stream, answered: Answered) -> NeighbourReceipt:
        """The receipt of what a key became."""
        return cls(stream=stream, first=answered.first, last=answered.last, recorded_at=answered.recorded_at)


class NeighbourView(Model):
    """A neighbour as it stands.

    Attributes:
        stream: Which.
        state: Its state, in its wire form.
        next_due: When something falls due next.
        at: The moment for which it was asked.
    """

    stream: Stream
    state: dict[str, JsonValue]
    next_due: AwareDatetime | None
    at: AwareDatetime


class NeighbourCarried(Model):
    """What crosses runs: the state, what the ledger has not got yet, what is to be told and sent, and what was
    heard and not yet recorded.

    Entries and state stand in their wire form: which class they have only the neighbour's rules know.

    Attributes:
        aside: What the rules have failed over: for the run after this one, which may have better ones.
    """

    state: dict[str, JsonValue]
    unwritten: tuple[dict[str, JsonValue], ...] = ()
    heard: tuple[dict[str, JsonValue], ...] = ()
    aside: tuple[dict[str, JsonValue], ...] = ()
    outbox: Outbox = Outbox()


class NeighbourInput(Model):
    """What a neighbour's run starts with.

    Attributes:
        stream: Which neighbour.
        policy: The company's policy.
        calendar: The resolved calendar of the policy.
        living: Its clock, and how long a run is.
        carried: From the run before.
        resumes: Whether it had a run before that ended: what the ledger has of it is read before anything else.
    """

    stream: Stream
    policy: Policy
    calendar: WorkCalendar
    living: Living = Living()
    carried: NeighbourCarried | None = None
    resumes: bool = False


class Batch(Model):
    """What has gathered since the last write: entries for the ledger, and then what others are told of it.

    Attributes:
        stream: Whose ledger.
        entries: In their wire form.
        tells: Facts for others, in order.
        living: By what neighbours live that are begun by it.
        post: What people are told in their inboxes, and what is taken back, once it is written.
        policy: The digest of the policy it lives by.
        known_until: Until when its calendar is known.
    """

    stream: Stream
    entries: tuple[dict[str, JsonValue], ...] = ()
    tells: tuple[Tell, ...] = ()
    living: Living = Living()
    post: Sending | None = None
    policy: str
    known_until: date


class Kept(Model):
    """The answer to a batch. What is new comes with it, so that nobody has to ask (an activity is an action).

    Attributes:
        sent: What the sending queue has to go on with.
        refused: What a sale that was told has refused.
        policy: The policy that holds now, if it is another.
        calendar: The calendar, if more of it is known by now.
        heard: Facts that were looked up for the neighbour, as requests in their wire form.
    """

    sent: Sent = Sent()
    refused: tuple[Problem, ...] = ()
    policy: Policy | None = None
    calendar: WorkCalendar | None = None
    heard: tuple[dict[str, JsonValue], ...] = ()

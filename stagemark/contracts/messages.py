"""Inputs and results of the `Opportunity` workflow and its activities."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import SCHEMA_VERSION, Event, decode_event
from stagemark.domain.playbook import Playbook
from stagemark.domain.told import Tell
from stagemark.ports import Message

__all__ = [
    "Carried",
    "LedgerBatch",
    "Living",
    "OpportunityInput",
    "Outbox",
    "Receipt",
    "Recorded",
    "Sending",
    "Sent",
    "StoredEvent",
    "Told",
]


def _of_this_version(event: Event) -> Event:
    if event.v != SCHEMA_VERSION:
        raise ValueError(f"an event of version {event.v}")
    return event


def _lifted(stored: Any) -> Any:
    return decode_event(stored) if isinstance(stored, dict) else stored


# Tried in this order: pydantic reads the first straight from JSON, in half the time.
StoredEvent = Annotated[
    Annotated[Event, AfterValidator(_of_this_version)] | Annotated[Event, BeforeValidator(_lifted)],
    Field(union_mode="left_to_right"),
]
"""An event of any released version, lifted to this one: what can't be decoded would wedge (design.md §5)."""


class Model(BaseModel):
    """Frozen; unknown fields are let pass, so that an older worker reads a newer input."""

    model_config = ConfigDict(frozen=True)


class Receipt(Model):
    """The answer to an accepted envelope; the same again for every repeat of its key.

    Attributes:
        opportunity: Which sale.
        sequences: The events that it became.
        recorded_at: When the engine was told.
        life: The sale's own life after it.
        open_stages: The stages open after it.
        advice: Pieces of evidence that the markers advise and that were not there.
    """

    opportunity: str
    sequences: tuple[int, ...]
    recorded_at: AwareDatetime
    life: str
    open_stages: tuple[str, ...]
    advice: tuple[str, ...] = ()


class Living(Model):
    """By what a sale and its neighbours live alike.

    Attributes:
        offset: Added to `workflow.now()`; zero outside simulations (design.md §6 rule 9).
        jitter: By how much a timer may be late at random, so that not all wake at the same moment (rule 7).
        continue_after: Continue as new after so many history events, besides what the server suggests.
        present: In simulations in which each run has a clock of its own (design.md §8): the present of who begins it,
            from which its own offset follows. None everywhere else.
    """

    offset: timedelta = timedelta(0)
    jitter: timedelta = timedelta(0)
    continue_after: int = 500
    present: AwareDatetime | None = None


class Outbox(Model):
    """What is still to be done outside the workflow.

    Attributes:
        written: Up to which sequence the ledger has been written.
        tells: Facts for others, in order; they go out with the next write.
        posts: Messages to post, in order; the inbox has them with the next write.
        takes_back: Keys of messages to take back with the next write.
        messages: Messages for the sending queue, in order: they go beyond the inbox, or could not be posted.
        withdrawals: Keys of messages that the sending queue takes back.
        not_before: For messages that came back from quiet hours: key → when to try again (design.md §6 rule 7).
    """

    written: int = 0
    tells: tuple[Tell, ...] = ()
    posts: tuple[Message, ...] = ()
    takes_back: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()
    not_before: dict[str, AwareDatetime] = {}


class Carried(Model):
    """State as it crosses runs (design.md §6 rules 1 and 2): the events, which hold every key; the rest is folded.

    Attributes:
        events: All events so far.
        outbox: What is still to be done outside.
    """

    events: tuple[StoredEvent, ...]
    outbox: Outbox = Outbox()


class OpportunityInput(Model):
    """What an `Opportunity` run starts with.

    Attributes:
        opportunity: Which sale.
        playbook: The compiled playbook.
        calendar: The resolved working calendar; refreshed by an activity before it runs out.
        carried: State from the run before, or from an import.
        resumes: Whether a sale that has no run goes on: the run reads its events from the ledger before anything else
            (design.md §3). Only what the run reads itself is sure to be all: no other run can write any more.
        living: Its clock, and how long a run is.
        calendar_asked: When it was last asked whether more of the calendar is known; none: as the run begins.
    """

    opportunity: str
    playbook: Playbook
    calendar: WorkCalendar
    carried: Carried | None = None
    resumes: bool = False
    living: Living = Living()
    calendar_asked: AwareDatetime | None = None


class Sending(Model):
    """Messages to post and keys to take back; `at`: the present of the run that asks, which may be virtual."""

    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()
    at: AwareDatetime | None = None


class Sent(Model):
    """The answer to a `Sending`: what of it is not done.

    Attributes:
        not_before: The keys of messages that may not go out yet, and when to plan them again.
        more: The keys of messages with which the sending queue goes on: they go beyond the inbox, or failed.
        withdrawals: Keys that could not be taken back.
    """

    not_before: dict[str, AwareDatetime] = {}
    more: tuple[str, ...] = ()
    withdrawals: tuple[str, ...] = ()


class LedgerBatch(Model):
    """Events to write to the ledger: everything that has gathered since the last write (design.md §6 rule 5).

    Attributes:
        opportunity: Which sale.
        events: What to write.
        tells: What its neighbours are told of it, in order, once it is written.
        living: By what neighbours live that are begun by it.
        post: What people are told in their inboxes, and what is taken back, once it is written.
        calendar: The id of the sale's calendar, if the run asks whether more of it is known by now.
        known_until: Until when it is known to the run.
    """

    opportunity: str
    events: tuple[StoredEvent, ...]
    tells: tuple[Tell, ...] = ()
    living: Living = Living()
    post: Sending | None = None
    calendar: str | None = None
    known_until: date | None = None


class Recorded(Model):
    """The answer to a batch. What is new comes with it, so that nobody has to ask (an activity is an action).

    Attributes:
        sent: What the sending queue has to go on with.
        calendar: The calendar, if more of it is known by now.
    """

    sent: Sent = Sent()
    calendar: WorkCalendar | None = None


class Told(Model):
    """What the ledger knows of a sale: its events, and the compiled playbook that it runs by after them."""

    events: tuple[StoredEvent, ...]
    playbook: Playbook

"""Inputs and results of the `Opportunity` workflow and its activities."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import Event, decode_event
from stagemark.domain.playbook import Playbook
from stagemark.ports import Message

__all__ = [
    "Carried",
    "LedgerBatch",
    "OpportunityInput",
    "Outbox",
    "Receipt",
    "Sending",
    "Sent",
    "StoredEvent",
    "Told",
]


def _lifted(stored: Any) -> Any:
    return decode_event(stored) if isinstance(stored, dict) else stored


StoredEvent = Annotated[Event, BeforeValidator(_lifted)]
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


class Outbox(Model):
    """What is still to be done outside the workflow.

    Attributes:
        written: Up to which sequence the ledger has been written.
        messages: Messages to post, in order.
        withdrawals: Keys of messages to take back.
        not_before: For messages that came back from quiet hours: key → when to try again (design.md §6 rule 7).
    """

    written: int = 0
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
        offset: Added to `workflow.now()`; zero outside simulations (design.md §6 rule 9).
        jitter: By how much a timer may be late at random, so that not all sales wake at the same moment (rule 7).
        continue_after: Continue as new after so many history events, besides what the server suggests.
    """

    opportunity: str
    playbook: Playbook
    calendar: WorkCalendar
    carried: Carried | None = None
    resumes: bool = False
    offset: timedelta = timedelta(0)
    jitter: timedelta = timedelta(0)
    continue_after: int = 500


class LedgerBatch(Model):
    """Events to write to the ledger: everything that has gathered since the last write (design.md §6 rule 5)."""

    opportunity: str
    events: tuple[StoredEvent, ...]


class Told(Model):
    """What the ledger knows of a sale: its events, and the compiled playbook that it runs by after them."""

    events: tuple[StoredEvent, ...]
    playbook: Playbook


class Sending(Model):
    """Messages to post and keys to take back."""

    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()


class Sent(Model):
    """The answer to a `Sending`: the keys of messages that may not go out yet, and when to plan them again."""

    not_before: dict[str, AwareDatetime] = {}

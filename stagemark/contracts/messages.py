"""Inputs and results of the `Opportunity` workflow and its activities."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.events import Event
from stagemark.domain.playbook import Playbook
from stagemark.ports import Message

__all__ = ["Carried", "LedgerBatch", "OpportunityInput", "Outbox", "Receipt", "Sending"]


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
    """

    written: int = 0
    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()


class Carried(Model):
    """State as it crosses runs (design.md §6 rules 1 and 2): the events, which hold every key; the rest is folded.

    Attributes:
        events: All events so far.
        outbox: What is still to be done outside.
    """

    events: tuple[Event, ...]
    outbox: Outbox = Outbox()


class OpportunityInput(Model):
    """What an `Opportunity` run starts with.

    Attributes:
        opportunity: Which sale.
        playbook: The compiled playbook.
        calendar: The resolved working calendar; refreshed by an activity before it runs out.
        carried: State from the run before, from the ledger (a sale that goes on), or from an import.
        offset: Added to `workflow.now()`; zero outside simulations (design.md §6 rule 9).
        continue_after: Continue as new after so many history events, besides what the server suggests.
    """

    opportunity: str
    playbook: Playbook
    calendar: WorkCalendar
    carried: Carried | None = None
    offset: timedelta = timedelta(0)
    continue_after: int = 4000


class LedgerBatch(Model):
    """Events to write to the ledger: everything that has gathered since the last write (design.md §6 rule 5)."""

    opportunity: str
    events: tuple[Event, ...]


class Sending(Model):
    """Messages to post and keys to take back."""

    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()

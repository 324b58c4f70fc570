"""What follows from a change of state: before and after + playbook → effects (design.md §2).

Because it compares, a correction that takes a cause away takes back what followed from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from stagemark.domain.events import Event, Fired
from stagemark.domain.state import OpportunityState

__all__ = ["Effects", "Message", "message_key", "react"]


class Message(BaseModel):
    """A message for the people in some roles of one sale; the activity turns roles into people.

    Attributes:
        key: Key of the effect, `opportunity:sequence:kind`; the recipient is added when sent (design.md §6 rule 6).
        opportunity: Which sale.
        title: Its title, for the reader.
        account: Its account, for the reader.
        playbook: Hash of its playbook, which has the labels.
        event: Sequence of the event in which the trigger fired; it is answered by this number.
        kind: Which trigger, by its id in the playbook.
        params: What the text needs: rung, stage, since when; ids only.
        to: Roles that are told.
        owner: The sale's owner at that time.
        deputy: The owner's deputy at that time, if any.
        collaborators: The sale's collaborators at that time.
        urgent: Told at once instead of with the next morning's digest.
        at: When it fired.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    opportunity: str
    title: str = ""
    account: str = ""
    playbook: str = ""
    event: int = 0
    kind: str
    params: dict[str, JsonValue] = {}
    to: tuple[str, ...]
    owner: str
    deputy: str | None = None
    collaborators: tuple[str, ...] = ()
    urgent: bool = False
    at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Effects:
    """What is to be done outside.

    Attributes:
        messages: To post.
        withdrawals: Keys of messages to take back, if nobody has read them.
    """

    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()


def message_key(opportunity: str, event: int, trigger: str) -> str:
    """The key of the message about a trigger that fired in that event."""
    return f"{opportunity}:{event}:{trigger}"


def react(before: OpportunityState, after: OpportunityState) -> Effects:
    """What follows from the change between two states of one sale.

    A trigger that fired brings a message. One that is open no more, because it was answered or its cause is gone,
    takes its message back; one that was missed does not.
    """
    news = after.events[before.sequence :]
    messages = tuple(_message(after, event, event.fact) for event in news if isinstance(event.fact, Fired))
    missed = {event.fact.event for event in news if event.fact.kind == "missed"}
    withdrawals = tuple(
        message_key(before.opportunity, event, open_.fired.trigger)
        for event, open_ in before.triggers.items()
        if event not in missed and (event not in after.triggers or after.triggers[event].put_off != open_.put_off)
    )
    return Effects(messages, withdrawals)


def _message(state: OpportunityState, event: Event, fired: Fired) -> Message:
    params: dict[str, JsonValue] = {"rung": fired.rung, "due_at": fired.due_at.isoformat()}
    if fired.stage is not None:
        params["stage"] = fired.stage
    if fired.high_risk:
        params["high_risk"] = True
    return Message(
        key=message_key(state.opportunity, event.sequence, fired.trigger),
        opportunity=state.opportunity,
        title=state.title,
        account=state.account,
        playbook=state.playbook.hash,
        event=event.sequence,
        kind=fired.trigger,
        params=params,
        to=fired.to,
        owner=state.owner,
        deputy=state.deputy,
        collaborators=state.collaborators,
        urgent=fired.urgent,
        at=event.recorded_at,
    )

"""What follows from a change of state: before and after + playbook → effects (design.md §2).

Because it compares, a correction that takes a cause away takes back what followed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from stagemark.domain.entries import Kind, Stream
from stagemark.domain.events import Event, Fired
from stagemark.domain.signing import reserved_by, signing_of
from stagemark.domain.state import OpportunityState
from stagemark.domain.told import CollectsStage, HandedOver, Signed, Tell, Unsigned

__all__ = ["Effects", "Message", "message_key", "react"]


class Message(BaseModel):
    """A message for the people in some roles of one sale; the activity turns roles into people.

    Attributes:
        key: Key of the effect, `opportunity:sequence:kind`; the recipient is added when sent (design.md §6 rule 6).
        opportunity: Which sale.
        stream: Which neighbour of it says so, such as `collection:S-1`; empty: the sale itself.
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
    stream: str = ""
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
        tells: Facts for the sale's neighbours, to be delivered in this order.
    """

    messages: tuple[Message, ...] = ()
    withdrawals: tuple[str, ...] = ()
    tells: tuple[Tell, ...] = ()


def message_key(opportunity: str, event: int, trigger: str) -> str:
    """The key of the message about a trigger that fired in that event."""
    return f"{opportunity}:{event}:{trigger}"


def react(before: OpportunityState, after: OpportunityState) -> Effects:
    """What follows from the change between two states of one sale.

    A trigger that fired brings a message. One that is open no more, because it was answered or its cause is gone,
    takes its message back; one that was missed does not. Its neighbours are told of a contract that was signed, changed
    or taken back, and of other people.
    """
    news = after.events[before.sequence :]
    messages = tuple(_message(after, event, event.fact) for event in news if isinstance(event.fact, Fired))
    missed = {event.fact.event for event in news if event.fact.kind == "missed"}
    withdrawals = tuple(
        message_key(before.opportunity, event, open_.fired.trigger)
        for event, open_ in before.triggers.items()
        if event not in missed and (event not in after.triggers or after.triggers[event].put_off != open_.put_off)
    )
    return Effects(messages, withdrawals, tuple(_tells(before, after)))


def _tells(before: OpportunityState, after: OpportunityState) -> Iterator[Tell]:
    """What the sale tells its neighbours: only a contract on instalments has any.

    The account hears of it first: so what the collection then tells it comes after. It also hears of a sale that was
    lost before the signing and gives its reservation of credit back. Another clearance concerns the account alone.
    When the stage that collects begins, or the sale is taken up in it, a collection that was done before hears of its
    contract again: it could not record the end by then.
    """
    was, now = signing_of(before), signing_of(after)
    if was is not None and (now is None or now.account != was.account):
        of = after.opportunity if now is None else ""
        yield from _told(after, was.account, of, Unsigned(opportunity=after.opportunity, clearance=was.clearance))
    if now is None:
        if was is None and (given_back := reserved_by(before)) and reserved_by(after) is None:
            fact = Unsigned(opportunity=after.opportunity, clearance=given_back)
            yield from _told(after, after.account, "", fact)
        return
    people: dict[str, Any] = {"owner": after.owner, "deputy": after.deputy, "collaborators": after.collaborators}
    changed = was is None or replace(now, clearance=was.clearance) != was
    cleared = was is not None and now.clearance != was.clearance
    begins = not changed and _collects(after) and not _collects(before)
    if changed or cleared or begins:
        signed = Signed(
            opportunity=after.opportunity,
            account=now.account,
            title=after.title,
            contract=now.contract,
            on=now.on,
            clearance=now.clearance,
            collects=CollectsStage.of(after.playbook),
            **people,
        )
        if changed or cleared:
            yield from _told(after, now.account, after.opportunity if changed else "", signed)
        if begins:
            key, to = (
                f"{after.opportunity}:{after.sequence}:collects",
                Stream(stream="collection", id=after.opportunity),
            )
            yield Tell.of(to, key, signed).model_copy(update={"if_complete": True})
    if not changed and (before.owner, before.deputy, before.collaborators) != tuple(people.values()):
        yield from _told(after, "", after.opportunity, HandedOver(**people))


def _collects(state: OpportunityState) -> bool:
    """Whether the stage that collects is open; or has ended, so that one whose end a person voids does not begin."""
    stage = next((stage.id for stage in state.playbook.stages if stage.collects is not None), "")
    status = state.stages.get(stage, "waiting")
    return status == "ended" or (status == "begun" and state.life == "open")


def _told(state: OpportunityState, account: str, of: str, fact: Signed | Unsigned | HandedOver) -> Iterator[Tell]:
    ids: tuple[tuple[Kind, str], ...] = (("account", account), ("collection", of), ("aftercare", of))
    key = f"{state.opportunity}:{state.sequence}:{fact.kind}"
    for kind, id_ in ids:
        if id_:
            yield Tell.of(Stream(stream=kind, id=id_), key, fact)


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

"""What is still to be done outside a run, as a value: pure steps from one outbox to the next."""

from __future__ import annotations

from datetime import datetime

from stagemark.contracts.messages import Outbox, Sending, Sent
from stagemark.domain.reactions import Effects

__all__ = ["postable", "posted", "queued", "sendable", "settled"]


def queued(outbox: Outbox, effects: Effects, flying: Sending | None = None) -> Outbox:
    """Add what follows from a change; a message whose cause is gone leaves the queue, also one that was put off.

    Args:
        outbox: What there was to do.
        effects: What follows.
        flying: What the sending queue has in hand: what is to be taken back of it waits its turn there.
    """
    gone = set(effects.withdrawals)
    in_hand = {message.key for message in flying.messages} if flying else set()
    return outbox.model_copy(
        update={
            "tells": outbox.tells + effects.tells,
            "posts": tuple(m for m in outbox.posts if m.key not in gone) + tuple(effects.messages),
            "takes_back": outbox.takes_back + tuple(key for key in effects.withdrawals if key not in in_hand),
            "messages": tuple(m for m in outbox.messages if m.key not in gone),
            "withdrawals": outbox.withdrawals + tuple(key for key in effects.withdrawals if key in in_hand),
            "not_before": {key: until for key, until in outbox.not_before.items() if key not in gone},
        }
    )


def postable(outbox: Outbox, now: datetime) -> Sending | None:
    """What goes into the inbox with the next write, if anything."""
    if not outbox.posts and not outbox.takes_back:
        return None
    return Sending(messages=outbox.posts, withdrawals=outbox.takes_back, at=now)


def posted(outbox: Outbox, posting: Sending, sent: Sent) -> Outbox:
    """Take out what the inbox has; what goes beyond it, has to wait or failed is for the sending queue.

    A message that was taken back meanwhile is no longer there, and goes nowhere.
    """
    tried = {message.key for message in posting.messages}
    left = tuple(m for m in outbox.posts if m.key in tried and (m.key in sent.more or m.key in sent.not_before))
    waiting = {m.key: sent.not_before[m.key] for m in left if m.key in sent.not_before}
    return outbox.model_copy(
        update={
            "posts": tuple(m for m in outbox.posts if m.key not in tried),
            "takes_back": outbox.takes_back[len(posting.withdrawals) :],
            "messages": outbox.messages + left,
            "withdrawals": outbox.withdrawals + sent.withdrawals,
            "not_before": outbox.not_before | waiting,
        }
    )


def sendable(outbox: Outbox, now: datetime) -> Sending | None:
    """What the sending queue may do by now, if anything."""
    due = tuple(m for m in outbox.messages if outbox.not_before.get(m.key, now) <= now)
    return Sending(messages=due, withdrawals=outbox.withdrawals, at=now) if due or outbox.withdrawals else None


def settled(outbox: Outbox, sending: Sending, sent: Sent) -> Outbox:
    """Take out what went out; what came back stays, for later."""
    tried = {message.key for message in sending.messages}
    gone = tried - set(sent.not_before)
    left = tuple(m for m in outbox.messages if m.key not in gone)
    waiting = {key: until for key, until in outbox.not_before.items() if key not in tried} | sent.not_before
    return outbox.model_copy(
        update={
            "messages": left,
            "withdrawals": outbox.withdrawals[len(sending.withdrawals) :],
            "not_before": {key: waiting[key] for key in waiting if key in {m.key for m in left}},
        }
    )

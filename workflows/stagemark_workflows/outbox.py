"""What is still to be done outside a run, as a value: pure steps from one outbox to the next."""

from __future__ import annotations

from datetime import datetime

from stagemark.contracts.messages import Outbox, Sending, Sent
from stagemark.domain.reactions import Effects

__all__ = ["queued", "sendable", "settled"]


def queued(outbox: Outbox, effects: Effects) -> Outbox:
    """Add what follows from a change; a message whose cause is gone leaves the queue, also one that was put off."""
    gone = set(effects.withdrawals)
    return outbox.model_copy(
        update={
            "messages": tuple(m for m in outbox.messages if m.key not in gone) + tuple(effects.messages),
            "withdrawals": outbox.withdrawals + tuple(effects.withdrawals),
            "not_before": {key: until for key, until in outbox.not_before.items() if key not in gone},
        }
    )


def sendable(outbox: Outbox, now: datetime) -> Sending | None:
    """What may go out by now, if anything."""
    due = tuple(m for m in outbox.messages if outbox.not_before.get(m.key, now) <= now)
    return Sending(messages=due, withdrawals=outbox.withdrawals) if due or outbox.withdrawals else None


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

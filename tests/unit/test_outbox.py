"""What a run still has to do outside, as a value."""

from datetime import UTC, datetime, timedelta

from stagemark.contracts.messages import Outbox, Sending, Sent
from stagemark.domain.reactions import Effects, Message
from stagemark_workflows.outbox import queued, sendable, settled

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=8)


def message(key: str) -> Message:
    return Message(key=key, opportunity="S-1", kind="silent", to=("owner",), owner="wang", at=NOW)


A, B, C = map(message, "ABC")


def test_nothing_to_do_is_nothing_to_send() -> None:
    assert sendable(Outbox(), NOW) is None


def test_a_message_that_came_back_waits_for_its_time() -> None:
    outbox = settled(Outbox(messages=(A, B)), Sending(messages=(A, B)), Sent(not_before={"A": LATER}))
    assert outbox.messages == (A,)
    assert sendable(outbox, NOW) is None
    assert sendable(outbox, LATER) == Sending(messages=(A,))
    assert settled(outbox, Sending(messages=(A,)), Sent()) == Outbox()


def test_a_message_whose_cause_is_gone_leaves_the_queue_and_is_taken_back() -> None:
    waiting = Outbox(messages=(A, B), not_before={"A": LATER})
    outbox = queued(waiting, Effects(withdrawals=("A",)))
    assert outbox == Outbox(messages=(B,), withdrawals=("A",))


def test_what_comes_while_a_sending_is_under_way_is_kept() -> None:
    outbox = Outbox(messages=(A,), withdrawals=("X",))
    under_way = sendable(outbox, NOW)
    assert under_way is not None
    outbox = queued(outbox, Effects(messages=(B, C), withdrawals=("A",)))
    outbox = settled(outbox, under_way, Sent(not_before={"A": LATER}))
    assert outbox == Outbox(messages=(B, C), withdrawals=("A",))

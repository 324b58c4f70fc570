"""What a run still has to do outside, as a value."""

from datetime import UTC, datetime, timedelta

from stagemark.contracts.messages import Outbox, Sending, Sent
from stagemark.domain.reactions import Effects, Message
from stagemark_workflows.outbox import postable, posted, queued, sendable, settled

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
    assert sendable(outbox, LATER) == Sending(messages=(A,), at=LATER)
    assert settled(outbox, Sending(messages=(A,)), Sent()) == Outbox()


def test_a_message_whose_cause_is_gone_leaves_the_queue_and_is_taken_back() -> None:
    waiting = Outbox(messages=(A, B), not_before={"A": LATER})
    outbox = queued(waiting, Effects(withdrawals=("A",)))
    assert outbox == Outbox(messages=(B,), takes_back=("A",))


def test_what_comes_while_a_sending_is_under_way_is_kept() -> None:
    outbox = Outbox(messages=(A,), withdrawals=("X",))
    under_way = sendable(outbox, NOW)
    assert under_way is not None
    outbox = queued(outbox, Effects(messages=(B, C), withdrawals=("A",)), under_way)
    outbox = settled(outbox, under_way, Sent(not_before={"A": LATER}))
    assert outbox == Outbox(posts=(B, C), withdrawals=("A",))


def test_what_follows_goes_into_the_inbox_with_the_next_write() -> None:
    assert postable(Outbox(), NOW) is None
    outbox = queued(Outbox(), Effects(messages=(A, B), withdrawals=("X",)))
    writing = postable(outbox, NOW)
    assert writing == Sending(messages=(A, B), withdrawals=("X",), at=NOW)
    assert posted(queued(outbox, Effects(messages=(C,))), writing, Sent()) == Outbox(posts=(C,))


def test_what_the_write_could_not_do_is_left_to_the_sending_queue() -> None:
    writing = Sending(messages=(A, B, C), withdrawals=("X",))
    sent = Sent(not_before={"A": LATER}, more=("B",), withdrawals=("X",))
    outbox = posted(Outbox(posts=(A, B, C), takes_back=("X",)), writing, sent)
    assert outbox == Outbox(messages=(A, B), withdrawals=("X",), not_before={"A": LATER})
    assert sendable(outbox, NOW) == Sending(messages=(B,), withdrawals=("X",), at=NOW)


def test_what_is_taken_back_while_the_write_is_under_way_goes_nowhere_else() -> None:
    writing = Sending(messages=(A,))
    outbox = posted(queued(Outbox(posts=(A,)), Effects(withdrawals=("A",))), writing, Sent(more=("A",)))
    assert outbox == Outbox(takes_back=("A",))


def test_what_the_sending_queue_has_in_hand_is_taken_back_there_after_it() -> None:
    flying = Sending(messages=(A,))
    outbox = queued(Outbox(messages=(A,)), Effects(withdrawals=("A", "X")), flying)
    assert outbox == Outbox(takes_back=("X",), withdrawals=("A",))

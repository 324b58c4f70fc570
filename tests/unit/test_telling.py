"""What is told can be heard, however long the ids are."""

from stagemark.domain.account.commands import AccountRequest
from stagemark.domain.entries import Stream
from stagemark.domain.told import ComplaintClosed, Tell

TO = Stream(stream="account", id="acme")
CLOSED = ComplaintClosed(complaint="K-1")


def test_a_key_of_two_long_ids_is_shortened_and_stays_its_own() -> None:
    keys = [f"aftercare:{'x' * 128}:order:{'y' * 127}{last}" for last in "ab"]
    told = [Tell.of(TO, key, CLOSED).request for key in (*keys, keys[0])]
    heard = [AccountRequest.model_validate(request).key for request in told]
    assert heard[0] == heard[2] != heard[1]


def test_a_short_key_is_told_as_it_is() -> None:
    assert (Tell.of(TO, "complaint:K-1:7", CLOSED).request or {})["key"] == "complaint:K-1:7"

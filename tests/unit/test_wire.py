"""How an envelope is read from the wire."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import ApplicationError

from stagemark.contracts.wire import CompactPayloadConverter
from stagemark.domain.commands import Envelope, Resume

ASKED = Envelope(key="k-1", commands=(Resume(),), actor="wang")


def read(payload: Payload) -> Envelope:
    envelope: Envelope = CompactPayloadConverter().from_payloads([payload], [Envelope])[0]
    return envelope


def test_an_envelope_is_read_as_it_was_written() -> None:
    payload = CompactPayloadConverter().to_payload(ASKED)
    assert read(payload) == ASKED


def test_what_the_sdk_has_read_twice_is_read_once() -> None:
    payloads = [CompactPayloadConverter().to_payload(ASKED) for _ in range(2)]
    assert read(payloads[0]) is read(payloads[1])


def test_what_can_not_be_read_is_refused_each_time() -> None:
    payload = CompactPayloadConverter().to_payload({"key": "k-1", "commands": []})
    for _ in range(2):
        with pytest.raises(ApplicationError) as refused:
            read(payload)
        assert [problem.code for problem in refused.value.details[0]] == ["field_invalid"] * 2


def test_a_payload_in_another_encoding_is_read_by_that() -> None:
    assert read(Payload(metadata={"encoding": b"binary/null"})) is None

"""What comes in is bounded, and fit for every database and wire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from pydantic import ValidationError

from stagemark.clients.account import Accounts
from stagemark.clients.aftercare import Aftercare
from stagemark.clients.collection import Collections
from stagemark.clients.complaint import Complaints
from stagemark.domain.commands import Envelope, Given, Mark, Open, Record, Suspend
from stagemark.domain.durations import end_of_day
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.playbook import PlaybookRef, Rung
from stagemark.domain.words import opportunity_problem
from stagemark.errors import InvalidInput
from stagemark.readmodel.store import open_store

REF = PlaybookRef(id="plain", version="1", hash="x")


def code(model: type, **fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        model(**fields)
    return str(refused.value.errors()[0]["type"])


@pytest.mark.parametrize("field", ["account", "title", "segment", "owner", "calendar"])
def test_a_control_character_is_refused_before_a_database_has_to(field: str) -> None:
    fields = {"playbook": REF, "account": "acme", "owner": "wang", field: "a\x00b"}
    assert code(Open, **fields) == "text_control"


def test_a_key_and_an_actor_have_no_control_characters() -> None:
    envelope = {"key": "k", "actor": "wang", "commands": (Record(note="n"),)}
    assert code(Envelope, **{**envelope, "key": "k\x00"}) == "text_control"
    assert code(Envelope, **{**envelope, "actor": "w\x7f"}) == "text_control"


def test_a_note_may_have_lines() -> None:
    assert Record(note="one\ntwo\tthree").note == "one\ntwo\tthree"
    assert code(Record, note="one\x00") == "text_control"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), "\ud800", ["\udfff"], {"a": {"b": "\ud800"}}, {"a set"}, object(),
        pytest.param(10**5000, id="5000 digits"),
        Decimal("0.1"), [Decimal("0.1")], {"amount": Decimal("0.1"), "currency": "CNY"},
    ],
)  # fmt: skip
def test_a_value_that_no_wire_carries_is_refused(value: Any) -> None:
    assert code(Given, evidence="e", value=value) == "value_unfit"


def test_a_value_is_bounded_for_documents_are_named() -> None:
    assert code(Given, evidence="e", value="x" * 60_000) == "value_too_large"


def test_an_envelope_is_bounded_in_commands_and_evidence() -> None:
    piece = Given(evidence="e", value="x")
    assert code(Record, evidence=(piece,) * 101) == "too_long"
    assert code(Envelope, key="k", actor="w", commands=(Record(note="n"),) * 51) == "too_long"


def test_a_lone_surrogate_in_a_stage_is_refused() -> None:
    assert code(Mark, stage="\udcff", edge="end") == "string_unicode"


@pytest.mark.parametrize("client", [Accounts, Aftercare, Collections, Complaints])
@pytest.mark.parametrize("id_", ["\ud83d", "a\x00", "x" * 501])
async def test_an_id_that_no_wire_carries_is_refused_by_the_clients_of_neighbours(client: Any, id_: str) -> None:
    asking = client(*[Mock()] * (3 if client in (Accounts, Aftercare) else 2))
    with pytest.raises(InvalidInput):
        await asking.state(id_)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "２０２６-01-01"])
def test_a_moment_outside_the_calendar_is_malformed_and_no_crash(text: str) -> None:
    with pytest.raises(ValueError, match="is no date or time"):
        Moment.parse(text)


def test_a_day_to_look_again_ends_where_calendars_do() -> None:
    assert code(Suspend, reason="r", look_again=date(9999, 12, 31)) == "less_than"


@pytest.mark.parametrize("span", ["P99999999999D", "P0D", "PT0H", "P3651D", "PT87601H"])
def test_a_span_that_nobody_waits_for_is_refused(span: str) -> None:
    assert code(Rung, id="r", after=span) == "span_out_of_range"


def test_a_stage_is_not_a_million_times_late() -> None:
    assert code(Rung, id="r", times_expected=Decimal(1_000_000_000)) == "less_than_equal"


@pytest.mark.parametrize("amount", ["1e999999", "1000000000000001", "0.00000001"])
def test_an_absurd_amount_is_refused(amount: str) -> None:
    assert code(Amount, amount=amount, currency="CNY") == "money_malformed"


def test_an_amount_is_not_negative() -> None:
    assert code(Amount, amount="-5", currency="CNY") == "money_negative"


@pytest.mark.parametrize("opportunity", ["", " ", "a\nb", "a\x00", "x" * 129, "\udcff", " S-1"])
def test_an_id_that_nobody_could_type_again_is_refused(opportunity: str) -> None:
    assert opportunity_problem(opportunity) == "opportunity_id_unfit"


@pytest.mark.parametrize("opportunity", ["S-1", "商机-7", "a:b/c", "x" * 128])
def test_an_id_may_be_any_other_text(opportunity: str) -> None:
    assert opportunity_problem(opportunity) is None


def test_the_last_day_of_all_has_an_end() -> None:
    assert end_of_day(date.max, "Pacific/Apia").year == 9999


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_that_each_connection_has_for_itself_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_store(url)
    assert refused.value.code == "store_url"


def test_a_password_in_the_query_of_a_url_is_never_shown() -> None:
    store = open_store("postgresql://u@h/d?password=SECRET")
    assert "SECRET" not in store.address

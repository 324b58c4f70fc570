"""What the client makes of a bank's report before it is sent: none of it may be refused for its form."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stagemark.clients.account import Accounts
from stagemark.domain.account.commands import AccountRequest, BankReported
from stagemark.domain.entries import Stream
from stagemark.domain.money import Amount
from stagemark.domain.words import fit_name
from stagemark.errors import InvalidInput

DAY = date(2026, 3, 2)


class Heard:
    """Keeps what is asked."""

    def __init__(self) -> None:
        self.requests: list[AccountRequest] = []

    async def ask(self, stream: Stream, request: Any) -> Any:
        assert str(stream) == "account:acme"
        self.requests.append(request)

    async def why_not_ask(self, stream: Stream, request: Any) -> Any:
        raise AssertionError

    async def standing(self, stream: Stream) -> Any:
        raise AssertionError


def money(amount: str) -> Amount:
    return Amount(amount=Decimal(amount), currency="CNY")


@pytest.fixture
def heard() -> Heard:
    return Heard()


def accounts(heard: Heard) -> Accounts:
    nobody: Any = None
    return Accounts(heard, nobody, nobody)


async def test_a_report_has_a_key_by_its_content_so_that_another_content_is_another_report(heard: Heard) -> None:
    said: list[tuple[str, str | None]] = [("70", None), ("70", None), ("80", None), ("70", "K"), ("80", "K")]
    for amount, key in said:
        more: Any = {"key": key} if key else {}
        await accounts(heard).report("acme", "B-1", money(amount), DAY, actor="bank", expected_sequence=3, **more)
    first, again, other, named, named_other = (request.key for request in heard.requests)
    assert first == again
    assert len({first, other, named, named_other}) == 4
    assert named.startswith("K:")
    assert all(request.expected_sequence is None for request in heard.requests)


async def test_what_a_payer_wrote_is_brought_into_one_line_that_fits(heard: Heard) -> None:
    await accounts(heard).report(
        "acme", "B" * 128, money("7"), DAY, reference="HT-1\r\n\x00 thanks" + "!" * 600, payer="Acme\tLtd", actor="b",
    )  # fmt: skip
    (request,) = heard.requests
    fact = request.commands[0]
    assert isinstance(fact, BankReported)
    assert fact.reference.startswith("HT-1  thanks!")
    assert len(fact.reference) == 500
    assert fact.payer == "Acme Ltd"
    assert len(request.key) <= 200


UNFIT = ["B\t3", "B\x003", "X" * 129, "X" * 128 + "Y", "B\udcd6\udcd0", "B\udcd6\udcd1", "x" * 100 + "\n" * 40]


@pytest.mark.parametrize("id_", UNFIT)
async def test_a_banks_id_is_made_fit_and_stays_one_of_its_own(id_: str, heard: Heard) -> None:
    part = accounts(heard)
    await part.report("acme", id_, money("7"), DAY, reference="\xd6 \udcd6", actor="bank")
    await part.bounced("acme", id_, DAY, actor="bank")
    await part.refund("acme", id_, "paid twice", actor="qian")
    ids = {request.commands[0].payment for request in heard.requests}  # type: ignore[union-attr]  # all are of payments
    assert len(ids) == 1
    assert fit_name(*ids) in ids
    assert [fit_name(other) for other in UNFIT].count(*ids) == 1
    assert heard.requests[0].model_dump_json()


@pytest.mark.parametrize("id_", ["B-1", "Ｂ", "X" * 128, "P#4", "a b"])
def test_an_id_that_fits_is_left_as_it_is(id_: str) -> None:
    assert fit_name(f" {id_} ") == id_


async def test_what_a_person_enters_under_a_banks_id_has_the_same_id(heard: Heard) -> None:
    assert fit_name("") == fit_name(" \t ") == ""  # and is refused: nothing would tell it from another
    with pytest.raises(InvalidInput):
        await accounts(heard).report("acme", "", money("7"), DAY, actor="bank")

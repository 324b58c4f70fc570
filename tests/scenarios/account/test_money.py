"""Money that comes in, in any order and form: where it goes, what waits, and that none of it is lost."""

from decimal import Decimal
from typing import Any

import pytest

from stagemark.domain.account import commands as c
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.told import Debt, Owed
from tests.scenarios.account.playing import (
    OWNER,
    Account,
    bounced,
    clear,
    day,
    limit,
    owed,
    report,
    signed,
    unsigned,
)

WAITS = "2026-03-02 money_waits {} -> finance owner"


def two_sales() -> Account:
    """S-1 of contract HT-2026-1 (60 000, 40 000) and S-2 of HT-2026-11 (25 000)."""
    account = Account().tell(c.Describe(title="Acme", owner=OWNER))
    account.tell(signed(number="HT-2026-1"), signed("S-2", 25_000, number="HT-2026-11"))
    account.happened()
    return account


def returned(payment: str, account: Account) -> int:
    return int(account.state.payments[payment].returned)


# -- where it goes


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("HT-2026-1", "collection:S-1 money_placed B-1 25000"),
        ("货款HT-2026-1第一期", "collection:S-1 money_placed B-1 25000"),
        ("ｈｔ－２０２６－１", "collection:S-1 money_placed B-1 25000"),
        ("ht-2026-11 thanks", "collection:S-2 money_placed B-1 25000"),
        ("for S-2", "collection:S-2 money_placed B-1 25000"),
        ("HT-2026-1/2", "collection:S-1 money_placed B-1 25000 2"),
        ("HT-2026-1/1/2", ""),
        ("HT-2026-1-A", ""),
        ("HT-2026-111", ""),
        ("XHT-2026-1", ""),
    ],
)
def test_it_goes_to_the_contract_that_it_names_and_only_if_the_name_stands_for_itself(
    reference: str, told: str
) -> None:
    account = two_sales()
    account.tell(owed("S-2", _1=24_999))  # so that no amount fits by itself
    account.happened()
    account.tell(report("B-1", 25_000, reference))
    assert account.happened() == [f"2026-03-02 tells {told}" if told else WAITS.format("B-1")]


def test_money_for_several_contracts_is_shared_by_what_each_owes_and_the_rest_waits() -> None:
    account = two_sales().tell(report("B-1", 130_000, "HT-2026-11 + HT-2026-1"))
    assert account.happened() == [
        "2026-03-02 tells collection:S-2 money_placed B-1 25000",
        "2026-03-02 tells collection:S-1 money_placed B-1 100000",
        WAITS.format("B-1"),
    ]
    assert account.waiting == {"B-1": 5_000}


def test_money_that_names_nothing_goes_where_exactly_one_instalment_has_its_amount() -> None:
    account = two_sales().tell(report("B-1", 40_000), report("B-2", 40_000), report("B-3", 41))
    assert account.happened() == [
        "2026-03-02 tells collection:S-1 money_placed B-1 40000 2",
        WAITS.format("B-2"),
        WAITS.format("B-3"),
    ]


def test_with_two_instalments_of_that_amount_it_waits() -> None:
    account = two_sales().tell(signed("S-3", 40_000))
    account.happened()
    account.tell(report("B-1", 40_000))
    assert account.happened() == [WAITS.format("B-1")]


def test_a_company_can_have_nothing_placed_by_its_amount() -> None:
    account = two_sales()
    policy = account.policy.account.model_copy(update={"place_by_amount": False})
    account.policy = account.policy.model_copy(update={"account": policy})
    assert account.tell(report("B-1", 40_000)).happened() == [WAITS.format("B-1")]


def test_money_in_another_currency_than_the_contract_that_it_names_waits() -> None:
    account = two_sales().tell(report("B-1", 40_000, "HT-2026-1", currency="USD"))
    assert account.happened() == [WAITS.format("B-1")]
    assert account.ask(c.Assign(payment="B-1", opportunity="S-1")) == ["assign_currency"]
    assert account.state.waiting == {"USD": 40_000}


# -- in any order


def test_money_that_comes_before_its_contract_waits_and_is_placed_by_the_signing() -> None:
    account = Account().tell(report("B-1", 60_000, "HT-2026-1"))
    assert account.happened() == [WAITS.format("B-1")]
    account.tell(signed(number="HT-2026-1"))
    assert (
        account.happened()
        == [
            "2026-03-02 withdrawn money_waits",
            "2026-03-02 credit_survey -> finance owner",
            "2026-03-02 credit_uncleared S-1 -> finance supervisor",
            "2026-03-02 placed B-1",
            "2026-03-02 tells collection:S-1 money_placed B-1 60000",
        ]
        or account.waiting == {}
    )


def test_what_the_bank_reports_late_keeps_its_own_day() -> None:
    account = two_sales().until("2026-05-04").tell(report("B-1", 60_000, "HT-2026-1", on="2026-03-20"))
    request: Any = account.told[-1].request
    assert request["commands"][0]["on"] == "2026-03-20"


def test_a_report_of_tomorrow_and_one_of_nothing_are_kept_as_well() -> None:
    account = two_sales().tell(report("B-1", 40_000, on="2027-01-01"), report("B-2", 0))
    assert set(account.state.payments) == {"B-1", "B-2"}
    assert account.waiting == {}


def test_the_same_report_again_is_the_same_money() -> None:
    account = two_sales().tell(report("B-1", 40_000), report("B-1", 40_000), report("B-1", 40_000, "for HT-2026-1"))
    assert account.happened() == ["2026-03-02 tells collection:S-1 money_placed B-1 40000 2"]
    assert account.state.payments["B-1"].reference == "for HT-2026-1"


def test_a_reference_that_comes_later_places_what_waits() -> None:
    account = two_sales().tell(report("B-1", 77))
    account.happened()
    account.tell(report("B-1", 77, "HT-2026-11"))
    assert (
        account.happened()
        == [
            "2026-03-02 withdrawn money_waits",
            "2026-03-02 tells collection:S-2 money_placed B-1 77",
        ]
        or account.waiting == {}
    )


def test_the_same_id_with_another_amount_is_kept_beside_it_and_shown() -> None:
    account = two_sales().tell(report("B-1", 40_000), report("B-1", 41_000, "HT-2026-1"))
    (other,) = (id_ for id_, one in account.state.payments.items() if one.differs == "B-1")
    assert account.happened() == [
        "2026-03-02 tells collection:S-1 money_placed B-1 40000 2",
        f"2026-03-02 money_differs {other} -> finance owner",
    ]
    account.tell(report("B-1", 41_000, "HT-2026-1"))  # again: the same money
    assert account.waiting == {other: 41_000}
    account.tell(c.Refund(payment=other, reason="the bank has corrected itself"))
    assert (account.waiting, returned(other, account)) == ({}, 41_000)


def test_another_currency_under_the_same_id_is_other_money() -> None:
    account = two_sales().tell(report("B-1", 40_000), report("B-1", 40_000, currency="USD"))
    assert account.state.waiting == {"USD": 40_000}


# -- too much, wrongly placed, taken back


def test_what_the_sale_cannot_use_comes_back_waits_and_is_not_placed_by_itself_again() -> None:
    account = two_sales().tell(report("B-1", 130_000, "HT-2026-1"))
    account.tell(bounced("B-1", 30_000))
    assert account.happened() == [
        "2026-03-02 tells collection:S-1 money_placed B-1 130000",
        WAITS.format("B-1"),
    ]
    account.tell(c.Assign(payment="B-1", opportunity="S-2"))
    assert account.happened() == ["2026-03-02 tells collection:S-2 money_placed B-1 25000"]
    account.tell(c.Refund(payment="B-1", reason="paid too much"))
    payment = account.state.payments["B-1"]
    assert [payment.placed, payment.waiting, payment.returned] == [125_000, 0, 5_000]


def test_money_that_somebody_had_entered_by_hand_comes_back_with_the_signing_and_is_ours() -> None:
    account = two_sales().tell(unsigned())
    account.tell(bounced("H-1", 60_000))
    assert account.state.payments["H-1"].by_hand == 60_000
    assert account.waiting == {"H-1": 60_000}
    account.tell(report("H-1", 60_000))  # and the bank reports the same
    assert account.state.payments["H-1"].reported == 60_000
    assert account.waiting == {"H-1": 60_000}


@pytest.mark.parametrize(("said", "left"), [(60_000, 0), (70_000, 10_000), (50_000, 0)])
def test_money_entered_by_hand_that_came_back_and_was_placed_is_the_same_that_the_bank_reports(
    said: int, left: int
) -> None:
    account = two_sales().tell(bounced("H-1", 60_000), c.Assign(payment="H-1", opportunity="S-1"))
    account.tell(report("H-1", said))
    payment = account.state.payments["H-1"]
    assert [payment.placed, payment.waiting, payment.reported] == [60_000, left, said]


def test_money_entered_by_hand_that_waits_finds_its_contract_when_the_bank_names_it() -> None:
    account = two_sales().tell(bounced("H-1", 60_000))
    account.happened()
    account.tell(report("H-1", 60_000, "HT-2026-1"))
    assert "2026-03-02 tells collection:S-1 money_placed H-1 60000" in account.happened()
    assert account.waiting == {}


def test_a_reversal_takes_it_from_where_it_is_and_what_was_refunded_stays_refunded() -> None:
    account = two_sales().tell(report("B-1", 130_000, "HT-2026-11 HT-2026-1"))
    account.tell(c.Refund(payment="B-1", amount=Decimal(3_000), reason="too much"))
    account.happened()
    account.tell(c.BankReversed(payment="B-1", on=day("2026-03-02")))
    assert account.happened() == [
        "2026-03-02 withdrawn money_waits",
        "2026-03-02 tells collection:S-2 money_reversed B-1 25000",
        "2026-03-02 tells collection:S-2 money_reversed B-1",  # and what a person may have entered there
        "2026-03-02 tells collection:S-1 money_reversed B-1 100000",
        "2026-03-02 tells collection:S-1 money_reversed B-1",
    ]
    assert returned("B-1", account) == 130_000
    account.tell(c.BankReversed(payment="B-1", on=day("2026-03-02")), report("B-1", 130_000))
    assert account.happened() == []


def test_a_reversal_that_crosses_what_comes_back_leaves_nothing() -> None:
    account = two_sales().tell(report("B-1", 130_000, "HT-2026-1"))
    account.tell(c.BankReversed(payment="B-1", on=day("2026-03-02")), bounced("B-1", 30_000))
    assert account.waiting == {}


def test_a_reversal_before_its_report_is_told_to_people_and_the_report_finds_it() -> None:
    account = two_sales().tell(c.BankReversed(payment="B-1", on=day("2026-03-02")))
    gone = [f"2026-03-02 tells collection:{sale} money_reversed B-1" for sale in ("S-1", "S-2")]
    assert account.happened() == [*gone, "2026-03-02 money_stray B-1 -> finance owner"]
    account.tell(report("B-1", 40_000))
    assert account.happened() == ["2026-03-02 withdrawn money_stray", *gone]  # it may have been entered since
    assert (account.waiting, returned("B-1", account)) == ({}, 40_000)


# -- what people decide


def test_waiting_money_is_assigned_over_all_contracts_by_hand() -> None:
    account = two_sales().tell(report("B-1", 30_000))
    assert account.ask(c.Assign(payment="B-1", opportunity="S-9")) == ["sale_not_of_account"]
    assert account.ask(c.Assign(payment="B-9", opportunity="S-1")) == ["payment_not_here"]
    assert account.ask(c.Assign(payment="B-1", opportunity="S-1", instalments=("7",))) == ["instalment_unknown"]
    assert account.ask(c.Assign(payment="B-1", opportunity="S-2", amount=Decimal(25_001))) == ["assign_beyond"]
    assert account.ask(c.Assign(payment="B-1", opportunity="S-1", amount=Decimal(30_001))) == ["payment_beyond_waiting"]
    account.happened()
    account.tell(
        c.Assign(payment="B-1", opportunity="S-2"), c.Assign(payment="B-1", opportunity="S-1", instalments=("2",))
    )
    assert account.happened() == [
        "2026-03-02 withdrawn money_waits",
        "2026-03-02 tells collection:S-2 money_placed B-1 25000",
        "2026-03-02 tells collection:S-1 money_placed B-1 5000 2",
    ]
    assert account.ask(c.Assign(payment="B-1", opportunity="S-1")) == ["payment_not_waiting"]


def test_what_was_written_off_can_still_be_paid_by_name() -> None:
    account = two_sales()
    gone = owed("S-2").model_copy(
        update={"debts": {"1": owed("S-2", _1=0).debts["1"].model_copy(update={"written_off": Decimal(25_000)})}}
    )
    account.tell(gone, report("B-1", 25_000))
    assert account.ask(c.Assign(payment="B-1", opportunity="S-2")) == ["assign_beyond"]
    assert account.ask(c.Assign(payment="B-1", opportunity="S-2", instalments=("1",))) == []


def test_money_that_was_entered_there_already_need_not_be_owed() -> None:
    account = two_sales().tell(owed("S-2", _1=0), report("B-1", 25_000))
    assert account.ask(c.Assign(payment="B-1", opportunity="S-2")) == ["assign_beyond"]
    account.tell(c.Assign(payment="B-1", opportunity="S-2", entered=True))
    assert account.waiting == {}


def test_money_can_be_kept_as_a_credit_balance_and_still_be_used() -> None:
    account = two_sales().tell(report("B-1", 31))
    account.happened()
    account.tell(c.Keep(payment="B-1", reason="for the next order"))
    assert account.happened() == ["2026-03-02 withdrawn money_waits"]
    assert "money_waits" not in " ".join(account.happened("2026-03-20"))
    assert account.state.waiting == {"CNY": 31}
    assert account.ask(c.Refund(payment="B-1", amount=Decimal(32), reason="x")) == ["payment_beyond_waiting"]
    account.tell(c.Assign(payment="B-1", opportunity="S-1"))
    assert account.waiting == {}


def test_what_came_under_one_id_twice_is_taken_back_as_a_whole() -> None:
    account = two_sales().tell(report("B-1", 40_000, "HT-2026-1"), report("B-1", 30_000))
    (beside,) = set(account.state.payments) - {"B-1"}
    account.tell(c.Assign(payment=beside, opportunity="S-2"))
    account.happened()
    account.tell(c.BankReversed(payment="B-1", on=day("2026-03-02")))
    assert account.happened() == [
        "2026-03-02 withdrawn money_differs",
        "2026-03-02 tells collection:S-1 money_reversed B-1 40000",
        "2026-03-02 tells collection:S-1 money_reversed B-1",
        f"2026-03-02 tells collection:S-2 money_reversed {beside} 25000",
        "2026-03-02 tells collection:S-2 money_reversed B-1",
    ]
    assert [returned("B-1", account), returned(beside, account)] == [40_000, 30_000]
    assert account.waiting == {}


# -- for ever


def test_an_account_rests_when_nothing_is_owed_held_or_asked() -> None:
    account = Account().tell(c.Describe(title="Acme"), limit(100_000))
    assert ACCOUNT.ended(account.state)
    account.tell(clear("C-1", 100_000))
    assert not ACCOUNT.ended(account.state)
    account.tell(signed(clearance="C-1"))
    assert not ACCOUNT.ended(account.state)
    account.tell(owed(_1=0, _2=0))
    assert ACCOUNT.ended(account.state)
    account.tell(report("B-1", 5))
    assert not ACCOUNT.ended(account.state)
    account.answer("money_waits")
    assert ACCOUNT.ended(account.state)


def test_a_contract_told_again_leaves_what_was_written_off_to_be_recovered() -> None:
    account = two_sales().tell(
        Owed(
            opportunity="S-1", currency="CNY", number="HT-2026-1",
            debts={"1": Debt(outstanding=Decimal(0), written_off=Decimal(60_000)), "2": Debt(outstanding=Decimal(5))},
        )
    )  # fmt: skip
    before = account.state.sales["S-1"].debts
    account.tell(signed(number="HT-2026-1 (B)"))
    assert account.state.sales["S-1"].debts == before


# -- under one id


def beside(account: Account, payment: str) -> str:
    """What is kept beside that payment, since it came last."""
    return account.state.beside[payment][-1]


@pytest.mark.parametrize("known", [f"B-1#{number}" for number in range(2, 8)])
def test_what_is_kept_beside_a_payment_never_takes_the_id_of_another(known: str) -> None:
    account = Account().tell(report(known, 50_000), report("B-1", 100), report("B-1", 70), report("B-1", 60))
    assert sum(account.state.waiting.values()) == 50_230
    assert account.state.payments[known].amount == 50_000


def test_a_payment_that_a_bank_names_as_another_is_kept_beside_is_other_money() -> None:
    account = Account().tell(report("B-1", 100), report("B-1", 70))
    named = beside(account, "B-1")
    account.tell(report(named, 70), report(named, 70))
    own = beside(account, named)
    assert account.waiting == {"B-1": 100, named: 70, own: 70}
    account.tell(c.BankReversed(payment=named, on=day("2026-03-02")))
    assert account.waiting == {"B-1": 100, named: 70}
    account.tell(c.BankReversed(payment="B-1", on=day("2026-03-02")))
    assert account.waiting == {}


def test_what_came_back_in_another_currency_takes_no_known_id_either() -> None:
    account = two_sales().tell(report("B-1", 5, currency="USD"))
    for number in range(2, 12):
        account.tell(report(f"B-1#{number}", number))
    account.tell(bounced("B-1", 1_000))
    assert account.state.waiting == {"USD": 5, "CNY": 1_000 + sum(range(2, 12))}


def test_a_payment_that_comes_again_after_the_bank_took_it_back_is_kept_and_people_are_asked() -> None:
    account = two_sales().tell(report("B-1", 40_000, "HT-2026-1"), c.BankReversed(payment="B-1", on=day("2026-03-03")))
    account.happened()
    account.tell(report("B-1", 40_000, "HT-2026-1"))  # the old report once more
    assert (account.happened(), account.waiting) == ([], {})
    account.tell(report("B-1", 40_000, "HT-2026-1", on="2026-03-09"), on="2026-03-09")
    again = beside(account, "B-1")
    assert account.happened()[-1] == f"2026-03-09 money_differs {again} -> finance owner"
    assert account.waiting == {again: 40_000}


def test_the_same_amount_on_another_day_is_other_content_too() -> None:
    account = two_sales().tell(report("B-1", 41), report("B-1", 41, on="2026-02-27"))
    assert account.waiting == {"B-1": 41, beside(account, "B-1"): 41}

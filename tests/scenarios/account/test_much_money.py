"""Very much money over very long: it stays known, is carried in little, and people are asked about it bit by bit."""

import pytest

from stagemark.domain.account import commands as c
from stagemark.domain.account import paying
from stagemark.domain.account.paying import MOST_SETTLED
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.entries import AnswerTask
from tests.scenarios.account.playing import Account, bounced, day, report, signed


def one_sale() -> Account:
    return Account().tell(signed(number="HT-2026-1"))


def returned(payment: str, account: Account) -> int:
    return int(account.state.payments[payment].returned)


def test_a_payment_of_long_ago_is_still_known_and_can_be_taken_back() -> None:
    account = one_sale().tell(report("wait", 7))
    for number in range(MOST_SETTLED + 20):
        account.tell(report(f"B-{number}", 10, "HT-2026-1"))
    assert (len(account.state.payments), len(account.state.past)) == (MOST_SETTLED + 1, 20)
    account.happened()
    account.tell(report("B-3", 10, "HT-2026-1 again"))  # under another key: it is the same money
    assert account.happened() == []
    account.tell(c.BankReversed(payment="B-4", on=day("2026-03-02")))
    assert account.happened()[0] == "2026-03-02 tells collection:S-1 money_reversed B-4 10"
    assert (returned("B-4", account), account.state.strays) == (10, ())
    assert account.ask(c.Refund(payment="B-5", reason="x")) == ["payment_not_waiting"]
    account.tell(bounced("B-5", 10))
    assert account.waiting == {"wait": 7, "B-5": 10}


def test_payments_of_very_long_ago_become_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paying, "MOST_PAST", 1_000)
    account = one_sale()
    for number in range(MOST_SETTLED + 40):
        account.tell(report(f"B-{number}", 10, "HT-2026-1"))
    state = account.state
    gone = 40 - len(state.past)
    assert gone > 0
    assert [state.settled["CNY"].reported, state.settled["CNY"].placed] == [10 * gone, 10 * gone]


def asked(account: Account) -> list[int]:
    """The tasks that ask about money that waits."""
    return [entry for entry, one in account.state.tasks.items() if one.due.task == "money_waits"]


WORDS = "货款转账备注，请核对后入账，谢谢！"


@pytest.mark.parametrize("reference", ["", "HT-2026-1 "])
def test_thousands_of_reports_with_long_texts_are_carried_in_little_and_still_right(reference: str) -> None:
    account = Account().tell(signed("S-1", 10_000_000, number="HT-2026-1"))
    for hundred in range(50):
        numbers = range(100 * hundred, 100 * hundred + 100)
        for half in (numbers[:50], numbers[50:]):
            account.tell(*(report(f"BANK-{n:07}", 10, (reference + WORDS * 40)[:500], payer=WORDS * 20) for n in half))
    carried = account.state.model_dump_json(exclude_defaults=True).encode()
    assert len(carried) < 1_100_000
    assert len(asked(account)) == (0 if reference else 100)
    for payment in ("BANK-0000003", "BANK-0003000", "BANK-0004999"):
        account.happened()
        account.tell(report(payment, 10, "again"))
        assert not any(payment in line for line in account.happened())
        account.tell(c.BankReversed(payment=payment, on=day("2026-03-02")))
        said = [line for line in account.happened() if line.endswith(f"money_reversed {payment} 10")]
        assert bool(said) == bool(reference)
        assert returned(payment, account) == 10
    state = account.state
    assert len(state.payments) + len(state.past) == 5_000
    assert sum(state.waiting.values()) == (0 if reference else 10 * 4_997)


def test_of_very_much_money_that_waits_the_next_is_asked_about_when_some_is_answered() -> None:
    account = one_sale()
    for number in range(130):
        account.tell(report(f"B-{number}", 7))
    assert len(asked(account)) == 100
    for entry in asked(account)[:10]:
        account.tell(AnswerTask(entry=entry, answer="dismissed", text="so"))
    assert len(asked(account)) == 100
    account.tell(c.Refund(payment="B-50", reason="so"))
    assert len(asked(account)) == 100
    assert not ACCOUNT.ended(account.state)

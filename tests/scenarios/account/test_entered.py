"""One bank payment settles one debt: what a person has entered is the same money, whichever comes first."""

from decimal import Decimal

from stagemark.domain.account import commands as c
from tests.scenarios.account.playing import OWNER, Account, bounced, day, entered, owed, report, signed, unsigned

M1 = "collection:S-1"
M2 = "collection:S-2"
TOLD = "2026-03-02 tells {} {}"


def two_alike() -> Account:
    """Two sales, each with an instalment of 60 000."""
    account = Account().tell(c.Describe(title="Acme", owner=OWNER))
    account.tell(signed("S-1", 60_000, 40_000, number="HT-1"), signed("S-2", 60_000, 25_000, number="HT-2"))
    account.happened()
    return account


def at(account: Account, payment: str) -> dict[str, int]:
    return {sale: int(part.amount) for sale, part in account.state.payments[payment].places.items()}


def test_what_a_person_has_entered_is_placed_there_and_not_where_the_amount_fits() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 60_000))
    assert account.happened() == [TOLD.format(M1, "money_placed P-1 60000 entered")]
    account.tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000))  # it has not heard of it yet
    assert account.happened() == []
    account.tell(owed("S-1", _1=0, _2=40_000))
    assert (account.happened(), account.waiting, at(account, "P-1")) == ([], {}, {"S-1": 60_000})


def test_what_a_person_has_entered_goes_before_what_the_payer_wrote() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 60_000, "HT-2"))
    assert account.happened() == [TOLD.format(M1, "money_placed P-1 60000 entered")]


def test_what_the_bank_reports_beyond_it_goes_where_its_words_say_and_else_waits() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 70_000, "HT-2"))
    told = [TOLD.format(M1, "money_placed P-1 60000 entered"), TOLD.format(M2, "money_placed P-1 10000")]
    assert account.happened() == told
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 85_000))
    assert account.happened()[0] == TOLD.format(M1, "money_placed P-1 60000 entered")
    assert account.waiting == {"P-1": 25_000}  # S-2 owes just that much, but the payment was another amount


def test_money_that_waits_goes_where_it_is_entered_since() -> None:
    account = two_alike().tell(report("P-1", 60_000), c.Keep(payment="P-1", reason="for later"))
    account.happened()
    account.tell(entered("S-2", "P-1", 60_000, _1=0, _2=25_000))
    assert account.happened() == ["2026-03-02 placed P-1", TOLD.format(M2, "money_placed P-1 60000 entered")]
    assert account.waiting == {}


def test_money_that_was_placed_before_its_entry_was_heard_of_goes_from_there_to_where_it_is_entered() -> None:
    account = two_alike().tell(owed("S-1", _1=1, _2=40_000), report("P-1", 60_000))  # entered, and not told yet
    assert account.happened() == [TOLD.format(M2, "money_placed P-1 60000 1")]
    account.tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000))
    assert account.happened() == ["2026-03-02 recalled P-1", TOLD.format(M2, "money_recalled P-1 60000")]
    account.tell(entered("S-1", "P-1", 60_000, _1=0, _2=39_000))  # told again: it is on its way
    assert account.happened() == []
    account.tell(bounced("P-1", 60_000, "S-2"))
    assert account.happened() == ["2026-03-02 placed P-1", TOLD.format(M1, "money_placed P-1 60000 entered")]
    assert (account.waiting, at(account, "P-1")) == ({}, {"S-1": 60_000})


def test_what_came_back_from_a_sale_without_a_report_may_be_another_part_of_the_same_payment() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 40_000, _1=20_000, _2=40_000), bounced("P-1", 20_000, "S-2"))
    assert account.waiting == {"P-1": 20_000}
    account.tell(report("P-1", 60_000))
    assert account.waiting == {"P-1": 20_000}
    assert at(account, "P-1") == {"S-1": 40_000}


def test_of_two_who_have_entered_the_same_payment_one_is_right_and_people_are_asked_which() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000))
    account.tell(entered("S-2", "P-1", 60_000, _1=0, _2=25_000))
    assert account.happened() == []  # no bank has said anything yet
    account.tell(report("P-1", 60_000))
    told = TOLD.format(M1, "money_placed P-1 60000 entered")
    assert account.happened() == [told, "2026-03-02 money_entered P-1 -> finance owner"]
    account.tell(owed("S-2", _1=60_000, _2=25_000))
    assert account.happened() == ["2026-03-02 withdrawn money_entered"]


def test_of_more_that_was_entered_than_the_bank_has_reported_people_are_told() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 50_000))
    about = next(one.due for one in account.state.tasks.values() if one.due.task == "money_entered")
    assert (about.params["amount"], about.params["sales"], about.params["reported"]) == ("10000", ["S-1"], "50000")


def test_what_was_entered_in_another_currency_is_other_money() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 60_000, currency="USD"))
    assert account.waiting == {"P-1": 60_000}


def test_what_a_bank_took_back_is_entered_in_vain_and_people_are_told() -> None:
    account = two_alike().tell(report("P-1", 60_000, "HT-1"), c.BankReversed(payment="P-1", on=day("2026-03-02")))
    account.happened()
    account.tell(entered("S-2", "P-1", 60_000, _1=0, _2=25_000))
    assert account.happened() == ["2026-03-02 money_entered P-1 -> finance owner"]


def test_what_is_called_back_and_what_comes_back_by_itself_are_not_mixed_up() -> None:
    account = two_alike().tell(report("P-1", 60_000, "HT-2"), entered("S-1", "P-1", 20_000, _1=40_000, _2=40_000))
    assert account.state.payments["P-1"].places["S-2"].recalled == 20_000
    account.tell(unsigned("S-2"), bounced("P-1", 60_000, "S-2"))
    assert at(account, "P-1") == {"S-1": 20_000}
    assert account.waiting == {"P-1": 40_000}
    assert account.ask(c.Refund(payment="P-1", amount=Decimal(40_000), reason="paid twice")) == []


def test_what_is_entered_under_another_id_instead_is_told_though_nothing_else_is_owed() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000))
    account.tell(entered("S-1", "P-2", 60_000, _1=0, _2=40_000), report("P-2", 60_000))
    assert account.happened() == [TOLD.format(M1, "money_placed P-2 60000 entered")]


def test_what_comes_back_from_where_it_was_entered_is_entered_there_no_more() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 60_000))
    account.happened()
    account.tell(bounced("P-1", 60_000, "S-1"))  # its word that it was taken back is on its way
    assert account.happened() == ["2026-03-02 money_waits P-1 -> finance owner"]
    assert account.waiting == {"P-1": 60_000}


def test_what_was_placed_before_its_entry_was_told_is_not_called_back_for_another_entry_without_asking() -> None:
    account = two_alike().tell(report("P-1", 60_000, "HT-1"))
    account.tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000))
    account.happened()
    account.tell(entered("S-2", "P-1", 60_000, _1=0, _2=25_000))
    assert "recalled" not in " ".join(account.happened())
    assert "money_entered" in [task.due.task for task in account.state.tasks.values()]


def test_people_are_asked_anew_once_more_is_entered_than_they_have_answered_for() -> None:
    account = two_alike().tell(entered("S-1", "P-1", 60_000, _1=0, _2=40_000), report("P-1", 50_000))
    account.happened()
    account.answer("money_entered")
    account.happened()
    account.tell(entered("S-2", "P-1", 60_000, _1=0, _2=25_000))
    account.happened()
    assert "money_entered" in [task.due.task for task in account.state.tasks.values()]

"""The receivables table: age, cell of the matrix, kind due, promise and dispute; totals by cell, currency and group."""

from datetime import date

from stagemark.domain.collection.receivables import Owing, below, cells, owing, shares, totals
from stagemark.domain.collection.state import CollectionState
from stagemark.policies.load import shipped_policy
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play


def played(text: str) -> CollectionState:
    play = Play(read(text))
    play.run()
    return play.state


def table(*states: CollectionState, on: str) -> list[Owing]:
    return owing(states, shipped_policy().collection, date.fromisoformat(on))


SIGNED = (
    "given signed 2026-02-02: 1=50000 due 2026-03-02; 2=150000 due 2026-03-20; 3=150000 due 2026-03-02; "
    "4=1 due 2027-01-01"
)


def test_each_instalment_stands_in_its_cell_the_oldest_first() -> None:
    state = played(f"{SIGNED}\n03-04 * debtor stubborn\nuntil 2026-04-06")
    rows = table(state, on="2026-04-06")
    assert [(row.instalment, row.age, row.cell, row.by) for row in rows] == [
        ("1", 35, "old_small", "finance"),
        ("3", 35, "old_large", "legal"),
        ("2", 17, "young_large", "visit"),
        ("4", None, "not_due", None),
    ]
    assert {row.debtor for row in rows} == {"stubborn"}
    assert [(t.cell, t.count, str(t.outstanding)) for t in totals(rows)] == [
        ("not_due", 1, "1"), ("young_large", 1, "150000"), ("old_small", 1, "50000"), ("old_large", 1, "150000"),
    ]  # fmt: skip


def test_legal_action_that_nobody_has_approved_is_called_so_and_finance_was_who_asked() -> None:
    proposed = played(f"{SIGNED}\nuntil 2026-04-06")
    by = {row.instalment: cells(row, "en")[7] for row in table(proposed, on="2026-04-06")}
    assert by == {"1": "by finance", "3": "by legal action, once it is approved", "2": "by a visit", "4": ""}
    assert {one.id: one.asked for one in proposed.receivables.values()} == {
        "1": "finance", "3": "finance", "2": "visit", "4": None,
    }  # fmt: skip
    approved = played(f"{SIGNED}\n04-03 * approve-legal 3\nuntil 2026-04-06")
    assert {row.instalment: cells(row, "zh")[7] for row in table(approved, on="2026-04-06")}["3"] == "法律催收"
    assert approved.receivables["3"].asked == "legal"


def test_a_promise_whose_money_came_after_its_day_was_not_kept() -> None:
    """Also where the money is told before the engine has looked, as on a Saturday."""
    for paid, outcome in (("03-13", "kept"), ("03-14", "broken")):
        state = played(f"{SIGNED}\n03-04 * promise 1 until 2026-03-13\n{paid} * pay P1 50000 for 1\nuntil 2026-03-17")
        assert [(one.until, one.outcome) for one in state.receivables["1"].promises] == [(date(2026, 3, 13), outcome)]


def test_an_exempt_account_is_not_shown_as_pressed_by_law_until_the_exemption_is_over() -> None:
    state = played(f"{SIGNED}\n04-03 * approve-legal 3\n04-06 * exempt until 2026-04-10\nuntil 2026-04-06")
    shown = [
        next(row.by for row in table(state, on=on) if row.instalment == "3") for on in ("2026-04-10", "2026-04-11")
    ]
    assert shown == ["finance", "legal"]


def test_a_customer_stands_there_with_what_they_are_called() -> None:
    state, policy = played(f"{SIGNED}\nuntil 2026-03-10"), shipped_policy().collection
    for customers, said in ({"acme": "安可机械"}, "安可机械（acme）"), ({}, "acme"), ({"acme": "acme"}, "acme"):
        row = owing([state], policy, date(2026, 3, 10), customers)[0]
        assert cells(row, "zh")[0] == said


def test_promise_and_dispute_stand_beside_the_debt() -> None:
    state = played(f"{SIGNED}\n03-04 * promise 1 until 2026-03-13\n03-04 * dispute 3\nuntil 2026-03-10")
    told = {row.instalment: (row.promised, row.disputed) for row in table(state, on="2026-03-10")}
    assert told["1"] == (date(2026, 3, 13), None)
    assert told["3"] == (None, "S-1/3/1")


def test_a_promise_that_a_weekend_has_broken_is_broken_before_the_engine_has_looked() -> None:
    """The table of Monday goes out before working hours begin."""
    given = "given signed 2026-02-02: 1=150000 due 2026-03-02\n03-03 * promise 1 until 2026-03-06"
    state = played(f"{given}\nuntil 2026-03-08")
    assert state.receivables["1"].promise is not None
    assert cells(table(state, on="2026-03-06")[0], "en")[7:9] == ["by a visit", "2026-03-06"]
    broken = table(state, on="2026-03-09")[0]
    assert (broken.promised, broken.broken, broken.contacted) == (None, date(2026, 3, 6), None)
    said = {language: cells(broken, language)[7:9] for language in ("en", "zh")}
    assert said == {
        "en": ["by legal action, once it is approved", "2026-03-06, broken"],
        "zh": ["法律催收（待批准）", "2026-03-06（已失约）"],
    }  # fmt: skip
    looked = table(played(f"{given}\nuntil 2026-03-09"), on="2026-03-09")[0]
    assert looked == broken.model_copy(update={"contacted": date(2026, 3, 9)})


def test_a_promise_that_was_kept_over_a_weekend_makes_nothing_harder() -> None:
    given = "given signed 2026-02-02: 1=150000 due 2026-03-02\n03-03 * promise 1 until 2026-03-06 of 90000"
    row = table(played(f"{given}\n03-06 * pay P1 90000 for 1\nuntil 2026-03-08"), on="2026-03-09")[0]
    assert (row.by, row.promised, row.broken) == ("visit", None, None)


def test_what_is_paid_written_off_or_void_is_not_in_the_table() -> None:
    paid = played(f"{SIGNED}\n03-04 * pay P1 50000 for 1\n03-04 * write-off 3\nuntil 2026-03-10")
    assert {row.instalment for row in table(paid, on="2026-03-10")} == {"2", "4"}
    assert table(played(f"{SIGNED}\n03-04 * unsigned\nuntil 2026-03-10"), on="2026-03-10") == []


def test_a_partial_payment_changes_the_amount_and_not_the_kind() -> None:
    state = played(f"{SIGNED}\n03-04 * pay P1 149000 for 3\nuntil 2026-03-10")
    row = next(row for row in table(state, on="2026-03-10") if row.instalment == "3")
    assert (str(row.outstanding), row.cell, row.by) == ("1000", "young_small", "visit")


def test_two_currencies_are_never_added() -> None:
    yuan = played("given signed 2026-02-02: 1=50000 due 2026-03-02\nuntil 2026-03-10")
    yen = played("given signed 2026-02-02: 1=900000 due 2026-03-02; in JPY\nuntil 2026-03-10")
    found = totals(table(yuan, yen, on="2026-03-10"))
    assert [(total.currency, str(total.outstanding)) for total in found] == [("CNY", "50000"), ("JPY", "900000")]


def test_each_group_has_its_totals_by_cell_and_currencies_are_never_added() -> None:
    mine = played(f"{SIGNED}\nuntil 2026-04-06")
    euro = played("given signed 2026-02-02: 1=900 due 2026-03-02\nuntil 2026-04-06")
    assert euro.signed is not None
    contract = euro.signed.contract
    dear = contract.model_copy(update={"amount": contract.amount.model_copy(update={"currency": "EUR"})})
    theirs = euro.model_copy(update={"owner": "liu", "signed": euro.signed.model_copy(update={"contract": dear})})
    found = shares(table(mine, theirs, on="2026-04-06"), lambda row: {"zhang": "li"}.get(row.owner))
    assert [(one.group, one.currency, one.count, str(one.outstanding), str(one.overdue)) for one in found] == [
        ("li", "CNY", 4, "350001", "350000"), ("", "EUR", 1, "900", "900"),
    ]  # fmt: skip
    assert {cell: str(amount) for cell, amount in found[0].cells.items()} == {
        "not_due": "1", "young_small": "0", "young_large": "150000", "old_small": "50000", "old_large": "150000",
    }  # fmt: skip


def test_below_a_supervisor_are_their_people_and_theirs_in_turn() -> None:
    reports = {"chen": None, "li": "chen", "zhang": "li", "wu": None}
    assert below("chen", reports) == {"chen", "li", "zhang"}
    assert below("zhang", reports) == {"zhang"}

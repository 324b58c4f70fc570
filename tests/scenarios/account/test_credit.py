"""Credit day by day: limits, clearances, surveys, worsenings. Each test says exactly what happened on which day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from stagemark.domain.account import commands as c
from stagemark.domain.playbook import Named, Text
from stagemark.policies.load import shipped_policy
from stagemark.reports.account import lines_of
from stagemark.texts.tasks import task_text
from tests.scenarios.account.playing import (
    FINANCE,
    OWNER,
    Account,
    amount,
    clear,
    day,
    limit,
    owed,
    signed,
    unsigned,
)

OVERRIDE = {"by": FINANCE, "reason": "their parent company answers for it"}


def known(value: int = 120_000) -> Account:
    return Account().tell(c.Describe(title="Acme", owner=OWNER), limit(value))


def rate(value: str, currency: str = "USD", on: str = "2026-03-02", into: str = "CNY") -> c.Rate:
    return c.Rate(currency=currency, into=into, value=Decimal(value), on=day(on), source="PBOC")


def status(account: Account) -> dict[str, str]:
    return {id_: one.status for id_, one in account.state.clearances.items()}


# -- the limit


def test_half_of_the_registered_capital_is_proposed_as_the_limit_and_finance_sets_it() -> None:
    account = Account().tell(c.Describe(title="Acme", registered_capital=amount(1_000_000)))
    assert account.ask(clear("C-1", 10)) == ["limit_missing"]
    assert "sets one (half of the registered capital or so would be: 500,000.00 CNY), all" in account.problems[0].text()
    assert "额度（按注册资本建议：500,000.00 CNY），或" in account.problems[0].text("zh")
    account.tell(limit(10))
    assert account.ask(clear("C-1", 10)) == []


def test_a_clearance_reserves_the_limit_until_its_day_and_then_expires() -> None:
    account = known().tell(clear("C-1", 100_000))
    assert account.ask(clear("C-2", 30_000, "S-2")) == ["limit_exceeded"]
    found = account.problems[0].params
    assert (found["used"], found["free"], found["over"], found["needed"]) == ("100000", "20000", "10000", "130000")
    assert account.state.clearances["C-1"].until == day("2026-03-16")
    assert account.happened("2026-03-16") == []
    assert account.happened("2026-03-17") == ["2026-03-17 expired C-1"]
    assert account.ask(clear("C-2", 30_000, "S-2")) == []


def test_a_clearance_that_is_over_holds_nothing_even_before_the_engine_has_said_so() -> None:
    account = known().tell(clear("C-1", 100_000))
    account.now += timedelta(days=19)  # a Saturday: nothing has fallen due, since nobody works
    assert status(account) == {"C-1": "held"}
    assert account.ask(clear("C-2", 100_000, "S-2")) == []


def test_asking_again_for_the_same_sale_replaces_what_was_held() -> None:
    account = known().tell(clear("C-1", 100_000), clear("C-2", 110_000))
    assert status(account) == {"C-1": "released", "C-2": "held"}
    assert account.state.used == 110_000


def test_two_clearances_in_one_request_cannot_both_use_the_last_of_a_limit() -> None:
    account = known()
    assert account.ask(clear("C-1", 70_000), clear("C-2", 70_000, "S-2")) == ["limit_exceeded"]
    assert status(account) == {}


def test_a_signing_confirms_and_payments_free_the_limit_again() -> None:
    account = known().tell(clear("C-1", 100_000), signed(clearance="C-1"))
    assert status(account) == {"C-1": "confirmed"}
    assert account.state.used == 100_000
    account.tell(owed(_1=0, _2=40_000))
    assert account.state.used == 40_000
    assert account.ask(clear("C-2", 80_000, "S-2")) == []


def test_what_is_paid_at_the_signing_is_exposure_and_no_credit() -> None:
    account = known().tell(clear("C-1", 50_000), signed("S-1", 50_000, deposit=70_000, clearance="C-1"))
    assert account.state.exposure == {"CNY": 120_000}
    assert account.state.used == 50_000
    assert {task.due.task for task in account.state.tasks.values()} == {"credit_survey"}


def test_a_signing_that_was_taken_back_releases_its_clearance() -> None:
    account = known().tell(clear("C-1", 100_000), signed(clearance="C-1"), unsigned())
    assert status(account) == {"C-1": "released"}
    assert not account.state.exposure
    assert account.state.used == 0


def test_a_clearance_is_given_back_once() -> None:
    account = known().tell(clear("C-1", 100_000), c.Release(clearance="C-1", reason="they buy elsewhere"))
    assert account.state.used == 0
    assert account.ask(c.Release(clearance="C-1", reason="again")) == ["clearance_not_held"]
    assert account.ask(c.Release(clearance="C-9", reason="again")) == ["clearance_unknown"]


def test_the_blacklist_blocks_and_gives_back_what_is_held() -> None:
    account = known().tell(clear("C-1", 10), c.Blacklist(reason="a court order"))
    assert status(account) == {"C-1": "released"}
    assert account.ask(clear("C-2", 10)) == ["clearance_blacklisted"]
    assert account.ask(c.Blacklist(reason="again")) == ["account_blacklisted"]
    account.tell(c.Lift(reason="settled"))
    assert account.ask(clear("C-2", 10)) == []
    assert account.ask(c.Lift(reason="again")) == ["account_not_blacklisted"]


def test_finance_can_override_all_of_it_with_a_name_and_a_reason() -> None:
    account = Account().tell(c.Describe(title="Acme"), c.Blacklist(reason="a court order"), c.Worsened(text="late"))
    assert account.ask(clear("C-1", 10)) == ["clearance_blacklisted", "clearance_worsened", "limit_missing"]
    assert "finance sets one, all is paid" in account.problems[-1].text(), "nobody knows its capital"
    assert "设定额度，或全部" in account.problems[-1].text("zh")
    account.tell(clear("C-1", 10, override=OVERRIDE))
    assert account.state.clearances["C-1"].override == FINANCE


def test_a_refusal_says_everything_at_once() -> None:
    account = known(5).tell(clear("C-1", 5), c.Worsened(text="late"))
    old = rate("7", on="2026-01-05")
    assert account.ask(clear("C-1", 10, "S-2", rates=(old,))) == ["clearance_known", "rate_old", "clearance_worsened"]
    assert account.ask(clear("C-2", 0)) == ["clearance_nothing", "clearance_worsened"]


# -- currencies


def test_another_currency_needs_a_dated_rate_that_is_neither_old_nor_of_tomorrow() -> None:
    account = known()
    assert account.ask(clear("C-1", 10_000, currency="USD")) == ["rate_missing"]
    asked: list[tuple[c.Rate, list[str]]] = [
        (rate("7.1", on="2026-02-20"), ["rate_old", "rate_missing"]),
        (rate("7.1", on="2026-03-03"), ["rate_in_future", "rate_missing"]),
        (rate("7.1", into="EUR"), ["rate_useless", "rate_missing"]),
        (rate("12.1"), ["limit_exceeded"]),
        (rate("7.1"), []),
    ]
    for given, codes in asked:
        assert account.ask(clear("C-1", 10_000, currency="USD", rates=(given,))) == codes
    assert account.state.used == 71_000


def test_amounts_in_two_currencies_are_never_added_without_a_rate() -> None:
    account = known().tell(signed("S-1", 1_000, currency="USD"))
    assert account.state.exposure == {"USD": 1_000}
    assert account.ask(clear("C-1", 10, "S-2")) == ["rate_missing"]
    account.tell(clear("C-1", 10, "S-2", rates=(rate("7"),)))
    assert account.state.used == 7_010


# -- uncleared signings


def test_a_signing_on_credit_without_a_clearance_is_looked_at_and_can_be_cleared_afterwards() -> None:
    account = known().tell(signed())
    assert account.happened() == [
        "2026-03-02 credit_survey -> finance owner",
        "2026-03-02 credit_uncleared S-1 -> finance supervisor",
    ]
    account.tell(clear("C-1", 100_000))
    assert account.happened() == ["2026-03-02 withdrawn credit_uncleared"]
    assert status(account) == {"C-1": "confirmed"}


@pytest.mark.parametrize(
    ("cleared", "signing"),
    [
        ({"value": 90_000}, {}),
        ({"value": 100_000, "sale": "S-2"}, {}),
        ({"value": 100_000}, {"on": "2026-03-17"}),
    ],
)
def test_a_clearance_for_less_for_another_sale_or_over_by_then_does_not_count(
    cleared: dict[str, Any], signing: dict[str, Any]
) -> None:
    account = known().tell(clear("C-1", **cleared), signed(clearance="C-1", **signing))
    assert not account.state.sales["S-1"].cleared


def test_a_signing_in_time_that_is_told_late_counts() -> None:
    account = known().tell(clear("C-1", 100_000))
    account.until("2026-03-20").tell(signed(on="2026-03-13", clearance="C-1"))
    assert (status(account), account.state.sales["S-1"].cleared) == ({"C-1": "confirmed"}, True)


def test_another_contract_instead_needs_credit_for_all_of_it() -> None:
    account = known(300_000).tell(clear("C-1", 100_000), signed(clearance="C-1"), owed(_1=0, _2=40_000))
    account.tell(signed("S-1", 60_000, 90_000, clearance="C-1"))
    assert account.state.exposure == {"CNY": 90_000}  # the first was paid
    assert not account.state.sales["S-1"].cleared


# -- surveys


def test_credit_is_surveyed_by_grade_while_anything_is_owed() -> None:
    account = known(200_000).tell(clear("C-1", 100_000), signed(clearance="C-1"))
    account.tell(c.Survey(text="sound"))
    assert account.happened("2026-04-03") == [
        "2026-03-02 credit_survey -> finance owner",
        "2026-03-02 withdrawn credit_survey",
        "2026-04-02 credit_survey -> finance owner",
    ]
    account.answer("credit_survey", text="still sound")
    account.tell(c.SetGrade(grade="b", reason="a good name"))
    assert account.happened("2026-07-03") == ["2026-07-03 credit_survey -> finance owner"]
    account.tell(c.Survey(text="first-class", grade="a"))
    assert account.state.grade == "a"
    account.tell(owed(_1=0, _2=0))
    assert account.happened("2028-01-03") == ["2026-07-03 withdrawn credit_survey"]


def test_a_survey_that_is_old_is_due_at_once_when_something_is_owed_again() -> None:
    account = known().tell(c.Survey(text="sound"))
    assert account.happened("2026-09-01") == []
    account.tell(clear("C-1", 100_000), signed(on="2026-09-01", clearance="C-1"))
    assert account.happened() == ["2026-09-01 credit_survey -> finance owner"]


def test_a_survey_that_nobody_made_goes_to_the_supervisor_and_comes_again() -> None:
    account = known().tell(clear("C-1", 100_000), signed(clearance="C-1"))
    assert account.happened("2026-04-17") == [
        "2026-03-02 credit_survey -> finance owner",
        "2026-03-16 missed credit_survey",
        "2026-04-16 credit_survey -> finance owner",
    ]


def test_a_survey_can_be_left_out_with_a_reason() -> None:
    account = known().tell(clear("C-1", 100_000), signed(clearance="C-1"))
    assert account.answer("credit_survey", "dismissed") == []
    assert account.state.surveyed is None
    assert account.happened("2026-04-03")[1:] == ["2026-04-02 credit_survey -> finance owner"]


# -- worsenings


def test_a_worsening_asks_for_a_measure_and_records_which_was_taken() -> None:
    account = known().tell(c.Worsened(text="their bank has frozen an account"))
    assert account.happened() == ["2026-03-02 credit_worsened -> finance owner"]
    assert account.ask(clear("C-1", 10)) == ["clearance_worsened"]
    assert account.answer("credit_worsened") == ["measure_needed"]
    assert account.ask(c.TakeMeasure(measures=("prayer",), text="so")) == ["measure_unknown"]
    account.tell(c.TakeMeasure(measures=("guarantor", "deposit"), text="the parent company answers for it"))
    assert account.happened() == ["2026-03-02 withdrawn credit_worsened"]
    assert account.ask(clear("C-1", 10)) == []
    assert [(one.what, one.measures) for one in account.state.reviews] == [
        ("worsened", ()),
        ("measure", ("guarantor", "deposit")),
    ]


def test_measures_are_said_by_the_policys_own_labels() -> None:
    policy = shipped_policy()
    escrow = Named(id="escrow", label=Text(zh="第三方监管账户", en="An escrow account"))
    measures = (escrow, Named(id="prayer"))
    own = policy.account.model_copy(update={"measures": measures})
    account = Account(policy.model_copy(update={"account": own}))
    account.tell(c.Describe(title="Acme", owner=OWNER), c.Worsened(text="late"))
    (task,) = (one.due for one in account.state.tasks.values() if one.due.task == "credit_worsened")
    assert "第三方监管账户；prayer" in str(task_text(task.task, "zh", task.params))
    account.tell(c.TakeMeasure(measures=("escrow",), text="done"))
    assert any("An escrow account. done" in line for line in lines_of(account.state, own, {}, "en"))


def test_a_worsening_can_turn_out_to_be_none() -> None:
    account = known().tell(c.Worsened(text="a rumour"))
    assert account.answer("credit_worsened", "dismissed") == []
    assert account.state.worsened is None
    assert account.ask(clear("C-1", 10)) == []


def test_nobody_takes_a_measure_in_time_and_the_manager_hears_of_it() -> None:
    account = known().tell(c.Worsened(text="late"))
    assert account.happened("2026-03-06")[1:] == ["2026-03-04 missed credit_worsened"]


# -- what it is


def test_what_changes_nothing_is_refused() -> None:
    account = known()
    for command in (
        c.Describe(),
        c.Describe(title="Acme"),
        limit(120_000),
        c.Exempt(until=None, approved_by="li", reason="x"),
    ):
        assert account.ask(command) == ["nothing_to_do"]
    account.tell(c.SetGrade(grade="c", reason="new"))
    assert account.ask(c.SetGrade(grade="c", reason="new")) == ["nothing_to_do"]


def test_a_channel_is_one_of_the_policys_and_what_is_left_out_stays() -> None:
    account = known()
    assert account.ask(c.Describe(channel="gossip")) == ["channel_unknown"]
    account.tell(c.Describe(channel="fair", group="acme-group", level="a", our_share=Decimal("0.4")))
    account.tell(c.Describe(group=""))
    state = account.state
    assert (state.title, state.channel, state.group, state.level, state.our_share) == (
        "Acme", "fair", "", "a", Decimal("0.4"),
    )  # fmt: skip


def test_what_only_an_account_that_we_know_can_be_asked() -> None:
    assert Account().ask(limit(5)) == ["account_unknown"]
    assert Account().ask(clear("C-1", 5)) == ["account_unknown"]

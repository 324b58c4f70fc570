"""Follow-ups, promises, warranty, evaluation, orders: day by day, with everything that happens."""

from __future__ import annotations

import pytest

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.policy import AftercarePolicy
from stagemark.domain.entries import AnswerTask
from stagemark.domain.told import HandedOver, Ordered, Reached, Unsigned
from stagemark.policies.load import shipped_policy
from stagemark.texts.tasks import task_text
from stagemark.texts.tasks_aftercare import contact_text
from tests.scenarios.aftercare.playing import Aftercare, amount, contract, day, delivered, paid, signed


def begun(**rest: object) -> Aftercare:
    life = Aftercare(**rest)  # type: ignore[arg-type]  # a test says what it needs
    life.tell("2026-03-02", signed())
    return life


def order(id_: str, on: str, value: int = 10_000) -> c.RecordOrder:
    return c.RecordOrder(order=id_, on=day(on), amount=amount(value))


def test_the_plan_counts_from_delivery_and_from_payment_by_the_calendar() -> None:
    life = begun()
    assert life.seen("2026-03-31") == []
    life.tell("2026-03-31", delivered("2026-03-31"))
    life.tell("2026-05-06", paid("2026-05-06"))
    assert life.seen("2027-05-31") == [
        "2026-04-03 arrived -> owner",
        "2026-04-07 warranty:return -> owner",
        "2026-04-27 warranty:exchange -> owner",  # it ends on 30 April: a month after 31 March
        "2026-04-30 in-use -> owner",
        "2026-05-11 thanks -> owner",  # three days later is a Saturday
        "2026-06-30 quarter -> owner",
        "2026-06-30 evaluation:delivery -> owner",
        "2026-11-06 half-year -> owner",
        "2027-02-16 repurchase:2026-03-02 -> owner",
        "2027-03-29 warranty:repair -> owner",
        "2027-05-06 invitation -> owner",
        "2027-05-06 evaluation:payment -> owner",
    ]
    life.check()


def test_a_contract_can_state_its_own_warranty() -> None:
    life = Aftercare()
    life.tell("2026-03-02", signed(contract=contract(warranty={"machine": "P2Y"})))
    life.tell("2026-03-10", delivered("2026-03-10"))
    assert [line for line in life.seen("2029-01-01") if "warranty" in line] == ["2028-03-07 warranty:machine -> owner"]


def test_a_companys_own_contacts_and_terms_are_said_by_their_labels() -> None:
    policy, tea = shipped_policy(), {"zh": "一起喝茶", "en": "Tea together"}
    own = policy.aftercare.model_dump(mode="json")
    own["follow_ups"] = [{"id": "own-visit", "after": "acceptance", "later": "P3D", "how": "visit", "label": tea}]
    own["warranty"] |= {"terms": {}, "labels": {"machine": {"zh": "整机", "en": "The machine"}}}
    changed = policy.model_copy(update={"aftercare": AftercarePolicy.model_validate(own)})
    life = Aftercare(changed)
    life.tell("2026-03-02", signed(contract=contract(warranty={"machine": "P2Y"})))
    life.tell("2026-03-10", delivered("2026-03-10"), Reached(milestone="acceptance", on=day("2026-03-10")))
    items = [contact.item for contact in life.state.contacts.values() if contact.item.plan != "orders"]
    said = [[contact_text(one.id, one.text, one.params, language) for one in items] for language in ("zh", "en")]
    assert said == [["一起喝茶", "整机（2028-03-10）"], ["Tea together", "The machine (2028-03-10)"]]
    life.until("2026-03-14")
    due = next(entry.fact for entry in life.entries if entry.kind == "task_due")
    assert str(task_text(due.task, "zh", due.params)).startswith("回访客户（上门）：一起喝茶。")


def test_a_term_of_a_contract_lasts_from_a_day_to_a_hundred_years() -> None:
    for term in ("P0D", "P990Y"):
        with pytest.raises(ValueError, match="is no term of a contract"):
            contract(warranty={"machine": term})
    life = Aftercare()
    life.tell("2026-03-02", signed(contract=contract(warranty={"machine": "P100Y"})))
    life.tell("2026-03-10", delivered("2026-03-10"))
    assert life.state.contacts["warranty:machine"].item.on == day("2126-03-07")


def test_a_missed_follow_up_escalates_and_can_still_be_made() -> None:
    life = begun(answering=False)
    life.tell("2026-03-10", delivered("2026-03-10"))
    assert life.seen("2026-03-16") == ["2026-03-13 arrived -> owner"]
    assert "2026-03-17 missed arrived" in life.seen("2026-03-18")
    statuses = [str(life.state.contacts["arrived"].status)]
    assert life.ask(c.RecordFollowUp(item="arrived", text="reached them at last")) == []
    assert [*statuses, life.state.contacts["arrived"].status] == ["missed", "done"]
    assert life.ask(c.RecordFollowUp(item="arrived", text="again")) == ["follow_up_closed"]
    life.check()


def test_a_delivery_that_is_told_late_does_not_bring_the_past_at_once() -> None:
    life = begun()
    life.tell("2026-05-20", delivered("2026-03-10"))
    assert life.seen("2026-07-01") == [
        "2026-06-10 quarter -> owner",
        "2026-06-10 evaluation:delivery -> owner",
    ]


def test_a_corrected_delivery_moves_what_is_still_planned_and_repeats_nothing() -> None:
    life = begun()
    life.tell("2026-03-10", delivered("2026-03-10"))
    assert life.seen("2026-03-16")[0] == "2026-03-13 arrived -> owner"
    life.tell("2026-03-16", delivered("2026-03-12"))
    assert [line for line in life.seen("2026-06-30") if "warranty" not in line] == [
        "2026-04-13 in-use -> owner",  # the 12th is a Sunday
        "2026-06-12 quarter -> owner",
        "2026-06-12 evaluation:delivery -> owner",
    ]


def test_a_follow_up_can_be_planned_moved_made_early_and_left_out() -> None:
    life = begun()
    fair = c.PlanFollowUp(item="fair", on=day("2026-04-15"), how="event", round="spring", to="deputy")
    call = c.PlanFollowUp(item="call", on=day("2026-04-01"), how="phone", round="spring")
    assert life.ask(fair, call) == []
    assert life.ask(fair) == ["follow_up_known"]
    assert life.ask(c.MoveFollowUp(item="fair", on=day("2026-04-20"), reason="the fair is later")) == []
    assert life.ask(c.RecordFollowUp(item="call", text="they called us")) == []
    assert life.seen("2026-04-30") == ["2026-04-20 fair -> deputy", "2026-04-20 evaluation:spring -> owner"]
    other = c.PlanFollowUp(item="old", on=day("2026-04-01"), how="phone")
    assert life.ask(other) == ["aftercare_day_past"]
    assert life.ask(c.MoveFollowUp(item="none", on=day("2026-05-20"), reason="x")) == ["follow_up_unknown"]
    life.check()


def test_what_was_promised_in_a_talk_is_a_task_until_its_day() -> None:
    life = begun(answering=False)
    life.until("2026-03-05")
    assert life.ask(c.PromiseTask(item="manual", text="Send the Chinese manual.", until=day("2026-03-10"))) == []
    assert life.seen("2026-03-12") == ["2026-03-05 manual -> owner", "2026-03-11 missed manual"]
    late = c.PromiseTask(item="late", text="x", until=day("2026-03-01"))
    assert life.ask(late) == ["aftercare_day_past"]


def test_a_task_that_is_put_off_comes_back_once() -> None:
    life = begun(answering=False)
    life.tell("2026-03-10", delivered("2026-03-10"))
    life.until("2026-03-13")
    (entry,) = life.state.tasks
    assert life.ask(AnswerTask(entry=entry, answer="put_off", until=day("2026-03-16"))) == []
    assert life.ask(AnswerTask(entry=entry, answer="put_off", until=day("0001-01-01"))) == ["answer_day_past"]
    life.lines.clear()
    assert life.seen("2026-03-16") == ["2026-03-16 arrived -> owner"]
    assert life.state.contacts["arrived"].item.on == day("2026-03-16")
    (entry,) = life.state.tasks
    assert life.ask(AnswerTask(entry=entry, answer="dismissed", text="they asked not to be called")) == []
    assert life.state.contacts["arrived"].status == "cancelled"
    life.check()


def test_a_payment_that_is_taken_back_takes_its_plan_back() -> None:
    life = begun()
    life.tell("2026-03-10", paid("2026-03-10"))
    assert "thanks" in life.state.contacts
    life.tell("2026-03-11", paid("2026-03-11", share="0.5"))
    assert "thanks" not in life.state.contacts
    assert life.seen("2026-04-10") == []
    life.tell("2026-04-13", paid("2026-04-13"))
    assert life.seen("2026-04-20") == ["2026-04-16 thanks -> owner"]


def test_the_customers_own_rhythm_says_when_they_buy_again() -> None:
    life = begun()
    life.tell("2026-04-01", order("PO-1", "2026-04-01"))
    life.tell("2026-05-04", order("PO-2", "2026-05-02"))
    # intervals of 30 and 31 days: the median is 30 (rounded to even), two weeks ahead of it somebody calls
    assert life.seen("2026-05-25") == ["2026-05-18 repurchase:2026-05-02 -> owner"]
    assert life.ask(order("PO-1", "2026-04-01")) == ["order_known"]
    assert life.ask(order("PO-9", "2026-06-01")) == ["order_in_future"]
    assert life.ask(c.RecordOrder(order="PO-9", on=day("2026-04-01"), amount=amount(0))) == ["order_not_positive"]
    life.check()


def test_an_order_takes_back_the_call_for_it() -> None:
    life = begun(answering=False)
    life.tell("2026-04-01", order("PO-1", "2026-04-01"))
    life.tell("2026-05-01", order("PO-2", "2026-05-01"))
    assert life.seen("2026-05-19") == ["2026-05-18 repurchase:2026-05-01 -> owner"]
    life.tell("2026-05-20", order("PO-3", "2026-05-20"))
    assert life.seen("2026-05-20") == ["2026-05-20 withdrawn repurchase:2026-05-01"]
    assert life.state.contacts["repurchase:2026-05-01"].status == "overtaken"


def test_a_sharp_fall_of_orders_is_a_trigger_of_its_own() -> None:
    life = begun()
    life.tell("2026-04-01", order("PO-1", "2026-04-01", 100_000))
    life.tell("2026-09-04", order("PO-2", "2026-09-04", 30_000))
    # On 1 October the first two orders (200 000) lie in the half-year before, and 30 000 in the last one.
    assert [line for line in life.seen("2026-12-31") if "fell" in line] == [
        "2026-10-01 orders_fell:2026-09-04 -> owner"
    ]
    fell = life.state.contacts["orders_fell:2026-09-04"].item.params
    assert (fell["before"], fell["now"]) == ("200000", "30000")


def test_a_contract_that_is_corrected_corrects_the_fall_of_orders() -> None:
    life = begun()
    life.tell("2026-04-01", order("PO-1", "2026-04-01", 100_000))
    life.tell("2026-09-04", order("PO-2", "2026-09-04", 30_000))
    life.tell("2026-09-05", signed(contract=contract(value=10_000)))
    fell = life.state.contacts["orders_fell:2026-09-04"].item.params
    assert (fell["before"], fell["now"]) == ("110000", "30000")


def test_steady_orders_are_no_fall_and_other_currencies_are_not_compared() -> None:
    life = begun()
    for month in range(4, 13):
        life.tell(f"2026-{month:02}-01", order(f"PO-{month}", f"2026-{month:02}-01", 100_000))
    life.tell("2026-12-01", c.RecordOrder(order="EUR-1", on=day("2026-12-01"), amount=amount(5, "EUR")))
    assert not [line for line in life.seen("2027-04-30") if "fell" in line]


def test_the_newest_sale_of_a_customer_leads_their_rhythm() -> None:
    life = begun()
    life.tell("2026-04-01", order("PO-1", "2026-04-01"))
    life.tell("2026-06-01", Ordered(opportunity="S-2", order="S-2", on=day("2026-06-01"), amount=amount(7)))
    orders = [tell.request["commands"][0]["order"] for tell in life.told if tell.to and tell.to.id == "S-2"]  # type: ignore[index,call-overload]  # the wire form
    assert orders == ["S-1", "PO-1"]
    assert life.seen("2028-06-30") == []
    life.check()


def test_a_signing_that_is_taken_back_ends_everything_and_a_new_one_begins_anew() -> None:
    life = begun(answering=False)
    life.tell("2026-03-10", delivered("2026-03-10"))
    life.until("2026-03-13")
    life.lines.clear()
    life.tell("2026-03-13", Unsigned(opportunity="S-1"))
    assert life.seen("2026-12-31") == ["2026-03-13 withdrawn arrived"]
    assert life.ask(c.Rate(score=5, text="well")) == ["aftercare_not_signed"]
    life.tell("2027-01-04", signed("2027-01-04"))
    life.tell("2027-01-04", delivered("2027-01-04"))
    assert "2027-01-07 arrived -> owner" in life.seen("2027-01-08")
    life.check()


def test_a_hand_over_turns_to_the_new_owner() -> None:
    life = begun()
    life.tell("2026-03-03", HandedOver(owner="li", deputy="zhao"))
    assert life.state.signed is not None
    assert (life.state.signed.owner, life.state.signed.deputy) == ("li", "zhao")


def test_nothing_is_asked_of_what_was_never_signed() -> None:
    life = Aftercare()
    assert life.ask(c.Rate(score=5, text="well")) == ["aftercare_unknown"]
    life.tell("2026-03-03", delivered("2026-03-03"))  # a collection can be faster than the sale
    assert life.ask(c.Rate(score=5, text="well")) == ["aftercare_not_signed"]
    life.tell("2026-03-04", signed())
    assert life.seen("2026-03-06") == ["2026-03-06 arrived -> owner"]

"""Whom an account tells: the collections and aftercares of its sales."""

from typing import Any

from stagemark.domain.account import commands as c
from stagemark.domain.told import ComplaintClosed, ComplaintOpened, PromptDropped, PromptMade, PromptWanted
from tests.scenarios.account.playing import OWNER, Account, day, signed, unsigned


def two_sales() -> Account:
    account = Account().tell(c.Describe(title="Acme", owner=OWNER), signed("S-1", deposit=5), signed("S-2", deposit=5))
    account.happened()
    return account


def told(account: Account) -> list[str]:
    return [line.partition(" tells ")[2] for line in account.happened() if " tells " in line]


def exempt(until: str | None) -> c.Exempt:
    return c.Exempt(until=day(until) if until else None, approved_by="li", reason="a lawsuit would cost more")


def test_an_open_complaint_holds_all_aftercares_of_the_account_until_the_last_is_closed() -> None:
    account = two_sales().tell(ComplaintOpened(complaint="K-1"))
    assert told(account) == ["aftercare:S-1 held K-1", "aftercare:S-2 held K-1"]
    account.tell(ComplaintOpened(complaint="K-1"))  # told twice: nothing new
    assert told(account) == []
    account.tell(ComplaintOpened(complaint="K-2"), ComplaintClosed(complaint="K-1"))
    assert told(account) == ["aftercare:S-1 held K-2", "aftercare:S-2 held K-2"]
    account.tell(ComplaintClosed(complaint="K-2"))
    assert told(account) == ["aftercare:S-1 held", "aftercare:S-2 held"]


def test_a_sale_signed_meanwhile_is_held_as_well() -> None:
    account = two_sales().tell(ComplaintOpened(complaint="K-1"))
    account.happened()
    account.tell(signed("S-3", 7))
    assert told(account) == ["aftercare:S-3 held K-1", "aftercare:S-1 ordered 7", "aftercare:S-2 ordered 7"]


def test_a_prompt_lets_the_whole_account_cool_down_and_the_longest_counts() -> None:
    account = two_sales()
    for until in ("2026-04-01", "2026-03-20"):
        account.tell(PromptMade(opportunity="S-1", on=day("2026-03-02"), cool_until=day(until)))
    assert told(account) == ["aftercare:S-1 held 2026-04-01", "aftercare:S-2 held 2026-04-01"]


def wants(sale: str, prompt: str = "p9", on: str = "2026-03-02", until: str = "2026-04-01") -> PromptWanted:
    return PromptWanted(opportunity=sale, prompt=prompt, on=day(on), cool_until=day(until))


def allows(account: Account) -> list[tuple[str, bool, str]]:
    told: list[Any] = [tell.request for tell in account.told]
    account.told = []
    facts = [fact for request in told for fact in request["commands"] if fact["kind"] == "prompt_allowed"]
    return [(fact["prompt"], fact["granted"], fact.get("until") or "") for fact in facts]


def test_of_two_sales_whose_prompts_fall_due_at_once_one_has_it_and_the_other_hears_until_when() -> None:
    account = two_sales().tell(wants("S-1")).tell(wants("S-2", "p5"))
    assert allows(account) == [("p9", True, ""), ("p5", False, "2026-04-01")]
    account.tell(wants("S-2", "p6", "2026-04-01", "2026-05-01"))
    assert allows(account) == [("p6", True, "")]


def test_what_is_dropped_does_not_let_the_account_cool_down() -> None:
    account = two_sales().tell(wants("S-1"))
    account.happened()
    account.tell(PromptDropped(opportunity="S-1", prompt="p9"))
    assert told(account) == ["aftercare:S-1 held", "aftercare:S-2 held"]
    account.tell(wants("S-2"))
    assert allows(account)[-1] == ("p9", True, "")


def test_no_prompt_is_allowed_while_a_complaint_is_open_or_the_account_cools_down() -> None:
    account = two_sales().tell(ComplaintOpened(complaint="K-1"), wants("S-1"))
    assert allows(account) == [("p9", False, "")]
    ask = c.AskPrompt(opportunity="S-1", prompt="own")
    assert account.ask(ask) == ["growth_complaint_open"]
    account.tell(ComplaintClosed(complaint="K-1"), ask)
    assert account.ask(ask) == []  # by the same name it is the same prompt
    assert account.ask(c.AskPrompt(opportunity="S-2", prompt="own")) == ["prompt_cooling"]
    assert account.ask(c.AskPrompt(opportunity="S-1", prompt="other")) == ["prompt_cooling"]


def test_a_prospect_is_named_once_and_a_customer_never() -> None:
    account = Account().tell(c.Refer(opportunity="R-1", by="S-7"), c.Refer(opportunity="R-1", by="S-7"))
    assert account.ask(c.Refer(opportunity="R-2", by="S-8")) == ["referral_known_customer"]
    assert two_sales().ask(c.Refer(opportunity="R-2", by="S-8")) == ["referral_known_customer"]


def test_an_order_is_told_to_the_aftercares_of_the_other_sales_once_and_again_if_it_is_another() -> None:
    account = two_sales()
    account.tell(signed("S-1", deposit=5))
    assert told(account) == []
    account.tell(signed("S-1", 70_000, 40_000, deposit=5))
    assert told(account) == ["aftercare:S-2 ordered 110005"]
    account.tell(unsigned("S-2"), signed("S-1", 80_000))
    assert told(account) == ["aftercare:S-1 order_dropped"]
    account.tell(unsigned("S-2"))
    assert told(account) == []


def test_whoever_was_led_by_a_sale_that_is_taken_back_hears_of_it_and_of_the_newest_that_is_left() -> None:
    account = two_sales().tell(signed("S-3", 7, on="2026-03-03"))
    account.happened()
    account.tell(unsigned("S-3"))
    assert told(account) == [
        "aftercare:S-1 order_dropped", "aftercare:S-1 ordered 100005", "aftercare:S-2 order_dropped",
    ]  # fmt: skip


def test_an_exemption_is_told_to_all_collections_also_to_one_that_begins_later_and_its_end_too() -> None:
    account = two_sales().tell(exempt("2026-06-30"))
    assert told(account) == ["collection:S-1 exempted 2026-06-30", "collection:S-2 exempted 2026-06-30"]
    account.tell(signed("S-3", 7))
    assert told(account)[0] == "collection:S-3 exempted 2026-06-30"
    account.tell(exempt(None))
    assert told(account) == [f"collection:S-{number} exempted" for number in (1, 2, 3)]
    assert account.ask(exempt("2026-03-01")) == ["exempt_in_past"]


def test_each_neighbour_is_told_once_for_all_that_changed() -> None:
    account = two_sales().tell(exempt("2026-06-30"), ComplaintOpened(complaint="K-1"))
    keys = [(str(tell.to), (tell.request or {}).get("key")) for tell in account.told]
    assert len(keys) == len(set(keys))

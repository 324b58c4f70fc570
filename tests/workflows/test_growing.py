"""Prompts and referrals when several want them at once; time is skipped."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, get_args
from uuid import uuid4

import pytest

from stagemark.clients.account import Accounts
from stagemark.clients.linking import Linked
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.catalogue import Customer
from stagemark.domain.commands import Record
from stagemark.domain.entries import Stream
from stagemark.errors import InvalidInput, NotFound, Refused
from stagemark.texts.language import Language
from tests.sales import until
from tests.workflows.conftest import Host
from tests.workflows.test_collecting import PLAYBOOK
from tests.workflows.test_complaints import Caring

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def content(host: Host, account: str = "") -> Caring:
    """A sale that is completed, with a customer who is satisfied."""
    caring = Caring(host, account)
    await caring.complete()
    await caring.care.rate(caring.sale, 5, "Content.", actor="wang")
    return caring


async def outcome(asked: Any) -> str:
    try:
        await asked
    except Refused as refused:
        return " ".join(problem.code for problem in refused.problems)
    return "done"


async def opened(host: Host, *sales: str) -> list[str]:
    found = []
    for sale in sales:
        try:
            found.append((await host.sales.view(sale)).opportunity)
        except NotFound:
            continue
    return found


async def kept(host: Host, sale: str) -> AftercareState:
    """An aftercare as its ledger has it."""
    state = await host.platform.books.state(Stream(stream="aftercare", id=sale))
    assert isinstance(state, AftercareState)
    return state


async def test_a_prompt_that_several_accept_at_once_opens_one_sale_and_a_repeat_gives_the_same(host: Host) -> None:
    caring = await content(host)
    await caring.care.make_prompt(caring.sale, "card-4g", actor="wang")
    (prompt,) = (await caring.care.state(caring.sale)).prompts
    sales = [f"{caring.sale}-{number}" for number in range(4)]

    def accept(sale: str) -> Any:
        return caring.care.accept_prompt(caring.sale, prompt, "Yes.", Linked(sale, PLAYBOOK), actor="wang")

    outcomes = await asyncio.gather(*[outcome(accept(sale)) for sale in sales])
    assert sorted(outcomes) == ["done", *["prompt_accepted_before"] * 3]
    won = sales[outcomes.index("done")]
    assert await opened(host, *sales) == [won]
    assert await accept(won) == await accept(won)


async def test_what_was_cut_short_before_the_sale_was_opened_is_finished_by_a_repeat(host: Host) -> None:
    caring = await content(host)
    await caring.care.make_prompt(caring.sale, "card-4g", actor="wang")
    (prompt,) = (await caring.care.state(caring.sale)).prompts
    linked, open_ = Linked(f"{caring.sale}-next", PLAYBOOK), host.sales.open

    async def cut(*arguments: Any, **fields: Any) -> Any:
        raise ConnectionError

    care = host.platform.aftercare(host.environment.client)
    care._linking._sales.open = cut  # type: ignore[method-assign]  # the process dies here
    with pytest.raises(ConnectionError):
        await care.accept_prompt(caring.sale, prompt, "Yes.", linked, actor="wang")
    assert await opened(host, linked.opportunity) == []
    assert open_ == host.sales.open
    await caring.care.accept_prompt(caring.sale, prompt, "Yes.", linked, actor="wang")
    assert await opened(host, linked.opportunity) == [linked.opportunity]


async def test_a_sale_that_is_there_for_another_reason_is_not_taken_for_the_linked_one(host: Host) -> None:
    caring = await content(host)
    await caring.care.make_prompt(caring.sale, "card-4g", actor="wang")
    (prompt,) = (await caring.care.state(caring.sale)).prompts
    taken = f"{caring.sale}-taken"
    await host.sales.open(taken, PLAYBOOK, account="other", owner="wang", actor="wang")
    asked = caring.care.accept_prompt(caring.sale, prompt, "Yes.", Linked(taken, PLAYBOOK), actor="wang")
    assert await outcome(asked) == "linked_sale_known"
    assert (await caring.care.state(caring.sale)).prompts[prompt].status == "open"


async def test_a_sale_that_was_opened_for_another_prospect_is_not_taken_for_this_ones(host: Host) -> None:
    caring, sale = await content(host), f"R-{uuid4().hex[:8]}"
    first, other = (f"P-{uuid4().hex[:8]}" for _ in range(2))
    host.platform.customers.groups["known ltd"] = ""

    async def named(prospect: str) -> str:
        opens = Linked(sale, PLAYBOOK)
        return await outcome(caring.care.give_name(caring.sale, prospect, "buyer", opens, actor="wang"))

    assert [await named(prospect) for prospect in (first, first)] == ["done", "done"]
    assert [await named(prospect) for prospect in (other, "known ltd")] == ["linked_sale_known"] * 2
    assert (await host.sales.view(sale)).account == first
    assert list((await caring.care.state(caring.sale)).names) == [first]


async def test_a_prospect_whom_two_name_at_once_is_one_referral(host: Host) -> None:
    first, second = await content(host), await content(host)
    prospect, sales = f"P-{uuid4().hex[:8]}", [f"R-{uuid4().hex[:8]}" for _ in range(2)]
    asked = [
        caring.care.give_name(caring.sale, f" {prospect} ", "buyer", Linked(sale, PLAYBOOK), actor="wang")
        for caring, sale in zip((first, second), sales, strict=True)
    ]
    outcomes = await asyncio.gather(*map(outcome, asked))
    assert sorted(outcomes) == ["done", "referral_known_customer"]
    won = sales[outcomes.index("done")]
    assert await opened(host, *sales) == [won]
    assert (await host.sales.view(won)).account == prospect


async def test_a_customer_whom_we_have_is_no_referral_however_it_is_written(host: Host) -> None:
    caring = await content(host)
    host.platform.customers.groups["acme ltd"] = ""
    for written in ("acme ltd", " acme ltd ", "ACME  Ltd", "ａｃｍｅ ltd", caring.account.lower()):
        sale = f"R-{uuid4().hex[:8]}"
        asked = caring.care.give_name(caring.sale, written, "buyer", Linked(sale, PLAYBOOK), actor="wang")
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.code == "referral_known_customer"
        whose = "acme ltd" if "td" in written else caring.account
        assert all(f"--account {whose}" in refused.value.text(language) for language in get_args(Language))
        assert await opened(host, sale) == []


async def test_of_two_sales_of_an_account_one_has_the_prompt(host: Host) -> None:
    first = await content(host)
    second = await content(host, first.account)
    asked = [caring.care.make_prompt(caring.sale, "card-4g", actor="wang") for caring in (first, second)]
    assert sorted(await asyncio.gather(*map(outcome, asked))) == ["done", "prompt_cooling"]


async def test_of_two_sales_whose_timers_ring_at_once_one_has_the_prompt(host: Host) -> None:
    first = await content(host)
    second = await content(host, first.account)

    async def made() -> list[int]:
        return sorted([len((await kept(host, caring.sale)).prompts) for caring in (first, second)])

    async def answered() -> bool:
        rests = [(await kept(host, caring.sale)).rests for caring in (first, second)]
        return sum(map(bool, rests)) == 1 and await made() == [0, 1]

    async def both() -> bool:
        return await made() == [1, 1]

    await first.pass_days(12)
    await until(answered)
    await first.pass_days(40)
    await until(both)
    assert await made() == [1, 1], "the other one comes once the account has cooled down"


async def test_what_a_customer_says_at_one_sale_holds_at_their_others(host: Host) -> None:
    first = await content(host)
    second = await content(host, first.account)

    async def why() -> list[str]:
        return [problem.code for problem in await second.care.why_no_referral(second.sale)]

    async def rests() -> bool:
        return await why() == ["referral_rests"]

    async def unsatisfied() -> bool:
        return await why() == ["growth_unsatisfied", "referral_rests"]

    assert await why() == []
    await first.care.referral_step(first.sale, "attitude", "Rather not.", willing=False, actor="wang")
    await until(rests)
    await first.care.rate(first.sale, 1, "It broke.", actor="wang")
    await until(unsatisfied)


async def test_a_complaint_of_a_sister_company_keeps_back_what_is_for_her(host: Host) -> None:
    own, sister = Caring(host), Caring(host)
    host.platform.customers.groups |= {own.account: "group", sister.account: "group"}
    await own.complete()
    await sister.complete()
    await sister.complain()
    await own.care.rate(own.sale, 5, "Content.", actor="wang")

    async def suggested() -> bool:
        return any(one.account for one in (await own.care.state(own.sale)).suggestions)

    await until(suggested)
    (same,) = [one.id for one in (await own.care.state(own.sale)).suggestions if one.account]
    why = [(problem.where, problem.code) for problem in await own.care.why_no_prompt(own.sale, same)]
    assert why == [(sister.account, "growth_complaint_open")]
    assert await outcome(own.care.make_prompt(own.sale, same, actor="wang")) == "growth_complaint_open"
    host.platform.customers.bought[sister.account] = frozenset({"camera"})  # since it was suggested
    assert await outcome(own.care.make_prompt(own.sale, same, actor="wang")) == "prompt_sister_has"
    assert await outcome(own.care.make_prompt(own.sale, "card-4g", actor="wang")) == "done"  # nothing was reserved


async def test_what_a_sister_company_buys_before_the_prompt_is_made_is_not_suggested_to_her(host: Host) -> None:
    own, sister = Caring(host), f"A-{uuid4().hex[:8]}"
    host.platform.customers.groups |= {own.account: own.account, sister: own.account}
    await own.complete()
    await own.care.rate(own.sale, 5, "Content.", actor="wang")

    async def suggested() -> bool:
        return sister in [one.account for one in (await kept(host, own.sale)).suggestions]

    async def given_up() -> bool:
        return not await suggested()

    await until(suggested)
    host.platform.customers.bought[sister] = frozenset({"camera"})
    await own.pass_days(12)  # so that a prompt is wanted, whichever it is
    await until(given_up)
    assert not await suggested()


async def test_a_prompt_of_a_sale_that_is_not_there_or_not_signed_says_so(host: Host, sale: str) -> None:
    caring = Caring(host)
    with pytest.raises(NotFound) as unknown:
        await caring.care.make_prompt(sale, "card-4g", actor="wang")
    assert unknown.value.code == "unknown_opportunity"
    await host.sales.open(sale, PLAYBOOK, account="acme", owner="wang", actor="wang")
    assert await outcome(caring.care.make_prompt(sale, "card-4g", actor="wang")) == "aftercare_not_signed"
    assert await outcome(caring.care.why_no_prompt(sale, "card-4g")) == "aftercare_not_signed"


async def test_what_is_not_there_is_not_found_by_one_code_whatever_is_asked(host: Host, sale: str) -> None:
    caring, asking = Caring(host), host.platform.neighbours(host.environment.client)
    care, money, accounts = caring.care, caring.money, Accounts(asking, host.sales, host.platform.ledger)

    async def codes(*asked: Any) -> list[str]:
        found = []
        for one in asked:
            with pytest.raises(NotFound) as unknown:
                await one
            found.append(unknown.value.code)
        return found

    def of_sale() -> list[Any]:
        return [
            money.reach(sale, "delivery", date(2026, 3, 2), actor="wang"),
            care.rate(sale, 5, "Well.", actor="wang"),
        ]

    standing = care.why_no_prompt(sale), care.why_no_referral(sale), care.state(sale), money.state(sale)
    assert await codes(*of_sale(), *standing) == ["unknown_opportunity"] * 6
    assert await codes(accounts.state(sale), accounts.grade(sale, "a", "so", actor="wang")) == ["account_unknown"] * 2
    await host.sales.open(sale, PLAYBOOK, account="acme", owner="wang", actor="wang")
    assert await codes(*of_sale()) == ["collection_unknown", "aftercare_unknown"], "it is there, and not signed"
    assert [problem.code for problem in await care.why_no_referral(sale)] == ["aftercare_not_signed"]


async def test_an_add_on_goes_with_the_order_fits_the_customer_and_is_noted_in_the_callers_language(host: Host) -> None:
    caring = Caring(host)
    await host.sales.open(caring.sale, PLAYBOOK, account=caring.account, owner="wang", actor="wang")

    def add_on(product: str = "camera", **said: Any) -> Any:
        return caring.care.add_on(caring.sale, product, **{"actor": "wang", "quantity": 5, **said})

    assert await outcome(add_on()) == "add_on_too_early"
    await host.sales.mark(caring.sale, "sign", "start", actor="wang")
    assert [one.product for one in await add_on()] == ["card-4g", "camera-pro", "camera-ten"]
    host.platform.customers.customers[caring.account] = Customer(orders=1, score=5)
    known = {one.product: one.reason.en for one in await add_on(language="zh")}
    assert "service" in known
    assert "lasts longer" in known["camera-pro"], "this order is the second"
    assert await add_on("service") == ()
    facts = [event.fact for event in await host.platform.ledger.events(caring.sale)]
    notes = [fact.note for fact in facts if isinstance(fact, Record)]
    assert notes == [
        "Suggested with the order: 4 GB card, Professional camera, Set of ten digital cameras",
        "随订单推荐（增值销售）：4 GB 存储卡、维护服务、专业相机、数码相机十台装",
    ]

    async def held() -> bool:
        return await outcome(add_on()) == "growth_complaint_open"

    about = caring.complaint, caring.account, "wang", "It is dead."
    await caring.complaints.raise_(*about, opportunity=caring.sale, actor="wang")
    await until(held)
    terms: Any = {
        "amount": {"amount": "5", "currency": "CNY"},
        "instalments": [{"id": "1", "amount": "5", "after": "signing"}],
    }
    await host.sales.mark(caring.sale, "sign", "end", {"terms": terms}, actor="wang")
    assert await outcome(add_on()) == "add_on_too_late growth_complaint_open"


async def test_a_linked_sale_that_nobody_names_is_a_clear_error_and_nothing_is_recorded(host: Host) -> None:
    caring = await content(host)
    await caring.care.make_prompt(caring.sale, "card-4g", actor="wang")
    before = await caring.care.state(caring.sale)
    (prompt,) = before.prompts
    nobody: Any
    for nobody in (None, Linked("", PLAYBOOK), Linked("S-9", None)):  # type: ignore[arg-type]  # as callers without types do
        for asked in (
            caring.care.accept_prompt(caring.sale, prompt, "Yes.", nobody, actor="wang"),
            caring.care.give_name(caring.sale, "newco", "buyer", nobody, actor="wang"),
            caring.care.repurchase(caring.sale, "again", nobody, actor="wang"),
        ):
            with pytest.raises(InvalidInput) as refused:
                await asked
            assert (refused.value.code, refused.value.problems[0].where) == ("linked_sale_missing", "opens")
    assert await caring.care.state(caring.sale) == before

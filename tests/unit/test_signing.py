"""What a contract on instalments asks for at its signing, and whom the sale tells of it (domain.md §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stagemark.domain import commands as c
from stagemark.domain.agenda import agenda
from stagemark.domain.commands import Given, Mark, Override, Record
from stagemark.domain.opportunity import fold
from stagemark.domain.reactions import react
from stagemark.domain.signing import signing_of
from stagemark.domain.state import OpportunityState
from stagemark.domain.told import Tell
from stagemark.errors import Problem
from tests.playing import CALENDAR, Sale, labelled, three_stages

SIGNED = "2026-03-02"


def plan(*parts: dict[str, Any], amount: str = "100", **rest: Any) -> dict[str, Any]:
    return {"amount": {"amount": amount, "currency": "CNY"}, "instalments": list(parts), **rest}


DEPOSIT = {"id": "deposit", "type": "deposit", "amount": "30", "after": "signing"}
DEPOSIT_ONLY = DEPOSIT | {"amount": "100"}
LATER = {"id": "rest", "amount": "70", "after": "acceptance", "days": 30}
PLAN = plan(DEPOSIT, LATER, number="HT-1")


def cleared(amount: str = "70", until: str = "2026-03-10", currency: str = "CNY", id_: str = "C-1") -> Given:
    value = {"id": id_, "amount": {"amount": amount, "currency": currency}, "until": until}
    return Given(evidence="clearance", value=value)


def terms(contract: Any) -> Given:
    return Given(evidence="terms", value=contract)


class Seller(Sale):
    """A sale by a playbook whose only end marker is the signing; it keeps whom it told of what."""

    def __init__(self, *conditions: dict[str, Any], **changes: Any) -> None:
        whole = three_stages().model_dump(mode="json", exclude_defaults=True, exclude={"hash"})
        more = [
            labelled("terms", type="contract"),
            labelled("clearance", type="clearance"),
            labelled("liability", type="choice", options=[labelled("capped"), labelled("unlimited")]),
            labelled("level", type="ranked", options=[labelled("b"), labelled("a")]),
        ]
        end = {"evidence": [{"evidence": "terms", "need": "advised"}], "conditions": list(conditions)}
        stages = [labelled("sign", start={}, end=end), labelled("after", start={}, end={})]
        super().__init__(
            three_stages(**{**whole, "evidence": [*whole["evidence"], *more], "stages": stages, **changes})
        )
        self.told: list[str] = []
        self.open()
        self.tell(Mark(stage="sign", edge="start"))

    def ask(self, *commands: c.Command, when: str | None = None, **rest: Any) -> Any:
        before = self.state
        decision = super().ask(*commands, when=when, **rest)
        self.told += [said(tell) for tell in react(before, self.state).tells]
        return decision


def said(tell: Tell) -> str:
    request: Any = tell.request
    (fact,) = request["commands"]
    return f"{tell.to} {fact['kind']}"


def sign(*evidence: Given) -> Mark:
    return Mark(stage="sign", edge="end", evidence=evidence)


def test_a_contract_with_its_clearance_is_signed_and_the_account_hears_of_it_first() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    assert sale.told == ["account:acme signed", "collection:sale signed", "aftercare:sale signed"]
    signed = signing_of(sale.state)
    assert signed is not None
    assert (str(signed.on), signed.clearance, signed.contract.number) == (SIGNED, "C-1", "HT-1")


def test_a_sale_without_instalments_has_no_neighbours() -> None:
    sale = Seller()
    sale.tell(sign())
    sale.tell(c.Change(owner="ben"))
    sale.tell(c.Lose(reason="price"))
    assert sale.told == []


def test_what_is_paid_at_the_signing_needs_no_clearance() -> None:
    sale = Seller()
    sale.tell(
        sign(terms(plan({"id": "1", "amount": "60", "after": "signing"}, {"id": "2", "amount": "40", "due": SIGNED})))
    )
    assert "account:acme signed" in sale.told


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ((), "clearance_missing"),
        ((cleared("69.99"),), "clearance_short"),
        ((cleared(currency="USD"),), "clearance_short"),
        ((cleared(until="2026-03-01"),), "clearance_over"),
    ],
)
def test_a_clearance_has_to_cover_what_is_paid_later(given: tuple[Given, ...], code: str) -> None:
    sale = Seller()
    (problem,) = sale.problems(sign(terms(PLAN), *given))
    assert problem.code == code
    assert "{" not in problem.text("zh") + problem.text("en")


def test_finance_can_take_a_missing_clearance_on_itself() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), Given(evidence="clearance", override=Override(by="chen", reason="政府项目"))))
    signed = signing_of(sale.state)
    assert signed is not None
    assert signed.clearance is None


@pytest.mark.parametrize(
    ("contract", "codes"),
    [
        (plan(DEPOSIT, {**LATER, "amount": "71"}), ["instalments_sum"]),
        (plan(DEPOSIT, {**LATER, "id": "deposit"}), ["named_twice"]),
        (plan(DEPOSIT, {"id": "rest", "amount": "70"}), ["instalment_due"]),
        (plan(DEPOSIT, {**LATER, "amount": "-70"}), ["field_invalid"]),
        (plan(DEPOSIT, {"id": "rest", "amount": "70", "due": "2026-03-01"}), ["instalment_before_signing"]),
        (plan(DEPOSIT, {**LATER, "after": "lunch"}), ["field_invalid"]),
        (plan(DEPOSIT, {**LATER, "amount": "70.001"}, amount="100.001"), ["amount_too_fine"]),
        (plan(DEPOSIT_ONLY, milestones={"delivery": "2026-03-01"}), ["milestone_before_signing"]),
        (plan(DEPOSIT_ONLY, deliverables=[{"id": "1", "due": "2026-03-01"}]), ["deliverable_before_signing"]),
        ("a promise", ["evidence_type"]),
        (None, ["evidence_type"]),
    ],
)
def test_a_contract_that_is_not_sound_is_refused_with_its_place(contract: Any, codes: list[str]) -> None:
    problems = Seller().problems(sign(terms(contract)))
    assert [problem.code for problem in problems] == codes, problems
    for said in (problem.text(language) for problem in problems for language in ("zh", "en")):
        assert "{" not in said.replace("{'", "").replace('{"', ""), said  # but where it shows how a value is written


def test_a_contract_that_was_given_and_is_not_sound_is_not_missing_as_well() -> None:
    end = {"evidence": [{"evidence": "terms", "need": "required"}]}
    seller = Seller(stages=[labelled("sign", start={}, end=end), labelled("after", start={}, end={})])
    assert [problem.code for problem in seller.problems(sign())] == ["evidence_missing"]
    unsound = terms(plan(DEPOSIT, {**LATER, "amount": "71"}))
    assert [problem.code for problem in seller.problems(sign(unsound))] == ["instalments_sum"]


@pytest.mark.parametrize("when", ["unknown", SIGNED])
def test_of_a_signing_on_an_unknown_day_the_day_of_recording_counts_throughout(when: str) -> None:
    sale = Seller()
    early = plan({"id": "1", "amount": "100", "due": "1999-01-01"}, milestones={"delivery": "1999-01-01"})
    problems = sale.problems(sign(terms(early)), when=when)
    assert [problem.code for problem in problems] == ["instalment_before_signing", "milestone_before_signing"]
    assert {problem.params["signed"] for problem in problems} == {SIGNED}
    sale.tell(sign(terms(plan(DEPOSIT_ONLY, milestones={"delivery": SIGNED}))), when=when)
    signed = signing_of(sale.state)
    assert signed is not None
    assert str(signed.on) == SIGNED


def test_a_deposit_may_fall_due_before_the_signing() -> None:
    sale = Seller()
    early = {"id": "deposit", "type": "deposit", "amount": "100", "due": "2026-02-20"}
    sale.tell(sign(terms(plan(early))))
    assert len(sale.told) == 3


def test_a_signing_that_is_voided_lost_or_fallen_back_from_is_taken_back() -> None:
    taken_back = ["account:acme unsigned", "collection:sale unsigned", "aftercare:sale unsigned"]
    for undo in (
        c.Lose(reason="price"),
        c.FallBack(stage="sign", reason="needs changed"),
        c.Void(event=3, reason="slip"),
    ):
        sale = Seller()
        sale.tell(sign(terms(PLAN), cleared()))
        sale.told.clear()
        sale.tell(undo)
        assert sale.told == taken_back


def test_a_sale_that_is_lost_before_its_signing_gives_its_reservation_of_credit_back() -> None:
    sale = Seller()
    sale.tell(Record(evidence=(cleared(),)))
    assert sale.told == []
    sale.tell(c.Lose(reason="price"))
    assert sale.told == ["account:acme unsigned"]
    bare = Seller()
    bare.tell(c.Lose(reason="price"))
    assert bare.told == []


def test_after_a_fall_back_the_contract_and_its_clearance_are_given_anew() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    sale.tell(c.FallBack(stage="sign", reason="needs changed"))
    assert sale.refused(sign(terms(PLAN))) == ["clearance_missing"]


def test_a_lost_sale_that_is_reopened_is_signed_again() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()), Mark(stage="after", edge="start"))
    sale.tell(c.Lose(reason="price"))
    sale.told.clear()
    sale.tell(c.Reopen(reason="they came back"))
    assert sale.told == ["account:acme signed", "collection:sale signed", "aftercare:sale signed"]


def test_a_contract_changed_later_is_judged_as_at_its_signing_and_told_anew() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    sale.told.clear()
    more = plan(DEPOSIT, {**LATER, "amount": "90"}, amount="120")
    assert sale.refused(Record(evidence=(terms(more),))) == ["clearance_short"]
    sale.tell(Record(evidence=(terms(more), cleared("90", id_="C-2"))))
    assert sale.told == ["account:acme signed", "collection:sale signed", "aftercare:sale signed"]


def test_another_clearance_concerns_the_account_alone() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()), when=SIGNED)
    sale.told.clear()
    sale.tell(Record(evidence=(cleared(id_="C-2"),)))
    assert sale.told == ["account:acme signed"]
    sale.tell(Record(evidence=(cleared(id_="C-3"),)), c.Change(owner="ben"))
    assert sale.told[1:] == ["account:acme signed", "collection:sale handed_over", "aftercare:sale handed_over"]
    sale.told.clear()
    sale.tell(Record(evidence=(terms(PLAN | {"number": "HT-2"}),)))
    assert sale.told == ["account:acme signed", "collection:sale signed", "aftercare:sale signed"]


def test_a_correction_of_the_account_takes_it_back_there_and_tells_the_other() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    sale.told.clear()
    sale.tell(c.Correct(event=1, changes={"account": "acme-2"}, reason="the wrong company"))
    assert sale.told == [
        "account:acme unsigned", "account:acme-2 signed", "collection:sale signed", "aftercare:sale signed",
    ]  # fmt: skip


def test_collection_and_aftercare_hear_of_other_people_and_the_account_does_not() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    sale.told.clear()
    sale.tell(c.Change(owner="ben"))
    sale.tell(c.Change(title="other words"))
    assert sale.told == ["collection:sale handed_over", "aftercare:sale handed_over"]


def test_unlimited_liability_is_refused_where_it_is_known_and_somebody_can_take_it_on() -> None:
    capped = {"evidence": "liability", "none_of": ["unlimited"]}
    Seller(capped).tell(sign())
    Seller(capped).tell(sign(Given(evidence="liability", value="capped")))
    assert Seller(capped).refused(sign(Given(evidence="liability", value="unlimited"))) == ["condition_unmet"]
    Seller(capped).tell(sign(Given(evidence="liability", override=Override(by="chen", reason="law firm agreed"))))


def test_a_condition_can_count_for_large_sales_or_for_key_accounts_only() -> None:
    whole = {
        "evidence": "checks",
        "checked": "all",
        "where": {"bands": ["large"], "evidence": "level", "one_of": ["a"]},
    }
    Seller(whole).tell(sign())
    Seller(whole).tell(sign(Given(evidence="level", value="b")))
    assert Seller(whole).refused(sign(Given(evidence="level", value="a"))) == ["condition_unmet"]
    large = Seller(whole)
    large.tell(c.Change(value={"amount": "5000", "currency": "CNY"}))
    assert large.refused(sign()) == ["condition_unmet"]


def test_what_is_told_is_the_same_from_the_ledger_alone() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    again = fold("sale", sale.state.events, sale.playbook)
    assert signing_of(again) == signing_of(sale.state)
    fresh = react(OpportunityState("sale", sale.playbook), again).tells
    assert len({tell.request["key"] for tell in fresh if tell.request}) == 1


def test_credit_is_what_is_paid_later_than_at_the_signing() -> None:
    sale = Seller()
    sale.tell(sign(terms(PLAN), cleared()))
    signed = signing_of(sale.state)
    assert signed is not None
    assert signed.contract.on_credit(signed.on) == Decimal(70)
    assert Problem(code="clearance_missing").text("zh")


def test_while_only_money_is_waited_for_the_collection_watches_the_time_and_not_the_sale() -> None:
    end = {"evidence": [{"evidence": "terms", "need": "advised"}]}
    collecting = labelled("after", start={}, end={}, expected="P5D", collects={"amount": "paid"})
    stages = [labelled("sign", start={}, end=end), collecting]

    watched = Seller(stages=stages)
    watched.tell(sign(terms(PLAN), cleared()), Mark(stage="after", edge="start"))
    assert agenda(watched.state, CALENDAR) == []

    alone = Seller(stages=stages)
    alone.tell(sign(), Mark(stage="after", edge="start"))
    assert {due.trigger for due in agenda(alone.state, CALENDAR)} == {"overdue", "silence"}

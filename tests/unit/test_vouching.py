"""What a sale can't know of itself is asked by whoever sends, who then vouches for it (design.md §6 rule 8)."""

from __future__ import annotations

import pytest

from stagemark.clients.known import may_not_do_without
from stagemark.domain.commands import Correct, Envelope, Given, Mark, Migrate, Override, Record
from stagemark.domain.opportunity import Accepted, Rejected, decide
from stagemark.domain.vouching import CLEARANCE, OVERRIDE, vouched
from stagemark.errors import Problem, Refused
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory
from stagemark.vouching import vouching
from tests.playing import MONDAY, Sale, codes, labelled, three_stages
from tests.unit.test_signing import DEPOSIT, PLAN, Seller, cleared, plan, sign, terms

FINANCE = labelled("paper", type="document", override_by=["finance"])
CARRIED = Record(evidence=(cleared(),))


def without_paper(by: str) -> Record:
    return Record(evidence=(Given(evidence="paper", override=Override(by=by, reason="it comes by post")),))


def seller() -> Sale:
    whole = three_stages().model_dump(mode="json", exclude_defaults=True, exclude={"hash"})
    sale = Sale(three_stages(**{**whole, "evidence": [*whole["evidence"], FINANCE]}))
    sale.open()
    return sale


def test_a_clearance_is_asked_for_when_it_is_carried_and_when_it_is_signed_by() -> None:
    sale = Seller()
    assert codes(decide(sale.state, sale.envelope(CARRIED), sale.now)) == [CLEARANCE]
    sale.tell(Record(evidence=(terms(PLAN), cleared())))
    refused = decide(sale.state, sale.envelope(sign()), sale.now)
    assert isinstance(refused, Rejected)
    (asked,) = refused.problems
    assert (asked.code, asked.params["account"], asked.params["clearance"]) == (CLEARANCE, "acme", "C-1")
    envelope = sale.envelope(sign()).model_copy(update={"vouched": (vouched(asked),)})
    assert isinstance(decide(sale.state, envelope, sale.now), Accepted)


def test_who_vouches_for_one_clearance_does_not_vouch_for_a_larger_one() -> None:
    sale = Seller()
    refused = decide(sale.state, sale.envelope(CARRIED), sale.now)
    assert isinstance(refused, Rejected)
    larger = sale.envelope(Record(evidence=(cleared("700"),))).model_copy(
        update={"vouched": (vouched(refused.problems[0]),)}
    )
    assert codes(decide(sale.state, larger, sale.now)) == [CLEARANCE]


def test_what_was_vouched_for_is_no_part_of_what_is_asked_so_a_repeat_has_the_first_answer() -> None:
    sale = Seller()
    sale.tell(CARRIED, key="once")
    assert codes(decide(sale.state, sale.envelope(CARRIED, key="once"), sale.now)) == []


def test_imports_and_the_engine_itself_ask_nobody() -> None:
    sale = Seller()
    assert codes(decide(sale.state, sale.envelope(CARRIED, source="import"), sale.now)) == []


def test_what_comes_to_be_on_credit_after_the_signing_is_asked_for_as_well() -> None:
    sale = Seller()
    at_once = {"id": "rest", "amount": "70", "after": "signing"}
    sale.tell(Record(evidence=(terms(plan(DEPOSIT, at_once)), cleared())))
    sale.tell(sign())
    later = Record(evidence=(terms(PLAN),))
    assert codes(decide(sale.state, sale.envelope(later), sale.now)) == [CLEARANCE]
    sale.tell(later)
    other = Correct(event=1, reason="wrong customer", changes={"account": "beta"})
    refused = decide(sale.state, sale.envelope(other), sale.now)
    assert isinstance(refused, Rejected)
    assert [(one.code, one.params["account"]) for one in refused.problems] == [(CLEARANCE, "beta")]
    assert codes(decide(sale.state, sale.envelope(Record(note="a talk")), sale.now)) == []


def test_a_migration_makes_no_override_of_anybodys_one_that_only_some_may_give() -> None:
    sale = Sale(three_stages())
    sale.open()
    sale.tell(Record(evidence=(Given(evidence="note", override=Override(by="wang", reason="known")),)))
    whole = three_stages().model_dump(mode="json", exclude_defaults=True, exclude={"hash"})
    stricter = [one | {"override_by": ["finance"]} if one["id"] == "note" else one for one in whole["evidence"]]
    to = three_stages(**{**whole, "evidence": stricter, "version": "2"})
    migrate = Migrate(to=to.ref(), compiled=to.compiled(), reason="stricter")
    assert codes(decide(sale.state, sale.envelope(migrate), sale.now)) == [OVERRIDE]


def test_an_override_of_what_only_some_may_do_without_is_asked_for_and_others_are_not() -> None:
    sale = seller()
    refused = decide(sale.state, sale.envelope(without_paper("wang")), sale.now)
    assert isinstance(refused, Rejected)
    assert [(one.code, one.params["person"], one.params["roles"]) for one in refused.problems] == [
        (OVERRIDE, "wang", ["finance"])
    ]
    anybody = Record(evidence=(Given(evidence="note", override=Override(by="wang", reason="known")),))
    assert codes(decide(sale.state, sale.envelope(anybody), sale.now)) == []


class Asked:
    """Answers what a sale wants to have asked, and keeps what that was."""

    def __init__(self, *wrong: Problem) -> None:
        self.answers = list(wrong)
        self.heard: list[str] = []

    async def wrong(self, opportunity: str, asked: Problem) -> list[Problem]:
        self.heard.append(f"{opportunity} {asked.code}")
        return self.answers


def told(sale: Sale, said: list[Envelope]):  # type: ignore[no-untyped-def]  # a function of an envelope
    async def send(envelope: Envelope) -> str:
        said.append(envelope)
        decision = decide(sale.state, envelope, MONDAY)
        if isinstance(decision, Rejected):
            raise Refused(*decision.problems)
        return "recorded"

    return send


async def test_an_envelope_with_nothing_to_ask_is_sent_once() -> None:
    sale, said, asked = Seller(), list[Envelope](), Asked()
    assert await vouching(asked, "S-1", sale.envelope(Record(note="a talk")), told(sale, said)) == "recorded"
    assert (len(said), asked.heard) == (1, [])


async def test_what_is_to_be_asked_is_asked_once_and_the_envelope_sent_again() -> None:
    sale, said, asked = Seller(), list[Envelope](), Asked()
    assert await vouching(asked, "S-1", sale.envelope(CARRIED), told(sale, said)) == "recorded"
    assert (len(said), asked.heard) == (2, [f"S-1 {CLEARANCE}"])


async def test_what_is_wrong_here_and_there_is_said_together_and_nothing_of_what_was_only_to_be_asked() -> None:
    sale, said = Seller(), list[Envelope]()
    asked = Asked(Problem(code="clearance_released"))
    both = sale.envelope(CARRIED, Mark(stage="after", edge="start"))
    with pytest.raises(Refused) as refused:
        await vouching(asked, "S-1", both, told(sale, said))
    assert [one.code for one in refused.value.problems] == ["stage_not_yet", "clearance_released"]
    assert len(said) == 1


async def test_only_who_holds_the_role_may_override_once_somebody_holds_it() -> None:
    directory = MemoryDirectory(Person(id="chen", name="Chen", roles=("finance",)), Person(id="wang", name="Wang"))

    async def found(by: str, *roles: str) -> list[str]:
        return [one.code for one in await may_not_do_without(directory, "paper", by, roles)]

    assert await found("chen", "finance") == []
    assert await found("wang", "finance") == ["evidence_not_theirs"]
    assert await found("nobody", "finance") == ["unknown_person"]
    assert await found("wang", "legal") == []
    assert await may_not_do_without(MemoryDirectory(), "paper", "anybody", ["finance"]) == []

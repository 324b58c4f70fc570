"""Who is named as having allowed something is somebody of the company, and in a position to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stagemark.clients.known import not_theirs
from stagemark.domain.account.commands import AccountRequest, Clear, Describe, Exempt, SetLimit
from stagemark.domain.collection.commands import CollectionRequest, WriteOff
from stagemark.domain.commands import Override
from stagemark.domain.complaint.commands import ComplaintRequest, HandOver, Raise, TakeStep
from stagemark.domain.entries import Request
from stagemark.domain.money import Amount
from stagemark.policies.load import shipped_policy
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory

WANG, CHEN = Person(id="wang", name="王"), Person(id="chen", name="陈", roles=("finance@south",))
LI = Person(id="li", name="李", roles=("manager",))


async def problems(request: Request[Any], *people: Person) -> list[tuple[str, str | None]]:
    found = await not_theirs(MemoryDirectory(*people), shipped_policy(), request)
    assert all("{" not in problem.text(language) for problem in found for language in ("zh", "en"))
    return [(problem.code, problem.where) for problem in found]


def written_off(by: str) -> CollectionRequest:
    give_up = WriteOff(instalment="1", approved_by=by, reason="too small")
    return CollectionRequest(key="k", actor="wang", commands=(give_up,))


def overridden(by: str) -> AccountRequest:
    amount = Amount(amount=Decimal(5), currency="CNY")
    clear = Clear(clearance="C-1", opportunity="S-1", amount=amount, override=Override(by=by, reason="parent pays"))
    return AccountRequest(key="k", actor="wang", commands=(clear,))


def limited(actor: str) -> AccountRequest:
    limit = SetLimit(limit=Amount(amount=Decimal(9_999_999), currency="CNY"), reason="me")
    return AccountRequest(key="k", actor=actor, commands=(limit,))


async def test_an_approval_is_by_somebody_whom_the_directory_knows() -> None:
    assert await problems(written_off("ghost"), WANG, CHEN) == [("unknown_person", "commands[0].approved_by")]
    assert await problems(written_off("wang"), WANG) == []
    assert await problems(written_off("ghost")) == [], "a company that has named nobody"


async def test_an_approval_is_by_a_supervisor_a_manager_or_finance_and_so_by_nobody_who_has_no_say() -> None:
    exempt = Exempt(until=None, approved_by="wang", reason="talks")
    for request in (written_off("wang"), AccountRequest(key="k", actor="wang", commands=(exempt,))):
        for able in (LI, CHEN, Person(id="an", name="安", supervisor="li")):
            assert await problems(request, WANG, able) == [("approval_not_theirs", "commands[0].approved_by")]
        below = Person(id="an", name="安", supervisor="wang")
        assert await problems(request, WANG, below) == [], "a supervisor can, and can record it"
    assert await problems(written_off("li"), WANG, LI) == []


async def test_who_looks_after_an_account_or_a_complaint_is_somebody_whom_the_directory_knows() -> None:
    for command in (Raise(account="acme", owner="ghost", text="Dead."), HandOver(owner="ghost")):
        raised = ComplaintRequest(key="k", actor="wang", commands=(command,))
        assert await problems(raised, WANG) == [("unknown_person", "commands[0].owner")]
        assert await problems(raised) == []
    for owner, wrong in (("ghost", [("unknown_person", "commands[0].owner")]), ("wang", []), (None, [])):
        described = AccountRequest(key="k", actor="portal", commands=(Describe(title="Acme", owner=owner),))
        assert await problems(described, WANG) == wrong


async def test_a_step_of_a_complaint_is_taken_by_somebody_whom_the_directory_knows() -> None:
    taken = ComplaintRequest(key="k", actor="ghost", commands=(TakeStep(step="listen", text="so"),))
    assert await problems(taken, WANG) == [("unknown_person", "actor")]
    assert await problems(taken) == []


async def test_a_clearance_is_overridden_by_finance_where_somebody_is_of_finance() -> None:
    assert await problems(overridden("wang"), WANG, CHEN) == [("override_not_theirs", "commands[0].override.by")]
    assert await problems(overridden("chen"), WANG, CHEN) == []
    assert await problems(overridden("ghost"), WANG, CHEN) == [("unknown_person", "commands[0].override.by")]
    assert await problems(overridden("wang"), WANG) == [], "nobody is of finance"


async def test_a_credit_limit_is_set_by_finance_where_somebody_is_of_finance() -> None:
    for actor in ("wang", "ghost"):
        assert await problems(limited(actor), WANG, CHEN) == [("limit_not_theirs", "actor")]
        assert await problems(limited(actor), WANG) == [], "nobody is of finance"
        assert await problems(limited(actor)) == [], "a company that has named nobody"
    assert await problems(limited("chen"), WANG, CHEN) == []

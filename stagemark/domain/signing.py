"""The contract that a sale has signed, and what has to be right of it at the signing (domain.md §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from stagemark.domain.contract import Cleared, Contract
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem

__all__ = ["Signing", "held_as", "reserved_by", "signing_of", "signing_problems"]

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Signing:
    """A contract in force.

    Attributes:
        account: Whose.
        contract: What was signed.
        on: The day of the signing; of an unknown one, the day on which it was recorded.
        clearance: The account's credit clearance that it uses, if any.
    """

    account: str
    contract: Contract
    on: date
    clearance: str | None


def signing_of(state: OpportunityState) -> Signing | None:
    """The contract in force; none before the signing, after a loss, or without evidence of type `contract`."""
    if (marked := state.playbook.signing) is None or state.life in ("unopened", "lost"):
        return None
    stage, evidence = marked
    contract = held_as(state, evidence, Contract) if state.stages[stage] == "ended" else None
    if contract is None:
        return None
    visit = next(visit for visit in reversed(state.visits) if visit.stage == stage)
    left = visit.left if visit.left and visit.left_known else None
    told = state.events[(visit.left_event or state.sequence) - 1].recorded_at
    cleared = held_as(state, state.playbook.clearance, Cleared)
    on = (left or told).astimezone(ZoneInfo(state.zone)).date()
    return Signing(state.account, contract, on, cleared.id if cleared else None)


def reserved_by(state: OpportunityState) -> str | None:
    """The clearance that a sale holds for a signing to come; none once it is lost."""
    cleared = held_as(state, state.playbook.clearance, Cleared) if state.life not in ("unopened", "lost") else None
    return cleared.id if cleared and signing_of(state) is None else None


def signing_problems(state: OpportunityState, on: date) -> Iterator[Problem]:
    """What is wrong with the contract that is held, if it is signed on that day; of an unknown one, as `Signing.on`."""
    stage, evidence = state.playbook.signing or ("", None)
    contract = held_as(state, evidence, Contract)
    if contract is None:
        return
    place: dict[str, Any] = {"stage": stage, "edge": "end", "evidence": evidence}
    yield from (Problem(code=code, params=place | params) for code, params in _too_early(contract, on))
    credit = contract.on_credit(on)
    clearance = state.playbook.clearance
    if not credit or clearance is None:
        return
    given = state.evidence.get((clearance, None))
    if given is not None and given.override is not None:
        return
    place |= {"evidence": clearance, "amount": str(credit), "currency": contract.amount.currency}
    cleared = held_as(state, clearance, Cleared)
    if cleared is None:
        yield Problem(code="clearance_missing", params=place)
        return
    if cleared.amount.currency != contract.amount.currency or cleared.amount.amount < credit:
        found = f"{cleared.amount.amount} {cleared.amount.currency}"
        yield Problem(code="clearance_short", params=place | {"clearance": cleared.id, "found": found})
    if cleared.until < on:
        params = {"clearance": cleared.id, "until": str(cleared.until), "signed": str(on)}
        yield Problem(code="clearance_over", params=place | params)


def _too_early(contract: Contract, on: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a contract sets for a day before its signing; only a deposit may be asked for before."""
    signed = str(on)
    for part in contract.instalments:
        if part.due and part.due < on and part.type != "deposit":
            yield "instalment_before_signing", {"instalment": part.id, "due": str(part.due), "signed": signed}
    for milestone, planned in contract.milestones.items():
        if planned < on:
            yield "milestone_before_signing", {"milestone": milestone, "on": str(planned), "signed": signed}
    for one in contract.deliverables:
        if one.due and one.due < on:
            yield "deliverable_before_signing", {"deliverable": one.id, "due": str(one.due), "signed": signed}


def held_as(state: OpportunityState, evidence: str | None, model: type[M]) -> M | None:
    """What is held as such evidence; none if nothing is that fits, as after a migration."""
    held = state.evidence.get((evidence, None)) if evidence else None
    if held is None or held.value is None:
        return None
    try:
        return model.model_validate(held.value)
    except ValidationError:
        return None

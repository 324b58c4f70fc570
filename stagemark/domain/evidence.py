"""Judging evidence: is a value of its type, and is a condition met by what is held (design.md §5, domain.md §7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError

from stagemark.domain.commands import Given
from stagemark.domain.contract import Cleared, Contract
from stagemark.domain.money import Amount, number_of
from stagemark.domain.nearness import nearest
from stagemark.domain.playbook import Condition, Edge, Evidence, EvidenceType, Need, Playbook, Where
from stagemark.domain.state import Held, OpportunityState
from stagemark.errors import Problem, problems_of

__all__ = ["advice", "check_given", "evidence_shortfalls", "hold", "unknown_evidence"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def unknown_evidence(playbook: Playbook, name: str, where: str) -> Problem:
    """A name for which the playbook has no evidence, with the nearest that it has."""
    params = {"evidence": name, "known": nearest(name, playbook.evidence_of), "playbook": playbook.id}
    return Problem(code="unknown_evidence", where=where, params=params)


def check_given(playbook: Playbook, given: Given, where: str = "") -> list[Problem]:
    """What is wrong with a piece of evidence in itself: its name, its type, its person."""
    rule = playbook.evidence_of.get(given.evidence)
    if rule is None:
        return [unknown_evidence(playbook, given.evidence, where)]
    problems = []
    if rule.about_person and given.person is None and given.override is None:
        problems.append(Problem(code="evidence_person_missing", where=where, params={"evidence": rule.id}))
    if given.person is not None and not rule.about_person:
        problems.append(Problem(code="evidence_person_extra", where=where, params={"evidence": rule.id}))
    if given.override is not None and given.value is None:
        return problems
    if given.override is None and rule.type in _MODELS and isinstance(given.value, dict):
        return problems + _unfit(_MODELS[rule.type], given, where)
    expected = "either_value_or_override" if given.override else _misfit(rule, given.value)
    if expected is not None:
        right = {"code": f"expects_{expected}", "params": {"options": list(rule.option_ids)} if rule.options else {}}
        value = None if given.value is None else json.dumps(given.value, ensure_ascii=False)[:200]
        params = {"evidence": rule.id, "type": rule.type.value, "expected": right, "value": value}
        problems.append(Problem(code="evidence_type", where=where, params=params))
    return problems


_MODELS: dict[EvidenceType, type[BaseModel]] = {EvidenceType.CONTRACT: Contract, EvidenceType.CLEARANCE: Cleared}


def _unfit(model: type[BaseModel], given: Given, where: str) -> list[Problem]:
    """What is wrong with a value of many parts, each with its own place."""
    try:
        model.model_validate(given.value)
    except ValidationError as error:
        path = f"{where}.{given.evidence}" if where else given.evidence
        return [
            problem.model_copy(update={"where": f"{path}.{problem.where}" if problem.where else path})
            for problem in problems_of(error)
        ]
    return []


def _misfit(rule: Evidence, value: JsonValue) -> str | None:
    """What the value should be, if it is not: the type, `choices` where it may be several."""
    match rule.type:
        case EvidenceType.TEXT | EvidenceType.PERSON:
            fits = isinstance(value, str) and bool(value.strip())
        case EvidenceType.NUMBER:
            fits = number_of(value) is not None
        case EvidenceType.MONEY:
            fits = _amount(value) is not None
        case EvidenceType.DATE:
            fits = _date(value) is not None
        case EvidenceType.DOCUMENT:
            fits = _is_document(value)
        case EvidenceType.CONTRACT | EvidenceType.CLEARANCE:
            fits = False  # one that has the form of a model is judged by it
        case EvidenceType.CHECKLIST:
            fits = _is_choice_list(rule, value)
        case EvidenceType.CHOICE | EvidenceType.RANKED:
            fits = isinstance(value, str) and value in rule.option_ids
            fits = fits or (rule.many and bool(value) and _is_choice_list(rule, value))
            return None if fits else "choices" if rule.many else "choice"
    return None if fits else rule.type.value


def _is_document(value: JsonValue) -> bool:
    if not isinstance(value, dict) or set(value) != {"uri", "sha256"}:
        return False
    uri, digest = value["uri"], value["sha256"]
    return isinstance(uri, str) and bool(uri.strip()) and isinstance(digest, str) and bool(_SHA256.fullmatch(digest))


def _is_choice_list(rule: Evidence, value: JsonValue) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return False
    return len(set(map(str, value))) == len(value) and set(map(str, value)) <= set(rule.option_ids)


def _amount(value: Any) -> Amount | None:
    try:
        return Amount.model_validate(value)
    except ValidationError:
        return None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None


def hold(state: OpportunityState, given: Given, event: int) -> None:
    """Hold a piece of evidence. The latest value counts; the items of a checklist add up."""
    key = (given.evidence, given.person)
    value = given.value
    before = state.evidence.get(key)
    rule = state.playbook.evidence_of[given.evidence]
    if rule.type is EvidenceType.CHECKLIST and before and isinstance(before.value, list) and isinstance(value, list):
        ticked = {*before.value, *value}
        value = [item for item in rule.option_ids if item in ticked]
    state.evidence[key] = Held(value, event, given.override)


def evidence_shortfalls(state: OpportunityState, stage: str, edge: Edge) -> Iterator[Problem]:
    """What a marker lacks in required evidence and in conditions, by what is held now."""
    marker = state.playbook.marker(stage, edge)
    place: dict[str, Any] = {"stage": stage, "edge": edge}
    for piece in marker.evidence:
        if _need(state, piece.need, piece.by_band) is Need.REQUIRED and not _is_held(state, piece.evidence):
            yield Problem(code="evidence_missing", params={**place, "evidence": piece.evidence})
    for condition in marker.conditions:
        found = _shortfall(state, condition)
        if found is not None:
            params = {**place, "evidence": condition.evidence, **_needed(state.playbook, condition), "found": found}
            yield Problem(code="condition_unmet", params=params)


def advice(state: OpportunityState, stage: str, edge: Edge) -> list[str]:
    """The pieces of evidence that a marker advises and that are not held."""
    pieces = state.playbook.marker(stage, edge).evidence
    return [
        piece.evidence
        for piece in pieces
        if _need(state, piece.need, piece.by_band) is Need.ADVISED and not _is_held(state, piece.evidence)
    ]


def _need(state: OpportunityState, need: Need, by_band: dict[str, Need]) -> Need:
    band = state.band
    return by_band.get(band, need) if band else need


def _is_held(state: OpportunityState, evidence: str) -> bool:
    return any(name == evidence and (kept.override or kept.value != []) for (name, _), kept in state.evidence.items())


def _shortfall(state: OpportunityState, condition: Condition) -> str | list[dict[str, Any]] | None:
    """What was found instead, if the condition is not met."""
    rule = state.playbook.evidence_of[condition.evidence]
    if condition.where is not None and not _counts_for(state, condition.where):
        return None
    held = {person: kept for (name, person), kept in state.evidence.items() if name == condition.evidence}
    if None in held and held[None].override is not None:
        return None
    if condition.count_at_least is not None:
        count = sum(len(h.value) if isinstance(h.value, list) and not rule.about_person else 1 for h in held.values())
        return None if count >= condition.count_at_least else str(count)
    if not rule.about_person:
        return _found(held.get(None)) if not _meets(rule, condition, held.get(None), state) else None
    people = _people(state, condition, set(filter(None, held)))
    met = {person: _meets(rule, condition, held.get(person), state) for person in people}
    enough = any(met.values()) if condition.who == "any" else bool(met) and all(met.values())
    if enough:
        return None
    if not people:
        return "no_decision_maker" if condition.who == "decision_maker" else "nothing_recorded"
    return [
        {"code": "found_of_person", "params": {"person": person, "found": _found(held.get(person))}}
        for person, fits in sorted(met.items())
        if not fits
    ]


def _counts_for(state: OpportunityState, where: Where) -> bool:
    held = [kept.value for (name, _), kept in state.evidence.items() if name == where.evidence]
    chosen = [one for value in held for one in (value if isinstance(value, list) else [value]) if one is not None]
    return state.band in where.bands or any(not where.one_of or option in where.one_of for option in chosen)


def _people(state: OpportunityState, condition: Condition, recorded: set[str]) -> set[str]:
    """Whom the condition speaks of; several decision makers must all meet it."""
    people = state.playbook.people
    if people is None or condition.who == "any":
        return recorded
    roles = {
        person: kept.value
        for (name, person), kept in state.evidence.items()
        if name == people.role_evidence and person is not None
    }
    if condition.who == "all":
        return recorded | set(roles)
    return {p for p, held in roles.items() if people.decision_maker in (held if isinstance(held, list) else [held])}


def _found(held: Held | None) -> str:
    if held is None:
        return "nothing_recorded"
    if isinstance(held.value, list):
        return ", ".join(map(str, held.value)) or "nothing_recorded"
    if isinstance(held.value, dict) and "amount" in held.value:
        return f"{held.value['amount']} {held.value.get('currency')}"
    return str(held.value)


def _needed(playbook: Playbook, condition: Condition) -> dict[str, Any]:
    threshold = getattr(condition, condition.operator)
    rule = playbook.evidence_of[condition.evidence]
    if threshold == "all":
        threshold = len(rule.options)
    said = [str(item) for item in threshold] if isinstance(threshold, tuple) else str(threshold)
    if rule.type is EvidenceType.MONEY and condition.operator in ("at_least", "at_most"):
        said = f"{threshold} {playbook.currency}"  # an amount in another currency meets none
    who = condition.who if rule.about_person else "of_the_sale"
    return {"operator": condition.operator, "threshold": said, "who": who}


def _meets(rule: Evidence, condition: Condition, held: Held | None, state: OpportunityState) -> bool:
    if held is None:
        return condition.operator == "none_of"
    if held.override is not None:
        return True
    value = held.value
    match condition.operator:
        case "not_older_than":
            other = state.evidence.get((condition.not_older_than or "", None))
            return other is None or held.event >= other.event
        case "at_least" | "at_most":
            ours = _measure(rule, value, state.playbook.currency)
            bound = _measure(rule, str(getattr(condition, condition.operator)), state.playbook.currency)
            if ours is None or bound is None:
                return False
            return ours >= bound if condition.operator == "at_least" else ours <= bound
        case "equals":
            return _equal(rule, value, condition.equals)
        case "one_of":
            chosen = value if isinstance(value, list) else [value]
            return any(option in (condition.one_of or ()) for option in chosen)
        case "none_of":
            chosen = value if isinstance(value, list) else [value]
            return not any(option in (condition.none_of or ()) for option in chosen)
        case "not_before" | "not_after":
            day = _date(value)
            if day is None:
                return False
            earliest, latest = condition.not_before or date.min, condition.not_after or date.max
            return earliest <= day <= latest
        case "checked":
            ticked = len(value) if isinstance(value, list) else 0
            return ticked >= (len(rule.options) if condition.checked == "all" else int(condition.checked or 0))
    return False


def _measure(rule: Evidence, value: JsonValue, currency: str) -> Decimal | None:
    """A value on the scale of its type: the rank of an option, a number, an amount in the playbook's currency."""
    if rule.type is EvidenceType.RANKED:
        return Decimal(rule.rank(value)) if isinstance(value, str) and value in rule.option_ids else None
    if isinstance(value, dict):
        amount = _amount(value)
        return amount.amount if amount and amount.currency == currency else None
    return number_of(value)


def _equal(rule: Evidence, ours: JsonValue, theirs: JsonValue) -> bool:
    if rule.type is EvidenceType.NUMBER:
        return number_of(ours) == number_of(theirs)
    if isinstance(ours, list) and not isinstance(theirs, list):
        return theirs in ours
    return ours == theirs

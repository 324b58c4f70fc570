"""Conditions that can't be judged, or never met: the part of the checks that knows the types of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from stagemark.domain.money import number_of
from stagemark.domain.playbook import Condition, Evidence, EvidenceType, Marker, Playbook, Stage, Where
from stagemark.playbooks.findings import Finding, Path, unknown_evidence, unknown_option

__all__ = ["FITTING", "condition_findings"]

_AMOUNTS = (EvidenceType.NUMBER, EvidenceType.MONEY)
_OPTIONS = (EvidenceType.CHOICE, EvidenceType.RANKED)
FITTING: Mapping[str, tuple[EvidenceType, ...]] = {
    "at_least": (EvidenceType.RANKED, *_AMOUNTS),
    "at_most": (EvidenceType.RANKED, *_AMOUNTS),
    "equals": (*_OPTIONS, EvidenceType.TEXT, EvidenceType.NUMBER, EvidenceType.DATE, EvidenceType.PERSON),
    "one_of": (*_OPTIONS, EvidenceType.TEXT, EvidenceType.PERSON),
    "none_of": (*_OPTIONS, EvidenceType.TEXT, EvidenceType.PERSON),
    "not_before": (EvidenceType.DATE,),
    "not_after": (EvidenceType.DATE,),
    "checked": (EvidenceType.CHECKLIST,),
    "count_at_least": tuple(EvidenceType),
    "not_older_than": tuple(EvidenceType),
}
"""Which types of evidence an operator can judge."""


def condition_findings(playbook: Playbook) -> Iterator[Finding]:
    """All conditions of all markers."""
    for place, stage in enumerate(playbook.stages):
        for edge in ("start", "end"):
            marker = stage.start if edge == "start" else stage.end
            if not marker.conditions:
                continue
            collected = _collected(playbook, stage, edge)
            for spot, condition in enumerate(marker.conditions):
                path: Path = ("stages", place, edge, "conditions", spot)
                evidence = playbook.evidence_of.get(condition.evidence)
                if evidence is None:
                    yield unknown_evidence(playbook, (*path, "evidence"), condition.evidence)
                    continue
                params = {"stage": stage.id, "edge": edge, "evidence": evidence.id}
                if evidence.id not in collected:
                    yield Finding((*path, "evidence"), "playbook_uncollected", params)
                yield from _judged(playbook, path, condition, evidence)
                yield from _who(playbook, path, condition, evidence, collected, params)
                yield from _where(playbook, (*path, "where"), condition.where)
            yield from _contradictions(playbook, ("stages", place, edge, "conditions"), stage, edge, marker)


def _collected(playbook: Playbook, stage: Stage, edge: str) -> set[str]:
    """What can have been recorded when a marker is observed: by it, by the stages before it and those it waits for."""
    before = set(playbook.stage_ids[: playbook.stage_ids.index(stage.id)])
    ahead = [stage.id]
    while ahead:
        for after in playbook.opens_after(ahead.pop()):
            if after.stage in playbook.stage_of and after.stage not in before:
                before.add(after.stage)
                ahead.append(after.stage)
    found = {piece.evidence for piece in playbook.marker(stage.id, "start").evidence}
    if edge == "end":
        before.add(stage.id)
    for id_ in before:
        known = playbook.stage_of[id_]
        found.update(evidence for step in known.steps for evidence in step.evidence)
        found.update(piece.evidence for marker in (known.start, known.end) for piece in marker.evidence)
    return found


def _judged(playbook: Playbook, path: Path, condition: Condition, evidence: Evidence) -> Iterator[Finding]:
    operator = condition.operator
    value = getattr(condition, operator)
    at = (*path, operator)
    params = {"evidence": evidence.id, "evidence_type": evidence.type.value, "field": operator}
    fits = evidence.type in FITTING[operator] and not (operator == "not_older_than" and evidence.about_person)
    if not fits:
        fitting = [name for name, types in FITTING.items() if evidence.type in types and name != operator]
        yield Finding(at, "playbook_operator", {**params, "known": fitting})
    elif operator == "not_older_than":
        if value not in playbook.evidence_of:
            yield unknown_evidence(playbook, at, value)
    elif operator == "checked":
        if value != "all" and value > len(evidence.options):
            yield Finding(at, "playbook_never_met", {**params, "value": value, "most": len(evidence.options)})
    elif operator == "count_at_least":
        most = (len(evidence.options) if evidence.many else 1) if evidence.type in _OPTIONS else None
        if most is not None and not evidence.about_person and value > most:
            yield Finding(at, "playbook_never_met", {**params, "value": value, "most": most})
    else:
        for one in value if operator in ("one_of", "none_of") else (value,):
            yield from _value(at, params, evidence, one)


def _value(path: Path, params: dict[str, Any], evidence: Evidence, value: Any) -> Iterator[Finding]:
    if evidence.type in _OPTIONS:
        if value not in evidence.option_ids:
            yield unknown_option(path, evidence, str(value))
    elif not _is(evidence.type, value):
        yield Finding(path, "playbook_condition_value", {**params, "value": str(value)})


def _is(kind: EvidenceType, value: Any) -> bool:
    if kind in _AMOUNTS:
        return number_of(value) is not None
    if kind is EvidenceType.DATE and isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    return isinstance(value, str | date)


def _who(
    playbook: Playbook,
    path: Path,
    condition: Condition,
    evidence: Evidence,
    collected: set[str],
    params: dict[str, Any],
) -> Iterator[Finding]:
    if not evidence.about_person:
        if "who" in condition.model_fields_set:
            yield Finding((*path, "who"), "playbook_who_extra", params)
    elif condition.who == "decision_maker" and condition.operator != "count_at_least":
        if playbook.people is None:
            yield Finding(path, "playbook_people_missing", params)
        elif (role := playbook.people.role_evidence) in playbook.evidence_of and role not in collected:
            yield Finding(path, "playbook_uncollected", {**params, "evidence": role})


def _where(playbook: Playbook, path: Path, where: Where | None) -> Iterator[Finding]:
    if where is None:
        return
    bands = [band.id for band in playbook.bands]
    for spot, band in enumerate(where.bands):
        if band not in bands:
            yield Finding((*path, "bands", spot), "playbook_unknown_band", {"band": band, "known": bands})
    evidence = playbook.evidence_of.get(where.evidence or "")
    if evidence is None:
        if where.evidence:
            yield unknown_evidence(playbook, (*path, "evidence"), where.evidence)
        return
    for option in where.one_of:
        if option not in evidence.option_ids:
            yield unknown_option((*path, "one_of"), evidence, option)


def _contradictions(playbook: Playbook, path: Path, stage: Stage, edge: str, marker: Marker) -> Iterator[Finding]:
    """A lower bound above the upper bound of the same evidence: the marker can never be observed."""
    lower: dict[tuple[str, str], Any] = {}
    upper: dict[tuple[str, str], Any] = {}
    for spot, condition in enumerate(marker.conditions):
        evidence = playbook.evidence_of.get(condition.evidence)
        if evidence is None or (condition.who == "any" and evidence.about_person):
            continue
        operator, key = condition.operator, (evidence.id, condition.who)
        value = getattr(condition, operator)
        if operator in ("at_least", "at_most"):
            if evidence.type is EvidenceType.RANKED:
                value = evidence.rank(value) if value in evidence.option_ids else None
            else:
                value = number_of(value)
        if operator in ("at_least", "not_before"):
            lower[key] = value
        elif operator in ("at_most", "not_after"):
            upper[key] = value
        low, high = lower.get(key), upper.get(key)
        if low is not None and high is not None and type(low) is type(high) and low > high:
            params = {"stage": stage.id, "edge": edge, "evidence": evidence.id}
            yield Finding((*path, spot), "playbook_contradiction", params)

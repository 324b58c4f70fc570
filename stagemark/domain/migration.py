"""Going on by another playbook: what has no place there, and what would stand otherwise (design.md §5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stagemark.domain.commands import Migrate
from stagemark.domain.evidence import unknown_evidence
from stagemark.domain.history import in_order
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem

__all__ = ["check_migrate", "stands_otherwise"]


def check_migrate(state: OpportunityState, command: Migrate, where: str) -> list[Problem]:
    """What of the running sale has no place in the new playbook, by what counts of its events."""
    new = command.compiled
    if new is None or new.hash != command.to.hash:
        return [Problem(code="migration_playbook", where=where, params={"playbook": _name(command)})]
    if new.hash == state.playbook.hash:
        return [Problem(code="nothing_to_do", where=where)]
    old, listed = state.playbook, list(state.playbook.stage_ids)
    problems = [
        Problem(code="unknown_stage", where=where, params={"stage": id_, "known": listed})
        for id_ in command.stages
        if id_ not in old.stage_of
    ]
    problems += [unknown_evidence(old, id_, where) for id_ in command.evidence if id_ not in old.evidence_of]
    stages, evidence = _used(state)
    for what, ids, mapping, known in (
        ("stage", stages, command.stages, new.stage_of),
        ("evidence", evidence, command.evidence, new.evidence_of),
    ):
        if orphans := [id_ for id_ in ids if mapping.get(id_, id_) not in known]:
            params = {"what": what, "ids": orphans, "playbook": _name(command)}
            problems.append(Problem(code="migration_orphans", where=where, params=params))
        problems += _merged(what, ids, mapping, where)
    return problems + _misread(state, command, new, evidence, where)


def _merged(what: str, ids: list[str], mapping: dict[str, str], where: str) -> list[Problem]:
    """What would go on under one name: of two stages one course would be left, of two pieces the one told last."""
    became: dict[str, list[str]] = {}
    for id_ in ids:
        became.setdefault(mapping.get(id_, id_), []).append(id_)
    return [
        Problem(code="migration_merges", where=where, params={"what": what, "ids": olds, "to": name})
        for name, olds in became.items()
        if len(olds) > 1
    ]


def _misread(
    state: OpportunityState, command: Migrate, new: Playbook, evidence: list[str], where: str
) -> list[Problem]:
    """Evidence that would be read as another type, or as that of a person: what was recorded would mean nothing."""
    problems = []
    for id_ in evidence:
        name = command.evidence.get(id_, id_)
        was, will = state.playbook.evidence_of[id_], new.evidence_of.get(name)
        if will and (was.type, was.about_person) != (will.type, will.about_person):
            params = {"evidence": id_, "to": name, "playbook": _name(command)}
            problems.append(Problem(code="migration_type", where=where, params=params))
    return problems


def stands_otherwise(
    before: OpportunityState, after: OpportunityState, command: Migrate, where: str
) -> Iterable[Problem]:
    """Whether the sale would stand otherwise under the new playbook than it did: in its life, stages or visits."""
    what: list[str] = [] if before.life == after.life else [before.life]
    names = {id_: command.stages.get(id_, id_) for id_ in before.stages}
    was = {names[id_]: (status, _course(before, id_)) for id_, status in before.stages.items()}
    for id_, status in after.stages.items():
        if was.get(id_, ("waiting", [])) != (status, _course(after, id_)):
            what.append(id_)
    if what:
        yield Problem(code="migration_changes", where=where, params={"what": what, "playbook": _name(command)})


def _course(state: OpportunityState, stage: str) -> list[tuple[Any, ...]]:
    return [(visit.began, visit.left, visit.left_by) for visit in state.visits if visit.stage == stage]


def _used(state: OpportunityState) -> tuple[list[str], list[str]]:
    """The stages and the evidence that the facts of the sale speak of, in the words of its present playbook."""
    facts: list[Any] = [placed.event.fact for placed in in_order(state.events, state.zone)]
    stages = {fact.stage for fact in facts if getattr(fact, "stage", None) is not None}
    evidence = {given.evidence for fact in facts for given in getattr(fact, "evidence", ())}
    return [id_ for id_ in state.playbook.stage_ids if id_ in stages], sorted(evidence)


def _name(command: Migrate) -> str:
    return f"{command.to.id} {command.to.version}"

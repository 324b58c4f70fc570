"""What is wrong with a playbook of right form: names that lead nowhere, stages and conditions that can't be met.

Pure: a playbook in, findings out, each with the path of what it is about; `load` gives them their lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, get_args

from moneyed import get_currency
from moneyed.classes import CurrencyDoesNotExist

from stagemark.domain.account.policy import Level
from stagemark.domain.playbook import (
    Collects,
    EvidenceType,
    Marker,
    Named,
    Need,
    OpensAfter,
    Playbook,
    Role,
    Rung,
    Stage,
    Trigger,
)
from stagemark.domain.roles import may_decide
from stagemark.playbooks.conditions import condition_findings
from stagemark.playbooks.findings import Finding, Path, unknown_evidence, unknown_option

__all__ = ["Finding", "Path", "check_playbook"]

ROLES: tuple[str, ...] = get_args(Role)
LEVELS: tuple[str, ...] = get_args(Level)
MOST_REQUIRED = 2
"""Required pieces of a marker beyond which a playbook is warned of burying people (domain.md §7)."""
EDGES = ("start", "end")
HOURS_A_DAY = 8  # only to put rungs in days and in hours into one order


def check_playbook(playbook: Playbook) -> list[Finding]:
    """Judge the whole of a playbook; no finding means that it can be played."""
    found = [
        *_head(playbook),
        *_labels(playbook),
        *_duplicates(playbook),
        *_evidence(playbook),
        *_people(playbook),
        *_customer_level(playbook),
        *_bands(playbook),
    ]
    if len(set(playbook.stage_ids)) < len(playbook.stage_ids):
        return found  # while two stages share a name, nobody knows which one a name means
    return [
        *found,
        *_order(playbook),
        *_stages(playbook),
        *condition_findings(playbook),
        *_triggers(playbook),
        *_unused(playbook),
    ]


def _head(playbook: Playbook) -> Iterator[Finding]:
    try:
        get_currency(playbook.currency)
    except CurrencyDoesNotExist:
        yield Finding(("currency",), "playbook_currency", {"currency": playbook.currency})
    if playbook.hash:  # only the compiled form has one
        known = [name for name in Playbook.model_fields if name != "hash"]
        yield Finding(("hash",), "playbook_field_unknown", {"field": "hash", "known": known})


def _labels(playbook: Playbook) -> Iterator[Finding]:
    named: list[tuple[Path, str, Named | Marker]] = [((), playbook.id, playbook)]
    for group in ("evidence", "bands", "stages", "triggers", "loss_reasons"):
        for place, one in enumerate(getattr(playbook, group)):
            named.append(((group, place), one.id, one))
            for inner in ("options", "steps", "rungs"):
                for spot, part in enumerate(getattr(one, inner, ())):
                    named.append(((group, place, inner, spot), part.id, part))
            if isinstance(one, Stage):
                for edge in EDGES:
                    marker = one.start if edge == "start" else one.end
                    named.append(((group, place, edge), f"{one.id}.{edge}", marker))
    for path, id_, one in named:
        if one.label is None:
            yield Finding(path, "playbook_label_missing", {"id": id_, "language": "zh, en"})
            continue
        for language in ("zh", "en"):
            if not getattr(one.label, language).strip():
                yield Finding((*path, "label"), "playbook_label_missing", {"id": id_, "language": language})


def _duplicates(playbook: Playbook) -> Iterator[Finding]:
    for group in ("evidence", "bands", "stages", "triggers", "loss_reasons"):
        ones = getattr(playbook, group)
        yield from _twice((group,), [one.id for one in ones])
        for place, one in enumerate(ones):
            for inner in ("options", "steps", "rungs"):
                yield from _twice((group, place, inner), [part.id for part in getattr(one, inner, ())])
            if isinstance(one, Stage):
                yield from _twice((group, place, "start", "evidence"), [p.evidence for p in one.start.evidence])
                yield from _twice((group, place, "end", "evidence"), [p.evidence for p in one.end.evidence])


def _twice(path: Path, ids: Sequence[str]) -> Iterator[Finding]:
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            yield Finding((*path, place), "playbook_duplicate_id", {"id": id_})


def _evidence(playbook: Playbook) -> Iterator[Finding]:
    choices = {EvidenceType.CHOICE: 2, EvidenceType.RANKED: 2, EvidenceType.CHECKLIST: 1}
    for place, one in enumerate(playbook.evidence):
        least = choices.get(one.type, 0)
        params = {"id": one.id, "type": one.type.value, "least": least}
        if len(one.options) < least:
            yield Finding(("evidence", place), "playbook_options_missing", params)
        if one.options and not least:
            yield Finding(("evidence", place, "options"), "playbook_options_extra", params)
        for spot, role in enumerate(one.override_by):
            if not may_decide(role):
                known = {"role": role, "known": ["supervisor", "finance"]}
                yield Finding(("evidence", place, "override_by", spot), "role_of_sale", known)
        if one.many and one.type is not EvidenceType.CHOICE:
            yield Finding(("evidence", place, "many"), "playbook_many_extra", params)


def _people(playbook: Playbook) -> Iterator[Finding]:
    people = playbook.people
    if people is None:
        return
    role = playbook.evidence_of.get(people.role_evidence)
    if role is None:
        yield unknown_evidence(playbook, ("people", "role_evidence"), people.role_evidence)
    elif role.type is not EvidenceType.CHOICE or not role.about_person:
        yield Finding(("people", "role_evidence"), "playbook_role_evidence", {"id": role.id})
    elif people.decision_maker not in role.option_ids:
        yield unknown_option(("people", "decision_maker"), role, people.decision_maker)


def _customer_level(playbook: Playbook) -> Iterator[Finding]:
    if (id_ := playbook.customer_level) is None:
        return
    if (level := playbook.evidence_of.get(id_)) is None:
        yield unknown_evidence(playbook, ("customer_level",), id_)
    elif (
        level.type not in (EvidenceType.CHOICE, EvidenceType.RANKED)
        or level.about_person
        or not {*LEVELS} <= {*level.option_ids}
    ):
        yield Finding(("customer_level",), "playbook_customer_level", {"id": id_, "needed": list(LEVELS)})


def _bands(playbook: Playbook) -> Iterator[Finding]:
    bands = playbook.bands
    for place, band in enumerate(bands):
        last = place == len(bands) - 1
        if last == (band.up_to is not None):
            code = "playbook_band_last" if last else "playbook_band_open"
            yield Finding(("bands", place), code, {"id": band.id})
        before = bands[place - 1].up_to if place else Decimal(0)
        if band.up_to is not None and before is not None and band.up_to <= before:
            params = {"id": band.id, "up_to": str(band.up_to), "before": str(before)}
            yield Finding(("bands", place, "up_to"), "playbook_band_order", params)


def _order(playbook: Playbook) -> Iterator[Finding]:
    for place, stage in enumerate(playbook.stages):
        for spot, after in enumerate(stage.opens_after or ()):
            if after.stage not in playbook.stage_of:
                yield _unknown_stage(playbook, ("stages", place, "opens_after", spot, "stage"), after.stage)
    reached: set[str] = set()
    while fresh := [
        stage.id
        for stage in playbook.stages
        if stage.id not in reached
        and all(_reachable(playbook, after, reached) for after in playbook.opens_after(stage.id))
    ]:
        reached.update(fresh)
    for place, stage in enumerate(playbook.stages):
        if stage.id not in reached:
            waits = [a.stage for a in playbook.opens_after(stage.id) if a.stage not in reached]
            yield Finding(("stages", place), "playbook_unreachable", {"stage": stage.id, "waits_for": waits})


def _reachable(playbook: Playbook, after: OpensAfter, reached: set[str]) -> bool:
    return after.stage in reached or after.stage not in playbook.stage_of  # an unknown one is its own finding


def _stages(playbook: Playbook) -> Iterator[Finding]:
    bands = [band.id for band in playbook.bands]
    for place, stage in enumerate(playbook.stages):
        for spot, step in enumerate(stage.steps):
            for index, evidence in enumerate(step.evidence):
                if evidence not in playbook.evidence_of:
                    yield unknown_evidence(playbook, ("stages", place, "steps", spot, "evidence", index), evidence)
        if stage.collects is not None:
            yield from _collects(playbook, ("stages", place, "collects"), stage.collects)
        for edge in EDGES:
            marker = stage.start if edge == "start" else stage.end
            path: Path = ("stages", place, edge, "evidence")
            for spot, piece in enumerate(marker.evidence):
                if piece.evidence not in playbook.evidence_of:
                    yield unknown_evidence(playbook, (*path, spot, "evidence"), piece.evidence)
                for band in piece.by_band:
                    if band not in bands:
                        params = {"band": band, "known": bands}
                        yield Finding((*path, spot, "by_band", band), "playbook_unknown_band", params)
            most = max(_required(marker, band) for band in [None, *bands])
            if most > MOST_REQUIRED:
                crowd: dict[str, Any] = {"stage": stage.id, "edge": edge, "required": most, "most": MOST_REQUIRED}
                yield Finding(path, "playbook_many_required", crowd, warning=True)
        if stage.nurturable and not any(trigger.on == "look_again" for trigger in playbook.triggers):
            yield Finding(("stages", place, "nurturable"), "playbook_nobody_looks", {"stage": stage.id}, warning=True)


def _collects(playbook: Playbook, path: Path, collects: Collects) -> Iterator[Finding]:
    types = {"amount": EvidenceType.MONEY, "payments": EvidenceType.TEXT, "fulfilment": EvidenceType.CHECKLIST}
    for field, type_ in types.items():
        if (id_ := getattr(collects, field)) is None:
            continue
        if (evidence := playbook.evidence_of.get(id_)) is None:
            yield unknown_evidence(playbook, (*path, field), id_)
        elif evidence.type is not type_:
            params = {"id": id_, "type": evidence.type.value, "needed": type_.value}
            yield Finding((*path, field), "playbook_collects_type", params)


def _required(marker: Marker, band: str | None) -> int:
    needs = [piece.by_band.get(band, piece.need) if band else piece.need for piece in marker.evidence]
    return needs.count(Need.REQUIRED)


def _triggers(playbook: Playbook) -> Iterator[Finding]:
    for place, trigger in enumerate(playbook.triggers):
        path: Path = ("triggers", place)
        timed = [stage for stage in playbook.stages if stage.expected]
        if trigger.stages and trigger.on != "stage_exceeds":
            yield Finding((*path, "stages"), "playbook_trigger_stages", {"id": trigger.id, "on": trigger.on})
        elif trigger.on == "stage_exceeds":
            if trigger.stages:
                timed = [playbook.stage_of[id_] for id_ in trigger.stages if id_ in playbook.stage_of]
            elif not timed:
                yield Finding(path, "playbook_expected_missing", {"id": trigger.id, "stage": list(playbook.stage_ids)})
            for spot, id_ in enumerate(trigger.stages):
                if id_ not in playbook.stage_of:
                    yield _unknown_stage(playbook, (*path, "stages", spot), id_)
                elif not playbook.stage_of[id_].expected and any(rung.after is None for rung in trigger.rungs):
                    yield Finding(
                        (*path, "stages", spot), "playbook_expected_missing", {"id": trigger.id, "stage": id_}
                    )
        for spot, rung in enumerate(trigger.rungs):
            yield from _rung((*path, "rungs", spot), trigger, rung, first=spot == 0)
        expectations: list[Decimal | None] = [_hours(stage.expected) for stage in timed if stage.expected] or [None]
        yield from _rung_order(path, trigger, expectations)


def _rung(path: Path, trigger: Trigger, rung: Rung, first: bool) -> Iterator[Finding]:
    params = {"id": rung.id, "on": trigger.on}
    for spot, role in enumerate(rung.to):
        if role not in ROLES:
            yield Finding((*path, "to", spot), "playbook_unknown_role", {"role": role, "known": list(ROLES)})
    if rung.times_expected is not None and (trigger.on != "stage_exceeds" or rung.after is not None):
        yield Finding((*path, "times_expected"), "playbook_rung_times", params)
    if rung.after is None and (trigger.on == "silence" or (trigger.on == "look_again" and not first)):
        yield Finding(path, "playbook_rung_after", params)


def _rung_order(path: Path, trigger: Trigger, expectations: Sequence[Decimal | None]) -> Iterator[Finding]:
    """Each rung comes later than the one before, whichever stage it is about."""
    for spot, (before, rung) in enumerate(zip(trigger.rungs, trigger.rungs[1:], strict=False), start=1):
        for expected in expectations:
            early, late = _due(before, expected), _due(rung, expected)
            if early is not None and late is not None and late <= early:
                yield Finding((*path, "rungs", spot), "playbook_rung_order", {"id": rung.id, "before": before.id})
                break


def _due(rung: Rung, expected: Decimal | None) -> Decimal | None:
    if rung.after is not None:
        return _hours(rung.after)
    return expected * (rung.times_expected or 1) if expected is not None else None


def _hours(span: str) -> Decimal:
    days, _, hours = span.removeprefix("P").partition("T")
    return Decimal(days.rstrip("D") or 0) * HOURS_A_DAY + Decimal(hours.rstrip("H") or 0)


def _unused(playbook: Playbook) -> Iterator[Finding]:
    used = {evidence for stage in playbook.stages for step in stage.steps for evidence in step.evidence}
    for stage in playbook.stages:
        for marker in (stage.start, stage.end):
            used.update(piece.evidence for piece in marker.evidence)
            used.update(condition.evidence for condition in marker.conditions)
    for place, one in enumerate(playbook.evidence):
        if one.id not in used:
            yield Finding(("evidence", place), "playbook_evidence_unused", {"id": one.id}, warning=True)


def _unknown_stage(playbook: Playbook, path: Path, stage: str) -> Finding:
    return Finding(path, "playbook_unknown_stage", {"stage": stage, "known": list(playbook.stage_ids)})

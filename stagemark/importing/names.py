"""What a mapping names, checked against the playbook: stages, evidence, reasons for losing."""

from __future__ import annotations

from collections.abc import Iterator

from stagemark.domain.playbook import EvidenceType, Playbook
from stagemark.errors import Problem
from stagemark.importing.mapping import LoadedMapping, marker_of

__all__ = ["unknown_names"]


def unknown_names(loaded: LoadedMapping, playbook: Playbook) -> Iterator[Problem]:
    """What the mapping names and the playbook does not have."""
    mapping = loaded.mapping

    def stage(path: tuple[str | int, ...], name: str) -> Iterator[Problem]:
        if name not in playbook.stage_of:
            yield loaded.problem(path, "unknown_stage", stage=name, known=list(playbook.stage_ids))

    for marker in mapping.markers:
        yield from stage(("markers", marker), marker_of(marker)[0])
    for place, cell in enumerate(mapping.evidence):
        path: tuple[str | int, ...] = ("evidence", place)
        yield from stage((*path, "at"), marker_of(cell.at)[0])
        rule = playbook.evidence_of.get(cell.evidence)
        if rule is None:
            known = list(playbook.evidence_of)
            yield loaded.problem((*path, "evidence"), "unknown_evidence", evidence=cell.evidence, known=known)
        elif rule.type is EvidenceType.DOCUMENT:
            yield loaded.problem((*path, "evidence"), "mapping_document", evidence=cell.evidence)
        elif rule.type is EvidenceType.MONEY and cell.currency is None and cell.currency_column is None:
            yield loaded.problem(path, "mapping_currency")
    for spelled, state in (mapping.states.spelled if mapping.states else {}).items():
        path = ("states", "spelled", spelled)
        for place, marker in enumerate(state.observed):
            yield from stage((*path, "observed", place), marker_of(marker)[0])
        for name in state.skipped:
            yield from stage((*path, "skipped", name), name)
        reason = state.lost.reason.value if state.lost else None
        reasons = [named.id for named in playbook.loss_reasons]
        if reason is not None and reason not in reasons:
            yield loaded.problem((*path, "lost", "reason"), "unknown_reason", reason=reason, known=reasons)

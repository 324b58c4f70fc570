"""What a mapping names, checked against the playbook and the table: stages, evidence, reasons for losing, columns."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from stagemark.domain.nearness import nearest
from stagemark.domain.playbook import EvidenceType, Playbook
from stagemark.errors import Problem
from stagemark.importing.mapping import UNSAID, LoadedMapping
from stagemark.importing.spelling import marker_of
from stagemark.importing.table import Table

__all__ = ["columns_amiss", "unknown_names"]


def unknown_names(loaded: LoadedMapping, playbook: Playbook) -> Iterator[Problem]:
    """What the mapping names and the playbook does not have."""
    mapping = loaded.mapping

    def stage(path: tuple[str | int, ...], name: str) -> Iterator[Problem]:
        if name not in playbook.stage_of and name != UNSAID:
            yield loaded.problem(path, "unknown_stage", stage=name, known=list(playbook.stage_ids))

    for marker in mapping.markers:
        yield from stage(("markers", marker), marker_of(marker)[0])
    for place, cell in enumerate(mapping.evidence):
        path: tuple[str | int, ...] = ("evidence", place)
        yield from stage((*path, "at"), marker_of(cell.at)[0])
        rule = playbook.evidence_of.get(cell.evidence)
        if rule is None:
            known, by = nearest(cell.evidence, playbook.evidence_of), playbook.id
            yield loaded.problem(
                (*path, "evidence"), "unknown_evidence", evidence=cell.evidence, known=known, playbook=by
            )
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


def columns_amiss(loaded: LoadedMapping, table: Table) -> Iterator[Problem]:
    """Columns that the mapping names, and that the table does not have or has twice."""
    for path, column in loaded.columns():
        times = table.header.count(column)
        if times == 0:
            known = get_close_matches(column, table.header, 1) or table.header[:40]
            yield loaded.problem(path, "import_column_missing", column=column, file=table.name, known=known)
        elif times > 1:
            yield loaded.problem(path, "import_column_twice", column=column, file=table.name)

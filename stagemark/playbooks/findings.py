"""One thing that a check found, and those that several checks find."""

from __future__ import annotations

from typing import Any, NamedTuple

from stagemark.domain.nearness import nearest
from stagemark.domain.playbook import Evidence, Playbook

__all__ = ["Finding", "Path", "unknown_evidence", "unknown_option"]

Path = tuple[str | int, ...]
"""The way from the root of a playbook to what a finding is about."""


class Finding(NamedTuple):
    """What is wrong, or with `warning` only doubtful, and where."""

    path: Path
    code: str
    params: dict[str, Any]
    warning: bool = False


def unknown_evidence(playbook: Playbook, path: Path, evidence: str) -> Finding:
    """A name for which the playbook has no evidence."""
    known = nearest(evidence, playbook.evidence_of)
    return Finding(path, "playbook_unknown_evidence", {"evidence": evidence, "known": known})


def unknown_option(path: Path, evidence: Evidence, option: Any) -> Finding:
    """A name for which the evidence has no option."""
    params = {"option": option, "evidence": evidence.id, "known": list(evidence.option_ids)}
    return Finding(path, "playbook_unknown_option", params)

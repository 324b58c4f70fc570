"""The form of a policy: pydantic's findings as problems with lines, every one at once.

What is wrong is mended on a copy with what the shipped policy says there, so that the rest is judged in the same go;
what only follows from the mending is not reported.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stagemark.domain.policy import Policy
from stagemark.errors import Problem, fault_of, first_causes
from stagemark.playbooks.document import Items, Mapping, line_of
from stagemark.playbooks.findings import Finding, Path
from stagemark.playbooks.mending import ROUNDS
from stagemark.playbooks.places import at, existing, fields
from stagemark.problem_texts import PROBLEM_TEXTS

__all__ = ["Check", "validate"]

Check = Callable[[Policy], Iterable[Finding]]
"""Finds what is wrong with a policy whose form is right."""


def validate(document: Mapping, name: str, shipped: Mapping, check: Check) -> tuple[Policy | None, list[Problem]]:
    """Judge a document.

    Args:
        document: As it was read.
        name: What errors call it.
        shipped: The document of the shipped policy, with which errors are mended.
        check: What is judged once the form is right.

    Returns:
        The policy, if its form is right; and all that is wrong, with `file:line`.
    """
    mended, problems = copy.deepcopy(document), list[Problem]()
    places: list[Path] = []

    def report(findings: Iterable[Finding]) -> None:
        for finding in findings:
            if not any(finding.path[: len(place)] == place for place in places):
                where = f"{name}:{line_of(mended, finding.path)}"
                problems.append(Problem(code=finding.code, where=where, params=finding.params))

    for _ in range(ROUNDS):
        try:
            policy = Policy.model_validate(mended)
        except ValidationError as error:
            findings = _once(_findings(mended, first_causes(error.errors(include_url=False))))
            report(findings)
            if not _mend(mended, shipped, findings, places):
                break
        else:
            report(check(policy))
            return policy if not problems else None, problems
    return None, problems


def _findings(document: Mapping, details: list[ErrorDetails]) -> Iterator[Finding]:
    seen: set[Path] = set()
    for detail in details:
        path, kind = existing(document, detail["loc"]), detail["type"]
        if kind == "missing":
            yield Finding(path, "policy_field_missing", {"field": str(detail["loc"][-1])})
        elif kind == "extra_forbidden":
            known = fields(Policy, path[:-1])
            taken = at(document, path[:-1]).keys()
            near = get_close_matches(str(path[-1]), [name for name in known if name not in taken], 1)
            params = {"field": str(path[-1]), "known": known, "nearest": near[0] if near else ""}
            yield Finding(path, "policy_field_misspelt" if near else "policy_field_unknown", params)
        elif path not in seen:  # each member of a union says no: one is enough
            seen.add(path)
            yield _of_value(path, detail)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Without the field that is missing because its name is misspelt."""
    found = list(findings)
    meant = {(*one.path[:-1], one.params["nearest"]) for one in found if one.code == "policy_field_misspelt"}
    return [one for one in found if one.code != "policy_field_missing" or (*one.path, one.params["field"]) not in meant]


def _of_value(path: Path, detail: ErrorDetails) -> Finding:
    params: dict[str, Any] = {"field": ".".join(map(str, path)), "message": fault_of(detail)}
    if detail["type"] in PROBLEM_TEXTS:
        return Finding(path, detail["type"], params | {name: str(v) for name, v in detail.get("ctx", {}).items()})
    return Finding(path, "policy_value", params)


def _mend(document: Mapping, shipped: Mapping, findings: list[Finding], places: list[Path]) -> bool:
    """Put right what was found; whether anything could be."""
    wrong: set[Path] = set()
    for finding in findings:
        path = finding.path
        if finding.code == "policy_field_misspelt":
            _rename(at(document, path[:-1]), str(path[-1]), finding.params["nearest"])
        elif finding.code == "policy_field_unknown":
            del at(document, path[:-1])[str(path[-1])]
        else:
            whole = (*path, finding.params["field"]) if finding.code == "policy_field_missing" else path
            wrong.add(whole if _shipped(shipped, whole) is not None else _in_list(whole))
    for path in sorted(wrong, key=lambda one: [(str(part).zfill(6)) for part in one], reverse=True):  # nothing moves
        _replace(document, shipped, path, places)
    return bool(findings) and () not in wrong


def _in_list(path: Path) -> Path:
    """The item of a list that a path lies in, innermost; the path itself if in none."""
    return next((path[: n + 1] for n in range(len(path) - 1, -1, -1) if isinstance(path[n], int)), path)


def _rename(around: Mapping, field: str, meant: str) -> None:
    around[meant], around.lines[meant] = around.pop(field), around.lines.pop(field)


def _replace(document: Mapping, shipped: Mapping, path: Path, places: list[Path]) -> None:
    """Put there what the shipped policy has there, or nothing at all."""
    try:
        around, instead = at(document, path[:-1]), _shipped(shipped, path)
    except (KeyError, IndexError, TypeError):  # it went with something round it
        return
    if not path:
        return
    last = path[-1]
    if isinstance(around, Items) and isinstance(last, int):
        del around[last], around.lines[last]
        if not around:  # that it is empty now would only follow
            _replace(document, shipped, path[:-1], places)
    elif isinstance(around, Mapping) and instead is None:
        around.pop(str(last), None)
    elif isinstance(around, Mapping):
        around[str(last)] = copy.deepcopy(instead)
        around.lines.setdefault(str(last), around.line)
        places.append(path)


def _shipped(shipped: Mapping, path: Path) -> Any:
    """What the shipped policy has at a place; none where it has nothing, or in a list, whose items are one's own."""
    node: Any = shipped
    for part in path:
        if not isinstance(node, Mapping) or not isinstance(part, str) or part not in node:
            return None
        node = node[part]
    return node

"""The form of a playbook: pydantic's findings as problems with lines, and on to the graph checks.

A document of broken form is mended on a copy (a misspelt field is renamed, what can't be used is cut), so that its
graph is judged in the same go; what only follows from the cutting is not reported.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stagemark.domain.playbook import Condition, Playbook
from stagemark.errors import Problem, fault_of
from stagemark.playbooks.checks import Finding, Path, check_playbook
from stagemark.playbooks.document import Mapping, line_of
from stagemark.playbooks.places import at, existing, fields, model_at

__all__ = ["Validated", "validate"]

_ROUNDS = 8  # mending can uncover the next error of form; one round is the rule

# What pydantic finds wrong with a value → our code, which says what would be right.
_CODES = {
    "string_type": "playbook_text",
    "string_pattern_mismatch": "playbook_id",
    "string_too_short": "playbook_empty",
    "too_short": "playbook_empty",
    "literal_error": "playbook_choice",
    "enum": "playbook_choice",
    "tuple_type": "playbook_list",
    "model_type": "playbook_mapping",
    "dict_type": "playbook_mapping",
    "bool_type": "playbook_yes_no",
    "bool_parsing": "playbook_yes_no",
    "decimal_type": "playbook_number",
    "decimal_parsing": "playbook_number",
    "finite_number": "playbook_number",
    "int_type": "playbook_number",
    "int_parsing": "playbook_number",
    "int_from_float": "playbook_number",
    "greater_than": "playbook_number",
    "greater_than_equal": "playbook_number",
    "date_type": "playbook_date",
    "date_parsing": "playbook_date",
    "date_from_datetime_parsing": "playbook_date",
    "date_from_datetime_inexact": "playbook_date",
}
_OURS = ("span_malformed", "span_out_of_range", "condition_operator")
_LACKING = ("playbook_field_missing", "playbook_end_without_start", "playbook_start_without_end")
_STAND_INS: dict[str, Any] = {"id": "unnamed", "start": {}, "end": {}, "loss_reasons": [{"id": "unnamed"}]}


class Validated(NamedTuple):
    """The playbook if its form is right, and all that is wrong or doubtful, with `file:line`."""

    playbook: Playbook | None
    errors: list[Problem]
    warnings: list[Problem]


def validate(document: Mapping, name: str) -> Validated:
    """Judge the form of a document, then its graph."""
    errors: list[Problem] = []
    mend = _Mend(copy.deepcopy(document))

    def placed(finding: Finding) -> Problem:
        where = f"{name}:{line_of(mend.document, finding.path)}"
        return Problem(code=finding.code, where=where, params=finding.params)

    for _ in range(_ROUNDS):
        try:
            playbook = Playbook.model_validate(mend.document)
        except ValidationError as error:
            findings = list(_findings(mend.document, error.errors(include_url=False)))
            errors += map(placed, findings)
            if not mend.all(findings):
                break
        else:
            graph = [finding for finding in check_playbook(playbook) if not mend.explains(finding)]
            whole = playbook if not errors else None
            errors += [placed(finding) for finding in graph if not finding.warning]
            return Validated(whole, errors, [placed(finding) for finding in graph if finding.warning])
    return Validated(None, errors, [])


def _findings(document: Mapping, details: list[ErrorDetails]) -> Iterator[Finding]:
    seen: set[Path] = set()
    for detail in details:
        loc, kind = detail["loc"], detail["type"]
        path = existing(document, loc)
        field = str(loc[-1]) if kind == "missing" else str(next((p for p in reversed(path) if isinstance(p, str)), ""))
        params: dict[str, Any] = {"field": field}
        if kind == "missing":
            lone = {"start", "end"} - {field}
            without = "playbook_end_without_start" if field == "start" else "playbook_start_without_end"
            here = at(document, path)
            ends = field in ("start", "end") and lone & here.keys()
            yield Finding(path, without if ends else "playbook_field_missing", {**params, "id": here.get("id", "")})
            continue
        if kind == "extra_forbidden":
            known = _fields(path[:-1])
            taken = at(document, path[:-1]).keys()
            near = get_close_matches(field, [name for name in known if name not in taken], 1) or [""]
            code = "playbook_field_misspelt" if near[0] else "playbook_field_unknown"
            yield Finding(path, code, {**params, "nearest": near[0], "known": known})
            continue
        if path in seen:  # each member of a union says no: one is enough
            continue
        seen.add(path)
        value = detail["input"]
        params["value"] = value if isinstance(value, str | int | float | bool) else type(value).__name__.lower()
        if kind in _OURS:
            yield Finding(path, kind, {**params, **detail.get("ctx", {})})
        elif kind in _CODES:
            expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
            yield Finding(path, _CODES[kind], {**params, "expected": expected, "known": _fields(path)})
        else:
            yield Finding(path, "playbook_value", {**params, "message": fault_of(detail)})


def _fields(path: Path) -> list[str]:
    return fields(Playbook, path)


class _Mend:
    """Makes the form of a document right, and remembers what that took away."""

    def __init__(self, document: Mapping) -> None:
        self.document = document
        self._cut: set[str] = set()  # ids of what was taken away, or of what something was taken from

    def all(self, findings: list[Finding]) -> bool:
        """Mend what was found; false where nothing can be."""
        renamed: list[tuple[Mapping, str, str]] = []
        filled: list[tuple[Mapping, str]] = []
        cut: dict[Path, tuple[Any, list[str]]] = {}  # where a path led before anything moved, and the ids around it
        for finding in findings:
            path, field = finding.path, finding.params["field"]
            if finding.code == "playbook_field_misspelt":
                renamed.append((at(self.document, path[:-1]), field, finding.params["nearest"]))
            elif finding.code in _LACKING and field in _STAND_INS:
                filled.append((at(self.document, path), field))
            elif path == ("id",):
                filled.append((self.document, "id"))
            elif (place := self._where_to_cut(path)) is None:
                return False
            else:
                cut[place] = (at(self.document, place[:-1]), self._ids_around(place))
        for here, field, right in renamed:
            value, line = here.pop(field), here.lines.pop(field)
            if right not in here:
                here[right], here.lines[right] = value, line
        for here, field in filled:
            here[field], here.lines[field] = _STAND_INS[field], here.lines.get(field, here.line)
            self._cut |= {str(here["id"]), "unnamed"}
        last_first = sorted(cut, key=lambda path: path[-1] if isinstance(path[-1], int) else -1, reverse=True)
        for place in last_first:  # so that no item moves before its turn
            here, ids = cut[place]
            self._remember(here.pop(place[-1]))
            here.lines.pop(place[-1])
            self._cut.update(ids)
        return True

    def explains(self, finding: Finding) -> bool:
        """Whether a finding may only follow from what was taken away."""
        if self._cut and finding.code in ("playbook_uncollected", "playbook_evidence_unused"):
            return True
        named = finding.params.values()
        ids = [str(one) for value in named for one in (value if isinstance(value, list) else [value])]
        return any(one.partition(".")[0] in self._cut for one in ids)  # a marker is named stage.edge

    def _where_to_cut(self, around: Path) -> Path | None:
        """The innermost thing round an error that a playbook can do without."""
        for end in range(len(around), 0, -1):
            path, last = around[:end], around[end - 1]
            if isinstance(last, int):
                return path
            model = model_at(Playbook, path[:-1])
            if model is Condition and last != "who":  # without its operator a condition is nothing
                continue
            if model is None or last not in model.model_fields or not model.model_fields[last].is_required():
                return path
        return None

    def _ids_around(self, path: Path) -> list[str]:
        """The id of the innermost thing with a name round a path."""
        for end in range(len(path) - 1, -1, -1):
            here = at(self.document, path[:end])
            if isinstance(here, Mapping) and "id" in here:
                return [str(here["id"])]
        return []

    def _remember(self, gone: Any) -> None:
        if isinstance(gone, str):
            self._cut.add(gone)
        elif isinstance(gone, dict | list):
            for value in gone.values() if isinstance(gone, dict) else gone:
                self._remember(value)

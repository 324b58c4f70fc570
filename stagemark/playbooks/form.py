"""The form of a playbook: pydantic's findings as problems with lines, and on to the graph checks.

A document of broken form is mended on a copy (a misspelt field is renamed, something stands in for what is missing,
what can't be used is cut), so that its graph is judged in the same go; what only follows from that is not reported.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stagemark.domain.playbook import Condition, Marker, Named, Playbook, Stage, Text
from stagemark.errors import Problem, fault_of, first_causes
from stagemark.playbooks.checks import Finding, Path, check_playbook
from stagemark.playbooks.document import Mapping, line_of
from stagemark.playbooks.mending import ROUNDS, Mender
from stagemark.playbooks.places import at, existing, fields, model_at

__all__ = ["Validated", "validate"]

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
_TEXT = {"zh": "-", "en": "-"}
_MARKER = {"label": _TEXT}
_NAMED = {"id": "unnamed", "label": _TEXT}
# What stands in for a field that is missing or wrong, so that nothing else seems wrong because of it.
_STAND_INS: dict[tuple[type[BaseModel], str], Any] = {
    (Named, "id"): "unnamed",
    (Named, "label"): _TEXT,
    (Marker, "label"): _TEXT,
    (Text, "zh"): "-",
    (Text, "en"): "-",
    (Condition, "who"): "any",
    (Stage, "start"): _MARKER,
    (Stage, "end"): _MARKER,
    (Stage, "opens_after"): [],
    (Playbook, "stages"): [{**_NAMED, "start": _MARKER, "end": _MARKER}],
    (Playbook, "loss_reasons"): [_NAMED],
}
_MENDER = Mender(Playbook, _STAND_INS, Condition)  # without its operator a condition is nothing
# A finding of the graph → what it rests on: names, `thing.field`, or `.field` of the playbook itself; with `.id`, that
# every name there is known. Where one of them was lost, the finding may only follow from that.
_RESTS_ON = {
    "playbook_unknown_evidence": ("{evidence}", ".evidence.id"),
    "playbook_unknown_stage": ("{stage}", ".stages.id"),
    "playbook_unknown_band": ("{band}", ".bands.id"),
    "playbook_unknown_option": ("{evidence}.options",),
    "playbook_options_missing": ("{id}.options",),
    "playbook_never_met": ("{evidence}.options", "{evidence}.many"),
    "playbook_role_evidence": ("{id}.about_person",),
    "playbook_who_extra": ("{evidence}.about_person",),
    "playbook_people_missing": (".people",),
    "playbook_uncollected": ("collected",),
    "playbook_band_last": (".bands", "{id}.up_to"),
    "playbook_band_open": (".bands", "{id}.up_to"),
    "playbook_band_order": (".bands",),
    "playbook_expected_missing": (".stages", "{stage}.expected", "{id}.stages"),
    "playbook_rung_after": ("{id}.after",),
    "playbook_rung_order": ("{id}.after", "{id}.times_expected", "{before}.after", "{before}.times_expected"),
}
_COLLECTING = ("stages", "start", "end", "steps", "evidence")  # fields of a stage that say what it collects


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

    for _ in range(ROUNDS):
        try:
            playbook = Playbook.model_validate(mend.document)
        except ValidationError as error:
            findings = list(_findings(mend.document, first_causes(error.errors(include_url=False))))
            errors += [placed(finding) for finding in findings if not mend.explains(finding)]
            mend.all(findings)
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
        params["value"] = {"code": f"value_{'list' if isinstance(value, list) else 'mapping'}"}
        if value is None or isinstance(value, str | int | float | bool):
            params["value"] = value
        if kind in _OURS:
            yield Finding(path, kind, {**params, **detail.get("ctx", {})})
        elif kind in _CODES:
            choices = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
            yield Finding(path, _CODES[kind], {**params, "choices": choices, "known": _fields(path)})
        else:
            yield Finding(path, "playbook_value", {**params, "message": fault_of(detail)})


def _fields(path: Path) -> list[str]:
    return fields(Playbook, path)


class _Mend:
    """Makes the form of a document right, and remembers what that lost."""

    def __init__(self, document: Mapping) -> None:
        self.document = document
        self._lost: set[str] = set()  # in the words of `_RESTS_ON`
        self._unnamed = 0

    def all(self, findings: list[Finding]) -> None:
        """Mend what was found."""
        lacking: list[tuple[Path, str]] = []
        wrong: set[Path] = set()
        for finding in findings:
            path, field = finding.path, finding.params["field"]
            if finding.code == "playbook_field_misspelt":
                self._rename(at(self.document, path[:-1]), field, finding.params["nearest"])
            elif finding.code in _LACKING and _MENDER.stand_in((*path, field)) is not None:
                lacking.append((path, field))
            else:
                wrong.add(_MENDER.place(path))
        for path, field in lacking:
            if field not in at(self.document, path):  # else another field was renamed to it
                self._fill((*path, field))
        replaced = {place for place in wrong if _MENDER.stand_in(place) is not None}
        for place in replaced:
            self._lose(place)
            self._fill(place)
        for place in wrong - replaced:
            self._lose(place)
        _MENDER.cut(self.document, wrong - replaced)

    def explains(self, finding: Finding) -> bool:
        """Whether a finding may only follow from what was lost."""
        if finding.code == "playbook_empty":
            return self._field(finding.path) in self._lost
        rests_on = _RESTS_ON.get(finding.code, ())
        stages = finding.params.get("stage")
        said = [{**finding.params, "stage": one} for one in (stages if isinstance(stages, list) else [stages])]
        return any(one.format(**params) in self._lost for one in rests_on for params in said)

    @staticmethod
    def _rename(here: Mapping, field: str, right: str) -> None:
        value, line = here.pop(field), here.lines.pop(field)
        if right not in here:
            here[right], here.lines[right] = value, line

    def _fill(self, place: Path) -> None:
        _MENDER.fill(self.document, place)
        if place[-1] == "id":  # another one for each: a name stands for one thing
            self._unnamed += 1
            at(self.document, place[:-1])["id"] += f"-{self._unnamed}"
            self._lost.add(f"{self._field(place[:-1])}.id")

    def _lose(self, place: Path) -> None:
        """Remember what goes with a place."""
        gone, field = at(self.document, place), self._field(place)
        name = gone.get("id") if isinstance(gone, Mapping) else gone
        self._lost |= {field, name if isinstance(place[-1], int) and isinstance(name, str) else f"{field}.id"}
        owner, _, inner = field.rpartition(".")
        if place[0] == "stages" and inner in _COLLECTING and "conditions" not in place:
            self._lost.add("collected")
        model = model_at(Playbook, place[:-1])
        if model and inner not in model.model_fields:  # an unknown field may be meant for any that is not there
            self._lost |= {f"{owner}.{name}" for name in model.model_fields.keys() - at(self.document, place[:-1])}

    def _field(self, place: Path) -> str:
        """The field that a place is, or is an item of: `thing.field`, without the thing for the playbook's own."""
        end = max((end for end, part in enumerate(place) if isinstance(part, str)), default=0)
        owner = at(self.document, place[:end]).get("id", "?") if end else ""
        return f"{owner}.{place[end]}" if place else owner

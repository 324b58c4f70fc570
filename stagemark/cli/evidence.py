"""Evidence as it is typed: read by what its playbook says it is, and given to the marker that asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import Annotated, Final, NamedTuple, cast

import typer
from pydantic import JsonValue

from stagemark.cli.common import amount_of, typed, valid
from stagemark.domain import commands as c
from stagemark.domain.money import number_of
from stagemark.domain.playbook import Edge, EvidenceType, Playbook
from stagemark.errors import InvalidInput, Problem

__all__ = ["EvidenceOption", "Overrides", "Typed", "json_or_text", "marks", "pair", "typed_evidence"]

EvidenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--evidence",
        "-e",
        metavar="NAME[@PERSON]=VALUE",
        help="Evidence; VALUE is JSON, or text as it stands. Repeat it for more.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--override", metavar="NAME[@PERSON]=REASON", help="Take a missing piece of evidence on yourself."),
]

_FORMS: Final[dict[EvidenceType, tuple[type, ...]]] = {
    EvidenceType.TEXT: (str,),
    EvidenceType.PERSON: (str,),
    EvidenceType.DATE: (str,),
    EvidenceType.CHOICE: (str, list),
    EvidenceType.RANKED: (str, list),
}
"""What JSON can be of these types; all else that is typed for them is text as it stands."""


class Typed(NamedTuple):
    """Evidence as it was typed: the name, the person, the text of the value; and what is overridden."""

    values: list[tuple[str, str | None, str]]
    overrides: list[c.Given]

    def read(self, playbook: Playbook | None) -> list[c.Given]:
        """The evidence, by the types of a playbook.

        Raises:
            InvalidInput: All that is wrong with the values: `evidence_json`, `number_inexact`, those of `amount_of`, or
                of what can be no evidence.
        """
        rules = playbook.evidence_of if playbook else {}
        given: list[c.Given] = []
        wrong: list[Problem] = []
        for name, person, text in self.values:
            place = _place("--evidence", name, person)
            with _noted(wrong):
                value = _read(text, rules[name].type if name in rules else None, place)
                given.append(typed(place, c.Given, evidence=name, person=person, value=value))
        if wrong:
            raise InvalidInput(*wrong)
        return given + self.overrides


@contextmanager
def _noted(wrong: list[Problem]) -> Iterator[None]:
    """Note what is wrong and go on, so that all of it is told at once."""
    try:
        yield
    except InvalidInput as error:
        wrong += error.problems


def _place(option: str, name: str, person: str | None) -> str:
    return f"{option} {name}@{person}"[:120] if person else f"{option} {name}"[:120]


def _read(text: str, kind: EvidenceType | None, place: str) -> JsonValue:
    """A value by its type: money also as `--value` has it."""
    if kind is EvidenceType.MONEY and not text.lstrip().startswith("{"):
        return cast(JsonValue, amount_of(text, place).model_dump(mode="json"))
    return json_or_text(text, _FORMS.get(kind) if kind else None, place)


def typed_evidence(evidence: list[str] | None, overrides: list[str] | None, actor: str) -> Typed:
    """Take apart what was typed.

    Raises:
        InvalidInput: All that is no evidence (`evidence_unreadable`), and what is wrong with an override.
    """
    found, wrong = Typed([], []), list[Problem]()
    for text in evidence or []:
        with _noted(wrong):
            found.values.append(_parts(text))
    for text in overrides or []:
        with _noted(wrong):
            name, person, reason = _parts(text)
            override = {"by": actor, "reason": reason}
            place = _place("--override", name, person)
            found.overrides.append(typed(place, c.Given, evidence=name, person=person, override=override))
    if wrong:
        raise InvalidInput(*wrong)
    return found


def _parts(text: str) -> tuple[str, str | None, str]:
    """Take apart NAME[@PERSON]=VALUE.

    Raises:
        InvalidInput: `evidence_unreadable`.
    """
    name, value = pair(text, "evidence_unreadable")
    name, _, person = name.partition("@")
    return name, person or None, value


def marks(markers: Sequence[tuple[str, Edge]], given: Sequence[c.Given], playbook: Playbook | None) -> list[c.Command]:
    """The markers as commands: each piece of evidence stands with the first that asks for it, else with the first."""
    asked = [_asked(playbook, *marker) for marker in markers]
    homes = [next((n for n, names in enumerate(asked) if one.evidence in names), 0) for one in given]
    return [
        valid(
            c.Mark, stage=stage, edge=edge, evidence=[one for one, home in zip(given, homes, strict=True) if home == n]
        )
        for n, (stage, edge) in enumerate(markers)
    ]


def _asked(playbook: Playbook | None, stage: str, edge: Edge) -> set[str]:
    """The evidence that a marker names."""
    if playbook is None or stage not in playbook.stage_of:
        return set()
    marker = playbook.marker(stage, edge)
    return {piece.evidence for piece in marker.evidence} | {one.evidence for one in marker.conditions}


def pair(text: str, code: str) -> tuple[str, str]:
    """Take apart NAME=VALUE.

    Raises:
        InvalidInput: It is none, said by this code.
    """
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise InvalidInput.of(code, text=text)
    return name, value


def json_or_text(text: str, forms: tuple[type, ...] | None = None, where: str = "") -> JsonValue:
    """Read a value: JSON where it is some, in one of these forms; else text as it stands.

    Raises:
        InvalidInput: `evidence_json`: it was meant to be more than words. `number_inexact`: its digits would be lost.
    """
    lost: list[str] = []

    def number(digits: str) -> float:
        value = float(digits)
        if isfinite(value) and number_of(digits) != number_of(value):
            lost.append(digits)
        return value

    try:
        value = json.loads(text, parse_float=number)
    except ValueError as error:
        if text.lstrip().startswith(("{", "[")) and forms != (str,):
            raise InvalidInput.of("evidence_json", where, text=text[:200], why=str(error)) from error
        return text
    if forms and not isinstance(value, forms):
        return text
    if lost:
        raise InvalidInput(*(Problem(code="number_inexact", where=where, params={"number": one[:200]}) for one in lost))
    return cast(JsonValue, value)

"""Evidence as it is typed: read by what its playbook says it is, and given to the marker that asks for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple, cast

import typer
from pydantic import JsonValue

from stagemark.cli.common import amount_of, valid
from stagemark.domain import commands as c
from stagemark.domain.playbook import Edge, EvidenceType, Playbook
from stagemark.errors import InvalidInput

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
            InvalidInput: `evidence_json`, those of `amount_of`, or what is wrong with a value.
        """
        rules = playbook.evidence_of if playbook else {}
        given = []
        for name, person, text in self.values:
            value = _read(text, rules[name].type if name in rules else None)
            given.append(valid(c.Given, evidence=name, person=person, value=value))
        return given + self.overrides


def _read(text: str, kind: EvidenceType | None) -> JsonValue:
    """A value by its type: money also as `--value` has it."""
    if kind is EvidenceType.MONEY and not text.lstrip().startswith("{"):
        return cast(JsonValue, amount_of(text, "--evidence").model_dump(mode="json"))
    return json_or_text(text, _FORMS.get(kind) if kind else None)


def typed_evidence(evidence: list[str] | None, overrides: list[str] | None, actor: str) -> Typed:
    """Take apart what was typed.

    Raises:
        InvalidInput: `evidence_unreadable`, or what is wrong with an override.
    """
    values, missing = [], []
    for text in evidence or []:
        name, value = pair(text, "evidence_unreadable")
        name, _, person = name.partition("@")
        values.append((name, person or None, value))
    for text in overrides or []:
        name, reason = pair(text, "evidence_unreadable")
        name, _, person = name.partition("@")
        override = {"by": actor, "reason": reason}
        missing.append(valid(c.Given, evidence=name, person=person or None, override=override))
    return Typed(values, missing)


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


def json_or_text(text: str, forms: tuple[type, ...] | None = None) -> JsonValue:
    """Read a value: JSON where it is some, in one of these forms; else text as it stands.

    Raises:
        InvalidInput: `evidence_json`: it was meant to be more than words.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        if text.lstrip().startswith(("{", "[")) and forms != (str,):
            raise InvalidInput.of("evidence_json", text=text[:200], why=str(error)) from error
        return text
    return text if forms and not isinstance(value, forms) else cast(JsonValue, value)

"""The JSON Schema of a whole playbook, for editors: the models', and what only the checks know."""

from __future__ import annotations

import inspect
import re
from typing import Any, get_args

from stagemark.domain.playbook import Playbook, Role

__all__ = ["attributes", "described", "playbook_schema"]

_LABELLED = ("Band", "Evidence", "Marker", "Named", "Rung", "Stage", "Step", "Trigger")
_SPAN = r"^P(?=.)(\d+(\.\d+)?D)?(T\d+(\.\d+)?H)?$"
_SPANS = (("Stage", "expected"), ("Rung", "after"), ("Trigger", "answer_within"))


def playbook_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a playbook's YAML: labels are required, roles and spans have their form."""
    schema = Playbook.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    parts = schema["$defs"]
    del schema["properties"]["hash"]  # the compiled form alone has one
    for part in [schema, *(parts[name] for name in _LABELLED)]:
        part["required"] = sorted({*part.get("required", []), "label"})
        part["properties"]["label"] = {"$ref": "#/$defs/Text"}
    parts["Rung"]["properties"]["to"]["items"] = {"enum": list(get_args(Role))}
    for name, field in _SPANS:
        for form in _forms(parts[name]["properties"][field]):
            form["pattern"] = _SPAN
    for part in [schema, *parts.values()]:
        described(part)
    return schema


def _forms(field: dict[str, Any]) -> list[dict[str, Any]]:
    return [form for form in field.get("anyOf", [field]) if form.get("type") == "string"]


def described(part: dict[str, Any]) -> None:
    """Move what a docstring says of each attribute to the attribute, where editors show it."""
    whole = part.get("description", "")
    for name, said in attributes(whole).items():
        if name in part.get("properties", {}):
            part["properties"][name]["description"] = said
    if text := whole.partition("\nAttributes:\n")[0]:
        part["description"] = " ".join(text.split())


def attributes(docstring: str) -> dict[str, str]:
    """What a docstring says of each attribute."""
    listed = inspect.cleandoc(docstring).partition("\nAttributes:\n")[2]
    found = re.findall(r"^\s*(\w+): (.*(?:\n {4,}(?!\w+:).*)*)", listed, re.MULTILINE)
    return {name: " ".join(said.split()) for name, said in found}

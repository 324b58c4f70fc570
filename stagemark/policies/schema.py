"""The JSON Schema of a policy, for editors: what each setting means, and the form of spans."""

from __future__ import annotations

from typing import Any

from stagemark.domain.policy import Policy
from stagemark.playbooks.schema import described
from stagemark.policies.settings import meanings, models

__all__ = ["policy_schema"]


def policy_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a policy's YAML."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}
    known = {(model.__name__, frozenset(model.model_fields)): meanings(model) for model in models()}
    for part in [schema, *schema["$defs"].values()]:
        described(part)
        fields = part.get("properties", {})
        for name, said in known.get((part["title"], frozenset(fields)), {}).items():
            fields[name].setdefault("description", said)  # also what a base says
    return schema

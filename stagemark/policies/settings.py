"""Every setting of a policy, as its models tell: where it stands, what it means, what the shipped policy says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from stagemark.domain.playbook import Text
from stagemark.domain.policy import Policy
from stagemark.playbooks.places import members
from stagemark.playbooks.schema import attributes

__all__ = ["Setting", "meanings", "models", "settings"]


class Setting(NamedTuple):
    """One setting.

    Attributes:
        path: Where it stands; `*` is any key, `[]` any item of a list.
        meaning: What it means.
        shipped: What the shipped policy says, as YAML in one line; empty where that differs from key to key.
    """

    path: str
    meaning: str
    shipped: str


def settings(shipped: Policy) -> list[Setting]:
    """Every setting, in the order of the models."""
    return list(_settings(Policy, "", [shipped.model_dump(mode="json", exclude_defaults=False)]))


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """What each field of a model means, by its docstring or that of the model from which it comes."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            found |= attributes(one.__doc__ or "")
    return found


def models(root: type[BaseModel] = Policy) -> list[type[BaseModel]]:
    """A model and all that stand within it."""
    found = [root]
    for one in found:
        inner = (model for field in one.model_fields.values() for model, _ in _inside(field.annotation))
        found += [model for model in dict.fromkeys(inner) if model not in found]
    return found


def _settings(model: type[BaseModel], prefix: str, shipped: list[Any]) -> Iterator[Setting]:
    meaning = meanings(model)
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        values = [value[name] for value in shipped]
        inside = [(inner, around) for inner, around in _inside(field.annotation) if inner is not Text]
        if not inside:
            same = values and all(value == values[0] for value in values)
            yield Setting(path, meaning.get(name, ""), _written(values[0]) if same else "")
        for inner, around in inside:
            below = [inner_value for value in values for inner_value in _within(value, around)]
            yield from _settings(inner, f"{path}{around}.", below)


def _inside(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The models that a field holds, and how: by itself, under keys, or in a list."""
    for one in members(annotation):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one, ""
            continue
        arguments = get_args(one)
        under = ".*" if len(arguments) == 2 and arguments[1] is not Ellipsis else "[]"
        for inner in members(arguments[-1 if under == ".*" else 0]) if arguments else ():
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield inner, under


def _within(value: Any, around: str) -> list[Any]:
    if value is None:
        return []
    return list(value.values()) if around == ".*" else list(value) if around == "[]" else [value]


def _written(value: Any) -> str:
    """As YAML writes it in one line."""
    match value:
        case None:
            return "null"
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_written(inner)}' for key, inner in value.items())}}}"
        case str():
            return value
    return json.dumps(value)

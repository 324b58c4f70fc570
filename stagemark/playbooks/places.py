"""Places in a document and in the models that it fills: what pydantic found, and what would be right there."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from stagemark.playbooks.document import Items, Mapping
from stagemark.playbooks.findings import Path

__all__ = ["at", "existing", "fields", "members", "model_at"]


def existing(document: Mapping, loc: tuple[str | int, ...]) -> Path:
    """As much of pydantic's path as the document has; it ends with the members of unions and with what is missing."""
    node: Any = document
    for place, part in enumerate(loc):
        inside = isinstance(node, Mapping) and part in node
        inside = inside or (isinstance(node, Items) and isinstance(part, int) and part < len(node))
        if not inside:
            return loc[:place]
        node = node[part]
    return loc


def at(document: Any, path: Path) -> Any:
    """What a path leads to."""
    node = document
    for part in path:
        node = node[part]
    return node


def fields(root: type[BaseModel], path: Path) -> list[str]:
    """The fields of the mapping that a path leads to; none where it is no model, or one whose keys are free."""
    return list(dict.fromkeys(name for one in _types(root, path) for name in _names(one)))


def model_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the mapping that a path leads to; none for anything else."""
    found = (one for one in _types(root, path) if isinstance(one, type) and issubclass(one, BaseModel))
    return next(found, None)


def _types(root: type[BaseModel], path: Path) -> list[Any]:
    found: list[Any] = [root]
    for part in path:
        found = [inner for one in found for inner in _below(one, part)]
    return found


def _below(annotation: Any, part: str | int) -> list[Any]:
    """The types of what stands at a part of something of that type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return members(field.annotation) if field is not None else []
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return members(arguments[1])
    return [inner for one in arguments if one is not Ellipsis for inner in members(one)]


def members(annotation: Any) -> list[Any]:
    """The members of a type that may be a union, without what is only annotated."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [inner for one in get_args(annotation) for inner in members(one)]
    return [annotation]


def _names(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [name for name in annotation.model_fields if name != "hash"]
    if get_origin(annotation) is dict:
        return [str(key) for key in get_args(get_args(annotation)[0])]
    return []

"""Which roles a policy or playbook names, and where: so that one nobody holds is known before a message needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, JsonValue
from pydantic_core import PydanticCustomError

__all__ = ["OF_A_SALE", "Role", "deciding", "may_decide", "roles_named"]

OF_A_SALE: Final = ("owner", "deputy", "collaborators", "supervisor")
"""Roles that a sale's people have by themselves: nobody holds them for the company."""


_ROLE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def _role(text: str) -> str:
    if _ROLE.fullmatch(text) is None:
        raise PydanticCustomError("role_malformed", "{role} is no role; write finance", {"role": text})
    return text


Role = Annotated[str, AfterValidator(_role)]
"""The name of a role."""


def roles_named(document: BaseModel) -> dict[str, list[str]]:
    """The company's roles in a document, each with the places that name it.

    What is addressed stands under a name that is `to` or ends so, who can do something under one that ends in `_by`:
    everywhere in policies and playbooks.
    """
    found: dict[str, list[str]] = {}
    for place, role in _named(document.model_dump(mode="json"), ""):
        if role not in OF_A_SALE:
            found.setdefault(role, []).append(place)
    return found


def may_decide(role: str) -> bool:
    """Whether a role can decide something: whose sale it is has no say by that; a supervisor has."""
    return role not in OF_A_SALE or role == "supervisor"


def deciding(document: BaseModel) -> Iterator[tuple[str, str]]:
    """The roles that decide something by a document, with the place of each."""
    return ((place, role) for place, role in _named(document.model_dump(mode="json"), "") if place.endswith("_by"))


def _named(value: JsonValue, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            below = f"{place}.{name}" if place else name
            if isinstance(inner, list) and (name == "to" or name.endswith(("_to", "_by"))):
                yield from ((below, role) for role in inner if isinstance(role, str))
            else:
                yield from _named(inner, below)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _named(inner, f"{place}[{number}]")

"""Policies out of YAML: every error at once, with file and line and what would be right."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

from stagemark.domain.policy import Policy
from stagemark.errors import InvalidInput, NotFound, Problem, reason_of
from stagemark.playbooks.document import Mapping, read_document
from stagemark.playbooks.findings import Finding
from stagemark.policies.checks import check_policy
from stagemark.policies.form import validate

__all__ = ["load_policy", "shipped_policy"]

_SHIPPED = Path(__file__).parent / "default.yaml"


def load_policy(
    path: Path,
    name: str | None = None,
    calendars: Collection[str] | None = None,
    roles: Collection[str] | None = None,
) -> Policy:
    """Load a policy from a file.

    Args:
        path: The file.
        name: What errors call it; the path where left out.
        calendars: The ids of the calendars that there are; none: they are not looked at.
        roles: What the company's people hold, besides the roles that are always known; none: roles are not looked at,
            for what is meant for one that nobody holds falls to somebody else.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`.
        NotFound: `unknown_policy`: there is no such file.
    """
    name = name or str(path)
    document, problems = _read(path, name)

    def check(policy: Policy) -> list[Finding]:
        found = check_policy(policy, {policy.calendar} if calendars is None else calendars, roles or ())
        return [one for one in found if roles is not None or one.code != "policy_role_unknown"]

    policy, wrong = validate(document, name, _read(_SHIPPED, _SHIPPED.name)[0], check)
    if policy is None or problems:
        raise InvalidInput(*sorted([*problems, *wrong], key=_line))
    return policy


@cache  # package data: it never changes while a program runs, and a policy is frozen
def shipped_policy() -> Policy:
    """The policy that comes with stagemark: the method's own numbers."""
    return load_policy(_SHIPPED, _SHIPPED.name)


def _read(path: Path, name: str) -> tuple[Mapping, list[Problem]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise NotFound.of("unknown_policy", policy=name) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput.of("policy_unreadable", name, reason=reason_of(error)) from None
    return read_document(text, name)


def _line(problem: Problem) -> int:
    return int(problem.where.rpartition(":")[2])

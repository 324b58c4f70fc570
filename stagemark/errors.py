"""The error tree: every error a user can meet, each with a stable code and a text in zh and en.

A `Problem` is one thing that is wrong: what, where, and the figures that belong to it. An error carries one or
several, so that a refusal says everything that is missing, not the first thing. Codes are stable; texts may improve.
They stand in `stagemark.problem_texts`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from stagemark.problem_texts import PROBLEM_TEXTS, render
from stagemark.texts.language import Language

__all__ = [
    "Conflict",
    "InvalidInput",
    "NotFound",
    "Problem",
    "Refused",
    "StagemarkError",
    "Unavailable",
    "fault_of",
    "first_causes",
    "may_be",
    "problems_of",
    "reason_of",
]


class Problem(BaseModel):
    """One thing that is wrong.

    Attributes:
        code: Stable name of the kind of problem, in snake_case.
        where: The place: a path such as `markers[1].evidence`, a `file:line`, a row; empty if there is none.
        params: What the text needs: names and figures, JSON values only, never a secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    where: str = ""
    params: dict[str, Any] = {}

    def text(self, language: Language = "en") -> str:
        """Say it in the user's language: what is wrong, where, and what would be right."""
        said = render(self.code, language, self.params)
        return f"{self.where}: {said}" if self.where else said


class StagemarkError(Exception):
    """Base of all errors. `exit_status` is what the command line ends with: 2 the caller's mistake, 1 ours."""

    exit_status: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        """Carry one problem or several."""
        if not problems:
            raise ValueError("an error needs at least one problem")
        super().__init__("; ".join(p.text("en") for p in problems))
        self.problems = problems

    @classmethod
    def of(cls, code: str, where: str = "", **params: Any) -> Self:
        """Make an error of a single problem."""
        return cls(Problem(code=code, where=where, params=params))

    @property
    def code(self) -> str:
        """The code of the first problem."""
        return self.problems[0].code

    def text(self, language: Language = "en") -> str:
        """All problems, one a line, in the user's language."""
        return "\n".join(p.text(language) for p in self.problems)


class InvalidInput(StagemarkError):
    """What came in has the wrong form: a playbook, a mapping, a calendar, an argument, a setting."""

    exit_status = 2


class Refused(StagemarkError):
    """The domain does not allow it: `decide` said no, with everything that is missing (design.md §3)."""

    exit_status = 2


class Conflict(Refused):
    """Somebody was there first: the key was used for something else, or the sale has moved on."""


class NotFound(StagemarkError):
    """There is no such opportunity, playbook, person or calendar."""

    exit_status = 2


class Unavailable(StagemarkError):
    """Something the engine needs is not there: server, namespace, search attribute, database, port."""


def problems_of(error: ValidationError) -> list[Problem]:
    """What pydantic found, each with its place, as problems: by our own code where it has one, else `field_invalid`."""
    return [
        Problem(
            code=found["type"] if found["type"] in PROBLEM_TEXTS else "field_invalid",
            where=".".join(map(str, found["loc"])),
            params={"message": fault_of(found), **{k: str(v) for k, v in found.get("ctx", {}).items()}},
        )
        for found in first_causes(error.errors(include_url=False, include_input=False))
    ]


def first_causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors without those that only follow: a list seems too short where what stands in it can't be read."""
    within = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if not (error["type"] == "too_short" and error["loc"] in within)]


def fault_of(found: ErrorDetails, field: str = "") -> str | dict[str, Any]:
    """What pydantic found, as a param that is said in the reader's language; in its own words where we have none.

    Args:
        found: One of its errors.
        field: The name of the field, where the place does not tell it.
    """
    if field:
        return {"code": "field_named", "params": {"field": field, "message": fault_of(found)}}
    code = f"field_{found['type']}"
    if code not in PROBLEM_TEXTS:
        return found["msg"]
    params: dict[str, Any] = {name: str(value) for name, value in found.get("ctx", {}).items()}
    choices = params.get("expected") or params.get("expected_tags")  # 'a', 'b' or 'c'
    return {"code": code, "params": params | {"known": re.findall("'([^']*)'", choices)} if choices else params}


_REASONS = {
    errno.ENOENT: "os_not_found",
    errno.ENOTDIR: "os_not_found",
    errno.EACCES: "os_not_allowed",
    errno.EPERM: "os_not_allowed",
    errno.EROFS: "os_not_allowed",
    errno.EISDIR: "os_is_folder",
    errno.ENOSPC: "os_no_space",
    errno.EDQUOT: "os_no_space",
}


def may_be(look: Callable[[], bool]) -> bool:
    """What a look at a path says; yes where it can't be looked at, since who goes on then says why."""
    try:
        return look()
    except OSError:
        return True


def reason_of(error: OSError | UnicodeDecodeError) -> str | dict[str, Any]:
    """Why a file can't be had, as a param that is said in the reader's language; else in the system's own words."""
    if isinstance(error, UnicodeDecodeError):
        return {"code": "os_not_utf8"}
    if error.errno in _REASONS:
        return {"code": _REASONS[error.errno]}
    return error.strerror or type(error).__name__

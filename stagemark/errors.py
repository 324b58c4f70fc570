"""The error tree: every error a user can meet, each with a stable code and a text in zh and en.

A `Problem` is one thing that is wrong: what, where, and the figures that belong to it. An error carries one or
several, so that a refusal says everything that is missing, not the first thing. Codes are stable; texts may improve.
They stand in `stagemark.problem_texts`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from stagemark.problem_texts import Language, render

__all__ = [
    "Conflict",
    "InvalidInput",
    "NotFound",
    "Problem",
    "Refused",
    "StagemarkError",
    "Unavailable",
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

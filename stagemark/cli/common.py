"""What the commands share: saying what is wrong, running coroutines, the language."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, NoReturn, TypeVar, cast, get_args

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console

from stagemark.contracts.wire import problems_of
from stagemark.errors import InvalidInput, StagemarkError
from stagemark.problem_texts import Language

__all__ = ["LanguageOption", "complain", "console", "language", "run", "valid"]

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

LanguageOption = Annotated[
    str | None, typer.Option("--language", metavar="zh|en", help="Language of what is said. [env: STAGEMARK_LANGUAGE]")
]


def console() -> Console:
    """Where results go. Made when asked for, since a test may have put another stream in place."""
    return Console(soft_wrap=not sys.stdout.isatty())


def language(asked: str | None = None) -> Language:
    """The language of what is said: the option, else `STAGEMARK_LANGUAGE`, else English.

    Raises:
        InvalidInput: `language_unknown`.
    """
    said = asked or os.environ.get("STAGEMARK_LANGUAGE") or "en"
    if said not in get_args(Language):
        raise InvalidInput.of("language_unknown", language=said)
    return cast(Language, said)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; the server's and the SDK's own noise goes to nobody."""
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    return asyncio.run(main)


def valid(model: type[M], **fields: Any) -> M:
    """Make a model of what was typed.

    Raises:
        InvalidInput: Each field that does not fit, by its own code where it has one.
    """
    try:
        return model(**fields)
    except ValidationError as error:
        raise InvalidInput(*problems_of(error)) from None


def complain(error: StagemarkError, speaks: Language) -> NoReturn:
    """Say every problem on stderr, with its code, and end: 2 the caller's mistake, 1 ours."""
    for problem in error.problems:
        print(f"{problem.code}: {problem.text(speaks)}", file=sys.stderr)
    raise SystemExit(error.exit_status)


def as_json(value: BaseModel | list[Any] | dict[str, Any]) -> str:
    """JSON for programs: indented, Chinese readable."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, ensure_ascii=False, indent=2, default=str)

"""What the commands share: saying what is wrong, running coroutines, the language."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Coroutine, Iterable
from typing import Annotated, Any, Literal, NoReturn, TypeVar, cast, get_args

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console

from stagemark.domain.money import Amount
from stagemark.errors import InvalidInput, Problem, StagemarkError, problems_of
from stagemark.texts.language import Language

__all__ = [
    "LanguageOption",
    "OutputOption",
    "amount_of",
    "as_json",
    "complain",
    "console",
    "language",
    "run",
    "screen",
    "spoken",
    "tell",
    "typed",
    "valid",
    "warn",
]

_WIDE = 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:_[0-9]{3})+"
"""Thousands in groups, all by the same sign: a comma that groups nothing would be a decimal one, and is refused."""

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

LanguageOption = Annotated[
    str | None, typer.Option("--language", metavar="zh|en", help="Language of what is said. [env: STAGEMARK_LANGUAGE]")
]

OutputOption = Annotated[Literal["table", "json"], typer.Option("--output", help="For people or for programs.")]


def console() -> Console:
    """Where results go. Made when asked for, since a test may have put another stream in place."""
    return Console(emoji=False, soft_wrap=not sys.stdout.isatty())


def screen() -> Console:
    """Where tables go: as wide as they need in a file or a pipe, which has no width of its own."""
    place = console()
    if not sys.stdout.isatty():
        place.width = int(os.environ.get("COLUMNS") or _WIDE)
    return place


def language(asked: str | None = None) -> Language:
    """The language of what is said: the option, else `STAGEMARK_LANGUAGE`, else English.

    Raises:
        InvalidInput: `language_unknown`.
    """
    said = asked or os.environ.get("STAGEMARK_LANGUAGE") or "en"
    if said not in get_args(Language):
        raise InvalidInput.of("language_unknown", language=said)
    return cast(Language, said)


def spoken(asked: str | None = None) -> Language:
    """The language in which to complain, also of a language that is none: then English."""
    try:
        return language(asked)
    except InvalidInput:
        return "en"


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


def typed(where: str, model: type[M], **fields: Any) -> M:
    """Make a model of what was typed in one place, which is then named as it was typed, such as `--on`.

    Raises:
        InvalidInput: As `valid` does.
    """
    try:
        return valid(model, **fields)
    except InvalidInput as error:
        raise InvalidInput(*(one.model_copy(update={"where": where}) for one in error.problems)) from None


def amount_of(text: str, where: str = "--amount") -> Amount:
    """Read an amount of money, such as `250000CNY` or `250,000.50 CNY`.

    Raises:
        InvalidInput: `amount_unreadable`, `money_negative`, `money_malformed`, `currency_unknown`.
    """
    match = re.fullmatch(rf"\s*(-?(?:{_GROUPED}|[0-9]+)(?:\.[0-9]+)?)\s*([A-Za-z]{{3}})\s*", text)
    if match is None:
        raise InvalidInput.of("amount_unreadable", where, text=text[:80])
    return typed(where, Amount, amount=re.sub("[,_]", "", match[1]), currency=match[2].upper())


def complain(error: StagemarkError, speaks: Language) -> NoReturn:
    """Say every problem on stderr, with its code, and end: 2 the caller's mistake, 1 ours."""
    warn(error.problems, speaks)
    raise SystemExit(error.exit_status)


def warn(problems: Iterable[Problem], speaks: Language) -> None:
    """Say problems on stderr, each with its code, and go on."""
    for problem in problems:
        said = problem.text(speaks)
        said = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], said)  # it can quote what was typed
        print(f"{problem.code}: {said}", file=sys.stderr)


def as_json(value: BaseModel | list[Any] | dict[str, Any]) -> str:
    """JSON for programs: indented, Chinese readable."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, ensure_ascii=False, indent=2, default=str)


def tell(found: BaseModel | list[Any] | dict[str, Any], output: str, lines: Iterable[str]) -> None:
    """Say what was found or done: JSON for programs, else the lines for people, as they stand."""
    if output == "json":
        print(as_json(found))
        return
    for line in lines:
        console().print(line, markup=False, highlight=False)

"""What was typed does not fit the command: said with a code, in the reader's language, as all else that is wrong."""

from __future__ import annotations

import re
from typing import Any, Final

import typer
from pydantic import ValidationError

from stagemark.errors import InvalidInput, Problem, fault_of

__all__ = ["asks_for_help", "misused"]

_QUOTED: Final = re.compile(r"'([^']*)'")


def asks_for_help(error: typer.TyperException) -> bool:
    """Whether a group of commands was named alone: its help has been said then, which is no error of the reader's."""
    return type(error).__name__ == "NoArgsIsHelpError"


def misused(error: typer.TyperException) -> InvalidInput:
    """What typer found, which says it in English only."""
    found: Any = error
    context = getattr(error, "ctx", None)
    params: dict[str, Any] = {"command": context.command_path if context else "stagemark"}
    if isinstance(error, typer.BadParameter):
        where = _typed(found.param)
        if hasattr(error, "param_type"):  # it is missing
            option = found.param is not None and found.param.param_type_name == "option"
            code = "option_missing" if option else "argument_missing"
            return InvalidInput.of(code, **params, name=_or_variable(where, found.param))
        return InvalidInput(Problem(code="argument_invalid", where=where, params=params | {"message": _fault(error)}))
    said = error.format_message()
    names = _QUOTED.findall(said)
    if hasattr(error, "option_name"):
        code = "option_unknown" if hasattr(error, "possibilities") else "option_value_missing"
        if re.match(r"-[\d.]", found.option_name):  # a number, of which there is none below zero
            return InvalidInput.of("number_negative", **params, name=found.option_name)
        if context is not None and found.option_name in _below(context.command):
            return InvalidInput.of("option_before_command", **params, name=found.option_name)
        code = "option_without_value" if "does not take a value" in said else code
        known = [_typed(one) for one in context.command.params if one.opts[0].startswith("-")] if context else []
        return InvalidInput.of(code, **params, name=found.option_name, known=known)
    if said.startswith("No such command") and names:
        known = list(context.command.commands) if context else []
        return InvalidInput.of("command_unknown", **params, name=names[0], known=known)
    if (extra := re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", said)) is not None:
        return InvalidInput.of("argument_extra", **params, name=extra[1])
    return InvalidInput.of("usage_wrong", **params, message=said)


def _typed(param: Any) -> str:
    """A parameter as it is typed: an option by its long name, an argument as its command's help calls it."""
    if param is None:
        return ""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name.upper())


def _below(command: Any) -> set[str]:
    """The options of the commands in a group, and of those in its groups."""
    inner = getattr(command, "commands", {}).values()
    return {name for one in inner for name in (*(n for p in one.params for n in p.opts), *_below(one))}


def _or_variable(typed: str, param: Any) -> str | dict[str, Any]:
    """A parameter as it is typed, with the variable that may stand for it."""
    variable = getattr(param, "envvar", None)
    return {"code": "option_or_variable", "params": {"option": typed, "variable": variable}} if variable else typed


def _fault(error: typer.BadParameter) -> str | dict[str, Any]:
    """What does not fit, in words that are said in the reader's language where there are any."""
    cause = error.__cause__
    _, among, choices = error.message.partition(" is not one of ")
    if among:
        return {"code": "field_literal_error", "params": {"known": _QUOTED.findall(choices)}}
    if isinstance(cause, ValidationError):
        return fault_of(cause.errors(include_url=False, include_input=False)[0])
    return error.message

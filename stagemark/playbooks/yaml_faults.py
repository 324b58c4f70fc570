"""What is wrong with text that is no YAML, in words of either language; the library that reads it speaks English."""

from __future__ import annotations

from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError, YAMLError

__all__ = ["said_of", "yaml_fault"]

# What the library says of it, within the context in which it was reading → what that is called here.
_KINDS: Final = (
    ("", "special characters are not allowed", "yaml_control"),
    ("", r"found character '\t'", "yaml_tab"),
    ("", "that cannot start any token", "yaml_sign"),
    ("quoted scalar", "end of stream", "yaml_quote_open"),
    ("quoted scalar", "escape", "yaml_escape"),
    ("flow", "expected ',' or", "yaml_bracket_open"),
    ("", "expected the node content", "yaml_value_expected"),
    ("", "mapping values are not allowed", "yaml_colon"),
    ("", "could not find expected ':'", "yaml_colon_missing"),
    ("", "sequence entries are not allowed", "yaml_dash"),
    ("", "expected <block end>", "yaml_indent"),
    ("", "<block mapping start>", "yaml_indent"),
    ("", "duplicate key", "yaml_twice"),
    ("", "expected a single document", "yaml_documents"),
)


def yaml_fault(error: YAMLError, text: str) -> tuple[int, str | dict[str, Any]]:
    """Where it is, counting lines from 1, and what it is, as a param that is said in the reader's language.

    Args:
        error: What the library found.
        text: What it was reading.
    """
    if not isinstance(error, MarkedYAMLError):  # a character that YAML does not allow: it has a position, but no line
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        return line, said_of(getattr(error, "reason", "") or type(error).__name__)
    mark = error.problem_mark or error.context_mark
    since = error.context_mark.line + 1 if error.context_mark else 1
    return mark.line + 1 if mark else 1, said_of(str(error.problem or ""), str(error.context or ""), since)


def said_of(problem: str, context: str = "", since: int = 1) -> dict[str, Any]:
    """What the library said, as a param that is said in the reader's language.

    Args:
        problem: What it found.
        context: In what it was reading.
        since: The line in which that began.
    """
    for within, sign, code in _KINDS:
        if within in context and sign in problem:
            return {"code": code, "params": {"line": since}}
    return {"code": "yaml_other", "params": {"detail": f"{context} {problem}".strip()}}

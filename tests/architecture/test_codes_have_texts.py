"""Every code that can be raised has its text in English and Chinese, and both speak of the same figures."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from stagemark.domain.neighbours import RULES
from stagemark.problem_texts import PROBLEM_TEXTS

ROOT = Path(__file__).parents[2]
CODE = sorted(path for root in ("stagemark", "workflows", "activities") for path in (ROOT / root).rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in CODE}
MAKERS = {"Problem": 0, "PydanticCustomError": 0, "of": 0, "Finding": 1}
"""What makes a problem of a code, and which argument that is; `of` is that of the errors."""
ERRORS = {"InvalidInput", "Refused", "Conflict", "NotFound", "Unavailable"}
PUT_TOGETHER = {
    "{rules.stream}_unknown": [f"{stream}_unknown" for stream in RULES],
    "unknown_{what}": [f"unknown_{what}" for what in ("stage", "evidence")],
    "no_sale_of_{what}": [f"no_sale_of_{what}" for what in ("owner", "stage", "playbook")],
}


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def helpers() -> dict[tuple[Path, str], int]:
    """Functions that are given a code, and as which argument; `self` not counted."""
    found = {}
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
                if "code" in names:
                    found[path, node.name] = names.index("code")
    return found


def strings(node: ast.expr | None) -> Iterator[str]:
    """What a code can be: a constant, one of two, or one that is put together."""
    match node:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=one, orelse=other):
            yield from [*strings(one), *strings(other)]
        case ast.JoinedStr():
            yield ast.unparse(node)[2:-1]


def raised() -> Iterator[tuple[str, str]]:
    """Each code, and where."""
    own = helpers()
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name, of_error = (
                called(node),
                isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name),
            )
            if name == "of" and not (of_error and node.func.value.id in ERRORS):  # type: ignore[attr-defined]
                continue
            place = MAKERS.get(name, own.get((path, name)))
            if place is None:
                continue
            named = [k.value for k in node.keywords if k.arg == "code"]
            given = named[0] if named else node.args[place] if len(node.args) > place else None
            for code in strings(given):
                yield code, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_code_has_its_texts() -> None:
    found = dict(raised())
    assert len(found) > 250  # else the search itself is broken
    codes = {one: where for code, where in found.items() for one in PUT_TOGETHER.get(code, [code])}
    assert {code: where for code, where in codes.items() if code not in PROBLEM_TEXTS} == {}


@pytest.mark.parametrize("code", sorted(PROBLEM_TEXTS))
def test_both_texts_are_there_and_speak_of_the_same(code: str) -> None:
    english, chinese = PROBLEM_TEXTS[code]
    assert english
    assert chinese != english
    assert _names(english) == _names(chinese)


def _names(text: str) -> set[str]:
    """The names in a text, and those behind a colon: an amount's currency."""
    parts = [(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name]
    return {name for name, _ in parts}.union(*(_names(spec) for _, spec in parts))

"""What import rules cannot see: clocks, the environment, and the size of files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(path for name in ("stagemark", "workflows", "activities") for path in (ROOT / name).rglob("*.py"))
EVERYTHING = sorted([*CODE, *ROOT.glob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
CLOCKS = {"now", "utcnow", "today", "now_in_system_tz", "today_in_system_tz"}
LONGEST_FILE = 400  # lines: a longer one holds two matters


def module(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def on_import(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: all but the bodies of functions."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from on_import(node)


@pytest.mark.parametrize("path", [p for p in CODE if "domain" in p.parts], ids=module)
def test_the_domain_asks_no_clock(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    asked = [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS]
    assert asked == []


@pytest.mark.parametrize("path", [p for p in CODE if "migrations" not in p.parts], ids=module)
def test_nothing_reads_the_environment_on_import(path: Path) -> None:
    nodes = on_import(ast.parse(path.read_text()))
    read = [node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}]
    assert read == []


@pytest.mark.parametrize("path", EVERYTHING, ids=module)
def test_a_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE

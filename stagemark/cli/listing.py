"""A list of rows for people, or for programs: a table, JSON, or CSV.

Programs get every column, with ids and plain figures. A table says values in the reader's language (`columns`).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import typer
from rich.text import Text

from stagemark.cli.common import as_json, screen, tell
from stagemark.errors import InvalidInput, Problem
from stagemark.reports.columns import table_of
from stagemark.spreadsheets import cell as text_cell
from stagemark.texts.language import Language
from stagemark.texts.money import money_text
from stagemark.texts.terms import YES_TERMS, Terms, joined, noted, term

__all__ = ["ListOutput", "checked", "labelled", "money", "show", "show_problems"]

ListOutput = Annotated[
    Literal["table", "json", "csv"], typer.Option("--output", help="For people, for programs, for a spreadsheet.")
]

_PROBLEM: Final = {"code": ("Code", "代码"), "where": ("Where", "位置"), "text": ("What", "内容")}
_NONE: Final = ("Nothing to list.", "没有可列出的内容。")


def show(
    rows: Sequence[Mapping[str, Any]],
    headings: Mapping[str, tuple[str, str]],
    output: str,
    speaks: Language,
    terms: Mapping[str, Terms] | None = None,
) -> None:
    """Say rows.

    Args:
        rows: Each by the names of `headings`; what is `None` is left empty.
        headings: The columns in their order, with what people call them (en, zh); programs get the names.
        output: `table`, `json` or `csv`.
        speaks: The reader's language.
        terms: What people say for the ids in a column, by its name: in tables only.
    """
    if output == "json":
        print(as_json([{name: row.get(name) for name in headings} for row in rows]))
    elif output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows([text_cell(_plain(row.get(name))) for name in headings] for row in rows)
    elif not rows:
        print(_NONE[speaks == "zh"])
    else:
        known = terms or {}
        cells = [{name: _said(row.get(name), known.get(name, {}), speaks) for name in headings} for row in rows]
        place = screen()
        called = [heading[speaks == "zh"] for heading in headings.values()]
        place.print(table_of(called, [list(map(Text, row.values())) for row in cells], place.width))


def show_problems(found: Sequence[Problem], fine: str, output: str, speaks: Language) -> None:
    """Say everything that stands in the way of something, each with its code; or that nothing does."""
    if output == "csv":
        show([{**one.model_dump(), "text": one.text(speaks)} for one in found], _PROBLEM, output, speaks)
    else:
        plain = {"problems": [one.model_dump(mode="json") for one in found]}
        tell(plain, output, [f"{one.code}: {one.text(speaks)}" for one in found] or [fine])


def checked(found: Sequence[Problem], fine: str, output: str, speaks: Language) -> None:
    """Say what a check found: to people as an error is said, to programs as a list; exit status 2 if anything.

    Raises:
        InvalidInput: What was found.
    """
    if found and output == "table":
        raise InvalidInput(*found)
    show_problems(found, fine, output, speaks)
    if found:
        raise SystemExit(InvalidInput.exit_status)


def money(amount: str | Decimal, currency: str = "") -> str:
    """An amount as tables say it.

    Args:
        amount: How much.
        currency: In which currency; without one, which another column names, zero is left empty.
    """
    number = Decimal(amount)
    return money_text(number, currency).rstrip() if number or currency else ""


def labelled(label: str, id_: str, speaks: Language) -> str:
    """What people call something, with the id by which commands do."""
    return label if label == id_ else noted(label, id_, speaks)


def _plain(value: Any) -> Any:
    """A cell of a spreadsheet; several values are one text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _said(value: Any, terms: Terms, speaks: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_TERMS[value][speaks == "zh"]
    if isinstance(value, list | tuple):
        return joined((_said(one, terms, speaks) for one in value), speaks)
    return term(terms, value, speaks) if isinstance(value, str) else str(_plain(value))

"""A list of rows for people, or for programs: a table, JSON, or CSV.

Programs get every column, with ids and plain figures. A table says values in the reader's language, leaves out a column
that is empty all the way down, and folds long cells where the screen is narrow: dates and figures stay whole.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import typer
from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from stagemark.cli.common import as_json, screen, tell
from stagemark.errors import InvalidInput, Problem
from stagemark.spreadsheets import cell as text_cell
from stagemark.texts.language import Language
from stagemark.texts.terms import YES_TERMS, Terms, joined, term

__all__ = ["ListOutput", "checked", "labelled", "money", "show", "show_problems"]

ListOutput = Annotated[
    Literal["table", "json", "csv"], typer.Option("--output", help="For people, for programs, for a spreadsheet.")
]

_FIGURE: Final = re.compile(r"[-+]?[\d,]+(\.\d+)?%?( [A-Z]{3})?")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")
_SHORT: Final = 12
"""A column of at most so many cells is not folded before the others have given way."""
_BETWEEN: Final = 2
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
        called = {name: heading[speaks == "zh"] for name, heading in headings.items()}
        place.print(_table(cells, called, place.width))


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


def money(amount: str | Decimal, currency: str = "", *, short: bool = False) -> str:
    """An amount as tables say it.

    Args:
        amount: How much.
        currency: In which currency; without one, zero is left empty.
        short: Leave out cents that are none.
    """
    number = Decimal(amount)
    if not number and not currency:
        return ""
    said = f"{number:,.2f}"
    return " ".join(filter(None, (said.removesuffix(".00") if short else said, currency)))


def labelled(label: str, id_: str) -> str:
    """What people call something, with the id by which commands do."""
    return label if label == id_ else f"{label} ({id_})"


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


def _table(cells: Sequence[Mapping[str, str]], headings: Mapping[str, str], width: int) -> Table:
    told = {name: [cell[name] for cell in cells if cell[name]] for name in headings}
    shown = [name for name in headings if told[name]]
    said = {}
    for name in shown:  # a heading gives way to short cells
        narrow = cell_len(headings[name]) > max(map(cell_len, told[name]), default=0)
        said[name] = headings[name].replace(" ", "\n") if narrow else headings[name]
    figures = {name for name in shown if told[name] and all(map(_FIGURE.fullmatch, told[name]))}
    full = {name: max(map(cell_len, (*told[name], *said[name].split("\n")))) for name in shown}
    words = {name: max(map(cell_len, said[name].split()), default=0) for name in shown}
    least = {
        name: full[name] if full[name] <= _SHORT or (told[name] and all(map(_DATE.fullmatch, told[name])))
        else max(words[name], *(cell_len(word) for text in told[name] for word in text.split())) if name in figures
        else max(words[name], _SHORT - 3)
        for name in shown
    }  # fmt: skip
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name, room in _fitted(full, least, width).items():
        justify: Literal["left", "right"] = "right" if name in figures else "left"
        table.add_column(said[name], justify=justify, width=room, overflow="fold")
    for cell in cells:
        table.add_row(*(Text(cell[name]) for name in shown))
    return table


def _fitted(full: Mapping[str, int], least: Mapping[str, int], width: int) -> dict[str, int]:
    """How wide each column is on a screen of so many cells: the widest give way first, then even short ones."""
    widths = dict(full)
    over = sum(full.values()) + _BETWEEN * len(full) - width
    for limits in (least, dict.fromkeys(full, 1)):
        while over > 0 and (wide := [name for name in widths if widths[name] > limits[name]]):
            widths[max(wide, key=lambda name: widths[name])] -= 1
            over -= 1
    return widths

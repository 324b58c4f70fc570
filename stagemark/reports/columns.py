"""Tables for people on a screen of any width: nothing is cut off; ids, dates, figures and words stay whole.

A column that is empty all the way down is left out. Where the screen is narrow, long texts fold first, then moments: at
their spaces, and between Chinese characters. Where even that is not enough, each row is told as lines, a heading and
what it has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

__all__ = ["folded", "table_of"]

_FIGURE: Final = re.compile(r"[-+]?[\d,]+(\.\d+)?%?( [A-Z]{3})?")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")
_UNIT: Final = re.compile(r"[（“《]*(?:[-+]?[\d,]+(?:\.\d+)? [A-Z]{3}\b|[\x21-\u2e7f]+|\S)[，。；：、！？）”》]*")
"""What stays on one line: an amount, a word, an id, or one Chinese character, with the signs that cling to it."""
_LONGEST: Final = 64
"""An id has at most so many characters; what is longer, such as an address on the web, may fold anywhere."""
_SHORT: Final = 12
"""A column of at most so many cells is never folded: words of Chinese have no spaces to fold at."""
_LEAST: Final = 9
"""To so many cells long texts fold, before short columns give way."""


class _Column:
    """A column: its heading, and how wide it is when nothing folds, when long texts do, and when all do that can."""

    def __init__(self, heading: str, cells: Sequence[str]) -> None:
        told = [line for cell in cells for line in cell.split("\n")]
        broad = max(map(cell_len, told), default=0)
        self.heading = heading.replace(" ", "\n") if cell_len(heading) > broad else heading
        self.figures = bool(told) and all(_FIGURE.fullmatch(cell) for cell in cells if cell)
        self.full = max(map(cell_len, [*told, *self.heading.split("\n")]))
        whole = [*heading.split(), *(unit for line in told for unit in _UNIT.findall(line))]
        self.bare = max((length for length in map(cell_len, whole) if length <= _LONGEST), default=1)
        if self.full <= _SHORT:
            self.bare = self.full
        stays = self.full <= _SHORT or all(_DATE.fullmatch(cell) for cell in cells if cell)
        self.least = self.full if stays else min(self.full, max(self.bare, 0 if self.figures else _LEAST))


def table_of(headings: Sequence[str], rows: Sequence[Sequence[Text]], width: int, title: str = "") -> Table:
    """The table of rows in at most so many cells of the screen.

    Args:
        headings: What the columns are called.
        rows: A cell for each heading.
        width: Of the screen.
        title: Stands above it.
    """
    shown = [place for place in range(len(headings)) if not rows or any(row[place].plain for row in rows)]
    columns = {place: _Column(headings[place], [row[place].plain for row in rows]) for place in shown}
    bare = sum(column.bare for column in columns.values())
    gap = next((gap for gap in (2, 1) if bare + _beside(columns, gap) <= width), None)
    if gap is None:
        told = [[row[place] for place in shown] for row in rows]
        table = _upright([headings[place] for place in shown], told, width)
    else:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, padding=(0, gap - 1))
        rooms = _fitted(columns, width - _beside(columns, gap))
        for place, room in rooms.items():
            justify: Literal["left", "right"] = "right" if columns[place].figures else "left"
            table.add_column(columns[place].heading, justify=justify, width=room, overflow="fold")
        for row in rows:
            table.add_row(*(folded(row[place], room) for place, room in rooms.items()))
    if title:
        table.title, table.title_justify, table.title_style = title, "left", "bold"
    return table


def _beside(columns: Mapping[int, _Column], gap: int) -> int:
    """How many cells stand between the columns, and at both edges."""
    return gap * (len(columns) - 1) + 2


def _fitted(columns: Mapping[int, _Column], room: int) -> dict[int, int]:
    """How wide each column is in so much room: the widest give way first, then even short ones."""
    widths = {place: column.full for place, column in columns.items()}
    over = sum(widths.values()) - room
    for limits in ({p: column.least for p, column in columns.items()}, {p: c.bare for p, c in columns.items()}):
        while over > 0 and (wide := [place for place in widths if widths[place] > limits[place]]):
            widths[max(wide, key=lambda place: widths[place])] -= 1
            over -= 1
    return widths


def folded(text: Text, room: int) -> Text:
    """A text in lines of at most so many cells, with what belongs together on one of them."""
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        ends, begun = list[int](), 0
        for unit in _UNIT.finditer(line.plain):
            if cell_len(line.plain[begun : unit.end()]) > room and unit.start() > begun:
                ends.append(begun := unit.start())
        lines += line.divide(ends)
    for line in lines:
        line.rstrip()
    return Text("\n").join(lines)


def _upright(headings: Sequence[str], rows: Sequence[Sequence[Text]], width: int) -> Table:
    """Each row as lines: a heading, and what it has."""
    room = width - max(map(cell_len, headings), default=0) - 1
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        for heading, cell in zip(headings, row, strict=True):
            if cell.plain:
                table.add_row(heading, folded(cell, room))
        table.add_row()
    return table

"""The page before a visit as tables in a terminal, and as a page to be printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stagemark.reports.briefing import Briefing
from stagemark.reports.briefing_parts import Section, Voice

__all__ = ["briefing_html", "briefing_tables"]

_TEMPLATE: Final = Path(__file__).parent / "briefing.html"
_SHORT: Final = 12
"""A column of at most so many cells, such as dates, stays whole."""


def briefing_tables(page: Briefing) -> RenderableType:
    """The page for a terminal."""
    return Group(*_parts(page))


def _parts(page: Briefing) -> Iterator[RenderableType]:
    words = Voice(page.language).say
    yield Text(f"{words('title', customer=page.customer)} · {words('as_of', day=page.on)}", style="bold")
    if page.standing:
        yield Text(page.standing)
    yield Text(f"\n{words('next')}", style="bold cyan")
    for number, hint in enumerate(page.next, 1):
        yield Text(f" {number}. {hint.text}")
    yield Text(f"\n{words('contacts')}", style="bold")
    for contact in page.contacts:
        known = "; ".join(f"{label}: {value}" for label, value in contact.known.items())
        yield Text.assemble((f" {contact.name}", "cyan"), f"  {known}")
    if not page.contacts:
        yield Text(f" {words('nothing')}", style="dim")
    for section in (page.due, *page.sections):
        if section.rows:
            yield _table(section, words(section.id))
        if section.id == "trend" and (change := _change(page)):
            yield Text(f" {change}")


def _table(section: Section, title: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column, cells in zip(section.columns, zip(*section.rows, strict=True), strict=True):
        short = all(cell_len(cell) <= _SHORT for cell in cells)
        table.add_column(column, no_wrap=short, overflow="fold")  # nothing is cut off, an address least of all
    for row in section.rows:
        table.add_row(*map(Text, row))
    return table


def _change(page: Briefing) -> str:
    if page.change is None:
        return ""
    return Voice(page.language).say("trend_change", window=page.window, change=f"{page.change:+.0%}")


def briefing_html(page: Briefing) -> str:
    """The page as HTML that needs nothing from elsewhere."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # takes long to load, and most commands need none

    environment = ImmutableSandboxedEnvironment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    words = Voice(page.language).say
    return environment.from_string(_TEMPLATE.read_text("utf-8")).render(
        page=page,
        title=words("title", customer=page.customer),
        as_of=words("as_of", day=page.on),
        say=words,
        colon="：" if page.language == "zh" else ": ",
        change=_change(page),
    )

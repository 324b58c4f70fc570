"""The page before a visit as tables in a terminal, and as a page to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from stagemark.reports.briefing import Briefing, Contact
from stagemark.reports.briefing_parts import Voice
from stagemark.reports.columns import table_of
from stagemark.texts.terms import clauses, paired

__all__ = ["briefing_html", "briefing_tables"]

_TEMPLATE: Final = Path(__file__).parent / "briefing.html"


def briefing_tables(page: Briefing, width: int) -> RenderableType:
    """The page for a terminal, in a screen so many columns wide."""
    return Group(*_parts(page, width))


def _parts(page: Briefing, width: int) -> Iterator[RenderableType]:
    words = Voice(page.language).say
    yield Text(f"{words('title', customer=page.customer)} · {words('as_of', day=page.on)}", style="bold")
    if page.standing:
        yield Text(page.standing)
    yield Text(f"\n{words('next')}", style="bold cyan")
    yield _hanging((Text(f" {number}."), Text(hint.text)) for number, hint in enumerate(page.next, 1))
    yield Text(f"\n{words('contacts')}", style="bold")
    yield _hanging((Text(f" {contact.name} ", "cyan"), Text(_known(page, contact))) for contact in page.contacts)
    if not page.contacts:
        yield Text(f" {words('nothing')}", style="dim")
    for section in (page.due, *page.sections):
        if section.rows:
            rows = [list(map(Text, row)) for row in section.rows]
            yield table_of(section.columns, rows, width, f"\n{words(section.id)}")
        if section.id == "trend" and (change := _change(page)):
            yield Text(f" {change}")


def _hanging(lines: Iterable[tuple[Text, Text]]) -> Table:
    """Lines that go on below where their text begins."""
    table = Table.grid(Column(overflow="fold"), Column(overflow="fold"), padding=(0, 1, 0, 0))
    for mark, text in lines:
        table.add_row(mark, text)
    return table


def _known(page: Briefing, contact: Contact) -> str:
    return clauses((paired(*one, page.language) for one in contact.known.items()), page.language)


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

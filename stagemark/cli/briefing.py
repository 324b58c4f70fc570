"""The command `briefing`: the page before a visit (domain.md §5)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, as_json, language, run
from stagemark.errors import InvalidInput, NotFound, reason_of
from stagemark.texts.language import Language

__all__ = ["app"]

app = typer.Typer()


@app.command()
def briefing(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The customer's account.")],
    output: Annotated[
        Literal["table", "json", "html"], typer.Option("--output", help="For people, for programs, for the printer.")
    ] = "table",
    file: Annotated[Path | None, typer.Option("--file", help="Where to write it; else it is printed.")] = None,
    speaks: LanguageOption = None,
) -> None:
    """The page before a visit: orders, payments, deliveries, complaints, contacts, what is due, what to say next."""
    text = run(_page(account, output, language(speaks), file is None))
    if file is None:
        print(text, end="" if text.endswith("\n") else "\n")
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise InvalidInput.of("file_unwritable", path=str(file), reason=reason_of(error)) from None


async def _page(account: str, output: str, speaks: Language, shown: bool) -> str:
    from stagemark.domain.neighbour import Around
    from stagemark.readmodel.dossier import read
    from stagemark.reports import briefing as page
    from stagemark.reports.briefing_page import briefing_html, briefing_tables

    async with bootstrap.engine(new=False) as parts:
        namespace = parts.store.namespace
        found = await parts.store.read(lambda connection: read(connection, namespace, account))
        if found is None:
            raise NotFound.of("account_unknown", id=account)
        policy = await parts.policies.policy()
        around = Around(policy, await parts.calendars.calendar(policy.calendar), await parts.present())
        names = {person.id: person.name for person in await parts.directory.people()}
    made = page.briefing(found, around, speaks, names)
    if output == "json":
        return as_json(made)
    if output == "html":
        return briefing_html(made)
    terminal = shown and sys.stdout.isatty()
    console = Console(emoji=False, force_terminal=terminal, width=None if terminal else 120)
    with console.capture() as captured:
        console.print(briefing_tables(made, console.width))
    return captured.get()

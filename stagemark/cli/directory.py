"""The commands for the directory: who is who."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from stagemark import bootstrap
from stagemark.adapters.directory import Imported
from stagemark.cli.common import LanguageOption, as_json, console, language, run
from stagemark.ports import Person

__all__ = ["app"]

app = typer.Typer(help="Who is who: supervisors, teams, zones, languages.", no_args_is_help=True)

_HEADINGS = {
    "en": ("Id", "Name", "Supervisor", "Team", "Zone", "Language"),
    "zh": ("编号", "姓名", "主管", "团队", "时区", "语言"),
}


@app.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(help="CSV with a heading, or YAML: id, name, supervisor, team, zone, language.")
    ],
    speaks: LanguageOption = None,
) -> None:
    """Bring in the people of a file: all of them, or, if a row is wrong, none."""

    async def bring_in() -> Imported:
        async with bootstrap.engine() as parts:
            return await parts.directory.bring_in(file)

    said = language(speaks)
    done = run(bring_in())
    if said == "zh":
        console().print(f"新增 {done.added} 人，更改 {done.changed} 人，未变 {done.same} 人")
    else:
        console().print(f"{done.added} added, {done.changed} changed, {done.same} unchanged")


@app.command("list")
def list_command(
    output: Annotated[Literal["table", "json"], typer.Option("--output", help="For people or for programs.")] = "table",
    speaks: LanguageOption = None,
) -> None:
    """Everybody in the directory."""

    async def everybody() -> list[Person]:
        async with bootstrap.engine() as parts:
            return await parts.directory.people()

    said = language(speaks)
    people = run(everybody())
    if output == "json":
        print(as_json([person.model_dump() for person in people]))
        return
    table = Table(*_HEADINGS[said])
    for person in people:
        table.add_row(*(str(value or "") for value in person.model_dump(include=set(Person.model_fields)).values()))
    console().print(table)

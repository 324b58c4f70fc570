"""The commands for the directory: who is who."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, console, language, run, tell
from stagemark.cli.listing import ListOutput, checked, show
from stagemark.errors import Problem
from stagemark.ports import Contact, Person
from stagemark.texts.contacts import STYLE_TERMS
from stagemark.texts.counts import filled

if TYPE_CHECKING:
    from stagemark.adapters.directory import Imported

__all__ = ["app"]

app = typer.Typer(
    help="Who is who: supervisors, teams, roles, zones, languages, channels; contacts of customers.",
    no_args_is_help=True,
)

_HEADINGS: Final = {
    "id": ("Id", "编号"),
    "name": ("Name", "姓名"),
    "supervisor": ("Supervisor", "主管"),
    "team": ("Team", "团队"),
    "zone": ("Zone", "时区"),
    "language": ("Language", "语言"),
    "roles": ("Roles", "角色"),
    "quiet_hours": ("Quiet hours", "免打扰时段"),
    "channels": ("Channels", "渠道"),
}
_CONTACT: Final = {
    "id": ("Id", "编号"),
    "name": ("Name", "姓名"),
    "account": ("Customer", "客户"),
    "style": ("Style", "沟通风格"),
    "note": ("Note", "备注"),
}
_FORGOTTEN: Final = ("{contact} is forgotten", "已删除联系人 {contact} 的资料")
_SHORT: Final = ("id", "name", "supervisor", "team", "roles", "channels")
_REPORTS: Final = ("Their people", "下属")
_FINE: Final = ("{count:person|people}; nothing is missing", "共 {count} 人；没有缺失")


@app.command("import")
def import_command(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with a heading, or YAML: id, name, supervisor, team, zone, language, roles, quiet_hours, "
            "channels; or contacts of customers: id, name, account, style, note"
        ),
    ],
    speaks: LanguageOption = None,
) -> None:
    """Bring in the people, or the contacts of customers, of a file: all of them, or, if a row is wrong, none."""

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
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """Everybody in the directory; the table leaves out what `show` tells of one."""
    headings = {name: _HEADINGS[name] for name in (_SHORT if output == "table" else _HEADINGS)}
    rows = [person.model_dump(mode="json") for person in run(_everybody())]
    if output != "json":
        rows = [{name: _plain(value) for name, value in row.items()} for row in rows]
    show(rows, headings, output, language(speaks))


@app.command("show")
def show_command(
    person: Annotated[str, typer.Argument(metavar="NAME|ID")],
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """One person: what is known of them, and who reports to them."""
    said = language(speaks)

    async def one() -> dict[str, Any]:
        async with bootstrap.engine(new=False) as parts:
            found = await parts.directory.find(person)
            below = [other.id for other in await parts.directory.people() if other.supervisor == found.id]
            return {**found.model_dump(mode="json"), "reports": below}

    found = run(one())
    names = {**_HEADINGS, "reports": _REPORTS}
    width = max(len(heading[said == "zh"]) for heading in names.values())
    lines = [f"{names[name][said == 'zh']:<{width}}  {_plain(value)}" for name, value in found.items()]
    tell(found, output, lines)


@app.command()
def contacts(
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Of this customer only.")] = None,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """The contacts of customers: name, communication style, note."""

    async def found() -> list[Contact]:
        async with bootstrap.engine(new=False) as parts:
            return await parts.directory.contacts.of(account)

    rows = [one.model_dump(mode="json") for one in run(found())]
    show(rows, _CONTACT, output, language(speaks), {"style": STYLE_TERMS})


@app.command()
def forget(
    contact: Annotated[str, typer.Argument(metavar="ID", help="The contact's id.")],
    speaks: LanguageOption = None,
) -> None:
    """Erase what is known of a contact of a customer; what sales recorded names only the id."""

    async def erase() -> None:
        async with bootstrap.engine(new=False) as parts:
            await parts.directory.contacts.forget(contact)

    run(erase())
    console().print(_FORGOTTEN[language(speaks) == "zh"].format(contact=contact), markup=False, highlight=False)


@app.command("check")
def check_command(output: ListOutput = "table", speaks: LanguageOption = None) -> None:
    """What would keep messages from reaching people: roles nobody holds, people without a channel, broken addresses.

    Every problem at once; exit status 2 if there is one. Nothing is changed.
    """

    async def problems() -> tuple[int, list[Problem]]:
        from stagemark.adapters.checking import check_channels, check_people, check_roles, kept_playbooks

        async with bootstrap.engine(new=False) as parts:
            people = await parts.directory.people()
            policy, kept = await parts.policies.policy(), await kept_playbooks(parts.store)
            found = [*check_roles(people, policy, kept), *check_people(people)]
            return len(people), [*found, *check_channels(people, parts.channels)]

    count, found = run(problems())
    speech = language(speaks)
    checked(found, filled(_FINE[speech == "zh"], {"count": count}), output, speech)


async def _everybody() -> list[Person]:
    async with bootstrap.engine(new=False) as parts:
        return await parts.directory.people()


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")

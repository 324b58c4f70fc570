"""The command `inbox`: what a person has been told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, as_json, console, language, run
from stagemark.errors import NotFound
from stagemark.ports import Person
from stagemark.texts.answering import answer_line
from stagemark.texts.language import Language
from stagemark.texts.terms import joined, paired

if TYPE_CHECKING:
    from stagemark.adapters.inbox import Inbox, Note

__all__ = ["app"]

app = typer.Typer()

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "urgent": "Urgent",
        "digest": "Digest of {day}",
        "nothing": "Nothing new for {name}.",
        "stage": "stage {stage}",
        "since": "due {day}",
        "risk": "high risk",
        "done": "Answered: done",
        "put_off": "Answered: put off",
        "dismissed": "Answered: dismissed",
        "missed": "Nobody answered in time",
        "withdrawn": "No longer so",
        "unheld": "To you because nobody holds the role: {roles}",
        "undelivered": "Not delivered by {channel}: {why}",
    },
    "zh": {
        "urgent": "紧急",
        "digest": "{day} 每日摘要",
        "nothing": "{name}没有新消息。",
        "stage": "阶段：{stage}",
        "since": "到期：{day}",
        "risk": "高风险",
        "done": "已处理",
        "put_off": "已推迟",
        "dismissed": "已忽略",
        "missed": "无人及时处理",
        "withdrawn": "原因已消失",
        "unheld": "无人担任角色“{roles}”，因此转给您",
        "undelivered": "未能通过 {channel} 送达：{why}",
    },
}


@app.command()
def inbox(
    person: Annotated[str, typer.Option("--for", metavar="NAME|ID", help="Whose inbox.")],
    everything: Annotated[bool, typer.Option("--all", help="Also what has been read before.")] = False,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """What somebody has been told: what is urgent, then one digest for each morning. It counts as read then."""
    said = language(speaks) if speaks else None

    async def read() -> Inbox:
        async with bootstrap.engine(new=False) as parts:
            whose = await _reader(parts, person)
            present = await parts.present()
            return await parts.inbox.inbox_for(whose, present, everything=everything, language=said)

    found = run(read())
    if output == "json":
        print(as_json(found))
        return
    for line in lines(found):
        console().print(line, highlight=False)


async def _reader(parts: bootstrap.Engine, who: str) -> Person:
    """The person of that id or name; or somebody whom the directory does not know, but who was told something."""
    try:
        return await parts.directory.find(who)
    except NotFound:
        if await parts.inbox.has_told(who):
            return Person(id=who, name=who)
        raise


def lines(found: Inbox) -> list[str]:
    """An inbox as lines with rich's markup, in its language."""
    words = _WORDS[found.language]
    zone = ZoneInfo(found.person.zone)
    parts = [(words["urgent"], found.urgent)] if found.urgent else []
    parts += [(words["digest"].format(day=d.morning.astimezone(zone).date()), d.notes) for d in found.digests]
    if not parts:
        return [escape(words["nothing"].format(name=found.person.name))]
    said = []
    for heading, notes in parts:
        said.append(f"[bold]{escape(heading)}[/bold]")
        for note in notes:
            said += _lines(note, found.language, found.person.id, zone)
    return said


def _lines(note: Note, language: Language, person: str, zone: ZoneInfo) -> list[str]:
    words = _WORDS[language]
    what = [part for part in (note.opportunity, note.title, note.account) if part]
    if note.stage:
        what.append(words["stage"].format(stage=note.stage))
    what.append(words["since"].format(day=note.since.astimezone(zone).date()))
    if note.high_risk:
        what.append(words["risk"])
    # an answer to what is settled would be refused; a table or a refusal asks for none
    answer = answer_line(language, person=person, **note.answered_by) if note.status == "open" else words[note.status]
    more = [words["unheld"].format(roles=joined(note.unheld, language))] if note.unheld else []
    more += [
        words["undelivered"].format(channel=lost.channel, why=lost.problem.text(language)) for lost in note.undelivered
    ]
    about = " · ".join(what)
    said = note.stream or "\n" in note.trigger  # sentences, or a table: they stand last
    first, *rest = (
        paired(about, note.trigger, language) if said else paired(note.trigger, about, language)
    ).splitlines()
    return [
        f"  • {escape(first)}",
        *(f"    {escape(line)}" for line in rest),
        *(f"    [dim]{escape(line)}[/dim]" for line in (answer, *more) if line),
    ]

"""The command `inbox`: what a person has been told."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from stagemark import bootstrap
from stagemark.adapters.inbox import Inbox, Note
from stagemark.cli.common import LanguageOption, as_json, console, language, run
from stagemark.errors import NotFound
from stagemark.ports import Person
from stagemark.problem_texts import Language

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
        "answer": "Answer: stagemark answer {sale} {event} done --text OUTCOME --as {person}  (or put_off, dismissed)",
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
        "answer": "处理：stagemark answer {sale} {event} done --text 结果 --as {person}（或 put_off、dismissed）",
    },
}


@app.command()
def inbox(
    person: Annotated[str, typer.Option("--for", metavar="NAME|ID", help="Whose inbox.")],
    everything: Annotated[bool, typer.Option("--all", help="Also what has been read before.")] = False,
    output: Annotated[Literal["table", "json"], typer.Option("--output", help="For people or for programs.")] = "table",
    speaks: LanguageOption = None,
) -> None:
    """What somebody has been told: what is urgent, then one digest for each morning. It counts as read then."""
    said = language(speaks) if speaks else None

    async def read() -> Inbox:
        async with bootstrap.engine() as parts:
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
            said += _lines(note, words, found.person.id, zone)
    return said


def _lines(note: Note, words: dict[str, str], person: str, zone: ZoneInfo) -> list[str]:
    what = [part for part in (note.title, note.account) if part]
    if note.stage:
        what.append(words["stage"].format(stage=note.stage))
    what.append(words["since"].format(day=note.since.astimezone(zone).date()))
    if note.high_risk:
        what.append(words["risk"])
    answer = words["answer"].format(sale=note.opportunity, event=note.event, person=person)
    if note.status != "open":  # an answer would be refused
        answer = words[note.status]
    return [
        f"  • {escape(note.trigger)}: {escape(note.opportunity)} · {escape(' · '.join(what))}",
        f"    [dim]{escape(answer)}[/dim]",
    ]

"""The command `answer`: what came of a reminder, of a sale or of what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, language, tell, valid
from stagemark.cli.neighbours import Part
from stagemark.cli.recording import NOTHING, Actor, Expected, Key, ObservedAt, WhyNot, plainly, recording, said
from stagemark.domain import commands as c
from stagemark.domain.entries import AnswerTask, Stream
from stagemark.errors import Refused

if TYPE_CHECKING:
    from temporalio.client import Client

    from stagemark.client import Said
    from stagemark.clients.neighbours import Neighbours

__all__ = ["app"]

app = typer.Typer()


def _neighbours(parts: bootstrap.Engine, client: Client) -> Neighbours:
    return parts.neighbours(client)


_NEIGHBOURS = Part(_neighbours)


@app.command()
def answer(
    about: Annotated[str, typer.Argument(metavar="SALE|KIND:ID", help="A sale, or what follows it: collection:S-1.")],
    event: Annotated[int, typer.Argument(metavar="EVENT", help="The number, as the inbox gives it.")],
    reply: Annotated[str, typer.Argument(metavar="done|put_off|dismissed")],
    actor: Actor,
    text: Annotated[str, typer.Option(help="The outcome, or the reason.")] = "",
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Until when it is put off.")] = None,
    observed_at: ObservedAt = None,
    key: Key = None,
    expect: Expected = None,
    why_not: WhyNot = False,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Answer a reminder that the engine sent."""
    stream, reply = _stream(about), reply.replace("-", "_")
    if stream is None:
        given = {"event": event, "reply": reply, "text": text, "until": until}
        envelope = {"actor": actor, "observed_at": observed_at, "key": key, "expect": expect, "why_not": why_not}
        _of_sale(sale=about, **given, **envelope, output=output, speaks=speaks)
        return
    task = valid(AnswerTask, entry=event, answer=reply, text=text, until=until)
    if why_not:
        _why_not(stream, task, said(actor, observed_at, key, expect, speaks))
        tell({}, output, [NOTHING[language(speaks) == "zh"]])
        return
    _NEIGHBOURS.recorded(
        about, actor, lambda part, envelope: part.ask(stream, _request(stream, task, envelope)),
        observed_at=observed_at, key=key, expect=expect, output=output, speaks=speaks,
    )  # fmt: skip


@recording
def _of_sale(event: int, reply: str, text: str, until: str | None) -> c.Command:
    return valid(c.Answer, event=event, answer=reply, text=text, until=until)


def _stream(about: str) -> Stream | None:
    """What follows a sale and is named; none if it is a sale."""
    try:
        return Stream.parse(about)
    except ValidationError:
        return None


def _request(stream: Stream, task: AnswerTask, envelope: Said) -> Any:
    from stagemark.clients.asking import request_of
    from stagemark.domain.neighbours import rules_of

    return request_of(rules_of(stream).request, [task], envelope)


def _why_not(stream: Stream, task: AnswerTask, envelope: Said) -> None:
    if problems := _NEIGHBOURS.use(lambda part: part.why_not_ask(stream, _request(stream, task, envelope))):
        raise Refused(*map(plainly, problems))

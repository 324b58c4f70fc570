"""The commands for messages beyond the inbox: what would keep them from arriving, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, console, language, run
from stagemark.cli.listing import ListOutput, checked, show
from stagemark.errors import NotFound, Problem, Unavailable
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from stagemark.adapters.carriers import Outcome
    from stagemark.adapters.deliveries import Delivery

__all__ = ["app"]

app = typer.Typer(help="Messages beyond the inbox: mail and chat.", no_args_is_help=True)

For = Annotated[str | None, typer.Option("--for", metavar="NAME|ID", help="Of this person only.")]
_HEADINGS: Final = {
    "last_at": ("Last try", "最近一次"),
    "recipient": ("To", "收件人"),
    "channel": ("Channel", "渠道"),
    "status": ("Status", "状态"),
    "tries": ("Tries", "次数"),
    "next_at": ("Next try", "下次尝试"),
    "why": ("Why", "原因"),
    "key": ("Message", "消息"),
}
_STATUS: Final = {
    "waiting": ("waiting", "等待重试"),
    "sent": ("sent", "已发送"),
    "refused": ("refused", "被拒收"),
    "given_up": ("given up", "已放弃"),
    "withdrawn": ("withdrawn", "已撤回"),
}
_TEXTS: Final = {
    "fine": ("channels and templates are in order", "渠道和模板均正常"),
    "sent": ("{person}: sent by {channel}", "{person}：已通过 {channel} 发送"),
    "nothing": ("nothing is undelivered", "没有未送达的消息"),
}


def _say(what: str, speaks: Language, **fields: Any) -> None:
    console().print(_TEXTS[what][speaks == "zh"].format(**fields), markup=False, highlight=False)


@app.command()
def check(output: ListOutput = "table", speaks: LanguageOption = None) -> None:
    """Check channels and templates before anything is sent: every problem at once. Exit status 2 if there is one."""

    async def problems() -> list[Problem]:
        from stagemark.adapters.checking import check_channels, check_letters, kept_playbooks

        async with bootstrap.engine(new=False) as parts:
            people = await parts.directory.people()
            kept = await kept_playbooks(parts.store)
            return [*check_channels(people, parts.channels), *check_letters(parts.letters, kept)]

    speech = language(speaks)
    checked(run(problems()), _TEXTS["fine"][speech == "zh"], output, speech)


@app.command("test")
def send_test(
    person: Annotated[str, typer.Argument(metavar="NAME|ID", help="To whom.")],
    channel: Annotated[str | None, typer.Option(help="By this channel only.")] = None,
    speaks: LanguageOption = None,
) -> None:
    """Send a test to somebody now, by each of their channels. Exit status 1 if one did not arrive."""

    async def send() -> list[tuple[str, str, Outcome]]:
        from stagemark.adapters.channels import split_target

        async with bootstrap.engine(new=False) as parts:
            whose = await parts.directory.find(person)
            entries = {split_target(entry)[0]: entry for entry in whose.channels}
            if not entries:
                called = {"code": "person_called", "params": {"name": whose.name, "id": whose.id}}
                raise NotFound.of("person_without_channel", person=called)
            if channel is not None and channel not in entries:
                raise NotFound.of("person_lacks_channel", person=whose.name, channel=channel, known=sorted(entries))
            now = await parts.present()
            chosen = [channel] if channel else list(entries)
            return [(whose.name, one, await parts.courier.test(whose, entries[one], now)) for one in chosen]

    done, said = run(send()), language(speaks)
    for name, one, outcome in done:
        if outcome.status == "sent":
            _say("sent", said, person=name, channel=one)
    _complain([Problem(code=o.code, where=name, params=o.params) for name, _, o in done if o.status != "sent"])


@app.command()
def outbox(
    person: For = None,
    status: Annotated[
        Literal["waiting", "sent", "refused", "given_up", "withdrawn"] | None, typer.Option(help="Only these.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 50,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """What was carried to whom, by which channel, and what became of it."""
    said = language(speaks)

    async def read() -> list[Delivery]:
        from stagemark.adapters.deliveries import SqlDeliveries

        async with bootstrap.engine(new=False) as parts:
            whose = (await parts.directory.find(person)).id if person else None
            return await SqlDeliveries(parts.store).all(whose, status, most)

    plain = output != "table"
    rows = [
        {
            **one.model_dump(mode="json"),
            "last_at": one.last_at.isoformat(timespec="minutes"),
            "next_at": one.next_at.isoformat(timespec="minutes") if one.next_at else None,
            "status": one.status if plain else _STATUS[one.status][said == "zh"],
            "why": one.problem.text(said) if one.problem else None,
        }
        for one in run(read())
    ]
    show(rows, _HEADINGS, output, said)


@app.command()
def again(person: For = None, speaks: LanguageOption = None) -> None:
    """Send once more what was refused or given up, if it still stands. Exit status 1 if something did not arrive."""

    async def retry() -> list[Delivery]:
        from stagemark.adapters.deliveries import SqlDeliveries

        async with bootstrap.engine(new=False) as parts:
            whose = (await parts.directory.find(person)).id if person else None
            kept, now = SqlDeliveries(parts.store), await parts.present()
            lost = [*await kept.all(whose, "refused"), *await kept.all(whose, "given_up")]
            return [await parts.courier.again(one, now) for one in lost]

    done, said = run(retry()), language(speaks)
    if not done:
        _say("nothing", said)
    for one in done:
        if one.status == "sent":
            _say("sent", said, person=one.recipient, channel=one.channel)
    _complain([one.problem.model_copy(update={"where": one.recipient}) for one in done if one.problem])


def _complain(problems: list[Problem]) -> None:
    if problems:
        raise Unavailable(*problems)

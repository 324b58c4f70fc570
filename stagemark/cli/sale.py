"""The commands for one sale: open it, record what happened, correct, answer. A thin face of the client."""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable
from typing import Annotated, Any, cast, get_args

import typer
from pydantic import JsonValue

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, as_json, console, language, run, valid
from stagemark.client import Said
from stagemark.contracts.messages import Receipt
from stagemark.domain import commands as c
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook
from stagemark.errors import InvalidInput, Problem, Refused
from stagemark.playbooks.load import find_playbook

__all__ = ["app"]

app = typer.Typer()

Sale = Annotated[str, typer.Argument(metavar="SALE", help="The sale's id.")]
StageArgument = Annotated[str, typer.Argument(metavar="STAGE", help="The stage's id.")]
EventArgument = Annotated[int, typer.Argument(metavar="EVENT", help="The number of the event, as `show` gives it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Evidence = Annotated[
    list[str] | None,
    typer.Option(
        "--evidence",
        "-e",
        metavar="NAME[@PERSON]=VALUE",
        help="Evidence; VALUE is JSON, or text as it stands. Repeat it for more.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--override", metavar="NAME=REASON", help="Take a missing piece of evidence on yourself."),
]
Actor = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who records it.", envvar="STAGEMARK_ACTOR")]
ObservedAt = Annotated[
    str | None, typer.Option("--observed-at", metavar="WHEN", help="When it happened: date, instant or unknown. [now]")
]
Key = Annotated[str | None, typer.Option("--key", help="Idempotency key; a repeat gets the first answer again.")]
Expected = Annotated[
    int | None, typer.Option("--expect", metavar="N", help="Refuse if the sale has other than N events.")
]
WhyNot = Annotated[bool, typer.Option("--why-not", help="Only say what would be refused; record nothing.")]


def _recording(build: Callable[..., c.Command | list[c.Command]]) -> Callable[..., None]:
    """Make a command of what says which commands to record: it gets the options that all of them have."""

    def command(
        sale: Sale,
        actor: Actor,
        observed_at: ObservedAt = None,
        key: Key = None,
        expect: Expected = None,
        why_not: WhyNot = False,
        speaks: LanguageOption = None,
        **fields: Any,
    ) -> None:
        takes_actor = "actor" in inspect.signature(build).parameters
        built = build(**fields, **({"actor": actor} if takes_actor else {}))
        commands = built if isinstance(built, list) else [built]
        _send(sale, commands, _said(actor, observed_at, key, expect, speaks), why_not)

    own = [p for p in inspect.signature(build, eval_str=True).parameters.values() if p.name != "actor"]
    shared = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.kind is not p.VAR_KEYWORD]
    named = [p.replace(kind=p.KEYWORD_ONLY) for p in [shared[0], *own, *shared[1:]]]
    wrapped = functools.wraps(build)(command)
    wrapped.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]  # what typer reads
    wrapped.__annotations__ = {p.name: p.annotation for p in named}
    del wrapped.__wrapped__  # else typer reads the inner one
    return wrapped


def _said(actor: str, observed_at: str | None, key: str | None, expect: int | None, speaks: str | None) -> Said:
    said: dict[str, Any] = {"actor": actor, "source": "cli", "language": language(speaks)}
    if observed_at is not None:
        said["observed_at"] = valid(c.Timed, observed_at=observed_at).observed_at
    if key is not None:
        said["key"] = key
    if expect is not None:
        said["expected_sequence"] = expect
    return cast(Said, said)


def _send(sale: str, commands: list[c.Command], said: Said, why_not: bool) -> None:
    async def send() -> Receipt | None:
        async with bootstrap.connected() as stagemark:
            if not why_not:
                return await stagemark.record(sale, *commands, **said)
            problems = await stagemark.why_not(sale, *commands, **said)
            if problems:
                raise Refused(*problems)
            return None

    try:
        receipt = run(send())
    except Refused as refused:
        raise type(refused)(*(_plainly(problem, len(commands)) for problem in refused.problems)) from None
    console().print(as_json(receipt) if receipt else "{}", markup=False, highlight=False)


def _plainly(problem: Problem, commands: int) -> Problem:
    """Where there is one command only, the place in the envelope is no news."""
    if commands > 1:
        return problem
    return problem.model_copy(update={"where": problem.where.removeprefix("commands[0]").removeprefix(".")})


def _pair(text: str, code: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise InvalidInput.of(code, text=text)
    return name, value


def _json(text: str) -> JsonValue:
    try:
        return cast(JsonValue, json.loads(text))
    except ValueError:
        return text


def _given(evidence: list[str] | None, overrides: list[str] | None, actor: str) -> tuple[c.Given, ...]:
    given = []
    for text in evidence or []:
        name, value = _pair(text, "evidence_unreadable")
        name, _, person = name.partition("@")
        given.append(valid(c.Given, evidence=name, person=person or None, value=_json(value)))
    for text in overrides or []:
        name, reason = _pair(text, "evidence_unreadable")
        given.append(valid(c.Given, evidence=name, override={"by": actor, "reason": reason}))
    return tuple(given)


@app.command("open")
def open_sale(
    sale: Sale,
    account: Annotated[str, typer.Option(help="The customer's account.")],
    owner: Annotated[str, typer.Option(help="Whose sale it is.")],
    actor: Actor,
    playbook: Annotated[str, typer.Option(help="A shipped playbook's id, or a file.")] = "key-account-six",
    title: Annotated[str, typer.Option(help="What is sold; no personal data.")] = "",
    segment: Annotated[str | None, typer.Option(help="By which reports can group it.")] = None,
    value: Annotated[str | None, typer.Option(metavar="AMOUNT", help="For example 250000CNY.")] = None,
    collaborator: Annotated[list[str] | None, typer.Option(help="Who works on it too. Repeat it for more.")] = None,
    deputy: Annotated[str | None, typer.Option(help="Who stands in for the owner.")] = None,
    calendar: Annotated[str | None, typer.Option(help="The working calendar. [env: STAGEMARK_CALENDAR]")] = None,
    observed_at: ObservedAt = None,
    key: Key = None,
    speaks: LanguageOption = None,
) -> None:
    """Open a sale."""
    said = _said(actor, observed_at, key, None, speaks)
    whole = find_playbook(playbook)

    async def send() -> Receipt:
        async with bootstrap.connected() as stagemark:
            return await stagemark.open(
                sale,
                whole,
                account=account,
                owner=owner,
                title=title,
                segment=segment,
                value=_amount(value),
                collaborators=collaborator or [],
                deputy=deputy,
                calendar=calendar or bootstrap.read_settings().calendar,
                **said,
            )

    console().print(as_json(run(send())), markup=False, highlight=False)


def _amount(text: str | None) -> Amount | None:
    if not text:
        return None
    match = re.fullmatch(r"\s*([\d.,_]+)\s*([A-Za-z]{3})\s*", text)
    if match is None:
        raise InvalidInput.of("amount_unreadable", "--value", text=text)
    return valid(Amount, amount=match[1].replace(",", "").replace("_", ""), currency=match[2].upper())


@app.command()
@_recording
def mark(
    markers: Annotated[list[str], typer.Argument(metavar="STAGE.start|STAGE.end…", help="Recorded all, or none.")],
    actor: str,
    evidence: Evidence = None,
    override: Overrides = None,
) -> list[c.Command]:
    """Record that markers were observed, with their evidence."""
    found: list[c.Command] = []
    for marker in markers:
        stage, _, edge = marker.rpartition(".")
        if not stage or edge not in ("start", "end"):
            raise InvalidInput.of("marker_unreadable", marker=marker)
        given = _given(evidence, override, actor) if not found else ()
        found.append(valid(c.Mark, stage=stage, edge=edge, evidence=given))
    return found


@app.command()
@_recording
def record(
    actor: str,
    stage: Annotated[str | None, typer.Option(help="The stage it belongs to.")] = None,
    step: Annotated[str | None, typer.Option(help="A step of that stage that was done.")] = None,
    note: Annotated[str, typer.Option(help="A note; no personal data.")] = "",
    evidence: Evidence = None,
    override: Overrides = None,
) -> c.Command:
    """Record evidence between markers, or that a step was done."""
    return valid(c.Record, stage=stage, step=step, note=note, evidence=_given(evidence, override, actor))


@app.command()
@_recording
def skip(stage: StageArgument, reason: Reason) -> c.Command:
    """Skip a stage that waits."""
    return valid(c.Skip, stage=stage, reason=reason)


@app.command()
@_recording
def wait(
    on: Annotated[str, typer.Argument(metavar="us|customer|legal|finance|production|nobody")],
    note: Annotated[str, typer.Option(help="What for.")] = "",
) -> c.Command:
    """Say whom the sale waits on from now."""
    parties = (*get_args(c.Party), "nobody")
    if on not in parties:
        raise InvalidInput.of("party_unknown", on=on, known=parties)
    return valid(c.Wait, on=None if on == "nobody" else on, note=note)


LookAgain = Annotated[str, typer.Option("--look-again", metavar="DATE", help="The day to look again.")]


@app.command()
@_recording
def suspend(reason: Reason, look_again: LookAgain) -> c.Command:
    """Pause the sale until it is looked at again."""
    return valid(c.Suspend, reason=reason, look_again=look_again)


@app.command()
@_recording
def resume(reason: Annotated[str, typer.Option(help="Why.")] = "") -> c.Command:
    """Go on after a suspension."""
    return valid(c.Resume, reason=reason)


@app.command()
@_recording
def nurture(reason: Reason, look_again: LookAgain) -> c.Command:
    """No opportunity now: keep in touch, and look again."""
    return valid(c.Nurture, reason=reason, look_again=look_again)


@app.command("come-back")
@_recording
def come_back(reason: Annotated[str, typer.Option(help="Why.")] = "") -> c.Command:
    """Come back from nurture."""
    return valid(c.ComeBack, reason=reason)


@app.command()
@_recording
def lose(
    reason: Annotated[str, typer.Argument(metavar="REASON", help="One of the playbook's reasons.")],
    note: Annotated[str, typer.Option(help="More about it.")] = "",
) -> c.Command:
    """The sale is lost."""
    return valid(c.Lose, reason=reason, note=note)


@app.command()
@_recording
def reopen(reason: Reason) -> c.Command:
    """Take up again a sale that has ended."""
    return valid(c.Reopen, reason=reason)


@app.command("fall-back")
@_recording
def fall_back(stage: StageArgument, reason: Reason) -> c.Command:
    """Go back to an earlier stage."""
    return valid(c.FallBack, stage=stage, reason=reason)


@app.command()
@_recording
def change(
    owner: Annotated[str | None, typer.Option(help="The new owner.")] = None,
    collaborator: Annotated[list[str] | None, typer.Option(help="All collaborators. Repeat it for more.")] = None,
    deputy: Annotated[str | None, typer.Option(help="The new deputy.")] = None,
    no_deputy: Annotated[bool, typer.Option("--no-deputy", help="Nobody stands in any more.")] = False,
    value: Annotated[str | None, typer.Option(metavar="AMOUNT", help="For example 250000CNY.")] = None,
    segment: Annotated[str | None, typer.Option(help="The new segment.")] = None,
    title: Annotated[str | None, typer.Option(help="The new title.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
) -> c.Command:
    """Change owner, collaborators, deputy, value, segment or title."""
    collaborators = tuple(collaborator) if collaborator else None
    fields: dict[str, Any] = {"owner": owner, "collaborators": collaborators, "deputy": deputy, "value": _amount(value)}
    fields |= {"segment": segment, "title": title, "reason": reason or None, "no_deputy": no_deputy or None}
    return valid(c.Change, **{name: said for name, said in fields.items() if said is not None})


@app.command()
@_recording
def correct(
    event: EventArgument,
    reason: Reason,
    happened_at: Annotated[str | None, typer.Option(metavar="WHEN", help="When it really happened.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=JSON", help="A field's right value. Repeat it for more.")
    ] = None,
) -> c.Command:
    """Correct an earlier event; it stays in the ledger."""
    right = {name: _json(value) for name, value in (_pair(text, "change_unreadable") for text in changes or [])}
    return valid(c.Correct, event=event, reason=reason, observed_at=happened_at, changes=right)


@app.command()
@_recording
def void(event: EventArgument, reason: Reason) -> c.Command:
    """Take back an earlier event: it never happened."""
    return valid(c.Void, event=event, reason=reason)


@app.command()
@_recording
def answer(
    event: EventArgument,
    reply: Annotated[str, typer.Argument(metavar="done|put_off|dismissed")],
    text: Annotated[str, typer.Option(help="The outcome, or the reason.")] = "",
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Until when it is put off.")] = None,
) -> c.Command:
    """Answer a reminder that the engine sent."""
    return valid(c.Answer, event=event, answer=reply.replace("-", "_"), text=text, until=until)


@app.command()
def migrate(
    sale: Sale,
    playbook: Annotated[str, typer.Argument(help="A shipped playbook's id, or a file.")],
    reason: Reason,
    actor: Actor,
    stage: Annotated[list[str] | None, typer.Option("--stage", metavar="OLD=NEW", help="Repeat it for more.")] = None,
    evidence: Annotated[list[str] | None, typer.Option("--evidence", metavar="OLD=NEW")] = None,
    key: Key = None,
    expect: Expected = None,
    speaks: LanguageOption = None,
) -> None:
    """Go on by another playbook, or another version of it."""
    said = _said(actor, None, key, expect, speaks)
    whole: Playbook = find_playbook(playbook)
    stages = dict(_pair(text, "change_unreadable") for text in stage or [])
    pieces = dict(_pair(text, "change_unreadable") for text in evidence or [])

    async def send() -> Receipt:
        async with bootstrap.connected() as stagemark:
            return await stagemark.migrate(sale, whole, reason, stages, pieces, **said)

    console().print(as_json(run(send())), markup=False, highlight=False)

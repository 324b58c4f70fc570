"""The commands for one sale: open it, record what happened, correct, answer. A thin face of the client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, amount_of, language, valid
from stagemark.cli.evidence import EvidenceOption, Overrides, json_or_text, marks, pair, typed_evidence
from stagemark.cli.recording import (
    Actor,
    Expected,
    Key,
    ObservedAt,
    Reason,
    Sale,
    Telling,
    WhyNot,
    only_told,
    recording,
    said,
    send,
)
from stagemark.domain import commands as c
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Edge, Playbook
from stagemark.errors import InvalidInput
from stagemark.playbooks.load import find_playbook

if TYPE_CHECKING:
    from stagemark.client import NewSale, Stagemark
    from stagemark.contracts.messages import Receipt

__all__ = ["app"]

app = typer.Typer()

StageArgument = Annotated[str, typer.Argument(metavar="STAGE", help="The stage's id.")]
EventArgument = Annotated[int, typer.Argument(metavar="EVENT", help="The number of the event, as `show` gives it.")]


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
    marker: Annotated[
        list[str] | None,
        typer.Option("--mark", metavar="STAGE.start|STAGE.end", help="A marker observed with it. Repeat it for more."),
    ] = None,
    evidence: EvidenceOption = None,
    override: Overrides = None,
    observed_at: ObservedAt = None,
    key: Key = None,
    why_not: WhyNot = False,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Open a sale, with its first markers if they have been observed: all, or none."""
    envelope = said(actor, observed_at, key, None, speaks)
    whole, amount = find_playbook(playbook), _amount(value)
    given = typed_evidence(evidence, override, actor).read(whole)
    also = marks(_markers(marker), given, whole) if marker else [valid(c.Record, evidence=given)] if given else []

    async def ask(stagemark: Stagemark, _: Sequence[c.Command]) -> Receipt | None:
        new: NewSale = {
            "account": account,
            "owner": owner,
            "title": title,
            "segment": segment,
            "value": amount,
            "collaborators": collaborator or [],
            "deputy": deputy,
            "calendar": calendar or bootstrap.read_settings().calendar,
            "origin": None,
            "also": also,
            **envelope,
        }
        if not why_not:
            return await stagemark.open(sale, whole, **new)
        await only_told(stagemark.why_not_open(sale, whole, **new))
        return None

    send(sale, ask, also, output, language(speaks), whole, before={"kind": "open"})


def _amount(text: str | None) -> Amount | None:
    return amount_of(text, "--value") if text else None


@app.command()
@recording
def mark(
    markers: Annotated[list[str], typer.Argument(metavar="STAGE.start|STAGE.end…", help="Recorded all, or none.")],
    actor: str,
    evidence: EvidenceOption = None,
    override: Overrides = None,
) -> Telling:
    """Record that markers were observed, with their evidence."""
    found, typed = _markers(markers), typed_evidence(evidence, override, actor)
    return lambda playbook: marks(found, typed.read(playbook), playbook)


def _markers(typed: list[str]) -> list[tuple[str, Edge]]:
    found: list[tuple[str, Edge]] = []
    for marker in typed:
        stage, _, edge = marker.rpartition(".")
        if not stage or edge not in get_args(Edge):
            raise InvalidInput.of("marker_unreadable", marker=marker)
        found.append((stage, cast(Edge, edge)))
    return found


@app.command()
@recording
def record(
    actor: str,
    stage: Annotated[str | None, typer.Option(help="The stage it belongs to.")] = None,
    step: Annotated[
        str | None, typer.Option(help="A step that was done; its stage too, where several have such a step.")
    ] = None,
    note: Annotated[str, typer.Option(help="A note; no personal data.")] = "",
    evidence: EvidenceOption = None,
    override: Overrides = None,
) -> Telling:
    """Record evidence between markers, or that a step was done."""
    typed = typed_evidence(evidence, override, actor)

    def told(playbook: Playbook | None) -> list[c.Command]:
        having = _having(playbook, step) if stage is None else []
        where = having[0] if len(having) == 1 else stage
        return [valid(c.Record, stage=where, step=step, note=note, evidence=typed.read(playbook))]

    return told


def _having(playbook: Playbook | None, step: str | None) -> list[str]:
    """The stages that have a step."""
    stages = playbook.stages if playbook else ()
    return [stage.id for stage in stages if any(one.id == step for one in stage.steps)]


@app.command()
@recording
def skip(stage: StageArgument, reason: Reason) -> c.Command:
    """Skip a stage that waits."""
    return valid(c.Skip, stage=stage, reason=reason)


@app.command()
@recording
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
@recording
def suspend(reason: Reason, look_again: LookAgain) -> c.Command:
    """Pause the sale until it is looked at again."""
    return valid(c.Suspend, reason=reason, look_again=look_again)


@app.command()
@recording
def resume(reason: Annotated[str, typer.Option(help="Why.")] = "") -> c.Command:
    """Go on after a suspension."""
    return valid(c.Resume, reason=reason)


@app.command()
@recording
def nurture(reason: Reason, look_again: LookAgain) -> c.Command:
    """No opportunity now: keep in touch, and look again."""
    return valid(c.Nurture, reason=reason, look_again=look_again)


@app.command("come-back")
@recording
def come_back(reason: Annotated[str, typer.Option(help="Why.")] = "") -> c.Command:
    """Come back from nurture."""
    return valid(c.ComeBack, reason=reason)


@app.command()
@recording
def lose(
    reason: Annotated[str, typer.Argument(metavar="REASON", help="One of the playbook's reasons.")],
    note: Annotated[str, typer.Option(help="More about it.")] = "",
) -> c.Command:
    """The sale is lost."""
    return valid(c.Lose, reason=reason, note=note)


@app.command()
@recording
def reopen(reason: Reason) -> c.Command:
    """Take up again a sale that has ended."""
    return valid(c.Reopen, reason=reason)


@app.command("fall-back")
@recording
def fall_back(stage: StageArgument, reason: Reason) -> c.Command:
    """Go back to an earlier stage."""
    return valid(c.FallBack, stage=stage, reason=reason)


@app.command()
@recording
def change(
    owner: Annotated[str | None, typer.Option(help="The new owner.")] = None,
    collaborator: Annotated[list[str] | None, typer.Option(help="All collaborators. Repeat it for more.")] = None,
    no_collaborators: Annotated[bool, typer.Option("--no-collaborators", help="Nobody works on it too.")] = False,
    deputy: Annotated[str | None, typer.Option(help="The new deputy.")] = None,
    no_deputy: Annotated[bool, typer.Option("--no-deputy", help="Nobody stands in any more.")] = False,
    value: Annotated[str | None, typer.Option(metavar="AMOUNT", help="For example 250000CNY.")] = None,
    segment: Annotated[str | None, typer.Option(help="The new segment.")] = None,
    no_segment: Annotated[bool, typer.Option("--no-segment", help="It has no segment any more.")] = False,
    title: Annotated[str | None, typer.Option(help="The new title.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
) -> c.Command:
    """Change owner, collaborators, deputy, value, segment or title."""
    _one_of("--collaborator", collaborator, "--no-collaborators", no_collaborators)
    _one_of("--deputy", deputy, "--no-deputy", no_deputy)
    _one_of("--segment", segment, "--no-segment", no_segment)
    collaborators = tuple(collaborator or ()) if collaborator or no_collaborators else None
    fields: dict[str, Any] = {"owner": owner, "collaborators": collaborators, "deputy": deputy, "value": _amount(value)}
    fields |= {"segment": segment, "title": title, "reason": reason or None}
    fields |= {"no_deputy": no_deputy or None, "no_segment": no_segment or None}
    return valid(c.Change, **{name: said for name, said in fields.items() if said is not None})


def _one_of(one: str, given: object, other: str, also: bool) -> None:
    if given and also:
        raise InvalidInput.of("options_contradict", one=one, other=other)


@app.command()
@recording
def correct(
    event: EventArgument,
    reason: Reason,
    happened_at: Annotated[str | None, typer.Option(metavar="WHEN", help="When it really happened.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=JSON", help="A field's right value. Repeat it for more.")
    ] = None,
) -> c.Command:
    """Correct an earlier event; it stays in the ledger."""
    fields = [pair(text, "change_unreadable") for text in changes or []]
    right = {name: json_or_text(value, where=f"--set {name}"[:120]) for name, value in fields}
    return valid(c.Correct, event=event, reason=reason, observed_at=happened_at, changes=right)


@app.command()
@recording
def void(event: EventArgument, reason: Reason) -> c.Command:
    """Take back an earlier event: it never happened."""
    return valid(c.Void, event=event, reason=reason)


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
    why_not: WhyNot = False,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Go on by another playbook, or another version of it."""
    envelope = said(actor, None, key, expect, speaks)
    whole = find_playbook(playbook)
    stages = dict(pair(text, "change_unreadable") for text in stage or [])
    pieces = dict(pair(text, "change_unreadable") for text in evidence or [])

    told = valid(c.Migrate, to=whole.ref(), compiled=whole.compiled(), stages=stages, evidence=pieces, reason=reason)

    async def ask(stagemark: Stagemark, commands: Sequence[c.Command]) -> Receipt | None:
        if not why_not:
            return await stagemark.migrate(sale, whole, reason, stages, pieces, **envelope)
        await only_told(stagemark.why_not(sale, *commands, **envelope))
        return None

    send(sale, ask, [told], output, language(speaks), whole)

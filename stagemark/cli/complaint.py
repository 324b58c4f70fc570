"""The commands `complaint …`: a customer complains; the six steps, in their turn and time (domain.md §5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, language, run, tell
from stagemark.cli.listing import ListOutput, show
from stagemark.cli.neighbours import Ask, Part, names
from stagemark.domain.complaint.policy import StepId
from stagemark.errors import NotFound
from stagemark.texts.language import Language
from stagemark.texts.tasks_complaint import COMPLAINT_LIFE_TERMS, STEP_TERMS
from stagemark.texts.terms import Terms, noted, paired, term

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from temporalio.client import Client

    from stagemark.clients.complaint import Complaints

__all__ = ["app"]

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Complaints: six steps, each in its time; prompts hold meanwhile.")

Complaint = Annotated[str, typer.Argument(metavar="COMPLAINT", help="The complaint's id.")]
Words = Annotated[str, typer.Option("--text", help="In words; no personal data.")]
Accepted = Annotated[
    bool | None, typer.Option("--accepted/--refused", help="Of the step ask: whether the customer accepts.")
]

_HEADINGS = {
    "id": ("Complaint", "投诉"),
    "account": ("Account", "客户"),
    "life": ("State", "状态"),
    "step": ("Next step", "下一步"),
    "answer_by": ("Until", "期限"),
    "owner": ("Owner", "负责人"),
    "missed": ("Late", "逾期"),
    "opportunity": ("Sale", "商机"),
    "text": ("What", "内容"),
}
_WORDS = {
    "raise": ("raised", "提出投诉"),
    "disputed": ("raised by a dispute", "因争议提出投诉"),
    "close": ("closed", "关闭"),
    "open_again": ("opened again", "重新打开"),
    "hand_over": ("handed over to {owner}", "移交给 {owner}"),
    "task_missed": ("late: told to a superior", "逾期：已通知上级"),
    "accepted": ("the customer accepts", "客户接受"),
    "refused": ("the customer refuses", "客户不接受"),
    "approved": ("of {superior}", "由 {superior} 提出"),
    "next": ("Next: {step}", "下一步：{step}"),
    "until": ("Next: {step}, until {until}", "下一步：{step}，期限 {until}"),
    "late": ("Next: {step}; it is late", "下一步：{step}；已逾期"),
    "done": ("All steps are done; it can be closed.", "六个步骤均已完成，可以关闭。"),
}


def _complaints(parts: bootstrap.Engine, client: Client) -> Complaints:
    return parts.complaints(client)


COMPLAINTS = Part(_complaints, Complaint)


@app.command("raise")
@COMPLAINTS.recording
def raise_command(
    account: Annotated[str, typer.Option(help="The account that complains.")],
    text: Words,
    owner: Annotated[str | None, typer.Option(metavar="PERSON", help="Who deals with it. [who records it]")] = None,
    opportunity: Annotated[str | None, typer.Option("--sale", help="The sale it is about.")] = None,
    contact: Annotated[str | None, typer.Option(help="Who complained, an opaque id.")] = None,
    title: Annotated[str, typer.Option(help="A name for it.")] = "",
) -> Ask:
    """A customer complains: the first step is due at once. Choose an id for it."""
    return lambda part, complaint, said: part.raise_(
        complaint, account, owner or said["actor"], text, opportunity=opportunity, contact=contact, title=title, **said
    )


@app.command()
@COMPLAINTS.recording
def step(
    which: Annotated[
        StepId, typer.Argument(metavar="STEP", help="listen, apologise, collect, propose, ask, follow_up.")
    ],
    text: Words,
    accepted: Accepted = None,
) -> Ask:
    """A step was taken. One out of turn is refused, with the one whose turn it is."""
    return lambda part, complaint, said: part.step(complaint, which, text, accepted, **said)


@app.command()
@COMPLAINTS.recording
def propose(
    text: Words,
    approved_by: Annotated[
        str | None,
        typer.Option("--approved-by", metavar="PERSON", help="The superior whose it is, once one was refused."),
    ] = None,
) -> Ask:
    """A solution was proposed: the step propose."""
    return lambda part, complaint, said: part.propose(complaint, text, approved_by, **said)


@app.command()
@COMPLAINTS.recording
def view(
    text: Words,
    accepted: Annotated[bool, typer.Option("--accepted/--refused", help="Whether the customer accepts.")],
) -> Ask:
    """The customer's own view: the step ask. A refused proposal goes to a superior, who makes another."""
    return lambda part, complaint, said: part.view(complaint, text, accepted, **said)


@app.command()
@COMPLAINTS.recording
def close(text: Annotated[str, typer.Option("--text", help="How it ended; no personal data.")] = "") -> Ask:
    """It is settled. Refused before the customer's own view is known and a follow-up was made."""
    return lambda part, complaint, said: part.close(complaint, text, **said)


@app.command()
@COMPLAINTS.recording
def reopen(reason: Annotated[str, typer.Option("--reason", help="Why.")]) -> Ask:
    """It comes back, with all its steps."""
    return lambda part, complaint, said: part.reopen(complaint, reason, **said)


@app.command("hand-over")
@COMPLAINTS.recording
def hand_over(
    owner: Annotated[str, typer.Option("--to", metavar="PERSON", help="Who deals with it from now on.")],
) -> Ask:
    """Somebody else deals with it, and is told of the step that waits."""
    return lambda part, complaint, said: part.hand_over(complaint, owner, **said)


@app.command("list")
def list_command(
    account: Annotated[str | None, typer.Option(help="Of this account only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also closed ones.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """The open complaints, what comes next and until when; with --all every one."""

    async def read(parts: bootstrap.Engine) -> list[dict[str, Any]]:
        if not (found := await parts.lists.complaints(account, everything=everything)):
            await parts.lists.look_for(account=account)
        return found

    found, zone = _look(read)
    terms: dict[str, Terms] = {"life": COMPLAINT_LIFE_TERMS, "step": STEP_TERMS}
    if output == "table":
        found = [{**row, "answer_by": _local(row["answer_by"], zone), "missed": row["missed"] or None} for row in found]
        terms["owner"] = names()
    show(found, _HEADINGS, output, language(speaks), terms)


@app.command("show")
def show_one(complaint: Complaint, output: OutputOption = "table", speaks: LanguageOption = None) -> None:
    """One complaint: what was said and done when, by whom, and what comes next."""

    async def read(parts: bootstrap.Engine) -> dict[str, Any]:
        rows = await parts.lists.complaints(complaint=complaint, everything=True)
        if not rows:
            raise NotFound.of("complaint_unknown", id=complaint)
        namespace = parts.store.namespace
        told = await parts.store.read(lambda connection: _told(connection, namespace, complaint))
        return {**rows[0], "told": told}

    row, zone = _look(read)
    tell(row, output, _lines(row, zone, names() if output == "table" else {}, language(speaks)))


def _look(read: Callable[[bootstrap.Engine], Awaitable[T]]) -> tuple[T, ZoneInfo]:
    """Read, no server is needed; and the zone of the calendar by which complaints live."""

    async def whole() -> tuple[T, ZoneInfo]:
        async with bootstrap.engine(new=False) as parts:
            zone = parts.calendars.spec((await parts.policies.policy()).calendar).zone
            return await read(parts), ZoneInfo(zone)

    return run(whole())


def _told(connection: Connection, namespace: str, complaint: str) -> list[dict[str, Any]]:
    """What was said and done, in order; that a step fell due is no news."""
    from stagemark.domain.entries import Stream
    from stagemark.readmodel.books import stored_entries

    return [
        {
            **entry.fact.model_dump(mode="json", exclude_unset=True),
            "kind": entry.kind,
            "sequence": entry.sequence,
            "at": entry.observed_at.instant or entry.recorded_at,
            "actor": entry.actor,
        }
        for entry in stored_entries(connection, namespace, Stream(stream="complaint", id=complaint))
        if entry.kind != "task_due"
    ]


def _lines(row: Mapping[str, Any], zone: ZoneInfo, called: Terms, speaks: Language) -> list[str]:
    zh, owner = speaks == "zh", term(called, row["owner"], speaks)
    life = term(COMPLAINT_LIFE_TERMS, row["life"], speaks)
    about = (row["id"], row["title"], row["account"], row["opportunity"], owner, life)
    lines = [" · ".join(filter(None, about))]
    for told in row["told"]:
        if told["kind"] == "take_step":
            said = STEP_TERMS[told["step"]][zh]
            if told.get("accepted") is not None:
                said = noted(said, _WORDS["accepted" if told["accepted"] else "refused"][zh], speaks)
            if superior := told.get("approved_by"):
                said = noted(said, _WORDS["approved"][zh].format(superior=term(called, superior, speaks)), speaks)
        else:
            said = _WORDS[told["kind"]][zh].format(owner=term(called, told.get("owner", ""), speaks))
        words = told.get("text") or told.get("reason") or ""
        said = paired(said, words, speaks) if words else said
        lines.append(f"  {_local(told['at'], zone)}  {term(called, told['actor'], speaks)}  {said}")
    if row["life"] == "open":
        step_ = noted(row["step"], STEP_TERMS[row["step"]][zh], speaks) if row["step"] else ""
        until = _local(row["answer_by"], zone)  # none before working hours begin, and once it is late
        late = row["told"][-1]["kind"] == "task_missed"
        how = "done" if not row["step"] else "until" if until else "late" if late else "next"
        lines.append(_WORDS[how][zh].format(step=step_, until=until))
    return lines


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else None

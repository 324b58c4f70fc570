"""The commands `delivery …`: production to training as milestones; whether the customer is supplied (domain.md §3)."""

from __future__ import annotations

from typing import Annotated

import typer

from stagemark.cli.common import LanguageOption, language
from stagemark.cli.listing import ListOutput, show
from stagemark.cli.neighbours import COLLECTIONS, ApprovedBy, Ask, OnDay, day_of, listed
from stagemark.cli.recording import Reason
from stagemark.domain.contract import MILESTONES, MilestoneId
from stagemark.texts.tasks_collection import MILESTONE_TERMS

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="What is to be delivered: planned, reached, late; supply stopped.")

Milestone = Annotated[MilestoneId, typer.Argument(metavar="MILESTONE", help=", ".join(MILESTONES))]

_HEADINGS = {
    "id": ("Sale", "商机"),
    "milestone": ("Milestone", "里程碑"),
    "planned": ("Planned", "计划日"),
    "reached": ("Reached", "完成日"),
    "late": ("Days late", "延误天数"),
}

_UNPLANNED = {"unplanned": ("not planned", "未计划")}


@app.command()
@COLLECTIONS.recording
def plan(milestone: Milestone, on: OnDay, reason: Reason) -> Ask:
    """Plan a milestone, or move it to another day."""
    day = day_of(on)
    return lambda part, sale, said: part.plan(sale, milestone, day, reason, **said)


@app.command()
@COLLECTIONS.recording
def reach(
    milestone: Milestone,
    on: OnDay,
    text: Annotated[str, typer.Option("--text", help="In words; no personal data.")] = "",
) -> Ask:
    """A milestone was reached; told again with another day, it corrects the day."""
    day = day_of(on)
    return lambda part, sale, said: part.reach(sale, milestone, day, text, **said)


@app.command()
@COLLECTIONS.recording
def stop(approved_by: ApprovedBy, reason: Reason) -> Ask:
    """Supply the customer no more for now."""
    return lambda part, sale, said: part.stop_supply(sale, approved_by, reason, **said)


@app.command()
@COLLECTIONS.recording
def resume(approved_by: ApprovedBy, reason: Reason) -> Ask:
    """Supply the customer again."""
    return lambda part, sale, said: part.resume_supply(sale, approved_by, reason, **said)


@app.command("list")
def list_command(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only what is late and not reached.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """What is to be delivered when, what has been, and how late it is."""
    found = listed(lambda lists: lists.milestones(sale), sale=sale)
    if late:
        found = [row for row in found if row["late"] and row["reached"] is None]
    if output == "table":  # what an instalment waits for, and nobody has planned
        found = [row if row["planned"] or row["reached"] else {**row, "planned": "unplanned"} for row in found]
    show(found, _HEADINGS, output, language(speaks), {"milestone": MILESTONE_TERMS, "planned": _UNPLANNED})

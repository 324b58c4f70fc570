"""The commands `promise …`: what a customer promises to pay, and what became of it (domain.md §3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from stagemark.cli.common import LanguageOption, language
from stagemark.cli.listing import ListOutput, show
from stagemark.cli.neighbours import (
    COLLECTIONS,
    Ask,
    Instalment,
    UntilDay,
    day_of,
    listed,
    number_of,
)
from stagemark.texts.tasks_collection import KIND_TERMS, PROMISE_TERMS

__all__ = ["app", "shown"]

app = typer.Typer(no_args_is_help=True, help="Promises to pay: until their day the instalment is left alone.")

_HEADINGS = {
    "id": ("Sale", "商机"),
    "instalment": ("Instalment", "分期"),
    "on": ("Given", "承诺日"),
    "until": ("Until", "付款期限"),
    "amount": ("Amount", "金额"),
    "by": ("Collected by", "当时催收方式"),
    "outcome": ("Outcome", "结果"),
}


@app.command()
@COLLECTIONS.recording
def make(
    instalment: Instalment,
    until: UntilDay,
    amount: Annotated[str | None, typer.Option(metavar="NUMBER", help="How much of it. [all]")] = None,
    approved_by: Annotated[
        str | None, typer.Option("--approved-by", metavar="PERSON", help="Who allows a day later than the policy does.")
    ] = None,
) -> Ask:
    """The customer promises to pay an instalment by a day; broken, it is collected one step harder."""
    day = day_of(until, "--until")
    part_of: Decimal | None = number_of(amount) if amount else None
    return lambda part, sale, said: part.promise(sale, instalment, day, part_of, approved_by=approved_by, **said)


@app.command("list")
def list_command(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was kept, broken, or replaced.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """The promises that hold or, with --all, every one and what became of it."""
    found = listed(lambda lists: lists.promises(sale, everything=everything), sale=sale)
    if output == "table":
        on = listed(lambda lists: lists.today())
        found = [shown(row, on) for row in found]
    show(found, _HEADINGS, output, language(speaks), {"by": KIND_TERMS, "outcome": PROMISE_TERMS})


def shown(row: dict[str, Any], on: date) -> dict[str, Any]:
    """For people, on a day: the engine looks in working hours whether it was kept, but its day is over before."""
    over = row["outcome"] == "open" and row["until"] < on
    return {**row, "outcome": "over"} if over else row

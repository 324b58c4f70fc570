"""The commands `dispute …`: what a customer refuses to pay for a reason that lies with us; threats (domain.md §3)."""

from __future__ import annotations

from typing import Annotated

import typer

from stagemark.cli.common import LanguageOption, language
from stagemark.cli.listing import ListOutput, show
from stagemark.cli.neighbours import COLLECTIONS, Ask, Instalment, listed

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Disputes: that instalment is left alone, and a complaint is opened.")

Words = Annotated[str, typer.Option("--text", help="In the customer's words; no personal data.")]

_HEADINGS = {
    "id": ("Sale", "商机"),
    "instalment": ("Instalment", "分期"),
    "complaint": ("Complaint", "投诉"),
    "on": ("Since", "提出日"),
    "over": ("Over", "结束日"),
}


@app.command("open")
@COLLECTIONS.recording
def open_command(
    instalment: Instalment,
    text: Words,
    contact: Annotated[str | None, typer.Option(help="Who said so, an opaque id.")] = None,
) -> Ask:
    """The customer disputes an instalment: it is left alone, and a complaint opens."""
    return lambda part, sale, said: part.dispute(sale, instalment, text, contact, **said)


@app.command()
@COLLECTIONS.recording
def end(
    instalment: Instalment,
    text: Annotated[str, typer.Option("--text", help="How it ended; no personal data.")] = "",
) -> Ask:
    """Close the complaint about it: collecting goes on. Refused with the steps of the complaint that are left."""
    return lambda part, sale, said: part.end_dispute(sale, instalment, text, **said)


@app.command()
@COLLECTIONS.recording
def threat(text: Words) -> Ask:
    """The customer threatens: it is proposed to stop supply."""
    return lambda part, sale, said: part.threaten(sale, text, **said)


@app.command("list")
def list_command(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is over.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """The disputes that hold, and the complaint that each has opened."""
    found = listed(lambda lists: lists.disputes(sale, everything=everything), sale=sale)
    show(found, _HEADINGS, output, language(speaks))

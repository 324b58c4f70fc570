"""The commands `follow-up …`: contacts after the contract, promises, satisfaction, orders (domain.md §5)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from stagemark.cli.common import LanguageOption, OutputOption, amount_of, language
from stagemark.cli.listing import ListOutput, labelled, show
from stagemark.cli.neighbours import AFTERCARE, OnDay, UntilDay, day_of, listed
from stagemark.cli.recording import Actor, Key, ObservedAt, Sale
from stagemark.domain.aftercare.policy import Way
from stagemark.texts.tasks_aftercare import FOLLOW_UP_TERMS, HOW_TERMS, STATUS_TERMS, contact_text
from stagemark.texts.terms import ROLE_TERMS

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Contacts after the contract: planned, promised, made, evaluated.")

Item = Annotated[str, typer.Argument(metavar="ITEM", help="Its name, as `follow-up list` gives it.")]
Words = Annotated[str, typer.Option("--text", help="In words; no personal data.")]

_HEADINGS = {
    "id": ("Sale", "商机"),
    "day": ("Day", "日期"),
    "until": ("Until", "期限"),
    "item": ("Item", "事项"),
    "kind": ("Kind", "类别"),
    "how": ("How", "方式"),
    "to": ("Who", "由谁"),
    "status": ("Status", "状态"),
    "entry": ("Entry", "记录号"),
    "outcome": ("Outcome", "结果"),
}
_TERMS = {"kind": FOLLOW_UP_TERMS, "how": HOW_TERMS, "to": ROLE_TERMS, "status": STATUS_TERMS}


@app.command("list")
def list_command(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is settled.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """What is planned, due, missed or, with --all, settled."""
    found = listed(lambda lists: lists.follow_ups(sale, everything=everything), sale=sale)
    speech = language(speaks)
    if output == "table":
        texts = [contact_text(row["item"], row["text"], row["params"], speech) for row in found]
        found = [{**row, "item": labelled(text, row["item"], speech)} for row, text in zip(found, texts, strict=True)]
    show(found, _HEADINGS, output, speech, _TERMS)


@app.command()
def plan(
    sale: Sale,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="A name for it.")],
    on: OnDay,
    how: Annotated[Way, typer.Option(help="In which way.")],
    actor: Actor,
    text: Words = "",
    round_: Annotated[
        str | None, typer.Option("--round", help="A round of contacts, which ends with an evaluation.")
    ] = None,
    to: Annotated[str, typer.Option(help="The role that does it.")] = "owner",
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Plan a contact."""
    day = day_of(on)
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.plan(sale, item, day, how, text=text, round=round_, to=to, **said),
        observed_at=None, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def move(
    sale: Sale,
    item: Item,
    on: OnDay,
    reason: Annotated[str, typer.Option(help="Why.")],
    actor: Actor,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Move a planned contact to another day."""
    day = day_of(on)
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.move(sale, item, day, reason, **said),
        observed_at=None, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def done(
    sale: Sale,
    item: Item,
    text: Words,
    actor: Actor,
    cancelled: Annotated[bool, typer.Option("--cancelled", help="It is not made; the text says why.")] = False,
    observed_at: ObservedAt = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """What became of a contact, whether it has fallen due or not."""
    outcome: Literal["done", "cancelled"] = "cancelled" if cancelled else "done"
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.done(sale, item, text, outcome, **said),
        observed_at=observed_at, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def evaluate(
    sale: Sale,
    round_: Annotated[str, typer.Argument(metavar="ROUND", help="The round, such as delivery.")],
    text: Words,
    actor: Actor,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Evaluate a round of contacts that is over."""
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.evaluate(sale, round_, text, **said),
        observed_at=None, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def promise(
    sale: Sale,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="A name for it.")],
    text: Words,
    until: UntilDay,
    actor: Actor,
    to: Annotated[str, typer.Option(help="The role that does it.")] = "owner",
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """What was promised in a talk becomes a task."""
    day = day_of(until, "--until")
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.promise_task(sale, item, text, day, to, **said),
        observed_at=None, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def rate(
    sale: Sale,
    score: Annotated[int, typer.Argument(metavar="SCORE", help="From 1 to the policy's best.")],
    text: Words,
    actor: Actor,
    contact: Annotated[str | None, typer.Option(help="Who said so, an opaque id.")] = None,
    observed_at: ObservedAt = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """How satisfied the customer is: a score with words."""
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.rate(sale, score, text, contact, **said),
        observed_at=observed_at, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def order(
    sale: Sale,
    number: Annotated[str, typer.Argument(metavar="ORDER", help="The order's number.")],
    on: OnDay,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="Its volume, such as 20000CNY.")],
    actor: Actor,
    product: Annotated[str | None, typer.Option(help="What was ordered, by the catalogue.")] = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """The customer ordered; by their orders their rhythm is known."""
    day, volume = day_of(on), amount_of(amount)

    def ask(care: Any, said: Any) -> Any:
        return care.order(sale, number, day, volume, product, **said)

    AFTERCARE.recorded(sale, actor, ask, observed_at=None, key=key, output=output, speaks=speaks)

"""The commands `prompt …`: cross-sell and up-sell at the right moment (domain.md §5)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

import typer

from stagemark.cli.common import LanguageOption, OutputOption, language, tell
from stagemark.cli.listing import ListOutput, labelled, show, show_problems
from stagemark.cli.neighbours import AFTERCARE, day_of, listed
from stagemark.cli.recording import Actor, Key, ObservedAt, Sale, said
from stagemark.domain.catalogue import Suggestion
from stagemark.errors import InvalidInput
from stagemark.texts.language import Language
from stagemark.texts.tasks_aftercare import PROMPT_TERMS
from stagemark.texts.terms import paired

__all__ = ["app", "linked"]

app = typer.Typer(no_args_is_help=True, help="Cross-sell and up-sell: what to suggest, when, and what became of it.")

Prompt = Annotated[str, typer.Argument(metavar="PROMPT", help="The prompt, as `prompt list` gives it.")]
Words = Annotated[str, typer.Option("--text", help="What the customer said; no personal data.")]
Named = Annotated[str, typer.Argument(metavar="SUGGESTION|PRODUCT", help="What to suggest.")]

_WORDS = {
    "link": ("link", "关联"),
    "reason": ("reason", "理由"),
    "ask": ("ask", "请求"),
    "fits": ("Nothing stands in the way of a prompt.", "现在可以推荐。"),
    "none": ("The catalogue suggests nothing for that.", "产品目录没有可推荐的内容。"),
    "for": ("for {account}", "推荐给 {account}"),
}
_SUGGESTED = {
    "id": ("Suggestion", "推荐"),
    "relation": ("Relation", "关系"),
    "of": ("Of", "源自"),
    "product": ("Product", "产品"),
    "account": ("For", "推荐给"),
    "label": ("Name", "名称"),
    "link": ("Link", "关联"),
    "reason": ("Reason", "理由"),
    "ask": ("Ask", "请求"),
}
_PARTS = ("label", "link", "reason", "ask")
_HEADINGS = {
    "id": ("Sale", "商机"),
    "prompt": ("Prompt", "推荐"),
    "product": ("Product", "产品"),
    "for_account": ("For", "推荐给"),
    "made_on": ("Made", "提出"),
    "status": ("Status", "状态"),
    "answered_on": ("Answered", "答复"),
    "until": ("Not before", "此前不再提起"),
    "answer": ("Answer", "答复内容"),
    "opened": ("Opened", "已建商机"),
}


@app.command()
def suggest(
    product: Annotated[list[str], typer.Argument(metavar="PRODUCT…", help="What the customer is about to buy.")],
    quantity: Annotated[int, typer.Option(min=1, help="How many.")] = 1,
    sale: Annotated[str | None, typer.Option(help="For the order of this sale, which notes it.")] = None,
    actor: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", envvar="STAGEMARK_ACTOR", help="Who notes it.")
    ] = None,
    key: Key = None,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """What goes with an order that is not signed yet: the add-on sale of the fifth stage."""
    if sale and not actor:
        raise InvalidInput.of("actor_missing", "--as")

    async def work(care: Any) -> tuple[Suggestion, ...]:
        found: tuple[Suggestion, ...]
        if sale:
            found = await care.add_on(sale, *product, quantity=quantity, **said(actor or "", None, key, None, speaks))
        else:
            found = await care.suggest(*product, quantity=quantity)
        return found

    found = AFTERCARE.use(work)
    speech = language(speaks)
    plain = {"suggestions": [one.model_dump(mode="json", exclude_none=True) for one in found]}
    if output == "csv":
        rows = [
            {**one.model_dump(), **{part: getattr(getattr(one, part), speech, None) for part in _PARTS}}
            for one in found
        ]
        show(rows, _SUGGESTED, output, speech)
    else:
        tell(plain, output, [line for one in found for line in _lines(one, speech)] or [_WORDS["none"][speech == "zh"]])


def _lines(one: Suggestion, speaks: Language) -> list[str]:
    zh = speaks == "zh"
    whom = f" {_WORDS['for'][zh].format(account=one.account)}" if one.account else ""
    lines = [paired(one.id, f"{getattr(one.label, speaks)}{whom}", speaks)]
    for name in ("link", "reason", "ask"):
        if (text := getattr(one, name)) is not None:
            lines.append(paired(f"  {_WORDS[name][zh]}", getattr(text, speaks), speaks))
    return lines


@app.command("list")
def list_command(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """The prompts that were made, and what became of them."""
    found = listed(lambda lists: lists.prompts(sale), sale=sale)
    speech = language(speaks)
    if output == "table":
        found = [{**row, "product": labelled(row["words"]["label"][speech], row["product"], speech)} for row in found]
    show(found, _HEADINGS, output, speech, {"status": PROMPT_TERMS})


@app.command("why-not")
def why_not(
    sale: Sale,
    named: Annotated[str | None, typer.Argument(metavar="[SUGGESTION|PRODUCT]", help="This one.")] = None,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """Every reason why no prompt is right now."""
    speech = language(speaks)
    problems = AFTERCARE.use(lambda care: care.why_no_prompt(sale, named))
    show_problems(problems, _WORDS["fits"][speech == "zh"], output, speech)


@app.command()
def make(
    sale: Sale,
    named: Named,
    actor: Actor,
    reason: Annotated[str | None, typer.Option(help="Why it fits this customer, in your words.")] = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Make a prompt of yourself; refused with every reason where it is not the moment."""
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.make_prompt(sale, named, reason, **said),
        observed_at=None, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def answer(
    sale: Sale,
    prompt: Prompt,
    answer: Annotated[Literal["accepted", "declined", "later"], typer.Argument(help="What the customer said.")],
    text: Words,
    actor: Actor,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Not again before this day.")] = None,
    opens: Annotated[
        str | None, typer.Option("--open", metavar="SALE", help="Of an accepted one: the new sale's id.")
    ] = None,
    playbook: Annotated[
        str, typer.Option(help="Of the new sale: a shipped playbook's id, or a file.")
    ] = "key-account-six",
    owner: Annotated[str | None, typer.Option(help="Of the new sale.")] = None,
    title: Annotated[str, typer.Option(help="Of the new sale; no personal data.")] = "",
    observed_at: ObservedAt = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """What the customer said to a prompt; an accepted one opens a linked sale with what is known already."""
    day = day_of(until, "--until") if until else None
    accepted = answer == "accepted"
    if accepted is not bool(opens):
        raise InvalidInput.of("prompt_opens_sale", "--open")
    if accepted and day:
        raise InvalidInput.of("prompt_accepted_until", "--until")

    def ask(care: Any, said: Any) -> Any:
        if accepted:
            return care.accept_prompt(sale, prompt, text, linked(opens, playbook, owner, title), **said)
        return care.answer_prompt(sale, prompt, cast(Any, answer), text, day, **said)

    AFTERCARE.recorded(sale, actor, ask, observed_at=observed_at, key=key, output=output, speaks=speaks)


def linked(opens: str | None, playbook: str, owner: str | None, title: str) -> Any:
    """The sale that is opened.

    Raises:
        InvalidInput: `linked_sale_missing`: it has no id.
    """
    from stagemark.clients.aftercare import Linked
    from stagemark.playbooks.load import find_playbook

    if not opens:
        raise InvalidInput.of("linked_sale_missing", "--open")
    return Linked(opens, find_playbook(playbook), owner, title)

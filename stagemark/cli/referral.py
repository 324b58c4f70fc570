"""The commands `referral …`: asking for names in four steps, and what came of them (domain.md §5)."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from stagemark.cli.common import LanguageOption, OutputOption, language, tell
from stagemark.cli.listing import ListOutput, money, show, show_problems
from stagemark.cli.neighbours import AFTERCARE, listed
from stagemark.cli.prompt import linked
from stagemark.cli.recording import Actor, Key, ObservedAt, Sale
from stagemark.domain.aftercare.commands import SIGNS
from stagemark.domain.aftercare.policy import ReferralStep
from stagemark.texts.tasks_aftercare import SIGN_TERMS
from stagemark.texts.terms import LIFE_TERMS

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Referrals: asked for after payment and satisfaction, in four steps.")

Words = Annotated[str, typer.Option("--text", help="What came of it; no personal data.")]

_FITS = ("Nothing stands in the way of asking.", "现在可以请求转介绍。")
_EARNED = ("Earned: {amounts}", "已带来：{amounts}")
_NOTHING = ("nothing yet", "尚无")
_CENTRES = {
    "contact": ("Contact", "联系人"),
    "account": ("Account", "客户"),
    "signs": ("Signs", "特征"),
    "named": ("Names given", "已介绍"),
    "earned": ("Earned", "带来金额"),
}
_CHAIN = {
    "depth": ("Link", "层级"),
    "opportunity": ("Sale", "商机"),
    "account": ("Account", "客户"),
    "by": ("By", "来由"),
    "id": ("Who or what", "来源"),
    "life": ("State", "状态"),
    "amount": ("Contract", "合同金额"),
    "currency": ("Currency", "币种"),
}
_BY = {
    "referral": ("referral", "转介绍"),
    "prompt": ("prompt", "推荐"),
    "repurchase": ("repurchase", "复购"),
}


@app.command()
def step(
    sale: Sale,
    step: Annotated[ReferralStep, typer.Argument(help="Which of the four.")],
    text: Words,
    actor: Actor,
    unwilling: Annotated[
        bool, typer.Option("--unwilling", help="The customer does not want to; it is left for a while.")
    ] = False,
    observed_at: ObservedAt = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """A step was taken."""
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.referral_step(sale, step, text, not unwilling, **said),
        observed_at=observed_at, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command()
def name(
    sale: Sale,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The prospect, a new account's id.")],
    contact: Annotated[str, typer.Option("--by", metavar="CONTACT", help="Who named it, an opaque id.")],
    opens: Annotated[str, typer.Option("--open", metavar="SALE", help="The new sale's id.")],
    actor: Actor,
    playbook: Annotated[
        str, typer.Option(help="Of the new sale: a shipped playbook's id, or a file.")
    ] = "key-account-six",
    owner: Annotated[str | None, typer.Option(help="Of the new sale.")] = None,
    title: Annotated[str, typer.Option(help="Of the new sale; no personal data.")] = "",
    text: Words = "",
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """The customer names a prospect: a linked sale is opened. Refused for a customer that we have."""

    def ask(care: Any, said: Any) -> Any:
        return care.give_name(sale, account, contact, linked(opens, playbook, owner, title), text, **said)

    AFTERCARE.recorded(sale, actor, ask, observed_at=None, key=key, output=output, speaks=speaks)


@app.command()
def sign(
    sale: Sale,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="An opaque id.")],
    signs: Annotated[list[str], typer.Argument(metavar="SIGN…", help=f"Those that it shows, of {', '.join(SIGNS)}.")],
    actor: Actor,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Which signs of a referral centre a contact shows."""
    AFTERCARE.recorded(
        sale, actor, lambda care, said: care.rate_referrer(sale, contact, cast(Any, signs), **said),
        observed_at=None, key=key, output=output, speaks=speaks,
    )  # fmt: skip


@app.command("why-not")
def why_not(sale: Sale, output: ListOutput = "table", speaks: LanguageOption = None) -> None:
    """Every reason why a referral is not to be asked for now."""
    speech = language(speaks)
    problems = AFTERCARE.use(lambda care: care.why_no_referral(sale))
    show_problems(problems, _FITS[speech == "zh"], output, speech)


@app.command()
def centres(
    account: Annotated[str | None, typer.Option(help="Of this account only.")] = None,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """Who can refer us, the best first: by the four signs, then by names given."""
    found = listed(lambda lists: lists.referral_centres(account), account=account)
    rows = [{**one._asdict(), "earned": _amounts(one.earned) if output == "table" else one.earned} for one in found]
    show(rows, _CENTRES, output, language(speaks), {"signs": SIGN_TERMS})


@app.command()
def chain(sale: Sale, output: ListOutput = "table", speaks: LanguageOption = None) -> None:
    """The sales that came from one, directly or through others, and what they have earned."""
    from stagemark.readmodel.growth import earned

    found = listed(lambda lists: lists.referral_chain(sale), sale=sale)
    speech = language(speaks)
    rows = [one._asdict() for one in found]
    headings = _CHAIN
    if output == "table":
        headings = {name: heading for name, heading in _CHAIN.items() if name != "currency"}
        rows = [{**row, "amount": money(row["amount"], row["currency"]) if row["amount"] else None} for row in rows]
    show(rows, headings, output, speech, {"life": LIFE_TERMS, "by": _BY})
    if output == "table":
        amounts = _amounts(earned(found)) or _NOTHING[speech == "zh"]
        tell({}, output, [_EARNED[speech == "zh"].format(amounts=amounts)])


def _amounts(sums: Any) -> str:
    return ", ".join(money(amount, currency) for currency, amount in sums.items())

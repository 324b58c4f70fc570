"""The commands `payment …`: what a person enters for a sale, what a bank reports to an account, what waits there.

What a person enters for a wrong instalment is refused; what a bank reports never is (domain.md §3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer

from stagemark.cli.account import ACCOUNTS
from stagemark.cli.common import LanguageOption, amount_of, language
from stagemark.cli.listing import ListOutput, money, show
from stagemark.cli.neighbours import COLLECTIONS, Ask, OnDay, day_of, listed, number_of
from stagemark.cli.recording import Reason
from stagemark.errors import InvalidInput
from stagemark.texts.language import Language
from stagemark.texts.terms import clauses

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Payments: entered by a person, reported by a bank, waiting, assigned.")

Payment = Annotated[str, typer.Argument(metavar="PAYMENT", help="Its id, such as the bank's reference.")]
Money = Annotated[str, typer.Option("--amount", metavar="AMOUNT", help="Such as 60000CNY.")]
SomeMoney = Annotated[str | None, typer.Option("--amount", metavar="NUMBER", help="How much of it. [all that fits]")]
For = Annotated[
    list[str] | None, typer.Option("--for", metavar="INSTALMENT", help="For which, in this order. [the oldest first]")
]

_HEADINGS = {
    "id": ("Account", "客户"),
    "payment": ("Payment", "到账"),
    "on": ("Received", "到账日"),
    "amount": ("Amount", "金额"),
    "currency": ("Currency", "币种"),
    "waiting": ("Waiting", "待分配"),
    "placed": ("Placed", "已分配"),
    "returned": ("Returned", "已退回"),
    "places": ("At", "分配到"),
    "reference": ("Reference", "附言"),
    "payer": ("Payer", "付款方"),
    "note": ("Note", "备注"),
}
_SHOWN = {name: _HEADINGS[name] for name in ("id", "payment", "on", "amount", "waiting", "places", "returned")} | {
    "reference": ("Payer, reference", "付款方、附言"),
    "note": _HEADINGS["note"],
}
_WORDS = {
    "reversed": ("the bank took it back", "银行已退票"),
    "kept": ("kept: {kept}", "留存：{kept}"),
    "differs": ("reported as {differs} with other content", "与 {differs} 编号相同但内容不同"),
    "by_hand": ("of it {by_hand} were entered by hand", "其中 {by_hand} 为手工登记"),
}


# -- a person


@app.command()
@COLLECTIONS.recording
def enter(
    payment: Payment,
    amount: Money,
    on: OnDay,
    instalments: For = None,
    allocate: Annotated[
        list[str] | None, typer.Option(metavar="INSTALMENT=NUMBER", help="How much for which; it adds up. Repeat it.")
    ] = None,
) -> Ask:
    """Enter a payment for a sale. Refused where it does not fit, with what to do instead."""
    money, day = amount_of(amount), day_of(on)
    parts = _parts(allocate or ())
    return lambda part, sale, said: part.enter_payment(
        sale, payment, money, day, instalments=instalments or (), allocation=parts or None, **said
    )


def _parts(texts: Sequence[str]) -> dict[str, Decimal]:
    """How much is for which instalment: each is named once, for else one of two amounts would be left out."""
    parts: dict[str, Decimal] = {}
    for text in texts:
        name, sign, number = text.rpartition("=")
        if not sign or not name.strip():
            raise InvalidInput.of("allocation_unreadable", "--allocate", text=text)
        if (known := parts.get(name.strip())) is not None:
            raise InvalidInput.of("allocation_twice", "--allocate", instalment=name, first=str(known), second=number)
        parts[name.strip()] = number_of(number, "--allocate")
    return parts


@app.command()
@COLLECTIONS.recording
def reverse(payment: Payment, reason: Reason) -> Ask:
    """Take back what was entered or placed wrongly at a sale; what came from a bank goes back to the account."""
    return lambda part, sale, said: part.reverse_payment(sale, payment, reason, **said)


# -- a bank


@app.command()
@ACCOUNTS.recording
def report(
    payment: Payment,
    amount: Money,
    on: OnDay,
    reference: Annotated[str, typer.Option(help="What the payer wrote; it may name contracts.")] = "",
    payer: Annotated[str, typer.Option(help="Who paid, as the bank says.")] = "",
) -> Ask:
    """A bank reports money that came in. Never refused: it goes where it belongs, or waits at the account."""
    money, day = amount_of(amount), day_of(on)
    return lambda part, account, said: part.report(
        account, payment, money, day, reference=reference, payer=payer, **said
    )


@app.command()
@ACCOUNTS.recording
def bounced(payment: Payment, on: OnDay, text: Annotated[str, typer.Option(help="What the bank says.")] = "") -> Ask:
    """The bank took a payment back: the debts that it paid are open again. Never refused."""
    day = day_of(on)
    return lambda part, account, said: part.bounced(account, payment, day, text, **said)


# -- what waits


@app.command()
@ACCOUNTS.recording
def assign(
    payment: Payment,
    opportunity: Annotated[str, typer.Argument(metavar="SALE", help="One of the account's signed sales.")],
    amount: SomeMoney = None,
    instalments: For = None,
    entered: Annotated[
        bool, typer.Option("--entered", help="Somebody has entered the same money there by hand, under the same id.")
    ] = False,
) -> Ask:
    """Place money that waits at a sale: all that is owed there, or some of it."""
    some = number_of(amount) if amount else None
    return lambda part, account, said: part.assign(
        account, payment, opportunity, some, instalments=instalments or (), entered=entered, **said
    )


@app.command()
@ACCOUNTS.recording
def refund(payment: Payment, reason: Reason, amount: SomeMoney = None) -> Ask:
    """Money that waits was paid back."""
    some = number_of(amount) if amount else None
    return lambda part, account, said: part.refund(account, payment, reason, some, **said)


@app.command()
@ACCOUNTS.recording
def keep(payment: Payment, reason: Reason) -> Ask:
    """Keep money that waits as a credit balance; it can still be assigned or refunded."""
    return lambda part, account, said: part.keep(account, payment, reason, **said)


@app.command()
def waiting(
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Of this account only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is placed or returned.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """Money that waits at accounts or, with --all, every payment that came in and where it is."""
    found = listed(lambda lists: lists.payments(account, everything=everything), account=account)
    speech = language(speaks)
    found = [{**row, "note": _note(row, speech)} for row in found]
    if output == "table":
        show([_said(row) for row in found], _SHOWN, output, speech)
    else:
        show(found, _HEADINGS, output, speech)


def _note(row: Mapping[str, Any], speech: Language) -> str:
    zh = speech == "zh"
    notes = [name for name in ("reversed", "kept", "differs") if row[name]]
    notes += ["by_hand"] if Decimal(row["by_hand"]) else []
    return clauses((_WORDS[name][zh].format(**row) for name in notes), speech)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """For people: what is zero is left out, and who paid stands before what they wrote."""
    return {
        **row,
        "amount": money(row["amount"], row["currency"]),
        "waiting": money(row["waiting"]),
        "returned": money(row["returned"]),
        "places": [f"{sale} {money(amount)}" for sale, amount in row["places"].items()],
        "reference": ": ".join(filter(None, (row["payer"], row["reference"]))),
    }

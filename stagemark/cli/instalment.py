"""The commands `instalment …`: what is owed, what became of it, and what somebody decides about it (domain.md §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stagemark.cli.common import LanguageOption, OutputOption, language, tell
from stagemark.cli.listing import ListOutput, money, show
from stagemark.cli.neighbours import COLLECTIONS, ApprovedBy, Ask, Instalment, listed, names
from stagemark.cli.receivables import held
from stagemark.cli.recording import Reason, Sale
from stagemark.domain.collection.policy import DebtorType
from stagemark.domain.collection.receivables import promise_said
from stagemark.reports.instalment import lines_of
from stagemark.texts.receivables import HELD
from stagemark.texts.tasks_collection import BECAME_TERMS, KIND_TERMS, TYPE_TERMS

if TYPE_CHECKING:
    from stagemark.texts.language import Language

__all__ = ["app", "shown"]

app = typer.Typer(no_args_is_help=True, help="Instalments: what is owed, what became of it, write-off, legal action.")

_HEADINGS = {
    "id": ("Sale", "商机"),
    "instalment": ("Instalment", "分期"),
    "type": ("Type", "类别"),
    "due": ("Due", "到期日"),
    "amount": ("Amount", "金额"),
    "paid": ("Paid", "已付"),
    "outstanding": ("Owed", "欠款"),
    "currency": ("Currency", "币种"),
    "became": ("Status", "状态"),
    "by": ("Collected by", "已用催收方式"),
    "promised_until": ("Promised", "承诺"),
    "disputed": ("Disputed", "争议"),
}
_OUTCOMES = {
    "id": ("Sale", "商机"),
    "instalment": ("Instalment", "分期"),
    "amount": ("Amount", "金额"),
    "currency": ("Currency", "币种"),
    "became": ("Became", "结果"),
    "due": ("Due", "到期日"),
    "settled": ("On", "结清日"),
    "late": ("Days late", "逾期天数"),
    "by": ("By", "方式"),
    "contacts": ("Contacts", "催收次数"),
    "written_off": ("Written off", "核销"),
    "written_off_by": ("Approved by", "批准人"),
}
_STEPS = {
    "by": ("By", "方式"),
    "currency": ("Currency", "币种"),
    "count": ("Instalments", "笔数"),
    "paid": ("Collected", "收回"),
    "written_off": ("Written off", "核销"),
}
_SHOWN = {
    **{name: _HEADINGS[name] for name in ("id", "instalment", "type", "due", "amount", "outstanding", "became", "by")},
    "held": HELD["heading"],
}
_SHOWN_OUTCOMES = {name: heading for name, heading in _OUTCOMES.items() if name != "currency"}
_UNASKED = {"unasked": ("unasked", "未催收")}
_TERMS = {"type": TYPE_TERMS, "became": BECAME_TERMS, "by": {**KIND_TERMS, **_UNASKED}}


@app.command("list")
def list_command(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is settled.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """The instalments of which something is owed or, with --all, every one."""
    found = listed(lambda lists: lists.instalments(sale, everything=everything), sale=sale)
    speech = language(speaks)
    if output == "table":
        day = listed(lambda lists: lists.today())
        show([shown(row, day, speech) for row in found], _SHOWN, output, speech, _TERMS)
    else:
        show(found, _HEADINGS, output, speech)


@app.command("show")
def show_one(sale: Sale, instalment: Instalment, output: OutputOption = "table", speaks: LanguageOption = None) -> None:
    """One instalment as it stands: payments, promises, disputes, approvals, and how to deal with this debtor."""
    speech = language(speaks)
    state, one = COLLECTIONS.use(lambda part: part.instalment(sale, instalment))
    paid = {payment.id: payment.allocated[instalment] for payment in state.payments.values()
            if instalment in payment.allocated}  # fmt: skip
    whole = {
        "opportunity": sale,
        **one.model_dump(mode="json"),
        "written_off": str(one.written_off),
        "outstanding": str(one.outstanding),
        "currency": state.currency,
        "payments": {id_: str(part) for id_, part in paid.items()},
        "debtor": state.debtor,
        "tasks": [
            {"entry": number, "task": task.due.task} for number, task in state.tasks.items()
            if task.due.params.get("instalment") == instalment
        ],
    }  # fmt: skip
    if output == "json":
        tell(whole, output, [])
        return
    owed = listed(lambda lists: lists.receivables(account=state.signed.account if state.signed else None))
    owing = next((row for row in owed if (row.opportunity, row.instalment) == (sale, instalment)), None)
    tell(whole, output, lines_of(state, one, owing, names(), speech))


@app.command()
def outcomes(
    sale: Annotated[str | None, typer.Argument(metavar="[SALE]", help="Of this sale only.")] = None,
    by_step: Annotated[bool, typer.Option("--by-step", help="Only what each kind of collection has brought.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """What became of receivables: collected or written off, when, how late, and by which step."""
    from stagemark.readmodel.receivables import by_steps

    speech = language(speaks)
    settled = listed(lambda lists: lists.outcomes(sale), sale=sale)
    if by_step:
        steps = by_steps(settled)
        if output == "table":
            steps = [{**row, **{name: money(row[name]) for name in ("paid", "written_off")}} for row in steps]
        show(steps, _STEPS, output, speech, _TERMS)
        return
    found = [
        {
            **row,
            "late": max(0, (row["settled"] - row["due"]).days) if row["due"] else 0,
            "by": row["by"] or "unasked",
        }
        for row in settled
    ]
    if output == "table":
        rows = [
            {
                **row,
                "amount": money(row["amount"], row["currency"]),
                "late": row["late"] or None,
                "contacts": row["contacts"] or None,
                "written_off": money(row["written_off"]),
            }
            for row in found
        ]
        show(rows, _SHOWN_OUTCOMES, output, speech, {**_TERMS, "written_off_by": names()})
    else:
        show(found, _OUTCOMES, output, speech)


@app.command("write-off")
@COLLECTIONS.recording
def write_off(instalment: Instalment, approved_by: ApprovedBy, reason: Reason) -> Ask:
    """Give up what is outstanding; somebody approves it by name."""
    return lambda part, sale, said: part.write_off(sale, instalment, approved_by, reason, **said)


@app.command()
@COLLECTIONS.recording
def legal(instalment: Instalment, approved_by: ApprovedBy, reason: Reason) -> Ask:
    """Approve legal action for an overdue instalment, by name."""
    return lambda part, sale, said: part.approve_legal(sale, instalment, approved_by, reason, **said)


@app.command()
@COLLECTIONS.recording
def debtor(type_: Annotated[DebtorType, typer.Argument(metavar="TYPE", help="Of the five types.")]) -> Ask:
    """What type of debtor the customer is; the tactics come with each message."""
    return lambda part, sale, said: part.set_debtor(sale, type_, **said)


def shown(row: Mapping[str, Any], day: date, speech: Language) -> dict[str, Any]:
    """For people: the currency beside what is owed, and one column for what was promised and is disputed."""
    until = row["promised_until"]
    promised = promise_said(until, "over", speech) if until and until < day else until
    return {
        **row,
        "amount": money(row["amount"]),
        "outstanding": money(row["outstanding"], row["currency"]),
        "held": held({**row, "promised": promised}, speech),
    }

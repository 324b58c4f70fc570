"""The receivables table: what is owed, how old it is, and by which kind it is to be collected (domain.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from stagemark.domain.collection.agenda import due_kind, kind_on, promise_ended
from stagemark.domain.collection.policy import CollectionPolicy, DebtorType, Kind
from stagemark.domain.collection.promises import ended
from stagemark.domain.collection.state import CollectionState, Receivable
from stagemark.domain.commands import Model
from stagemark.domain.entries import Day, Entry, Reckoned
from stagemark.texts.language import Language
from stagemark.texts.money import money_text
from stagemark.texts.receivables import CELL_TERMS, HEADINGS, OUTCOME, REST, TOTAL, UNAPPROVED
from stagemark.texts.tasks_collection import KIND_TERMS, PROMISE_TERMS
from stagemark.texts.terms import noted

__all__ = [
    "CELLS",
    "Cell",
    "Owing",
    "Share",
    "Total",
    "below",
    "cells",
    "happened_on",
    "owing",
    "promise_said",
    "shares",
    "table_of",
    "totals",
]

Cell = Literal["not_due", "young_small", "young_large", "old_small", "old_large"]
CELLS: Final[tuple[Cell, ...]] = ("not_due", "young_small", "young_large", "old_small", "old_large")
"""The cells of the matrix, and what is not due yet."""
_DATED: Final = frozenset({"signed", "enter_payment", "money_placed", "money_reversed", "reach"})
MOST: Final = 40
"""So many rows a message has; the rest is in `stagemark receivables`."""


class Owing(Model):
    """One row: what is outstanding of one instalment.

    Attributes:
        account: Whose.
        customer: What that customer is called; empty: nobody has given a title.
        opportunity: Of which sale.
        title: The sale's title.
        owner: Who owns the sale.
        number: The contract's number.
        instalment: Which.
        type: Deposit, part or retention money.
        due: When it falls due, once that is known.
        overdue: Calendar days since then; none: not due yet.
        age: Its age in calendar days, as the policy counts it; none: not due yet.
        outstanding: How much is owed.
        currency: In which currency.
        cell: Its cell of the matrix.
        by: The kind of collection that is due; it is never softer than it was, but while an exempt account is spared.
        approved: Whether legal action is approved.
        promised: Until when the customer has promised to pay.
        broken: Until when they had promised last, and have not paid.
        disputed: The complaint that pauses it.
        debtor: The customer's type of debtor.
        contacted: When somebody was last asked to contact the customer about it.
    """

    account: str
    customer: str
    opportunity: str
    title: str
    owner: str
    number: str
    instalment: str
    type: Literal["deposit", "part", "retention"]
    due: Reckoned | None
    overdue: int | None
    age: int | None
    outstanding: Decimal
    currency: str
    cell: Cell
    by: Kind | None
    approved: bool
    promised: Day | None
    broken: Day | None
    disputed: str | None
    debtor: DebtorType | None
    contacted: Day | None


class Total(Model):
    """What stands in one cell of the matrix, in one currency."""

    cell: Cell
    currency: str
    count: int
    outstanding: Decimal


class Share(Model):
    """What one group has of the receivables, in one currency.

    Attributes:
        group: Such as an owner; empty: none.
        currency: In which currency.
        count: How many instalments.
        outstanding: How much is owed.
        overdue: How much of it is overdue.
        cells: How much of it stands in each cell of the matrix.
    """

    group: str
    currency: str
    count: int
    outstanding: Decimal
    overdue: Decimal
    cells: dict[Cell, Decimal]


def owing(
    states: Iterable[CollectionState],
    policy: CollectionPolicy,
    on: date,
    customers: Mapping[str, str] | None = None,
) -> list[Owing]:
    """Everything that is owed on a day, the oldest first; `customers` tells what they are called, by account."""
    called = customers or {}
    rows = [_row(state, one, policy, on, called) for state in states if state.running for one in state.owed]
    return sorted(rows, key=lambda row: (-(row.age or 0), row.due or date.max, row.account, row.instalment))


def happened_on(entry: Entry[Any]) -> date:
    """The day on which something happened, which may be before the one on which it was told: a payment, a signing."""
    return min(entry.day, entry.fact.on) if entry.kind in _DATED else entry.day


def totals(rows: Sequence[Owing]) -> list[Total]:
    """What stands in each cell, by currency; empty cells are left out. Two currencies are never added."""
    found = []
    for currency in sorted({row.currency for row in rows}):
        for cell in CELLS:
            if inside := [row.outstanding for row in rows if row.cell == cell and row.currency == currency]:
                found.append(
                    Total(cell=cell, currency=currency, count=len(inside), outstanding=sum(inside, Decimal(0)))
                )
    return found


def shares(rows: Sequence[Owing], group: Callable[[Owing], str | None]) -> list[Share]:
    """What each group has of the receivables, with the totals by cell of the matrix; the most overdue first."""
    found = []
    for name, currency in sorted({(group(row) or "", row.currency) for row in rows}):
        own = [row for row in rows if (group(row) or "", row.currency) == (name, currency)]
        by_cell = {cell: sum((row.outstanding for row in own if row.cell == cell), Decimal(0)) for cell in CELLS}
        whole = sum(by_cell.values(), Decimal(0))
        found.append(
            Share(
                group=name, currency=currency, count=len(own), outstanding=whole, overdue=whole - by_cell["not_due"],
                cells=by_cell,
            )
        )  # fmt: skip
    return sorted(found, key=lambda share: (share.currency, -share.overdue, share.group))


def below(person: str, supervisors: Mapping[str, str | None]) -> set[str]:
    """A supervisor, their people, and theirs in turn.

    Args:
        person: The supervisor.
        supervisors: Whose report everybody is.
    """
    found = {person}
    while more := {one for one, above in supervisors.items() if above in found} - found:
        found |= more
    return found


def _row(
    state: CollectionState, one: Receivable, policy: CollectionPolicy, on: date, customers: Mapping[str, str]
) -> Owing:
    signed = state.signed
    assert signed is not None  # it is running
    if one.promise is not None and one.promise.until < on:  # its day is over, and the engine looks in working hours
        one = ended(one, promise_ended(state, policy, one, one.promise), on)
    begins = one.due if policy.age_from == "due" else one.begins
    late = one.due is not None and on > one.due
    age = (on - begins).days if late and begins is not None else None
    return Owing(
        account=signed.account,
        customer=customers.get(signed.account, ""),
        opportunity=state.id,
        title=signed.title,
        owner=state.owner,
        number=signed.contract.number,
        instalment=one.id,
        type=one.type,
        due=one.due,
        overdue=(on - one.due).days if late and one.due is not None else None,
        age=age,
        outstanding=one.outstanding,
        currency=state.currency,
        cell=_cell(policy, state.currency, one.outstanding, age),
        by=kind_on(state, policy, due_kind(policy, one, state.currency, on), on) if late else None,
        approved=one.legal is not None,
        promised=one.promise.until if one.promise else None,
        broken=one.promises[-1].until if one.promises and one.promises[-1].outcome == "broken" else None,
        disputed=one.dispute.complaint if one.dispute else None,
        debtor=state.debtor,
        contacted=one.contacted,
    )


def _cell(policy: CollectionPolicy, currency: str, outstanding: Decimal, age: int | None) -> Cell:
    if age is None:
        return "not_due"
    if age > policy.old_after:
        return "old_large" if policy.is_large(currency, outstanding) else "old_small"
    return "young_large" if policy.is_large(currency, outstanding) else "young_small"


def kind_said(row: Owing, language: Language) -> str:
    """The kind of collection that is due, as people read it; empty: none is."""
    if row.by is None:
        return ""
    return (UNAPPROVED if row.by == "legal" and not row.approved else KIND_TERMS[row.by])[language == "zh"]


def promise_said(until: date, outcome: str, language: Language) -> str:
    """A promise that holds no more, as people read it."""
    zh = language == "zh"
    return OUTCOME[zh].format(until=until, outcome=PROMISE_TERMS[outcome][zh])


def cells(row: Owing, language: Language) -> list[str]:
    """A row as people read it, in the order of the headings."""
    named = row.customer and row.customer != row.account
    values: dict[str, Any] = row.model_dump() | {
        "account": noted(row.customer, row.account, language) if named else row.account,
        "outstanding": money_text(row.outstanding, row.currency),
        "by": kind_said(row, language),
        "promised": promise_said(row.broken, "broken", language) if row.broken else row.promised,
    }
    return ["" if values[name] is None else str(values[name]) for name in HEADINGS]


def table_of(rows: Sequence[Owing], language: Language) -> str:
    """The table as plain text: the oldest first, then the totals by cell of the matrix."""
    zh = language == "zh"
    lines = [" | ".join(heading[zh] for heading in HEADINGS.values())]
    lines += [" | ".join(cells(row, language)).rstrip() for row in rows[:MOST]]
    if len(rows) > MOST:
        lines.append(REST[zh].format(count=len(rows) - MOST))
    lines += [
        TOTAL[zh].format(
            cell=CELL_TERMS[total.cell][zh], count=total.count, amount=money_text(total.outstanding, total.currency)
        )
        for total in totals(rows)
    ]
    return "\n".join(lines)

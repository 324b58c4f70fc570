"""How one instalment stands, for its reader."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stagemark.domain.collection.receivables import Owing, kind_said
from stagemark.domain.collection.state import CollectionState, Receivable
from stagemark.texts.counts import filled
from stagemark.texts.instalment_page import INSTALMENT_TEXTS
from stagemark.texts.language import Language
from stagemark.texts.money import money_text
from stagemark.texts.tasks import task_text
from stagemark.texts.tasks_collection import BECAME_TERMS, DEBTOR_TERMS, PROMISE_TERMS, TYPE_TERMS
from stagemark.texts.terms import Terms, term

__all__ = ["lines_of"]


def lines_of(
    state: CollectionState, one: Receivable, owing: Owing | None, names: Terms, language: Language
) -> Iterator[str]:
    """An instalment of a collection, line by line.

    Args:
        state: The collection.
        one: The instalment.
        owing: It as the table of receivables has it, if anything is owed of it.
        names: What people are called, by id.
        language: Whose words.
    """
    zh = language == "zh"

    def say(key: str, **params: Any) -> str:
        return filled(INSTALMENT_TEXTS[key][zh], params)

    def money(amount: Decimal) -> str:
        return money_text(amount, state.currency)

    def person(id_: str) -> str:
        return term(names, id_, language)

    became = "open" if one.outstanding > 0 else "written_off" if one.written_off else "collected"
    yield say(
        "head", sale=state.id, id=one.id, type=TYPE_TERMS[one.type][zh], became=BECAME_TERMS[became][zh]
    )  # fmt: skip
    yield say("amount", amount=money(one.amount), paid=money(one.paid), outstanding=money(one.outstanding))
    yield say("due", day=one.due) if one.due else say("undated")
    if one.begins:
        yield say("begins", day=one.begins)
    if owing is not None and owing.overdue:
        yield say("overdue", days=owing.overdue, by=kind_said(owing, language))
    if one.contacts:
        last = one.contacted
        yield say("contacts", count=one.contacts, day=last) if last else say("contacts_before", count=one.contacts)
    for promise in one.promises:
        amount = money(promise.amount) if promise.amount is not None else say("all")
        outcome = PROMISE_TERMS[promise.outcome][zh]
        yield say("promise", on=promise.on, until=promise.until, amount=amount, outcome=outcome)
        if promise.approved_by:
            yield say("promise_approved", by=person(promise.approved_by))
    for dispute in one.disputes:
        yield say("dispute_over" if dispute.over else "dispute", **dispute.model_dump())
    for payment in state.payments.values():
        if one.id in payment.allocated:
            yield say("payment", payment=payment.id, on=payment.on, amount=money(payment.allocated[one.id]))
    if one.legal:
        yield say("legal", by=person(one.legal.by), on=one.legal.on)
    if one.loss:
        yield say("loss", amount=money(one.written_off), by=person(one.loss.by), on=one.loss.on)
    if one.settled:
        yield say("settled", day=one.settled)
    for entry, task in state.tasks.items():
        if task.due.params.get("instalment") == one.id:
            text = task_text(task.due.task, language, task.due.params) or task.due.task
            yield say("task", entry=entry, text=text)
    if one.outstanding > 0:
        yield DEBTOR_TERMS[state.debtor or "unknown"][zh]

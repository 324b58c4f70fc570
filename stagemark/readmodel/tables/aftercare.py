"""Aftercares as rows: what is planned, how satisfied the customer is, orders, prompts, referrals.

Amounts stand as decimal text in their currency, so that no digit is lost on any database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Text

from stagemark.domain.aftercare.commands import SIGNS
from stagemark.domain.aftercare.state import AftercareState, Contact, Prompt
from stagemark.readmodel.schema import key_column
from stagemark.readmodel.tables.common import Row, of_neighbour

__all__ = [
    "TABLES",
    "aftercares",
    "follow_ups",
    "orders",
    "prompts",
    "referrals",
    "referrers",
    "rows_of",
    "satisfaction",
    "suggestions",
]


aftercares = of_neighbour(
    "aftercares",
    Column("account", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("title", String, nullable=False),
    Column("over", Boolean, nullable=False, doc="whether the signing was taken back"),
    Column("signed_on", Date, nullable=False),
    Column("amount", String, nullable=False, doc="of the contract"),
    Column("currency", String, nullable=False),
    Column("delivered_on", Date),
    Column("completed_on", Date),
    Column("paid_share", String, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("score", Integer, doc="the customer's last one, at whichever sale"),
    Column("satisfied", Boolean, nullable=False),
    Column("complaints", JSON, nullable=False, doc="open complaints of the account, which hold prompts back"),
    Column("cool_until", Date, doc="no prompt before this day"),
    Column("newest", String, doc="the newer sale of the customer that leads their rhythm, if any"),
    Column("referral_round", Integer, nullable=False),
    Column("referral_step", String, nullable=False, doc="the next of the four steps"),
    Column("referral_rests", Date),
    Column("referral_taken", JSON, nullable=False, doc="what came of the steps of this round"),
    Column("missed", Integer, nullable=False, doc="tasks that nobody answered in time"),
    Index("ix_aftercares_account", "namespace", "account"),
)
follow_ups = of_neighbour(
    "follow_ups",
    key_column("item"),
    Column("kind", String, nullable=False, doc="follow_up, promise, warranty, evaluation, repurchase or orders_fell"),
    Column("plan", String, nullable=False),
    Column("round", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("how", String),
    Column("to", JSON, nullable=False),
    Column("until", Date),
    Column("text", Text, nullable=False),
    Column("params", JSON, nullable=False),
    Column("status", String, nullable=False, doc="planned, open, missed, done, cancelled or overtaken"),
    Column("entry", Integer, doc="by which its task is answered"),
    Column("outcome", Text, nullable=False),
    Column("answered_by", String),
    Column("answered_on", Date),
    Index("ix_follow_ups_day", "namespace", "status", "day"),
)
satisfaction = of_neighbour(
    "satisfaction",
    key_column("number", Integer),
    Column("score", Integer, nullable=False),
    Column("satisfied", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("contact", String),
    Column("day", Date, nullable=False),
    Column("by", String, nullable=False),
)
orders = of_neighbour(
    "orders",
    key_column("order"),
    Column("opportunity", String, nullable=False, doc="of which sale it is; the newest sale knows those of all"),
    Column("day", Date, nullable=False),
    Column("amount", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("product", String),
)
suggestions = of_neighbour(
    "suggestions",
    key_column("suggestion"),
    Column("position", Integer, nullable=False),
    Column("relation", String, nullable=False),
    Column("of", String, nullable=False),
    Column("product", String, nullable=False),
    Column("for_account", String, doc="a sister company; none: the customer"),
    Column("words", JSON, nullable=False, doc="label, link, reason, ask in zh and en"),
)
prompts = of_neighbour(
    "prompts",
    key_column("prompt"),
    Column("relation", String, nullable=False),
    Column("of", String, nullable=False),
    Column("product", String, nullable=False),
    Column("for_account", String),
    Column("words", JSON, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("made_by", String, nullable=False),
    Column("status", String, nullable=False, doc="open, accepted, declined or later"),
    Column("answer", Text, nullable=False),
    Column("answered_on", Date),
    Column("until", Date, doc="not again before this day"),
    Column("opened", String, doc="the sale that was opened for it"),
)
referrals = of_neighbour(
    "referrals",
    key_column("prospect"),
    Column("contact", String, nullable=False),
    Column("opened", String, nullable=False, doc="the sale that was opened for it"),
    Column("day", Date, nullable=False),
    Column("text", Text, nullable=False),
)
referrers = of_neighbour("referrers", key_column("contact"), *(Column(sign, Boolean, nullable=False) for sign in SIGNS))

TABLES = (aftercares, follow_ups, satisfaction, orders, suggestions, prompts, referrals, referrers)


def rows_of(key: Row, state: AftercareState) -> dict[str, list[dict[str, Any]]]:
    """The rows of one aftercare; none while only others of its neighbours have spoken."""
    if state.signed is None:
        return {}
    return {
        aftercares.name: [{**key, **_aftercare(state)}],
        follow_ups.name: [{**key, "item": id_, **_contact(contact)} for id_, contact in state.contacts.items()],
        satisfaction.name: [
            {
                **key,
                "number": number,
                **score.rate.model_dump(include={"score", "satisfied", "text", "contact"}),
                "day": score.on,
                "by": score.by,
            }
            for number, score in enumerate(state.scores, 1)
        ],
        orders.name: [
            {
                **key,
                "order": id_,
                "opportunity": order.opportunity,
                "day": order.on,
                "amount": str(order.amount.amount),
                "currency": order.amount.currency,
                "product": order.product,
            }
            for id_, order in state.orders.items()
        ],
        suggestions.name: [
            {**key, "suggestion": one.id, "position": position, **_words(one)}
            for position, one in enumerate(state.suggestions, 1)
        ],
        prompts.name: [{**key, "prompt": id_, **_prompt(prompt)} for id_, prompt in state.prompts.items()],
        referrals.name: [
            {
                **key,
                "prospect": account,
                "contact": named.given.contact,
                "opened": named.given.opportunity,
                "day": named.on,
                "text": named.given.text,
            }
            for account, named in state.names.items()
        ],
        referrers.name: [
            {**key, "contact": contact, **{sign: sign in signs for sign in SIGNS}}
            for contact, signs in state.referrers.items()
        ],
    }


def _aftercare(state: AftercareState) -> dict[str, Any]:
    assert state.signed is not None  # what was never signed has no rows
    days = {name: since.on for name, since in state.anchors.items()}
    cool = [day for day in (state.cool_until, state.held.cool_until) if day]
    said = state.customer
    return {
        "account": state.signed.account,
        "owner": state.signed.owner,
        "title": state.signed.title,
        "over": state.over,
        "signed_on": state.signed.on,
        "amount": str(state.signed.contract.amount.amount),
        "currency": state.signed.contract.amount.currency,
        "delivered_on": days.get("delivery"),
        "completed_on": days.get("completion"),
        "paid_share": str(state.paid.share) if state.paid else "0",
        "overdue": bool(state.paid and state.paid.overdue),
        "score": said.score.score if said.score else None,
        "satisfied": state.satisfied,
        "complaints": list(state.held.complaints),
        "cool_until": max(cool, default=None),
        "newest": state.newest or None,
        "referral_round": state.referral.round,
        "referral_step": state.referral.step,
        "referral_rests": said.referrals_from,
        "referral_taken": dict(state.referral.taken),
        "missed": state.missed,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    item = contact.item
    return {
        "kind": item.kind,
        "plan": item.plan,
        "round": item.round,
        "day": item.on,
        "how": item.how,
        "to": list(item.to),
        "until": item.by,
        "text": item.text,
        "params": item.params,
        "status": contact.status,
        "entry": contact.entry,
        "outcome": contact.outcome,
        "answered_by": contact.by or None,
        "answered_on": contact.on,
    }


def _words(one: Any) -> dict[str, Any]:
    words = {"label", "link", "reason", "ask"}
    return {
        "relation": one.relation,
        "of": one.of,
        "product": one.product,
        "for_account": one.account,
        "words": one.model_dump(mode="json", include=words, exclude_none=True),
    }


def _prompt(prompt: Prompt) -> dict[str, Any]:
    return {
        **_words(prompt.suggestion),
        "made_on": prompt.made,
        "made_by": prompt.by,
        "status": prompt.status,
        "answer": prompt.answer.text if prompt.answer else "",
        "answered_on": prompt.answered,
        "until": prompt.until,
        "opened": prompt.answer.opportunity if prompt.answer else None,
    }

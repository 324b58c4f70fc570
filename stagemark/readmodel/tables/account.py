"""Accounts as rows: who they are, their credit, what they owe, and the money that came in.

Amounts stand as decimal text in their currency, so that no digit is lost on any database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Text

from stagemark.domain.account.state import AccountState
from stagemark.readmodel.schema import key_column
from stagemark.readmodel.tables.common import Row, of_neighbour

__all__ = ["TABLES", "account_payments", "account_sales", "accounts", "clearances", "credit_reviews", "rows_of"]


accounts = of_neighbour(
    "accounts",
    Column("title", String, nullable=False),
    Column("group", String, nullable=False),
    Column("level", String),
    Column("owner", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("our_share", String),
    Column("grade", String, doc="none: nobody has graded it, it has the policy's grade of new ones"),
    Column("limit", String),
    Column("limit_currency", String),
    Column("used", String, doc="what of the limit is used, as far as it can be counted in its currency"),
    Column("blacklisted", String, nullable=False, doc="why, if so"),
    Column("exempt_until", Date),
    Column("exempt_by", String),
    Column("exposure", JSON, nullable=False, doc="currency → what is owed"),
    Column("waiting", JSON, nullable=False, doc="currency → money that waits"),
    Column("surveyed", Date),
    Column("worsened_on", Date, doc="since when a worsening waits for a measure"),
    Column("complaints", JSON, nullable=False, doc="the open ones"),
    Column("cool_until", Date),
    Index("ix_accounts_group", "namespace", "group"),
)
account_sales = of_neighbour(
    "account_sales",
    key_column("opportunity"),
    Column("number", String, nullable=False, doc="the contract's number"),
    Column("title", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("signed_on", Date),
    Column("outstanding", String, nullable=False),
    Column("on_credit", String, nullable=False, doc="what of it counts against the limit"),
    Column("currency", String, nullable=False),
    Column("cleared", Boolean, nullable=False),
)
clearances = of_neighbour(
    "clearances",
    key_column("clearance"),
    Column("opportunity", String, nullable=False),
    Column("amount", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("until", Date, nullable=False),
    Column("status", String, nullable=False, doc="held, confirmed, released or expired"),
    Column("rate", JSON, doc="the exchange rate by which it counts"),
    Column("override_by", String),
    Column("reason", String, nullable=False),
)
account_payments = of_neighbour(
    "account_payments",
    key_column("payment"),
    Column("position", Integer, nullable=False),
    Column("on", Date, nullable=False),
    Column("amount", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("placed", String, nullable=False),
    Column("waiting", String, nullable=False),
    Column("returned", String, nullable=False),
    Column("by_hand", String, nullable=False, doc="what of it no bank reported: it came back from a sale"),
    Column("places", JSON, nullable=False, doc="sale → amount"),
    Column("reference", String, nullable=False),
    Column("payer", String, nullable=False),
    Column("reversed", Boolean, nullable=False, doc="whether the bank took it back"),
    Column("kept", String, nullable=False, doc="why it is kept as a credit balance, if so"),
    Column("differs", String, nullable=False, doc="the payment whose id it was reported under, with other content"),
)
credit_reviews = of_neighbour(
    "credit_reviews",
    key_column("position", Integer),
    Column("what", String, nullable=False, doc="survey, worsened or measure"),
    Column("on", Date, nullable=False),
    Column("by", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("measures", JSON, nullable=False),
    Column("grade", String),
    Column("report", JSON),
)

TABLES = (accounts, account_sales, clearances, account_payments, credit_reviews)


def rows_of(key: Row, state: AccountState) -> dict[str, list[dict[str, Any]]]:
    """The rows of one account."""
    return {
        "accounts": [_account(key, state)],
        "account_sales": [
            {
                **key, "opportunity": id_, "number": one.number, "title": one.title, "owner": one.owner,
                "signed_on": one.signed, "outstanding": str(one.outstanding), "on_credit": str(one.credit),
                "currency": one.currency, "cleared": one.cleared,
            }
            for id_, one in state.sales.items()
        ],
        "clearances": [
            {
                **key, "clearance": id_, "opportunity": one.opportunity, "amount": str(one.amount.amount),
                "currency": one.amount.currency, "until": one.until, "status": one.status,
                "rate": one.rate.model_dump(mode="json") if one.rate else None, "override_by": one.override,
                "reason": one.reason,
            }
            for id_, one in state.clearances.items()
        ],
        "account_payments": list(_payments(key, state)),
        "credit_reviews": [
            {
                **key, "position": place, **one.model_dump(include={"what", "on", "by", "text", "grade"}),
                "measures": list(one.measures), "report": one.report.model_dump() if one.report else None,
            }
            for place, one in enumerate(state.reviews)
        ],
    }  # fmt: skip


def _account(key: Row, state: AccountState) -> dict[str, Any]:
    limit, used, exempt = state.limit, state.used, state.exempt
    return {
        **key,
        "title": state.title,
        "group": state.group,
        "level": state.level,
        "owner": state.owner,
        "channel": state.channel,
        "our_share": str(state.our_share) if state.our_share is not None else None,
        "grade": state.grade,
        "limit": str(limit.amount) if limit else None,
        "limit_currency": limit.currency if limit else None,
        "used": str(used) if used is not None else None,
        "blacklisted": state.blacklisted,
        "exempt_until": exempt.until if exempt else None,
        "exempt_by": exempt.approved_by if exempt else None,
        "exposure": {currency: str(amount) for currency, amount in state.exposure.items()},
        "waiting": {currency: str(amount) for currency, amount in state.waiting.items()},
        "surveyed": state.surveyed,
        "worsened_on": state.worsened.on if state.worsened else None,
        "complaints": list(state.complaints),
        "cool_until": state.cool_until,
    }


def _payments(key: Row, state: AccountState) -> Iterable[dict[str, Any]]:
    for place, (id_, one) in enumerate(state.payments.items()):
        sums = ("amount", "placed", "waiting", "returned", "by_hand")
        plain = ("on", "currency", "reference", "payer", "reversed", "kept", "differs")
        yield {
            **key,
            "payment": id_,
            "position": place,
            **{name: str(getattr(one, name)) for name in sums},
            **{name: getattr(one, name) for name in plain},
            "places": {opportunity: str(part.amount) for opportunity, part in one.places.items()},
        }

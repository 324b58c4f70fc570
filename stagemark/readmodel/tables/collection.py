"""Collections as rows: what is owed of each instalment, what was paid, promised, disputed and delivered.

Amounts stand as decimal text in their currency, so that no digit is lost on any database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String

from stagemark.domain.collection.state import CollectionState, Receivable
from stagemark.readmodel.schema import key_column
from stagemark.readmodel.tables.common import Row, of_neighbour

__all__ = ["TABLES", "collections", "disputes", "instalments", "milestones", "payments", "promises", "rows_of"]


collections = of_neighbour(
    "collections",
    Column("account", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("title", String, nullable=False),
    Column("number", String, nullable=False, doc="the contract's number"),
    Column("signed_on", Date, nullable=False),
    Column("void", Boolean, nullable=False, doc="whether the signing was taken back"),
    Column("amount", String, nullable=False),
    Column("collected", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("debtor", String),
    Column("exempt_until", Date),
    Column("stopped_on", Date, doc="since when supply is stopped"),
    Column("stopped_by", String),
    Column("completed", Boolean, nullable=False, doc="whether all was collected once, as the contract says"),
)
instalments = of_neighbour(
    "instalments",
    key_column("instalment"),
    Column("position", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("amount", String, nullable=False),
    Column("paid", String, nullable=False),
    Column("written_off", String, nullable=False),
    Column("outstanding", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("due", Date),
    Column("begins", Date),
    Column("became", String, nullable=False, doc="open, collected or written_off"),
    Column("settled", Date),
    Column("by", String, doc="the kind of collection by which the customer was last asked; none: nobody had to"),
    Column("since", Date),
    Column("contacts", Integer, nullable=False),
    Column("contacted", Date),
    Column("promised_until", Date),
    Column("disputed", String, doc="the complaint"),
    Column("legal_by", String),
    Column("legal_on", Date),
    Column("written_off_by", String),
    Column("written_off_on", Date),
    Index("ix_instalments_became", "namespace", "became"),
)
payments = of_neighbour(
    "payments",
    key_column("payment"),
    key_column("currency"),
    Column("position", Integer, nullable=False),
    Column("on", Date, nullable=False),
    Column("entered", String, nullable=False),
    Column("placed", String, nullable=False),
    Column("confirmed", String, nullable=False),
    Column("unplaced", String, nullable=False),
    Column("reversed", String, nullable=False),
    Column("allocated", JSON, nullable=False, doc="instalment → amount"),
)
promises = of_neighbour(
    "promises",
    key_column("instalment"),
    key_column("position", Integer),
    Column("on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("amount", String, doc="none: all"),
    Column("by", String, doc="the kind of collection when it was given"),
    Column("outcome", String, nullable=False),
)
disputes = of_neighbour(
    "disputes",
    key_column("instalment"),
    key_column("position", Integer),
    Column("complaint", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("over", Date),
)
milestones = of_neighbour(
    "milestones",
    key_column("milestone"),
    Column("planned", Date),
    Column("reached", Date),
)

TABLES = (collections, instalments, payments, promises, disputes, milestones)


def rows_of(key: Row, state: CollectionState) -> dict[str, list[dict[str, Any]]]:
    """The rows of one collection."""
    signed = state.signed
    if signed is None:
        return {}
    whole = {
        **key,
        "account": signed.account,
        "owner": state.owner,
        "title": signed.title,
        "number": signed.contract.number,
        "signed_on": signed.on,
        "void": state.void,
        "amount": str(signed.contract.amount.amount),
        "collected": str(state.collected),
        "currency": state.currency,
        "debtor": state.debtor,
        "exempt_until": state.exempt,
        "stopped_on": state.stopped.on if state.stopped else None,
        "stopped_by": state.stopped.by if state.stopped else None,
        "completed": state.completed,
    }
    owed = list(state.receivables.values())
    return {
        "collections": [whole],
        "instalments": [_instalment(key, place, one, state.currency) for place, one in enumerate(owed)],
        "payments": list(_payments(key, state)),
        "promises": [
            {**key, "instalment": one.id, "position": place,
             **promise.model_dump(exclude={"amount", "paid", "approved_by"}),
             "amount": str(promise.amount) if promise.amount is not None else None}
            for one in owed for place, promise in enumerate(one.promises)
        ],
        "disputes": [
            {**key, "instalment": one.id, "position": place, **dispute.model_dump()}
            for one in owed for place, dispute in enumerate(one.disputes)
        ],
        "milestones": [
            {**key, "milestone": id_, "planned": one.planned, "reached": one.reached}
            for id_, one in state.milestones.items()
        ],
    }  # fmt: skip


def _instalment(key: Row, place: int, one: Receivable, currency: str) -> dict[str, Any]:
    settled = "written_off" if one.written_off else "collected"
    return {
        **key,
        "instalment": one.id,
        "position": place,
        "type": one.type,
        "amount": str(one.amount),
        "paid": str(one.paid),
        "written_off": str(one.written_off),
        "outstanding": str(one.outstanding),
        "currency": currency,
        "due": one.due,
        "begins": one.begins,
        "became": settled if one.settled else "open",
        "settled": one.settled,
        "by": one.asked,
        "since": one.since,
        "contacts": one.contacts,
        "contacted": one.contacted,
        "promised_until": one.promise.until if one.promise else None,
        "disputed": one.dispute.complaint if one.dispute else None,
        "legal_by": one.legal.by if one.legal else None,
        "legal_on": one.legal.on if one.legal else None,
        "written_off_by": one.loss.by if one.loss else None,
        "written_off_on": one.loss.on if one.loss else None,
    }


def _payments(key: Row, state: CollectionState) -> Iterable[dict[str, Any]]:
    for place, (kept, one) in enumerate(state.payments.items()):
        sums = ("entered", "placed", "confirmed", "unplaced", "reversed")
        yield {
            **key,
            "payment": f"{one.id} ({one.account})" if kept.count("\n") > 1 else one.id,  # of a second account
            "currency": one.currency,
            "position": place,
            "on": one.on,
            **{name: str(getattr(one, name)) for name in sums},
            "allocated": {id_: str(part) for id_, part in one.allocated.items()},
        }

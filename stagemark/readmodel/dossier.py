"""Everything the tables hold of one account, in one reading: for the page before a visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.opportunity import fold, playbook_of
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.readmodel.courses import kept
from stagemark.readmodel.reading import histories
from stagemark.readmodel.schema import contacts, opportunities, triggers
from stagemark.readmodel.tables import account as accounts
from stagemark.readmodel.tables import aftercare, collection, complaint
from stagemark.readmodel.tables.common import neighbours, tasks

__all__ = ["Dossier", "read"]

Rows = list[dict[str, Any]]
_OF_SALES = (
    aftercare.aftercares, aftercare.follow_ups, aftercare.satisfaction, aftercare.orders, aftercare.prompts,
    collection.collections, collection.instalments, collection.milestones, collection.payments,
)  # fmt: skip


@dataclass
class Dossier:
    """What is known of an account.

    Attributes:
        account: Its id.
        sales: Its rows of `opportunities`.
        states: Its sales folded, for what is known of people.
        playbooks: The whole playbooks of those, by hash.
        rows: Rows by the name of their table.
        aftercares: The aftercares of its sales, by sale.
    """

    account: str
    sales: Rows
    states: list[OpportunityState]
    playbooks: dict[str, Playbook]
    rows: dict[str, Rows] = field(default_factory=dict)
    aftercares: dict[str, AftercareState] = field(default_factory=dict)


def read(connection: Connection, namespace: str, account: str) -> Dossier | None:
    """Read what is known of an account; none if nobody has heard of it."""
    o, n = opportunities.c, neighbours.c
    sales = _rows(connection, opportunities, namespace, o.account == account)
    ids = [str(row["opportunity"]) for row in sales]
    standing = _rows(connection, neighbours, namespace, or_(n.account == account, n.opportunity.in_(ids)))
    if not sales and not standing:
        return None
    whole = kept(connection, namespace)
    states = []
    for sale, events in histories(connection, namespace, ids):
        if (ref := playbook_of(events)) is not None and ref.hash in whole:
            states.append(fold(sale, events, whole[ref.hash].compiled()))
    named = {person for state in states for _, person in state.evidence if person}
    found = Dossier(account, sales, states, {state.playbook.hash: whole[state.playbook.hash] for state in states})
    for table in _OF_SALES:
        found.rows[table.name] = _rows(connection, table, namespace, table.c.id.in_(ids))
    theirs = or_(contacts.c.account == account, contacts.c.id.in_(named))
    found.rows[contacts.name] = _rows(connection, contacts, namespace, theirs)
    complaints, money, own = complaint.complaints, accounts.account_payments, accounts.accounts
    found.rows[own.name] = _rows(connection, own, namespace, own.c.id == account)
    found.rows[complaints.name] = _rows(connection, complaints, namespace, complaints.c.account == account)
    found.rows[money.name] = _rows(connection, money, namespace, money.c.id == account)
    open_ = tasks.c.status == "open"
    for kind in {row["stream"] for row in standing}:
        these = [row["id"] for row in standing if row["stream"] == kind]
        where = (open_, tasks.c.stream == kind, tasks.c.id.in_(these))
        found.rows.setdefault("tasks", []).extend(_rows(connection, tasks, namespace, *where))
    fired = (triggers.c.status == "open", triggers.c.opportunity.in_(ids))
    found.rows["triggers"] = _rows(connection, triggers, namespace, *fired)
    found.aftercares = {
        row["id"]: AftercareState.model_validate_json(row["state"]) for row in standing if row["stream"] == "aftercare"
    }
    found.rows["neighbours"] = standing
    return found


def _rows(connection: Connection, table: Table, namespace: str, *where: ColumnElement[bool]) -> Rows:
    query = select(table).where(table.c.namespace == namespace, *where).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]

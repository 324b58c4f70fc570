"""Complaints as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Integer, String, Text

from stagemark.domain.complaint.rules import ComplaintState
from stagemark.readmodel.schema import Instant
from stagemark.readmodel.tables.common import Row, of_neighbour

__all__ = ["TABLES", "rows_of"]

complaints = of_neighbour(
    "complaints",
    Column("account", String, nullable=False),
    Column("opportunity", String),
    Column("instalment", String),
    Column("contact", String),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", String, nullable=False),
    Column("life", String, nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", String, doc="the step that comes next; none: all are done"),
    Column("since", Instant, nullable=False),
    Column("view", Text, nullable=False, doc="the customer's own view"),
    Column("accepted", Boolean, nullable=False),
    Column("missed", Integer, nullable=False, doc="steps that were late"),
)

TABLES = (complaints,)


def rows_of(key: Row, state: ComplaintState) -> dict[str, list[dict[str, Any]]]:
    """The rows of one complaint."""
    raised = state.raised
    if raised is None:
        return {}
    row = {
        **key,
        "account": raised.account,
        "opportunity": raised.opportunity,
        "instalment": raised.instalment,
        "contact": raised.contact,
        "title": raised.title,
        "text": raised.text,
        "owner": state.owner,
        "life": state.life,
        "round": state.round,
        "step": state.step,
        "since": state.since,
        "view": state.view,
        "accepted": state.accepted,
        "missed": state.missed,
    }
    return {complaints.name: [row]}

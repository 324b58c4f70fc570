"""The markers of a whole sale by the default playbook, each with the evidence that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import JsonValue

from stagemark.client import Evidence
from stagemark.domain.commands import Given
from stagemark.domain.playbook import Edge

__all__ = ["MARKS", "PAPER", "MarkOf"]

PAPER: Mapping[str, JsonValue] = {"uri": "https://example.org/paper.pdf", "sha256": "0" * 64}
CHIEF = "contact-1"


class MarkOf(NamedTuple):
    """A marker and its evidence."""

    stage: str
    edge: Edge
    evidence: Evidence


def _of_chief(**pieces: JsonValue) -> tuple[Given, ...]:
    return tuple(Given(evidence=name, value=value, person=CHIEF) for name, value in pieces.items())


MARKS = (
    MarkOf("analysis", "start", {"channel": "referral"}),
    MarkOf(
        "analysis",
        "end",
        {
            "qualification": ["budget", "timetable", "our_strength", "worthwhile", "winnable"],
            "account_data": ["current_state", "organisation", "persons", "competition"],
        },
    ),
    MarkOf("trust", "start", _of_chief(buying_role=["decision_maker"])),
    MarkOf("needs", "start", _of_chief(relationship="engagement")),
    MarkOf("trust", "end", _of_chief(relationship="trust", attitude="for_us")),
    MarkOf("needs", "end", {"written_need": dict(PAPER), "buying_phase": "evaluation"}),
    MarkOf("value", "start", {}),
    MarkOf("value", "end", {"buying_signal": ["price", "terms"], "proposal": dict(PAPER)}),
    MarkOf("commitment", "start", {}),
    MarkOf("commitment", "end", {"contract": dict(PAPER), "contract_review": ["lawyer", "liability_capped"]}),
    MarkOf("collection", "start", {}),
    MarkOf(
        "collection",
        "end",
        {"amount_collected": {"amount": "480000.00", "currency": "CNY"}, "satisfaction": "satisfied"},
    ),
)
"""In an order that the playbook allows; `needs` begins while `trust` goes on."""

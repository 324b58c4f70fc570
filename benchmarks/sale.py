"""The markers of a whole sale by the default playbook, each with the evidence that it asks for."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import JsonValue

from stagemark.domain.commands import Given, Mark
from stagemark.domain.playbook import Edge

__all__ = ["MARKS", "STEPS", "MarkOf"]

PAPER: dict[str, JsonValue] = {"uri": "https://example.org/paper.pdf", "sha256": "0" * 64}
CHIEF = "contact-1"


class MarkOf(NamedTuple):
    """A marker and its evidence."""

    stage: str
    edge: Edge
    evidence: tuple[Given, ...] = ()

    def command(self) -> Mark:
        """The command that records it."""
        return Mark(stage=self.stage, edge=self.edge, evidence=self.evidence)


def _given(person: str | None = None, **pieces: JsonValue) -> tuple[Given, ...]:
    about = {"person": person} if person else {}
    return tuple(Given(evidence=name, value=value, **about) for name, value in pieces.items())


MARKS = (
    MarkOf("analysis", "start", _given(channel="referral")),
    MarkOf(
        "analysis",
        "end",
        _given(
            qualification=["budget", "timetable", "our_strength", "worthwhile", "winnable"],
            account_data=["current_state", "organisation", "persons", "competition"],
        ),
    ),
    MarkOf("trust", "start", _given(CHIEF, buying_role=["decision_maker"])),
    MarkOf("needs", "start", _given(CHIEF, relationship="engagement")),
    MarkOf("trust", "end", _given(CHIEF, relationship="trust", attitude="for_us")),
    MarkOf("needs", "end", _given(written_need=PAPER, buying_phase="evaluation")),
    MarkOf("value", "start"),
    MarkOf("value", "end", _given(buying_signal=["price", "terms"], proposal=PAPER)),
    MarkOf("commitment", "start"),
    MarkOf("commitment", "end", _given(contract=PAPER, contract_review=["lawyer", "licence", "bank_account"])),
    MarkOf("collection", "start"),
    MarkOf(
        "collection",
        "end",
        _given(amount_collected={"amount": "480000.00", "currency": "CNY"}, satisfaction="satisfied"),
    ),
)
"""In an order that the playbook allows; `needs` begins while `trust` goes on."""

STEPS = (MARKS[:1], MARKS[1:3], MARKS[3:4], MARKS[4:5], MARKS[5:7], MARKS[7:9], MARKS[9:11], MARKS[11:])
"""The same, where one observation ends a stage and begins the next: it is recorded in one step (domain.md §1)."""

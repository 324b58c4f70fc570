"""Inputs and results of the weekly receivables table (domain.md §3)."""

from __future__ import annotations

from pydantic import AwareDatetime

from stagemark.contracts.messages import Model

__all__ = ["RECEIVABLES", "Posted"]

RECEIVABLES = "StagemarkReceivables"
"""The workflow's type, and the id of the schedule that starts it."""


class Posted(Model):
    """What became of the tables of one zone.

    Attributes:
        told: How many supervisors have people with receivables.
        again: When to try again for those who could not be told yet.
    """

    told: int
    again: AwareDatetime | None = None

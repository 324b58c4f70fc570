"""Inputs of the morning's digests beyond the inbox (domain.md §7: one digest for each person each morning)."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from stagemark.contracts.messages import Model

__all__ = ["DIGESTS", "DigestFor"]

DIGESTS = "StagemarkDigests"
"""The workflow's type, and the id of the schedule that starts it."""


class DigestFor(Model):
    """One person's digest of one day; `at`: the present of the run that asks."""

    person: str
    day: date
    at: AwareDatetime

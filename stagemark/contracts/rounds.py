"""A round: the people of one zone, and when their morning is. Digests and tables go from morning to morning."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from stagemark.contracts.messages import Model

__all__ = ["Round"]


class Round(Model):
    """The people of one zone.

    Attributes:
        zone: IANA zone.
        day: The local day.
        at: When they are told.
    """

    zone: str
    day: date
    at: AwareDatetime

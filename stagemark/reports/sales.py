"""The two clocks of every report: what had happened by a day, and what was known by a day (design.md §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from stagemark.domain.commands import Open
from stagemark.domain.durations import end_of_day
from stagemark.domain.events import Event
from stagemark.domain.opportunity import fold, playbook_of
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import InvalidInput

__all__ = ["Clocks", "known_by", "seen"]

_FURTHEST = timedelta(hours=14)
"""How far the zone in which days begin first lies ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """As of when a report is made. A date means the end of that day in each sale's own zone; today ends now.

    Attributes:
        now: The present, UTC.
        as_of: Valid time: what happened later has not happened yet. None: as `as_known_on`, or now.
        as_known_on: Record time: what was recorded later, corrections among it, is not known yet. None: all is known.

    Raises:
        InvalidInput: `as_of_not_known`: `as_of` lies after `as_known_on`. `day_in_future`: a day has begun nowhere yet.
    """

    now: datetime
    as_of: date | None = None
    as_known_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be answered: nobody knew then what happened later."""
        for option, day in (("--as-of", self.as_of), ("--as-known-on", self.as_known_on)):
            if day and day > (self.now.astimezone(UTC) + _FURTHEST).date():  # open visits would have lasted till then
                raise InvalidInput.of("day_in_future", option, value=str(day))
        if self.as_of and self.as_known_on and self.as_of > self.as_known_on:
            raise InvalidInput.of("as_of_not_known", as_of=str(self.as_of), as_known_on=str(self.as_known_on))

    def valid(self, zone: str) -> datetime:
        """The instant at which a sale of this zone is looked at."""
        return self._instant(self.as_of or self.as_known_on, zone)

    def known(self, zone: str) -> datetime:
        """The instant by which something must have been recorded."""
        return self._instant(self.as_known_on, zone)

    def _instant(self, day: date | None, zone: str) -> datetime:
        return self.now if day is None else min(end_of_day(day, zone), self.now)


def known_by(events: Sequence[Event], clocks: Clocks) -> list[Event]:
    """The events of a sale that were recorded by then."""
    if clocks.as_known_on is None:
        return list(events)
    zone = next((event.fact.zone for event in events if isinstance(event.fact, Open)), "UTC")
    until = clocks.known(zone)
    return [event for event in events if event.recorded_at <= until]


def seen(
    opportunity: str, events: Sequence[Event], playbook: Callable[[str], Playbook], clocks: Clocks
) -> OpportunityState | None:
    """A sale as it stood on both clocks; none if it had not been opened, or nobody had said so.

    Args:
        opportunity: Its id.
        events: Its whole ledger.
        playbook: Gives the compiled playbook of a hash.
        clocks: As of when.
    """
    known = known_by(events, clocks)
    ref = playbook_of(known)
    if ref is None:
        return None
    zone = next((event.fact.zone for event in known if isinstance(event.fact, Open)), "UTC")
    state = fold(opportunity, known, playbook(ref.hash), until=clocks.valid(zone))
    return None if state.life == "unopened" else state

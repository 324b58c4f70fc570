"""The calendars of a company (the port `Calendars`). Holidays are loaded by what needs them: they take long to load."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from stagemark.domain.calendars import CalendarSpec, WorkCalendar
from stagemark.errors import NotFound

__all__ = ["Calendars"]


class Calendars:
    """The calendars of a company: its own files, and the shipped ones, resolved for the years round today."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Read the own files.

        Raises:
            InvalidInput: What is wrong with them.
        """
        from stagemark.adapters.calendars import load_calendar

        self._own = {spec.id: spec for spec in map(load_calendar, files)}
        self._resolved: dict[tuple[str, date], WorkCalendar] = {}

    @property
    def ids(self) -> set[str]:
        """The ids of all calendars that there are."""
        from stagemark.adapters.calendars import builtin_calendars

        return {*self._own, *builtin_calendars()}

    def spec(self, calendar: str) -> CalendarSpec:
        """The calendar as it is written.

        Raises:
            NotFound: `unknown_calendar`.
        """
        from stagemark.adapters.calendars import builtin_calendar

        if calendar not in self.ids:
            raise NotFound.of("unknown_calendar", calendar=calendar, known=sorted(self.ids))
        return self._own.get(calendar) or builtin_calendar(calendar)

    async def calendar(self, calendar: str) -> WorkCalendar:
        """See `ports.Calendars`."""
        return self.resolved(calendar)

    def resolved(self, calendar: str) -> WorkCalendar:
        """The calendar in plain days.

        Raises:
            NotFound: `unknown_calendar`.
            InvalidInput: Its country is not known.
        """
        from stagemark.adapters.calendars import resolve

        today = datetime.now(UTC).date()
        found = self._resolved.get((calendar, today))
        if found is None:
            # back as far as a sale's own past may reach, ahead as far as days can be known
            first, last = date(today.year - 2, 1, 1), date(today.year + 2, 12, 31)
            found = self._resolved[calendar, today] = resolve(self.spec(calendar), first, last)
        return found

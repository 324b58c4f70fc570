"""Quiet hours: when somebody is not to be reached outside the inbox (domain.md §7, design.md §6 rule 7)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from stagemark.domain.calendars import WorkCalendar

__all__ = ["QuietHours", "may_reach", "quiet_until"]

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_FORM = re.compile(rf"({_CLOCK})-({_CLOCK})")


def _span(quiet: str) -> tuple[time, time]:
    found = _FORM.fullmatch(quiet)
    if found is None or found[1] == found[2]:
        raise PydanticCustomError(
            "quiet_hours_malformed", "{value} are no quiet hours; write 21:00-08:00", {"value": quiet}
        )
    return time.fromisoformat(found[1]), time.fromisoformat(found[2])


def _checked(quiet: str) -> str:
    _span(quiet)
    return quiet


QuietHours = Annotated[str, AfterValidator(_checked), WithJsonSchema({"type": "string", "pattern": _FORM.pattern})]
"""Local hours such as `21:00-08:00`; they may go over midnight."""


def quiet_until(quiet: str | None, zone: str, at: datetime) -> datetime:
    """When the quiet hours that hold at an instant end; the instant itself where none do.

    Args:
        quiet: As `QuietHours`, meant in local time; none for no quiet hours.
        zone: IANA zone.
        at: Aware instant.

    Returns:
        A UTC instant, not before `at`. An hour that happens twice is quiet twice.
    """
    at = at.astimezone(UTC)
    if quiet is None:
        return at
    begins, ends = _span(quiet)
    here = ZoneInfo(zone)
    local = at.astimezone(here)
    clock = local.time()
    holds = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not holds:
        return at
    day = local.date() + timedelta(days=begins > ends and clock >= begins)
    end = datetime.combine(day, ends, here)
    for fold in (0, 1):  # the first end that lies ahead: in the hour that happens twice that may be the second
        if (instant := end.replace(fold=fold).astimezone(UTC)) > at:
            return instant
    return at


def may_reach(calendar: WorkCalendar, quiet: str | None, at: datetime, *, urgent: bool) -> datetime:
    """The first instant, not before `at`, at which somebody may be reached.

    What is urgent waits for the end of quiet hours only; all else also for a working day.

    Args:
        calendar: Their working days, in their own zone.
        quiet: Their quiet hours.
        at: Aware instant.
        urgent: Whether it is.
    """
    at = at.astimezone(UTC)
    while True:
        moved = quiet_until(quiet, calendar.zone, at)
        if not urgent and not calendar.is_working_day(calendar.local_date(moved)):
            moved = calendar.next_morning(moved)
        if moved == at:
            return at
        at = moved

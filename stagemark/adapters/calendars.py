"""Calendars from files and from the `holidays` library, resolved into the plain days a workflow can carry.

Never imported by a workflow (design.md §6.10): an activity calls `resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import holidays
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stagemark.domain.calendars import CalendarSpec, WorkCalendar
from stagemark.errors import InvalidInput, NotFound, Problem, fault_of, first_causes, reason_of
from stagemark.playbooks.document import line_of, read_document
from stagemark.problem_texts import PROBLEM_TEXTS

__all__ = ["builtin_calendar", "builtin_calendars", "known_gaps", "load_calendar", "resolve"]

_SHIPPED = files("stagemark") / "calendars"
_PLACES = ("country", "subdivision")  # what the `holidays` library has to know


def builtin_calendars() -> list[str]:
    """The ids of the shipped calendars."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _SHIPPED.iterdir() if entry.name.endswith(".yaml"))


def builtin_calendar(calendar_id: str) -> CalendarSpec:
    """A shipped calendar.

    Raises:
        NotFound: `unknown_calendar`.
    """
    if calendar_id not in (known := builtin_calendars()):
        raise NotFound.of("unknown_calendar", calendar=calendar_id, known=known)
    name = f"{calendar_id}.yaml"
    return _parse((_SHIPPED / name).read_text("utf-8"), name)


def load_calendar(path: str | Path) -> CalendarSpec:
    """Read an own calendar from a YAML 1.2 file.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`.
    """
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidInput.of("calendar_unreadable", str(path), why=reason_of(problem)) from problem
    return _parse(text, str(path))


def resolve(spec: CalendarSpec, first: date, last: date) -> WorkCalendar:
    """Turn a calendar into plain days from `first` to `last`, both included.

    The user's own days are kept whenever they fall. A calendar without a country is known for ever; one with a
    country up to the first year that `known_gaps` names.

    Raises:
        InvalidInput: `calendar_country` or `calendar_subdivision`: the `holidays` library does not know it.
    """
    country = _country(
        spec.country, spec.subdivision, range(first.year - 1, last.year + 2)
    )  # a notice can swap days over the new year
    own = dict.fromkeys(spec.days_off, False) | dict.fromkeys(spec.days_on, True)
    exceptions = own.copy()
    if country is not None:
        for day in _days(first, last):
            if day in own or day.year in spec.stated_years:
                continue
            if day in country.weekend_workdays:
                exceptions[day] = True
            elif day in country:
                exceptions[day] = False
    known_from, known_until = _known_range(spec, first, last)
    return WorkCalendar(
        id=spec.id,
        zone=spec.zone,
        week=spec.week,
        hours=spec.hours,
        # Only what differs from the week: a holiday on a Sunday says nothing.
        exceptions={
            day: worked for day, worked in sorted(exceptions.items()) if worked != (day.isoweekday() in spec.week)
        },
        known_from=known_from,
        known_until=known_until,
    )


def known_gaps(spec: CalendarSpec, first: date, last: date) -> list[int]:
    """The years from `first` to `last` whose holidays or swapped days are not known, to warn of.

    China's State Council announces each year's swaps in the November before; until the installed `holidays` has
    them, or `stated_years` does, only the statutory days of that year are known.
    """
    country = _country(spec.country, spec.subdivision, ())
    if country is None:
        return []
    known = range(country.start_year, country.end_year + 1)
    if spec.country == "CN":
        announced = getattr(country, "special_public_holidays")  # noqa: B009  (set by the library on the instance)
        known = range(min(announced), max(announced) + 1)
    return [year for year in range(first.year, last.year + 1) if year not in known and year not in spec.stated_years]


def _known_range(spec: CalendarSpec, first: date, last: date) -> tuple[date, date]:
    if spec.country is None:
        return date.min, date.max
    gaps = known_gaps(spec, first, last)
    while first.year in gaps and first <= last:
        first = date(first.year + 1, 1, 1)
    later = [year for year in gaps if year > first.year]
    return first, min([last, *(date(year - 1, 12, 31) for year in later)])


def _country(name: str | None, subdivision: str | None, years: Iterable[int]) -> holidays.HolidayBase | None:
    if name is None:
        return None
    try:
        country = holidays.country_holidays(name, years=years, expand=False)
    except NotImplementedError:
        raise InvalidInput.of("calendar_country", "country", country=name) from None
    if subdivision is None:
        return country
    try:
        return holidays.country_holidays(name, subdiv=subdivision, years=years, expand=False)
    except NotImplementedError:
        known = list(country.subdivisions)
        raise InvalidInput.of(
            "calendar_subdivision", "subdivision", country=name, subdivision=subdivision, known=known
        ) from None


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _parse(text: str, name: str) -> CalendarSpec:
    data, problems = read_document(text, name)
    found = [(0, problem) for problem in problems]
    try:
        spec = CalendarSpec.model_validate(data)
    except ValidationError as refused:
        found += [(line_of(data, error["loc"]), _problem(error)) for error in first_causes(refused.errors())]
    country, subdivision = (said if isinstance(said := data.get(field), str) else None for field in _PLACES)
    try:
        _country(country, subdivision, ())
    except InvalidInput as refused:
        found += [(line_of(data, (problem.where,)), problem) for problem in refused.problems]
    if found:
        found.sort(key=lambda pair: pair[0])
        raise InvalidInput(*(p.model_copy(update={"where": f"{name}:{line}"}) if line else p for line, p in found))
    return spec


def _problem(error: ErrorDetails) -> Problem:
    field = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return Problem(code="calendar_field_missing", params={"field": field})
    if error["type"] == "extra_forbidden":
        known = list(CalendarSpec.model_fields)
        return Problem(code="calendar_field_unknown", params={"field": field, "known": known})
    if error["type"] == "string_pattern_mismatch":  # the id is the only field with a pattern
        return Problem(code="calendar_id", params={"value": str(error["input"])})
    if error["loc"][0] == "week" and len(error["loc"]) > 1:
        return Problem(code="calendar_weekday", params={"value": str(error["input"])})
    if error["type"] in PROBLEM_TEXTS:
        return Problem(code=error["type"], params=error.get("ctx", {}))
    return Problem(code="field_invalid", params={"message": fault_of(error, field)})

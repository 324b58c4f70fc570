"""When something happened: an instant, a date, or unknown (design.md §4, `observed_at`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

__all__ = ["CALENDARS_END", "UNKNOWN", "Moment", "apart", "local"]

CALENDARS_END: Final = date(3000, 1, 1)
"""Days that somebody names lie before it."""

_EARLIEST = 1900  # a slip of the pen; and the ends of the calendar don't fit into every zone
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ZONED = re.compile(r"^(?P<instant>[^\[\]]+)(\[(?P<zone>[A-Za-z0-9_+\-/]+)\])?$")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the sale's life as people know it: an instant, only a date, or unknown.

    On the wire it is one string: `2026-03-05T02:00:00Z[Asia/Shanghai]` (RFC 9557; the zone is kept beside the
    instant), `2026-03-05`, or `unknown`. With a zone, the time may also be that of its clocks, with or without their
    offset: `2026-03-05T10:00:00[Asia/Shanghai]`; of a time that they showed twice the first is meant.

    Attributes:
        instant: The UTC instant, if it is known to the second.
        day: The local date, if only that is known.
        zone: IANA name of the zone in which the instant was told, if it was.
    """

    instant: datetime | None = None
    day: date | None = None
    zone: str | None = None

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read the wire form.

        Raises:
            PydanticCustomError: `moment_malformed`, `moment_date`, `moment_no_zone`, `moment_skipped` or
                `moment_offset`; a ValueError, so pydantic reports its place.
        """
        if text == "unknown":
            return UNKNOWN
        try:
            if _DAY.fullmatch(text):
                return cls(day=date.fromisoformat(text))
            match = _ZONED.match(text)
            if match is None:
                raise ValueError(text)
            told = datetime.fromisoformat(match["instant"])
            zone = match["zone"]
            there = _in_zone(told, ZoneInfo(zone)) if zone else told
            at = there.astimezone(UTC) if there.tzinfo else None
        except (
            ValueError,
            KeyError,
            OSError,
            OverflowError,
        ) as problem:  # ZoneInfo raises KeyError or OSError for a bad name; the ends of time overflow
            raise PydanticCustomError(
                "moment_malformed",
                "{value} is no date or time; write 2026-03-05, 2026-03-05T10:00:00+08:00 or unknown",
                {"value": text},
            ) from problem
        if _is_day(match["instant"]):
            right = {"value": text, "right": told.date().isoformat()}
            raise PydanticCustomError("moment_date", "a date is written {right}, not {value}", right)
        if at is None:
            raise PydanticCustomError(
                "moment_no_zone",
                "{value} has a time but no zone; add an offset, as in 2026-03-05T10:00:00+08:00",
                {"value": text},
            )
        if told.tzinfo is None and there.replace(tzinfo=None) != told:
            raise PydanticCustomError(
                "moment_skipped",
                "{value}: the clocks of that zone were put forward over it; write {right}",
                {"value": text, "right": f"{there.replace(tzinfo=None).isoformat()}[{zone}]"},
            )
        if told.utcoffset() and told.utcoffset() != there.utcoffset():  # an offset of zero is UTC, whatever the zone
            raise PydanticCustomError(
                "moment_offset",
                "{value}: the offset contradicts the zone; write {right}, or leave the offset out",
                {"value": text, "right": f"{there.isoformat()}[{zone}]"},
            )
        return cls(instant=at, zone=zone)

    @classmethod
    def at(cls, instant: datetime, zone: str | None = None) -> Moment:
        """Make a moment of an aware instant."""
        return cls(instant=instant.astimezone(UTC), zone=zone)

    @classmethod
    def on(cls, day: date) -> Moment:
        """Make a moment of a date."""
        return cls(day=day)

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return self.instant is not None or self.day is not None

    def __str__(self) -> str:
        """Write the wire form."""
        if self.instant is not None:
            said = self.instant.isoformat().replace("+00:00", "Z")
            return f"{said}[{self.zone}]" if self.zone else said
        return self.day.isoformat() if self.day is not None else "unknown"

    def local(self, zone: str) -> str:
        """Write it for people: an instant as the clocks of a zone showed it, to the second."""
        return str(self) if self.instant is None else local(self.instant, zone)

    @classmethod
    def _validate(cls, value: Any) -> Moment:
        moment = cls._read(value)
        if (day := moment.instant or moment.day) is not None and day.year < _EARLIEST:
            raise PydanticCustomError(
                "moment_too_early", "{value} lies before 1900; give the right year, or unknown", {"value": str(value)}
            )
        return moment

    @classmethod
    def _read(cls, value: Any) -> Moment:
        if isinstance(value, Moment):
            return value
        if isinstance(value, datetime):
            return cls.parse(value.isoformat())
        if isinstance(value, date):
            return cls(day=value)
        return cls.parse(value if isinstance(value, str) else repr(value))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let pydantic read and write the wire form."""
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the wire form to editors."""
        return {"type": "string", "examples": ["2026-03-05", "2026-03-05T10:00:00+08:00", "unknown"]}


UNKNOWN = Moment()


def apart(one: Moment, other: Moment, zone: str) -> tuple[str, str]:
    """Two moments as the clocks of a zone showed them; where only less than a second lies between, as they are kept."""
    first, second = one.local(zone), other.local(zone)
    return (str(one), str(other)) if first == second else (first, second)


def local(at: datetime, zone: str) -> str:
    """Write an instant for people: as the clocks of a zone showed it, to the second."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _in_zone(told: datetime, zone: ZoneInfo) -> datetime:
    """A time on the clocks of a zone; a local time over which they were put forward becomes one that they showed."""
    return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


def _is_day(text: str) -> bool:
    """Whether it is only a date, in any spelling of ISO 8601."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

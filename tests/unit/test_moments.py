"""When something happened, as it is written: what is taken, and what is said of the rest."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stagemark.domain.moments import Moment
from stagemark.errors import Problem, problems_of

READ = TypeAdapter(Moment)


def refused(text: str) -> Problem:
    with pytest.raises(ValidationError) as wrong:
        READ.validate_python(text)
    (problem,) = problems_of(wrong.value)
    assert problem.text("zh") != problem.text("en")
    return problem


@pytest.mark.parametrize(
    ("text", "code", "right"),
    [
        ("20260305", "moment_date", "2026-03-05"),
        ("2026-W10-1", "moment_date", "2026-03-02"),
        ("2026-03-05[Asia/Shanghai]", "moment_date", "2026-03-05, not"),
        ("2026-03-05T10:00", "moment_no_zone", "2026-03-05T10:00:00+08:00"),
        ("20260305T100000", "moment_no_zone", "2026-03-05T10:00:00+08:00"),
        ("2026-03-29T02:30:00[Europe/Berlin]", "moment_skipped", "2026-03-29T03:30:00[Europe/Berlin]"),
        ("2026-03-05T10:00:00+08:00[Europe/Berlin]", "moment_offset", "2026-03-05T03:00:00+01:00[Europe/Berlin]"),
        ("2026-03-05T10:00:00+08:00[Europe/Berlim]", "moment_malformed", "2026-03-05"),
        ("9999-12-31T23:30:00+14:00[America/New_York]", "moment_offset", "9999-12-31T04:30:00-05:00"),
        ("9999-12-31T23:30:00[America/New_York]", "moment_malformed", "2026-03-05"),
        ("5 March", "moment_malformed", "2026-03-05"),
        ("1826-03-05", "moment_too_early", "the right year"),
    ],
)
def test_what_is_no_moment_is_told_what_would_be_right(text: str, code: str, right: str) -> None:
    problem = refused(text)
    assert problem.code == code
    assert text in problem.text("en")
    assert right in problem.text("en")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-03-05", "2026-03-05"),
        ("unknown", "unknown"),
        ("2026-03-05T10:00:00+08:00", "2026-03-05T02:00:00Z"),
        ("2026-03-05T10:00:00+01:00[Europe/Berlin]", "2026-03-05T09:00:00Z[Europe/Berlin]"),
        ("2026-03-05T10:00:00[Europe/Berlin]", "2026-03-05T09:00:00Z[Europe/Berlin]"),
        ("2026-10-25T02:30:00[Europe/Berlin]", "2026-10-25T00:30:00Z[Europe/Berlin]"),
        ("2026-10-25T02:30:00+01:00[Europe/Berlin]", "2026-10-25T01:30:00Z[Europe/Berlin]"),
    ],
)
def test_a_moment_is_kept_in_utc_with_its_zone(text: str, written: str) -> None:
    assert str(READ.validate_python(text)) == written


@given(
    st.integers(-600_000_000, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(sorted(available_timezones())),
)
def test_every_instant_can_be_written_in_every_zone(instant: datetime, zone: str) -> None:
    moment = Moment.at(instant, zone)
    assert READ.validate_python(str(moment)) == moment
    clocks = instant.astimezone(ZoneInfo(zone))
    assert READ.validate_python(f"{clocks.isoformat()}[{zone}]").instant == instant

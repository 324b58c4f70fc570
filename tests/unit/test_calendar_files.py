"""Own calendars in YAML: what is read, and what is said of each mistake."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from stagemark.adapters.calendars import load_calendar
from stagemark.domain.calendars import CalendarSpec
from stagemark.errors import InvalidInput
from stagemark.problem_texts import PROBLEM_TEXTS

GOOD = """\
id: acme
label: {zh: 公司日历, en: Acme}
zone: Asia/Shanghai
country: CN
week: [1, 2, 3, 4, 5, 6]
hours:
  - [08:30, 12:00]
  - ["13:00", 17:30]
days_off: [2025-03-08]
days_on:
  - 2025-10-08
"""


Read = Callable[[str], CalendarSpec]
Refusal = Callable[[str], tuple[list[tuple[int, str]], str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> CalendarSpec:
        path = tmp_path / "acme.yaml"
        path.write_text(text, "utf-8")
        return load_calendar(path)

    return read


@pytest.fixture
def refusal(read: Read, tmp_path: Path) -> Refusal:
    """The problems of a file as (line, code), and their English texts."""

    def refusal(text: str) -> tuple[list[tuple[int, str]], str]:
        with pytest.raises(InvalidInput) as refused:
            read(text)
        assert refused.value.exit_status == 2
        places = [problem.where.removeprefix(f"{tmp_path}/acme.yaml:") for problem in refused.value.problems]
        codes = [problem.code for problem in refused.value.problems]
        assert {problem.code for problem in refused.value.problems} <= PROBLEM_TEXTS.keys()
        return list(zip(map(int, places), codes, strict=True)), refused.value.text("en")

    return refusal


def test_a_calendar_is_read_as_it_is_written(read: Read) -> None:
    spec = read(GOOD)
    assert spec.week == (1, 2, 3, 4, 5, 6)
    assert spec.hours == ((time(8, 30), time(12)), (time(13), time(17, 30)))
    assert spec.days_off == (date(2025, 3, 8),)
    assert spec.days_on == (date(2025, 10, 8),)


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("zone: Asia/Shanghai", "zone: Asia/Peking", 3, "calendar_zone"),
        ("country: CN", "country: XX", 4, "calendar_country"),
        ("country: CN", "country: DE\nsubdivision: QQ", 5, "calendar_subdivision"),
        ("country: CN", "subdivision: BY", 4, "calendar_subdivision_alone"),
        ("country: CN", "contry: CN", 4, "calendar_field_unknown"),
        ("id: acme", "# none", 2, "calendar_field_missing"),
        ("id: acme", "id: ACME Ltd", 1, "calendar_id"),
        ("{zh: 公司日历, en: Acme}", "Acme", 2, "field_invalid"),
        ("5, 6]", "5, 5]", 5, "calendar_week"),
        ("5, 6]", "5, 8]", 5, "calendar_weekday"),
        ("5, 6]", "5, six]", 5, "calendar_weekday"),
        ("[1, 2, 3, 4, 5, 6]", "[9]", 5, "calendar_weekday"),
        ("[08:30, 12:00]", "[8, 12:00]", 7, "calendar_time"),
        ("[08:30, 12:00]", "[08:30, 25:00]", 7, "calendar_time"),
        ("[08:30, 12:00]", "[08:30, 12:00+08:00]", 7, "calendar_time_local"),
        ("[08:30, 12:00]", "[12:00, 08:30]", 6, "calendar_hours"),
        ("[08:30, 12:00]", "[08:30, 13:30]", 6, "calendar_hours_overlap"),
        ("[08:30, 12:00]", "[08:30]", 7, "calendar_field_missing"),
        ("[2025-03-08]", "[2025-02-30]", 9, "calendar_date"),
        ("[2025-03-08]", "[20250308]", 9, "calendar_date"),
        ("- 2025-10-08", "- soon", 11, "calendar_date"),
        ("- 2025-10-08", "- 2025-03-08", 10, "calendar_day_both"),
        ("id: acme", "id: acme\nid: acme", 2, "yaml_duplicate_key"),
        ("[2025-03-08]", "[2025-03-08", 10, "yaml_syntax"),
    ],
)
def test_a_mistake_is_named_with_its_line(refusal: Refusal, old: str, new: str, line: int, code: str) -> None:
    assert old in GOOD
    found, _ = refusal(GOOD.replace(old, new))
    assert found == [(line, code)]


def test_every_mistake_is_named_at_once_in_the_order_of_the_file(refusal: Refusal) -> None:
    text = GOOD.replace("Asia/Shanghai", "Mars/Olympus").replace("08:30", "8am").replace("10-08", "13-08")
    found, said = refusal(text.replace("country: CN", "country: XX"))
    assert found == [(3, "calendar_zone"), (4, "calendar_country"), (7, "calendar_time"), (11, "calendar_date")]
    assert "there is no time zone Mars/Olympus; give an IANA name such as Asia/Shanghai" in said
    assert "write '09:00'" in said


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a list\n", "just text\n"])
def test_a_file_that_holds_no_fields_is_refused(refusal: Refusal, text: str) -> None:
    found, _ = refusal(text)
    assert found == [(1, "yaml_no_mapping")]


def test_a_missing_or_unreadable_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("id: é".encode("latin-1"))
    for name in ("none.yaml", "latin.yaml", "."):
        with pytest.raises(InvalidInput) as refused:
            load_calendar(tmp_path / name)
        assert refused.value.code == "calendar_unreadable"


def test_a_control_character_is_no_yaml(refusal: Refusal) -> None:
    found, _ = refusal(GOOD + "note: \x07\n")
    assert found == [(12, "yaml_syntax")]

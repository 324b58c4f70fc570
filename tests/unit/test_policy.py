"""A policy out of YAML: every error at once, on its line, with what would be right."""

from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stagemark.errors import InvalidInput, NotFound, Problem
from stagemark.playbooks.document import read_document
from stagemark.policies import load
from stagemark.policies.checks import COMPANY_ROLES
from stagemark.policies.load import load_policy, shipped_policy
from stagemark.policies.schema import policy_schema
from stagemark.policies.settings import models

SHIPPED = (Path(load.__file__).parent / "default.yaml").read_text("utf-8")
CALENDARS = ("cn", "us")


def problems(tmp_path: Path, *changes: tuple[str, str], text: str = SHIPPED) -> list[Problem]:
    """What is wrong with the shipped policy once this is written in it instead of that."""
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    path = tmp_path / "own.yaml"
    path.write_text(text, "utf-8")
    try:
        load_policy(path, "own.yaml", calendars=CALENDARS, roles=())
    except InvalidInput as error:
        return list(error.problems)
    return []


def line(part: str, text: str = SHIPPED) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("old_after: 30 ", "old_afer: 30 ", "policy_field_misspelt", "did you mean old_after?"),
        ("old_after: 30 ", "old_after: 30\n  zzz: 30 ", "policy_field_unknown", "the fields are age_from, "),
        ("  until_approved: finance\n", "", "policy_field_missing", "the field until_approved is missing; add it"),
        ("old_after: 30 ", "old_after: soon ", "policy_value", "collection.old_after: "),
        ("  age_from: due ", "  age_from: dew ", "policy_value", "this is not among due, receivable"),
        ("calendar: cn", "calendar: mars", "unknown_calendar", "there is no calendar mars"),
        ("{CNY: 100000}", "{RMB: 100000}", "currency_unknown", "RMB is no ISO 4217 currency code"),
        ("{CNY: 100000}", "{CNY: -1}", "policy_value", "collection.large_over.CNY: it must be at least 0"),
        ("broken_to: [owner, supervisor]", "broken_to: [owner, bos]", "policy_role_unknown", "there is no role bos"),
        ("refused_to: [supervisor]", "refused_to: [7]", "policy_value", "refused_to.0: this is no text"),
        ("refused_to: [supervisor]", "refused_to: [supervisr]", "policy_role_unknown", "there are supervisor"),
        ("override_by: [finance]", "override_by: [finanse]", "policy_role_unknown", "there are finance"),
        ("override_by: [finance]", "override_by: [owner]", "role_of_sale", "one of supervisor, finance"),
        ("listen: {within: PT2H}", "listen: {within: 2h}", "span_malformed", "2h is no span of working time"),
        ("a: {survey_every: P6M}", "a: {survey_every: 6M}", "calendar_span_malformed", "write P3D, P2W, P6M or P1Y"),
        ("    ask: {within: P1D}\n", "", "complaint_steps_missing", "the steps ask have no rule"),
        ("    b: {survey_every: P3M}\n", "", "account_grades_missing", "the grades b have no rule"),
        ("harder: {phone: finance", "harder: {phone: phone", "collection_harder", "phone"),
        ('quiet_hours: "20:00-08:00"', "quiet_hours: never", "quiet_hours_malformed", "write 21:00-08:00"),
        ("{id: existing, label", "{id: predecessor, label", "named_twice", "channel predecessor is named twice"),
    ],
)  # fmt: skip
def test_an_error_is_named_on_its_line_with_what_would_be_right(
    tmp_path: Path, old: str, new: str, code: str, said: str
) -> None:
    (found,) = problems(tmp_path, (old, new))
    assert found.code == code
    assert said in found.text("en")
    assert found.text("zh") != found.text("en")
    name, _, at = found.where.partition(":")
    assert name == "own.yaml"
    missing = code in ("policy_field_missing", "complaint_steps_missing", "account_grades_missing", "named_twice")
    around = {"policy_field_missing": "collection:  ", "complaint_steps_missing": "  steps:\n    listen",
              "account_grades_missing": "  grades:  ", "named_twice": "account:  "}  # fmt: skip
    expected = line(around[code]) if missing else line(old.strip().split("\n")[0])
    assert int(at) in (expected, expected + 1)  # what lacks something is named where it begins


def test_all_errors_are_told_at_once_also_those_that_only_a_whole_policy_shows(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ("old_after: 30 ", "old_afer: x "),
        ("calendar: cn", "calendar: mars"),
        ("broken_to: [owner, supervisor]", "broken_to: [bos]"),
        ("    ask: {within: P1D}\n", ""),
        ("how: phone, within: P2D", "how: fax, within: P2D"),
        ("best: 5", "best: 3"),
    )
    assert [problem.code for problem in found] == [
        "unknown_calendar", "policy_field_misspelt", "policy_value", "policy_role_unknown", "complaint_steps_missing",
        "policy_value", "satisfaction_unreachable",
    ]  # fmt: skip
    lines = [int(problem.where.partition(":")[2]) for problem in found]
    assert lines == sorted(lines)


def test_a_file_that_is_no_policy_at_all_is_refused(tmp_path: Path) -> None:
    assert {problem.code for problem in problems(tmp_path, text="id: x\n")} == {"policy_field_missing"}
    assert [problem.code for problem in problems(tmp_path, text="- x\n")] == ["yaml_no_mapping"]
    assert problems(tmp_path, text="collection: 5\naccount: []\n")
    assert "yaml_duplicate_key" in {problem.code for problem in problems(tmp_path, text=SHIPPED + "id: again\n")}
    with pytest.raises(NotFound, match="there is no policy"):
        load_policy(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput) as unreadable:
        load_policy(tmp_path / "bytes.yaml")
    assert unreadable.value.code == "policy_unreadable"


def test_a_role_of_the_company_is_known_once_somebody_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SHIPPED.replace("broken_to: [owner, supervisor]", "broken_to: [credit-desk]"), "utf-8")
    assert load_policy(path, roles={"credit-desk"}).collection.broken_to == ("credit-desk",)
    with pytest.raises(InvalidInput):
        load_policy(path, roles=set(COMPANY_ROLES))


def test_a_policy_is_versioned_by_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SHIPPED, "utf-8")
    assert load_policy(path).digest() == shipped_policy().digest()
    path.write_text(SHIPPED.replace("old_after: 30 ", "old_after: 31 "), "utf-8")
    assert load_policy(path).digest() != shipped_policy().digest()


def test_the_schema_takes_the_shipped_policy_says_what_each_setting_means_and_finds_a_slip() -> None:
    schema = policy_schema()
    document, _ = read_document(SHIPPED, "default.yaml")
    jsonschema.validate(document, schema)
    defined = schema["$defs"].values()
    assert len(defined) >= len(models()) - 1
    assert all("description" in field or "$ref" in field for part in defined for field in part["properties"].values())
    document["collection"]["old_after"] = 0
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(8, SHIPPED.count("\n") - 1),
    junk=st.sampled_from(
        ["", "  - 5", "  x: y", "  contact: []", "steps: {}", "    to: {a: b}", "  follow_ups: [{}, 5]"]
    ),
)
def test_whatever_is_broken_is_told_as_a_problem_with_its_line(tmp_path: Path, place: int, junk: str) -> None:
    lines = SHIPPED.split("\n")
    lines[place] = junk
    for problem in problems(tmp_path, text="\n".join(lines)):
        assert problem.where.startswith("own.yaml:")
        assert "{" not in problem.text("zh")

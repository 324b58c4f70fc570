"""Evidence as it is typed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stagemark.cli.evidence import marks, typed_evidence
from stagemark.domain.commands import Mark
from stagemark.domain.playbook import Edge, Playbook
from stagemark.errors import InvalidInput
from tests.cli.conftest import CommandLine
from tests.cli.test_one_sale import opened

BOOK = Playbook.model_validate(
    {
        "id": "two",
        "evidence": [
            {"id": "note", "type": "text"},
            {"id": "who", "type": "person"},
            {"id": "n", "type": "number"},
            {"id": "budget", "type": "money"},
            {"id": "roles", "type": "choice", "many": True, "options": [{"id": "true"}, {"id": "user"}]},
        ],
        "stages": [
            {"id": "one", "start": {}, "end": {"conditions": [{"evidence": "n", "at_least": "3"}]}},
            {"id": "two", "start": {"evidence": [{"evidence": "roles"}, {"evidence": "n"}]}, "end": {}},
        ],
        "loss_reasons": [{"id": "price"}],
    }
)


def read(text: str, playbook: Playbook | None = BOOK) -> object:
    (given,) = typed_evidence([text], None, "wang").read(playbook)
    return given.value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("note=2026", "2026"),
        ("note=true", "true"),
        ('note="2026"', "2026"),
        ("note=[draft] as sent", "[draft] as sent"),
        ("who@c-1=4711", "4711"),
        ("n=3", 3),
        ("n=many", "many"),
        ("budget=5000EUR", {"amount": "5000", "currency": "EUR"}),
        ('budget={"amount": "5000", "currency": "EUR"}', {"amount": "5000", "currency": "EUR"}),
        ("roles=true", "true"),
        ('roles=["user"]', ["user"]),
    ],
)
def test_a_value_is_read_by_the_type_of_its_evidence(typed: str, value: object) -> None:
    assert read(typed) == value


def test_an_amount_without_its_currency_is_said_to_lack_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        read("budget=5000")
    assert refused.value.code == "amount_unreadable"


def wrong(*typed: str, overrides: list[str] | None = None) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        typed_evidence(list(typed), overrides, "wang").read(BOOK)
    return [(problem.where, problem.code) for problem in refused.value.problems]


def test_all_that_is_no_evidence_is_told_at_once() -> None:
    assert wrong("nothing", "note=fine", overrides=["none", "note= ", "n=x"]) == [
        ("", "evidence_unreadable"),
        ("", "evidence_unreadable"),
        ("--override note", "field_invalid"),
    ]


def test_all_values_that_cannot_be_read_are_told_at_once_each_by_its_name() -> None:
    assert wrong("budget=5000", "n=NaN", "note=fine", 'roles=["user"', "who@c-1=") == [
        ("--evidence budget", "amount_unreadable"),
        ("--evidence n", "value_unfit"),
        ("--evidence roles", "evidence_json"),
    ]


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1E400", "[1E400]"])
def test_a_number_without_end_is_told_with_the_name_of_its_evidence(value: str) -> None:
    assert wrong(f"n={value}") == [("--evidence n", "value_unfit")]
    assert wrong(f"n@c-1={value}") == [("--evidence n@c-1", "value_unfit")]
    assert read(f"note={value}") == value, "as a text it may stand"


@pytest.mark.parametrize(
    "number", ["0.12345678901234567890", "1234567890123456.78", "100000000000000000000001e0", "1e-400"]
)
def test_a_number_whose_digits_would_be_lost_is_refused_and_kept_when_quoted(number: str) -> None:
    assert wrong(f"n={number}") == [("--evidence n", "number_inexact")]
    with pytest.raises(InvalidInput) as refused:
        read(f'budget={{"amount": {number}, "currency": "CNY"}}')
    for said in (refused.value.text("en"), refused.value.text("zh")):
        assert f"""='"{number}"'""" in said
    assert read(f'n="{number}"') == number
    assert read(f"note={number}") == number


@pytest.mark.parametrize("number", ["0.1", "2.50", "-1.5e3", "1e23", "0.30000000000000004", "123456789012345678901234"])
def test_a_number_whose_digits_are_kept_is_one(number: str) -> None:
    assert Decimal(str(read(f"n={number}"))) == Decimal(number)


def test_a_value_of_evidence_that_is_not_known_is_json_or_text() -> None:
    assert [read(text, None) for text in ("note=2026", "note=as sent")] == [2026, "as sent"]
    with pytest.raises(InvalidInput) as refused:
        read('roles=["user"')
    assert refused.value.code == "evidence_json"


def test_each_piece_of_evidence_stands_with_the_first_marker_that_asks_for_it_else_with_the_first() -> None:
    given = typed_evidence(["n=5", "roles=user", "note=x"], ["who=nobody knows"], "wang").read(BOOK)

    def homes(*markers: tuple[str, Edge]) -> list[list[str]]:
        found = marks(markers, given, BOOK)
        return [[one.evidence for one in command.evidence] for command in found if isinstance(command, Mark)]

    assert homes(("one", "start"), ("one", "end"), ("two", "start")) == [["note", "who"], ["n"], ["roles"]]
    assert homes(("one", "start"), ("two", "start")) == [["note", "who"], ["n", "roles"]]
    assert homes(("two", "end"), ("nowhere", "start")) == [["n", "roles", "note", "who"], []]


def test_a_correction_that_would_lose_digits_is_refused_by_the_name_of_its_field(stagemark: CommandLine) -> None:
    corrected = stagemark("correct", "S-20", "1", "--set", "value=0.12345678901234567890", "--reason", "a slip")
    assert (corrected.status, corrected.codes) == (2, ["number_inexact"])
    assert "--set value: 0.12345678901234567890" in corrected.err


def test_a_step_alone_belongs_to_the_one_stage_that_has_it(stagemark: CommandLine) -> None:
    words = ("--account", "acme", "--owner", "wang", "--mark", "analysis.start")
    assert stagemark("open", "S-20", *words, "--observed-at", "2026-03-02").status == 0
    done = stagemark("record", "S-20", "--step", "develop_guide", "--why-not")
    assert (done.status, done.out.strip()) == (0, "Nothing stands in the way.")
    unknown = stagemark("record", "S-20", "--step", "dance")
    assert (unknown.status, unknown.codes) == (2, ["step_of_no_stage"])
    near = stagemark("record", "S-20", "--step", "develop_guides", "--language", "zh")
    assert "（develop_guide）" in near.err
    assert "stagemark playbook show key-account-six" in near.err


def test_evidence_recorded_with_several_markers_can_be_taken_back_with_the_one_that_asks_for_it(
    stagemark: CommandLine,
) -> None:
    opened(stagemark, "S-21")
    done = stagemark("mark", "S-21", "find.start", "find.end", "-e", "fit=2026", "--observed-at", "2026-03-03")
    assert done.status == 0, done.err
    assert stagemark("void", "S-21", "3", "--reason", "a slip").status == 0
    again = stagemark("mark", "S-21", "find.end", "--observed-at", "2026-03-03")
    assert again.codes == ["evidence_missing"]

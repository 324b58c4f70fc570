"""What is wrong with text that is no YAML is said in the reader's language, whatever the library says."""

import re

import pytest
from pydantic import JsonValue

from stagemark.domain.commands import Given
from stagemark.domain.evidence import check_given
from stagemark.errors import InvalidInput
from stagemark.playbooks.document import read_document
from stagemark.playbooks.load import load_playbook
from tests.playing import three_stages

CASES = [
    ("a: [1, 2\nb: 1", 2, "yaml_bracket_open"),
    ("a: 1\nb: {x: [y}", 2, "yaml_bracket_open"),
    ("a: b: c", 1, "yaml_colon"),
    ("a\nb: 1", 2, "yaml_colon"),
    ("a: 1\n  b: 2", 2, "yaml_colon"),
    ("a:\n\t- x", 2, "yaml_tab"),
    ('a: "x\nb: 1', 2, "yaml_quote_open"),
    ("a: @x", 1, "yaml_sign"),
    ("  a: 1\n b: 2", 2, "yaml_indent"),
    ("- a\nb: 1", 2, "yaml_indent"),
    ("a: 1\n- b", 2, "yaml_indent"),
    ("a: 'b' c", 1, "yaml_indent"),
    ("a: - b", 1, "yaml_dash"),
    ('a: "\\q"', 1, "yaml_escape"),
    ("a: 1\n---\nb: 2", 2, "yaml_documents"),
    ("a: 1\nb: \x07", 2, "yaml_control"),
    ("a: ]", 1, "yaml_value_expected"),
    ("a: |x", 1, "yaml_other"),
]


@pytest.mark.parametrize(("text", "line", "kind"), CASES)
def test_text_that_is_no_yaml_is_told_its_line_and_what_is_wrong_in_both_languages(
    text: str, line: int, kind: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_document(text, "p.yaml")
    (problem,) = refused.value.problems
    assert (problem.code, problem.where, problem.params["problem"]["code"]) == ("yaml_syntax", f"p.yaml:{line}", kind)
    chinese = re.sub(r"（.*）", "", problem.text("zh").removeprefix(f"p.yaml:{line}"))
    assert not re.search(r"[A-Za-z]{3}", chinese.replace("YAML", ""))
    assert problem.text() != problem.text("zh")


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("", "nothing", "空"),
        ("[a]", "a list", "列表"),
        ("{a: 1}", "a mapping of fields", "由字段组成的映射"),
        ("true", "true", "true"),
    ],
)
def test_what_is_no_text_is_called_as_people_call_it(written: str, english: str, chinese: str) -> None:
    text = f"id: small\nversion: {written}\nlabel: {{zh: 小, en: S}}\nstages: []\n"
    with pytest.raises(InvalidInput) as refused:
        load_playbook(text)
    (problem,) = [one for one in refused.value.problems if one.code == "playbook_text"]
    assert f"is text, not {english};" in problem.text()
    assert f"而不是 {chinese}；" in problem.text("zh")


def test_a_value_of_the_wrong_type_is_said_as_it_was_typed() -> None:
    cases: list[tuple[JsonValue, str]] = [(None, "nothing"), (True, "true"), (["a", 1], '["a", 1]')]
    for typed, said in cases:
        piece = Given.model_construct(evidence="note", person=None, value=typed, override=None)
        (problem,) = check_given(three_stages(), piece)
        assert problem.text().endswith(f"it is {said}")

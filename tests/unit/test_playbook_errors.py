"""Each way in which a playbook can be wrong is named by its code, on its line, in both languages."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stagemark.playbooks
from stagemark.errors import InvalidInput, NotFound, Problem
from stagemark.playbooks.document import MAX_BYTES
from stagemark.playbooks.load import find_playbook, load_playbook, read_playbook, shipped_playbook
from stagemark.texts.playbook import PLAYBOOK_TEXTS

GOOD = """\
id: small
version: "1"
label: {zh: 小流程, en: A small process}
currency: EUR
bands:
  - {id: low, label: {zh: 低, en: Low}, up_to: 1000}
  - {id: high, label: {zh: 高, en: High}}
people: {role_evidence: role, decision_maker: boss}
evidence:
  - id: role
    label: {zh: 角色, en: Role}
    type: choice
    about_person: true
    options: [{id: boss, label: {zh: 老板, en: Boss}}, {id: user, label: {zh: 用户, en: User}}]
  - {id: level, label: {zh: 级别, en: Level}, type: ranked, about_person: true, options: [
      {id: cold, label: {zh: 冷, en: Cold}}, {id: warm, label: {zh: 热, en: Warm}}]}
  - {id: parts, label: {zh: 部分, en: Parts}, type: checklist, options: [{id: one, label: {zh: 一, en: One}}]}
  - {id: note, label: {zh: 备注, en: Note}, type: text}
  - {id: price, label: {zh: 价格, en: Price}, type: money}
  - {id: day, label: {zh: 日期, en: Day}, type: date}
  - {id: kind, label: {zh: 种类, en: Kind}, type: choice, options: [
      {id: a, label: {zh: 甲, en: A}}, {id: b, label: {zh: 乙, en: B}}]}
stages:
  - id: find
    label: {zh: 发现, en: Find}
    expected: P5D
    nurturable: true
    start:
      label: {zh: 开始发现, en: Search begins}
    end:
      label: {zh: 已发现, en: Found}
      evidence:
        - {evidence: note, need: required, by_band: {high: advised}}
      conditions:
        - {evidence: level, at_least: warm, who: decision_maker}
        - {evidence: price, at_least: 10.5}
    steps:
      - {id: look, label: {zh: 寻找, en: Look}, evidence: [role, level, parts]}
      - {id: ask, label: {zh: 询价, en: Ask}, evidence: [price, day, kind]}
  - id: win
    label: {zh: 赢单, en: Win}
    opens_after: [{stage: find, has: begun}]
    start: {label: {zh: 开始, en: Begins}}
    end:
      label: {zh: 签约, en: Signed}
      conditions:
        - {evidence: parts, checked: all}
triggers:
  - id: late
    label: {zh: 超期, en: Late}
    on: stage_exceeds
    rungs:
      - {id: first, label: {zh: 一级, en: First}, to: [owner]}
      - {id: second, label: {zh: 二级, en: Second}, times_expected: 1.5, to: [supervisor]}
  - id: quiet
    label: {zh: 沉默, en: Quiet}
    on: silence
    rungs:
      - {id: first, label: {zh: 一级, en: First}, after: P10D}
  - id: again
    label: {zh: 再看, en: Again}
    on: look_again
    rungs: [{id: first, label: {zh: 一级, en: First}}]
loss_reasons:
  - {id: price, label: {zh: 价格, en: Price}}
"""

END_OF_WIN = GOOD[GOOD.index("    end:\n      label: {zh: 签约") : GOOD.index("triggers:")]
EARLY = "{zh: 早, en: E}\n      conditions:\n        - {evidence: level, at_least: cold, who: any}"
# code; lines from the fragment to the error; the fragment; what replaces it
CASES = [
    ("role_of_sale", 0, "type: checklist", "type: checklist, override_by: [owner]"),
    ("yaml_syntax", 1, "currency: EUR", "currency: [EUR\nx: 1"),
    ("yaml_syntax", 0, "currency: EUR", "currency: \x07"),
    ("yaml_syntax", 0, "loss_reasons:", "---\nloss_reasons:"),
    ("yaml_version", 1, "id: small", "%YAML 1.1\n---\nid: small"),
    ("yaml_key", 0, "currency: EUR", "[a]: b"),
    ("yaml_alias", 0, "currency: EUR", "currency: &c EUR"),
    ("yaml_alias", 0, "currency: EUR", "currency: *c"),
    ("yaml_tag", 0, "currency: EUR", "currency: !!python/name:os.system EUR"),
    ("yaml_duplicate_key", 1, "currency: EUR", "currency: EUR\ncurrency: USD"),
    ("yaml_too_deep", 0, "currency: EUR", "currency: " + "[" * 100_000),
    ("playbook_field_missing", 1, "id: small\n", "\n"),
    ("playbook_field_missing", 0, "  - id: find", "  - skippable: true"),
    ("playbook_end_without_start", -3, "    start: {label: {zh: 开始, en: Begins}}\n", ""),
    ("playbook_start_without_end", -4, END_OF_WIN, ""),
    ("playbook_field_misspelt", 0, "    expected: P5D", "    expectd: P5D"),
    ("playbook_field_unknown", 0, "    expected: P5D", "    zzz: P5D"),
    ("playbook_field_unknown", 1, "currency: EUR", "currency: EUR\nhash: abc"),
    ("playbook_text", 0, 'version: "1"', "version: 1"),
    ("playbook_id", 0, "  - id: win", "  - id: Win it"),
    ("playbook_empty", 0, "label: {zh: 小流程, en: A small process}", "label: {zh: '', en: A small process}"),
    ("playbook_empty", 0, "    rungs: [{id: first, label: {zh: 一级, en: First}}]", "    rungs: []"),
    ("playbook_choice", 0, "    type: choice", "    type: selection"),
    ("playbook_choice", 0, "    on: silence", "    on: noise"),
    ("playbook_list", 0, "evidence: [price, day, kind]", "evidence: price"),
    ("playbook_mapping", 0, "opens_after: [{stage: find, has: begun}]", "opens_after: [find]"),
    ("playbook_yes_no", 0, "    nurturable: true", "    nurturable: perhaps"),
    ("playbook_number", 0, "up_to: 1000", "up_to: many"),
    ("playbook_number", 0, "times_expected: 1.5", "times_expected: 0"),
    ("playbook_number", 0, "checked: all", "checked: 0"),
    ("playbook_date", 0, "{evidence: price, at_least: 10.5}", "{evidence: day, not_before: soon}"),
    ("playbook_currency", 0, "currency: EUR", "currency: EURO"),
    ("span_malformed", 0, "    expected: P5D", "    expected: 5 days"),
    ("span_out_of_range", 0, "    expected: P5D", "    expected: P99999999999D"),
    ("condition_operator", 0, "{evidence: parts, checked: all}", "{evidence: parts}"),
    ("condition_operator", 0, "at_least: 10.5}", "at_least: 10.5, at_most: 20}"),
    ("playbook_label_missing", -2, "label: {zh: 小流程, en: A small process}\n", ""),
    ("playbook_label_missing", -1, "    label: {zh: 赢单, en: Win}\n", ""),
    ("playbook_label_missing", 0, "{zh: 签约, en: Signed}", "{zh: 签约, en: ' '}"),
    ("playbook_label_missing", -1, "      label: {zh: 已发现, en: Found}\n", ""),
    ("playbook_label_missing", 0, "{id: one, label: {zh: 一, en: One}}", "{id: one}"),
    ("playbook_field_missing", 0, "{zh: 签约, en: Signed}", "{zh: 签约}"),
    ("playbook_duplicate_id", 0, "  - id: win", "  - id: find"),
    ("playbook_duplicate_id", 0, "{id: ask, ", "{id: look, "),
    ("playbook_duplicate_id", 0, "{id: user, label", "{id: boss, label"),
    ("playbook_options_missing", 0, ", options: [{id: one, label: {zh: 一, en: One}}]", ""),
    ("playbook_options_extra", 0, "type: text}", "type: text, options: [{id: a, label: {zh: 甲, en: A}}]}"),
    ("playbook_many_extra", 0, "type: text}", "type: text, many: true}"),
    ("playbook_collects_type", 0, "opens_after: [{stage: find, has: begun}]", "collects: {amount: note}"),
    ("playbook_unknown_evidence", 0, "evidence: [price, day, kind]", "evidence: [price, dya]"),
    ("playbook_unknown_evidence", 0, "{evidence: note, need", "{evidence: notes, need"),
    ("playbook_unknown_evidence", 0, "{evidence: parts, checked", "{evidence: part, checked"),
    ("playbook_unknown_evidence", 0, "role_evidence: role", "role_evidence: roles"),
    ("playbook_unknown_option", 0, "at_least: warm", "at_least: hot"),
    ("playbook_unknown_option", 0, "decision_maker: boss", "decision_maker: chief"),
    ("playbook_role_evidence", 0, "role_evidence: role", "role_evidence: level"),
    ("playbook_unknown_evidence", 1, "currency: EUR\n", "currency: EUR\ncustomer_level: levels\n"),
    ("playbook_customer_level", 1, "currency: EUR\n", "currency: EUR\ncustomer_level: kind\n"),
    ("playbook_people_missing", 27, "people: {role_evidence: role, decision_maker: boss}\n", "\n"),
    ("playbook_who_extra", 0, "at_least: 10.5", "at_least: 10.5, who: any"),
    ("playbook_band_last", 0, "en: High}}", "en: High}, up_to: 2000}"),
    ("playbook_band_open", 0, ", up_to: 1000", ""),
    ("playbook_band_order", 0, "up_to: 1000", "up_to: 0"),
    ("playbook_unknown_band", 0, "{high: advised}", "{huge: advised}"),
    ("playbook_unknown_stage", 0, "{stage: find, has: begun}", "{stage: finding, has: begun}"),
    ("playbook_unreachable", -2, "{stage: find, has: begun}", "{stage: win, has: begun}"),
    ("playbook_uncollected", -3, "evidence: [role, level, parts]", "evidence: [role, parts]"),
    ("playbook_uncollected", -3, "evidence: [role, level, parts]", "evidence: [level, parts]"),
    ("playbook_uncollected", 2, "{zh: 开始发现, en: Search begins}", EARLY),
    ("playbook_operator", 0, "{evidence: price, at_least: 10.5}", "{evidence: note, at_least: 3}"),
    ("playbook_operator", 0, "{evidence: parts, checked: all}", "{evidence: parts, equals: one}"),
    ("playbook_condition_value", 0, "at_least: 10.5", "at_least: much"),
    ("playbook_never_met", 0, "checked: all", "checked: 2"),
    ("playbook_never_met", 0, "{evidence: parts, checked: all}", "{evidence: kind, count_at_least: 2}"),
    ("playbook_contradiction", 1, "at_least: 10.5}", "at_least: 10.5}\n        - {evidence: price, at_most: 9}"),
    ("playbook_trigger_stages", 1, "    on: silence", "    on: silence\n    stages: [find]"),
    ("playbook_expected_missing", 1, "    on: stage_exceeds", "    on: stage_exceeds\n    stages: [find, win]"),
    ("playbook_unknown_stage", 1, "    on: stage_exceeds", "    on: stage_exceeds\n    stages: [fin]"),
    ("playbook_unknown_role", 0, "to: [supervisor]", "to: [superviser]"),
    ("playbook_rung_times", 0, "after: P10D", "after: P10D, times_expected: 2"),
    ("playbook_rung_after", 0, ", after: P10D", ""),
    ("playbook_rung_order", 0, "times_expected: 1.5", "times_expected: 1"),
    ("playbook_rung_order", 0, "times_expected: 1.5", "after: P4DT8H"),
]  # fmt: skip


def broken(fragment: str, replacement: str, lines: int = 0) -> tuple[str, int]:
    """The playbook with one thing broken, and the line on which that should be found."""
    assert GOOD.count(fragment) == 1, fragment
    before, _, after = GOOD.partition(fragment)
    return before + replacement + after, before.count("\n") + 1 + lines


def problems_of(text: str) -> list[tuple[str, int]]:
    with pytest.raises(InvalidInput) as caught:
        load_playbook(text, "small.yaml")
    for problem in caught.value.problems:
        for language in ("zh", "en"):
            said = problem.text(language)
            assert "{" not in said.replace("{zh: …, en: …}", ""), said
    return [(p.code, int(p.where.removeprefix("small.yaml:"))) for p in caught.value.problems]


def test_the_playbook_that_is_broken_below_is_good() -> None:
    loaded = read_playbook(GOOD)
    assert loaded.warnings == ()


@pytest.mark.parametrize(("code", "lines", "fragment", "replacement"), CASES)
def test_an_error_is_named_on_its_line(code: str, lines: int, fragment: str, replacement: str) -> None:
    text, line = broken(fragment, replacement, lines)
    assert problems_of(text) == [(code, line)]


def test_every_error_of_a_playbook_is_told_at_once_and_nothing_that_only_follows() -> None:
    text = GOOD
    for fragment, replacement in [
        ("expected: P5D", "expectd: P5D"),  # renamed for the rest: the trigger still finds its time
        ("at_least: warm", "at_least: hot"),
        ("nurturable: true", "nurturable: perhaps"),
        (
            "  - {id: note, label: {zh: 备注, en: Note}, type: text}",
            "  - {id: note, label: {zh: 备注, en: N}, type: memo}",
        ),
        ("to: [supervisor]", "to: [chief]"),
        ("currency: EUR", "currency: EUR\ncurrency: USD"),
    ]:
        text = text.replace(fragment, replacement)
    assert [code for code, _ in problems_of(text)] == [
        "yaml_duplicate_key",
        "playbook_choice",
        "playbook_field_misspelt",
        "playbook_yes_no",
        "playbook_unknown_option",
        "playbook_unknown_role",
    ]


# As CASES; what the issue asks of the checks, and a missing label in each of the ways in which it can be missing
TOGETHER = [
    ("playbook_unreachable", -2, "{stage: find, has: begun}", "{stage: win, has: begun}"),
    ("playbook_end_without_start", -3, "    start: {label: {zh: 开始, en: Begins}}", "    # no start"),
    ("playbook_uncollected", -3, "evidence: [role, level, parts]", "evidence: [role, parts]"),
    ("playbook_unknown_role", 0, "to: [supervisor]", "to: [superviser]"),
    ("playbook_field_missing", 0, "label: {zh: 赢单, en: Win}", "label: {zh: 赢单}"),
    ("playbook_field_missing", 0, "{id: level, label: {zh: 级别, en: Level}", "{id: level, label: {zh: 级别}"),
    ("playbook_empty", 0, "{zh: 签约, en: Signed}", "{zh: 签约, en: ''}"),
    ("playbook_mapping", 0, "      label: {zh: 已发现, en: Found}", "      label: Found"),
    ("playbook_label_missing", 0, "{id: look, label: {zh: 寻找, en: Look}", "{id: look"),
    ("playbook_mapping", 0, "  - {id: price, label: {zh: 价格, en: Price}}", "  - price"),
    ("playbook_id", 0, "  - id: late", "  - id: Too late"),
    ("span_malformed", 0, "after: P10D", "after: ten days"),
    ("playbook_unknown_stage", 1, "    on: stage_exceeds", "    on: stage_exceeds\n    stages: [fin]"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", [*combinations(TOGETHER, 2), TOGETHER])
def test_no_error_hides_another(wrong: list[tuple[str, int, str, str]]) -> None:
    text = GOOD
    for _, _, fragment, replacement in wrong:
        assert text.count(fragment) == 1, fragment
        text = text.replace(fragment, replacement)
    placed = [(code, text.partition(new)[0].count("\n") + 1 + lines) for code, lines, _, new in wrong]
    assert sorted(problems_of(text)) == sorted(placed)


@pytest.mark.parametrize(
    ("code", "fragment", "replacement"),
    [
        ("playbook_mapping", GOOD[GOOD.index("  - id: find") : GOOD.index("  - id: win")], "  - find\n"),
        ("playbook_mapping", GOOD[GOOD.index("  - id: find") : GOOD.index("triggers:")], "  - all\n"),
        ("playbook_list", GOOD[GOOD.index("  - id: find") : GOOD.index("triggers:")], "  find: win\n"),
        ("playbook_list", GOOD[GOOD.index("  - id: role") : GOOD.index("stages:")], "  role: choice\n"),
        ("playbook_mapping", "{role_evidence: role, decision_maker: boss}", "boss"),
        ("playbook_mapping", "{id: first, label: {zh: 一级, en: First}}]", "first]"),
        ("playbook_mapping", "  - {id: price, label: {zh: 价格, en: Price}}\n", "  - price\n"),
        ("playbook_mapping", "  - {id: high, label: {zh: 高, en: High}}", "  - high"),
        ("playbook_field_missing", "loss_reasons:\n  - {id: price, label: {zh: 价格, en: Price}}\n", ""),
        ("playbook_field_missing", "  - {id: price, label: {zh: 价格, en: Price}}\n", "  - {id: p, label: {zh: 价}}\n"),
        ("playbook_text", "to: [supervisor]", "to: [7]"),
        ("playbook_choice", "who: decision_maker", "who: boss"),
    ],
)
def test_what_only_follows_from_an_error_is_not_told(code: str, fragment: str, replacement: str) -> None:
    text, _ = broken(fragment, replacement)
    assert [found for found, _ in problems_of(text)] == [code]


def test_a_misspelt_field_is_told_the_right_one() -> None:
    with pytest.raises(InvalidInput, match=r"expectd.*did you mean expected\?"):
        load_playbook(GOOD.replace("expected: P5D", "expectd: P5D"))


@pytest.mark.parametrize(
    ("code", "fragment", "replacement"),
    [
        ("playbook_evidence_unused", "evidence: [price, day, kind]", "evidence: [price, kind]"),
        ("playbook_nobody_looks", "on: look_again", "on: stage_exceeds"),
        (
            "playbook_many_required",
            "by_band: {high: advised}}",
            "by_band: {low: required}}\n        - {evidence: day}\n        - {evidence: kind}",
        ),
    ],
)
def test_what_is_doubtful_is_a_warning_and_loads(code: str, fragment: str, replacement: str) -> None:
    text, _ = broken(fragment, replacement)
    assert [problem.code for problem in read_playbook(text).warnings] == [code]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("yaml_no_mapping", b""),
        ("yaml_no_mapping", b"- a"),
        ("yaml_too_large", b"#" * (MAX_BYTES + 1)),
        ("yaml_too_large", b"#" * (MAX_BYTES - 1) + "中文".encode()),
        ("playbook_not_utf8", "id: 流程".encode("gb18030")),
        ("playbook_not_utf8", b"id: a\n\xff"),
    ],
)
def test_a_file_that_is_no_playbook_is_refused(tmp_path: Path, code: str, content: bytes) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        find_playbook(str(path))
    assert caught.value.code == code


def test_a_folder_is_no_playbook(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        find_playbook(str(tmp_path))
    assert caught.value.code == "playbook_unreadable"


def test_a_path_that_cant_be_looked_at_is_no_playbook() -> None:
    with pytest.raises(InvalidInput) as caught:
        find_playbook("x" * 300)
    assert caught.value.code == "playbook_unreadable"


@pytest.mark.parametrize("look", [find_playbook, shipped_playbook, lambda name: load_playbook(Path(name))])
def test_an_unknown_playbook_is_told_the_known_ones(look: Callable[[str], object]) -> None:
    with pytest.raises(NotFound, match="key-account-six") as caught:
        look("key-acount-six")
    assert caught.value.code == "unknown_playbook"


def test_what_pydantic_may_yet_find_is_told_in_its_own_words() -> None:
    said = Problem(code="playbook_value", where="a.yaml:3", params={"field": "up_to", "message": "too odd"})
    assert said.text("zh") == "a.yaml:3: up_to 的值无效：too odd"


def test_every_text_of_a_playbook_problem_has_a_test() -> None:
    tests = Path(__file__).parents[1].rglob("test_playbook*.py")
    told = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert [code for code in PLAYBOOK_TEXTS if f'"{code}"' not in told] == []


def refusal_of(text: str) -> tuple[Problem, ...]:
    """The problems of a text; none if it loads. Any other exception is a crash."""
    try:
        load_playbook(text)
    except InvalidInput as error:
        return error.problems
    return ()


SHIPPED = (Path(stagemark.playbooks.__file__).parent / "short-six.yaml").read_text(encoding="utf-8")
LINES = SHIPPED.splitlines(keepends=True)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "twice", "swap", "indent", "cut", "insert", "rename"]),
    st.text(st.sampled_from(list("{}[]:-&*!|>'\"#,? \n\tab1é中")), max_size=6),
    st.integers(0, len(LINES) - 1),
)
def test_a_mutated_playbook_loads_or_is_refused_with_lines(line: int, how: str, piece: str, other: int) -> None:
    lines = list(LINES)
    match how:
        case "drop":
            del lines[line]
        case "twice":
            lines.insert(other, lines[line])
        case "swap":
            lines[line], lines[other] = lines[other], lines[line]
        case "indent":
            lines[line] = "  " + lines[line]
        case "cut":
            del lines[min(line, other) : max(line, other)]
        case "insert":
            middle = len(lines[line]) // 2
            lines[line] = lines[line][:middle] + piece + lines[line][middle:]
        case "rename":
            lines[line] = lines[line].replace("e", "a", 1)
    where = [problem.where for problem in refusal_of("".join(lines))]
    assert all(place.rpartition(":")[2].isdigit() for place in where)


@given(st.text(max_size=200))
def test_no_text_crashes_the_loader(text: str) -> None:
    assert refusal_of(text)

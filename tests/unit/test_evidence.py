"""Evidence is typed; markers ask for it by value band, and judge it by conditions (design.md §5, domain.md §7)."""

from typing import Any

import pytest

from stagemark.domain import commands as c
from stagemark.domain.commands import Given, Override
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook
from tests.playing import Sale, labelled
from tests.unit.test_decide import mark, opened

DIGEST = "a" * 64


def yuan(amount: int) -> dict[str, str]:
    return {"amount": str(amount), "currency": "CNY"}


KINDS: list[dict[str, Any]] = [
    labelled("text", type="text"),
    labelled("number", type="number"),
    labelled("money", type="money"),
    labelled("date", type="date"),
    labelled("choice", type="choice", options=[labelled("x"), labelled("y")]),
    labelled("choices", type="choice", many=True, options=[labelled("x"), labelled("y")]),
    labelled("ranked", type="ranked", options=[labelled("low"), labelled("mid"), labelled("high")]),
    labelled("person", type="person"),
    labelled("document", type="document"),
    labelled("checklist", type="checklist", options=[labelled("x"), labelled("y"), labelled("z")]),
    labelled("level", type="ranked", about_person=True, options=[labelled("low"), labelled("high")]),
    labelled("role", type="choice", many=True, about_person=True, options=[labelled("boss"), labelled("user")]),
]


def sale_with(*conditions: dict[str, Any], **rest: Any) -> Sale:
    stage = labelled("only", start={"conditions": list(conditions)}, end={})
    content = {
        **labelled("one"),
        "evidence": KINDS,
        "people": {"role_evidence": "role", "decision_maker": "boss"},
        "stages": [stage],
        "loss_reasons": [labelled("price")],
        **rest,
    }
    sale = Sale(Playbook.model_validate(content).compiled())
    sale.open()
    return sale


def begin(*evidence: Given) -> c.Mark:
    return c.Mark(stage="only", edge="start", evidence=evidence)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "words", ""),
        ("text", "words", 3),
        ("number", "2.5", "many"),
        ("number", 3, True),
        ("number", 3, "NaN"),
        ("money", {"amount": "1.00", "currency": "CNY"}, {"amount": "1.00", "currency": "gold"}),
        ("money", {"amount": "1.00", "currency": "CNY"}, 5),
        ("date", "2026-03-05", "soon"),
        ("date", "2026-03-05", "20260305"),
        ("choice", "x", "z"),
        ("choice", "x", ["x"]),
        ("choices", ["x", "y"], ["x", "x"]),
        ("choices", "x", []),
        ("ranked", "mid", "top"),
        ("person", "p1", ""),
        ("document", {"uri": "file:///x", "sha256": DIGEST}, {"uri": "file:///x", "sha256": "short"}),
        ("document", {"uri": "file:///x", "sha256": DIGEST}, {"uri": "x"}),
        ("checklist", ["x"], ["other"]),
    ],
)
def test_a_value_fits_its_type_or_is_refused_with_what_would_be_right(kind: str, good: Any, bad: Any) -> None:
    sale = sale_with()
    sale.tell(c.Record(evidence=(Given(evidence=kind, value=good),)))
    (problem,) = sale.problems(c.Record(evidence=(Given(evidence=kind, value=bad),)))
    assert (problem.code, problem.where) == ("evidence_type", "commands[0].evidence[0]")
    for language in ("en", "zh"):
        assert "{kind" not in problem.text(language)
        assert "expects_" not in problem.text(language)


@pytest.mark.parametrize(
    ("condition", "good", "bad"),
    [
        ({"evidence": "ranked", "at_least": "mid"}, "high", "low"),
        ({"evidence": "ranked", "at_most": "mid"}, "low", "high"),
        ({"evidence": "number", "at_least": 3}, "3.0", 2),
        ({"evidence": "number", "at_most": 3}, 3, 4),
        ({"evidence": "number", "equals": 3}, "3.00", 2),
        ({"evidence": "money", "at_least": "100"}, yuan(100), yuan(99)),
        ({"evidence": "money", "at_least": "100"}, yuan(100), {"amount": "900", "currency": "USD"}),
        ({"evidence": "date", "not_before": "2026-01-01"}, "2026-01-01", "2025-12-31"),
        ({"evidence": "date", "not_after": "2026-01-01"}, "2026-01-01", "2026-01-02"),
        ({"evidence": "choice", "equals": "x"}, "x", "y"),
        ({"evidence": "choice", "one_of": ["x"]}, "x", "y"),
        ({"evidence": "choices", "equals": "x"}, ["y", "x"], ["y"]),
        ({"evidence": "checklist", "checked": "all"}, ["x", "y", "z"], ["x", "y"]),
        ({"evidence": "checklist", "checked": 2}, ["x", "y"], ["x"]),
        ({"evidence": "choices", "count_at_least": 2}, ["x", "y"], ["x"]),
    ],
)  # fmt: skip
def test_a_condition_of_each_operator_admits_what_meets_it_alone(condition: Any, good: Any, bad: Any) -> None:
    sale = sale_with(condition)
    kind = condition["evidence"]
    assert sale.refused(begin()) == ["condition_unmet"]
    assert sale.refused(begin(Given(evidence=kind, value=bad))) == ["condition_unmet"]
    sale.tell(begin(Given(evidence=kind, value=good)))


def test_an_amount_in_another_currency_is_told_which_one_is_meant() -> None:
    sale = sale_with({"evidence": "money", "at_least": "100"})
    (problem,) = sale.problems(begin(Given(evidence="money", value={"amount": "900", "currency": "USD"})))
    assert (problem.params["threshold"], problem.params["found"]) == ("100 CNY", "900 USD")


def level(person: str, value: str) -> Given:
    return Given(evidence="level", person=person, value=value)


def role(person: str, *value: str) -> Given:
    return Given(evidence="role", person=person, value=list(value))


@pytest.mark.parametrize(
    ("who", "evidence", "lawful"),
    [
        ("any", [level("p1", "low"), level("p2", "high")], True),
        ("any", [level("p1", "low")], False),
        ("all", [level("p1", "low"), level("p2", "high")], False),
        ("all", [level("p1", "high"), level("p2", "high")], True),
        ("all", [level("p1", "high"), role("p2", "user")], False),
        ("all", [], False),
        ("decision_maker", [level("p1", "high")], False),
        ("decision_maker", [level("p1", "high"), role("p1", "user", "boss")], True),
        ("decision_maker", [level("p1", "high"), role("p2", "boss")], False),
        ("decision_maker", [level("p1", "high"), role("p1", "boss"), role("p2", "boss")], False),
    ],
)
def test_any_all_or_the_decision_maker_must_meet_a_threshold_on_people(
    who: str, evidence: list[Given], lawful: bool
) -> None:
    sale = sale_with({"evidence": "level", "at_least": "high", "who": who})
    if lawful:
        sale.tell(begin(*evidence))
    else:
        assert sale.refused(begin(*evidence)) == ["condition_unmet"]


def test_the_refusal_names_each_person_and_what_was_found_in_both_languages() -> None:
    sale = sale_with({"evidence": "level", "at_least": "high", "who": "all"})
    (problem,) = sale.problems(begin(level("p1", "low"), role("p2", "user")))
    assert problem.text().endswith("needs level at least high (of all); found: p1: low, p2: nothing recorded")
    assert problem.text("zh").endswith("要求 level 至少为 high（全部）；目前：p1：low、p2：无记录")


def test_evidence_about_people_says_whom_and_other_evidence_does_not() -> None:
    sale = sale_with()
    assert sale.refused(c.Record(evidence=(Given(evidence="level", value="low"),))) == ["evidence_person_missing"]
    extra = Given(evidence="text", person="p1", value="x")
    assert sale.refused(c.Record(evidence=(extra,))) == ["evidence_person_extra"]


def test_for_how_many_people_something_is_recorded_can_be_counted() -> None:
    sale = sale_with({"evidence": "level", "count_at_least": 2})
    assert sale.refused(begin(level("p1", "low"))) == ["condition_unmet"]
    sale.tell(begin(level("p2", "low"), level("p1", "low")))


NUMBER = Given(evidence="number", value=1)
UNKNOWN = Given(evidence="choice", override=Override(by="head of sales", reason="nobody knows"))


@pytest.mark.parametrize(
    ("where", "there", "elsewhere"),
    [
        ({"evidence": "choice", "one_of": ["x"]}, Given(evidence="choice", value="x"), NUMBER),
        (
            {"evidence": "choice", "one_of": ["x"]},
            Given(evidence="choice", value="x"),
            Given(evidence="choice", value="y"),
        ),
        ({"evidence": "choice"}, Given(evidence="choice", value="y"), NUMBER),
        ({"evidence": "choice"}, Given(evidence="choice", value="y"), UNKNOWN),
        ({"evidence": "level"}, level("p1", "low"), NUMBER),
    ],
)
def test_a_condition_can_count_only_where_other_evidence_is_held(where: Any, there: Given, elsewhere: Given) -> None:
    sale = sale_with({"evidence": "text", "count_at_least": 1, "where": where})
    assert sale.refused(begin(there)) == ["condition_unmet"]
    sale.tell(begin(elsewhere))


def test_the_items_of_a_checklist_add_up() -> None:
    sale = sale_with({"evidence": "checklist", "checked": "all"})
    for item in ("z", "x"):
        sale.tell(c.Record(evidence=(Given(evidence="checklist", value=[item]),)))
    sale.tell(begin(Given(evidence="checklist", value=["y"])))
    assert sale.state.evidence["checklist", None].value == ["x", "y", "z"]


def test_a_condition_is_judged_on_what_was_valid_when_the_marker_was_observed() -> None:
    sale = sale_with({"evidence": "number", "at_least": 3})
    sale.now = sale.now.replace(day=20)
    sale.tell(c.Record(evidence=(Given(evidence="number", value=3),)), when="2026-03-10")
    assert sale.refused(begin(), when="2026-03-09") == ["condition_unmet"]
    sale.tell(c.Record(evidence=(Given(evidence="number", value=1),)), when="2026-03-12")
    sale.tell(begin(), when="2026-03-11")


def test_an_override_stands_in_for_evidence_with_a_name_and_a_reason() -> None:
    sale = sale_with({"evidence": "level", "at_least": "high"}, {"evidence": "number", "at_least": 3})
    allowed = Override(by="head of sales", reason="old customer")
    sale.tell(begin(Given(evidence="level", override=allowed), Given(evidence="number", override=allowed)))
    assert sale.state.evidence["level", None].override == allowed
    both = Given(evidence="number", value=1, override=allowed)
    assert sale.refused(c.Record(evidence=(both,))) == ["evidence_type"]


def test_the_value_band_says_what_is_required_and_what_is_advised() -> None:
    required = []
    for amount in (None, Amount(amount="500", currency="CNY"), Amount(amount="5000", currency="CNY"),
                   Amount(amount="5", currency="USD")):  # fmt: skip
        sale = opened()
        if amount is not None:
            sale.tell(c.Change(value=amount))
        sale.tell(mark(sale, "find", "start"))
        decision = sale.ask(mark(sale, "find", "end", proven=False))
        problems = getattr(decision, "problems", ())
        required.append([problem.params["evidence"] for problem in problems])
    assert required == [["note"], [], ["note", "budget"], ["note"]], "another currency has no band"


def test_a_wrong_value_is_not_also_called_missing() -> None:
    sale = opened("find.start")
    wrong = c.Mark(stage="find", edge="end", evidence=(Given(evidence="note", value=7),))
    assert sale.refused(wrong) == ["evidence_type"]

"""The playbooks that come with stagemark: sound, small, complete in both languages, playable from start to end."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from pydantic import JsonValue

import stagemark.playbooks
from stagemark.domain.commands import Command, Envelope, Given, Mark, Nurture, Open, Record
from stagemark.domain.opportunity import Accepted
from stagemark.domain.playbook import Evidence, EvidenceType, Playbook, Stage
from stagemark.domain.state import OpportunityState
from stagemark.playbooks.load import read_playbook, shipped, shipped_playbook
from stagemark.playbooks.schema import playbook_schema
from tests.playing import decided

FOLDER = Path(stagemark.playbooks.__file__).parent
LARGEST = 12_000  # bytes of a compiled playbook as JSON: each running sale carries one (design.md §5)
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_the_six_processes_of_the_sources_are_shipped_and_the_default_comes_first() -> None:
    assert shipped() == [
        "key-account-six",
        "analysis-six",
        "bank-six",
        "management-process",
        "retail-six",
        "short-six",
    ]


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_playbook_loads_without_a_warning_and_is_named_like_its_file(name: str) -> None:
    loaded = read_playbook(FOLDER / f"{name}.yaml")
    assert (loaded.playbook.id, loaded.warnings) == (name, ())


@pytest.mark.parametrize("name", shipped())
def test_a_compiled_playbook_is_small_and_comes_back_the_same(name: str) -> None:
    compiled = shipped_playbook(name).compiled()
    carried = compiled.model_dump_json(exclude_defaults=True)
    assert len(carried.encode()) < LARGEST
    assert Playbook.model_validate_json(carried) == compiled
    assert "label" not in carried


@pytest.mark.parametrize("name", shipped())
def test_chinese_labels_are_chinese_and_english_ones_are_not(name: str) -> None:
    def texts(node: JsonValue) -> list[tuple[str, str]]:
        if isinstance(node, dict) and node.keys() == {"zh", "en"}:
            return [(str(node["zh"]), str(node["en"]))]
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return [pair for part in inner for pair in texts(part)]

    for zh, en in texts(shipped_playbook(name).model_dump(mode="json")):
        assert any("一" <= letter <= "鿿" for letter in zh), zh
        assert en.isprintable(), en
        assert not any("一" <= letter <= "鿿" for letter in en), en


@pytest.mark.parametrize("name", shipped())
def test_the_schema_for_editors_takes_a_shipped_playbook(name: str) -> None:
    whole = shipped_playbook(name).model_dump(mode="json", exclude_defaults=True)
    jsonschema.Draft202012Validator.check_schema(playbook_schema())
    jsonschema.validate(whole, playbook_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("fragment", "replacement"),
    [
        ('"expected": "P15D"', '"expected": "15 days"'),
        ('"to": ["supervisor"]', '"to": ["boss"]'),
        ('"type": "checklist"', '"type": "list"'),
        ('"label": {"zh": "建立信任", "en": "Build trust"}, ', ""),
        ('"nurturable"', '"nurturabel"'),
    ],
)
def test_the_schema_for_editors_refuses_what_the_loader_refuses(fragment: str, replacement: str) -> None:
    whole = shipped_playbook("key-account-six").model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(whole, ensure_ascii=False)
    assert fragment in text
    broken = json.loads(text.replace(fragment, replacement))
    assert not jsonschema.Draft202012Validator(playbook_schema()).is_valid(broken)


def value_of(evidence: Evidence) -> JsonValue:
    """A value of the best kind: the highest rank, every item."""
    values: dict[EvidenceType, JsonValue] = {
        EvidenceType.TEXT: "noted",
        EvidenceType.NUMBER: 3,
        EvidenceType.MONEY: {"amount": "50000", "currency": "CNY"},
        EvidenceType.DATE: "2026-03-02",
        EvidenceType.CHOICE: list(evidence.option_ids) if evidence.many else next(iter(evidence.option_ids), ""),
        EvidenceType.RANKED: next(reversed(evidence.option_ids), ""),
        EvidenceType.PERSON: "person-1",
        EvidenceType.DOCUMENT: {"uri": "https://example.org/paper.pdf", "sha256": "0" * 64},
        EvidenceType.CHECKLIST: list(evidence.option_ids),
        EvidenceType.CONTRACT: {
            "amount": {"amount": "50000", "currency": "CNY"},
            "instalments": [
                {"id": "1", "type": "deposit", "amount": "15000", "after": "signing"},
                {"id": "2", "amount": "35000", "after": "acceptance", "days": 30},
            ],
        },
        EvidenceType.CLEARANCE: {
            "id": "C-1",
            "amount": {"amount": "35000", "currency": "CNY"},
            "until": "2026-12-31",
        },
    }
    return values[evidence.type]


class Play:
    """A sale that is played through the pure core, an hour between any two records."""

    def __init__(self, name: str) -> None:
        self.playbook = shipped_playbook(name)
        self.state = OpportunityState("S-1", self.playbook.compiled())
        self.hours = 0
        assert self.tell(Open(playbook=self.playbook.ref(), account="A-1", owner="wang")) == []

    def tell(self, command: Command) -> list[str]:
        """Record something; the codes of what is wrong with it."""
        self.hours += 1
        envelope = Envelope(key=f"k{self.hours}", commands=(command,), actor="wang", source="api")
        decision = decided(self.state, envelope, START + timedelta(hours=self.hours))
        if isinstance(decision, Accepted):
            self.state = decision.state
            return []
        return [problem.code for problem in getattr(decision, "problems", ())]

    def given(self, names: tuple[str, ...]) -> tuple[Given, ...]:
        rules = [self.playbook.evidence_of[name] for name in names]
        return tuple(
            Given(evidence=rule.id, person="person-1" if rule.about_person else None, value=value_of(rule))
            for rule in rules
        )

    def begin(self, stage: Stage) -> list[str]:
        return self.tell(Mark(stage=stage.id, edge="start"))

    def work(self, stage: Stage) -> None:
        for step in stage.steps:
            assert self.tell(Record(stage=stage.id, step=step.id, evidence=self.given(step.evidence))) == []

    def end(self, stage: Stage) -> list[str]:
        pieces = tuple(piece.evidence for piece in stage.end.evidence)
        return self.tell(Mark(stage=stage.id, edge="end", evidence=self.given(pieces)))


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_playbook_can_be_played_from_start_to_end(name: str) -> None:
    play = Play(name)
    for stage in play.playbook.stages:
        assert play.begin(stage) == []
        play.work(stage)
        assert play.end(stage) == []
    assert play.state.life == play.playbook.completes_as


@pytest.mark.parametrize("name", shipped())
def test_a_required_end_marker_says_no_while_its_evidence_is_missing(name: str) -> None:
    play = Play(name)
    for stage in play.playbook.stages:
        assert play.begin(stage) == []
        required = {piece.evidence for piece in stage.end.evidence if piece.need == "required"}
        if missing := required - {evidence for evidence, _ in play.state.evidence}:
            refused = play.tell(Mark(stage=stage.id, edge="end"))
            assert refused.count("evidence_missing") == len(missing)
        play.work(stage)
        assert play.end(stage) == []


def test_needs_may_begin_while_trust_goes_on_and_commitment_waits_for_both() -> None:
    play = Play("key-account-six")
    analysis, trust, needs, value, commitment, _ = play.playbook.stages
    play.begin(analysis)
    play.work(analysis)
    play.end(analysis)
    assert play.begin(needs) == ["stage_not_yet", "condition_unmet"]
    assert play.begin(trust) == []
    met = Given(evidence="relationship", person="person-1", value="engagement")
    assert play.tell(Record(evidence=(met,))) == []
    assert play.begin(needs) == []
    play.work(needs)
    assert play.end(needs) == []
    assert play.begin(value) == []
    play.work(value)
    assert play.end(value) == []
    assert play.begin(commitment) == ["stage_not_yet"]
    assert play.end(trust) == ["condition_unmet"]
    play.work(trust)
    assert play.end(trust) == []
    assert play.begin(commitment) == []


def test_a_lawyer_has_read_the_last_concession_too_before_the_signing() -> None:
    commitment = shipped_playbook("key-account-six").stage_of["commitment"]
    for conceded, expected in (
        (("concessions",), ["condition_unmet"]),
        (("concessions", "concession_read"), []),
        (("concession_read", "concessions"), ["condition_unmet"]),
        (("concessions", "concession_read", "concessions"), ["condition_unmet"]),
        (("concessions", "concession_read", "concessions", "concession_read"), []),
        ((), []),
    ):
        play = Play("key-account-six")
        for stage in play.playbook.stages[: play.playbook.stages.index(commitment)]:
            play.begin(stage)
            play.work(stage)
            play.end(stage)
        play.begin(commitment)
        for told in (*conceded, "clearance"):
            assert play.tell(Record(evidence=play.given((told,)))) == []
        assert play.end(commitment) == expected


def test_the_five_questions_decide_whether_analysis_ends_in_an_opportunity() -> None:
    play = Play("key-account-six")
    analysis = play.playbook.stages[0]
    play.begin(analysis)
    three = Given(evidence="qualification", value=["budget", "timetable", "worthwhile"])
    assert play.tell(Mark(stage="analysis", edge="end", evidence=(three,))) == ["condition_unmet"]
    assert play.tell(Nurture(reason="no budget yet", look_again=date(2026, 9, 1))) == []
    assert play.state.life == "nurture"


def test_the_add_on_of_the_shop_goes_on_throughout_the_sale() -> None:
    play = Play("retail-six")
    greet, care, recommend, _, add_on, service = play.playbook.stages
    play.begin(greet)
    play.end(greet)
    assert play.begin(add_on) == []
    assert play.begin(care) == []
    play.end(care)
    assert play.begin(recommend) == []
    assert [stage for stage, status in play.state.stages.items() if status == "begun"] == ["recommend", "add_on"]
    assert play.begin(service) == ["stage_not_yet"]


def test_the_bank_scores_little_competition_and_low_risk_as_good() -> None:
    bank = shipped_playbook("bank-six")
    factors = [one for one in bank.evidence if one.option_ids == ("minus", "zero", "plus")]
    assert len(factors) == 9
    best = {one.id: one.options[-1].label for one in factors}
    assert "Slight" in str(best["competition"])
    assert "Low" in str(best["risk_level"])
    play = Play("bank-six")
    for stage in bank.stages[:2]:
        play.begin(stage)
        play.work(stage)
        play.end(stage)
    play.begin(bank.stages[2])
    play.work(bank.stages[2])
    forbidden = Given(evidence="risk_policy", value="minus")
    assert play.tell(Record(evidence=(forbidden,))) == []
    assert play.end(bank.stages[2]) == ["condition_unmet"]

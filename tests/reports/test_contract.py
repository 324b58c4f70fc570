"""A contract and a clearance are said in words, not as they are stored."""

import pytest
from pydantic import JsonValue

from stagemark.domain.playbook import EvidenceType
from stagemark.reports.contract import in_words
from stagemark.texts.language import Language
from stagemark.texts.spans import span_text

CONTRACT: dict[str, JsonValue] = {
    "number": "HT-7",
    "amount": {"amount": "300000", "currency": "CNY"},
    "instalments": [
        {"id": "deposit", "amount": "90000", "type": "deposit", "after": "signing"},
        {"id": "rest", "amount": "180000", "after": "acceptance", "days": 30},
        {"id": "kept", "amount": "30000", "type": "retention", "due": "2027-03-01"},
    ],
    "deliverables": [
        {"id": "c", "product": "camera", "quantity": "3", "due": "2026-05-01"},
        {"id": "t", "text": "Training"},
    ],
    "milestones": {"delivery": "2026-05-01"},
    "warranty": {"return": "P10D", "repair": "P1Y6M"},
    "terms": "theirs",
}
SAID: dict[Language, list[str]] = {
    "en": [
        "HT-7 · 300,000.00 CNY, their standard contract",
        "deposit: 90,000.00 CNY (deposit), due at the signing",
        "rest: 180,000.00 CNY (part), due 30 days after the acceptance",
        "kept: 30,000.00 CNY (retention), due on 2027-03-01",
        "to be delivered: 3 × camera by 2026-05-01, 1 × Training",
        "planned: delivery 2026-05-01",
        "warranty: return for 10 days, free repair for 1 year 6 months",
    ],
    "zh": [
        "HT-7 · 300,000.00 CNY，对方标准合同",
        "deposit：90,000.00 CNY（定金），到期：签约时",
        "rest：180,000.00 CNY（分期款），到期：验收后 30 天",
        "kept：30,000.00 CNY（质保金），到期：2027-03-01",
        "交付物：camera × 3（2026-05-01 前）、Training × 1",
        "计划：交货 2026-05-01",
        "保修：退货 10 天、免费保修 1 年 6 个月",
    ],
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_contract_is_said_with_its_parts_and_what_is_to_be_delivered(language: Language) -> None:
    said = in_words(EvidenceType.CONTRACT, CONTRACT, language)
    assert said is not None
    assert [line.strip() for line in said.splitlines()] == SAID[language]


def test_a_clearance_is_said_in_one_line() -> None:
    value: JsonValue = {"id": "K-1", "amount": {"amount": "500", "currency": "EUR"}, "until": "2026-04-01"}
    assert in_words(EvidenceType.CLEARANCE, value, "en") == "K-1: 500.00 EUR until 2026-04-01"
    assert in_words(EvidenceType.CLEARANCE, value, "zh") == "K-1：500.00 EUR，有效期至 2026-04-01"


def test_what_is_neither_or_cant_be_read_is_left_to_others() -> None:
    assert in_words(EvidenceType.TEXT, "x", "en") is None
    assert in_words(EvidenceType.CONTRACT, {"number": 1}, "en") is None


def test_a_span_is_said_as_people_do() -> None:
    assert (span_text("P1Y", "en"), span_text("P2W3D", "zh")) == ("1 year", "2 周 3 天")

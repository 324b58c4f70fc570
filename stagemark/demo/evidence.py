"""Evidence for any playbook: what a marker asks for, made up so that it holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from pydantic import JsonValue

from stagemark.demo.people import PHRASES
from stagemark.domain.commands import Given, Override
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Condition, Edge, Evidence, EvidenceType, Need, Playbook
from stagemark.texts.language import Language

__all__ = ["Facts", "document"]

_AHEAD: Final = ("expected", "next", "repurchase")
"""Dates that lie ahead, by the beginning of their evidence's id."""

_SETTLED: Final = ("contract_value", "order_value", "amount_collected", "receipt")
"""Amounts that are no guess any more: the sale's whole value."""


@dataclass(slots=True)
class Facts:
    """What is so in one invented sale; remembers how high each ranking has come, so that nothing sinks again.

    Attributes:
        playbook: By which playbook it runs.
        random: Where chance comes from.
        sale: Its id.
        language: In which its people write.
        contact: The customer's decision maker, an opaque id.
        value: Its value.
        deposit: What is asked for at the signing; none: three tenths.
        reached: The highest option told so far, by evidence.
    """

    playbook: Playbook
    random: Random
    sale: str
    language: Language
    contact: str
    value: Amount
    deposit: Decimal | None = None
    reached: dict[str, int] = field(default_factory=dict)

    def proof(self, stage: str, edge: Edge, day: date, override: Override | None = None) -> tuple[Given, ...]:
        """What a marker asks for: all that it must have, and most of what it advises.

        Args:
            stage: The marker's stage.
            edge: Which of its markers.
            day: When it is observed.
            override: Given for the first required piece, instead of its value.
        """
        marker = self.playbook.marker(stage, edge)
        band = self._band()
        asked: dict[str, Condition | None] = {}
        for piece in marker.evidence:
            if self.of_instalments(piece.evidence):
                continue
            need = piece.by_band.get(band, piece.need) if band else piece.need
            if need is Need.REQUIRED or self.random.random() < 0.75:
                asked[piece.evidence] = None
        asked |= {condition.evidence: condition for condition in marker.conditions}
        given = [self.piece(evidence, day, condition) for evidence, condition in asked.items()]
        if override is not None and given:
            given[0] = Given(evidence=given[0].evidence, override=override)
        about_people = any(self.playbook.evidence_of[evidence].about_person for evidence in asked)
        return (*self._role(asked), *given) if about_people else tuple(given)

    def of_instalments(self, evidence: str) -> bool:
        """Whether it is about a contract on instalments: which sales have one, and so neighbours, their story says."""
        return self.playbook.evidence_of[evidence].type in (EvidenceType.CONTRACT, EvidenceType.CLEARANCE)

    def piece(self, evidence: str, day: date, condition: Condition | None = None) -> Given:
        """One piece of evidence, such that a condition on it holds."""
        rule = self.playbook.evidence_of[evidence]
        person = self.contact if rule.about_person else None
        if person and self.playbook.people and evidence == self.playbook.people.role_evidence:
            return Given(evidence=evidence, person=person, value=[self.playbook.people.decision_maker])
        return Given(evidence=evidence, person=person, value=self._value(rule, day, condition))

    def _role(self, told: dict[str, Condition | None]) -> list[Given]:
        people = self.playbook.people
        if people is None or people.role_evidence in told:
            return []
        return [Given(evidence=people.role_evidence, person=self.contact, value=[people.decision_maker])]

    def _band(self) -> str | None:
        return self.playbook.band(self.value.amount if self.value.currency == self.playbook.currency else None)

    def _value(self, rule: Evidence, day: date, condition: Condition | None) -> JsonValue:
        wanted = _wanted(condition)
        if wanted is not None and rule.type not in (EvidenceType.RANKED, EvidenceType.CHECKLIST):
            return [wanted] if rule.many else wanted
        match rule.type:
            case EvidenceType.TEXT:
                phrases = PHRASES[self.language]
                return phrases.texts.get(rule.id, phrases.as_talked)
            case EvidenceType.NUMBER:
                return self.random.randrange(3, 30)
            case EvidenceType.MONEY:
                amount = self._amount(rule.id, self.random.randrange(90, 101))
                return {"amount": str(amount.quantize(Decimal(1))), "currency": self.value.currency}
            case EvidenceType.DATE:
                ahead = self.random.randrange(30, 120) if rule.id.startswith(_AHEAD) else 0
                return (day + timedelta(days=ahead)).isoformat()
            case EvidenceType.PERSON:
                return self.contact
            case EvidenceType.DOCUMENT:
                return document(self.sale, rule.id)
            case EvidenceType.CONTRACT:
                return _in_three_parts(self.sale, self.value)
            case EvidenceType.CLEARANCE:
                until = day + timedelta(days=14)
                return {"id": self.sale, "amount": self.value.model_dump(mode="json"), "until": until.isoformat()}
            case EvidenceType.CHECKLIST:
                items = list(rule.option_ids)
                most = self.random.randint(1, len(items)) if condition is None else len(items)
                return list(items[:most])
            case EvidenceType.RANKED:
                return rule.option_ids[self._climb(rule, condition)]
            case EvidenceType.CHOICE:
                barred = (condition.none_of if condition else None) or ()
                chosen = self.random.choice([option for option in rule.option_ids if option not in barred])
                return [chosen] if rule.many else chosen

    def _amount(self, evidence: str, about: int) -> Decimal:
        """As the contract has it; of what is only expected, `about` so many per cent of it."""
        if evidence == "deposit":
            return self.deposit or self.value.amount * 3 / 10
        share = {"add_on": about - 88, **dict.fromkeys(_SETTLED, 100)}.get(evidence, about)
        return self.value.amount * share / 100

    def _climb(self, rule: Evidence, condition: Condition | None) -> int:
        """At least as high as before and as is asked for, and perhaps one higher."""
        least = rule.rank(str(_wanted(condition))) if condition else 0
        before = self.reached.get(rule.id, min(1, len(rule.options) - 2))
        rank = max(least, before, min(before + self.random.randint(0, 1), len(rule.options) - 1))
        self.reached[rule.id] = rank
        return rank


def _in_three_parts(number: str, value: Amount) -> JsonValue:
    """A contract with a deposit, a part after the acceptance, and retention money."""
    deposit, retention = (round(value.amount * share / 10) for share in (3, 1))
    parts: list[JsonValue] = [
        {"id": "deposit", "type": "deposit", "amount": str(deposit), "after": "signing"},
        {"id": "acceptance", "amount": str(value.amount - deposit - retention), "after": "acceptance", "days": 30},
        {"id": "retention", "type": "retention", "amount": str(retention), "after": "acceptance", "days": 365},
    ]
    return {"number": number, "amount": value.model_dump(mode="json"), "instalments": parts}


def document(sale: str, name: str) -> dict[str, JsonValue]:
    """A document that nobody will ever open."""
    uri = f"https://files.example/{sale}/{name}.pdf"
    return {"uri": uri, "sha256": hashlib.sha256(uri.encode()).hexdigest()}


def _wanted(condition: Condition | None) -> JsonValue:
    """A value that meets the condition, where it names one."""
    if condition is None or condition.operator in ("checked", "count_at_least", "not_older_than", "none_of"):
        return None
    threshold = getattr(condition, condition.operator)
    chosen = threshold[0] if isinstance(threshold, tuple) else threshold
    return chosen if isinstance(chosen, bool | int | float | list | dict) else str(chosen)

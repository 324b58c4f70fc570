"""What evidence tells of a contract or a credit clearance, in words (domain.md §3, §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue, ValidationError

from stagemark.domain.contract import Cleared, Contract, Instalment
from stagemark.domain.playbook import EvidenceType
from stagemark.texts.contract import CONTRACT_TEXTS, OWNER_TERMS
from stagemark.texts.counts import filled
from stagemark.texts.language import Language
from stagemark.texts.money import money_text
from stagemark.texts.spans import span_text
from stagemark.texts.tasks_aftercare import WARRANTY_TERMS
from stagemark.texts.tasks_collection import MILESTONE_TERMS, TYPE_TERMS
from stagemark.texts.terms import joined, term

__all__ = ["in_words"]


def in_words(type_: EvidenceType, value: JsonValue, language: Language) -> str | None:
    """A contract line by line, or a clearance in one; none for what is neither, or can't be read as one."""
    try:
        if type_ is EvidenceType.CONTRACT:
            return "\n  ".join(_lines(Contract.model_validate(value), language))
        if type_ is EvidenceType.CLEARANCE:
            cleared = Cleared.model_validate(value)
            return _say("cleared", language, id=cleared.id, amount=cleared.amount.text(), until=cleared.until)
    except ValidationError:  # it was recorded by an older version, or imported
        return None
    return None


def _say(key: str, language: Language, **params: Any) -> str:
    return filled(CONTRACT_TEXTS[key][language == "zh"], params)


def _lines(contract: Contract, language: Language) -> Iterator[str]:
    zh = language == "zh"
    number = f"{contract.number} · " if contract.number else ""
    amount = contract.amount.text()
    yield _say("head", language, number=number, amount=amount, terms=OWNER_TERMS[contract.terms][zh])
    for one in contract.instalments:
        money = money_text(one.amount, contract.amount.currency)
        kind, due = TYPE_TERMS[one.type][zh], _due(one, language)
        yield _say("instalment", language, id=one.id, amount=money, type=kind, due=due)
    lists = {
        "deliverables": [
            _say(
                "deliverable_due" if one.due else "deliverable", language,
                quantity=f"{one.quantity.normalize():f}", what=one.text or one.product or one.id, due=one.due,
            )
            for one in contract.deliverables
        ],
        "milestones": [
            _say("milestone", language, what=MILESTONE_TERMS[name][zh], day=day)
            for name, day in contract.milestones.items()
        ],
        "warranty": [
            _say("warranty_term", language, what=term(WARRANTY_TERMS, name, language), span=span_text(span, language))
            for name, span in contract.warranty.items()
        ],
    }  # fmt: skip
    yield from (_say(name, language, list=joined(parts, language)) for name, parts in lists.items() if parts)


def _due(one: Instalment, language: Language) -> str:
    if one.after is None:
        return _say("due_day", language, day=one.due)
    signing = _say("signing", language)
    what = signing if one.after == "signing" else MILESTONE_TERMS[one.after][language == "zh"]
    return _say("due_after" if one.days else "due_at", language, days=one.days, what=what)

"""All kinds of neighbours, by name."""

from __future__ import annotations

from typing import Any, Final

from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.complaint.rules import COMPLAINT
from stagemark.domain.entries import Entry, Stream
from stagemark.domain.neighbour import Rules

__all__ = ["RULES", "read_entry", "rules_of"]

RULES: Final[dict[str, Rules[Any]]] = {rules.stream: rules for rules in (ACCOUNT, AFTERCARE, COLLECTION, COMPLAINT)}


def rules_of(stream: Stream) -> Rules[Any]:
    """How that neighbour behaves."""
    return RULES[stream.stream]


def read_entry(stream: Stream, stored: Any) -> Entry[Any]:
    """Read an entry of any released version, as the ledger or carried state holds it."""
    return rules_of(stream).entry.model_validate(stored)

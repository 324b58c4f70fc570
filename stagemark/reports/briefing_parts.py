"""What the parts of the page before a visit share: its tables, and how it says things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from stagemark.texts.briefing import BRIEFING_TEXTS
from stagemark.texts.counts import filled
from stagemark.texts.language import Language
from stagemark.texts.money import money_text
from stagemark.texts.terms import ROLE_TERMS, Terms, joined, paired, term

__all__ = ["Section", "Voice"]


class Section(BaseModel):
    """A table of the page: headings, and rows of text."""

    id: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = []


@dataclass(frozen=True)
class Voice:
    """Says things to one reader.

    Attributes:
        language: In which language.
        names: What people are called, by id; whoever is not in it is said by id.
    """

    language: Language
    names: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **params: Any) -> str:
        """A text of the page."""
        return filled(BRIEFING_TEXTS[key][self.language == "zh"], params)

    def term(self, terms: Terms, id_: str) -> str:
        """What people say for an id."""
        return term(terms, id_, self.language)

    def joined(self, parts: Iterable[object]) -> str:
        """Several as one text."""
        return joined(parts, self.language)

    def pair(self, name: object, said: object) -> str:
        """Something, and what is said of it."""
        return paired(name, said, self.language)

    def money(self, amount: str | Decimal, currency: str) -> str:
        """An amount."""
        return money_text(amount, currency)

    def person(self, id_: str | None) -> str:
        """What somebody is called; nothing for nobody."""
        return self.names.get(id_, id_) if id_ else ""

    def who(self, roles: Iterable[str], owner: str) -> str:
        """Who is meant by roles; the owner by name."""
        found = dict.fromkeys(
            self.person(owner) if role == "owner" and owner else self.term(ROLE_TERMS, role) for role in roles
        )
        return self.joined(found)

    def section(self, id_: str, *columns: str) -> Section:
        """An empty table."""
        return Section(id=id_, columns=tuple(self.say(column) for column in columns))

"""How products go together: what goes with, is better than, or is more of another (domain.md §5); and what to suggest.

The catalogue is data. An aftercare never reads it: what can be suggested comes to it as a fact (`told.Suggested`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from stagemark.domain.nearness import nearest
from stagemark.domain.playbook import Model, Named, Text
from stagemark.domain.words import Name
from stagemark.errors import Problem
from stagemark.texts.growth import GROWTH_TEXTS

__all__ = [
    "LONGEST",
    "LONGEST_LABEL",
    "RELATIONS",
    "Bought",
    "Catalogue",
    "Customer",
    "Phrase",
    "Product",
    "Reason",
    "Relation",
    "RelationKind",
    "Sister",
    "Suggestion",
    "called",
    "suggest",
    "unlisted",
]

RelationKind = Literal["goes_with", "better", "more_of"]
RELATIONS: Final[tuple[RelationKind, ...]] = ("goes_with", "better", "more_of")
Phrase = Literal["would_you_like", "fits_better", "larger_order"]
"""The three phrasings of an up-sell (向上销售)."""
_PHRASES: Final[dict[RelationKind, Phrase]] = {"better": "fits_better", "more_of": "larger_order"}
LONGEST: Final = 500
"""The longest text that can be said of a product, in characters."""
LONGEST_LABEL: Final = 100
"""The longest label: two of them stand in one sentence."""


class Reason(Model):
    """Why a product fits a customer: said only to those whom it fits.

    Attributes:
        say: The reason, as a salesperson can say it aloud.
        quantity_at_least: Only if so much was bought.
        orders_at_least: Only if the customer ordered so often.
        score_at_least: Only if their satisfaction is so high.
    """

    say: Text
    quantity_at_least: Decimal | None = Field(default=None, gt=0)
    orders_at_least: int | None = Field(default=None, ge=1)
    score_at_least: int | None = Field(default=None, ge=1)


class Relation(Model):
    """What a product has to do with another.

    Attributes:
        product: The other one.
        reasons: Why it fits; the first that holds is said, and where none does nothing is suggested.
        link: Of a cross-sell: what links the two; there is a sentence for it.
        ask: The ask; there is a sentence for it too.
        phrase: Of an up-sell: which of the three phrasings.
    """

    product: Name
    reasons: tuple[Reason, ...] = Field(min_length=1)
    link: Text | None = None
    ask: Text | None = None
    phrase: Phrase | None = None


class Product(Model):
    """A product.

    Attributes:
        id: Its name, as contracts name it.
        label: What it is called.
        goes_with: What is used with it (cross-sell).
        better: What is of a higher value for the same need (up-sell).
        more_of: Larger packs of the same (up-sell).
    """

    id: Name
    label: Text
    goes_with: tuple[Relation, ...] = ()
    better: tuple[Relation, ...] = ()
    more_of: tuple[Relation, ...] = ()


class Catalogue(Named):
    """All products; `stagemark.catalogues` loads and checks it.

    Attributes:
        version: The author's version, free text.
        products: Each product once.
    """

    version: str = "1"
    products: tuple[Product, ...] = ()

    @cached_property
    def product_of(self) -> dict[str, Product]:
        """The products by id."""
        return {product.id: product for product in self.products}

    def digest(self) -> str:
        """SHA-256 of the whole catalogue."""
        whole = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()


def called(product: str, label: Text) -> dict[str, Any]:
    """A product as a param of a problem: by its label, with the id beside it."""
    return {"code": "product_named", "params": {"id": product, "label": {"zh": label.zh, "en": label.en}}}


def unlisted(catalogue: Catalogue, products: Sequence[str]) -> Iterator[Problem]:
    """The products of a contract that the catalogue lacks, with the nearest it has; a company without one has none."""
    known = [product.id for product in catalogue.products]
    for name in products:
        if known and name not in catalogue.product_of:
            named = [called(id_, catalogue.product_of[id_].label) for id_ in nearest(name, known)]
            yield Problem(code="contract_product_unknown", params={"product": name, "known": named})


class Suggestion(Model):
    """What can be suggested to a customer, with its words.

    Attributes:
        id: Its name: what to whom.
        relation: How the product relates to what was bought; `same`: what one company bought another may need.
        of: What was bought.
        product: What is suggested.
        label: What that is called.
        account: The sister account it is for; none: the customer's own.
        link: Of a cross-sell: the link from what they bought.
        reason: Why it fits this customer.
        ask: The ask; of an up-sell in one of the three phrasings.
        phrase: Which.
    """

    id: Name
    relation: Literal["goes_with", "better", "more_of", "same"]
    of: Name
    product: Name
    label: Text
    account: Name | None = None
    link: Text | None = None
    reason: Text
    ask: Text
    phrase: Phrase | None = None

    @property
    def called(self) -> dict[str, Any]:
        """The product as a param of a problem."""
        return called(self.product, self.label)

    @model_validator(mode="after")
    def _whole(self) -> Suggestion:
        upward = self.relation in ("better", "more_of")
        if upward is (self.phrase is None) or upward is (self.link is not None):
            raise PydanticCustomError(
                "suggestion_incomplete",
                "a cross-sell has a link, a reason and an ask; an up-sell a reason and one of the three phrasings",
            )
        parts = (self.label, self.link, self.reason, self.ask)
        if any(part and max(len(part.zh), len(part.en)) > LONGEST for part in parts):
            raise PydanticCustomError(
                "suggestion_too_long", "what is said of a product has at most {most} characters", {"most": LONGEST}
            )
        return self


class Bought(NamedTuple):
    """A product that was bought, and how many of it."""

    product: str
    quantity: Decimal = Decimal(1)


class Sister(NamedTuple):
    """Another account of a customer's group: a department or a sister company.

    Attributes:
        account: Its id.
        title: What it is called; empty: by its id.
        has: The products that it has bought.
    """

    account: str
    title: str = ""
    has: frozenset[str] = frozenset()


class Customer(NamedTuple):
    """What is known of a customer: by this a reason fits or doesn't.

    Attributes:
        orders: How often they ordered.
        score: Their satisfaction, if it is known.
        sisters: The other accounts of their group.
    """

    orders: int = 1
    score: int | None = None
    sisters: tuple[Sister, ...] = ()


def suggest(catalogue: Catalogue, bought: Sequence[Bought], customer: Customer, most: int) -> tuple[Suggestion, ...]:
    """What to suggest to a customer who bought this: cross-sell, up-sell, then the sister companies; at most so many.

    What they have already is not suggested, nor to a sister what she has, and each product once for each account. What
    can't be said, of a catalogue that nobody has checked, is left out.
    """
    has = {one.product for one in bought}
    found: dict[tuple[str, str | None], Suggestion] = {}
    for suggestion in _all(catalogue, bought, customer):
        if suggestion.account or suggestion.product not in has:
            found.setdefault((suggestion.product, suggestion.account), suggestion)
    return tuple(found.values())[:most]


def _all(catalogue: Catalogue, bought: Sequence[Bought], customer: Customer) -> Iterator[Suggestion]:
    known = [(one, catalogue.product_of[one.product]) for one in bought if one.product in catalogue.product_of]
    for kind in RELATIONS:
        for one, product in known:
            for relation in getattr(product, kind):
                other = catalogue.product_of.get(relation.product)
                reason = next((r.say for r in relation.reasons if _fits(r, one, customer)), None)
                if other is not None and reason is not None:
                    with suppress(ValidationError):
                        yield _suggestion(kind, product, other, relation, reason)
    for sister in customer.sisters:
        called = (sister.title or sister.account)[:LONGEST_LABEL]
        for _, product in known:
            if product.id in sister.has:
                continue
            names = {"bought": product.label, "product": product.label, "sister": Text(zh=called, en=called)}
            with suppress(ValidationError):
                yield Suggestion(
                    id=_named("same", product.id, sister.account), relation="same", of=product.id, product=product.id,
                    label=product.label, account=sister.account, link=_said("link_same", names),
                    reason=_said("reason_same", names), ask=_said("ask_same", names),
                )  # fmt: skip


def _named(*parts: str) -> str:
    """A name made of names; of a long one, what tells it from others is kept."""
    whole = ":".join(parts)
    return whole if len(whole) <= 128 else f"{whole[:111].rstrip()}:{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


def _fits(reason: Reason, one: Bought, customer: Customer) -> bool:
    return (
        (reason.quantity_at_least is None or one.quantity >= reason.quantity_at_least)
        and (reason.orders_at_least is None or customer.orders >= reason.orders_at_least)
        and (reason.score_at_least is None or (customer.score or 0) >= reason.score_at_least)
    )


def _suggestion(kind: RelationKind, of: Product, product: Product, relation: Relation, reason: Text) -> Suggestion:
    names = {"bought": of.label, "product": product.label}
    default = _PHRASES.get(kind)
    phrase = (relation.phrase or default) if default else None
    return Suggestion(
        id=_named(kind, of.id, product.id), relation=kind, of=of.id, product=product.id, label=product.label,
        link=None if phrase else relation.link or _said("link", names), reason=reason,
        ask=relation.ask or _said(phrase or "ask", names), phrase=phrase,
    )  # fmt: skip


def _said(key: str, names: dict[str, Text]) -> Text:
    en, zh = GROWTH_TEXTS[key]
    return Text(
        en=en.format(**{name: text.en for name, text in names.items()}),
        zh=zh.format(**{name: text.zh for name, text in names.items()}),
    )

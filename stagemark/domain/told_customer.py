"""What a customer has said at one sale and all sales with them go by: see `stagemark.domain.told`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, Self

from pydantic import AwareDatetime

from stagemark.domain.commands import Model
from stagemark.domain.entries import Day
from stagemark.domain.words import Name

__all__ = ["CustomerSaid", "Heard", "ProductSaid", "Scored"]


class Scored(Model):
    """How satisfied the customer was last.

    Attributes:
        score: How much.
        satisfied: Whether that is enough.
        on: On which day they said so.
        told: When that was recorded.
    """

    score: int
    satisfied: bool
    on: Day
    told: AwareDatetime | None = None


class ProductSaid(Model):
    """The customer's answer to a prompt for a product.

    Attributes:
        product: Which.
        account: The sister company that it was for, if not the customer.
        until: Not again before this day; none: they have accepted it.
    """

    product: Name
    account: Name | None = None
    until: Day | None = None


class Heard(Model):
    """What a customer has said, whoever of us heard it.

    Attributes:
        score: Their last score.
        referrals_from: They are asked for referrals on this day again, and not before.
        products: What they answered to prompts.
    """

    score: Scored | None = None
    referrals_from: Day | None = None
    products: tuple[ProductSaid, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[Self]) -> Self:
        """All of it together, the same in whatever order it was heard: the last score, the longest rest."""
        said = list(parts)
        scores = [one.score for one in said if one.score is not None]
        days = [one.referrals_from for one in said if one.referrals_from is not None]
        products: dict[tuple[str, str], ProductSaid] = {}
        for one in (product for part in said for product in part.products):
            key = (one.product, one.account or "")
            products[key] = max(one, products.get(key, one), key=_rest)
        return cls(
            score=max(scores, key=_when, default=None),
            referrals_from=max(days, default=None),
            products=tuple(products[key] for key in sorted(products)),
        )


def _when(one: Scored) -> tuple[date, float, int]:
    return one.on, one.told.timestamp() if one.told else 0, -one.score


def _rest(one: ProductSaid) -> tuple[bool, date]:
    return one.until is None, one.until or date.min


class CustomerSaid(Model):
    """An aftercare, to its account: what the customer has said there, where other sales go by it as well."""

    kind: Literal["customer_said"] = "customer_said"
    opportunity: Name
    heard: Heard

"""What grew out of a sale: who refers us, which sales came from which, and what they earned (domain.md §5)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, and_, literal, or_, select

from stagemark.domain.aftercare.commands import SIGNS
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.catalogue import Customer, Sister
from stagemark.domain.words import folded
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.tables.account import accounts
from stagemark.readmodel.tables.aftercare import aftercares, orders, referrals, referrers, satisfaction
from stagemark.readmodel.tables.common import neighbours

__all__ = ["Descendant", "Referrer", "customer", "customer_named", "descendants", "earned", "referral_centres"]

_DEEPEST = 50
"""Links of a chain that are followed."""


class Descendant(NamedTuple):
    """A sale that came from another, directly or through others; the first of a chain comes from none.

    Attributes:
        depth: How many links lie between; 0 is the first itself.
        opportunity: The sale.
        account: Whose.
        life: How it stands.
        origin: The sale it came from.
        by: A prompt, a referral or a repurchase.
        id: The prompt, or who named it.
        amount: The amount of its contract, as decimal text; none while nothing is signed.
        currency: Of the amount.
    """

    depth: int
    opportunity: str
    account: str
    life: str
    origin: str | None
    by: str | None
    id: str | None
    amount: str | None
    currency: str | None


class Referrer(NamedTuple):
    """A contact as a referral centre.

    Attributes:
        contact: An opaque id.
        account: Where they are.
        signs: Which of the four signs they show.
        named: How many prospects they named.
        earned: What came of those, by currency.
    """

    contact: str
    account: str
    signs: tuple[str, ...]
    named: int
    earned: dict[str, Decimal]


def customer_named(connection: Connection, namespace: str, name: str) -> str | None:
    """The account that a name means, of those that have a sale or stand among the accounts; none if there is none.

    It means an account by its id or its title, however it is written. That is compared here: of letters beyond English
    SQLite knows neither case nor width.
    """
    o, n, a = opportunities.c, neighbours.c, accounts.c
    sold = select(o.account, o.account).where(o.namespace == namespace)
    ours = select(n.id, n.id).where(n.namespace == namespace, n.stream == "account")
    titled = select(a.id, a.title).where(a.namespace == namespace, a.title != "")
    meant = folded(name)
    found = {
        id_ for query in (sold, ours, titled) for id_, known in connection.execute(query) if folded(known) == meant
    }
    return name if name in found else min(found, default=None)


def customer(connection: Connection, namespace: str, account: str) -> Customer:
    """What is known of an account by its sales: orders, the last score; and the others of its group."""
    a, o, s = aftercares.c, orders.c, satisfaction.c
    own = select(a.id).where(a.namespace == namespace, a.account == account, ~a.over)
    numbers = select(o.order).where(o.namespace == namespace, o.id.in_(own)).distinct()
    scores = select(s.score).where(s.namespace == namespace, s.id.in_(own)).order_by(s.day.desc(), s.number.desc())
    return Customer(
        orders=len(connection.execute(numbers).all()),
        score=connection.execute(scores.limit(1)).scalar(),
        sisters=tuple(_sisters(connection, namespace, account)),
    )


def _sisters(connection: Connection, namespace: str, account: str) -> list[Sister]:
    a, n = accounts.c, neighbours.c
    group = connection.execute(select(a.group).where(a.namespace == namespace, a.id == account)).scalar()
    if not group:
        return []
    alike = select(a.id, a.title).where(a.namespace == namespace, a.group == group, a.id != account).order_by(a.id)
    titles = {str(id_): str(title) for id_, title in connection.execute(alike)}
    has: dict[str, set[str]] = {id_: set() for id_ in titles}
    cared = select(n.account, n.id, n.state).where(
        n.namespace == namespace, n.stream == "aftercare", n.account.in_(titles), ~n.ended
    )
    for whose, id_, state in connection.execute(cared):
        aftercare = AftercareState.model_validate({**json.loads(state), "id": id_})
        has[whose].update(one.product for one in aftercare.bought)
    return [Sister(id_, title, frozenset(has[id_])) for id_, title in titles.items()]


def descendants(connection: Connection, namespace: str, sale: str) -> list[Descendant]:
    """A sale and all that came from it, the nearest first."""
    o, a = opportunities.c, aftercares.c
    first = select(o.opportunity, literal(0).label("depth")).where(o.namespace == namespace, o.opportunity == sale)
    chain = first.cte("chain", recursive=True)
    further = select(o.opportunity, chain.c.depth + 1).where(
        o.namespace == namespace, o.origin == chain.c.opportunity, chain.c.depth < _DEEPEST
    )
    chain = chain.union(further)
    signed = and_(a.namespace == o.namespace, a.id == o.opportunity, ~a.over)
    query = (
        select(
            chain.c.depth, o.opportunity, o.account, o.life, o.origin, o.origin_by, o.origin_id, a.amount, a.currency
        )
        .select_from(chain)
        .join(opportunities, and_(o.namespace == namespace, o.opportunity == chain.c.opportunity))
        .join(aftercares, signed, isouter=True)
        .order_by(chain.c.depth, o.opportunity)
    )
    found: dict[str, Descendant] = {}
    for row in connection.execute(query):
        found.setdefault(row[1], Descendant(*row))
    return list(found.values())


def earned(sales: Iterable[Descendant]) -> dict[str, Decimal]:
    """What the sales after the first have earned, by currency: two currencies are never added."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for sale in sales:
        if sale.depth and sale.amount is not None and sale.currency is not None:
            sums[sale.currency] += Decimal(sale.amount)
    return dict(sums)


def referral_centres(connection: Connection, namespace: str, account: str | None = None) -> list[Referrer]:
    """The contacts who can refer us, the best first: by signs, then by names given, then by what those earned."""
    a, r, s = aftercares.c, referrals.c, referrers.c
    signs: dict[tuple[str, str], set[str]] = defaultdict(set)
    opened: dict[tuple[str, str], set[str]] = defaultdict(set)
    of_account = [a.account == account] if account else []
    signed = select(a.id, a.account).where(a.namespace == namespace, *of_account)
    accounts = {row.id: row.account for row in connection.execute(signed)}
    rated = select(s.id, s.contact, *(s[sign] for sign in SIGNS)).where(s.namespace == namespace)
    for id_, contact, *shown in connection.execute(rated):
        if id_ in accounts:
            signs[accounts[id_], contact].update(sign for sign, shows in zip(SIGNS, shown, strict=True) if shows)
    for id_, contact, sale in connection.execute(select(r.id, r.contact, r.opened).where(r.namespace == namespace)):
        if id_ in accounts:
            opened[accounts[id_], contact].add(sale)
    contracts = select(a.id, a.amount, a.currency).where(
        a.namespace == namespace, ~a.over, or_(*(a.id.in_(sales) for sales in opened.values())) if opened else a.over
    )
    amounts = {id_: (Decimal(amount), currency) for id_, amount, currency in connection.execute(contracts)}
    found = []
    for whose, contact in signs.keys() | opened.keys():
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for sale in opened[whose, contact] & amounts.keys():
            sums[amounts[sale][1]] += amounts[sale][0]
        shown_ = tuple(sign for sign in SIGNS if sign in signs[whose, contact])
        found.append(Referrer(contact, whose, shown_, len(opened[whose, contact]), dict(sums)))
    return sorted(found, key=lambda one: (-len(one.signs), -one.named, -sum(one.earned.values()), one.contact))

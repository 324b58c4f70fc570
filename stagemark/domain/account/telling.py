"""Whom an account tells of what changed: the collections and aftercares of its sales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stagemark.domain.account.commands import Place
from stagemark.domain.account.growing import allowed
from stagemark.domain.account.paying import returning
from stagemark.domain.account.state import NOTHING, AccountState
from stagemark.domain.commands import Model
from stagemark.domain.entries import Entry, Stream
from stagemark.domain.money import Amount
from stagemark.domain.told import (
    Exempted,
    Heard,
    Held,
    MoneyPlaced,
    MoneyRecalled,
    MoneyReversed,
    OrderDropped,
    Ordered,
    Tell,
)

__all__ = ["tells"]


def tells(before: AccountState, after: AccountState, news: Sequence[Entry[Any]]) -> Iterator[Tell]:
    """What follows for others; each is told once for all that changed."""
    if not news:
        return
    key = f"account:{after.id}:{after.sequence}"
    collections: dict[str, list[Model]] = defaultdict(list)
    for id_, exempted in _exempted(before, after):
        collections[id_].append(exempted)
    for entry in news:
        for id_, money in _money(before, after, entry):
            collections[id_].append(money)
    for id_, facts in collections.items():
        yield Tell.of(Stream(stream="collection", id=id_), key, *facts)
    aftercares: dict[str, list[Model]] = defaultdict(list)
    for id_, held in _held(before, after):
        aftercares[id_].append(held)
    for entry in news:
        for id_, told in (*_ordered(before, after, entry), *_dropped(before, after, entry), *allowed(after, entry)):
            aftercares[id_].append(told)
    for id_, facts in aftercares.items():
        yield Tell.of(Stream(stream="aftercare", id=id_), key, *facts)


def _new(before: AccountState, after: AccountState, opportunity: str) -> bool:
    """Whether a sale was signed just now."""
    known = before.sales.get(opportunity)
    return after.sales[opportunity].signed is not None and (known is None or known.signed is None)


def _exempted(before: AccountState, after: AccountState) -> Iterator[tuple[str, Model]]:
    was, now = before.exempt, after.exempt
    told = now or was
    if told is None:
        return
    for id_ in after.sales:
        if was != now or (now is not None and _new(before, after, id_)):
            yield id_, Exempted(until=now.until if now else None, approved_by=told.approved_by)


def _money(before: AccountState, after: AccountState, entry: Entry[Any]) -> Iterator[tuple[str, Model]]:
    fact = entry.fact
    if entry.kind not in ("bank_reported", "placed", "recalled", "assign", "bank_reversed"):
        return
    for place in fact.places if entry.kind != "assign" else (_place(fact),):
        id_ = place.payment or fact.payment
        payment = after.payment(id_) or before.payment(id_)
        assert payment is not None  # money is placed by its payment
        amount = Amount(amount=place.amount, currency=payment.currency)
        if entry.kind == "bank_reversed":
            yield place.opportunity, MoneyReversed(payment=id_, amount=amount, on=fact.on, account=after.id)
        elif entry.kind == "recalled":
            yield place.opportunity, MoneyRecalled(payment=id_, amount=amount, account=after.id)
        else:
            named: dict[str, Any] = {"instalments": place.instalments} if place.instalments else {}
            named |= {"entered": True} if place.entered else {}
            told = MoneyPlaced(payment=id_, amount=amount, on=payment.on, account=after.id, **named)
            yield place.opportunity, told
    if _gone_everywhere(before, after, entry):
        for opportunity in after.sales:
            yield opportunity, MoneyReversed(payment=fact.payment, on=fact.on, account=after.id)


def _gone_everywhere(before: AccountState, after: AccountState, entry: Entry[Any]) -> bool:
    """Whether the bank has money back, as is told now for the first time.

    A person may have entered it at any sale, without the account: it is the same money, and is gone there as well.
    """
    family = returning(before, entry.fact.payment)
    if entry.kind == "bank_reversed":
        return not all(one.reversed for one in family.values()) or not family
    known = after.payment(entry.fact.payment)
    new = entry.kind == "bank_reported" and not any(one.reported for one in family.values())
    return new and known is not None and known.reversed


def _place(fact: Any) -> Place:
    return Place(opportunity=fact.opportunity, amount=fact.amount, instalments=fact.instalments)


def _held(before: AccountState, after: AccountState) -> Iterator[tuple[str, Model]]:
    """What holds a sale's prompts and referral requests; what was said at that very sale it knows."""

    def holds(state: AccountState, id_: str) -> Held:
        heard = Heard.of(one for sale, one in state.heard.items() if sale != id_)
        said = {"heard": heard} if heard != Heard() else {}
        return Held(complaints=state.complaints, cool_until=state.cool_until, by=state.cools_by, **said)

    for id_, sale in after.sales.items():
        was, now = holds(before, id_), holds(after, id_)
        if sale.signed is not None and (was != now or (_new(before, after, id_) and now != Held())):
            yield id_, now


def _ordered(before: AccountState, after: AccountState, entry: Entry[Any]) -> Iterator[tuple[str, Model]]:
    """The aftercares of the other sales hear of an order, and of one that is another than they had heard; its own, of
    the newest, if that is another."""
    if entry.kind != "signed" or entry.fact.opportunity not in after.sales:
        return
    own, orders = entry.fact.opportunity, dict(_orders(after))
    if dict(_orders(before)).get(own) == orders[own]:
        return
    for id_ in orders:
        if id_ != own:
            yield id_, orders[own]
    newest = _newest(orders)
    if newest.opportunity != own and _new(before, after, own):  # it was told late: the newest leads
        yield own, newest


def _dropped(before: AccountState, after: AccountState, entry: Entry[Any]) -> Iterator[tuple[str, Model]]:
    """The aftercares of the other sales hear of one that is the customer's no more, and which is the newest now."""
    if entry.kind != "unsigned":
        return
    gone, orders = entry.fact.opportunity, dict(_orders(after))
    if gone in orders or gone not in dict(_orders(before)):
        return
    for id_ in orders:
        yield id_, OrderDropped(opportunity=gone)
        if (newest := _newest(orders)).opportunity != id_:
            yield id_, newest


def _newest(orders: Mapping[str, Ordered]) -> Ordered:
    """The order that leads the customer's rhythm."""
    return max(orders.values(), key=lambda order: (order.on, order.opportunity))


def _orders(state: AccountState) -> Iterator[tuple[str, Ordered]]:
    """The orders by which sales were signed."""
    for id_, sale in state.sales.items():
        if sale.signed is not None:
            amount = Amount(amount=sum(sale.parts.values(), NOTHING), currency=sale.currency)
            yield id_, Ordered(opportunity=id_, order=id_, on=sale.signed, amount=amount)

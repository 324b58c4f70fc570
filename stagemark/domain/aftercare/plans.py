"""What is planned, and when the customer's own rhythm asks for a call: pure functions of state and policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

from pydantic import JsonValue

from stagemark.domain.aftercare.commands import Item, Plan
from stagemark.domain.aftercare.policy import TaskRule
from stagemark.domain.aftercare.state import AftercareState, Order
from stagemark.domain.agenda import working_span
from stagemark.domain.neighbour import Around
from stagemark.domain.playbook import Text
from stagemark.domain.spans import CalendarSpan, earlier, later

__all__ = ["fell_on", "repurchase_on", "wanted"]


def wanted(state: AftercareState, around: Around) -> Iterator[Plan]:
    """Every plan that is to be made, or made anew, as the facts stand."""
    for plan in _plans(state, around):
        if state.plans.get(plan.plan, "") != plan.basis:
            yield plan


def _plans(state: AftercareState, around: Around) -> Iterator[Plan]:
    policy = around.policy.aftercare
    for anchor in dict.fromkeys(rule.after for rule in policy.follow_ups):
        since = state.anchors.get(anchor)
        yield Plan(plan=anchor, basis=str(since.on) if since else "", items=tuple(_follow_ups(state, anchor, around)))
    since = state.anchors.get(policy.warranty.after)
    yield Plan(plan="warranty", basis=str(since.on) if since else "", items=tuple(_warranty(state, around)))
    yield from _evaluations(state, around)
    orders = _leading(state)
    basis = f"{len(orders)}:{orders[-1].on}" if orders else ""
    yield Plan(plan="orders", basis=basis, items=tuple(_by_orders(orders, around)))


def _item(rule: TaskRule, **fields: object) -> Item:
    return Item.model_validate({"to": rule.to, "escalates_to": rule.escalates_to, "within": rule.within, **fields})


def _called(label: Text | None) -> dict[str, JsonValue]:
    return {"label": label.model_dump()} if label else {}


def _follow_ups(state: AftercareState, anchor: str, around: Around) -> Iterator[Item]:
    """Those that can still be made: of a delivery that was told late, the past is not made up for."""
    since = state.anchors.get(anchor)
    if since is None:
        return
    for rule in around.policy.aftercare.follow_ups:
        on = later(since.on, rule.later)
        within = working_span(rule.within, around.calendar)
        if rule.after == anchor and around.calendar.advance(around.at(on), within) > since.told:
            params = {"after": anchor, "since": str(since.on), **_called(rule.label)}
            yield _item(
                rule, id=rule.id, kind="follow_up", plan=anchor, on=on, how=rule.how, round=anchor, params=params
            )


def _warranty(state: AftercareState, around: Around) -> Iterator[Item]:
    rule = around.policy.aftercare.warranty
    since = state.anchors.get(rule.after)
    if since is None or state.signed is None:
        return
    terms: dict[str, CalendarSpan] = state.signed.contract.warranty or rule.terms
    for term, span in terms.items():
        ends = later(since.on, span)
        if around.at(ends + timedelta(days=1)) > since.told:
            on = max(earlier(ends, rule.ahead), since.on)
            params = {"term": term, "ends": str(ends), **_called(rule.labels.get(term))}
            yield _item(rule, id=f"warranty:{term}"[:128], kind="warranty", plan="warranty", on=on, params=params)


def _evaluations(state: AftercareState, around: Around) -> Iterator[Plan]:
    """A round of contacts ends with its evaluation (domain.md §5): once none of it is still to be made."""
    rounds: dict[str, list[str]] = {}
    for contact in state.contacts.values():
        if contact.item.round:
            waits = contact.status in ("planned", "open")
            rounds.setdefault(contact.item.round, []).append("" if waits else str(contact.on))
    for name, ended in rounds.items():
        if all(ended):
            on = max(ended)
            rule = around.policy.aftercare.evaluation
            id_ = f"evaluation:{name}"[:128]
            item = _item(rule, id=id_, kind="evaluation", plan=id_, on=on, params={"round": name})
            yield Plan(plan=id_, basis="ended", items=(item,))


# -- orders


def _leading(state: AftercareState) -> list[Order]:
    """The orders by day; none where a newer sale of the customer leads."""
    return [] if state.newest or state.over else sorted(state.orders.values(), key=lambda order: order.on)


def _by_orders(orders: list[Order], around: Around) -> Iterator[Item]:
    rule = around.policy.aftercare.orders
    if not orders:
        return
    last = orders[-1].on
    if (due := repurchase_on(orders, around)) is not None:
        params = {"due": str(due), "last": str(last), "orders": len(orders)}
        on = max(earlier(due, rule.ahead), last)
        yield _item(rule, id=f"repurchase:{last}", kind="repurchase", plan="orders", on=on, params=params)
    if (fell := fell_on(orders, around)) is not None:
        on, before, now = fell
        params = {"before": str(before), "now": str(now), "currency": orders[-1].amount.currency, "window": rule.window}
        yield _item(rule, id=f"orders_fell:{last}", kind="orders_fell", plan="orders", on=on, params=params)


def repurchase_on(orders: list[Order], around: Around) -> date | None:
    """When the next order is due: the last one and the median of the intervals; with few orders, by the policy."""
    rule = around.policy.aftercare.orders
    days = sorted({order.on for order in orders})
    if len(days) >= rule.fewest:
        return days[-1] + timedelta(days=round(median((b - a).days for a, b in pairwise(days))))
    return later(days[-1], rule.otherwise) if days and rule.otherwise else None


def fell_on(orders: list[Order], around: Around) -> tuple[date, Decimal, Decimal] | None:
    """The first day, from the last order on, on which the volume of the window has fallen sharply, if none follows.

    Returns:
        The day, the volume of the window before, and that of the last window; none if it never falls so.
    """
    rule = around.policy.aftercare.orders
    same = [order for order in orders if order.amount.currency == orders[-1].amount.currency]
    ends = [(order.on, later(order.on, rule.window), order.amount.amount) for order in same]
    changes = sorted({same[-1].on, *(end for _, end, _ in ends if end > same[-1].on)})
    for day in changes:
        # An order stands in the last window until `end`, and in the one before for as long again.
        now = sum((volume for on, end, volume in ends if on <= day < end), Decimal(0))
        earlier_ones = [volume for _, end, volume in ends if end <= day < later(end, rule.window)]
        before = sum(earlier_ones, Decimal(0))
        if before and len(earlier_ones) >= rule.fewest_before and now <= before * (1 - rule.fall):
            return day, before, now
    return None

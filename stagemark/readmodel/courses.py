"""The courses of all sales out of the derived tables, for reports that need no more than them (design.md §7).

Reading is several times faster than folding. What the tables do not hold with its time is left to the fold: skipped
stages, overrides, and changes of segment or playbook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState, Span, Visit
from stagemark.readmodel.schema import ledger, opportunities, playbooks, spans, visits

__all__ = ["courses", "kept", "last_recorded", "untimed"]

_UNTIMED_KINDS = ("skip", "change", "migrate")


def kept(connection: Connection, namespace: str) -> dict[str, Playbook]:
    """All whole playbooks that were kept, by hash."""
    query = select(playbooks.c.hash, playbooks.c.whole).where(playbooks.c.namespace == namespace)
    return {digest: Playbook.model_validate_json(whole) for digest, whole in connection.execute(query)}


def last_recorded(connection: Connection, namespace: str) -> datetime | None:
    """When the ledger was last told something; none while it is empty."""
    query = select(func.max(ledger.c.recorded_at)).where(ledger.c.namespace == namespace)
    return connection.execute(query).scalar_one_or_none()


def untimed(connection: Connection, namespace: str) -> set[str]:
    """The sales of which the tables do not tell everything with its time: they have to be folded."""
    told = or_(ledger.c.kind.in_(_UNTIMED_KINDS), ledger.c.fact.contains('"override":{', autoescape=True))
    query = select(ledger.c.opportunity).distinct().where(ledger.c.namespace == namespace, told)
    return set(connection.execute(query).scalars())


def courses(
    connection: Connection, namespace: str, playbook: Callable[[str], Playbook], besides: set[str]
) -> list[OpportunityState]:
    """The sales with their visits, lives, owners and waits, and without their events; in order of their ids.

    Args:
        connection: Where to read.
        namespace: Whose sales.
        playbook: Gives the compiled playbook of a hash.
        besides: Sales to leave out.
    """
    found: dict[str, OpportunityState] = {}
    o = opportunities.c
    query = select(o.opportunity, o.playbook_hash, o.zone, o.calendar, o.segment, o.life)
    for sale, digest, zone, calendar, segment, life in connection.execute(
        query.where(o.namespace == namespace).order_by(o.opportunity)
    ):
        if sale not in besides:
            state = OpportunityState(sale, playbook(digest), zone=zone, life=life)
            state.calendar, state.segment = calendar, segment
            found[sale] = state
    stays: dict[str, list[Visit]] = defaultdict(list)
    for sale, *fields in _rows(connection, namespace, visits, Visit.__slots__):
        stays[sale].append(Visit(*fields))
    kinds: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for sale, kind, *fields in _rows(connection, namespace, spans, ("kind", *Span.__slots__), "kind", "number"):
        kinds[sale, kind].append(Span(*fields))
    for sale, state in found.items():
        state.lives, state.owners, state.waits = (kinds.get((sale, kind), []) for kind in ("life", "owner", "wait"))
        place = {stage: number for number, stage in enumerate(state.stages)}
        # as the fold has them: in order of time and recording, and those that one event begins in the playbook's
        state.visits = sorted(stays.get(sale, []), key=lambda v: (v.began, v.began_event, place.get(v.stage, 0)))
    return list(found.values())


def _rows(connection: Connection, namespace: str, table: Any, fields: tuple[str, ...], *order: str) -> Any:
    query = select(table.c.opportunity, *(table.c[name] for name in fields)).where(table.c.namespace == namespace)
    return connection.execute(query.order_by(table.c.opportunity, *(table.c[name] for name in order)))

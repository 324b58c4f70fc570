"""A sale's state → its rows in the derived tables. Pure: the same state gives the same rows, live or rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stagemark.domain.commands import Answer
from stagemark.domain.events import Event, Fired, Missed
from stagemark.domain.state import OpportunityState, Span, Visit
from stagemark.readmodel import schema

__all__ = ["Gap", "Row", "gaps_of", "rows_of"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """Time in which the sale was open and no stage was (domain.md §1).

    Attributes:
        start: Since when.
        start_known: Whether `start` is known; if not, it only tells the order.
        end: Until when; none while it lasts.
        end_known: Likewise for `end`.
        after_stage: The stage left last before it; none before the first.
        before_stage: The stage whose beginning ended it; none if something else did.
    """

    start: datetime
    start_known: bool
    end: datetime | None
    end_known: bool
    after_stage: str | None
    before_stage: str | None


def rows_of(namespace: str, state: OpportunityState) -> dict[str, list[Row]]:
    """The rows of a sale, by the name of their derived table."""
    key: Row = {"namespace": namespace, "opportunity": state.opportunity}
    return {
        schema.opportunities.name: [key | _opportunity(state)],
        schema.visits.name: [key | _visit(visit) for visit in state.visits],
        schema.gaps.name: [
            key | {"number": number, **{name: getattr(gap, name) for name in Gap.__slots__}}
            for number, gap in enumerate(gaps_of(state.lives, state.visits), 1)
        ],
        schema.spans.name: [
            key | {"kind": kind, "number": number} | _span(span)
            for kind, spans in (("life", state.lives), ("owner", state.owners), ("wait", state.waits))
            for number, span in enumerate(spans, 1)
        ],
        schema.triggers.name: [
            key | _trigger(event, event.fact, state) for event in state.events if isinstance(event.fact, Fired)
        ],
    }


def _opportunity(state: OpportunityState) -> Row:
    ended = state.lives[-1] if state.ended and state.lives else None
    return {
        "sequence": state.sequence,
        "hash": state.events[-1].hash,
        "life": state.life,
        "playbook": state.playbook.id,
        "playbook_version": state.playbook.version,
        "playbook_hash": state.playbook.hash,
        "account": state.account,
        "title": state.title,
        "segment": state.segment,
        "owner": state.owner,
        "deputy": state.deputy,
        "collaborators": list(state.collaborators),
        "value": str(state.value.amount) if state.value else None,
        "currency": state.value.currency if state.value else None,
        "band": state.band,
        "calendar": state.calendar,
        "zone": state.zone,
        "opened": state.opened,
        "opened_known": bool(state.lives) and state.lives[0].start_known,
        "ended": ended.start if ended else None,
        "ended_known": ended.start_known if ended else True,
        "loss_reason": state.loss_reason,
        "open_stages": state.open_stages,
        "skipped_stages": [stage for stage, status in state.stages.items() if status == "skipped"],
        "waiting_on": state.waiting_on,
        "high_risk": state.high_risk,
        "missed": state.missed,
        "look_again": state.look_again,
        "last_told": state.last_told,
        "origin": state.origin.opportunity if state.origin else None,
        "origin_by": state.origin.by if state.origin else None,
        "origin_id": state.origin.id if state.origin else None,
    }


def _visit(visit: Visit) -> Row:
    return {name: getattr(visit, name) for name in Visit.__slots__}


def _span(span: Span) -> Row:
    return {name: getattr(span, name) for name in Span.__slots__}


def _trigger(event: Event, fired: Fired, state: OpportunityState) -> Row:
    last = _last_word(event.sequence, state.events)
    answer = last.fact if last is not None and isinstance(last.fact, Answer) else None
    if answer is not None:
        status: str = answer.answer
    elif last is not None:
        status = "missed"
    else:  # nobody said anything, so it is open for as long as its cause holds
        status = "open" if event.sequence in state.triggers else "withdrawn"
    return {
        "event": event.sequence,
        "trigger": fired.trigger,
        "rung": fired.rung,
        "cause": fired.cause,
        "stage": fired.stage,
        "to": list(fired.to),
        "due_at": fired.due_at,
        "fired_at": event.recorded_at,
        "answer_by": fired.answer_by,
        "urgent": fired.urgent,
        "high_risk": fired.high_risk,
        "status": status,
        "answer": answer.text if answer else "",
        "answered_by": last.actor if last and answer else None,
        "answered_at": last.recorded_at if last and answer else None,
        "put_off_until": answer.until if answer else None,
    }


def _last_word(event: int, events: Sequence[Event]) -> Event | None:
    """The last answer to a trigger, or that nobody answered it."""
    words = (e for e in reversed(events) if isinstance(e.fact, Answer | Missed) and e.fact.event == event)
    return next(words, None)


def gaps_of(lives: Sequence[Span], visits: Sequence[Visit]) -> list[Gap]:
    """Where the sale was open and no stage was, in order of time; none of them has length zero.

    Args:
        lives: The states of the sale's life, one after the other.
        visits: All its visits.
    """
    found = []
    in_order = sorted(visits, key=lambda visit: visit.began)
    for life in lives:
        if life.value != "open":
            continue
        # Since when no stage is open, as far as we have come; `staying`: from here on one is.
        free, known, after, staying = life.start, life.start_known, _left_last(visits, life.start), False
        for visit in in_order:
            if life.end is not None and visit.began >= life.end:
                break
            if visit.began > free:
                found.append(Gap(free, known, visit.began, visit.began_known, after, visit.stage))
            if visit.left is None:
                staying = True
                break
            if visit.left >= free:
                free, known, after = visit.left, visit.left_known, visit.stage
        if not staying and (life.end is None or free < life.end):
            found.append(Gap(free, known, life.end, life.end_known, after, None))
    return found


def _left_last(visits: Sequence[Visit], at: datetime) -> str | None:
    left = [(visit.left, visit.stage) for visit in visits if visit.left is not None and visit.left <= at]
    return max(left)[1] if left else None

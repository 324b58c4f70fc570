"""How one sale stands, for its reader: the result of a query, and the Markdown that Temporal's UI shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from stagemark.contracts.messages import Receipt
from stagemark.domain.commands import Origin, Override
from stagemark.domain.events import Event, Fired
from stagemark.domain.money import Amount
from stagemark.domain.playbook import PlaybookRef
from stagemark.domain.state import OpportunityState, Visit

__all__ = ["EvidenceView", "TriggerView", "View", "details_of", "not_before_told", "receipt_of", "view_of"]


class EvidenceView(BaseModel):
    """A piece of evidence as it is held: the value, or who allowed that it is missing."""

    model_config = ConfigDict(frozen=True)

    evidence: str
    person: str | None
    value: JsonValue
    override: Override | None
    event: int


class TriggerView(BaseModel):
    """A trigger that fired and waits for an answer. `event` names it in `Answer`."""

    model_config = ConfigDict(frozen=True)

    event: int
    fired: Fired
    put_off: date | None


class View(BaseModel):
    """One sale as it stands.

    Attributes:
        opportunity: Its id.
        playbook: By which playbook it runs.
        sequence: How many events there are: what `expected_sequence` is compared with.
        life: The sale's own life.
        origin: The sale it came from, if one.
        stages: The status of each stage, in the playbook's order.
        visits: All visits, in order of their beginning.
        evidence: What is held.
        triggers: What waits for an answer.
        next_due: When something falls due next.
        at: The moment for which it was asked.
    """

    model_config = ConfigDict(frozen=True)

    opportunity: str
    playbook: PlaybookRef
    sequence: int
    account: str
    title: str
    segment: str | None
    owner: str
    deputy: str | None
    collaborators: tuple[str, ...]
    value: Amount | None
    life: str
    origin: Origin | None = None
    stages: dict[str, str]
    visits: tuple[Visit, ...]
    waiting_on: str | None
    look_again: date | None
    high_risk: bool
    evidence: tuple[EvidenceView, ...]
    triggers: tuple[TriggerView, ...]
    next_due: AwareDatetime | None
    at: AwareDatetime


def view_of(state: OpportunityState, next_due: datetime | None, now: datetime) -> View:
    """Look at a sale."""
    return View(
        opportunity=state.opportunity,
        playbook=state.playbook.ref(),
        sequence=state.sequence,
        account=state.account,
        title=state.title,
        segment=state.segment,
        owner=state.owner,
        deputy=state.deputy,
        collaborators=state.collaborators,
        value=state.value,
        life=state.life,
        origin=state.origin,
        stages=dict(state.stages),
        visits=tuple(state.visits),
        waiting_on=state.waiting_on,
        look_again=state.look_again,
        high_risk=state.high_risk,
        evidence=tuple(
            EvidenceView(evidence=evidence, person=person, value=held.value, override=held.override, event=held.event)
            for (evidence, person), held in state.evidence.items()
        ),
        triggers=tuple(
            TriggerView(event=open_.event, fired=open_.fired, put_off=open_.put_off)
            for open_ in state.triggers.values()
        ),
        next_due=next_due,
        at=now,
    )


def not_before_told(state: OpportunityState, now: datetime) -> datetime:
    """The caller's clock, but no earlier than the sale's own: it can lag, and a simulation's sale is ahead of it."""
    return max(now, state.events[-1].recorded_at) if state.events else now


def receipt_of(opportunity: str, events: Sequence[Event]) -> Receipt:
    """The answer to an envelope, from the events that it became: for ever the same (design.md §3)."""
    outcome = events[-1].outcome
    return Receipt(
        opportunity=opportunity,
        sequences=tuple(event.sequence for event in events),
        recorded_at=events[0].recorded_at,
        life=outcome.life if outcome else "",
        open_stages=outcome.open_stages if outcome else (),
        advice=outcome.advice if outcome else (),
    )


def details_of(state: OpportunityState, next_due: datetime | None) -> str:
    """What an operator sees of a sale in Temporal's UI (design.md §6 rule 12)."""
    marks = {"waiting": "·", "begun": "▶", "ended": "✓", "skipped": "–"}
    stages = [f"- {marks[status]} {stage} ({status})" for stage, status in state.stages.items()]
    last = next((e.fact for e in reversed(state.events) if e.fact.kind == "mark"), None)
    told = [
        f"**{state.life}**, owner {state.owner}, events: {state.sequence}",
        f"last marker: {last.stage} {last.edge}" if last is not None and last.kind == "mark" else "no marker yet",
        f"next due: {next_due:%Y-%m-%d %H:%M} UTC" if next_due else "nothing due",
    ]
    return "\n".join([*stages, "", " · ".join(told)])

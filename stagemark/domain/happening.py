"""How each fact changes the state of a sale: the rules of domain.md §1 in one place.

Every function lets the state take the change and says what is unlawful in it. `decide` refuses what has any problem;
the fold of recorded events never meets one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from stagemark.domain import commands as c
from stagemark.domain.evidence import evidence_shortfalls, hold
from stagemark.domain.history import Placed
from stagemark.domain.machine import machines_of, turn
from stagemark.domain.playbook import Edge
from stagemark.domain.signing import signing_of, signing_problems
from stagemark.domain.state import LeftBy, Life, OpportunityState, StageStatus
from stagemark.domain.state import turn as turn_span
from stagemark.errors import Problem

__all__ = ["happen", "shortfalls"]

_TURNS: dict[Edge, str] = {"start": "begin", "end": "end"}

_OF_THE_PLAYBOOK = frozenset(
    {
        "evidence_missing",
        "condition_unmet",
        "stage_not_yet",
        "not_skippable",
        "not_nurturable",
        "instalment_before_signing",
        "milestone_before_signing",
        "deliverable_before_signing",
        "clearance_missing",
        "clearance_short",
        "clearance_over",
    }
)
"""What a playbook may ask for or not; all else is the nature of stages, whatever the playbook."""


def happen(state: OpportunityState, placed: Placed) -> list[Problem]:
    """Let a fact happen to the state, which is changed in place, and say what is unlawful in it."""
    fact = placed.event.fact
    problems = _HANDLERS[fact.kind](state, fact, placed)
    state.high = max(state.high, placed.at)
    return [problem for problem in problems if problem.code not in _OF_THE_PLAYBOOK] if placed.lenient else problems


def shortfalls(state: OpportunityState, stage: str, edge: Edge) -> list[Problem]:
    """Everything that keeps a marker from being recorded now."""
    problems = list(_life_allows(state, "mark", ("open",)))
    if edge == "start":
        problems += _not_yet(state, stage)
    status = state.stages[stage]
    if turn(machines_of(state.playbook).stages[stage], status, _TURNS[edge]) is None:
        problems.append(_problem("marker_out_of_turn", stage=stage, edge=edge, status=status))
    return problems + list(evidence_shortfalls(state, stage, edge))


def _problem(code: str, **params: Any) -> Problem:
    return Problem(code=code, params=params)


def _life_allows(state: OpportunityState, command: str, lives: Iterable[str]) -> Iterable[Problem]:
    if state.life not in lives:
        yield _problem("life_out_of_turn", command=command, life=state.life)


def _not_yet(state: OpportunityState, stage: str) -> list[Problem]:
    waits_for = []
    for term in state.playbook.opens_after(stage):
        status = state.stages[term.stage]
        reached = status in ("ended", "skipped") or (term.has == "begun" and status == "begun")
        if not reached:
            waits_for.append({"code": "stage_has", "params": {"stage": term.stage, "has": term.has}})
    return [_problem("stage_not_yet", stage=stage, waits_for=waits_for)] if waits_for else []


def _stage_turn(state: OpportunityState, stage: str, trigger: str) -> bool:
    """Let a stage's machine turn; whether it did."""
    status = turn(machines_of(state.playbook).stages[stage], state.stages[stage], trigger)
    if status is not None:
        state.stages[stage] = cast(StageStatus, status)
    return status is not None


def _life_turn(state: OpportunityState, trigger: str, placed: Placed) -> list[Problem]:
    """Let the life's machine turn, and keep since when it stands where."""
    life = turn(machines_of(state.playbook).life, state.life, trigger)
    if life is None:
        return [_problem("life_out_of_turn", command=trigger, life=state.life)]
    state.life = cast(Life, life)
    turn_span(state.lives, life, placed.at, placed.known)
    return []


def _open(state: OpportunityState, fact: c.Open, placed: Placed) -> list[Problem]:
    problems = _life_turn(state, "open", placed)
    state.opened = placed.at
    state.zone, state.calendar = fact.zone, fact.calendar
    state.account, state.title, state.segment = fact.account, fact.title, fact.segment
    state.origin = fact.origin
    state.owner, state.deputy, state.collaborators = fact.owner, fact.deputy, fact.collaborators
    state.value = fact.value
    turn_span(state.owners, fact.owner, placed.at, placed.known)
    return problems


def _mark(state: OpportunityState, fact: c.Mark, placed: Placed) -> list[Problem]:
    for given in fact.evidence:
        hold(state, given, placed.event.sequence)
    problems = shortfalls(state, fact.stage, fact.edge)
    if fact.edge == "end" and state.playbook.signing and state.playbook.signing[0] == fact.stage:
        problems += signing_problems(state, _signing_day(state, placed))
    # Lawful, or short of something: it is counted as observed all the same, so that what comes after it in the same
    # envelope is judged for itself.
    if not _stage_turn(state, fact.stage, _TURNS[fact.edge]):
        return problems
    if fact.edge == "start":
        state.visit(fact.stage, placed.at, placed.known, placed.event.sequence)
    else:
        _leave(state, [fact.stage], "end", placed)
    return problems + _complete(state, placed)


def _leave(state: OpportunityState, stages: Iterable[str], by: LeftBy, placed: Placed) -> None:
    for visit in state.open_visits:
        if visit.stage in stages:
            state.leave(visit, by, placed.at, placed.known, placed.event.sequence)


def _complete(state: OpportunityState, placed: Placed) -> list[Problem]:
    """The sale is complete when every stage has ended or been skipped."""
    if state.life == "open" and all(status in ("ended", "skipped") for status in state.stages.values()):
        _wait_no_more(state, placed)
        return _life_turn(state, "complete", placed)
    return []


def _wait_no_more(state: OpportunityState, placed: Placed) -> None:
    turn_span(state.waits, None, placed.at, placed.known)
    state.waiting_on = None


def _record(state: OpportunityState, fact: c.Record, placed: Placed) -> list[Problem]:
    problems = list(_life_allows(state, "record", ("open", "suspended", "nurture")))
    for given in fact.evidence:
        hold(state, given, placed.event.sequence)
    if {given.evidence for given in fact.evidence} & _of_the_contract(state) and (signed := signing_of(state)):
        problems += signing_problems(state, signed.on)
    if fact.step is not None:
        state.steps[f"{fact.stage}.{fact.step}"] = placed.event.sequence
    return problems


def _of_the_contract(state: OpportunityState) -> set[str | None]:
    """What a signed contract stands on: recorded anew, it is changed."""
    return {state.playbook.signing[1], state.playbook.clearance} if state.playbook.signing else set()


def _signing_day(state: OpportunityState, placed: Placed) -> date:
    """As `Signing.on`: of an unknown day, the one on which it was recorded."""
    at = placed.at if placed.known else placed.event.recorded_at
    return at.astimezone(ZoneInfo(state.zone)).date()


def _local_date(state: OpportunityState, placed: Placed) -> date:
    return placed.at.astimezone(ZoneInfo(state.zone)).date()


def _skip(state: OpportunityState, fact: c.Skip, placed: Placed) -> list[Problem]:
    problems = list(_life_allows(state, "skip", ("open",)))
    if not state.playbook.stage_of[fact.stage].skippable:
        problems.append(_problem("not_skippable", stage=fact.stage))
    if state.stages[fact.stage] != "waiting":
        return [*problems, _problem("skip_out_of_turn", stage=fact.stage, status=state.stages[fact.stage])]
    if not _stage_turn(state, fact.stage, "skip"):
        state.stages[fact.stage] = "skipped"  # counted as done all the same, like a marker that is short of something
    return problems + _complete(state, placed)


def _wait(state: OpportunityState, fact: c.Wait, placed: Placed) -> list[Problem]:
    state.waiting_on = fact.on
    turn_span(state.waits, fact.on, placed.at, placed.known)
    return list(_life_allows(state, "wait", ("open", "suspended", "nurture")))


def _look_again(state: OpportunityState, fact: c.Suspend | c.Nurture, placed: Placed) -> list[Problem]:
    state.look_again, state.look_again_event = fact.look_again, placed.event.sequence
    observed = _local_date(state, placed)
    if placed.known and fact.look_again <= observed:
        return [_problem("look_again_past", look_again=str(fact.look_again), observed_at=str(observed))]
    return []


def _suspend(state: OpportunityState, fact: c.Suspend, placed: Placed) -> list[Problem]:
    return _life_turn(state, "suspend", placed) + _look_again(state, fact, placed)


def _resume(state: OpportunityState, fact: c.Resume, placed: Placed) -> list[Problem]:
    state.look_again = None
    return _life_turn(state, "resume", placed)


def _stop(state: OpportunityState, by: LeftBy, placed: Placed) -> None:
    """Leave every open stage; the stage waits, and can begin again."""
    stages = state.open_stages
    _leave(state, stages, by, placed)
    for stage in stages:
        _stage_turn(state, stage, "leave")
    state.left_open = tuple(stages) or state.left_open  # a sale lost in nurture was left when it went there
    _wait_no_more(state, placed)


def _begin_again(state: OpportunityState, stages: Iterable[str], placed: Placed) -> None:
    for stage in stages:
        if _stage_turn(state, stage, "begin_again"):
            state.visit(stage, placed.at, placed.known, placed.event.sequence)


def _ended_last(state: OpportunityState) -> list[str]:
    """The stage that ended last; of several at one moment, the last in order."""
    order = list(state.stages)
    ended = [
        (visit.left, order.index(visit.stage))
        for visit in state.visits
        if visit.left and state.stages[visit.stage] == "ended"
    ]
    return [order[max(ended)[1]]] if ended else []


def _lose(state: OpportunityState, fact: c.Lose, placed: Placed) -> list[Problem]:
    problems = _life_turn(state, "lose", placed)
    _stop(state, "lost", placed)
    state.loss_reason, state.look_again = fact.reason, None
    return problems


def _reopen(state: OpportunityState, fact: c.Reopen, placed: Placed) -> list[Problem]:
    again = list(state.left_open)
    if state.life != "lost":
        again = _ended_last(state)
        _withdraw_pieces(state, again, ("end",))
    problems = _life_turn(state, "reopen", placed)
    _begin_again(state, again, placed)
    state.loss_reason, state.left_open = None, ()
    return problems


def _nurture(state: OpportunityState, fact: c.Nurture, placed: Placed) -> list[Problem]:
    nurturable = [stage.id for stage in state.playbook.stages if stage.nurturable]
    problems = _life_turn(state, "nurture", placed)
    if not nurturable:  # its life has no such turn either: that only follows
        problems = [_problem("nurture_nowhere", playbook=state.playbook.id)]
    elif not set(nurturable) & set(state.open_stages):
        problems.insert(0, _problem("not_nurturable", stages=nurturable))
    _stop(state, "nurture", placed)
    return problems + _look_again(state, fact, placed)


def _come_back(state: OpportunityState, fact: c.ComeBack, placed: Placed) -> list[Problem]:
    problems = _life_turn(state, "come_back", placed)
    _begin_again(state, state.left_open, placed)
    state.look_again, state.left_open = None, ()
    return problems


def _fall_back(state: OpportunityState, fact: c.FallBack, placed: Placed) -> list[Problem]:
    problems = list(_life_allows(state, "fall_back", ("open",)))
    later = _after(state, fact.stage)
    status = state.stages[fact.stage]
    reached = [stage for stage in later if state.stages[stage] != "waiting"]
    if status == "waiting" or (status == "begun" and not reached):
        problems.append(_problem("not_earlier", stage=fact.stage, status=status))
    _leave(state, reached, "fall_back", placed)
    for stage in reached:
        _stage_turn(state, stage, "fall_back")
    _withdraw_pieces(state, later)
    if status != "begun":
        problems += _not_yet(state, fact.stage)
        _withdraw_pieces(state, [fact.stage], ("end",))
        _begin_again(state, [fact.stage], placed)
    return problems


def _after(state: OpportunityState, stage: str) -> list[str]:
    """The stages that come after one: those that open after it, and after those, and so on."""
    found = {stage}
    while more := {
        other
        for other in state.stages
        if other not in found and any(term.stage in found for term in state.playbook.opens_after(other))
    }:
        found |= more
    return [other for other in state.stages if other in found - {stage}]


def _withdraw_pieces(state: OpportunityState, stages: list[str], edges: tuple[Edge, ...] = ("start", "end")) -> None:
    """What proved the markers that are to be observed anew proves them no longer; data on people stays."""
    markers = [state.playbook.marker(stage, edge) for stage in stages for edge in edges]
    pieces: set[str | None] = {piece.evidence for marker in markers for piece in marker.evidence}
    if state.playbook.signing and state.playbook.signing[1] in pieces:
        pieces.add(state.playbook.clearance)
    for key in [key for key in state.evidence if key[0] in pieces]:
        del state.evidence[key]


def _change(state: OpportunityState, fact: c.Change, placed: Placed) -> list[Problem]:
    if fact.owner is not None and fact.owner != state.owner:
        state.owner = fact.owner
        turn_span(state.owners, fact.owner, placed.at, placed.known)
    if fact.collaborators is not None:
        state.collaborators = fact.collaborators
    if fact.deputy is not None or fact.no_deputy:
        state.deputy = fact.deputy
    state.value = fact.value or state.value
    if fact.segment is not None or fact.no_segment:
        state.segment = fact.segment
    state.title = fact.title or state.title
    return list(_life_allows(state, "change", ("open", "suspended", "nurture")))


_HANDLERS: dict[str, Callable[[OpportunityState, Any, Placed], list[Problem]]] = {
    "open": _open,
    "mark": _mark,
    "record": _record,
    "skip": _skip,
    "wait": _wait,
    "suspend": _suspend,
    "resume": _resume,
    "lose": _lose,
    "reopen": _reopen,
    "nurture": _nurture,
    "come_back": _come_back,
    "fall_back": _fall_back,
    "change": _change,
}

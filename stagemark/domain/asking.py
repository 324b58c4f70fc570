"""Checking what is asked in itself, before it is tried: names, types, references to events (design.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from stagemark.domain import commands as c
from stagemark.domain.events import Event
from stagemark.domain.evidence import check_given
from stagemark.domain.history import counts_now, settle
from stagemark.domain.migration import check_migrate
from stagemark.domain.nearness import nearest
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem
from stagemark.problem_texts import PROBLEM_TEXTS

__all__ = ["check_asked"]

Checked = tuple[list[Problem], Event | None]


def check_asked(state: OpportunityState, event: Event, command: c.Command, where: str) -> Checked:
    """What is wrong with a command in itself, and the event as far as it can be tried.

    Args:
        state: The sale as it would stand before the event.
        event: The command, stamped.
        command: The command as it came.
        where: Its place in the envelope.

    Returns:
        The problems; and the event without the evidence that is wrong, or none if it can't be tried at all.
    """
    check = _CHECKS.get(command.kind)
    return check(state, event, command, where) if check else ([], event)


def _one(code: str, where: str, **params: Any) -> list[Problem]:
    return [Problem(code=code, where=where, params=params)]


def _unknown_stage(playbook: Playbook, stage: str | None, where: str) -> list[Problem]:
    if stage is None or stage in playbook.stage_of:
        return []
    return _one("unknown_stage", where, stage=stage, known=list(playbook.stage_ids))


def _check_stage(state: OpportunityState, event: Event, command: c.Skip | c.FallBack, where: str) -> Checked:
    problems = _unknown_stage(state.playbook, command.stage, where)
    return problems, None if problems else event


def _check_given(playbook: Playbook, event: Event, given: Iterable[c.Given], where: str) -> Checked:
    problems: list[Problem] = []
    sound = []
    for place, piece in enumerate(given):
        found = check_given(playbook, piece, f"{where}.evidence[{place}]")
        problems += found
        if not found:
            sound.append(piece)
    if not problems:
        return [], event
    return problems, event.model_copy(update={"fact": event.fact.model_copy(update={"evidence": tuple(sound)})})


def _check_open(state: OpportunityState, event: Event, command: c.Open, where: str) -> Checked:
    if command.playbook.hash != state.playbook.hash:
        named = f"{command.playbook.id} {command.playbook.version}"
        given = f"{state.playbook.id} {state.playbook.version}"
        return _one("playbook_differs", where, named=named, given=given), None
    try:
        ZoneInfo(command.zone)
    except (KeyError, ValueError, OSError):  # zoneinfo's three ways to say no: unknown, malformed, a folder
        return _one("calendar_zone", where, zone=command.zone), None
    return [], event


def _check_mark(state: OpportunityState, event: Event, command: c.Mark, where: str) -> Checked:
    unknown = _unknown_stage(state.playbook, command.stage, where)
    problems, possible = _check_given(state.playbook, event, command.evidence, where)
    return unknown + problems, None if unknown else possible


def _check_record(state: OpportunityState, event: Event, command: c.Record, where: str) -> Checked:
    unknown = _unknown_stage(state.playbook, command.stage, where)
    if not (command.evidence or command.step or command.note):
        return unknown or _one("nothing_to_do", where), None
    if not unknown and command.step is not None:
        unknown = _step_amiss(state.playbook, command.step, command.stage, where)
    problems, possible = _check_given(state.playbook, event, command.evidence, where)
    return unknown + problems, None if unknown else possible


def _step_amiss(playbook: Playbook, step: str, stage: str | None, where: str) -> list[Problem]:
    """Why a step can't be recorded there, with what would be right."""
    steps = {one.id: [own.id for own in one.steps] for one in playbook.stages}
    having = [one for one, own in steps.items() if step in own]
    if stage in having:
        return []
    if not any(steps.values()):
        return _one("playbook_without_steps", where, playbook=playbook.id, step=step)
    if having and stage is None:
        return _one("step_without_stage", where, step=step, known=having)
    if having:
        return _one("step_elsewhere", where, stage=stage, step=step, known=having)
    if stage is None:
        every = dict.fromkeys(one for own in steps.values() for one in own)
        return _one("step_of_no_stage", where, step=step, known=nearest(step, every), playbook=playbook.id)
    if not steps[stage]:
        return _one("stage_without_steps", where, stage=stage, step=step)
    return _one("unknown_step", where, stage=stage, step=step, known=steps[stage])


def _check_lose(state: OpportunityState, event: Event, command: c.Lose, where: str) -> Checked:
    known = [reason.id for reason in state.playbook.loss_reasons]
    if command.reason in known:
        return [], event
    return _one("unknown_reason", where, reason=command.reason, known=known), event


def _check_change(state: OpportunityState, event: Event, command: c.Change, where: str) -> Checked:
    said = command.model_dump(exclude={"kind", "reason", "observed_at"}, exclude_defaults=True)
    return ([], event) if said else (_one("nothing_to_do", where), None)


def _check_answer(state: OpportunityState, event: Event, command: c.Answer, where: str) -> Checked:
    if command.event not in state.triggers:
        return _one("unknown_trigger", where, event=command.event, known=sorted(state.triggers)), None
    needs = "until" if command.answer == "put_off" and command.until is None else ""
    needs = "text" if command.answer != "put_off" and not command.text.strip() else needs
    if needs:
        return _one("answer_incomplete", where, answer=command.answer, needs=needs), None
    today = event.recorded_at.astimezone(ZoneInfo(state.zone)).date()
    if command.until is not None and command.until <= today:
        return _one("look_again_past", where, look_again=str(command.until), observed_at=str(today)), None
    return [], event


def _unfit(state: OpportunityState, number: int, done: str, where: str) -> list[Problem]:
    """Why an event can't be corrected or voided, if so."""
    if number > state.sequence:
        return _one("unknown_event", where, event=number, last=state.sequence)
    target = state.events[number - 1]
    if number in settle(state.events)[0]:
        return _one("already_void", where, event=number)
    fixed = {"migrate", "answer", "fired", "missed", "open" if done == "voided" else ""}
    if target.kind in fixed:
        return _one("not_correctable", where, event=number, kind=target.kind, done=done)
    return []


def _check_void(state: OpportunityState, event: Event, command: c.Void, where: str) -> Checked:
    problems = _unfit(state, command.event, "voided", where) or _check_counting(state, event, command.event, where)
    return problems, None if problems else event


def _check_correct(state: OpportunityState, event: Event, command: c.Correct, where: str) -> Checked:
    problems = _unfit(state, command.event, "corrected", where)
    if problems:
        return problems, None
    target = state.events[command.event - 1]
    if isinstance(target.fact, c.Correct | c.Void):
        return _one("correct_original", where, event=command.event, original=target.fact.event), None
    if command.observed_at is None and not command.changes:
        return _one("nothing_to_do", where), None
    fixed = sorted({"kind", "observed_at", "playbook", "calendar", "zone"} & set(command.changes))
    if fixed:
        return _one("correction_fixed", where, event=command.event, fields=fixed), None
    problems = _check_counting(state, event, command.event, where)
    return problems, None if problems else event


def _check_counting(state: OpportunityState, word: Event, number: int, where: str) -> list[Problem]:
    """What is wrong in itself with an event as it counts after a correction or a voiding, which may undo another."""
    while isinstance(fact := state.events[number - 1].fact, c.Correct | c.Void):
        number = fact.event
    try:
        event = counts_now([*state.events, word], number)
    except ValidationError as error:
        return _one("correction_invalid", where, event=number, why=[_why(found) for found in error.errors()])
    if event is None:
        return []
    asked: Any = event.fact
    earlier = any(isinstance(later.fact, c.Migrate) for later in state.events[number:])
    problems = check_asked(state, event, asked, f"{where}.changes")[0]
    return [problem for problem in problems if not (earlier and problem.code in _OF_ITS_TIME)]


_OF_ITS_TIME = frozenset(
    {
        "unknown_reason",
        "step_without_stage",
        "step_elsewhere",
        "step_of_no_stage",
        "stage_without_steps",
        "playbook_without_steps",
        "unknown_step",
        "evidence_type",
        "playbook_differs",
    }
)
"""What an event recorded under an earlier playbook need not heed: the sale stands without it."""


def _why(found: Any) -> dict[str, Any]:
    """What pydantic found, as a problem to be said in either language; its own words are English."""
    if found["type"] in PROBLEM_TEXTS:
        return {"code": found["type"], "params": found.get("ctx", {})}
    return {"code": "field_unfit", "params": {"field": ".".join(map(str, found["loc"][1:]))}}


def _check_migrate(state: OpportunityState, event: Event, command: c.Migrate, where: str) -> Checked:
    problems = check_migrate(state, command, where)
    return problems, None if problems else event


_CHECKS: dict[str, Callable[[OpportunityState, Event, Any, str], Checked]] = {
    "open": _check_open,
    "mark": _check_mark,
    "record": _check_record,
    "skip": _check_stage,
    "fall_back": _check_stage,
    "lose": _check_lose,
    "change": _check_change,
    "answer": _check_answer,
    "correct": _check_correct,
    "void": _check_void,
    "migrate": _check_migrate,
}

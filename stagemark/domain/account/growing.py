"""Prompts and referrals over all sales of an account: whoever wants one asks the account first, and one has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from stagemark.domain.account.commands import AskPrompt, Refer
from stagemark.domain.account.state import AccountState
from stagemark.domain.entries import Day, Entry
from stagemark.domain.neighbour import Around
from stagemark.domain.spans import later
from stagemark.domain.told import (
    CustomerSaid,
    PromptAllowed,
    PromptDropped,
    PromptMade,
    PromptWanted,
    ReferralDropped,
)
from stagemark.errors import Problem

__all__ = ["GROWING", "allowed", "ask_prompt", "asked", "refer", "wanted"]

MOST_COOLING: Final = 20
"""So many prompts are remembered by which it cools down."""

Changes = dict[str, Any]


# -- what keeps a prompt or a referral back


def ask_prompt(state: AccountState, command: AskPrompt, around: Around) -> Iterator[Problem]:
    """Nothing keeps back what it was promised before."""
    if _name(command) in state.cooling:
        return
    if state.complaints:
        yield Problem(code="growth_complaint_open", params={"complaints": list(state.complaints)})
    if state.cool_until is not None and state.cool_until > around.today:
        yield Problem(code="prompt_cooling", params={"until": str(state.cool_until)})


def refer(state: AccountState, command: Refer, around: Around) -> Iterator[Problem]:
    """Whom we know already, or whom another sale was named for, is not referred to us."""
    if state.sequence and state.referred != command.opportunity:
        yield Problem(code="referral_known_customer", params={"account": state.id, "customer": state.id})


# -- as it is recorded: with what the policy says


def asked(command: AskPrompt, around: Around) -> AskPrompt:
    """Until when the account cools down by the prompt."""
    cool_until = later(around.today, around.policy.aftercare.prompts.cool_down)
    return command.model_copy(update={"cool_until": cool_until})


def wanted(state: AccountState, fact: PromptWanted) -> PromptWanted:
    """Whether the prompt may be made. The asker's day counts: clocks are moved one after the other."""
    cool = state.cool_until if state.cool_until is not None and state.cool_until > fact.on else None
    free = _name(fact) in state.cooling or not (state.complaints or cool)
    return fact.model_copy(update={"granted": free, "until": None if free else cool})


# -- what it does


def _asked(state: AccountState, fact: AskPrompt, entry: Entry[Any]) -> Changes:
    return _cools(state, _name(fact), fact.cool_until or entry.day)


def _wanted(state: AccountState, fact: PromptWanted, entry: Entry[Any]) -> Changes:
    return _cools(state, _name(fact), fact.cool_until) if fact.granted else {}


def _made(state: AccountState, fact: PromptMade, entry: Entry[Any]) -> Changes:
    return _cools(state, _name(fact), fact.cool_until)


def _dropped(state: AccountState, fact: PromptDropped, entry: Entry[Any]) -> Changes:
    return {"cooling": {name: until for name, until in state.cooling.items() if name != _name(fact)}}


def _referred(state: AccountState, fact: Refer, entry: Entry[Any]) -> Changes:
    return {"referred": fact.opportunity}


def _not_referred(state: AccountState, fact: ReferralDropped, entry: Entry[Any]) -> Changes:
    return {"referred": ""} if state.referred == fact.opportunity else {}


def _said(state: AccountState, fact: CustomerSaid, entry: Entry[Any]) -> Changes:
    return {"heard": {**state.heard, fact.opportunity: fact.heard}}


GROWING: Final[dict[str, Callable[[AccountState, Any, Entry[Any]], Changes]]] = {
    "ask_prompt": _asked,
    "prompt_wanted": _wanted,
    "prompt_made": _made,
    "prompt_dropped": _dropped,
    "refer": _referred,
    "referral_dropped": _not_referred,
    "customer_said": _said,
}


def allowed(after: AccountState, entry: Entry[Any]) -> Iterator[tuple[str, PromptAllowed]]:
    """The answer to an aftercare that wants to make a prompt."""
    if isinstance(fact := entry.fact, PromptWanted):
        answer = PromptAllowed(account=after.id, prompt=fact.prompt, granted=fact.granted, until=fact.until)
        yield fact.opportunity, answer


def _name(fact: AskPrompt | PromptWanted | PromptMade | PromptDropped) -> str:
    return f"{fact.opportunity}:{fact.prompt or ''}"


def _cools(state: AccountState, name: str, until: Day) -> Changes:
    cooling = {**state.cooling, name: max(until, state.cooling.get(name, until))}
    last = sorted(cooling, key=lambda one: cooling[one])[-MOST_COOLING:]
    return {"cooling": {one: day for one, day in cooling.items() if one in last}}

"""What keeps a command from being recorded in an account: everything at once, each with what would make it lawful."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from stagemark.domain.account import commands as asked
from stagemark.domain.account import growing
from stagemark.domain.account.paying import fitting
from stagemark.domain.account.state import NOTHING, AccountState, Clearance, Payment
from stagemark.domain.entries import AnswerTask
from stagemark.domain.money import payable
from stagemark.domain.neighbour import Around
from stagemark.domain.spans import earlier
from stagemark.errors import Problem

__all__ = ["refuse"]

Problems = Iterator[Problem]


def refuse(state: AccountState, command: Any, around: Around) -> Problems:
    """Everything that is wrong with a command."""
    if (check := _CHECKS.get(command.kind)) is not None:
        yield from check(state, command, around)


# -- what an account is


def _describe(state: AccountState, command: asked.Describe, around: Around) -> Problems:
    known = [channel.id for channel in around.policy.account.channels]
    if command.channel is not None and command.channel not in known:
        yield Problem(code="channel_unknown", params={"channel": command.channel, "known": known})
    said = [name for name in type(command).model_fields if name != "kind" and getattr(command, name) is not None]
    if state.sequence and all(getattr(command, name) == getattr(state, name) for name in said):
        yield Problem(code="nothing_to_do")


def _grade(state: AccountState, command: asked.SetGrade, around: Around) -> Problems:
    if command.grade == state.grade:
        yield Problem(code="nothing_to_do")


def _limit(state: AccountState, command: asked.SetLimit, around: Around) -> Problems:
    if command.limit == state.limit:
        yield Problem(code="nothing_to_do")
    elif command.limit is not None:
        yield from _payable(command.limit.amount, command.limit.currency)


def _payable(amount: Decimal, currency: str, whole: Decimal = NOTHING) -> Problems:
    """An amount can be counted out, or is all that there is; a bank can report parts of a coin."""
    if amount != whole and not payable(amount, currency):
        yield Problem(code="amount_too_fine", params={"amount": str(amount), "currency": currency})


def _blacklist(state: AccountState, command: asked.Blacklist, around: Around) -> Problems:
    if state.blacklisted:
        yield Problem(code="account_blacklisted", params={"account": state.id, "reason": state.blacklisted})


def _lift(state: AccountState, command: asked.Lift, around: Around) -> Problems:
    if not state.blacklisted:
        yield Problem(code="account_not_blacklisted", params={"account": state.id})


def _exempt(state: AccountState, command: asked.Exempt, around: Around) -> Problems:
    if command.until is None and state.exempt is None:
        yield Problem(code="nothing_to_do")
    if command.until is not None and command.until < around.today:
        yield Problem(code="exempt_in_past", params={"until": str(command.until), "today": str(around.today)})


# -- credit


def _clear(state: AccountState, command: asked.Clear, around: Around) -> Problems:
    """What stands in the way of a reservation; what finance can take on itself, it can."""
    if command.clearance in state.clearances:
        yield Problem(code="clearance_known", params={"clearance": command.clearance})
    if not command.amount.amount:
        yield Problem(code="clearance_nothing", params={"opportunity": command.opportunity})
    yield from _payable(command.amount.amount, command.amount.currency)
    yield from _rates(state, command, around)
    if command.override is not None:
        return
    if state.blacklisted:
        yield Problem(code="clearance_blacklisted", params={"account": state.id, "reason": state.blacklisted})
    if state.worsened is not None:
        params = {"on": str(state.worsened.on), "text": state.worsened.text[:200]}
        yield Problem(code="clearance_worsened", params=params)
    if state.limit is None:
        said: Any = ""
        if proposal := state.proposed_limit(around.policy.account):
            said = {"code": "limit_proposed", "params": {"amount": f"{proposal.amount} {proposal.currency}"}}
        yield Problem(code="limit_missing", params={"account": state.id, "proposal": said})
        return
    yield from _beyond(state, command, around)


def _beyond(state: AccountState, command: asked.Clear, around: Around) -> Problems:
    """Whether the limit holds it: beside all that is owed on credit, and what is held for other sales."""
    limit = state.limit
    assert limit is not None  # asked before
    own = Clearance(opportunity=command.opportunity, amount=command.amount, until=around.today)
    others = {
        id_: one
        for id_, one in state.clearances.items()
        if one.opportunity != command.opportunity and (one.status != "held" or one.until >= around.today)
    }
    if command.clearance in others:
        return
    then = state.but(clearances={**others, command.clearance: own}).but_rated(_good(state, command, around))
    if uncounted := then.uncounted:
        for currency in sorted(uncounted):
            yield Problem(code="rate_missing", params={"currency": currency, "into": limit.currency})
        return
    used, before = then.used or NOTHING, state.but(clearances=others).but_rated(command.rates).used or NOTHING
    if used > limit.amount:
        params = {
            "amount": str(command.amount.amount), "currency": command.amount.currency, "limit": str(limit.amount),
            "into": limit.currency, "used": str(before), "free": str(max(NOTHING, limit.amount - before)),
            "over": str(used - limit.amount), "needed": str(used),
        }  # fmt: skip
        yield Problem(code="limit_exceeded", params=params)


def _oldest(around: Around) -> date:
    return earlier(around.today, around.policy.account.rate_lasts)


def _good(state: AccountState, command: asked.Clear, around: Around) -> tuple[asked.Rate, ...]:
    return tuple(rate for rate in command.rates if _oldest(around) <= rate.on <= around.today)


def _rates(state: AccountState, command: asked.Clear, around: Around) -> Problems:
    for rate in command.rates:
        params = {"currency": rate.currency, "into": rate.into, "on": str(rate.on), "today": str(around.today)}
        if rate.on > around.today:
            yield Problem(code="rate_in_future", params=params)
        elif rate.on < (oldest := _oldest(around)):
            yield Problem(code="rate_old", params=params | {"oldest": str(oldest)})
        if state.limit is not None and (rate.into != state.limit.currency or rate.currency == rate.into):
            yield Problem(code="rate_useless", params=params | {"limit": state.limit.currency})


def _release(state: AccountState, command: asked.Release, around: Around) -> Problems:
    known = state.clearances.get(command.clearance)
    held = [id_ for id_, one in state.clearances.items() if one.status == "held"]
    if known is None:
        yield Problem(code="clearance_unknown", params={"clearance": command.clearance, "held": held})
    elif known.status != "held":
        yield Problem(code="clearance_not_held", params={"clearance": command.clearance, "status": known.status})


def _measure(state: AccountState, command: asked.TakeMeasure, around: Around) -> Problems:
    known = [measure.id for measure in around.policy.account.measures]
    for measure in command.measures:
        if measure not in known:
            yield Problem(code="measure_unknown", params={"measure": measure, "known": known})


def _answer(state: AccountState, command: AnswerTask, around: Around) -> Problems:
    task = state.tasks.get(command.entry)
    if task is not None and task.due.task == "credit_worsened" and command.answer == "done":
        known = [measure.id for measure in around.policy.account.measures]
        yield Problem(code="measure_needed", params={"known": known})


# -- money that waits


def _waiting(state: AccountState, payment: str) -> Payment | Problem:
    known = state.payment(payment)
    if known is None:
        waiting = [id_ for id_, one in state.payments.items() if not one.done]
        return Problem(code="payment_not_here", params={"payment": payment, "waiting": waiting[-20:]})
    if not known.waiting:
        return Problem(code="payment_not_waiting", params={"payment": payment})
    return known


def _within(known: Payment, payment: str, amount: Any) -> Problems:
    if amount is not None and amount > known.waiting:
        params = {"payment": payment, "amount": str(amount), "waiting": str(known.waiting), "currency": known.currency}
        yield Problem(code="payment_beyond_waiting", params=params)


def _assign(state: AccountState, command: asked.Assign, around: Around) -> Problems:
    known, sale = _waiting(state, command.payment), state.sales.get(command.opportunity)
    if isinstance(known, Problem):
        yield known
    else:
        yield from _within(known, command.payment, command.amount)
    if sale is None:
        yield Problem(
            code="sale_not_of_account", params={"opportunity": command.opportunity, "known": list(state.sales)}
        )
        return
    for id_ in command.instalments:
        if id_ not in sale.debts:
            yield Problem(code="instalment_unknown", params={"instalment": id_, "known": list(sale.debts)})
    if isinstance(known, Problem):
        return
    if known.currency != sale.currency:
        params = {"payment": command.payment, "currency": known.currency, "contract": sale.currency}
        yield Problem(code="assign_currency", params=params | {"opportunity": command.opportunity})
    elif not command.entered:
        amount, room = command.amount or known.waiting, sale.room(command.instalments)
        if not room or (command.amount is not None and amount > room):
            params = {"amount": str(amount), "currency": sale.currency, "owed": str(room)}
            yield Problem(code="assign_beyond", params=params | {"opportunity": command.opportunity})
            return
    if known.currency == sale.currency and (command.amount or not fitting(state, command)):
        whole = NOTHING if command.entered else sale.room(command.instalments)
        yield from _payable(command.amount or known.waiting, sale.currency, whole)


def _refund(state: AccountState, command: asked.Refund, around: Around) -> Problems:
    known = _waiting(state, command.payment)
    if isinstance(known, Problem):
        yield known
    else:
        yield from _within(known, command.payment, command.amount)
        yield from _payable(command.amount or known.waiting, known.currency, known.waiting)


def _keep(state: AccountState, command: asked.Keep, around: Around) -> Problems:
    if isinstance(known := _waiting(state, command.payment), Problem):
        yield known


_CHECKS: Final[dict[str, Callable[[AccountState, Any, Around], Problems]]] = {
    "describe": _describe,
    "set_grade": _grade,
    "set_limit": _limit,
    "blacklist": _blacklist,
    "lift": _lift,
    "exempt": _exempt,
    "clear": _clear,
    "release": _release,
    "take_measure": _measure,
    "answer_task": _answer,
    "ask_prompt": growing.ask_prompt,
    "refer": growing.refer,
    "assign": _assign,
    "refund": _refund,
    "keep": _keep,
}

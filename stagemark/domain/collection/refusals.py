"""What keeps a command from being recorded in a collection: everything at once, each with its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from stagemark.domain.collection import commands as asked
from stagemark.domain.collection.state import NOTHING, CollectionState, Receivable
from stagemark.domain.money import payable
from stagemark.domain.neighbour import Around
from stagemark.domain.spans import earlier, later
from stagemark.errors import Problem

__all__ = ["refuse"]

Problems = Iterator[Problem]


def refuse(state: CollectionState, command: Any, on: date, around: Around) -> Problems:
    """Everything that is wrong with a command that was said on a day."""
    if not state.running:
        yield Problem(code="collection_unsigned", params={"id": state.id})
    elif isinstance(command, asked.PromisePayment):
        yield from _promise(state, command, on, around)
    elif (check := _CHECKS.get(command.kind)) is not None:
        yield from check(state, command, around)


def _open_instalment(state: CollectionState, instalment: str) -> Problems:
    one = state.receivables.get(instalment)
    if one is None:
        yield Problem(code="instalment_unknown", params={"instalment": instalment, "known": list(state.receivables)})
    elif one.outstanding == 0:
        params = {"instalment": instalment, "on": str(one.settled)}
        yield Problem(code="instalment_written_off" if one.written_off else "instalment_settled", params=params)


def _open_one(state: CollectionState, instalment: str) -> Receivable | None:
    one = state.receivables.get(instalment)
    return one if one is not None and one.outstanding > 0 else None


def _payment(state: CollectionState, command: asked.EnterPayment, around: Around) -> Problems:
    amount = command.amount.amount
    known = state.payments.get(state.payment_key(command.payment, command.amount.currency))
    if known is not None and (known.counts or known.placed or known.unplaced):  # else it was entered and taken back
        params = {"payment": known.id, "amount": str(known.entered + known.placed - known.confirmed)}
        yield Problem(code="payment_known", params=params | {"currency": known.currency, "on": str(known.on)})
    if amount == 0:
        yield Problem(code="payment_not_positive", params={"payment": command.payment})
    elif fine := _too_fine(state, command, amount):
        yield Problem(code="amount_too_fine", params={"amount": str(fine[0]), "currency": state.currency})
    if command.on > around.today:
        yield Problem(code="payment_in_future", params={"on": str(command.on), "today": str(around.today)})
    if state.signed and command.on < (first := earlier(state.signed.on, around.policy.collection.payment_before)):
        params = {"on": str(command.on), "first": str(first), "signed": str(state.signed.on)}
        yield Problem(code="payment_too_early", params=params)
    if command.instalments and command.allocation:
        yield Problem(code="payment_twice_allocated", params={"payment": command.payment})
    named = list(dict.fromkeys((*command.instalments, *command.allocation)))
    for id_ in named:
        one = state.receivables.get(id_)
        if one is None or one.paid == one.amount:  # what was written off can be recovered
            yield from _open_instalment(state, id_)
    if command.amount.currency != state.currency:
        params = {"currency": command.amount.currency, "contract": state.currency}
        yield Problem(code="payment_currency", params=params)
    elif all(id_ in state.receivables for id_ in named):
        yield from _fits(state, command, amount)


def _too_fine(state: CollectionState, command: asked.EnterPayment, amount: Decimal) -> list[Decimal]:
    """What can't be counted out, and is not just what is owed there: that has to be payable, whatever it came to."""
    if command.allocation:
        rooms = state.rooms(command.allocation)
        parts = [part for id_, part in command.allocation.items() if part != rooms.get(id_)]
    else:
        parts = [amount] if amount != sum(state.rooms(command.instalments).values(), NOTHING) else []
    return [part for part in parts if not payable(part, state.currency)]


def _fits(state: CollectionState, command: asked.EnterPayment, amount: Decimal) -> Problems:
    if command.allocation and (parts := sum(command.allocation.values(), NOTHING)) != amount:
        yield Problem(code="payment_allocation", params={"parts": str(parts), "amount": str(amount)})
    rooms = state.rooms(command.allocation or command.instalments)
    room = sum(rooms.values(), NOTHING)
    wanted = command.allocation or {"": amount}
    beyond = sum((max(NOTHING, part - rooms.get(id_, room)) for id_, part in wanted.items()), NOTHING)
    if beyond and room:
        params = {"amount": str(amount), "owed": str(amount - beyond), "rest": str(beyond), "currency": state.currency}
        yield Problem(code="payment_beyond", params=params | {"payment": command.payment})
    elif not room and not command.allocation and not command.instalments:
        yield Problem(code="nothing_owed", params={"id": state.id})


def _take_back(state: CollectionState, command: asked.TakeBack, around: Around) -> Problems:
    payment = state.payments.get(state.payment_key(command.payment, state.currency))
    if payment is None:
        known = [one.id for one in state.payments.values()][-20:]
        yield Problem(code="payment_unknown", params={"payment": command.payment, "known": known})
    elif not payment.counts:
        yield Problem(code="payment_gone", params={"payment": command.payment})


def _promise(state: CollectionState, command: asked.PromisePayment, on: date, around: Around) -> Problems:
    """Of a promise that is told late the day may be over: then it is broken."""
    yield from _open_instalment(state, command.instalment)
    if command.until < on:
        yield Problem(code="promise_in_past", params={"until": str(command.until), "today": str(around.today)})
    if (one := _open_one(state, command.instalment)) is None:
        return
    if one.due is None:
        yield Problem(code="promise_not_due", params={"instalment": one.id})
    elif command.until <= one.due:
        params = {"instalment": one.id, "until": str(command.until), "due": str(one.due)}
        yield Problem(code="promise_before_due", params=params)
    elif command.approved_by is None and command.until > (
        most := later(max(on, one.due), around.policy.collection.promise_most)
    ):
        yield Problem(code="promise_too_long", params={"until": str(command.until), "most": str(most)})
    if command.amount not in (None, one.outstanding) and not payable(command.amount, state.currency):
        yield Problem(code="amount_too_fine", params={"amount": str(command.amount), "currency": state.currency})
    if command.amount is not None and command.amount > one.outstanding:
        params = {"amount": str(command.amount), "owed": str(one.outstanding), "currency": state.currency}
        yield Problem(code="promise_beyond", params=params)
    yield from _undisputed(one)


def _undisputed(one: Receivable) -> Problems:
    if one.dispute is not None:
        yield Problem(code="instalment_disputed", params={"instalment": one.id, "complaint": one.dispute.complaint})


def _dispute(state: CollectionState, command: asked.Dispute, around: Around) -> Problems:
    yield from _open_instalment(state, command.instalment)
    if (one := _open_one(state, command.instalment)) is not None:
        yield from _undisputed(one)


def _write_off(state: CollectionState, command: asked.WriteOff, around: Around) -> Problems:
    yield from _open_instalment(state, command.instalment)


def _legal(state: CollectionState, command: asked.ApproveLegal, around: Around) -> Problems:
    yield from _open_instalment(state, command.instalment)
    if (one := _open_one(state, command.instalment)) is None:
        return
    if one.legal is not None:
        yield Problem(code="legal_approved", params={"instalment": one.id, "by": one.legal.by, "on": str(one.legal.on)})
    elif one.due is None or around.today <= one.due:
        yield Problem(code="instalment_not_overdue", params={"instalment": one.id})
    yield from _exempt(state, around)


def _exempt(state: CollectionState, around: Around) -> Problems:
    if state.exempt_on(around.today):
        yield Problem(code="account_exempt", params={"until": str(state.exempt)})


def _reach(state: CollectionState, command: asked.Reach, around: Around) -> Problems:
    if command.on > around.today:
        params = {"milestone": command.milestone, "on": str(command.on), "today": str(around.today)}
        yield Problem(code="milestone_in_future", params=params)
    if state.signed is not None and command.on < state.signed.on:
        params = {"milestone": command.milestone, "on": str(command.on), "signed": str(state.signed.on)}
        yield Problem(code="milestone_before_signing", params=params)
    if (known := state.milestones.get(command.milestone)) is not None and known.reached == command.on:
        yield Problem(code="nothing_to_do")


def _plan(state: CollectionState, command: asked.Plan, around: Around) -> Problems:
    known = state.milestones.get(command.milestone)
    if known is not None and known.reached is not None:
        yield Problem(code="milestone_reached", params={"milestone": command.milestone, "on": str(known.reached)})
    elif known is not None and known.planned == command.on:
        yield Problem(code="nothing_to_do")
    if state.signed is not None and command.on < state.signed.on:
        params = {"milestone": command.milestone, "on": str(command.on), "signed": str(state.signed.on)}
        yield Problem(code="milestone_before_signing", params=params)


def _stop(state: CollectionState, command: asked.StopSupply, around: Around) -> Problems:
    if state.stopped is not None:
        yield Problem(code="supply_stopped", params={"by": state.stopped.by, "on": str(state.stopped.on)})
    yield from _exempt(state, around)


def _resume(state: CollectionState, command: asked.ResumeSupply, around: Around) -> Problems:
    if state.stopped is None:
        yield Problem(code="supply_not_stopped")


def _debtor(state: CollectionState, command: asked.SetDebtor, around: Around) -> Problems:
    if state.debtor == command.type:
        yield Problem(code="nothing_to_do")


_CHECKS: Final[dict[str, Callable[[CollectionState, Any, Around], Problems]]] = {
    "enter_payment": _payment,
    "take_back": _take_back,
    "dispute": _dispute,
    "write_off": _write_off,
    "approve_legal": _legal,
    "reach": _reach,
    "plan": _plan,
    "stop_supply": _stop,
    "resume_supply": _resume,
    "set_debtor": _debtor,
}

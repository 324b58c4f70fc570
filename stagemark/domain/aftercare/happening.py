"""What each fact does to an aftercare; by the entry alone, so that the ledger is enough to rebuild it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.growth import prompt_cause, referral_cause
from stagemark.domain.aftercare.policy import REFERRAL_STEPS, ReferralStep
from stagemark.domain.aftercare.state import (
    AftercareState,
    Contact,
    Named,
    Order,
    Prompt,
    Referral,
    Score,
    Since,
    Wanted,
)
from stagemark.domain.entries import Entry
from stagemark.domain.told import Held, OrderDropped, PromptAllowed, Suggested
from stagemark.domain.words import in_one_line

__all__ = ["changed"]

Changes = dict[str, Any]


def changed(state: AftercareState, entry: Entry[Any]) -> AftercareState:
    """The state after one more entry."""
    happens = _HAPPENS.get(entry.kind)
    changes = happens(state, entry.fact, entry) if happens else {}
    after: AftercareState = state.but(**changes)
    if after.wanted and not after.grows:  # what was promised to it is given back: see `growth.asking_accounts`
        after = after.but(wanted=None)
    return after


# -- what it is told


def _signed(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    own = Order(opportunity=state.id, on=fact.on, amount=fact.contract.amount)
    changes: Changes = {"signed": fact}
    anchors = state.anchors
    if state.over:  # signed anew: what was planned by the first signing is gone, what was learnt stays
        changes |= {"over": False, "paid": None, "plans": {}, "contacts": {}}
        anchors = {}
    if state.signed is not None and state.signed.account != fact.account:  # another customer: theirs counts no more
        changes |= {"held": Held(), "rests": {}, "cool_until": None, "wanted": None, "orders": _own_orders(state)}
    changes["anchors"] = {**anchors, "signing": Since(on=fact.on, told=entry.recorded_at)}
    return {**changes, **_orders(state.but(**changes), {state.id: own})}


def _unsigned(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    """From here on its account tells it nothing: once it is signed anew, only what is told then counts."""
    ended = {"status": "cancelled", "by": entry.actor, "on": entry.day}
    contacts = {id_: one.model_copy(update=ended) if one.stands else one for id_, one in state.contacts.items()}
    told = {"held": Held(), "rests": {}, "orders": _own_orders(state), "newest": ""}
    return {"over": True, "contacts": contacts, **told}


def _handed_over(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    if state.signed is None:
        return {}
    people = {"owner": fact.owner, "deputy": fact.deputy, "collaborators": fact.collaborators}
    return {"signed": state.signed.model_copy(update=people)}


def _reached(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    return {"anchors": {**state.anchors, fact.milestone: Since(on=fact.on, told=entry.recorded_at)}}


def _held(state: AftercareState, fact: Held, entry: Entry[Any]) -> Changes:
    """A customer who is not to be asked now, as another sale has heard, is asked anew afterwards."""
    rest, known = fact.heard.referrals_from, state.customer.referrals_from
    if rest is None or rest <= max(known or rest.min, entry.day):
        return {"held": fact}
    anew = Referral(round=state.referral.round + 1, rests_until=state.referral.rests_until)
    return {"held": fact, "referral": anew}


def _ordered(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    return _orders(state, {fact.order: Order(opportunity=fact.opportunity, on=fact.on, amount=fact.amount)})


def _order_dropped(state: AftercareState, fact: OrderDropped, entry: Entry[Any]) -> Changes:
    left = {id_: one for id_, one in state.orders.items() if one.opportunity != fact.opportunity}
    return _orders(state.but(orders=left), {})


def _own_orders(state: AftercareState) -> dict[str, Order]:
    return {id_: one for id_, one in state.orders.items() if one.opportunity == state.id}


def _orders(state: AftercareState, more: dict[str, Order]) -> Changes:
    """More orders, or corrected ones; of several sales of the customer the newest leads their rhythm.

    What was planned by an order that was another is planned anew, also where their number and the last day stay.
    """
    orders = {**state.orders, **more}
    corrected = any(state.orders.get(id_, order) != order for id_, order in more.items())
    plans = {plan: basis for plan, basis in state.plans.items() if not (corrected and plan == "orders")}
    signings = [(order.on, id_) for id_, order in orders.items() if id_ == order.opportunity]
    newest = max(signings)[1] if signings else state.id
    return {"orders": orders, "newest": "" if newest == state.id else newest, "plans": plans}


def _suggested(state: AftercareState, fact: Suggested, entry: Entry[Any]) -> Changes:
    """What fits now; a prompt that is wanted and fits no more is given up, and its accounts are told."""
    changes: Changes = {"catalogue": fact.catalogue, "suggestions": fact.suggestions}
    fits = {(one.product, one.account) for one in fact.suggestions}
    if state.wanted and (state.wanted.suggestion.product, state.wanted.suggestion.account) not in fits:
        changes["wanted"] = None
    return changes


# -- what it finds out


def _turned(state: AftercareState, fact: c.Turned, entry: Entry[Any]) -> Changes:
    anchors = {name: since for name, since in state.anchors.items() if name != fact.anchor}
    if fact.on is not None:
        anchors[fact.anchor] = Since(on=fact.on, told=entry.recorded_at)
    return {"anchors": anchors}


def _plan(state: AftercareState, fact: c.Plan, entry: Entry[Any]) -> Changes:
    """What was planned and is no longer is dropped; what has fallen due or was moved keeps its day."""
    planned = {item.id: item for item in fact.items}
    contacts: dict[str, Contact] = {}
    for id_, contact in state.contacts.items():
        if contact.item.plan != fact.plan or id_ in planned or not contact.stands:
            contacts[id_] = contact
        elif contact.status != "planned":
            contacts[id_] = contact.model_copy(update={"status": "overtaken", "by": entry.actor, "on": entry.day})
    for id_, item in planned.items():
        if id_ not in contacts or contacts[id_].status == "planned":
            contacts[id_] = Contact(item=item)
    return {"contacts": contacts, "plans": {**state.plans, fact.plan: fact.basis}}


def _task_due(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    return _contact(state, fact.cause, status="open", entry=entry.sequence)


def _task_missed(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    task = state.tasks.get(fact.entry)
    return _contact(state, task.due.cause, status="missed", on=entry.day) if task else {}


def _contact(state: AftercareState, id_: str, **update: Any) -> Changes:
    contact = state.contacts.get(id_)
    return {"contacts": {**state.contacts, id_: contact.model_copy(update=update)}} if contact else {}


# -- what it is asked


def _answer_task(state: AftercareState, fact: Any, entry: Entry[Any]) -> Changes:
    """An answer to a task is an answer to what it was about."""
    task = state.tasks.get(fact.entry)
    if task is None:
        return {}
    cause, open_ = task.due.cause, state.open_prompt
    if contact := state.contacts.get(cause):
        if fact.answer == "put_off":
            return _contact(state, cause, item=contact.item.model_copy(update={"on": fact.until}))
        return _answered(state, cause, "done" if fact.answer == "done" else "cancelled", fact.text, entry)
    if open_ and cause == prompt_cause(open_) and fact.answer == "dismissed":
        answer = c.AnswerPrompt(prompt=open_, answer="declined", text=fact.said, until=fact.until)
        return _answer_prompt(state, answer, entry)
    if cause == referral_cause(state) and fact.answer != "put_off":
        willing = fact.answer == "done"
        step = c.TakeReferralStep(step=state.referral.step, text=fact.said, willing=willing, until=fact.until)
        return _take_referral_step(state, step, entry)
    return {}


def _answered(state: AftercareState, id_: str, status: str, text: str, entry: Entry[Any]) -> Changes:
    return _contact(state, id_, status=status, outcome=text, by=entry.actor, on=entry.day)


def _plan_follow_up(state: AftercareState, fact: c.PlanFollowUp, entry: Entry[Any]) -> Changes:
    item = c.Item(
        id=fact.item, kind="follow_up", on=fact.on, how=fact.how, to=(fact.to,), text=fact.text, round=fact.round or ""
    )
    return {"contacts": {**state.contacts, fact.item: Contact(item=item)}}


def _move_follow_up(state: AftercareState, fact: c.MoveFollowUp, entry: Entry[Any]) -> Changes:
    item = state.contacts[fact.item].item.model_copy(update={"on": fact.on})
    return _contact(state, fact.item, item=item)


def _record_follow_up(state: AftercareState, fact: c.RecordFollowUp, entry: Entry[Any]) -> Changes:
    return _answered(state, fact.item, fact.outcome, fact.text, entry)


def _promise_task(state: AftercareState, fact: c.PromiseTask, entry: Entry[Any]) -> Changes:
    item = c.Item(
        id=fact.item, kind="promise", on=entry.day, to=(fact.to,), by=fact.until, text=in_one_line(fact.text)[:500]
    )
    return {"contacts": {**state.contacts, fact.item: Contact(item=item)}}


def _rate(state: AftercareState, fact: c.Rate, entry: Entry[Any]) -> Changes:
    return {"scores": (*state.scores, Score(rate=fact, on=entry.day, by=entry.actor, told=entry.recorded_at))}


def _record_order(state: AftercareState, fact: c.RecordOrder, entry: Entry[Any]) -> Changes:
    order = Order(opportunity=state.id, on=fact.on, amount=fact.amount, product=fact.product)
    return _orders(state, {fact.order: order})


def _make_prompt(state: AftercareState, fact: c.MakePrompt, entry: Entry[Any]) -> Changes:
    prompt = Prompt(suggestion=fact.suggestion, made=entry.day, by=entry.actor)
    prompts = {**state.prompts, f"p{entry.sequence}": prompt}
    return {"prompts": prompts, "cool_until": fact.cool_until, "wanted": None}


def _want_prompt(state: AftercareState, fact: c.WantPrompt, entry: Entry[Any]) -> Changes:
    asks = state.asks_for(fact.suggestion)
    wanted = Wanted(prompt=f"p{entry.sequence}", suggestion=fact.suggestion, cool_until=fact.cool_until, asks=asks)
    return {"wanted": wanted}


def _prompt_allowed(state: AftercareState, fact: PromptAllowed, entry: Entry[Any]) -> Changes:
    wanted = state.wanted
    if wanted is None or wanted.prompt != fact.prompt:
        return {}
    if not fact.granted:
        return {"wanted": None, "rests": {**state.rests, fact.account: fact.until or entry.day}}
    return {"wanted": wanted.model_copy(update={"granted": wanted.granted + 1})}


def _answer_prompt(state: AftercareState, fact: c.AnswerPrompt, entry: Entry[Any]) -> Changes:
    answered = {"status": fact.answer, "answer": fact, "answered": entry.day, "until": fact.until}
    prompt = state.prompts[fact.prompt].model_copy(update=answered)
    return {"prompts": {**state.prompts, fact.prompt: prompt}}


def _take_referral_step(state: AftercareState, fact: c.TakeReferralStep, entry: Entry[Any]) -> Changes:
    taken: dict[ReferralStep, str] = {**state.referral.taken, fact.step: fact.text}
    place = REFERRAL_STEPS.index(fact.step) + 1
    if fact.willing and place < len(REFERRAL_STEPS):
        update: Changes = {"step": REFERRAL_STEPS[place], "since": entry.day, "taken": taken}
        return {"referral": state.referral.model_copy(update=update)}
    return {"referral": Referral(round=state.referral.round + 1, rests_until=fact.until)}


def _give_name(state: AftercareState, fact: c.GiveName, entry: Entry[Any]) -> Changes:
    return {"names": {**state.names, fact.account: Named(given=fact, on=entry.day)}}


_HAPPENS: Final[dict[str, Callable[[AftercareState, Any, Entry[Any]], Changes]]] = {
    "signed": _signed,
    "unsigned": _unsigned,
    "handed_over": _handed_over,
    "held": _held,
    "reached": _reached,
    "paid_up": lambda state, fact, entry: {"paid": fact},
    "ordered": _ordered,
    "order_dropped": _order_dropped,
    "suggested": _suggested,
    "turned": _turned,
    "plan": _plan,
    "task_due": _task_due,
    "task_missed": _task_missed,
    "answer_task": _answer_task,
    "plan_follow_up": _plan_follow_up,
    "move_follow_up": _move_follow_up,
    "record_follow_up": _record_follow_up,
    "promise_task": _promise_task,
    "rate": _rate,
    "record_order": _record_order,
    "want_prompt": _want_prompt,
    "prompt_allowed": _prompt_allowed,
    "make_prompt": _make_prompt,
    "answer_prompt": _answer_prompt,
    "take_referral_step": _take_referral_step,
    "give_name": _give_name,
    "rate_referrer": lambda state, fact, entry: {"referrers": {**state.referrers, fact.contact: fact.signs}},
}

"""The rules of an aftercare: what is refused, what falls due, whom it tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.growth import (
    asking_accounts,
    completed_on,
    paid_on,
    prompt_cause,
    prompt_due,
    prompt_tasks,
    referral_cause,
    referral_due,
    saying,
    task_of,
    unfit,
    why_no_prompt,
    why_no_referral,
)
from stagemark.domain.aftercare.happening import changed
from stagemark.domain.aftercare.plans import wanted
from stagemark.domain.aftercare.policy import REFERRAL_STEPS
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.entries import AnswerTask, Entry, Stream
from stagemark.domain.moments import Moment
from stagemark.domain.neighbour import Addressed, Around, Due, Rules
from stagemark.domain.spans import later
from stagemark.domain.told import Ordered, PromptAllowed, Tell
from stagemark.domain.words import folded
from stagemark.errors import Problem

__all__ = ["AFTERCARE"]

_TOLD = frozenset(
    {
        "signed", "unsigned", "handed_over", "held", "reached", "paid_up", "ordered", "order_dropped", "suggested",
        "prompt_allowed",
    }
)  # fmt: skip


class AftercareRules(Rules[AftercareState]):
    """See module."""

    stream = "aftercare"
    state = AftercareState
    request = c.AftercareRequest
    entry = c.AftercareEntry
    openings = _TOLD  # they come from several neighbours, in any order
    undeniable = _TOLD
    noted = frozenset({"plan", "turned"})

    def refuse(self, state: AftercareState, command: Any, observed: Moment, around: Around) -> Iterator[Problem]:
        """See base class."""
        if isinstance(command, AnswerTask):
            task = state.tasks.get(command.entry)
            if task and task.due.task == "prompt" and command.answer == "done":
                yield Problem(code="prompt_needs_answer", params={"prompt": state.open_prompt or ""})
        elif state.signed is None or state.over:
            yield Problem(code="aftercare_not_signed", params={"id": state.id})
        else:
            yield from _REFUSALS[command.kind](state, command, around)

    def recorded(self, state: AftercareState, command: Any, around: Around) -> Any:
        """See base class: until when something rests, whether a score is enough."""
        policy, today = around.policy.aftercare, around.today
        again = later(today, policy.referrals.again)
        match command:
            case c.Rate():
                update: dict[str, Any] = {"satisfied": command.score >= policy.satisfaction.enough}
            case c.MakePrompt():
                update = {"cool_until": later(today, policy.prompts.cool_down)}
            case PromptAllowed(granted=False, until=None):  # a complaint: our own is told us, and when it is closed
                own = state.signed is not None and command.account == state.signed.account
                update = {"until": later(today, "P1D" if own else policy.prompts.later_for)}
            case c.AnswerPrompt(answer="declined" | "later", until=None):
                span = policy.prompts.declined_for if command.answer == "declined" else policy.prompts.later_for
                update = {"until": later(today, span)}
            case c.TakeReferralStep() if not command.willing or command.step == REFERRAL_STEPS[-1]:
                update = {"until": again}
            case AnswerTask(answer="done" | "dismissed") if task := state.tasks.get(command.entry):
                last = task.due.cause == referral_cause(state) and state.referral.step == REFERRAL_STEPS[-1]
                if task.due.task == "prompt":
                    update = {"until": later(today, policy.prompts.declined_for)}
                else:
                    update = {"until": again} if last or command.answer == "dismissed" else {}
            case _:
                update = {}
        return command.model_copy(update=update)

    def happen(self, state: AftercareState, entry: Entry[Any]) -> AftercareState:
        """See base class."""
        return changed(state, entry)

    def agenda(self, state: AftercareState, around: Around) -> Iterable[Due]:
        """Plans at once; their contacts on their days; prompts and referral requests when they are right."""
        if state.signed is None or state.over or state.recorded_at is None:
            return
        for anchor, on in (("payment", paid_on(state, around)), ("completion", completed_on(state, around))):
            since = state.anchors.get(anchor)
            if on != (since.on if since else None):
                yield Due(state.recorded_at, c.Turned.model_validate({"anchor": anchor, "on": on}))
        for plan in wanted(state, around):
            yield Due(state.recorded_at, plan)
        for id_, contact in state.contacts.items():
            if contact.stands:
                item = contact.item
                params = {**item.params, "item": id_, "text": item.text}
                if item.how:
                    params["how"] = item.how
                if item.by:
                    params["until"] = str(item.by)
                yield task_of(item, item.kind, id_, item.on, around, params, item.by)
        yield from prompt_due(state, around)
        yield from prompt_tasks(state, around)
        yield from referral_due(state, around)

    def standing(self, state: AftercareState) -> Collection[str]:
        """See base class."""
        if state.over:
            return ()
        causes = [id_ for id_, contact in state.contacts.items() if contact.stands]
        if state.grows:
            causes.append(referral_cause(state))
            causes += [prompt_cause(state.open_prompt)] if state.open_prompt else []
        return causes

    def addressed(self, state: AftercareState) -> Addressed:
        """See base class."""
        signed = state.signed
        if signed is None:
            return Addressed(owner="", opportunity=state.id)
        return Addressed(
            owner=signed.owner,
            deputy=signed.deputy,
            collaborators=signed.collaborators,
            opportunity=state.id,
            account=signed.account,
            title=signed.title,
        )

    def ended(self, state: AftercareState) -> bool:
        """See base class: only without a contract; a customer is cared for as long as there is one."""
        return state.over

    def tells(self, before: AftercareState, after: AftercareState, news: Sequence[Entry[Any]]) -> Iterator[Tell]:
        """The accounts, of prompts wanted, made or dropped, and of what the customer has said; the newest sale of the
        customer, of their orders."""
        yield from asking_accounts(before, after, news)
        yield from saying(before, after)
        if after.newest and after.account:
            same = (before.newest, before.account) == (after.newest, after.account)
            known = before.orders if same else {}
            to = Stream(stream="aftercare", id=after.newest)
            for id_, order in after.orders.items():
                if id_ not in known and order.opportunity != after.newest:
                    fact = Ordered(opportunity=order.opportunity, order=id_, on=order.on, amount=order.amount)
                    yield Tell.of(to, f"aftercare:{after.id}:{after.sequence}:order:{id_}", fact)

    def summary(self, state: AftercareState) -> str:
        """See base class."""
        waits = sum(contact.stands for contact in state.contacts.values())
        score = last.rate.score if (last := state.last_score) else "none"
        return f"planned or open: {waits}, satisfaction: {score}, held by {len(state.held.complaints)} complaints"


def _in_past(on: Any, around: Around) -> Iterator[Problem]:
    if on is not None and on < around.today:
        yield Problem(code="aftercare_day_past", params={"day": str(on), "today": str(around.today)})


def _new_item(state: AftercareState, command: Any, around: Around) -> Iterator[Problem]:
    if command.item in state.contacts:
        yield Problem(code="follow_up_known", params={"item": command.item})
    yield from _in_past(command.on if isinstance(command, c.PlanFollowUp) else command.until, around)


def _standing_item(state: AftercareState, command: Any, around: Around) -> Iterator[Problem]:
    contact = state.contacts.get(command.item)
    if contact is None:
        yield Problem(code="follow_up_unknown", params={"item": command.item, "known": sorted(state.contacts)})
    elif not contact.stands:
        yield Problem(code="follow_up_closed", params={"item": command.item, "status": contact.status})
    elif isinstance(command, c.MoveFollowUp):
        if contact.status != "planned":
            params = {"item": command.item, "entry": contact.entry}
            yield Problem(code="follow_up_fell_due", params=params)
        yield from _in_past(command.on, around)


def _rate(state: AftercareState, command: c.Rate, around: Around) -> Iterator[Problem]:
    if command.score > (best := around.policy.aftercare.satisfaction.best):
        yield Problem(code="score_out_of_scale", params={"score": command.score, "best": best})


def _record_order(state: AftercareState, command: c.RecordOrder, around: Around) -> Iterator[Problem]:
    if command.order in state.orders:
        yield Problem(code="order_known", params={"order": command.order})
    if not command.amount.amount:
        yield Problem(code="order_not_positive", params={"order": command.order})
    if command.on > around.today:
        yield Problem(code="order_in_future", params={"day": str(command.on), "today": str(around.today)})


def _answer_prompt(state: AftercareState, command: c.AnswerPrompt, around: Around) -> Iterator[Problem]:
    """What the customer says is taken whatever holds back what we say: a complaint, a score."""
    prompt = state.prompts.get(command.prompt)
    if prompt is None:
        yield Problem(code="prompt_unknown", params={"prompt": command.prompt, "known": list(state.prompts)})
    elif prompt.status == "accepted":
        yield Problem(code="prompt_accepted_before", params={"product": prompt.suggestion.called})
    yield from _in_past(command.until, around)


def _take_referral_step(state: AftercareState, command: c.TakeReferralStep, around: Around) -> Iterator[Problem]:
    yield from why_no_referral(state, around)
    if command.step != state.referral.step:
        yield Problem(code="referral_step_out_of_turn", params={"step": command.step, "next": state.referral.step})


def _give_name(state: AftercareState, command: c.GiveName, around: Around) -> Iterator[Problem]:
    yield from unfit(state, around)
    known = {folded(account): account for account in (*state.names, state.signed.account if state.signed else "")}
    if (customer := known.get(folded(command.account))) is not None:
        yield Problem(code="referral_known_customer", params={"account": command.account, "customer": customer})


_REFUSALS: dict[str, Any] = {
    "plan_follow_up": _new_item,
    "promise_task": _new_item,
    "move_follow_up": _standing_item,
    "record_follow_up": _standing_item,
    "rate": _rate,
    "record_order": _record_order,
    "make_prompt": lambda state, command, around: why_no_prompt(state, around, command.suggestion, command.prompt),
    "answer_prompt": _answer_prompt,
    "take_referral_step": _take_referral_step,
    "give_name": _give_name,
    "rate_referrer": lambda state, command, around: (),
}

AFTERCARE = AftercareRules()

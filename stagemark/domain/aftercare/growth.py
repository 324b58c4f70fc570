"""When prompts and referral requests are right, and why not (domain.md §5, §7): pure functions of state and policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from pydantic import JsonValue

from stagemark.domain.aftercare.commands import Item, MakePrompt, WantPrompt
from stagemark.domain.aftercare.policy import TaskRule
from stagemark.domain.aftercare.state import AftercareState, Wanted
from stagemark.domain.agenda import working_span
from stagemark.domain.catalogue import Suggestion
from stagemark.domain.entries import Entry, Stream, TaskDue
from stagemark.domain.neighbour import Around, Due
from stagemark.domain.spans import later
from stagemark.domain.told import ENGINE, CustomerSaid, Heard, PromptDropped, PromptMade, PromptWanted, Tell
from stagemark.errors import Problem

__all__ = [
    "asking_accounts",
    "completed_on",
    "cool_until",
    "delivered_on",
    "paid_on",
    "prompt_cause",
    "prompt_due",
    "prompt_tasks",
    "referral_cause",
    "referral_due",
    "saying",
    "task_of",
    "unfit",
    "why_no_prompt",
    "why_no_referral",
]


def paid_on(state: AftercareState, around: Around) -> date | None:
    """Since which day the order counts as paid, until that is lost; none if it does not.

    It is the first day, by the payments' own, on which the share was enough; what is paid later does not move it.
    """
    rule, paid = around.policy.aftercare.completed, state.paid
    if paid is None or paid.share < rule.paid_share or (rule.nothing_overdue and paid.overdue_on(around.today)):
        return None
    if not paid.steps:  # told by an earlier version, or nothing had to be paid
        since = state.anchors.get("payment")
        return since.on if since else paid.on
    reached = next((day for day, share in paid.steps if share >= rule.paid_share), paid.on)
    return max(reached, paid.clear) if paid.clear and rule.nothing_overdue else reached


def delivered_on(state: AftercareState) -> date | None:
    """When it was delivered; where nothing is to be delivered, and no money waits for it, the day of the signing."""
    if (since := state.anchors.get("delivery")) is not None:
        return since.on
    if state.signed is None:
        return None
    contract = state.signed.contract
    awaited = {*contract.milestones, *(part.after for part in contract.instalments)}
    return None if contract.deliverables or "delivery" in awaited else state.signed.on


def completed_on(state: AftercareState, around: Around) -> date | None:
    """Since which day the order is completed: paid, and delivered where the policy asks for it."""
    paid, delivered = paid_on(state, around), delivered_on(state)
    if not around.policy.aftercare.completed.delivered:
        return paid
    return max(paid, delivered) if paid and delivered else None


def unfit(state: AftercareState, around: Around) -> Iterator[Problem]:
    """What keeps back every prompt and every referral request."""
    policy = around.policy.aftercare
    if state.signed is None or state.over:
        yield Problem(code="aftercare_not_signed", params={"id": state.id})
        return
    if policy.completed.delivered and delivered_on(state) is None:
        yield Problem(code="growth_not_delivered")
    if paid_on(state, around) is None:
        share = state.paid.share if state.paid else Decimal(0)
        # Cut off and not rounded: what is not enough must not read like it.
        paid = (share * 100).quantize(Decimal("0.01"), ROUND_FLOOR)
        params = {"share": _percent(paid), "needed": _percent(policy.completed.paid_share * 100)}
        overdue = bool(state.paid and state.paid.overdue_on(around.today)) and policy.completed.nothing_overdue
        yield Problem(code="growth_overdue" if overdue else "growth_not_paid", params=params)
    score = state.customer.score
    if score is None:
        yield Problem(code="growth_satisfaction_unknown")
    elif not score.satisfied:
        params = {"score": str(score.score), "needed": str(policy.satisfaction.enough)}
        yield Problem(code="growth_unsatisfied", params=params)
    if state.held.complaints:
        yield Problem(code="growth_complaint_open", params={"complaints": list(state.held.complaints)})


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}%"


def _ready(state: AftercareState, around: Around) -> bool:
    """Whether prompts and referral requests go on: as `standing` sees it, and as the policy says now."""
    return state.grows and not any(unfit(state, around))


def task_of(
    rule: TaskRule | Item,
    task: str,
    cause: str,
    on: date,
    around: Around,
    params: Mapping[str, JsonValue],
    by: date | None = None,
) -> Due:
    """A task of this rule that falls due on a day: it can be answered from then on, or from now if that is later."""
    at = around.at(on)
    within = working_span(rule.within, around.calendar)
    until = around.at(by + timedelta(days=1)) if by else around.calendar.advance(max(at, around.now), within)
    return Due(
        at,
        TaskDue(
            task=task, id=cause, cause=cause, params=dict(params), to=rule.to, due_at=at, answer_by=until,
            escalates_to=rule.escalates_to,
        ),
    )  # fmt: skip


# -- prompts


def cool_until(state: AftercareState) -> date | None:
    """Until when the account cools down since its last prompt, ours or another sale's."""
    return max((day for day in (state.cool_until, state.held.cool_until) if day), default=None)


def why_no_prompt(
    state: AftercareState, around: Around, suggestion: Suggestion | None = None, prompt: str | None = None
) -> list[Problem]:
    """Every reason why no prompt is right now, or why not this one, which its accounts may know; empty if none."""
    found = list(unfit(state, around))
    allowed = prompt is not None and state.held.by == f"{state.id}:{prompt}"  # it cools down by this very prompt
    if (cool := state.cool_until if allowed else cool_until(state)) and cool > around.today:
        found.append(Problem(code="prompt_cooling", params={"until": str(cool)}))
    if open_ := state.open_prompt:
        found.append(Problem(code="prompt_waits", params={"prompt": open_}))
    if suggestion is None:
        if not state.suggestions:
            if not found:  # the catalogue is asked once nothing else stands in the way
                bought = [one.product for one in state.bought]
                found.append(Problem(code="prompt_nothing", params={"products": bought}))
        elif all(_not_before(state, one) is None or _rests(state, one, around) for one in state.suggestions):
            found.append(Problem(code="prompt_all_answered"))
    elif (day := _not_before(state, suggestion)) is None:
        found.append(Problem(code="prompt_accepted_before", params={"product": suggestion.called}))
    elif _rests(state, suggestion, around):
        found.append(Problem(code="prompt_rests", params={"product": suggestion.called, "until": str(day)}))
    return found


def _not_before(state: AftercareState, suggestion: Suggestion) -> date | None:
    """The first day on which a suggestion may be made by what the customer said to it; none if it was accepted."""
    answers = state.customer.products
    said = [one for one in answers if (one.product, one.account) == (suggestion.product, suggestion.account)]
    return said[0].until if said else date.min


def _rests(state: AftercareState, suggestion: Suggestion, around: Around) -> bool:
    day = _not_before(state, suggestion)
    return day is not None and day > around.today


def prompt_due(state: AftercareState, around: Around) -> Iterator[Due]:
    """The prompts that can be made, each from its day on; a new one only when the last has its answer.

    The accounts it is for are asked before: of two sales of one account whose time has come at once, one has it.
    """
    rule = around.policy.aftercare.prompts
    completed = state.anchors.get("completion")
    if completed is None or state.open_prompt or not _ready(state, around):
        return
    if (wanted := state.wanted) is not None:
        if wanted.granted == len(wanted.asks):
            yield Due(around.now, MakePrompt(suggestion=wanted.suggestion, cool_until=wanted.cool_until))
        return
    first = max(later(completed.on, rule.after), cool_until(state) or date.min)
    for suggestion in state.suggestions:
        if (day := _not_before(state, suggestion)) is not None:
            day = max(first, day, *(state.rests.get(account, day) for account in state.asks_for(suggestion)))
            cool = later(max(day, around.today), rule.cool_down)
            yield Due(around.at(day), WantPrompt(suggestion=suggestion, cool_until=cool))


def asking_accounts(before: AftercareState, after: AftercareState, news: Sequence[Entry[Any]]) -> Iterator[Tell]:
    """What accounts are told of prompts: one is wanted; it is made by somebody of themselves; or it is dropped."""
    if after.signed is None:
        return
    was, now = before.wanted, after.wanted
    known = {wanted.prompt for wanted in (was, now) if wanted}
    for entry in news:
        key = f"aftercare:{after.id}:{entry.sequence}"
        if entry.kind == "make_prompt" and entry.actor != ENGINE and entry.fact.cool_until:
            made = PromptMade(opportunity=after.id, on=entry.day, cool_until=entry.fact.cool_until)
            if entry.fact.prompt:
                made = made.model_copy(update={"prompt": entry.fact.prompt})
            for account in after.asks_for(entry.fact.suggestion):
                yield Tell.of(_account(account), key, made)
        elif entry.kind == "prompt_allowed" and entry.fact.granted and entry.fact.prompt not in known:  # too late
            yield Tell.of(
                _account(entry.fact.account), key, PromptDropped(opportunity=after.id, prompt=entry.fact.prompt)
            )
    key = f"aftercare:{after.id}:{after.sequence}"
    if now is not None and now.granted < len(now.asks) and (was is None or was.granted != now.granted):
        on, cool_until = news[-1].day, now.cool_until
        wanted = PromptWanted(opportunity=after.id, prompt=now.prompt, on=on, cool_until=cool_until)
        yield Tell.of(_account(now.asks[now.granted]), f"{key}:wanted", wanted)
    if was is not None and now is None and not any(_makes(was, entry) for entry in news):
        promised = [entry.fact.account for entry in news if entry.kind == "prompt_allowed" and entry.fact.granted]
        for account in dict.fromkeys((*was.asks[: was.granted], *promised)):
            dropped = PromptDropped(opportunity=after.id, prompt=was.prompt)
            yield Tell.of(_account(account), f"{key}:dropped", dropped)


def saying(before: AftercareState, after: AftercareState) -> Iterator[Tell]:
    """What the account is told of what the customer has said, if it does not know: of one without other sales nothing.

    An account that has the sale anew, or for the first time, knows nothing of it.
    """
    known = before.said if before.shares and before.account == after.account else Heard()
    if after.account and after.shares and after.said != known:
        key = f"aftercare:{after.id}:{after.sequence}:said"
        heard = Heard.of((after.said,))
        yield Tell.of(_account(after.account), key, CustomerSaid(opportunity=after.id, heard=heard))


def _makes(wanted: Wanted, entry: Entry[Any]) -> bool:
    return entry.kind == "make_prompt" and entry.actor == ENGINE and entry.fact.suggestion == wanted.suggestion


def _account(account: str) -> Stream:
    return Stream(stream="account", id=account)


def prompt_tasks(state: AftercareState, around: Around) -> Iterator[Due]:
    """The task that a prompt is; while a complaint is open it rests, and goes on afterwards."""
    if (id_ := state.open_prompt) is None or not _ready(state, around):
        return
    prompt = state.prompts[id_]
    said = prompt.suggestion
    parts = [part for part in (said.link, said.reason, said.ask) if part is not None]
    params: dict[str, JsonValue] = {
        "prompt": id_,
        "product": said.product,
        "relation": said.relation,
        **({"account": said.account} if said.account else {}),
        "product_zh": said.label.zh,
        "product_en": said.label.en,
        "say_zh": "".join(part.zh for part in parts),
        "say_en": " ".join(part.en for part in parts),
    }
    rule = around.policy.aftercare.prompts
    yield task_of(rule, "prompt", prompt_cause(id_), prompt.made, around, params)


def prompt_cause(id_: str) -> str:
    """Names the wait for a prompt's answer."""
    return f"prompt:{id_}"


# -- referrals


def why_no_referral(state: AftercareState, around: Around) -> list[Problem]:
    """Every reason why a referral is not to be asked for now; empty if none."""
    found = list(unfit(state, around))
    if (until := state.customer.referrals_from) and until > around.today:
        found.append(Problem(code="referral_rests", params={"until": str(until)}))
    return found


def referral_due(state: AftercareState, around: Around) -> Iterator[Due]:
    """The next of the four steps, from its day on."""
    referral, rules = state.referral, around.policy.aftercare.referrals
    completed = state.anchors.get("completion")
    if completed is None or not _ready(state, around):
        return
    rule = rules.steps[referral.step]
    rested = state.customer.referrals_from or date.min
    first = max(later(referral.since or completed.on, rule.later), rested)
    params: dict[str, JsonValue] = {"step": referral.step, "round": referral.round}
    yield task_of(rule, f"referral_{referral.step}", referral_cause(state), first, around, params)


def referral_cause(state: AftercareState) -> str:
    """Names the wait for the next step."""
    return f"referral:{state.referral.round}:{state.referral.step}"

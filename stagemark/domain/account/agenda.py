"""What falls due in an account, and what stands: surveys, a worsening, uncleared sales, money that waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from pydantic import JsonValue

from stagemark.domain.account.commands import Expired, Placed, Recalled
from stagemark.domain.account.entered import claimed, entered_ids, uncovered, unduly_placed
from stagemark.domain.account.paying import names_any, names_of, placing
from stagemark.domain.account.state import NOTHING, AccountState, Payment
from stagemark.domain.agenda import working_span
from stagemark.domain.collection.policy import TaskRule
from stagemark.domain.entries import TaskDue
from stagemark.domain.neighbour import Around, Due
from stagemark.domain.spans import later

__all__ = ["agenda", "standing"]

DAY = timedelta(days=1)
MOST_ASKED: Final = 100
"""For so many payments that wait somebody is asked at a time."""
MOST_SAID: Final = 100
"""So much of a payer's words a task says."""


def standing(state: AccountState) -> frozenset[str]:
    """The causes of tasks that stand."""
    return frozenset(_standing(state))


def _standing(state: AccountState) -> Iterator[str]:
    if state.exposed_since is not None:
        yield _survey_cause(state)
    if state.worsened is not None:
        yield f"worsened:{state.worsened.entry}"
    for id_, sale in state.sales.items():
        if not sale.cleared:
            yield f"uncleared:{id_}"
    for id_ in _asked_about(state):
        yield f"waiting:{id_}"
    for id_ in state.strays:
        yield f"stray:{id_}"
    for id_, (_, claims) in uncovered(state).items():
        yield _entered_cause(id_, claims)


def _entered_cause(payment: str, claims: Mapping[str, Decimal]) -> str:
    """Once more is entered, it is asked about anew."""
    return f"entered:{payment}:{sum(claims.values(), NOTHING)}"


def _survey_cause(state: AccountState) -> str:
    return f"survey:{state.exposed_since}:{state.survey_from}"


def _waits(payment: Payment) -> bool:
    return not payment.done and not payment.kept


def _asked_about(state: AccountState) -> Iterator[str]:
    """The payments for which somebody is asked, or has been: of very many, the next ones once some are answered."""
    free = MOST_ASKED - sum(task.due.cause.startswith("waiting:") for task in state.tasks.values())
    for id_, payment in state.payments.items():
        if not _waits(payment):
            continue
        if f"waiting:{id_}" in state.fired:
            yield id_
        elif free > 0:
            free -= 1
            yield id_


def agenda(state: AccountState, around: Around) -> Iterator[Due]:
    """Everything that will fall due if nothing more is recorded."""
    policy = around.policy.account
    yield from _surveys(state, around)
    for id_, clearance in state.clearances.items():
        if clearance.status == "held":
            yield Due(around.at(clearance.until + DAY), Expired(clearance=id_))
    if (worsened := state.worsened) is not None:
        about: dict[str, JsonValue] = {
            "on": str(worsened.on), "text": worsened.text[:500],
            "measures": [one.label.model_dump() if one.label else one.id for one in policy.measures],
        }  # fmt: skip
        yield _task(state, around, policy.worsened, "credit_worsened", f"worsened:{worsened.entry}", about)
    for id_, sale in state.sales.items():
        if not sale.cleared:
            about = {"opportunity": id_, "amount": str(sale.credit), "currency": sale.currency, "on": str(sale.signed)}
            yield _task(state, around, policy.uncleared, "credit_uncleared", f"uncleared:{id_}", about)
    yield from _money(state, around)


def _surveys(state: AccountState, around: Around) -> Iterator[Due]:
    """While anything is owed: at once if there was none yet, then again after the time of the grade (domain.md §4)."""
    if state.exposed_since is None:
        return
    policy, grade = around.policy.account, state.grade_by(around.policy.account)
    since = state.exposed_since
    if state.survey_from is not None:
        since = max(since, later(state.survey_from, policy.grades[grade].survey_every))
    about: dict[str, JsonValue] = {
        "grade": grade, "last": str(state.surveyed) if state.surveyed else "never",
        "owed": [f"{amount} {currency}" for currency, amount in sorted(state.exposure.items())],
    }  # fmt: skip
    yield _task(state, around, policy.survey, "credit_survey", _survey_cause(state), about, around.at(since))


def _money(state: AccountState, around: Around) -> Iterator[Due]:
    """Money goes where a person has entered it, or to a sale that it names and that was signed since.

    For other money that waits somebody is asked, and for what was entered and the bank says otherwise.
    """
    rule, names = around.policy.account.waiting, names_of(state)
    for id_ in entered_ids(state):
        if (payment := state.payments.get(id_)) is None:
            continue
        if places := claimed(state, id_, payment):
            yield Due(around.now, Placed(payment=id_, places=places))
        elif places := unduly_placed(state, id_, payment):
            yield Due(around.now, Recalled(payment=id_, places=places))
    for id_, payment in state.payments.items():
        if not _waits(payment) or payment.seen or payment.differs or not names_any(names, payment.reference):
            continue
        if places := placing(state, payment.waiting, payment.currency, payment.reference, by_amount=False):
            yield Due(around.now, Placed(payment=id_, places=places))
    for id_ in _asked_about(state):
        payment = state.payments[id_]
        about: dict[str, JsonValue] = {
            "payment": id_, "amount": str(payment.waiting), "currency": payment.currency, "on": str(payment.on),
            "reference": payment.reference[:MOST_SAID], "payer": payment.payer[:MOST_SAID],
        }  # fmt: skip
        if payment.differs:
            about["differs"] = payment.differs
        task = "money_differs" if payment.differs else "money_waits"
        yield _task(state, around, rule, task, f"waiting:{id_}", about)
    for id_ in state.strays:
        yield _task(state, around, rule, "money_stray", f"stray:{id_}", {"payment": id_})
    for id_, (payment, claims) in uncovered(state).items():
        about = {
            "payment": id_, "amount": str(sum(claims.values())), "currency": payment.currency,
            "sales": list(claims), "reported": str(NOTHING if payment.reversed else payment.reported),
            "places": list(payment.places),
        }  # fmt: skip
        yield _task(state, around, rule, "money_entered", _entered_cause(id_, claims), about)


def _task(
    state: AccountState,
    around: Around,
    rule: TaskRule,
    task: str,
    cause: str,
    about: dict[str, JsonValue],
    at: datetime | None = None,
) -> Due:
    at = at or around.now
    within = working_span(rule.answer_within, around.calendar) if rule.answer_within else None
    fact = TaskDue(
        task=task, id=cause, cause=cause, params={"account": state.id, **about}, to=rule.to, due_at=at,
        answer_by=around.calendar.advance(max(at, around.now), within) if within else None, escalates_to=rule.late_to,
    )  # fmt: skip
    return Due(at, fact)

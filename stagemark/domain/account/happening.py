"""What each entry changes in an account. Total, and by the entry alone: the ledger is enough to rebuild it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from stagemark.domain.account import commands as asked
from stagemark.domain.account import paying
from stagemark.domain.account.growing import GROWING
from stagemark.domain.account.money import Payment
from stagemark.domain.account.state import NOTHING, AccountState, Clearance, Review, Sale, Worsening
from stagemark.domain.contract import Contract
from stagemark.domain.entries import AnswerTask, Entry, TaskMissed
from stagemark.domain.told import ComplaintClosed, ComplaintOpened, Debt, Owed, Signed, Unsigned

__all__ = ["happen"]

MOST_REVIEWS: Final = 20
MOST_OVER: Final = 50
"""So many clearances are remembered that are neither held nor confirmed."""

Changes = dict[str, Any]


def happen(state: AccountState, entry: Entry[Any]) -> AccountState:
    """The state after one more entry."""
    change = _CHANGES.get(entry.kind)
    after: AccountState = state.but(**change(state, entry.fact, entry)) if change else state
    if bool(after.exposure) == (after.exposed_since is not None):
        return after
    return after.but(exposed_since=entry.day if after.exposure else None)  # type: ignore[no-any-return]  # same class


# -- what it is told of its sales


def _signed(state: AccountState, fact: Signed, entry: Entry[Any]) -> Changes:
    """A contract, or another one instead: what was paid of an instalment stays paid."""
    contract, known = fact.contract, state.sales.get(fact.opportunity)
    currency = contract.amount.currency
    clearance = state.clearances.get(fact.clearance or "")
    sale = Sale(
        number=contract.number,
        title=fact.title,
        owner=fact.owner,
        signed=fact.on,
        currency=currency,
        parts={part.id: part.amount for part in contract.instalments},
        at_signing=tuple(part.id for part in contract.instalments if not part.on_credit(fact.on)),
        debts=_debts(contract, known if known is not None and known.currency == currency else None),
        cleared=_clears(clearance, fact),
        rate=(clearance and clearance.rate) or (known and known.rate),
        entered=known.entered if known is not None else {},
    )
    used = {fact.clearance: "confirmed"} if clearance and clearance.status in ("held", "expired") else {}
    held = {id_: "released" for id_, one in state.clearances.items() if _held_for(one, fact.opportunity)}
    clearances = _turned(state, {**held, **used}) if sale.cleared else state.clearances
    return {"sales": {**state.sales, fact.opportunity: sale}, "clearances": clearances}


def _debts(contract: Contract, known: Sale | None) -> dict[str, Debt]:
    debts = {}
    for part in contract.instalments:
        paid = given_up = NOTHING
        if known is not None and (debt := known.debts.get(part.id)) is not None:
            given_up = min(debt.written_off, part.amount)
            paid = max(NOTHING, known.parts.get(part.id, part.amount) - debt.outstanding)
        outstanding = max(NOTHING, part.amount - paid)
        debts[part.id] = Debt(outstanding=outstanding, written_off=given_up, retention=part.type == "retention")
    return debts


def _clears(clearance: Clearance | None, fact: Signed) -> bool:
    """Whether the credit of a contract was cleared; one that was signed in time and told late counts."""
    credit = fact.contract.on_credit(fact.on)
    if not credit:
        return True
    if clearance is None or clearance.status == "released" or clearance.opportunity != fact.opportunity:
        return False
    enough = clearance.amount.currency == fact.contract.amount.currency and clearance.amount.amount >= credit
    return enough and clearance.until >= fact.on


def _unsigned(state: AccountState, fact: Unsigned, entry: Entry[Any]) -> Changes:
    """It is no sale of ours any more, and nobody goes by what was said there.

    What was placed there comes back from its collection, if that can't use it.
    """
    heard = {id_: said for id_, said in state.heard.items() if id_ != fact.opportunity}
    sales = {id_: sale for id_, sale in state.sales.items() if id_ != fact.opportunity}
    over = {
        id_: "released"
        for id_, one in state.clearances.items()
        if one.opportunity == fact.opportunity and one.status in ("held", "confirmed")
    }
    return {"sales": sales, "clearances": _turned(state, over), "heard": heard}


def _owed(state: AccountState, fact: Owed, entry: Entry[Any]) -> Changes:
    """What its collection says goes before what we had thought."""
    sale = state.sales.get(fact.opportunity) or Sale(currency=fact.currency)
    if not fact.debts and sale.signed is None:  # the last word about a signing that was taken back
        return {"sales": {id_: one for id_, one in state.sales.items() if id_ != fact.opportunity}}
    told = {
        "debts": fact.debts, "number": fact.number or sale.number, "matched": (), "currency": fact.currency,
        "entered": fact.entered,
    }  # fmt: skip
    sales = {**state.sales, fact.opportunity: sale.model_copy(update=told)}
    return {"sales": sales, "payments": {**state.payments, **dict(_placed_as_entered(state, fact))}}


def _placed_as_entered(state: AccountState, fact: Owed) -> Iterator[tuple[str, Payment]]:
    """What was placed there before we heard that it was entered there: it is not called back without asking."""
    for id_, entered in fact.entered.items():
        payment = state.payments.get(id_)
        part = payment.places.get(fact.opportunity) if payment else None
        if payment is None or part is None or part.entered >= (known := min(part.amount, entered.amount)):
            continue
        places = {**payment.places, fact.opportunity: part.model_copy(update={"entered": known})}
        yield id_, payment.model_copy(update={"places": places})


def _complaint_opened(state: AccountState, fact: ComplaintOpened, entry: Entry[Any]) -> Changes:
    return {"complaints": tuple(dict.fromkeys((*state.complaints, fact.complaint)))}


def _complaint_closed(state: AccountState, fact: ComplaintClosed, entry: Entry[Any]) -> Changes:
    return {"complaints": tuple(one for one in state.complaints if one != fact.complaint)}


# -- what is asked of it


def _described(state: AccountState, fact: asked.Describe, entry: Entry[Any]) -> Changes:
    said = {name: getattr(fact, name) for name in type(fact).model_fields if name != "kind"}
    return {name: value for name, value in said.items() if value is not None}


def _graded(state: AccountState, fact: asked.SetGrade, entry: Entry[Any]) -> Changes:
    return {"grade": fact.grade}


def _limited(state: AccountState, fact: asked.SetLimit, entry: Entry[Any]) -> Changes:
    return {"limit": fact.limit}


def _blacklisted(state: AccountState, fact: asked.Blacklist, entry: Entry[Any]) -> Changes:
    """What was reserved and not signed yet is given back: no sale may be signed with it."""
    held = {id_: "released" for id_, one in state.clearances.items() if one.status == "held"}
    return {"blacklisted": fact.reason, "clearances": _turned(state, held)}


def _lifted(state: AccountState, fact: asked.Lift, entry: Entry[Any]) -> Changes:
    return {"blacklisted": ""}


def _exempted(state: AccountState, fact: asked.Exempt, entry: Entry[Any]) -> Changes:
    return {"exempt": fact if fact.until is not None else None}


def _cleared(state: AccountState, fact: asked.Clear, entry: Entry[Any]) -> Changes:
    """Held for the sale, instead of what was held for it before; a sale that is signed uncleared uses it at once."""
    rated, sale = state.but_rated(fact.rates), state.sales.get(fact.opportunity)
    into = state.limit.currency if state.limit else ""
    rates = (rate for rate in fact.rates if (rate.currency, rate.into) == (fact.amount.currency, into))
    afterwards = (
        sale is not None
        and not sale.cleared
        and sale.currency == fact.amount.currency
        and fact.amount.amount >= _credit_of(sale)
    )
    clearance = Clearance(
        opportunity=fact.opportunity,
        amount=fact.amount,
        until=fact.until or entry.day,
        status="confirmed" if afterwards else "held",
        rate=next(rates, None),
        override=fact.override.by if fact.override else None,
        reason=fact.override.reason if fact.override else "",
    )
    held = {id_: "released" for id_, one in state.clearances.items() if _held_for(one, fact.opportunity)}
    sales = rated.sales
    if sale is not None and afterwards:
        own = sales[fact.opportunity]
        sales = {
            **sales,
            fact.opportunity: own.model_copy(update={"cleared": True, "rate": clearance.rate or own.rate}),
        }
    return {"sales": sales, "clearances": {**_turned(rated, held), fact.clearance: clearance}}


def _credit_of(sale: Sale) -> Decimal:
    """How much was to be paid later than at the signing, whatever has been paid of it since."""
    return sum((amount for id_, amount in sale.parts.items() if id_ not in sale.at_signing), NOTHING)


def _released(state: AccountState, fact: asked.Release, entry: Entry[Any]) -> Changes:
    return {"clearances": _turned(state, {fact.clearance: "released"})}


def _expired(state: AccountState, fact: asked.Expired, entry: Entry[Any]) -> Changes:
    return {"clearances": _turned(state, {fact.clearance: "expired"})}


def _held_for(one: Clearance, opportunity: str) -> bool:
    return one.opportunity == opportunity and one.status == "held"


def _turned(state: AccountState, turns: dict[Any, str]) -> dict[str, Clearance]:
    """The clearances, some with another status; of those that are over only the last are remembered."""
    clearances = {
        id_: one.model_copy(update={"status": turns[id_]}) if id_ in turns else one
        for id_, one in state.clearances.items()
    }
    over = [id_ for id_, one in clearances.items() if one.status in ("released", "expired")]
    return {id_: one for id_, one in clearances.items() if id_ not in over[:-MOST_OVER]}


# -- credit is looked at


def _surveyed(state: AccountState, fact: asked.Survey, entry: Entry[Any]) -> Changes:
    review = Review(
        what="survey", on=entry.day, by=entry.actor, text=fact.text, grade=fact.grade, report=fact.report
    )  # fmt: skip
    changes: Changes = {"surveyed": entry.day, "survey_from": entry.day, "reviews": _reviewed(state, review)}
    return {**changes, "grade": fact.grade} if fact.grade else changes


def _worsened(state: AccountState, fact: asked.Worsened, entry: Entry[Any]) -> Changes:
    review = Review(what="worsened", on=entry.day, by=entry.actor, text=fact.text)
    worsening = Worsening(entry=entry.sequence, on=entry.day, text=fact.text)
    return {"worsened": worsening, "reviews": _reviewed(state, review)}


def _measured(state: AccountState, fact: asked.TakeMeasure, entry: Entry[Any]) -> Changes:
    review = Review(what="measure", on=entry.day, by=entry.actor, text=fact.text, measures=fact.measures)
    return {"worsened": None, "reviews": _reviewed(state, review)}


def _reviewed(state: AccountState, review: Review) -> tuple[Review, ...]:
    return (*state.reviews, review)[-MOST_REVIEWS:]


def _answered(state: AccountState, fact: AnswerTask, entry: Entry[Any]) -> Changes:
    """Whoever answers that a survey is done has made it; who dismisses it, leaves it out until the next."""
    task = state.tasks.get(fact.entry)
    if task is None or fact.answer == "put_off":
        return {}
    if task.due.task == "credit_survey":
        if fact.answer == "done":
            return _surveyed(state, asked.Survey(text=fact.said), entry)
        return {"survey_from": entry.day}
    if task.due.task == "credit_worsened":  # dismissed: no measure is needed
        review = Review(what="measure", on=entry.day, by=entry.actor, text=fact.text)
        return {"worsened": None, "reviews": _reviewed(state, review)}
    return {}


def _missed(state: AccountState, fact: TaskMissed, entry: Entry[Any]) -> Changes:
    """A survey that nobody made comes again after its time."""
    task = state.tasks.get(fact.entry)
    return {"survey_from": entry.day} if task is not None and task.due.task == "credit_survey" else {}


_CHANGES: Final[dict[str, Callable[[AccountState, Any, Entry[Any]], Changes]]] = {
    "signed": _signed,
    "unsigned": _unsigned,
    "owed": _owed,
    "complaint_opened": _complaint_opened,
    "complaint_closed": _complaint_closed,
    **GROWING,
    "describe": _described,
    "set_grade": _graded,
    "set_limit": _limited,
    "blacklist": _blacklisted,
    "lift": _lifted,
    "exempt": _exempted,
    "clear": _cleared,
    "release": _released,
    "expired": _expired,
    "survey": _surveyed,
    "worsened": _worsened,
    "take_measure": _measured,
    "answer_task": _answered,
    "task_missed": _missed,
    "bank_reported": paying.reported,
    "bank_reversed": paying.reversed_by_bank,
    "money_unplaced": paying.came_back,
    "assign": paying.assigned,
    "placed": paying.placed,
    "recalled": paying.recalled,
    "refund": paying.returned,
    "keep": paying.kept,
}

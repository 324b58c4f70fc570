"""How one account stands, for a program and for its reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from stagemark.domain.account.policy import AccountPolicy
from stagemark.domain.account.state import AccountState
from stagemark.domain.playbook import Named
from stagemark.texts.account import CLEARANCE_TERMS
from stagemark.texts.account_page import PAGE_TEXTS
from stagemark.texts.language import Language
from stagemark.texts.money import money_text
from stagemark.texts.tasks_account import GRADE_TERMS
from stagemark.texts.terms import Terms, joined, term

__all__ = ["lines_of", "overview"]

_OWN = (
    "title", "group", "level", "owner", "channel", "our_share", "registered_capital", "limit", "blacklisted", "exempt",
    "surveyed", "worsened", "complaints", "exposed_since",
)  # fmt: skip


def overview(state: AccountState, policy: AccountPolicy) -> dict[str, Any]:
    """Everything as JSON: ids stay ids, amounts are decimal text."""
    whole = state.model_dump(mode="json", include={*_OWN, "sales", "clearances", "reviews"})
    proposal = state.proposed_limit(policy)
    return {
        "account": state.id,
        **{name: whole[name] for name in _OWN},
        "cool_until": str(state.cool_until) if state.cool_until else None,
        "grade": state.grade_by(policy),
        "proposed_limit": proposal.model_dump(mode="json") if proposal else None,
        "used": str(state.used) if state.used is not None else None,
        "uncounted": sorted(state.uncounted),
        "exposure": {currency: str(amount) for currency, amount in state.exposure.items()},
        "waiting": {currency: str(amount) for currency, amount in state.waiting.items()},
        "sales": {
            id_: {**whole["sales"][id_], "outstanding": str(sale.outstanding)} for id_, sale in state.sales.items()
        },
        "clearances": whole["clearances"],
        "reviews": whole["reviews"],
        "payments": {
            id_: {**payment.model_dump(mode="json"), "waiting": str(payment.waiting)}
            for id_, payment in state.payments.items()
            if payment.waiting
        },
        "tasks": {str(entry): task.due.model_dump(mode="json") for entry, task in state.tasks.items()},
    }


def lines_of(state: AccountState, policy: AccountPolicy, names: Terms, language: Language) -> Iterator[str]:
    """The same for people, line by line; `names` tells what people are called, by id."""
    zh = language == "zh"

    def say(key: str, **params: Any) -> str:
        return PAGE_TEXTS[key][zh].format(**params)

    def money(amount: Decimal, currency: str) -> str:
        return money_text(amount, currency)

    def sums(amounts: Mapping[str, Decimal]) -> str:
        return joined((money(amount, currency) for currency, amount in sorted(amounts.items())), language)

    def person(id_: str) -> str:
        return term(names, id_, language)

    def called(named: Iterable[Named], id_: str) -> str:
        label = next((one.label for one in named if one.id == id_), None)
        return getattr(label, language) if label else id_

    yield " · ".join(filter(None, (state.id, state.title, person(state.owner))))
    plain: dict[str, Any] = {
        "group": state.group,
        "level": (state.level or "").upper(),
        "channel": called(policy.channels, state.channel),
        "our_share": f"{state.our_share:.0%}" if state.our_share is not None else "",
        "grade": GRADE_TERMS[state.grade_by(policy)][zh],
        "owed": sums(state.exposure),
        "waiting": sums(state.waiting),
        "blacklisted": state.blacklisted,
        "surveyed": state.surveyed,
        "complaints": joined(state.complaints, language),
        "cool_until": state.cool_until,
        "uncounted": joined(sorted(state.uncounted), language),
    }
    yield from (say(key, value=value) for key, value in plain.items() if value)
    if state.limit is not None:
        used = money(state.used or Decimal(0), state.limit.currency)
        yield say("limit", limit=state.limit.text(), used=used)
    else:
        proposal = state.proposed_limit(policy)
        yield say("no_limit", proposal=proposal.text() if proposal else "–")
    if state.exempt is not None:
        yield say("exempt", until=state.exempt.until, by=person(state.exempt.approved_by), reason=state.exempt.reason)
    if state.worsened is not None:
        yield say("worsened", on=state.worsened.on, text=state.worsened.text)
    for id_, sale in state.sales.items():
        yield say(
            "sale", number=sale.number or "–", opportunity=id_, signed=sale.signed or "–",
            outstanding=money(sale.outstanding, sale.currency), uncleared="" if sale.cleared else say("uncleared"),
        )  # fmt: skip
    for id_, one in state.clearances.items():
        yield say(
            "clearance", id=id_, opportunity=one.opportunity, amount=one.amount.text(), until=one.until,
            status=CLEARANCE_TERMS[one.status][zh],
        )  # fmt: skip
    for review in state.reviews:
        measures = joined((called(policy.measures, id_) for id_ in review.measures), language) or "–"
        key = "worsening" if review.what == "worsened" else review.what
        yield say(key, on=review.on, by=person(review.by), text=review.text, measures=measures)
    for id_, payment in state.payments.items():
        if payment.waiting:
            yield say(
                "payment", payment=id_, on=payment.on, waiting=money(payment.waiting, payment.currency),
                amount=money(payment.amount, payment.currency), reference=payment.reference,
            )  # fmt: skip

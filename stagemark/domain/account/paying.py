"""Money that comes in at an account: where it is placed, and what waits. None of it is ever lost.

Of each payment, what came in = placed + waiting + returned. A bank's report is never refused (domain.md §3); what a
sale can't use comes back from its collection and waits here. However much comes, the state stays small enough to be
carried from run to run: texts and old payments are shortened, for the ledger has all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from stagemark.domain.account import commands as asked
from stagemark.domain.account.state import NOTHING, AccountState, Part, Past, Payment, Sale, Settled
from stagemark.domain.entries import Entry
from stagemark.domain.money import counted_out
from stagemark.domain.told import MoneyUnplaced

__all__ = [
    "arrived",
    "assigned",
    "came_back",
    "fitting",
    "kept",
    "named",
    "names_any",
    "names_of",
    "placed",
    "placing",
    "recalled",
    "reported",
    "returned",
    "returning",
    "reversed_by_bank",
    "taken",
]

MOST_SETTLED: Final = 300
"""So many payments are remembered as a whole of which nothing waits; older ones in short."""
MOST_PAST: Final = 700_000
"""So many bytes are what is remembered in short: about ten thousand payments. Of older ones only the sums are left."""
MOST_TEXT: Final = 60_000
"""So many characters of payers' words are kept as they came."""
MORE_TEXT: Final = 100_000
"""So many at most: between the two, only the first hundred of a text."""
MOST_STRAYS: Final = 200
SHORTEST: Final = 3
"""A name of fewer characters is not looked for in what a payer wrote: it would be found in anything."""

Changes = dict[str, Any]


# -- where money goes


def placing(
    state: AccountState, amount: Decimal, currency: str, reference: str, by_amount: bool
) -> tuple[asked.Place, ...]:
    """Where money is placed at once; nowhere, if it names nothing and fits nothing. A part of a coin stays behind.

    One sale that it names takes all of it: what is too much for it, or was entered there already, only its collection
    knows. Of several each takes what is owed, in the order in which they are named.
    """
    said, amount = amount, counted_out(amount, currency)
    if amount <= 0:
        return ()
    found = [(id_, parts) for id_, parts in named(state, reference) if state.sales[id_].currency == currency]
    if len(found) == 1:
        return (asked.Place(opportunity=found[0][0], amount=amount, instalments=found[0][1]),)
    if found:
        return tuple(_shared(state, amount, found))
    fits = [
        (id_, part)
        for id_, sale in (state.sales.items() if by_amount else ())
        for part, debt in sale.debts.items()
        if sale.currency == currency and debt.outstanding == said and part not in sale.matched
    ]
    if len(fits) != 1 or named(state, reference):
        return ()
    return (asked.Place(opportunity=fits[0][0], amount=said, instalments=(fits[0][1],)),)


def _shared(
    state: AccountState, amount: Decimal, found: Iterable[tuple[str, tuple[str, ...]]]
) -> Iterator[asked.Place]:
    for id_, parts in found:
        if part := min(amount, state.sales[id_].room(parts)):
            amount -= part
            yield asked.Place(opportunity=id_, amount=part, instalments=parts)


def named(state: AccountState, reference: str) -> list[tuple[str, tuple[str, ...]]]:
    """The sales that a payer's words name, by contract number or id, in the order of the words; and which instalments.

    An instalment is named behind its sale, as in `HT-2026-1/2`. A name counts only if it stands for itself: `HT-1` is
    not named by `HT-11` nor by `HT-1-A`.
    """
    return _named(state, names_of(state), reference)


def names_of(state: AccountState) -> dict[str, set[str]]:
    """By what each sale can be named."""
    both = {id_: {_plain(id_), _plain(sale.number)} for id_, sale in state.sales.items()}
    return {id_: {name for name in names if len(name) >= SHORTEST} for id_, names in both.items()}


def names_any(names: dict[str, set[str]], reference: str) -> bool:
    """Whether words may name a sale: looked at first, where there is much money."""
    words = _plain(reference)
    return any(name in words for some in names.values() for name in some)


def _named(state: AccountState, names: dict[str, set[str]], reference: str) -> list[tuple[str, tuple[str, ...]]]:
    words = _plain(reference)
    hits: list[tuple[int, int, str, str]] = []
    for id_, sale in state.sales.items():
        for name in names[id_]:
            if name in words:
                hits += [(hit.start(), -len(name), id_, hit["part"] or "") for hit in _found(name, sale, words)]
    order: dict[str, tuple[str, ...]] = {}
    for _, _, id_, part in sorted(hits):
        real = next((one for one in state.sales[id_].debts if _plain(one) == part), "") if part else ""
        order[id_] = tuple(dict.fromkeys((*order.get(id_, ()), *([real] if real else []))))
    return list(order.items())


def _found(name: str, sale: Sale, words: str) -> Iterator[re.Match[str]]:
    parts = "|".join(re.escape(_plain(part)) for part in sorted(sale.debts, key=len, reverse=True))
    behind = rf"(?:[/#](?P<part>{parts}))?" if parts else "(?P<part>(?!))?"
    alone = r"(?![a-z0-9])(?![-./_#][a-z0-9])"
    return re.finditer(rf"(?<![a-z0-9])(?<![a-z0-9][-./_]){re.escape(name)}{behind}{alone}", words)


def _plain(text: str) -> str:
    """Full-width and capital letters are the same as plain ones."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


# -- what comes in


def arrived(state: AccountState, fact: asked.BankReported, sequence: int) -> tuple[str, Payment, bool]:
    """Under which id money is kept, how it stands before it is placed, and whether the bank says so now first.

    The same id with the same amount and day is the same money. With other content it is kept beside it until somebody
    has looked: which of the two is true, or whether it came again, only the bank knows.
    """
    amount, currency = fact.amount.amount, fact.amount.currency
    family = state.reported_as(fact.payment)
    alike = [(id_, one) for id_, one in family.items() if one.currency == currency]
    for id_, one in alike:
        if one.reported == amount and one.on == fact.on:
            return id_, one.model_copy(update={"reference": _short(state, fact.reference) or one.reference}), False
    said = {"on": fact.on, "reference": _short(state, fact.reference), "payer": _short(state, fact.payer)}
    for id_, one in alike:
        if not one.reported:  # it was entered by hand and came back; only now the bank reports it: it is the same money
            same = min(amount, one.by_hand)
            more = amount - same
            books = {
                "amount": one.amount + more, "by_hand": one.by_hand - same,
                "returned": one.returned + (more if one.reversed else NOTHING),
            }  # fmt: skip
            return id_, one.model_copy(update={**said, **books}), True
    if family or state.payment(fact.payment) is not None:
        id_ = state.free_id(fact.payment, sequence)
        return id_, Payment(amount=amount, currency=currency, differs=fact.payment, **said), True
    stray = fact.payment in state.strays  # the bank took it back before it said that it came
    returned = amount if stray else NOTHING
    return fact.payment, Payment(amount=amount, currency=currency, returned=returned, reversed=stray, **said), True


def reported(state: AccountState, fact: asked.BankReported, entry: Entry[Any]) -> Changes:
    """A bank's report. Never refused."""
    id_, payment, _ = arrived(state, fact, entry.sequence)
    strays = tuple(stray for stray in state.strays if stray != fact.payment)
    return {**_placed(state, id_, payment, fact.places), "strays": strays}


def reversed_by_bank(state: AccountState, fact: asked.BankReversed, entry: Entry[Any]) -> Changes:
    """The bank took it back; one that nobody has reported is remembered, for the report may still come."""
    family = returning(state, fact.payment)
    if not family:
        strays = tuple(dict.fromkeys((*state.strays, fact.payment)))[-MOST_STRAYS:]
        return {"strays": strays}
    gone: Changes = {"places": {}, "reversed": True, "kept": ""}
    return _kept(
        state, {id_: one.model_copy(update={**gone, "returned": one.amount}) for id_, one in family.items()}
    )  # fmt: skip


def returning(state: AccountState, payment: str) -> dict[str, Payment]:
    """All that came under a bank's id; a person can also name one payment alone that is kept beside another."""
    return state.reported_as(payment) or state.under(payment)


def taken(state: AccountState, payment: str) -> tuple[asked.Place, ...]:
    """From which sales all that came under a bank's id is taken if the bank takes it back."""
    return tuple(
        asked.Place(
            opportunity=opportunity, amount=part.amount, instalments=part.instalments,
            **({"payment": id_} if id_ != payment else {}),
        )
        for id_, one in returning(state, payment).items()
        for opportunity, part in one.places.items()
        if part.amount
    )  # fmt: skip


def came_back(state: AccountState, fact: MoneyUnplaced, entry: Entry[Any]) -> Changes:
    """A sale could not use it. What was never placed there had been entered by hand: it is ours from now on."""
    amount, currency = fact.amount.amount, fact.amount.currency
    family = state.under(fact.payment)
    id_ = next((one for one, known in family.items() if known.currency == currency), fact.payment)
    payment = family.get(id_)
    if payment is None or payment.currency != currency:
        id_ = state.free_id(fact.payment, entry.sequence) if family else fact.payment
        stray = fact.payment in state.strays
        payment = Payment(amount=NOTHING, currency=currency, on=fact.on, reversed=stray)
    part = payment.places.get(fact.opportunity) or Part(amount=NOTHING)
    back = min(part.amount, amount)
    places = {**payment.places, fact.opportunity: part.less(back)}
    by_hand = amount - back
    changed = payment.model_copy(
        update={
            "places": {opportunity: one for opportunity, one in places.items() if one.amount},
            "amount": payment.amount + by_hand,
            "by_hand": payment.by_hand + by_hand,
            # taken back by the bank in the meantime: it is gone there as well
            "returned": payment.returned + (by_hand if payment.reversed else NOTHING),
            "seen": True,
            "kept": "",
        }
    )
    sales = _unmatched(state, fact.opportunity, fact.payment, min(part.entered, back))
    return {**_kept(state, {id_: changed}, under=fact.payment), "sales": sales}


def _unmatched(state: AccountState, opportunity: str, payment: str, unclaimed: Decimal) -> dict[str, Sale]:
    """What came back although it was placed as entered there, is not entered there any more."""
    if (sale := state.sales.get(opportunity)) is None:
        return state.sales
    entered = dict(sale.entered)
    if unclaimed and (known := entered.pop(payment, None)) and known.amount > unclaimed:
        entered[payment] = known.model_copy(update={"amount": known.amount - unclaimed})
    return {**state.sales, opportunity: sale.model_copy(update={"matched": (), "entered": entered})}


# -- what people decide


def fitting(state: AccountState, command: asked.Assign) -> Decimal:
    """How much is placed where nobody says how much: all that waits, up to what is owed there, in whole coins."""
    payment, sale = state.payments[command.payment], state.sales[command.opportunity]
    room = sale.room(command.instalments)
    whole = not command.entered and room <= payment.waiting
    return room if whole else counted_out(payment.waiting, payment.currency)


def assigned(state: AccountState, fact: asked.Assign, entry: Entry[Any]) -> Changes:
    """Money that waits is placed by a person."""
    payment = state.payments[fact.payment]
    place = asked.Place(
        opportunity=fact.opportunity, amount=fact.amount or payment.waiting, instalments=fact.instalments
    )
    return _placed(state, fact.payment, payment, (place,))


def placed(state: AccountState, fact: asked.Placed, entry: Entry[Any]) -> Changes:
    """Money that waits is placed by the engine."""
    payment = state.payments.get(fact.payment)
    return _placed(state, fact.payment, payment, fact.places) if payment else {}


def recalled(state: AccountState, fact: asked.Recalled, entry: Entry[Any]) -> Changes:
    """Money that is placed is called back by the engine; it stays placed until it comes."""
    if (payment := state.payments.get(fact.payment)) is None:
        return {}
    places = dict(payment.places)
    for place in fact.places:
        if (part := places.get(place.opportunity)) is not None:
            called = part.model_copy(update={"recalled": part.recalled + place.amount})
            places[place.opportunity] = called
    return {"payments": {**state.payments, fact.payment: payment.model_copy(update={"places": places})}}


def returned(state: AccountState, fact: asked.Refund, entry: Entry[Any]) -> Changes:
    """Money that waits was paid back."""
    payment = state.payments[fact.payment]
    back = payment.returned + (fact.amount or payment.waiting)
    return _kept(state, {fact.payment: payment.model_copy(update={"returned": back})})


def kept(state: AccountState, fact: asked.Keep, entry: Entry[Any]) -> Changes:
    """Money that waits is a credit balance."""
    payment = state.payments[fact.payment]
    return _kept(state, {fact.payment: payment.model_copy(update={"kept": fact.reason[:100]})})


# -- the books


def _placed(state: AccountState, id_: str, payment: Payment, places: Iterable[asked.Place]) -> Changes:
    parts, sales = dict(payment.places), dict(state.sales)
    for place in places:
        had = parts.get(place.opportunity) or Part(amount=NOTHING)
        instalments = tuple(dict.fromkeys((*had.instalments, *place.instalments)))
        books = {"amount": had.amount + place.amount, "instalments": instalments}
        by_hand = {"entered": had.entered + place.amount} if place.entered else {}
        parts[place.opportunity] = had.model_copy(update=books | by_hand)
        if (sale := sales.get(place.opportunity)) is not None:
            matched = tuple(dict.fromkeys((*sale.matched, *place.instalments)))
            sales[place.opportunity] = sale.model_copy(update={"matched": matched})
    changed = payment.model_copy(update={"places": parts, "seen": payment.seen or bool(parts)})
    return {**_kept(state, {id_: changed}), "sales": sales}


def _kept(state: AccountState, changed: dict[str, Payment], under: str = "") -> Changes:
    """With these payments, which came under that bank's id.

    Of those of which nothing waits the oldest become shorter, and in the end sums.
    """
    payments, past, beside = dict(state.payments), dict(state.past), dict(state.beside)
    for id_, one in changed.items():
        past.pop(id_, None)
        done = not one.waiting
        if done:  # the last one touched; what waits keeps its place
            payments.pop(id_, None)
        payments[id_] = one.model_copy(update={"done": done}) if done != one.done else one
        if (of := one.differs or under or id_) != id_:
            beside[of] = tuple(dict.fromkeys((*beside.get(of, ()), id_)))
    settled = [key for key, one in payments.items() if one.done]
    for key in settled[: max(0, len(settled) - MOST_SETTLED)]:
        past[key] = payments.pop(key).short()
    return {"payments": payments, **_summed(state, past, beside)}


def _summed(state: AccountState, past: dict[str, Past], beside: dict[str, tuple[str, ...]]) -> Changes:
    """Of payments of very long ago only sums are left."""
    sums, size = dict(state.settled), sum(_size(key, one) for key, one in past.items())
    for key, one in list(past.items()):
        if size <= MOST_PAST:
            break
        size -= _size(key, one)
        was = sums.get(one.currency) or Settled()
        sums[one.currency] = Settled(
            reported=was.reported + one.amount - one.by_hand,
            placed=was.placed + sum(one.places.values(), NOTHING),
            returned=was.returned + one.returned,
        )
        del past[key]
        beside = {id_: rest for id_, ids in beside.items() if (rest := tuple(one for one in ids if one != key))}
    return {"past": past, "settled": sums, "beside": beside}


def _size(key: str, one: Past) -> int:
    """How many bytes it takes, about."""
    return 60 + 4 * (len(key) + len(one.differs) + sum(len(id_) + 5 for id_ in one.places))


def _short(state: AccountState, text: str) -> str:
    """As much of a payer's words as there is room for."""
    if not text:
        return ""
    said = sum(len(one.reference) + len(one.payer) for one in state.payments.values())
    return text if said < MOST_TEXT else text[:100] if said < MORE_TEXT else ""

"""An account as it stands: its credit, its sales, and the money that came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain, count
from typing import Literal

from pydantic import Field

from stagemark.domain.account.commands import Exempt, Rate, Report
from stagemark.domain.account.money import NOTHING, Part, Past, Payment, Settled
from stagemark.domain.account.policy import AccountPolicy, Grade, Level
from stagemark.domain.commands import Model, PersonId
from stagemark.domain.entries import Day
from stagemark.domain.money import Amount, rounded_up
from stagemark.domain.neighbour import NeighbourState
from stagemark.domain.told import Debt, Entered, Heard

__all__ = ["NOTHING", "AccountState", "Clearance", "Part", "Past", "Payment", "Review", "Sale", "Settled", "Worsening"]


def worth(amount: Decimal, currency: str, rate: Rate | None, into: str) -> Decimal | None:
    """An amount in another currency, rounded up to what can be paid; none without a rate for the two."""
    if currency == into:
        return amount
    if rate is None or (rate.currency, rate.into) != (currency, into):
        return None
    return rounded_up(amount * rate.value, into)


class Clearance(Model):
    """A reservation of the credit limit for one sale.

    Attributes:
        opportunity: The sale.
        amount: How much.
        until: The last day for the signing.
        status: Held for the sale; confirmed by its signing; given back; or not used in time.
        rate: By which it counts, where it is in another currency than the limit.
        override: By whom finance took it on itself, if so.
        reason: Why.
    """

    opportunity: str
    amount: Amount
    until: Day
    status: Literal["held", "confirmed", "released", "expired"] = "held"
    rate: Rate | None = None
    override: PersonId | None = None
    reason: str = ""


class Sale(Model):
    """A sale with a contract in force, as its account knows it.

    Attributes:
        number: The contract's number, by which a payment can name it.
        title: The sale's title.
        owner: Whose sale it is.
        signed: When it was signed; none: we have only heard from its collection yet.
        currency: The contract's currency.
        parts: Its instalments: how much each was.
        at_signing: Those that are paid at the signing, which is no credit.
        debts: What is owed, by instalment.
        cleared: Whether its credit was cleared.
        rate: By which it counts, where it is in another currency than the limit.
        matched: Instalments for which money was placed by its amount, of which the collection has not told yet.
        entered: What people have entered there by hand, by the payment's id, as the collection has told last.
    """

    number: str = ""
    title: str = ""
    owner: str = ""
    signed: Day | None = None
    currency: str
    parts: dict[str, Decimal] = Field(default_factory=dict)
    at_signing: tuple[str, ...] = ()
    debts: dict[str, Debt] = Field(default_factory=dict)
    cleared: bool = True
    rate: Rate | None = None
    matched: tuple[str, ...] = ()
    entered: dict[str, Entered] = Field(default_factory=dict)

    @property
    def outstanding(self) -> Decimal:
        """All that is owed."""
        return sum((debt.outstanding for debt in self.debts.values()), NOTHING)

    def room(self, instalments: Iterable[str] = ()) -> Decimal:
        """What can be paid: of all that is owed, or of these instalments, with what was written off of them."""
        if named := [self.debts[id_] for id_ in instalments if id_ in self.debts]:
            return sum((debt.outstanding + debt.written_off for debt in named), NOTHING)
        return self.outstanding

    @property
    def credit(self) -> Decimal:
        """What is owed on credit: all but what was to be paid at the signing."""
        return sum((debt.outstanding for id_, debt in self.debts.items() if id_ not in self.at_signing), NOTHING)


class Worsening(Model):
    """Credit that has worsened and waits for a measure: in which entry, on which day, and what was seen."""

    entry: int
    on: Day
    text: str


class Review(Model):
    """What became known of the account's credit, or was done about it.

    Attributes:
        what: A survey, a worsening, or what was done when it had worsened.
        on: On which day.
        by: Who said so.
        text: In their words.
        measures: Which measures were taken; none: nothing was needed.
        grade: The credit grade that followed.
        report: The report, if it is a document.
    """

    what: Literal["survey", "worsened", "measure"]
    on: Day
    by: str
    text: str
    measures: tuple[str, ...] = ()
    grade: Grade | None = None
    report: Report | None = None


class AccountState(NeighbourState):
    """An account as it stands.

    Attributes:
        title: Its name; also `group`, `level`, `owner`, `channel`, `our_share`, `registered_capital`: see `Describe`.
        grade: The credit grade; none: nobody has graded it.
        limit: The credit limit; none: there is none.
        blacklisted: Why it gets no more credit, if so.
        exempt: From what it is exempt, until when.
        sales: Its sales with a contract in force.
        clearances: Held and confirmed ones, and the last of the others.
        payments: Money that came in: what waits, and the last of what does not.
        past: What was before them, in short.
        settled: What was before that, by currency.
        beside: Payments that are kept beside the one whose id they came under, by that id.
        strays: Payments that a bank took back and nobody had reported.
        complaints: The open complaints.
        cooling: By which prompts, made or asked for, it cools down, each until when.
        heard: What the customer has said, by the sale at which they said it.
        referred: The sale that was opened since another customer had named this one, if so.
        exposed_since: Since when something is owed.
        surveyed: When its credit was surveyed last.
        survey_from: From when the next survey counts: the last one, or when one was left out.
        worsened: That its credit has worsened, while no measure is taken.
        reviews: The last surveys, worsenings and measures, the oldest first.
    """

    title: str = ""
    group: str = ""
    level: Level | None = None
    owner: str = ""
    channel: str = ""
    our_share: Decimal | None = None
    registered_capital: Amount | None = None
    grade: Grade | None = None
    limit: Amount | None = None
    blacklisted: str = ""
    exempt: Exempt | None = None
    sales: dict[str, Sale] = Field(default_factory=dict)
    clearances: dict[str, Clearance] = Field(default_factory=dict)
    payments: dict[str, Payment] = Field(default_factory=dict)
    past: dict[str, Past] = Field(default_factory=dict)
    settled: dict[str, Settled] = Field(default_factory=dict)
    beside: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    strays: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    cooling: dict[str, Day] = Field(default_factory=dict)
    heard: dict[str, Heard] = Field(default_factory=dict)
    referred: str = ""
    exposed_since: Day | None = None
    surveyed: Day | None = None
    survey_from: Day | None = None
    worsened: Worsening | None = None
    reviews: tuple[Review, ...] = ()

    @property
    def cool_until(self) -> date | None:
        """No prompt before this day."""
        return max(self.cooling.values(), default=None)

    @property
    def cools_by(self) -> str:
        """By which sale's prompt it cools down the longest."""
        return max(self.cooling, key=lambda name: self.cooling[name], default="")

    @property
    def exposure(self) -> dict[str, Decimal]:
        """All that is owed, by currency."""
        owed: dict[str, Decimal] = {}
        for sale in self.sales.values():
            if sale.outstanding:
                owed[sale.currency] = owed.get(sale.currency, NOTHING) + sale.outstanding
        return owed

    @property
    def waiting(self) -> dict[str, Decimal]:
        """All money that waits, by currency."""
        sums: dict[str, Decimal] = {}
        for payment in self.payments.values():
            if not payment.done:
                sums[payment.currency] = sums.get(payment.currency, NOTHING) + payment.waiting
        return sums

    @property
    def used(self) -> Decimal | None:
        """What of the limit is used, as far as it can be counted in its currency; none without a limit."""
        if self.limit is None:
            return None
        return sum((worth or NOTHING for _, worth in self._uses(self.limit.currency)), NOTHING)

    @property
    def uncounted(self) -> set[str]:
        """The currencies of credit that can't be counted against the limit, since no rate is known."""
        if self.limit is None:
            return set()
        return {currency for currency, worth in self._uses(self.limit.currency) if worth is None}

    def but_rated(self, rates: tuple[Rate, ...]) -> AccountState:
        """The same, where each rate counts for what had none."""
        known = {rate.currency: rate for rate in rates if self.limit and rate.into == self.limit.currency}

        def rated(one: Sale | Clearance, currency: str) -> bool:
            return currency in known and (one.rate is None or one.rate.into != known[currency].into)

        sales = {
            id_: sale.model_copy(update={"rate": known[sale.currency]}) if rated(sale, sale.currency) else sale
            for id_, sale in self.sales.items()
        }
        clearances = {
            id_: one.model_copy(update={"rate": known[one.amount.currency]}) if rated(one, one.amount.currency) else one
            for id_, one in self.clearances.items()
        }
        return self.but(sales=sales, clearances=clearances)  # type: ignore[no-any-return]  # `but` gives the same class

    def payment(self, id_: str) -> Payment | None:
        """The payment of that id, also one of long ago."""
        if (known := self.payments.get(id_)) is not None:
            return known
        return self.past[id_].whole() if id_ in self.past else None

    def under(self, id_: str) -> dict[str, Payment]:
        """All that came under a bank's id: the payment itself, and what is kept beside it."""
        found = {one: self.payment(one) for one in (id_, *self.beside.get(id_, ()))}
        return {one: payment for one, payment in found.items() if payment is not None}

    def reported_as(self, id_: str) -> dict[str, Payment]:
        """All that a bank calls so: not what only we call so, since it is kept beside another payment."""
        found = self.under(id_)
        return {one: payment for one, payment in found.items() if one != id_} if self.invented(id_) else found

    def invented(self, id_: str) -> bool:
        """Whether an id is ours, of a payment that is kept beside another."""
        return any(id_ in ids for ids in self.beside.values())

    def free_id(self, id_: str, sequence: int) -> str:
        """An id for what is kept beside a payment: one that nobody has used for anything."""
        used = {*self.payments, *self.past, *self.strays, *(one for ids in self.beside.values() for one in ids)}
        used.update(one for sale in self.sales.values() for one in sale.entered)
        first = f"{id_[:100]}#{sequence}"
        others = (f"{first}.{number}" for number in count(2))
        return next(one for one in chain([first], others) if one not in used)

    def held_for(self, opportunity: str) -> Clearance | None:
        """The clearance that is held for a sale."""
        return next((c for c in self.clearances.values() if c.opportunity == opportunity and c.status == "held"), None)

    def grade_by(self, policy: AccountPolicy) -> Grade:
        """Its credit grade."""
        return self.grade or policy.new_grade

    def proposed_limit(self, policy: AccountPolicy) -> Amount | None:
        """The limit that follows from its registered capital, rounded up to what can be paid (domain.md §4)."""
        if self.registered_capital is None:
            return None
        capital = self.registered_capital
        share = rounded_up(capital.amount * policy.limit_share, capital.currency)
        return Amount(amount=share, currency=capital.currency)

    def exempt_on(self, day: date) -> bool:
        """Whether it is exempt on a day."""
        return self.exempt is not None and self.exempt.until is not None and day <= self.exempt.until

    def _uses(self, into: str) -> Iterator[tuple[str, Decimal | None]]:
        """What each sale uses of the limit: what it owes on credit, or what is held for it if that is more."""
        for opportunity in dict.fromkeys([*self.sales, *(c.opportunity for c in self.clearances.values())]):
            sale, held = self.sales.get(opportunity), self.held_for(opportunity)
            uses = [
                (one_currency, worth(amount, one_currency, rate, into))
                for amount, one_currency, rate in (
                    (sale.credit, sale.currency, sale.rate) if sale else (NOTHING, into, None),
                    (held.amount.amount, held.amount.currency, held.rate) if held else (NOTHING, into, None),
                )
                if amount
            ]
            yield from ((currency, None) for currency, use in uses if use is None)
            yield into, max((use for _, use in uses if use is not None), default=NOTHING)

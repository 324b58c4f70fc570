"""A collection as it stands: receivables, payments, milestones, and what has been decided (domain.md §3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from stagemark.domain.collection.policy import DebtorType, Kind
from stagemark.domain.commands import Model, PersonId
from stagemark.domain.contract import MilestoneId
from stagemark.domain.entries import Day, Reckoned
from stagemark.domain.neighbour import NeighbourState
from stagemark.domain.told import Debt, Entered, Signed

__all__ = [
    "NOTHING",
    "Approval",
    "CollectionState",
    "Disputed",
    "Loss",
    "MilestoneState",
    "Payment",
    "Promise",
    "Receivable",
    "Stopped",
    "complaint_id",
]

NOTHING = Decimal(0)


class Approval(Model):
    """Who allowed something, and when."""

    by: PersonId
    on: Day


class Stopped(Approval):
    """Supply is stopped; `overdue` tells whether anything was overdue then."""

    overdue: bool


class Loss(Approval):
    """So much of an instalment is given up."""

    amount: Decimal


class Promise(Model):
    """A promise to pay.

    Attributes:
        on: The day on which it was given.
        until: The last day by which it will be paid.
        amount: How much; none: all.
        paid: What had been paid when it was given.
        by: The kind of collection at that time; none: it was not overdue.
        outcome: What became of it.
        before: The kind of collection until it was broken.
        after: The kind that this led to; none: it was not broken.
        approved_by: Who allowed it, where it is longer than the policy says.
    """

    on: Day
    until: Day
    amount: Decimal | None = None
    paid: Decimal = NOTHING
    by: Kind | None = None
    outcome: Literal["open", "kept", "broken", "replaced", "disputed", "dropped"] = "open"
    before: Kind | None = None
    after: Kind | None = None
    approved_by: PersonId | None = None


class Disputed(Model):
    """A dispute, and the complaint that it opened."""

    complaint: str
    on: Day
    over: Day | None = None


class Receivable(Model):
    """One instalment.

    Attributes:
        id: Its name within the contract.
        amount: How much, in the contract's currency.
        type: Deposit, part or retention money.
        due: When it falls due, once that is known.
        begins: When the receivable began: the signing, or what had to happen first.
        paid: What has been paid.
        by: By which kind it is collected; none: it is not overdue. It never softens while the debt is open.
        aged: Since which day its age has brought it there.
        since: Since when it is to be contacted by that kind.
        round: Counts its phases; each has a cause of its own, so that the task of an earlier phase is withdrawn.
        contacts: How often somebody was asked to contact the customer about it.
        contacted: When last, in this phase.
        asked: By which kind last; none: it was paid before anybody had to ask.
        broken: Whether the next contact follows a broken promise.
        promises: What was promised, the oldest first.
        disputes: What was disputed.
        legal: Who approved legal action.
        given_up: What somebody has written off, of which money that still comes is paid.
        settled: When nothing was outstanding any more.
    """

    id: str
    amount: Decimal
    type: Literal["deposit", "part", "retention"] = "part"
    due: Reckoned | None = None
    begins: Day | None = None
    paid: Decimal = NOTHING
    by: Kind | None = None
    aged: Reckoned | None = None
    since: Reckoned | None = None
    round: int = 0
    contacts: int = 0
    contacted: Day | None = None
    asked: Kind | None = None
    broken: bool = False
    promises: tuple[Promise, ...] = ()
    disputes: tuple[Disputed, ...] = ()
    legal: Approval | None = None
    given_up: Loss | None = None
    settled: Day | None = None

    @property
    def written_off(self) -> Decimal:
        """What is given up and has not been paid after all."""
        return min(self.given_up.amount, self.amount - self.paid) if self.given_up else NOTHING

    @property
    def loss(self) -> Loss | None:
        """Who approved to write it off, while anything of it is."""
        return self.given_up if self.written_off else None

    @property
    def outstanding(self) -> Decimal:
        """What is still owed."""
        return self.amount - self.paid - self.written_off

    @property
    def overdue(self) -> bool:
        """Whether it is, as the engine has recorded it."""
        return self.outstanding > 0 and self.by is not None

    @property
    def promise(self) -> Promise | None:
        """The promise that holds."""
        return self.promises[-1] if self.promises and self.promises[-1].outcome == "open" else None

    def promises_ended(self, outcome: str, **how: Any) -> tuple[Promise, ...]:
        """Its promises, with an end to the one that holds."""
        if self.promise is None:
            return self.promises
        return (*self.promises[:-1], self.promise.model_copy(update={"outcome": outcome, **how}))

    @property
    def dispute(self) -> Disputed | None:
        """The dispute that holds."""
        return self.disputes[-1] if self.disputes and self.disputes[-1].over is None else None

    @property
    def paused(self) -> bool:
        """Whether the customer is left alone about it for now."""
        return self.promise is not None or self.dispute is not None

    @property
    def remind_cause(self) -> str:
        """Names the wait for its due date."""
        return f"remind:{self.id}:{self.due}"

    @property
    def collect_cause(self) -> str:
        """Names its present phase."""
        return f"collect:{self.id}:{self.round}"


class Payment(Model):
    """A payment, and where its money is; entered + placed = confirmed + allocated + unplaced + reversed.

    Attributes:
        id: Its id.
        currency: Its currency.
        on: The day on which it was received.
        entered: What a person entered.
        placed: What the account placed.
        confirmed: What of the placed money a person had entered already, under the same id: it is the same money.
        by_hand: What of it pays for something and only a person has said so: the account may still place the same.
        allocated: What each instalment has of it.
        unplaced: What did not fit and went back to the account.
        reversed: What was taken back.
        account: Which account has placed of it, and gets back what is not needed; empty: none has.
    """

    id: str
    currency: str
    on: Day
    account: str = ""
    entered: Decimal = NOTHING
    placed: Decimal = NOTHING
    confirmed: Decimal = NOTHING
    by_hand: Decimal = NOTHING
    allocated: dict[str, Decimal] = Field(default_factory=dict)
    unplaced: Decimal = NOTHING
    reversed: Decimal = NOTHING

    @property
    def counts(self) -> Decimal:
        """What of it pays for something."""
        return sum(self.allocated.values(), NOTHING)


class MilestoneState(Model):
    """When a milestone is planned, and was reached; whether it was `told` to be late; when last `asked` to plan it."""

    planned: Day | None = None
    reached: Day | None = None
    told: bool = False
    asked: Day | None = None


class CollectionState(NeighbourState):
    """The collection of one sale.

    Attributes:
        signed: What was signed.
        void: Whether the signing was taken back.
        owner: Who owns the sale.
        deputy: The owner's deputy.
        collaborators: Who else works at it.
        receivables: The instalments, in the contract's order.
        payments: The payments, in the order in which they came.
        milestones: What is to be delivered when.
        debtor: What type of debtor the customer is.
        exempt: The last day of an exemption from legal steps and stop-supply.
        threat: The entry in which the customer threatened, until something was decided; 0: none.
        stopped: Whether supply is stopped.
        completed: Whether all had been collected once, as the contract says.
    """

    signed: Signed | None = None
    void: bool = False
    owner: str = ""
    deputy: str | None = None
    collaborators: tuple[str, ...] = ()
    receivables: dict[str, Receivable] = Field(default_factory=dict)
    payments: dict[str, Payment] = Field(default_factory=dict)
    milestones: dict[MilestoneId, MilestoneState] = Field(default_factory=dict)
    debtor: DebtorType | None = None
    exempt: Day | None = None
    threat: int = 0
    stopped: Stopped | None = None
    completed: bool = False

    @property
    def running(self) -> bool:
        """Whether there is a contract."""
        return self.signed is not None and not self.void

    def exempt_on(self, day: date) -> bool:
        """Whether the account is exempt from legal steps and stop-supply on a day (domain.md §7)."""
        return self.exempt is not None and day <= self.exempt

    @property
    def currency(self) -> str:
        """The contract's currency."""
        return self.signed.contract.amount.currency if self.signed else ""

    @property
    def owed(self) -> Iterator[Receivable]:
        """The instalments of which something is outstanding."""
        return (one for one in self.receivables.values() if one.outstanding > 0)

    @property
    def overdue(self) -> bool:
        """Whether anything is overdue; retention money is apart (domain.md §7)."""
        return any(one.overdue and one.type != "retention" for one in self.receivables.values())

    @property
    def collected(self) -> Decimal:
        """What has been paid."""
        return sum((one.paid for one in self.receivables.values()), NOTHING)

    @property
    def settled(self) -> bool:
        """Whether all is paid, retention money too."""
        return self.running and all(one.paid == one.amount for one in self.receivables.values())

    @property
    def share(self) -> Decimal:
        """The paid share of what is not retention money, from 0 to 1."""
        ordinary = [one for one in self.receivables.values() if one.type != "retention"]
        whole = sum((one.amount for one in ordinary), NOTHING)
        paid = sum((one.paid for one in ordinary), NOTHING)
        return paid / whole if whole and paid < whole else Decimal(int(self.running))

    @property
    def accepted(self) -> bool:
        """Whether acceptance is done, where it is tracked: it is planned, or an instalment waits for it."""
        acceptance = self.milestones.get("acceptance")
        return acceptance is None or acceptance.reached is not None

    def waiting_for(self, milestone: MilestoneId) -> list[str]:
        """The instalments that are owed and fall due only once a milestone is reached.

        Of the acceptance all that depend on it, once all is paid: the sale ends with it (domain.md §1).
        """
        parts = self.signed.contract.instalments if self.signed else ()
        ends = milestone == "acceptance" and self.settled
        owed = {one.id for one in self.owed}
        return [part.id for part in parts if part.after == milestone and (ends or part.id in owed)]

    @property
    def complete(self) -> bool:
        """Whether all is collected as the contract says: the end marker of the last stage (domain.md §1)."""
        return self.settled and self.accepted

    @property
    def debts(self) -> dict[str, Debt]:
        """What is owed, as the account wants to know it."""
        return {
            one.id: Debt(
                outstanding=one.outstanding, written_off=one.written_off, retention=one.type == "retention",
            )
            for one in self.receivables.values()
        }  # fmt: skip

    def entered_for(self, account: str) -> dict[str, Entered]:
        """What people have entered and an account may still place, by the payment's id."""
        return {
            one.id: Entered(amount=one.by_hand, placed=one.counts - one.by_hand)
            for one in self.payments.values()
            if one.by_hand and one.currency == self.currency and one.account in ("", account)
        }

    @property
    def may_resume(self) -> bool:
        """Whether supply was stopped for a reason that is gone: what was overdue is paid, or else all is."""
        if self.stopped is None:
            return False
        return not any(one.overdue for one in self.owed) if self.stopped.overdue else not any(self.owed)

    def payment_key(self, payment: str, currency: str, account: str = "") -> str:
        """Under which key a payment is kept: its id, or for a second currency or account under the same id, with that.

        Args:
            payment: Its id.
            currency: Its currency.
            account: From where it comes; empty: a person says so.
        """
        for key in (payment, f"{payment}\n{currency}"):  # no id has lines
            known = self.payments.get(key)
            if known is None:
                return key
            if known.currency == currency and (not account or known.account in ("", account)):
                return key
        return f"{payment}\n{currency}\n{account}"

    def rooms(self, instalments: Iterable[str] = ()) -> dict[str, Decimal]:
        """What each instalment can take of a payment, in the order in which it is paid.

        Args:
            instalments: Those that a payment names; what was written off of them can be recovered. None: the oldest
                debts first, retention money last (domain.md §7).
        """
        if named := list(instalments):
            known = [self.receivables[id_] for id_ in named if id_ in self.receivables]
            return {one.id: one.outstanding + one.written_off for one in known}
        oldest = sorted(self.owed, key=lambda one: (one.type == "retention", one.due or date.max))
        return {one.id: one.outstanding for one in oldest}

    def spread(self, amount: Decimal, instalments: Iterable[str] = ()) -> dict[str, Decimal]:
        """How a payment is spread over the instalments; the sum is less than the amount where not all fits."""
        parts = {}
        for id_, room in self.rooms(instalments).items():
            if part := min(room, amount):
                parts[id_] = part
                amount -= part
        return parts


def complaint_id(opportunity: str, instalment: str, number: int) -> str:
    """The id of the complaint that the so-manieth dispute of an instalment opens."""
    said = f"{opportunity}/{instalment}/{number}"
    return said if len(said) <= 100 else hashlib.sha256(said.encode()).hexdigest()

"""What holds for every account and the collections of its sales, whatever comes in, in whatever order it is heard.

A small world: two accounts, the collections of three sales, which may turn out to be of the other account, a bank,
people, and facts that are on their way. What one teller tells is heard in its order; of different ones, in any.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stagemark.domain.account.commands import AccountEntry, AccountRequest
from stagemark.domain.account.money import Payment
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.account.state import AccountState
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.entries import entry_hash
from stagemark.domain.neighbour import Accepted, Around, Rejected, decide, fall_due, fold, next_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.policies.load import shipped_policy

CALENDAR = WorkCalendar(id="weekdays", zone="UTC", known_from=date(2026, 1, 1), known_until=date(2035, 12, 31))
SALES = {"S-1": "CNY", "S-2": "CNY", "S-3": "USD"}
ACCOUNTS = ("acme", "beta")
sales = st.sampled_from(sorted(SALES))
accounts = st.sampled_from(["acme", "acme", "beta"])
payments = st.sampled_from(["B-1", "B-2", "B-3", "B-4"])
amounts = st.sampled_from(["30", "50", "70", "110", "200"])
references = st.sampled_from(["", "", "S-1", "S-2/1", "HT-3", "S-1 and S-2", "S-9"])
NOTHING = Decimal(0)


class Banking(RuleBasedStateMachine):
    """A bank reports, people enter and place, contracts come and go: no money is ever lost."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.accounts = {id_: AccountState(id=id_) for id_ in ACCOUNTS}
        self.collections = {id_: CollectionState(id=id_) for id_ in SALES}
        self.entries: dict[str, list[Any]] = {id_: [] for id_ in ACCOUNTS}
        self.lanes: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        self.number = 0
        self.told: set[tuple[str, str, str, str, date]] = set()
        self.bank: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.same = NOTHING  # what the bank has reported of money that had been entered and came back
        self.reversals: set[tuple[str, str]] = set()
        self.unheard: set[tuple[str, str]] = set()  # reversals that somebody entered at a sale that did not hear of it
        self.moved: set[str] = set()
        self.owners: dict[str, str] = dict.fromkeys(SALES, "acme")
        self.contracts: dict[str, dict[str, Any]] = {}

    @property
    def around(self) -> Around:
        return Around(shipped_policy(), CALENDAR, self.now)

    # -- the world

    def ask(self, to: str, *commands: dict[str, Any], key: str = "") -> bool:
        """Ask or tell one of them; whether it was taken."""
        self.number += 1
        request = {"key": key or f"k{self.number}", "commands": commands, "actor": "zhang"}
        if to in ACCOUNTS:
            decision: Any = decide(ACCOUNT, self.accounts[to], AccountRequest.model_validate(request), self.around)
            undeniable = ACCOUNT.undeniable
        else:
            asked = CollectionRequest.model_validate(request)
            decision, undeniable = decide(COLLECTION, self.collections[to], asked, self.around), COLLECTION.undeniable
        if isinstance(decision, Rejected):
            assert not all(command["kind"] in undeniable for command in commands), decision.problems
        elif isinstance(decision, Accepted):
            self.take(to, decision)
            return True
        return False

    def take(self, of: str, accepted: Accepted[Any]) -> None:
        if of in ACCOUNTS:
            effects: Any = follows(ACCOUNT, self.accounts[of], accepted.state, accepted.entries)
            self.accounts[of] = accepted.state
            self.entries[of] += accepted.entries
        else:
            effects = follows(COLLECTION, self.collections[of], accepted.state, accepted.entries)
            self.collections[of] = accepted.state
        for tell in effects.tells:
            if tell.to is not None and tell.to.stream in ("account", "collection"):
                self.lanes[of].append((tell.to.id, tell.request))

    def hear(self, lane: str) -> None:
        to, request = self.lanes[lane].pop(0)
        self.ask(to, *request["commands"], key=request["key"])

    @property
    def under_way(self) -> list[str]:
        return sorted(lane for lane, waiting in self.lanes.items() if waiting)

    # -- what happens

    @initialize()
    def begins(self) -> None:
        """With two contracts in force, so that people find something to enter money for; the third may come."""
        for sale in ("S-1", "S-2"):
            self.sign(sale, "70", "110")
        self.everything_is_heard()

    @rule(data=st.data())
    def something_is_heard(self, data: st.DataObject) -> None:
        if self.under_way:
            self.hear(data.draw(st.sampled_from(self.under_way)))

    @rule()
    def everything_is_heard(self) -> None:
        while self.under_way:
            self.hear(self.under_way[0])

    @rule(sale=sales, first=amounts, second=amounts)
    def sign(self, sale: str, first: str, second: str) -> None:
        """Signed, or signed anew with another contract."""
        parts = [{"id": "1", "amount": first, "due": "2026-03-20"}, {"id": "2", "amount": second, "due": "2026-05-20"}]
        whole = {"amount": str(Decimal(first) + Decimal(second)), "currency": SALES[sale]}
        contract = {"number": sale.replace("S", "HT"), "amount": whole, "instalments": parts}
        account = self.owners[sale]
        fact = {"kind": "signed", "opportunity": sale, "account": account, "owner": "zhang", "contract": contract}
        self.contracts[sale] = {**fact, "on": "2026-03-02"}
        self.tell(sale, self.contracts[sale], account, sale)

    @rule(sale=sales)
    def unsign(self, sale: str) -> None:
        if self.contracts.pop(sale, None):
            self.tell(sale, {"kind": "unsigned", "opportunity": sale}, self.owners[sale], sale)

    @rule(sale=sales)
    def it_turns_out_to_be_of_the_other_account(self, sale: str) -> None:
        self.moved.add(sale)
        was, self.owners[sale] = self.owners[sale], next(one for one in ACCOUNTS if one != self.owners[sale])
        if sale in self.contracts:
            self.tell(sale, {"kind": "unsigned", "opportunity": sale}, was)
            self.contracts[sale] = {**self.contracts[sale], "account": self.owners[sale]}
            self.tell(sale, self.contracts[sale], self.owners[sale], sale)

    def tell(self, sale: str, fact: dict[str, Any], *to_whom: str) -> None:
        self.number += 1
        for to in to_whom:
            self.lanes[f"sale {sale}"].append((to, {"key": f"sale{self.number}", "commands": [fact]}))

    @rule(
        payment=payments, amount=amounts, reference=references, currency=st.sampled_from(["CNY", "CNY", "USD"]),
        ahead=st.integers(-20, 20), account=accounts,
    )  # fmt: skip
    def the_bank_reports(
        self, payment: str, amount: str, reference: str, currency: str, ahead: int, account: str
    ) -> None:
        money, on = {"amount": amount, "currency": currency}, self.now.date() + timedelta(days=ahead)
        said = {"kind": "bank_reported", "payment": payment, "amount": money, "on": str(on), "reference": reference}
        by_hand = self.by_hand(account)
        assert self.ask(account, said)
        self.same += by_hand - self.by_hand(account)
        if (report := (account, payment, amount, currency, on)) not in self.told:
            self.told.add(report)
            self.bank[account, currency] += Decimal(amount)

    def by_hand(self, account: str) -> Decimal:
        """What came back to an account that no bank has reported."""
        return sum((one.by_hand for one in self.accounts[account].payments.values()), NOTHING)

    @rule(payment=payments, account=accounts)
    def the_bank_takes_it_back(self, payment: str, account: str) -> None:
        again = all(one.reversed for one in self.accounts[account].under(payment).values())
        assert self.ask(account, {"kind": "bank_reversed", "payment": payment, "on": str(self.now.date())})
        if not again or not self.accounts[account].under(payment):
            self.unheard.discard((account, payment))
        self.reversals.add((account, payment))
        for sale, collection in self.collections.items():
            entered = any(one.id == payment and one.by_hand for one in collection.payments.values())
            if entered and sale not in self.accounts[account].sales:
                self.unheard.add((account, payment))

    @rule(payment=payments, sale=sales, amount=amounts)
    def somebody_enters_it(self, payment: str, sale: str, amount: str) -> None:
        money = {"amount": amount, "currency": SALES[sale]}
        said = {"kind": "enter_payment", "payment": payment, "amount": money, "on": str(self.now.date())}
        if self.ask(sale, said):
            self.unheard |= {one for one in self.reversals if one[1] == payment}

    @rule(
        payment=payments, sale=st.sampled_from(["S-1", "S-2"]), amount=st.sampled_from(["30", "70"]),
        reference=references, later=st.booleans(),
    )  # fmt: skip
    def somebody_enters_what_the_bank_reports(
        self, payment: str, sale: str, amount: str, reference: str, later: bool
    ) -> None:
        if not later:
            self.somebody_enters_it(payment, sale, amount)
        self.the_bank_reports(payment, amount, reference, SALES[sale], 0, self.owners[sale])
        if later:
            self.somebody_enters_it(payment, sale, amount)

    @rule(payment=payments, sale=sales)
    def somebody_takes_it_back(self, payment: str, sale: str) -> None:
        self.ask(sale, {"kind": "take_back", "payment": payment, "reason": "typed wrongly"})

    @rule(payment=payments, other=payments, sale=sales)
    def somebody_enters_it_under_another_id(self, payment: str, other: str, sale: str) -> None:
        known = next(
            (one for one in self.collections[sale].payments.values() if one.id == payment and one.by_hand), None
        )
        if known is not None:
            money = {"amount": str(known.by_hand), "currency": known.currency}
            back = {"kind": "take_back", "payment": payment, "reason": "the wrong id"}
            again = {"kind": "enter_payment", "payment": other, "amount": money, "on": str(known.on)}
            self.ask(sale, back, again)

    @rule(sale=sales, which=st.sampled_from("12"))
    def written_off(self, sale: str, which: str) -> None:
        self.ask(sale, {"kind": "write_off", "instalment": which, "approved_by": "li", "reason": "gone"})

    @rule(
        data=st.data(), sale=sales, amount=st.none() | amounts, which=st.lists(st.sampled_from("12"), max_size=2),
        entered=st.booleans(), account=accounts,
    )  # fmt: skip
    def assign(
        self, data: st.DataObject, sale: str, amount: str | None, which: list[str], entered: bool, account: str
    ) -> None:
        if known := self.accounts[account].payments:
            payment = data.draw(st.sampled_from(sorted(known)))
            some: dict[str, Any] = {"amount": amount} if amount else {}
            said = {"kind": "assign", "payment": payment, "opportunity": sale, "instalments": which, "entered": entered}
            self.ask(account, {**said, **some})

    @rule(data=st.data(), amount=st.none() | amounts, kind=st.sampled_from(["refund", "keep"]), account=accounts)
    def refund_or_keep(self, data: st.DataObject, amount: str | None, kind: str, account: str) -> None:
        if known := self.accounts[account].payments:
            payment = data.draw(st.sampled_from(sorted(known)))
            some: dict[str, Any] = {"amount": amount} if amount and kind == "refund" else {}
            self.ask(account, {"kind": kind, "payment": payment, "reason": "so", **some})

    @rule(limit=st.sampled_from(["100", "300"]))
    def set_limit(self, limit: str) -> None:
        money = {"amount": limit, "currency": "CNY"}
        self.ask("acme", {"kind": "set_limit", "limit": money, "reason": "as surveyed"})

    @rule(sale=sales, amount=amounts)
    def clear(self, sale: str, amount: str) -> None:
        money = {"amount": amount, "currency": SALES[sale]}
        rate = {"currency": "USD", "into": "CNY", "value": "1.5", "on": str(self.now.date())}
        asked = {
            "kind": "clear",
            "clearance": f"C-{self.number}",
            "opportunity": sale,
            "amount": money,
            "rates": [rate],
        }
        if self.ask("acme", asked):
            account = self.accounts["acme"]
            assert account.limit is not None
            assert not account.uncounted
            over = [one for one in account.clearances.values() if one.status == "held"]
            held = all(one.until >= self.around.today for one in over)  # what is over and not said so holds nothing
            assert not held or (account.used or NOTHING) <= account.limit.amount

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        end = self.now + timedelta(days=days)
        for id_ in ACCOUNTS:
            while (at := next_due(ACCOUNT, self.accounts[id_], self.around)) is not None and at <= end:
                assert at >= self.now
                self.now = at
                fallen = fall_due(ACCOUNT, self.accounts[id_], self.around)
                if not fallen.entries:
                    break
                self.take(id_, fallen)
        self.now = max(self.now, end)

    @rule(data=st.data(), answer=st.sampled_from(["done", "dismissed", "put_off"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        if tasks := self.accounts["acme"].tasks:
            entry = data.draw(st.sampled_from(sorted(tasks)))
            until = str(self.now.date() + timedelta(days=4))
            self.ask("acme", {"kind": "answer_task", "entry": entry, "answer": answer, "text": "so", "until": until})

    # -- what always holds

    @invariant()
    def everything_reported_is_placed_waits_or_was_returned(self) -> None:
        came: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for id_, account in self.accounts.items():
            for one in (*account.payments.values(), *(past.whole() for past in account.past.values())):
                assert one.waiting >= 0
                assert one.by_hand >= 0
                assert one.done == (not one.waiting)
                assert all(part.amount > 0 for part in one.places.values())
                assert one.amount == one.placed + one.waiting + one.returned
                came[id_, one.currency] += one.reported
        assert {of: amount for of, amount in came.items() if amount} == dict(self.bank)

    @invariant()
    def no_task_stands_without_its_cause(self) -> None:
        for account in self.accounts.values():
            assert {task.due.cause for task in account.tasks.values()} <= set(ACCOUNT.standing(account))

    @invariant()
    def the_ledger_rebuilds_the_state_and_the_wire_keeps_it(self) -> None:
        for id_, account in self.accounts.items():
            assert fold(ACCOUNT, id_, self.entries[id_]) == account
            wired = account.model_dump(mode="json", exclude_defaults=True)
            assert AccountState.model_validate({**wired, "id": id_}) == account

    def teardown(self) -> None:
        """Once everything is heard, all books agree."""
        self.everything_is_heard()
        self.everything_reported_is_placed_waits_or_was_returned()
        self.the_account_knows_what_is_owed()
        self.no_money_is_lost_between_them()
        for entry in (*self.entries["acme"], *self.entries["beta"]):
            read = AccountEntry.model_validate_json(entry.model_dump_json(exclude_unset=True))
            assert read == entry
            assert entry_hash(read) == entry.hash

    def the_account_knows_what_is_owed(self) -> None:
        for account, state in self.accounts.items():
            running = {id_ for id_, one in self.collections.items() if one.running and self.owners[id_] == account}
            assert set(state.sales) == running
            for id_, sale in state.sales.items():
                owed = {part: debt.outstanding for part, debt in self.collections[id_].debts.items()}
                assert {part: debt.outstanding for part, debt in sale.debts.items()} == owed

    def no_money_is_lost_between_them(self) -> None:
        books = [one for collection in self.collections.values() for one in collection.payments.values()]
        if not self.reversals:
            inside = sum((one.confirmed + one.counts + one.reversed for one in books), NOTHING)
            waits = [one for account in self.accounts.values() for one in account.payments.values()]
            here = sum((one.waiting + one.returned for one in waits), NOTHING)
            entered = sum((one.entered for one in books), NOTHING)
            assert sum(self.bank.values(), NOTHING) + entered == inside + here + self.same
        for account, state in self.accounts.items():
            for id_, payment in state.payments.items():
                self.it_is_where_its_account_says(account, id_, payment)
                self.one_payment_settles_one_debt(account, id_, payment)
        for account, gone in self.reversals - self.unheard:
            of_it = [one for id_, one in self.collections.items() if self.owners[id_] == account]
            heard = [one for one in of_it if one.id not in self.moved]
            assert all(one.by_hand == 0 for some in heard for one in some.payments.values() if one.id == gone)

    def it_is_where_its_account_says(self, account: str, id_: str, payment: Payment) -> None:
        """What it has placed of a payment is at that sale, and what a person has entered is no other money."""
        for sale, collection in self.collections.items():
            counted = [one for one in collection.payments.values() if one.id == id_ and one.account == account]
            counts = sum((one.counts - one.by_hand for one in counted), NOTHING)
            place = payment.places.get(sale)
            if payment.reversed:
                assert (payment.waiting, counts) == (NOTHING, NOTHING)
            else:
                assert counts == (place.amount if place else NOTHING)
                assert place is None or place.recalled == NOTHING

    def one_payment_settles_one_debt(self, account: str, id_: str, payment: Payment) -> None:
        """What a bank has reported is where people have entered it; if they have entered more, they are asked."""
        state = self.accounts[account]
        entered = {
            sale: one.by_hand
            for sale in state.sales
            for one in self.collections[sale].payments.values()
            if one.id == id_ and one.by_hand and one.currency == payment.currency and one.account in ("", account)
        }
        if payment.reported and entered:
            assert payment.waiting <= payment.by_hand
            elsewhere = [part for sale, part in payment.places.items() if sale not in entered]
            assert all(part.amount == part.entered for part in elsewhere)
            assert any(cause.startswith(f"entered:{id_}:") for cause in ACCOUNT.standing(state))


TestBanking = Banking.TestCase
TestBanking.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)

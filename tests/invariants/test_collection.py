"""What holds for every collection, whatever is asked of it and told to it, in any order."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.collection.commands import CollectionEntry, CollectionRequest
from stagemark.domain.collection.policy import KINDS
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.entries import entry_hash
from stagemark.domain.neighbour import Accepted, Around, Rejected, decide, fall_due, fold, next_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.told import MoneyUnplaced, Tell
from stagemark.policies.load import shipped_policy

CALENDAR = WorkCalendar(id="weekdays", zone="UTC", known_from=date(2026, 1, 1), known_until=date(2035, 12, 31))
SIGNED = date(2026, 2, 2)
IDS = ("1", "2", "retention")
instalments = st.sampled_from([*IDS, "9"])
amounts = st.integers(0, 160_000).map(str)
days = st.integers(-3, 40)


class Collecting(RuleBasedStateMachine):
    """People, the account and complaints do things; time passes; the books always add up."""

    def __init__(self) -> None:
        super().__init__()
        self.state = CollectionState(id="S-1")
        self.now = datetime(2026, 2, 2, 9, tzinfo=UTC)
        self.entries: list[Any] = []
        self.tells: list[Tell] = []
        self.number = 0
        # The account's books: what came in to it, what of that is here, and what waits; and what only people have said.
        self.came_in = Decimal(0)
        self.placed: dict[tuple[str, str], Decimal] = {}
        self.waiting: dict[tuple[str, str], Decimal] = {}

    @property
    def around(self) -> Around:
        return Around(shipped_policy(), CALENDAR, self.now)

    def day(self, ahead: int) -> str:
        return str(self.now.date() + timedelta(days=ahead))

    def ask(self, kind: str, **content: Any) -> None:
        self.number += 1
        asked = {"key": str(self.number), "commands": [{"kind": kind, **content}], "actor": "zhang"}
        answer = decide(COLLECTION, self.state, CollectionRequest.model_validate(asked), self.around)
        if isinstance(answer, Rejected):
            assert kind not in COLLECTION.undeniable
            assert answer.problems
        elif isinstance(answer, Accepted):
            self.take(answer, correction=kind in ("reach", "signed", "unsigned"))

    def take(self, accepted: Accepted[CollectionState], correction: bool = False) -> None:
        before, self.state = self.state, accepted.state
        self.entries += accepted.entries
        for tell in follows(COLLECTION, before, self.state, accepted.entries).tells:
            self.hear(tell)
        for id_, one in self.state.receivables.items():
            known = before.receivables.get(id_)
            found_kept = any(
                was.outcome == "broken" and now.outcome == "kept"
                for was, now in zip(known.promises if known else (), one.promises, strict=False)
            )
            if known is not None and known.by is not None and not correction and not found_kept:
                assert one.by is not None, "the kind of an open debt never softens"
                assert KINDS.index(one.by) >= KINDS.index(known.by)

    def hear(self, tell: Tell) -> None:
        """The account hears of money that was not needed here; what it never placed had been entered by hand."""
        self.tells.append(tell)
        for fact in tell.request["commands"] if tell.request else ():  # type: ignore[union-attr]  # JSON
            if fact["kind"] == "money_unplaced":  # type: ignore[index, call-overload]  # JSON
                back = MoneyUnplaced.model_validate(fact)
                key, amount = (back.payment, back.amount.currency), back.amount.amount
                own = min(amount, self.placed.get(key, Decimal(0)))
                self.placed[key] = self.placed.get(key, Decimal(0)) - own
                self.waiting[key] = self.waiting.get(key, Decimal(0)) + amount
                self.came_in += amount - own

    @initialize(amounts=st.tuples(*[st.integers(1, 150_000)] * 3))
    def sign(self, amounts: tuple[int, int, int]) -> None:
        self.contract(IDS, amounts)

    @rule(
        ids=st.lists(st.sampled_from(IDS), min_size=1, unique=True), amounts=st.tuples(*[st.integers(1, 150_000)] * 3),
        due=st.sampled_from(["2026-02-20", "2026-03-20"]), currency=st.sampled_from(["CNY", "CNY", "CNY", "EUR"]),
    )  # fmt: skip
    def sign_another(self, ids: list[str], amounts: tuple[int, int, int], due: str, currency: str) -> None:
        self.contract(ids, amounts, due, currency)

    @rule()
    def sign_again(self) -> None:
        """The same contract is told again: nothing of what is known of it is lost."""
        if not self.state.running or self.state.signed is None:
            return
        before = self.state
        self.ask("signed", **self.state.signed.model_dump(mode="json", exclude={"kind"}, exclude_unset=True))
        assert (self.state.receivables, self.state.payments) == (before.receivables, before.payments)
        assert (self.state.milestones, self.state.tasks) == (before.milestones, before.tasks)
        assert self.state.completed == before.completed

    @precondition(lambda self: self.state.running)
    @rule(amount=st.integers(1, 150_000))
    def change_amounts(self, amount: int) -> None:
        """Another amount of what falls due on the same day makes nothing milder, and what was decided stands."""
        assert self.state.signed is not None
        signed = self.state.signed.model_dump(mode="json", exclude={"kind"}, exclude_unset=True)
        parts = signed["contract"]["instalments"]
        parts[0]["amount"] = str(amount)
        signed["contract"]["amount"]["amount"] = str(sum(int(part["amount"]) for part in parts))
        before = self.state.receivables[parts[0]["id"]]
        self.ask("signed", **signed)
        one = self.state.receivables[before.id]
        assert (one.by, one.legal, one.disputes, one.given_up) == (
            before.by, before.legal, before.disputes, before.given_up,
        )  # fmt: skip

    def contract(
        self, ids: Sequence[str], amounts: tuple[int, int, int], due: str = "2026-02-20", currency: str = "CNY"
    ) -> None:
        rules: list[dict[str, Any]] = [
            {"due": due},
            {"after": "acceptance", "days": 10},
            {"due": "2026-04-01"},
        ]
        parts = [
            {"id": id_, "amount": str(amount), "type": "retention" if id_ == "retention" else "part", **rule_}
            for id_, amount, rule_ in zip(IDS, amounts, rules, strict=True)
            if id_ in ids
        ]
        whole = sum(int(part["amount"]) for part in parts)
        contract = {
            "amount": {"amount": str(whole), "currency": currency},
            "instalments": parts,
            "milestones": {"acceptance": "2026-03-02"},
        }
        self.ask("signed", opportunity="S-1", account="acme", owner="zhang", contract=contract, on=str(SIGNED))

    @rule(ahead=st.integers(0, 45))
    def pass_time(self, ahead: int) -> None:
        end = self.now + timedelta(days=ahead)
        while (at := next_due(COLLECTION, self.state, self.around)) is not None and at <= end:
            assert at >= self.now
            self.now = at
            fallen = fall_due(COLLECTION, self.state, self.around)
            self.take(fallen)
            if not fallen.entries:
                assert next_due(COLLECTION, self.state, self.around) is None or at < end
                break
        self.now = max(self.now, end)

    @rule(id_=st.sampled_from("abc"), amount=amounts, ahead=days, which=st.lists(instalments, max_size=2))
    def pay(self, id_: str, amount: str, ahead: int, which: list[str]) -> None:
        money = {"amount": amount, "currency": "CNY"}
        self.ask("enter_payment", payment=id_, amount=money, on=self.day(min(ahead, 1)), instalments=which)

    @rule(
        id_=st.sampled_from("abc"), amount=amounts, which=st.lists(instalments, max_size=2),
        currency=st.sampled_from(["CNY", "EUR"]),
    )  # fmt: skip
    def report(self, id_: str, amount: str, which: list[str], currency: str) -> None:
        """The bank reports money to the account, which places all of it here."""
        self.bank_reports(id_, amount, which, currency)

    def bank_reports(self, id_: str, amount: str, which: list[str], currency: str) -> None:
        self.came_in += Decimal(amount)
        self.place(id_, Decimal(amount), which, currency)

    def place(self, id_: str, amount: Decimal, which: list[str], currency: str) -> None:
        here = self.placed.get((id_, currency), Decimal(0))
        self.placed[id_, currency] = here + amount
        money = {"amount": str(amount), "currency": currency}
        self.ask("money_placed", payment=id_, amount=money, on=self.day(0), instalments=which)

    @precondition(lambda self: any(self.state.owed))
    @rule(id_=st.sampled_from("abc"), data=st.data(), stays=st.booleans(), by_bank=st.booleans())
    def enter_what_is_owed(self, id_: str, data: st.DataObject, stays: bool, by_bank: bool) -> None:
        """A person enters what can be; it is a slip or not; and the bank reports the same, or something else."""
        one = data.draw(st.sampled_from(list(self.state.owed)))
        amount = str(data.draw(st.integers(1, int(one.outstanding))))
        money = {"amount": amount, "currency": self.state.currency}
        self.ask("enter_payment", payment=id_, amount=money, on=self.day(0), instalments=[one.id])
        if not stays:
            self.ask("take_back", payment=id_, reason="typed wrongly")
        if by_bank:
            self.bank_reports(id_, amount, [one.id], self.state.currency)

    @precondition(lambda self: self.now.weekday() < 5 and any(one.promises for one in self.state.owed))
    @rule(data=st.data(), whole=st.booleans())
    def enter_a_slip(self, data: st.DataObject, whole: bool) -> None:
        """Money that would have kept a promise, and is taken back again, leaves no debt milder, and no promise kept."""
        self.pass_time(0)
        before = data.draw(st.sampled_from([one for one in self.state.owed if one.promises]))
        promise = data.draw(st.sampled_from(before.promises))
        amount = before.outstanding if whole else min(before.outstanding, promise.amount or before.outstanding)
        money = {"amount": str(amount), "currency": self.state.currency}
        slip, on = f"slip-{self.number}", min(promise.until, self.now.date())
        self.ask("enter_payment", payment=slip, amount=money, on=str(on), instalments=[before.id])
        self.ask("take_back", payment=slip, reason="typed wrongly")
        self.pass_time(0)
        after = self.state.receivables[before.id]
        assert after.by == before.by
        assert [promise.outcome for promise in after.promises] == [promise.outcome for promise in before.promises]

    @rule(data=st.data(), which=st.lists(instalments, max_size=2))
    def assign(self, data: st.DataObject, which: list[str]) -> None:
        """Somebody places what waits at the account, also what a person had entered here once."""
        if waits := sorted(key for key, amount in self.waiting.items() if amount):
            id_, currency = key = data.draw(st.sampled_from(waits))
            self.place(id_, self.waiting.pop(key), which, currency)

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        """The bank takes back what the account has placed here."""
        if here := sorted(key for key, amount in self.placed.items() if amount):
            id_, currency = key = data.draw(st.sampled_from(here))
            amount = self.placed.pop(key)
            self.came_in -= amount
            money = {"amount": str(amount), "currency": currency}
            self.ask("money_reversed", payment=id_, amount=money, on=self.day(0))

    @rule(id_=st.sampled_from("abc"))
    def take_back(self, id_: str) -> None:
        self.ask("take_back", payment=id_, reason="typed wrongly")

    @rule(which=instalments, ahead=days, amount=st.none() | st.integers(1, 160_000).map(str))
    def promise(self, which: str, ahead: int, amount: str | None) -> None:
        some = {"amount": amount} if amount else {}
        self.ask("promise_payment", instalment=which, until=self.day(ahead), **some)

    @rule(which=instalments)
    def dispute(self, which: str) -> None:
        self.ask("dispute", instalment=which, text="it does not run")

    @rule(which=instalments, number=st.integers(1, 2))
    def settle_dispute(self, which: str, number: int) -> None:
        self.ask("dispute_over", instalment=which, complaint=f"S-1/{which}/{number}")

    @rule(which=instalments, kind=st.sampled_from(["write_off", "approve_legal"]))
    def approve(self, which: str, kind: str) -> None:
        self.ask(kind, instalment=which, approved_by="li", reason="as discussed")

    @rule(kind=st.sampled_from(["stop_supply", "resume_supply"]))
    def supply(self, kind: str) -> None:
        self.ask(kind, approved_by="li", reason="as discussed")

    @rule(milestone=st.sampled_from(["delivery", "acceptance"]), ago=st.integers(0, 20))
    def reach(self, milestone: str, ago: int) -> None:
        self.ask("reach", milestone=milestone, on=self.day(-ago))

    @rule()
    def unsign(self) -> None:
        self.ask("unsigned", opportunity="S-1")

    @rule(data=st.data(), answer=st.sampled_from(["done", "dismissed", "put_off"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        if self.state.tasks:
            entry = data.draw(st.sampled_from(sorted(self.state.tasks)))
            self.ask("answer_task", entry=entry, answer=answer, text="told so", until=self.day(5))

    @invariant()
    def money_is_never_lost(self) -> None:
        for one in self.state.payments.values():
            assert one.entered + one.placed == one.confirmed + one.counts + one.unplaced + one.reversed
            assert min(one.confirmed, one.counts, one.unplaced, one.reversed, Decimal(0)) == 0
        paid = sum((one.paid for one in self.state.receivables.values()), Decimal(0))
        assert paid == sum((one.counts for one in self.state.payments.values()), Decimal(0))

    @invariant()
    def what_pays_for_something_is_the_accounts_or_was_only_entered_by_hand(self) -> None:
        for one in self.state.payments.values():
            here = self.placed.get((one.id, one.currency), Decimal(0))
            assert one.counts == here + one.by_hand
            assert 0 <= one.by_hand <= one.entered - one.confirmed
        assert self.came_in == sum(self.placed.values(), Decimal(0)) + sum(self.waiting.values(), Decimal(0))

    @invariant()
    def what_did_not_fit_was_told_to_the_account(self) -> None:
        told = Decimal(0)
        for tell in self.tells:
            for fact in tell.request["commands"] if tell.request else ():  # type: ignore[union-attr]  # JSON
                if fact["kind"] == "money_unplaced":  # type: ignore[index, call-overload]  # JSON
                    told += Decimal(fact["amount"]["amount"])  # type: ignore[index, call-overload, arg-type]  # JSON
        assert told == sum((one.unplaced for one in self.state.payments.values()), Decimal(0))

    @invariant()
    def nothing_outstanding_is_negative(self) -> None:
        for one in self.state.receivables.values():
            assert one.outstanding >= 0
            assert one.paid >= 0
            assert one.written_off >= 0
            assert (one.settled is not None) == (one.outstanding == 0)

    @invariant()
    def no_task_stands_for_what_is_paid_paused_or_void(self) -> None:
        for task in self.state.tasks.values():
            assert self.state.running
            if (which := task.due.params.get("instalment")) is not None:
                one = self.state.receivables[str(which)]
                assert one.outstanding > 0
                assert not one.paused

    @invariant()
    def the_ledger_rebuilds_the_state(self) -> None:
        assert fold(COLLECTION, "S-1", self.entries) == self.state

    @invariant()
    def the_state_survives_the_wire(self) -> None:
        wired = self.state.model_dump(mode="json", exclude_defaults=True)
        assert CollectionState.model_validate({**wired, "id": "S-1"}) == self.state

    def teardown(self) -> None:
        for entry in self.entries:
            read = CollectionEntry.model_validate_json(entry.model_dump_json(exclude_unset=True))
            assert read == entry
            assert entry_hash(read) == entry.hash


TestCollecting = Collecting.TestCase
TestCollecting.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

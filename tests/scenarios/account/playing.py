"""An account played day by day without a server: what is told and asked on a day, and exactly what follows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from stagemark.domain.account import commands as c
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.account.state import AccountState
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Model
from stagemark.domain.contract import Contract
from stagemark.domain.entries import AnswerTask, Entry
from stagemark.domain.money import Amount
from stagemark.domain.neighbour import Accepted, Around, Rejected, Repeated, decide, fall_due, next_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.policy import Policy
from stagemark.domain.told import Debt, Entered, MoneyUnplaced, Owed, Signed, Tell, Unsigned
from stagemark.errors import Problem
from stagemark.policies.load import shipped_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    id="weekdays", zone="Asia/Shanghai", known_from=date(2025, 1, 1), known_until=date(2032, 12, 31)
)
ID, OWNER, FINANCE, BEGIN = "acme", "zhang", "qian", "2026-03-02"


def day(text: str) -> date:
    return date.fromisoformat(text)


def amount(value: int | str, currency: str = "CNY") -> Amount:
    return Amount(amount=Decimal(value), currency=currency)


def contract(*parts: int, number: str = "", currency: str = "CNY", deposit: int = 0) -> Contract:
    """Instalments `1`, `2`, … that fall due a month after one another; a deposit at the signing before them."""
    first = [{"id": "deposit", "amount": deposit, "type": "deposit", "after": "signing"}] if deposit else []
    rest = [{"id": str(n), "amount": part, "after": "signing", "days": 30 * n} for n, part in enumerate(parts, start=1)]
    whole = {"amount": sum(parts) + deposit, "currency": currency}
    return Contract.model_validate({"number": number, "amount": whole, "instalments": first + rest})


def signed(sale: str = "S-1", *parts: int, on: str = BEGIN, clearance: str | None = None, **rest: Any) -> Signed:
    whole = contract(*(parts or (60_000, 40_000)), **rest)
    return Signed(opportunity=sale, account=ID, owner=OWNER, contract=whole, on=day(on), clearance=clearance)


def unsigned(sale: str = "S-1") -> Unsigned:
    return Unsigned(opportunity=sale)


def owed(sale: str = "S-1", currency: str = "CNY", **debts: int) -> Owed:
    """What is owed of each instalment; `_1` is instalment `1`."""
    told = {id_.lstrip("_"): Debt(outstanding=Decimal(value)) for id_, value in debts.items()}
    return Owed(opportunity=sale, currency=currency, debts=told)


def entered(sale: str, payment: str, value: int, placed: int = 0, **debts: int) -> Owed:
    """What is owed, and that somebody has entered so much of a payment there by hand."""
    by_hand = Entered(amount=Decimal(value), placed=Decimal(placed))
    told: Any = debts
    return owed(sale, **told).model_copy(update={"entered": {payment: by_hand}})


def report(payment: str, value: int | str, reference: str = "", on: str = BEGIN, **rest: Any) -> c.BankReported:
    money = amount(value, rest.pop("currency", "CNY"))
    return c.BankReported(payment=payment, amount=money, on=day(on), reference=reference, **rest)


def bounced(payment: str, value: int, sale: str = "S-1", on: str = BEGIN) -> MoneyUnplaced:
    return MoneyUnplaced(opportunity=sale, payment=payment, amount=amount(value), on=day(on))


def clear(clearance: str, value: int | str, sale: str = "S-1", **rest: Any) -> c.Clear:
    money = amount(value, rest.pop("currency", "CNY"))
    return c.Clear(clearance=clearance, opportunity=sale, amount=money, **rest)


def limit(value: int, currency: str = "CNY") -> c.SetLimit:
    return c.SetLimit(limit=amount(value, currency), reason="as surveyed")


class Account:
    """One account; `lines` and `told` gather what follows."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or shipped_policy()
        self.state: AccountState = ACCOUNT.state(id=ID)
        self.now = datetime.combine(day(BEGIN), time(10), SHANGHAI)
        self.entries: list[Entry[Any]] = []
        self.lines: list[str] = []
        self.told: list[Tell] = []
        self.problems: tuple[Problem, ...] = ()
        self._keys = 0

    @property
    def around(self) -> Around:
        return Around(self.policy, CALENDAR, self.now)

    @property
    def waiting(self) -> dict[str, int]:
        return {id_: int(one.waiting) for id_, one in self.state.payments.items() if one.waiting}

    def tell(self, *facts: Model, on: str = "") -> Account:
        """Tell or ask what must be taken, at ten in the morning of that day."""
        if on:
            self.until(on)
        problems = self.ask(*facts)
        assert not problems, [problem.text() for problem in self.problems]
        return self

    def ask(self, *commands: Any, key: str = "", actor: str = OWNER) -> list[str]:
        """Ask something now; the codes of what is refused."""
        self._keys += 1
        request = c.AccountRequest(key=key or f"k{self._keys}", commands=commands, actor=actor)
        decision = decide(ACCOUNT, self.state, request, self.around)
        self.problems = decision.problems if isinstance(decision, Rejected) else ()
        if isinstance(decision, Rejected):
            return [problem.code for problem in decision.problems]
        assert isinstance(decision, Accepted | Repeated)
        if isinstance(decision, Accepted):
            self._take(decision)
            self._take(fall_due(ACCOUNT, self.state, self.around))
        return []

    def until(self, text: str) -> Account:
        """Let time pass until ten in the morning of that day, from due moment to due moment."""
        end = datetime.combine(day(text), time(10), SHANGHAI)
        while (due := next_due(ACCOUNT, self.state, self.around)) is not None and due <= end:
            self.now = max(due, self.now + timedelta(microseconds=1))
            self._take(fall_due(ACCOUNT, self.state, self.around))
        self.now = max(self.now, end)
        return self

    def answer(self, task: str, how: str = "done", **rest: Any) -> list[str]:
        """Answer the open task of that kind."""
        entry = next(number for number, one in self.state.tasks.items() if one.due.task == task)
        return self.ask(AnswerTask.model_validate({"entry": entry, "answer": how, "text": "did so", **rest}))

    def happened(self, text: str = "") -> list[str]:
        """What fell due, was missed or withdrawn, and what others were told, until that day since it was last asked."""
        if text:
            self.until(text)
        lines, self.lines = self.lines, []
        return lines

    def _take(self, accepted: Accepted[AccountState]) -> None:
        before, self.state = self.state, accepted.state
        effects = follows(ACCOUNT, before, self.state, accepted.entries)
        self.told += effects.tells
        self.entries += accepted.entries
        today = self.around.today
        answered = {entry.fact.entry for entry in accepted.entries if isinstance(entry.fact, AnswerTask)}
        for entry in accepted.entries:
            match entry.kind:
                case "task_due":
                    about = [entry.fact.params.get(name) for name in ("payment", "opportunity")]
                    self._say(today, entry.fact.task, *filter(None, about), "->", *entry.fact.to)
                case "task_missed":
                    self._say(today, "missed", before.tasks[entry.fact.entry].due.task)
                case "expired":
                    self._say(today, "expired", entry.fact.clearance)
                case "placed" | "recalled":
                    self._say(today, entry.kind, entry.fact.payment)
        for key in effects.withdrawals:
            number, task = key.removeprefix(f"account:{ID}:").split(":")
            if int(number) not in answered:
                self._say(today, "withdrawn", task)
        for tell in effects.tells:
            assert tell.to is not None
            assert tell.request is not None
            for fact in tell.request["commands"]:  # type: ignore[union-attr]  # the wire form
                self._say(today, f"tells {tell.to}", *_words(fact))  # type: ignore[arg-type]  # the wire form

    def _say(self, *words: Any) -> None:
        self.lines.append(" ".join(map(str, words)))


def _words(fact: dict[str, Any]) -> list[str]:
    money = fact.get("amount") or {}
    said = [fact["kind"], fact.get("payment"), money.get("amount"), *fact.get("instalments", ())]
    said += ["entered"] if fact.get("entered") else []
    said += [fact.get("until"), *fact.get("complaints", ()), fact.get("cool_until")]
    return [str(word) for word in said if word]

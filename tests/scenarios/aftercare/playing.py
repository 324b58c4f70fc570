"""An aftercare played day by day without a server: what is told and asked on a day, and exactly what follows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.catalogue import Suggestion
from stagemark.domain.commands import Model
from stagemark.domain.contract import Contract
from stagemark.domain.entries import AnswerTask, Entry
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.neighbour import Accepted, Around, Rejected, Repeated, decide, fall_due, fold, next_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.playbook import Text
from stagemark.domain.policy import Policy
from stagemark.domain.told import Held, PaidUp, PromptAllowed, Reached, Signed, Suggested, Tell
from stagemark.policies.load import shipped_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    id="weekdays", zone="Asia/Shanghai", known_from=date(2025, 1, 1), known_until=date(2032, 12, 31)
)
OWNER, ACCOUNT, SALE = "wang", "acme", "S-1"
QUIET = ("plan", "turned")
"""What the engine notes for itself."""


def day(text: str) -> date:
    return date.fromisoformat(text)


def amount(value: int, currency: str = "CNY") -> Amount:
    return Amount(amount=Decimal(value), currency=currency)


def contract(products: tuple[str, ...] = ("camera",), value: int = 100_000, **rest: Any) -> Contract:
    return Contract.model_validate(
        {
            "amount": {"amount": value, "currency": "CNY"},
            "instalments": [{"id": "1", "amount": value, "after": "delivery", "days": 30}],
            "deliverables": [{"id": product, "product": product} for product in products],
            **rest,
        }
    )


def signed(on: str = "2026-03-02", **rest: Any) -> Signed:
    fields: dict[str, Any] = {"opportunity": SALE, "account": ACCOUNT, "owner": OWNER, "contract": contract()}
    return Signed.model_validate({**fields, "on": day(on), **rest})


def delivered(on: str) -> Reached:
    return Reached(milestone="delivery", on=day(on))


def paid(on: str, share: str = "1", overdue: bool = False) -> PaidUp:
    return PaidUp(on=day(on), share=Decimal(share), overdue=overdue)


def suggestion(product: str = "card", of: str = "camera", **rest: Any) -> Suggestion:
    text = Text(zh=product, en=product)
    fields: dict[str, Any] = {"relation": "goes_with", "label": text, "link": text, "reason": text, "ask": text}
    return Suggestion.model_validate({"id": f"{of}:{product}", "of": of, "product": product, **fields, **rest})


def suggested(*suggestions: Suggestion) -> Suggested:
    return Suggested(catalogue="c1", suggestions=suggestions)


class Aftercare:
    """One aftercare. `told` and `lines` gather what follows; accounts that are asked for a prompt allow it at once."""

    def __init__(
        self, policy: Policy | None = None, answering: bool = True, allowing: bool = True, sale: str = SALE
    ) -> None:
        self.policy = policy or shipped_policy()
        self.state: AftercareState = AFTERCARE.state(id=sale)
        self.now = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
        self.entries: list[Entry[Any]] = []
        self.lines: list[str] = []
        self.told: list[Tell] = []
        self.answering, self.allowing = answering, allowing
        self._keys = 0

    @property
    def around(self) -> Around:
        return Around(self.policy, CALENDAR, self.now)

    def tell(self, on: str, *facts: Model) -> None:
        """Somebody tells it something at ten in the morning of that day."""
        self.until(on)
        problems = self.ask(*facts)
        assert not problems, problems

    def ask(self, *commands: Any, key: str = "", actor: str = OWNER, **rest: Any) -> list[str]:
        """Ask something now; the codes of what is refused."""
        self._keys += 1
        request = c.AftercareRequest(key=key or f"k{self._keys}", commands=commands, actor=actor, **rest)
        decision = decide(AFTERCARE, self.state, request, self.around)
        if isinstance(decision, Rejected):
            return [problem.code for problem in decision.problems]
        assert isinstance(decision, Accepted | Repeated)
        if isinstance(decision, Accepted):
            self._take(decision)
            self._fall_due()
        return []

    def until(self, text: str) -> Aftercare:
        """Let time pass until ten in the morning of that day, from due moment to due moment."""
        end = datetime.combine(day(text), time(10), SHANGHAI)
        while (due := next_due(AFTERCARE, self.state, self.around)) is not None and due <= end:
            self.now = max(due, self.now + timedelta(microseconds=1))
            self._fall_due()
        self.now = max(self.now, end)
        return self

    def seen(self, text: str) -> list[str]:
        """What happened until that day since it was last asked."""
        self.until(text)
        lines, self.lines = self.lines, []
        return lines

    def asked(self) -> list[str]:
        """Which accounts were asked for a prompt, or told that it is dropped, since this was last asked."""
        told, self.told = self.told, []
        facts: list[Any] = [(tell.to, tell.request["commands"][0]) for tell in told if tell.to and tell.request]  # type: ignore[index]  # the wire form
        return [f"{to.id} {fact['kind']}" for to, fact in facts if to.stream == "account"]

    def allow(self, account: str, granted: bool = True, until: str | None = None) -> None:
        """An account says whether the prompt that is wanted may be made."""
        prompt = self.state.wanted.prompt if self.state.wanted else "p0"
        said = PromptAllowed(account=account, prompt=prompt, granted=granted, until=day(until) if until else None)
        assert self.ask(said) == []

    def _fall_due(self) -> None:
        fallen = fall_due(AFTERCARE, self.state, self.around)
        self._take(fallen)
        while self.allowing and (wanted := self.state.wanted) and wanted.granted < len(wanted.asks):
            self.allow(wanted.asks[wanted.granted])
        if self.answering:
            for entry in fallen.entries:
                if entry.sequence in self.state.tasks and entry.fact.task not in ("prompt", "referral_attitude"):
                    self.ask(AnswerTask(entry=entry.sequence, answer="done", text="done"))

    def _take(self, accepted: Accepted[AftercareState]) -> None:
        effects = follows(AFTERCARE, self.state, accepted.state, accepted.entries)
        self.told += effects.tells
        self.entries += accepted.entries
        for entry in accepted.entries:
            if entry.kind == "task_due":
                self.lines.append(f"{entry.day} {entry.fact.id} -> {', '.join(entry.fact.to)}")
            elif entry.kind == "task_missed":
                missed = self.state.tasks.get(entry.fact.entry)
                self.lines.append(f"{entry.day} missed {missed.due.id if missed else '?'}")
            elif entry.kind == "make_prompt":
                self.lines.append(f"{entry.day} prompts {entry.fact.suggestion.product}")
        answered = {entry.fact.entry for entry in accepted.entries if entry.kind == "answer_task"}
        today = CALENDAR.local_date(self.now)
        for key in effects.withdrawals:
            number = int(key.rsplit(":", 2)[1])
            task = self.state.tasks.get(number)
            if number not in answered and task is not None and task.put_off is None:
                self.lines.append(f"{today} withdrawn {task.due.id}")
        self.state = accepted.state

    def check(self) -> None:
        """The state is what the entries give; each entry is chained to the one before."""
        assert fold(AFTERCARE, self.state.id, self.entries) == self.state
        assert all(entry.sequence == n for n, entry in enumerate(self.entries, 1))
        again = AFTERCARE.state.model_validate(self.state.model_dump(mode="json", exclude_defaults=True))
        assert again == self.state


def satisfied(score: int = 5) -> c.Rate:
    return c.Rate(score=score, text="all well")


def completed(on: str = "2026-03-10", paid_on: str = "2026-04-08", **rest: Any) -> Aftercare:
    """An aftercare whose order is completed, with one suggestion; the customer has not said yet what they think."""
    life = Aftercare(**rest)
    life.tell("2026-03-02", signed(opportunity=life.state.id), suggested(suggestion()))
    life.tell(on, delivered(on))
    life.tell(paid_on, paid(paid_on))
    return life


__all__ = [
    "ACCOUNT", "CALENDAR", "OWNER", "SALE", "Aftercare", "Held", "Moment", "amount", "completed", "contract", "day",
    "delivered", "paid", "satisfied", "signed", "suggested", "suggestion",
]  # fmt: skip

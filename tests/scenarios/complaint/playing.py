"""A complaint played day by day without a server: what is told and asked when, and exactly what follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.complaint import commands as c
from stagemark.domain.complaint.policy import StepId
from stagemark.domain.complaint.rules import COMPLAINT, ComplaintState
from stagemark.domain.entries import Entry
from stagemark.domain.neighbour import Accepted, Around, Rejected, Repeated, decide, fall_due, fold, next_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.policy import Policy
from stagemark.domain.reactions import Message
from stagemark.domain.told import Tell
from stagemark.policies.load import shipped_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    id="weekdays", zone="Asia/Shanghai", known_from=date(2025, 1, 1), known_until=date(2032, 12, 31)
)
OWNER, ACCOUNT, ID = "wang", "acme", "C-1"
MONDAY = "2026-03-02 10:00"


def moment(text: str) -> datetime:
    """`2026-03-02 10:00` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def raised(**rest: Any) -> c.Raise:
    fields: dict[str, Any] = {"account": ACCOUNT, "owner": OWNER, "text": "Two cameras are dead.", "opportunity": "S-1"}
    return c.Raise.model_validate({**fields, **rest})


def disputed(**rest: Any) -> c.Disputed:
    return c.Disputed.model_validate({**raised().model_dump(exclude={"kind"}), "instalment": "2", **rest})


def step(of: StepId, accepted: bool | None = None, approved_by: str | None = None) -> c.TakeStep:
    if of == "ask" and accepted is None:
        accepted = True
    return c.TakeStep(step=of, text=f"{of}: so", accepted=accepted, approved_by=approved_by)


class Complaint:
    """One complaint. `lines`, `messages` and `told` gather what follows."""

    def __init__(self, id_: str = ID, policy: Policy | None = None) -> None:
        self.policy = policy or shipped_policy()
        self.state: ComplaintState = COMPLAINT.state(id=id_)
        self.now = moment(MONDAY)
        self.entries: list[Entry[Any]] = []
        self.lines: list[str] = []
        self.messages: list[Message] = []
        self.told: list[Tell] = []
        self._keys = 0

    @property
    def around(self) -> Around:
        return Around(self.policy, CALENDAR, self.now)

    def ask(self, *commands: Any) -> list[str]:
        """Ask something now; the codes of what is refused."""
        self._keys += 1
        decision = decide(COMPLAINT, self.state, request(f"k{self._keys}", *commands), self.around)
        if isinstance(decision, Rejected):
            return [problem.code for problem in decision.problems]
        assert isinstance(decision, Accepted | Repeated)
        if isinstance(decision, Accepted):
            self._take(decision)
            self._take(fall_due(COMPLAINT, self.state, self.around))
        return []

    def steps(self, *steps: StepId) -> Complaint:
        for one in steps:
            assert self.ask(step(one)) == []
        return self

    def until(self, text: str) -> Complaint:
        """Let time pass, from due moment to due moment."""
        end = moment(text)
        while (due := next_due(COMPLAINT, self.state, self.around)) is not None and due <= end:
            self.now = max(due, self.now + timedelta(microseconds=1))
            self._take(fall_due(COMPLAINT, self.state, self.around))
        self.now = max(self.now, end)
        return self

    def seen(self, text: str = "") -> list[str]:
        """What happened until then since it was last asked."""
        if text:
            self.until(text)
        lines, self.lines = self.lines, []
        return lines

    def heard(self) -> list[str]:
        """What others were told since it was last asked."""
        told, self.told = self.told, []
        facts: list[Any] = [(tell.to, fact) for tell in told if tell.request for fact in tell.request["commands"]]  # type: ignore[union-attr]  # JSON: a list of facts
        return [f"{to}: {fact['kind']} {fact['complaint']}" for to, fact in facts]

    def _take(self, accepted: Accepted[ComplaintState]) -> None:
        effects = follows(COMPLAINT, self.state, accepted.state, accepted.entries)
        self.told += effects.tells
        self.messages += effects.messages
        self.entries += accepted.entries
        self.lines += [
            f"{message.at.astimezone(SHANGHAI):%m-%d %H:%M} {message.kind} -> {', '.join(message.to)}"
            + (" late" if message.params.get("missed") else "")
            + ("" if message.urgent else " with the digest")
            for message in effects.messages
        ]
        self.state = accepted.state

    def check(self) -> None:
        """The state is what the entries give, and survives its wire form; each entry is chained to the one before."""
        assert fold(COMPLAINT, self.state.id, self.entries) == self.state
        again = COMPLAINT.state.model_validate(self.state.model_dump(mode="json", exclude_defaults=True))
        assert again == self.state
        assert [entry.sequence for entry in self.entries] == list(range(1, len(self.entries) + 1))


def request(key: str, *commands: Any) -> c.ComplaintRequest:
    return c.ComplaintRequest(key=key, commands=commands, actor=OWNER)


def opened(**rest: Any) -> Complaint:
    """A complaint that was raised on a Monday at ten."""
    life = Complaint()
    assert life.ask(raised(**rest)) == []
    return life

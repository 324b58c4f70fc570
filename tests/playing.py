"""Small playbooks, a calendar, and a sale to play with, for the tests of the pure core."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stagemark.domain.agenda import fall_due
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Command, Envelope, Given, Open
from stagemark.domain.events import Event, Fired
from stagemark.domain.moments import Moment
from stagemark.domain.opportunity import Accepted, Decision, Rejected, Repeated, apply, chained, decide
from stagemark.domain.playbook import Condition, Edge, Evidence, EvidenceType, Need, Playbook
from stagemark.domain.state import OpportunityState
from stagemark.domain.vouching import ASKED, vouched
from stagemark.errors import Problem

CALENDAR = WorkCalendar(
    id="cn",
    zone="Asia/Shanghai",
    exceptions={date(2026, 5, 1): False, date(2026, 5, 9): True},
    known_from=date(2025, 1, 1),
    known_until=date(2029, 1, 1),
)
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""2 March 2026, 9 o'clock in Shanghai: a Monday, as work begins."""


def labelled(id_: str, **rest: Any) -> dict[str, Any]:
    return {"id": id_, "label": {"zh": id_, "en": id_}, **rest}


PEOPLE = [
    labelled("role", type="choice", many=True, about_person=True, options=[labelled("decider"), labelled("user")]),
    labelled(
        "relation", type="ranked", about_person=True, options=[labelled(r) for r in ("known", "engaged", "trusted")]
    ),
]
TRIGGERS: list[dict[str, Any]] = [
    labelled(
        "overdue",
        on="stage_exceeds",
        rungs=[
            labelled("owner", to=["owner"]),
            labelled("boss", times_expected="1.5", to=["supervisor"], urgent=True),
        ],
    ),
    labelled(
        "silence",
        on="silence",
        rungs=[
            labelled("owner", after="P5D", to=["owner"]),
            labelled("boss", after="P10D", to=["supervisor"]),
            labelled("risk", after="P15D", to=["owner", "supervisor"], high_risk=True),
        ],
    ),
    labelled("look", on="look_again", rungs=[labelled("owner", to=["owner"])], answer_within="P2D"),
]


def three_stages(**changes: Any) -> Playbook:
    """Find, win (opens once find has begun), keep: with evidence, people, bands and triggers."""
    content: dict[str, Any] = {
        **labelled("mini"),
        "evidence": [
            *PEOPLE,
            labelled("note", type="text"),
            labelled("contract", type="document"),
            labelled("checks", type="checklist", options=[labelled("a"), labelled("b"), labelled("c")]),
            labelled("budget", type="number"),
        ],
        "people": {"role_evidence": "role", "decision_maker": "decider"},
        "bands": [labelled("small", up_to="1000"), labelled("large")],
        "stages": [
            labelled(
                "find",
                start={"label": {"zh": "始", "en": "s"}},
                end={
                    "label": {"zh": "终", "en": "e"},
                    "evidence": [
                        {"evidence": "note", "by_band": {"small": "advised"}},
                        {"evidence": "budget", "need": "advised", "by_band": {"large": "required"}},
                    ],
                },
                nurturable=True,
                expected="P5D",
                steps=[labelled("call")],
            ),
            labelled(
                "win",
                start={
                    "label": {"zh": "始", "en": "s"},
                    "conditions": [{"evidence": "relation", "at_least": "engaged"}],
                },
                end={
                    "label": {"zh": "终", "en": "e"},
                    "evidence": [{"evidence": "contract"}],
                    "conditions": [{"evidence": "checks", "checked": 2}],
                },
                opens_after=[{"stage": "find", "has": "begun"}],
                expected="P10D",
            ),
            labelled(
                "keep",
                start={"label": {"zh": "始", "en": "s"}},
                end={"label": {"zh": "终", "en": "e"}},
                opens_after=[{"stage": "find"}, {"stage": "win"}],
                skippable=False,
            ),
        ],
        "triggers": TRIGGERS,
        "loss_reasons": [labelled("price"), labelled("rival")],
        "completes_as": "collected",
        **changes,
    }
    return Playbook.model_validate(content).compiled()


def next_version() -> Playbook:
    """The same by other names, with one stage more at the front, which no other waits for."""
    old = three_stages().model_dump(mode="json", exclude_defaults=True)
    renamed = {"find": "seek", "win": "gain", "keep": "hold"}
    stages = [{**stage, "id": renamed[stage["id"]]} for stage in old["stages"]]
    for stage in stages:
        for term in stage.get("opens_after", ()):
            term["stage"] = renamed[term["stage"]]
    stages[0]["opens_after"] = []
    stages[0]["end"] = {"evidence": [{"evidence": "remark"}]}
    stages.insert(0, {"id": "before", "start": {}, "end": {}})
    evidence = [{**kind, "id": "remark"} if kind["id"] == "note" else kind for kind in old["evidence"]]
    changes = {"hash": "", "version": "2", "stages": stages, "evidence": evidence, "id": "mini"}
    return Playbook.model_validate({**old, **changes}).compiled()


RENAMED = {"find": "seek", "win": "gain", "keep": "hold"}


def value_for(kind: Evidence, condition: Condition | None = None) -> Any:
    """A value that fits the type, and the condition if there is one."""
    if condition is not None and condition.operator in ("at_least", "equals", "at_most"):
        bound = getattr(condition, condition.operator)
        if kind.type is EvidenceType.MONEY:
            return {"amount": str(bound), "currency": "CNY"}
        return bound if isinstance(bound, str | int | bool) else str(bound)
    if condition is not None and condition.one_of:
        return condition.one_of[0]
    match kind.type:
        case EvidenceType.NUMBER:
            return 3
        case EvidenceType.MONEY:
            return {"amount": "5.00", "currency": "CNY"}
        case EvidenceType.DATE:
            return str((condition and (condition.not_before or condition.not_after)) or date(2026, 3, 5))
        case EvidenceType.DOCUMENT:
            return {"uri": "file:///x", "sha256": "0" * 64}
        case EvidenceType.CHECKLIST:
            return list(kind.option_ids)
        case EvidenceType.CHOICE | EvidenceType.RANKED:
            return kind.option_ids[-1]
        case EvidenceType.CONTRACT:
            amount = {"amount": "5", "currency": "CNY"}
            return {"amount": amount, "instalments": [{"id": "1", "amount": "5", "after": "delivery"}]}
        case EvidenceType.CLEARANCE:
            return {"id": "C-1", "amount": {"amount": "5", "currency": "CNY"}, "until": "2100-01-01"}
        case EvidenceType.TEXT | EvidenceType.PERSON:
            return "somebody"


def proof(playbook: Playbook, stage: str, edge: Edge, person: str = "p1") -> tuple[Given, ...]:
    """Everything that a marker can ask for, so that it is lawful in turn."""
    marker = playbook.marker(stage, edge)
    wanted: dict[str, Condition | None] = {
        piece.evidence: None
        for piece in marker.evidence
        if piece.need is Need.REQUIRED or Need.REQUIRED in piece.by_band.values()
    }
    wanted |= {condition.evidence: condition for condition in marker.conditions}
    found = []
    if playbook.people:
        role = playbook.people
        value: Any = [role.decision_maker] if playbook.evidence_of[role.role_evidence].many else role.decision_maker
        found.append(Given(evidence=role.role_evidence, person=person, value=value))
    for id_, condition in wanted.items():
        kind = playbook.evidence_of[id_]
        if playbook.people and id_ == playbook.people.role_evidence:
            continue
        about = [f"{person}{n or ''}" for n in range((condition and condition.count_at_least) or 1)]
        for who in about if kind.about_person else [None]:
            found.append(Given(evidence=id_, person=who, value=value_for(kind, condition)))
    return tuple(found)


def at(text: str) -> Moment:
    return Moment.parse(text)


def decided(state: OpportunityState, envelope: Envelope, now: datetime) -> Decision:
    """Decide, with a client that asks what the sale wants to have asked, and finds it right."""
    decision = decide(state, envelope, now)
    asked = decision.problems if isinstance(decision, Rejected) else ()
    right = [vouched(one) for one in asked if one.code in ASKED]
    return decide(state, envelope.model_copy(update={"vouched": tuple(right)}), now) if right else decision


class Sale:
    """A sale in the pure core, with a clock; refusals are kept as the last decision."""

    def __init__(self, playbook: Playbook | None = None, now: datetime = MONDAY) -> None:
        self.playbook = playbook or three_stages()
        self.state = OpportunityState("sale", self.playbook)
        self.now = now
        self.keys = 0

    def envelope(self, *commands: Command, when: str | None = None, **rest: Any) -> Envelope:
        self.keys += 1
        observed = None if when is None else at(when)
        return Envelope(**{"key": f"k{self.keys}", "actor": "ann", **rest}, commands=commands, observed_at=observed)

    def ask(self, *commands: Command, when: str | None = None, **rest: Any) -> Decision:
        decision = decided(self.state, self.envelope(*commands, when=when, **rest), self.now)
        if isinstance(decision, Accepted):
            self.state = decision.state
        return decision

    def tell(self, *commands: Command, when: str | None = None, **rest: Any) -> tuple[Event, ...]:
        """Ask what must be lawful."""
        decision = self.ask(*commands, when=when, **rest)
        assert not isinstance(decision, Rejected), [problem.text() for problem in decision.problems]
        return decision.events

    def problems(self, *commands: Command, when: str | None = None, **rest: Any) -> tuple[Problem, ...]:
        """Ask what must be refused; everything that is wrong."""
        decision = self.ask(*commands, when=when, **rest)
        assert isinstance(decision, Rejected), decision
        return decision.problems

    def refused(self, *commands: Command, when: str | None = None, **rest: Any) -> list[str]:
        """Ask what must be refused; the codes of everything that is wrong."""
        return [problem.code for problem in self.problems(*commands, when=when, **rest)]

    def open(self, when: str | None = None, **rest: Any) -> tuple[Event, ...]:
        said = {"playbook": self.playbook.ref(), "account": "acme", "owner": "ann", **rest}
        return self.tell(Open(**said), when=when)

    def let_pass(self, **span: float) -> list[Fired]:
        """Let time pass in steps of an hour, and what falls due fire."""
        until = self.now + timedelta(**span)
        fired: list[Fired] = []
        while self.now < until:
            self.now = min(self.now + timedelta(hours=1), until)
            fired += self.due()
        return fired

    def due(self) -> list[Fired]:
        """Let what is due now fire."""
        events = chained(self.state, fall_due(self.state, CALENDAR, self.now))
        self.state = apply(self.state, events)
        return [event.fact for event in events if isinstance(event.fact, Fired)]


def codes(decision: Decision) -> list[str]:
    return [problem.code for problem in decision.problems] if isinstance(decision, Rejected) else []


def rungs(fired: Iterable[Fired]) -> list[str]:
    return [f"{one.trigger}:{one.rung}" for one in fired]


__all__ = [
    "CALENDAR", "MONDAY", "RENAMED", "Repeated", "Sale", "at", "codes", "decided", "labelled", "next_version", "proof",
    "rungs", "three_stages", "value_for",
]  # fmt: skip

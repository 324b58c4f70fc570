"""The small language of the scenarios: a contract, what people do on which day, and what exactly happens.

    given signed 2026-02-02: 1=50000 due 2026-03-02; 2=20000 after acceptance +30
    02-25  remind 1 -> owner
    03-03  aged 1 phone
    03-03  collect_phone 1 -> owner
    03-04  * pay P1 50000
    03-04  owed 1=0 2=20000
    until  2026-04-30

`given` says what was signed when. A line with a star is what somebody does, at ten in the morning; every other
line is what follows, nothing left out: what falls due, what is withdrawn, refused, or told to others. A task is
answered as done when it falls due, unless the scenario is `unanswered`. A year holds for the days below it.
`telling`: what others are told is listed as well. `policy` sets other numbers, as JSON. A line with # says what it
is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.told import Tell

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    id="weekdays", zone="Asia/Shanghai", known_from=date(2026, 1, 1), known_until=date(2029, 12, 31)
)
ACCOUNT, OWNER, SALE = "acme", "zhang", "S-1"
WARRANT: dict[str, Any] = {"approved_by": "li", "reason": "as discussed"}


@dataclass(frozen=True)
class Act:
    """What somebody does on a day."""

    day: date
    said: str

    @property
    def at(self) -> datetime:
        return datetime.combine(self.day, time(10), SHANGHAI)


@dataclass
class Scenario:
    """One scenario, as it is written."""

    acts: list[Act] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    until: date = date.max
    answered: bool = True
    telling: bool = False
    policy: dict[str, Any] = field(default_factory=dict)


def read(text: str) -> Scenario:
    scenario, year = Scenario(), ""
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "#":
            continue
        if word == "policy":
            scenario.policy = json.loads(rest)
        elif word == "given":
            signed = re.search(r"signed (\S+):", rest)
            assert signed, line
            year = signed[1][:4]
            scenario.acts.append(Act(date.fromisoformat(signed[1]), rest))
        elif word == "until":
            scenario.until = date.fromisoformat(rest.strip())
        elif word in ("unanswered", "telling"):
            setattr(scenario, *(("answered", False) if word == "unanswered" else ("telling", True)))
        else:
            day = word if len(word) == 10 else f"{year}-{word}"
            year = day[:4]
            said = rest.strip()
            if said.startswith("*"):
                scenario.acts.append(Act(date.fromisoformat(day), said.removeprefix("*").strip()))
            scenario.expected.append(f"{day} {said}")
    return scenario


def request(act: Act, number: int, tasks: dict[str, int]) -> CollectionRequest:
    """What somebody does, as a request. `tasks`: the open tasks, by what the scenario calls them."""
    command = _command(act, tasks)
    return CollectionRequest.model_validate({"key": f"act-{number}", "commands": [command], "actor": OWNER})


def _command(act: Act, tasks: dict[str, int]) -> dict[str, Any]:
    word, *rest = act.said.split()
    named = dict(pairwise(rest))  # such as: for 1,2 — until 2026-03-20 — on 2026-03-01
    day = named.get("on", str(act.day))
    for_ = named["for"].split(",") if "for" in named else []
    match word:
        case "signed":
            return _contract(act.said)
        case "pay" | "placed":
            money = {"payment": rest[0], "amount": {"amount": rest[1], "currency": named.get("in", "CNY")}, "on": day}
            if for_ and "=" in for_[0]:
                return {"kind": "enter_payment", **money, "allocation": dict(part.split("=") for part in for_)}
            return {"kind": "enter_payment" if word == "pay" else "money_placed", **money, "instalments": for_}
        case "reversed":
            amount = {"amount": rest[1], "currency": "CNY"}
            return {"kind": "money_reversed", "payment": rest[0], "amount": amount, "on": day}
        case "take-back":
            return {"kind": "take_back", "payment": rest[0], "reason": "typed wrongly"}
        case "promise":
            some = {"amount": named["of"]} if "of" in named else {}
            some |= {"approved_by": named["by"]} if "by" in named else {}
            return {"kind": "promise_payment", "instalment": rest[0], "until": named["until"], **some}
        case "dispute":
            return {"kind": "dispute", "instalment": rest[0], "text": "it does not run"}
        case "dispute-over":
            return {"kind": "dispute_over", "instalment": rest[0], "complaint": f"{SALE}/{rest[0]}/{named['no']}"}
        case "reach":
            return {"kind": "reach", "milestone": rest[0], "on": day}
        case "plan":
            return {"kind": "plan", "milestone": rest[0], "on": rest[1], "reason": "the customer asked for it"}
        case "write-off" | "approve-legal":
            return {"kind": word.replace("-", "_"), "instalment": rest[0], **WARRANT}
        case "stop-supply" | "resume-supply":
            return {"kind": word.replace("-", "_"), **WARRANT}
        case "threaten":
            return {"kind": "threaten", "text": "or else"}
        case "debtor":
            return {"kind": "set_debtor", "type": rest[0]}
        case "exempt":
            return {"kind": "exempted", "until": named.get("until"), "approved_by": "li"}
        case "hand-over":
            return {"kind": "handed_over", "owner": rest[0]}
        case "unsigned":
            return {"kind": "unsigned", "opportunity": SALE}
        case "done" | "dismissed" | "put_off":
            task = tasks[" ".join(rest[:2] if rest[1:] and rest[1] != "until" else rest[:1])]
            answer: dict[str, Any] = {"kind": "answer_task", "entry": task, "answer": word, "text": "told so"}
            return answer | ({"until": named["until"]} if word == "put_off" else {})
    raise AssertionError(f"nobody knows what this means: {act.said}")


def _contract(said: str) -> dict[str, Any]:
    """Read `signed 2026-02-02: 1=50000 due 2026-03-02; 2=20000 after acceptance +30; delivery by 2026-03-01`."""
    head, _, body = said.partition(":")
    parts: list[dict[str, Any]] = []
    planned, currency = {}, "CNY"
    for piece in (piece.split() for piece in body.split(";")):
        if piece[0] == "in":
            currency = piece[1]
        elif "=" not in piece[0]:
            planned[piece[0]] = piece[2]
        else:
            id_, amount = piece[0].split("=")
            rule = {"due": piece[2]} if piece[1] == "due" else {"after": piece[2], "days": int(piece[3])}
            kind = {"type": "retention"} if id_ == "retention" else {}
            parts.append({"id": id_, "amount": amount, **rule, **kind})
    whole = str(sum(int(part["amount"]) for part in parts))
    contract = {"amount": {"amount": whole, "currency": currency}, "instalments": parts, "milestones": planned}
    collects = {
        "stage": "collection", "amount": "amount_collected", "payments": "payments", "fulfilment": "fulfilment",
        "milestones": ["delivery", "acceptance"],
    }  # fmt: skip
    return {
        "kind": "signed", "opportunity": SALE, "account": ACCOUNT, "owner": OWNER, "contract": contract,
        "on": head.split()[1], "collects": collects,
    }  # fmt: skip


def entry_line(day: date, fact: dict[str, Any], of: str = "") -> str | None:
    """What the ledger says of what the engine did by itself; none of what somebody asked."""
    match fact["kind"]:
        case "task_due":
            again = " again" if fact.get("of") else ""
            urgent = " urgent" if fact.get("urgent") else ""
            return f"{day} {task_name(fact)}{again} -> {','.join(fact['to'])}{urgent}"
        case "task_missed":
            return f"{day} missed {of}"
        case "aged":
            return f"{day} aged {fact['instalment']} {fact['by']}"
        case "promise_ended":
            return f"{day} promise {fact['instalment']} {'kept' if fact['kept'] else 'broken'}"
    return None


def task_name(fact: dict[str, Any]) -> str:
    """What the scenario calls a task: its kind, and what it is about."""
    about = fact["params"].get("instalment") or fact["params"].get("milestone") or ""
    return f"{fact['task']} {about}".strip()


def tell_lines(day: date, tell: Tell) -> Iterator[str]:
    if tell.envelope is not None:
        mark = tell.envelope.commands[0].model_dump(mode="json", exclude_unset=True)
        given = " ".join(f"{piece['evidence']}={_plain(piece['value'])}" for piece in mark["evidence"])
        yield f"{day} mark {mark['stage']} {mark['edge']} {mark.get('observed_at', '')} {given}".rstrip()
        return
    assert tell.request is not None
    assert tell.to is not None
    for fact in tell.request["commands"]:  # type: ignore[union-attr]  # JSON: a list of facts
        yield f"{day} {tell.to.stream}: {_told(fact)}"


def _told(fact: Any) -> str:
    match fact["kind"]:
        case "owed":
            return " ".join(["owed", *(f"{id_}={debt['outstanding']}" for id_, debt in fact["debts"].items())])
        case "money_unplaced":
            return f"money_unplaced {fact['payment']} {fact['amount']['amount']} {fact['amount']['currency']}"
        case "paid_up":
            flags = [name for name in ("overdue", "settled") if fact[name]]
            return " ".join(["paid_up", str(round(float(fact["share"]), 4)), *flags])
        case "reached":
            return f"reached {fact['milestone']} {fact['on']}"
    return " ".join([fact["kind"], *filter(None, [fact.get("instalment")])])


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['amount']}{value['currency']}"
    return ",".join(value) if isinstance(value, list) else str(value).replace(" ", "_")

"""What a request of a neighbour takes, its rules take: whatever is written in it, nothing is raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stagemark.domain.account import commands as account
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.aftercare import commands as care
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.collection.commands import CollectionCommand
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.complaint import commands as complaint
from stagemark.domain.complaint.rules import COMPLAINT
from stagemark.domain.neighbour import Accepted, Around, Rejected, Rules, decide, fall_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.policies.load import shipped_policy
from tests.scenarios.account import playing as accounts
from tests.scenarios.aftercare import playing as cares
from tests.scenarios.collection.language import CALENDAR, SHANGHAI
from tests.scenarios.complaint import playing as complaints

Say = dict[str, Any]
PLAIN = "said so"
BLANK = "\u3000 \t\n"
TEXTS = st.one_of(
    st.text("a 中\n\r\t\u3000\xa0\u2028\x85\x00\x0b\ufeff", max_size=12),
    st.sampled_from(
        [BLANK, "Send the manual.\nAnd the invoice.", " " * 2000 + "x", "x" * 2000, "\n" * 500 + "x" * 500]
    ),
    st.sampled_from(["x" * 499 + "\n\n" + "y" * 999, " " * 3999 + "x", "x" * 128, "x" * 4000]),
)
LATER, DAY = "2026-05-15", "2026-04-20"
MONEY = {"amount": "5", "currency": "CNY"}
CONTRACT = {
    "amount": {"amount": 150_000, "currency": "CNY"},
    "instalments": [{"id": "1", "amount": 150_000, "due": "2026-03-02"}],
}
APPROVED = {"approved_by": "li"}


def signed(text: str) -> Say:
    who = {"opportunity": text, "account": text, "owner": text, "title": text}
    return {"kind": "signed", **who, "on": DAY, "contract": CONTRACT | {"number": text}}


class Life(NamedTuple):
    """A neighbour as it stands at a moment."""

    rules: Rules[Any]
    state: Any
    now: datetime

    @property
    def around(self) -> Around:
        return Around(shipped_policy(), CALENDAR, self.now)

    def after(self, *says: Say) -> Life:
        """After these commands, all of which are lawful."""
        for number, say in enumerate(says):
            decision = self.decide(say, f"before-{self.state.sequence}-{number}")
            assert isinstance(decision, Accepted), decision
            self = self._replace(state=decision.state)
        return self._replace(state=fall_due(self.rules, self.state, self.around).state)

    def asked(self, say: Say, key: str = "k") -> Any:
        return self.rules.request.model_validate({"key": key, "commands": [say], "actor": "wang"})

    def decide(self, say: Say, key: str = "k") -> Any:
        return decide(self.rules, self.state, self.asked(say, key), self.around)

    def takes(self, say: Say) -> bool:
        """Whether it takes a command; if so, all that follows from it is well-formed, and the next run can read it."""
        try:
            self.asked(say)
        except ValidationError:
            return False
        decision = self.decide(say)
        if isinstance(decision, Rejected):
            return False
        fallen = fall_due(self.rules, decision.state, self.around)
        follows(self.rules, self.state, decision.state, decision.entries)
        follows(self.rules, decision.state, fallen.state, fallen.entries)
        for state in (decision.state, fallen.state):
            carried = json.loads(json.dumps(state.model_dump(mode="json", exclude_defaults=True)))
            assert type(state).model_validate(carried) == state
        for entry in (*decision.entries, *fallen.entries):
            assert self.rules.entry.model_validate(json.loads(entry.model_dump_json(exclude_unset=True))) == entry
        return True

    def answers(self, text: str) -> list[Say]:
        """All answers to all that waits."""
        return [
            {"kind": "answer_task", "entry": entry, "answer": answer, "text": text, "until": LATER}
            for entry in self.state.tasks
            for answer in ("done", "dismissed", "put_off")
        ]


@cache
def collections() -> list[Life]:
    began = Life(COLLECTION, COLLECTION.state(id="S-1"), datetime(2026, 2, 2, 10, tzinfo=SHANGHAI))
    late = (
        began.after(signed("S-1") | {"on": "2026-02-02"})
        ._replace(now=datetime(2026, 4, 20, 10, tzinfo=SHANGHAI))
        .after()
    )
    paid = late.after(
        {"kind": "enter_payment", "payment": "P", "amount": MONEY, "on": DAY},
        {"kind": "money_placed", "payment": "B", "amount": MONEY, "on": DAY, "account": "acme"},
        {"kind": "threaten", "text": PLAIN},
        {"kind": "dispute", "instalment": "1", "text": PLAIN},
    )
    return [late, paid, late.after({"kind": "stop_supply", **APPROVED, "reason": PLAIN})]


def collection_says(life: Life, t: str) -> list[Say]:
    return [
        *life.answers(t),
        {**signed(t), "opportunity": "S-1", "account": "acme"},
        {"kind": "unsigned", "opportunity": "S-1"},
        {"kind": "handed_over", "owner": t, "deputy": t, "collaborators": [t]},
        {"kind": "money_placed", "payment": t, "amount": MONEY, "on": DAY, "account": t, "instalments": [t]},
        {"kind": "money_reversed", "payment": "B", "on": DAY, "account": t},
        {"kind": "money_recalled", "payment": "B", "amount": MONEY, "account": t},
        {"kind": "exempted", "until": LATER, "approved_by": t},
        {"kind": "dispute_over", "instalment": "1", "complaint": t},
        {"kind": "enter_payment", "payment": t, "amount": MONEY, "on": DAY},
        {"kind": "take_back", "payment": "P", "reason": t},
        {"kind": "promise_payment", "instalment": "1", "until": "2026-04-30", "approved_by": t},
        {"kind": "dispute", "instalment": "1", "text": t, "contact": t},
        {"kind": "reach", "milestone": "delivery", "on": DAY, "text": t},
        {"kind": "plan", "milestone": "delivery", "on": LATER, "reason": t},
        {"kind": "write_off", "instalment": "1", "approved_by": t, "reason": t},
        {"kind": "approve_legal", "instalment": "1", "approved_by": t, "reason": t},
        {"kind": "threaten", "text": t},
        {"kind": "stop_supply", "approved_by": t, "reason": t},
        {"kind": "resume_supply", "approved_by": t, "reason": t},
        {"kind": "set_debtor", "type": "hard"},
    ]  # fmt: skip


@cache
def accounts_() -> list[Life]:
    began = Life(ACCOUNT, ACCOUNT.state(id="acme"), datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))
    described = began.after({"kind": "describe", "title": "Acme", "owner": "zhang"})
    limited = described.after({"kind": "set_limit", "limit": {"amount": 10**6, "currency": "CNY"}, "reason": PLAIN})
    cleared = limited.after({"kind": "clear", "clearance": "C-1", "opportunity": "S-9", "amount": MONEY})
    busy = cleared.after(
        accounts.signed("S-1", 60_000).model_dump(mode="json"),
        accounts.report("B-1", 777).model_dump(mode="json"),
        {"kind": "worsened", "text": PLAIN},
    )
    assert {task.due.task for task in busy.state.tasks.values()} >= {"credit_survey", "credit_worsened"}
    return [busy, cleared, began, limited.after({"kind": "blacklist", "reason": PLAIN})]


def account_says(life: Life, t: str) -> list[Say]:
    clear = {"kind": "clear", "clearance": t, "opportunity": t, "amount": MONEY}
    return [
        *life.answers(t),
        {"kind": "describe", "title": t, "group": t, "owner": t, "channel": "referral"},
        {"kind": "set_grade", "grade": "b", "reason": t},
        {"kind": "set_limit", "limit": MONEY, "reason": t},
        {"kind": "blacklist", "reason": t},
        {"kind": "lift", "reason": t},
        {"kind": "exempt", "until": LATER, "approved_by": t, "reason": t},
        {**clear, "override": {"by": t, "reason": t}},
        {"kind": "release", "clearance": "C-1", "reason": t},
        {"kind": "survey", "text": t, "report": {"uri": t, "sha256": "0" * 64}},
        {"kind": "worsened", "text": t},
        {"kind": "take_measure", "measures": ["deposit"], "text": t},
        {"kind": "bank_reported", "payment": t, "amount": MONEY, "on": DAY, "reference": t, "payer": t},
        {"kind": "bank_reversed", "payment": "B-1", "on": DAY, "text": t},
        {"kind": "assign", "payment": "B-1", "opportunity": "S-1"},
        {"kind": "refund", "payment": "B-1", "reason": t},
        {"kind": "keep", "payment": "B-1", "reason": t},
        {"kind": "ask_prompt", "opportunity": t, "prompt": t},
        {"kind": "refer", "opportunity": t, "by": t},
        {**signed(t), "account": "acme"},
        {"kind": "unsigned", "opportunity": "S-1"},
        {"kind": "owed", "opportunity": t, "currency": "CNY", "debts": {"1": {"outstanding": "5"}}, "number": t,
         "entered": {t: {"amount": "5"}}},
        {"kind": "money_unplaced", "opportunity": t, "payment": t, "amount": MONEY, "on": DAY},
        {"kind": "complaint_opened", "complaint": t},
        {"kind": "complaint_closed", "complaint": t},
        {"kind": "prompt_made", "opportunity": t, "on": DAY, "cool_until": LATER, "prompt": t},
        {"kind": "prompt_wanted", "opportunity": t, "prompt": t, "on": DAY, "cool_until": LATER},
        {"kind": "prompt_dropped", "opportunity": t, "prompt": t},
        {"kind": "referral_dropped", "opportunity": t},
        {"kind": "customer_said", "opportunity": t, "heard": {"products": [{"product": t, "account": t}]}},
    ]  # fmt: skip


@cache
def complaints_() -> list[Life]:
    begun = Life(COMPLAINT, COMPLAINT.state(id="C-1"), datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))
    lives = [begun.after(complaints.raised().model_dump(mode="json"))]
    for step in ("listen", "apologise", "collect", "propose", "ask", "follow_up"):
        asks = {"accepted": True} if step == "ask" else {}
        lives.append(lives[-1].after({"kind": "take_step", "step": step, "text": PLAIN, **asks}))
    return [begun, *lives, lives[-1].after({"kind": "close"})]


def complaint_says(life: Life, t: str) -> list[Say]:
    about = {"account": t, "owner": t, "text": t, "opportunity": t, "contact": t, "title": t}
    asks = {"accepted": False} if life.state.step == "ask" else {}
    return [
        *life.answers(t),
        {"kind": "raise", **about},
        {"kind": "disputed", **about, "instalment": t},
        {"kind": "take_step", "step": life.state.step or "listen", "text": t, **asks},
        {"kind": "close", "text": t},
        {"kind": "open_again", "reason": t},
        {"kind": "hand_over", "owner": t},
    ]


@cache
def cares_() -> list[Life]:
    def life(done: cares.Aftercare) -> Life:
        return Life(AFTERCARE, done.state, done.now)

    begun = cares.Aftercare(answering=False)
    completed = cares.completed(answering=False)
    completed.ask(cares.satisfied())
    completed.until("2026-04-20")
    assert completed.state.open_prompt
    named = cares.completed(answering=False)
    named.tell("2026-04-08", cares.satisfied(1), cares.suggested(cares.suggestion(), cares.suggestion("bag")))
    named.tell("2026-04-08", cares.satisfied(5))
    return [life(begun), life(completed.until("2026-04-20")), life(named)]


def care_says(life: Life, t: str) -> list[Say]:
    text = {"zh": t, "en": t}
    suggestion = {
        "id": "camera:card", "relation": "goes_with", "of": "camera", "product": "card", "label": text, "link": text,
        "reason": text, "ask": text,
    }  # fmt: skip
    prompt = life.state.open_prompt or "p1"
    return [
        *life.answers(t),
        {**signed(t), "opportunity": "S-1"},
        {"kind": "unsigned", "opportunity": "S-1"},
        {"kind": "handed_over", "owner": t, "deputy": t, "collaborators": [t]},
        {"kind": "held", "complaints": [t], "by": t},
        {"kind": "reached", "milestone": "delivery", "on": "2026-04-01"},
        {"kind": "paid_up", "on": "2026-04-01", "share": "1", "overdue": False},
        {"kind": "ordered", "opportunity": t, "order": t, "on": "2026-04-01", "amount": MONEY},
        {"kind": "order_dropped", "opportunity": t},
        {"kind": "suggested", "catalogue": t, "suggestions": [suggestion]},
        {"kind": "prompt_allowed", "account": t, "prompt": t, "granted": True},
        {"kind": "plan_follow_up", "item": t, "on": LATER, "how": "phone", "text": t, "round": t},
        {"kind": "move_follow_up", "item": "thanks", "on": LATER, "reason": t},
        {"kind": "record_follow_up", "item": "in-use", "text": t},
        {"kind": "promise_task", "item": t, "text": t, "until": LATER},
        {"kind": "rate", "score": 5, "text": t, "contact": t},
        {"kind": "record_order", "order": t, "on": "2026-04-01", "amount": MONEY, "product": t},
        {"kind": "make_prompt", "suggestion": suggestion, "prompt": t},
        {"kind": "answer_prompt", "prompt": prompt, "answer": "accepted", "text": t, "opportunity": t},
        {"kind": "answer_prompt", "prompt": prompt, "answer": "declined", "text": t},
        {"kind": "take_referral_step", "step": "attitude", "text": t},
        {"kind": "give_name", "account": t, "contact": t, "opportunity": t, "text": t},
        {"kind": "rate_referrer", "contact": t, "signs": ["influence"]},
    ]  # fmt: skip


Says = Callable[[Life, str], list[Say]]
NEIGHBOURS: dict[str, tuple[Callable[[], list[Life]], Says, Any]] = {
    "account": (accounts_, account_says, account.AccountCommand),
    "aftercare": (cares_, care_says, care.AftercareCommand),
    "collection": (collections, collection_says, CollectionCommand),
    "complaint": (complaints_, complaint_says, complaint.ComplaintCommand),
}


def several(say: Say, plain: Say) -> list[Say]:
    """A command with what was written in all of its fields, and in each alone, since one can keep back the rest."""
    return [say, *(plain | {name: value} for name, value in say.items() if value != plain[name])]


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_each_command_is_taken_by_some_life(neighbour: str) -> None:
    lives, says, commands = NEIGHBOURS[neighbour]
    taken = {say["kind"] for life in lives() for say in says(life, PLAIN) if life.takes(say)}
    every = {command.model_fields["kind"].default for command in get_args(get_args(commands)[0])}
    never = {"answer_task"} if neighbour == "complaint" else set()  # its tasks are its steps
    assert taken == every - never


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
def test_what_a_request_takes_the_rules_take(neighbour: str, text: str) -> None:
    lives, says, _ = NEIGHBOURS[neighbour]
    for life in lives():
        for say, plain in zip(says(life, text), says(life, PLAIN), strict=True):
            for one in several(say, plain):
                life.takes(one)


@pytest.mark.parametrize("neighbour", ["account", "aftercare", "collection"])
def test_a_blank_answer_is_refused_as_an_empty_one_is(neighbour: str) -> None:
    lives, _, _ = NEIGHBOURS[neighbour]
    for life in lives():
        for say in life.answers(BLANK):
            if say["answer"] != "put_off":
                assert "answer_needs" in [problem.code for problem in life.decide(say).problems]

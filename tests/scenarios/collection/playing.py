"""Play a scenario purely: from due moment to due moment, without any server."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.collection.policy import CollectionPolicy
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.entries import AnswerTask, Entry
from stagemark.domain.neighbour import Accepted, Around, Rejected, decide, fall_due, next_due
from stagemark.domain.neighbour_reactions import follows
from stagemark.domain.policy import Policy
from stagemark.policies.load import shipped_policy
from tests.scenarios.collection.language import (
    CALENDAR,
    OWNER,
    SALE,
    SHANGHAI,
    Scenario,
    entry_line,
    request,
    task_name,
    tell_lines,
)


def policy_of(scenario: Scenario) -> Policy:
    """The shipped policy with the scenario's own numbers."""
    shipped = shipped_policy()
    collection = {**shipped.collection.model_dump(), **scenario.policy}
    return shipped.model_copy(update={"collection": CollectionPolicy.model_validate(collection)})


class Play:
    """One run of a scenario; `told` is what happened."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.policy = scenario, policy_of(scenario)
        self.state = CollectionState(id=SALE)
        self.entries: list[Entry[Any]] = []
        self.told: list[str] = []
        self.now = scenario.acts[0].at

    def run(self) -> list[str]:
        for number, act in enumerate(self.scenario.acts):
            self.pass_until(act.at)
            self.now = act.at
            if number:
                self.told.append(f"{act.day} * {act.said}")
            self.ask(request(act, number, self.open_tasks()))
        self.pass_until(datetime.combine(self.scenario.until, time(23), SHANGHAI))
        return self.told

    @property
    def around(self) -> Around:
        return Around(self.policy, CALENDAR, self.now)

    def open_tasks(self) -> dict[str, int]:
        return {task_name(task.due.model_dump(mode="json")): entry for entry, task in self.state.tasks.items()}

    def pass_until(self, end: datetime) -> None:
        while (at := next_due(COLLECTION, self.state, self.around)) is not None and at <= end:
            assert at >= self.now
            self.now = at
            self.take(fall_due(COLLECTION, self.state, self.around))
        self.now = max(self.now, end)

    def ask(self, asked: CollectionRequest) -> None:
        answer = decide(COLLECTION, self.state, asked, self.around)
        if isinstance(answer, Rejected):
            codes = " ".join(problem.code for problem in answer.problems)
            self.told.append(f"{self.around.today} refused {codes}")
        elif isinstance(answer, Accepted):
            self.take(answer)

    def take(self, accepted: Accepted[CollectionState]) -> None:
        before, self.state = self.state, accepted.state
        self.entries += accepted.entries
        day = self.around.today
        names: dict[int, str] = {n: task_name(t.due.model_dump(mode="json")) for n, t in before.tasks.items()}
        for entry in accepted.entries:
            fact: dict[str, Any] = entry.fact.model_dump(mode="json")
            if fact["kind"] == "task_due":
                names[entry.sequence] = task_name(fact)
            line = entry_line(day, fact, names.get(fact.get("entry", 0), ""))
            self.told += [line] if line else []
        effects = follows(COLLECTION, before, self.state, accepted.entries)
        answered = {entry.fact.entry for entry in accepted.entries if isinstance(entry.fact, AnswerTask)}
        for key in effects.withdrawals:
            number = int(key.removeprefix(f"collection:{SALE}:").split(":")[0])
            if number not in answered and before.tasks[number].put_off is None:  # else it was taken back before
                self.told.append(f"{day} withdrawn {names[number]}")
        if self.scenario.telling:
            self.told += [line for tell in effects.tells for line in tell_lines(day, tell)]
        if self.scenario.answered:
            for number in sorted(self.state.tasks):
                if number not in before.tasks:
                    done = {"kind": "answer_task", "entry": number, "answer": "done", "text": "did so"}
                    self.ask(
                        CollectionRequest.model_validate(
                            {"key": f"answer-{number}", "commands": [done], "actor": OWNER}
                        )
                    )

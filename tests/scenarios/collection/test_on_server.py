"""The same scenarios through the real workflow, on the time-skipping server: the same things on the same days."""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from stagemark.clients.neighbours import Neighbours
from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.neighbours import Living, NeighbourInput
from stagemark.contracts.wire import speaking
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.entries import Entry, Stream
from stagemark.domain.neighbour import Answered, NeighbourState, Tell, fold
from stagemark.domain.policy import Policy
from stagemark.errors import Problem, Refused
from stagemark.plugin import PASSTHROUGH
from stagemark.ports import Message, Person
from stagemark.testing import MemoryCatalogues, MemoryDirectory, MemoryRefusals
from stagemark_activities.neighbours import NeighbourActivities
from stagemark_activities.posting import Posting
from stagemark_activities.sending import SendingActivities
from stagemark_workflows.neighbours import Collection
from tests.scenarios.collection.language import (
    CALENDAR,
    OWNER,
    SALE,
    SHANGHAI,
    Scenario,
    entry_line,
    read,
    request,
    task_name,
    tell_lines,
)
from tests.scenarios.collection.playing import policy_of
from tests.scenarios.collection.test_collection import CASES

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUEUE = "collecting"
STREAM = Stream(stream="collection", id=SALE)
SANDBOX = SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH))


@dataclass
class World:
    """Everything round one collection: its ledger, its policy, what others are told, and people who answer at once."""

    scenario: Scenario
    neighbours: Neighbours | None = None
    entries: list[Entry[Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    # -- ports

    async def append(self, stream: Stream, entries: Iterable[Entry[Any]]) -> None:
        self.entries += [entry for entry in entries if entry.sequence > len(self.entries)]

    async def state(self, stream: Stream) -> NeighbourState | None:
        return fold(COLLECTION, stream.id, self.entries) if self.entries else None

    async def answered(self, stream: Stream, key: str) -> Answered | None:
        return None

    async def policy(self) -> Policy:
        return policy_of(self.scenario)

    async def calendar(self, calendar: str) -> WorkCalendar:
        return CALENDAR

    async def post(self, message: Message, recipient: Person) -> datetime | None:
        """Whoever is told does it at once, where the scenario says so."""
        if self.scenario.answered:
            done = {"kind": "answer_task", "entry": message.event, "answer": "done", "text": "did so"}
            key = f"answer-{message.event}"
            assert self.neighbours is not None
            answer = CollectionRequest.model_validate({"key": key, "commands": [done], "actor": OWNER})
            await self.neighbours.ask(STREAM, answer)
        return None

    async def withdraw(self, key: str) -> None:
        return None

    # -- what happened

    async def tell(self, tell: Tell, living: Living) -> list[Problem]:
        """What others would have been told is kept."""
        if self.scenario.telling:
            self.lines += tell_lines(self.entries[-1].day, tell)
        return []

    def happened(self) -> list[str]:
        """What the ledger and those who were told know, day by day."""
        names: dict[int, str] = {}
        lines = list(self.lines)
        for entry in self.entries:
            fact = entry.fact.model_dump(mode="json")
            if fact["kind"] == "task_due":
                names[entry.sequence] = task_name(fact)
            lines += filter(None, [entry_line(entry.day, fact, names.get(fact.get("entry", 0), ""))])
        return sorted(lines)

    def open_tasks(self) -> dict[str, int]:
        state = fold(COLLECTION, "", self.entries)
        return {task_name(task.due.model_dump(mode="json")): number for number, task in state.tasks.items()}


class Here(Neighbours):
    """The client, in the present of a server that skips time."""

    present: datetime | None = None

    def _now(self) -> datetime:
        assert self.present is not None
        return self.present


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    binary = str(Path(sys.executable).with_name("temporal-test-server"))
    started = await WorkflowEnvironment.start_time_skipping(
        data_converter=speaking(None), test_server_existing_path=binary
    )
    async with started:
        yield started


@pytest.mark.parametrize("scenario", [read(case.read_text()) for case in CASES], ids=[case.stem for case in CASES])
async def test_the_workflow_does_exactly_the_same(scenario: Scenario, environment: WorkflowEnvironment) -> None:
    world = World(scenario)
    posting = Posting(world, MemoryDirectory())
    living = NeighbourActivities(world, world, world, world, posting)
    sending = SendingActivities(posting)
    start = scenario.acts[0].at
    offset = start - await environment.get_current_time()
    here = world.neighbours = Here(
        environment.client, books=world, directory=MemoryDirectory(), policies=world, calendars=world,
        catalogues=MemoryCatalogues(), refusals=MemoryRefusals(), task_queue=QUEUE, offset=offset, jitter=timedelta(0),
    )  # fmt: skip
    async with (
        Worker(
            environment.client, task_queue=QUEUE, workflows=[Collection],
            activities=[living.keep, living.standing, living.answered], workflow_runner=SANDBOX,
        ),
        Worker(environment.client, task_queue=SENDING_QUEUE, activities=[sending.send]),
    ):  # fmt: skip
        refused = []
        try:
            for number, act in enumerate(scenario.acts):
                await environment.sleep(act.at - (await environment.get_current_time() + offset))
                what = request(act, number, world.open_tasks())
                if what.commands[0].kind in COLLECTION.undeniable:
                    begin = NeighbourInput(
                        stream=STREAM, policy=await world.policy(), calendar=CALENDAR,
                        living=Living(offset=offset), resumes=bool(number),
                    )  # fmt: skip
                    await environment.client.start_workflow(
                        Collection.run, begin, id=str(STREAM), task_queue=QUEUE, start_signal="tell",
                        start_signal_args=[what.model_dump(mode="json", exclude_unset=True)],
                    )  # fmt: skip
                    continue
                here.present = act.at
                try:
                    await here.ask(STREAM, what)
                except Refused as no:
                    refused.append(f"{act.day} refused {' '.join(problem.code for problem in no.problems)}")
            end = datetime.combine(scenario.until, time(23), SHANGHAI)
            await environment.sleep(end - (await environment.get_current_time() + offset))
        finally:  # else the next scenario would go on with it
            with suppress(RPCError):
                await environment.client.get_workflow_handle(str(STREAM)).terminate()
    ours = [line for line in scenario.expected if " * " not in line and " withdrawn " not in line]
    assert world.happened() == sorted(line for line in ours if " refused " not in line)
    assert refused == [line for line in ours if " refused " in line]

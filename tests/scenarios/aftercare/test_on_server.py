"""The same story through the real workflow, on the time-skipping server: the same things on the same days."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from stagemark.catalogues.load import demo_catalogue
from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.neighbours import Living, NeighbourInput
from stagemark.contracts.wire import speaking
from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.catalogue import Bought, Catalogue, Customer, suggest
from stagemark.domain.entries import AnswerTask, Entry, Stream
from stagemark.domain.neighbour import Answered, NeighbourState, Tell, fold
from stagemark.domain.policy import Policy
from stagemark.domain.told import Held, PromptAllowed
from stagemark.errors import Problem
from stagemark.plugin import PASSTHROUGH
from stagemark.policies.load import shipped_policy
from stagemark.ports import Message, Person
from stagemark.testing import MemoryDirectory
from stagemark_activities.neighbours import NeighbourActivities
from stagemark_activities.posting import Posting
from stagemark_activities.sending import SendingActivities
from stagemark_activities.suggesting import Suggesting
from stagemark_workflows.neighbours import Aftercare as Workflow
from tests.scenarios.aftercare.playing import (
    ACCOUNT,
    CALENDAR,
    OWNER,
    SALE,
    SHANGHAI,
    Aftercare,
    amount,
    day,
    delivered,
    paid,
    satisfied,
    signed,
    suggested,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUEUE = "caring"
SANDBOX = SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH))
STREAM = Stream(stream="aftercare", id=SALE)
STORY: list[tuple[str, tuple[Any, ...]]] = [
    ("2026-03-02", (signed(),)),
    ("2026-03-10", (delivered("2026-03-10"),)),
    ("2026-03-11", (c.RecordOrder(order="PO-1", on=day("2026-03-11"), amount=amount(9_000)),)),
    ("2026-04-08", (paid("2026-04-08"),)),
    ("2026-04-08", (satisfied(),)),
    ("2026-04-16", (Held(complaints=("C-1",)),)),
    ("2026-05-20", (Held(),)),
    ("2026-05-21", (c.PromiseTask(item="manual", text="Send it.", until=day("2026-05-25")),)),
    ("2026-06-01", (c.GiveName(account="beta", contact="liu", opportunity="S-2"),)),
]
END = "2027-05-31"


@dataclass
class World:
    """Everything round one aftercare: its ledger, policy, catalogue, and people who answer at once."""

    client: Client
    entries: list[Entry[Any]] = field(default_factory=list)
    told: list[Tell] = field(default_factory=list)

    async def tell(self, tell: Tell, living: Living) -> list[Problem]:
        """What others would have been told is kept; an account allows every prompt."""
        self.told.append(tell)
        told: Any = tell.request
        if told and told["commands"][0]["kind"] == "prompt_wanted":
            prompt = told["commands"][0]["prompt"]
            allowed = PromptAllowed(account=ACCOUNT, prompt=prompt, granted=True)
            request = Tell.of(STREAM, f"allowed:{prompt}", allowed, actor=OWNER).request
            await self.client.get_workflow_handle(str(STREAM)).signal("tell", request)
        return []

    async def append(self, stream: Stream, entries: Iterable[Entry[Any]]) -> None:
        self.entries += [entry for entry in entries if entry.sequence > len(self.entries)]

    async def state(self, stream: Stream) -> NeighbourState | None:
        return fold(AFTERCARE, stream.id, self.entries) if self.entries else None

    async def answered(self, stream: Stream, key: str) -> Answered | None:
        return None

    async def policy(self) -> Policy:
        return shipped_policy()

    async def calendar(self, calendar: str) -> WorkCalendar:
        return CALENDAR

    async def catalogue(self) -> Catalogue:
        return demo_catalogue()

    async def known(self, name: str) -> str | None:
        return None

    async def customer(self, account: str) -> Customer:
        return Customer()

    async def post(self, message: Message, recipient: Person) -> datetime | None:
        """Whoever is told does it at once; of prompts and referrals nobody says anything."""
        if message.kind not in ("prompt", "referral_attitude") and not message.params.get("missed"):
            done = AnswerTask(entry=message.event, answer="done", text="done")
            await asked(self.client, c.AftercareRequest(key=f"a{message.event}", commands=(done,), actor=OWNER))
        return None

    async def withdraw(self, key: str) -> None:
        return None


async def asked(client: Client, request: c.AftercareRequest) -> list[str]:
    try:
        await client.get_workflow_handle(str(STREAM)).execute_update(
            "execute", request.model_dump(mode="json", exclude_unset=True)
        )
    except WorkflowUpdateFailedError as failed:
        if isinstance(failed.cause, ApplicationError):
            return [problem["code"] for problem in failed.cause.details[0]]
        raise
    return []


def said(entries: Iterable[Entry[Any]]) -> list[str]:
    """What fell due, was missed, and was prompted, day by day."""
    lines, names = [], {}
    for entry in entries:
        if entry.kind == "task_due":
            names[entry.sequence] = entry.fact.task
            lines.append(f"{entry.day} {entry.fact.task} {entry.fact.params.get('item', '')}")
        elif entry.kind == "task_missed":
            lines.append(f"{entry.day} missed {names[entry.fact.entry]}")
        elif entry.kind == "make_prompt":
            lines.append(f"{entry.day} prompts {entry.fact.suggestion.product}")
    return lines


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    binary = str(Path(sys.executable).with_name("temporal-test-server"))
    started = await WorkflowEnvironment.start_time_skipping(
        data_converter=speaking(None), test_server_existing_path=binary
    )
    async with started:
        yield started


@pytest.mark.parametrize("continue_after", [500, 12])
async def test_the_workflow_does_exactly_the_same(environment: WorkflowEnvironment, continue_after: int) -> None:
    world = World(environment.client)
    posting = Posting(world, MemoryDirectory())
    living = NeighbourActivities(world, world, world, world, posting, Suggesting(world, world, world))
    sending = SendingActivities(posting)
    start = datetime.combine(day(STORY[0][0]), time(10), SHANGHAI)
    offset = start - await environment.get_current_time()

    async def go_to(on: str) -> None:
        moment = datetime.combine(day(on), time(10), SHANGHAI)
        await environment.sleep(moment - (await environment.get_current_time() + offset))

    async with (
        Worker(
            environment.client, task_queue=QUEUE, workflows=[Workflow],
            activities=[living.keep, living.standing, living.answered], workflow_runner=SANDBOX,
        ),
        Worker(environment.client, task_queue=SENDING_QUEUE, activities=[sending.send]),
    ):  # fmt: skip
        for number, (on, commands) in enumerate(STORY):
            await go_to(on)
            request = c.AftercareRequest(key=f"k{number}", commands=commands, actor=OWNER)
            if commands[0].kind in AFTERCARE.undeniable:
                begin = NeighbourInput(
                    stream=STREAM, policy=shipped_policy(), calendar=CALENDAR, resumes=bool(number),
                    living=Living(offset=offset, continue_after=continue_after),
                )  # fmt: skip
                await environment.client.start_workflow(
                    Workflow.run, begin, id=str(STREAM), task_queue=QUEUE, start_signal="tell",
                    start_signal_args=[request.model_dump(mode="json", exclude_unset=True)],
                )  # fmt: skip
            else:
                assert await asked(environment.client, request) == []
        await go_to(END)
        refused = c.AftercareRequest(
            key="late", commands=(c.GiveName(account="beta", contact="l", opportunity="S-9"),), actor=OWNER
        )
        assert await asked(environment.client, refused) == ["referral_known_customer"]
        await environment.client.get_workflow_handle(str(STREAM)).terminate()

    pure = Aftercare()
    for on, commands in STORY:
        pure.until(on)
        assert pure.ask(*commands) == []
        if pure.state.anchors.get("completion") and pure.state.scores and not pure.state.suggestions:
            customer = Customer(len(pure.state.orders), pure.state.scores[-1].rate.score)
            pure.ask(suggested(*suggest(demo_catalogue(), [Bought("camera")], customer, 10)))
    pure.until(END)
    assert said(world.entries) == said(pure.entries)
    state = fold(AFTERCARE, SALE, world.entries)
    assert [one.product for one in state.suggestions] == ["card-4g", "service", "camera-pro"]
    made = [tell for tell in world.told if tell.request and tell.request["commands"][0]["kind"] == "prompt_wanted"]  # type: ignore[index,call-overload]  # the wire form
    assert len({tell.model_dump_json() for tell in made}) == len(state.prompts) == 1

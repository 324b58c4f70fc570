"""The same story through client and real workflow, on the time-skipping server: the same things at the same times."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from stagemark.clients.complaint import Complaints
from stagemark.clients.neighbours import Neighbours
from stagemark.contracts.messages import Living
from stagemark.contracts.names import SENDING_QUEUE
from stagemark.contracts.wire import speaking
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.complaint import commands as c
from stagemark.domain.entries import Stream
from stagemark.domain.neighbour import Tell
from stagemark.errors import Problem, Refused
from stagemark.plugin import PASSTHROUGH
from stagemark.testing import (
    MemoryBooks,
    MemoryCatalogues,
    MemoryDirectory,
    MemoryInbox,
    MemoryPolicies,
    MemoryRefusals,
)
from stagemark_activities.neighbours import NeighbourActivities
from stagemark_activities.posting import Posting
from stagemark_activities.sending import SendingActivities
from stagemark_workflows.neighbours import Complaint as Workflow
from tests.scenarios.complaint.playing import CALENDAR, ID, MONDAY, OWNER, SHANGHAI, Complaint, moment, raised, step

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUEUE = "complaining"
SANDBOX = SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH))
STORY: list[tuple[str, Any]] = [
    (MONDAY, raised()),
    ("2026-03-02 11:00", step("apologise")),
    ("2026-03-02 14:00", step("listen")),
    ("2026-03-02 15:00", step("apologise")),
    ("2026-03-03 10:00", step("collect")),
    ("2026-03-03 11:00", step("propose")),
    ("2026-03-04 10:00", step("ask", accepted=False)),
    ("2026-03-04 12:00", c.Close()),
    ("2026-03-05 09:30", step("propose")),
    ("2026-03-12 09:30", step("propose", approved_by="li")),
    ("2026-03-12 10:00", c.HandOver(owner="li")),
    ("2026-03-12 11:00", step("ask")),
    ("2026-03-13 10:00", step("follow_up")),
    ("2026-03-13 11:00", c.Close(text="They are content.")),
    ("2026-05-04 10:00", step("listen")),
    ("2026-05-04 10:30", c.OpenAgain(reason="It came back.")),
    ("2026-05-04 11:00", step("listen")),
]
END = "2026-05-05 18:00"


@dataclass
class World:
    """Everything round one complaint, in memory; what others would have been told is kept."""

    books: MemoryBooks = field(default_factory=MemoryBooks)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    policies: MemoryPolicies = field(default_factory=MemoryPolicies)
    refusals: MemoryRefusals = field(default_factory=MemoryRefusals)
    heard: list[str] = field(default_factory=list)

    async def tell(self, tell: Tell, living: Living) -> list[Problem]:
        assert tell.request is not None
        self.heard += [f"{tell.to}: {fact['kind']}" for fact in tell.request["commands"]]  # type: ignore[union-attr, index, call-overload]  # JSON: a list of facts
        return []

    async def calendar(self, calendar: str) -> WorkCalendar:
        return CALENDAR


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    binary = str(Path(sys.executable).with_name("temporal-test-server"))
    started = await WorkflowEnvironment.start_time_skipping(
        data_converter=speaking(None), test_server_existing_path=binary
    )
    async with started:
        yield started


def played() -> tuple[Complaint, list[str]]:
    """The story without a server, and what is refused in it."""
    life, refused = Complaint(), []
    for at, command in STORY:
        refused += life.until(at).ask(command)
    return life.until(END), refused


def said(life_or_books: Any) -> list[str]:
    """What the ledger holds, at which minute."""
    lines = []
    for entry in life_or_books:
        name = getattr(entry.fact, "task", None) or getattr(entry.fact, "step", "")
        lines.append(f"{entry.recorded_at.astimezone(SHANGHAI):%m-%d %H:%M} {entry.kind} {name}")
    return lines


async def test_the_workflow_does_exactly_the_same(environment: WorkflowEnvironment) -> None:
    world, client = World(), environment.client
    posting = Posting(world.inbox, MemoryDirectory())
    living = NeighbourActivities(world.books, world.policies, world, world, posting)
    sending = SendingActivities(posting)
    offset = moment(MONDAY) - await environment.get_current_time()
    ask = Complaints(
        Neighbours(
            client, books=world.books, directory=MemoryDirectory(), policies=world.policies, calendars=world,
            refusals=world.refusals, catalogues=MemoryCatalogues(), task_queue=QUEUE, offset=offset, jitter=offset * 0,
        )
    )  # fmt: skip
    refused = []
    async with (
        Worker(
            client, task_queue=QUEUE, workflows=[Workflow],
            activities=[living.keep, living.standing, living.answered], workflow_runner=SANDBOX,
        ),
        Worker(client, task_queue=SENDING_QUEUE, activities=[sending.send]),
    ):  # fmt: skip
        for at, command in STORY:
            await environment.sleep(moment(at) - (await environment.get_current_time() + offset))
            try:
                await ask.ask(ID, command, actor=OWNER)
            except Refused as refusal:
                refused.append(refusal.code)
        await environment.sleep(moment(END) - (await environment.get_current_time() + offset))
        standing = await ask.state(ID)
        await client.get_workflow_handle(f"complaint:{ID}").terminate()
    life, expected = played()
    assert refused == expected == [
        "complaint_step_out_of_turn", "complaint_not_done", "complaint_needs_superior", "complaint_closed",
    ]  # fmt: skip
    entries = world.books.entries(Stream(stream="complaint", id=ID))
    assert said(entries) == said(life.entries)
    assert (standing.round, standing.step, standing.owner) == (3, "apologise", "li")
    opened, closed = "account:acme: complaint_opened", "account:acme: complaint_closed"
    assert world.heard == [opened, closed, opened]
    assert [refusal.problems[0].code for refusal in world.refusals.kept] == refused
    late = [message for message in world.inbox.posted.values() if message.params.get("missed")]
    assert {message.kind for message in late} >= {"complaint_listen", "complaint_propose_anew"}

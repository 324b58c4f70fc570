"""From a trigger of a real workflow to a real mail server."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from stagemark.adapters.deliveries import SqlDeliveries
from stagemark.bootstrap import Engine
from stagemark.contracts.names import TASK_QUEUE
from stagemark.testing import time_skipping_server
from tests.messages.installing import installed
from tests.messages.receivers import Post
from tests.sales import PLAYBOOK, until

PEOPLE = """id,name,supervisor,language,channels
li,李,,zh,mail=li@acme.example
wang,Wang,li,en,mail=wang@acme.example
"""


@pytest.fixture
async def working(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Engine, WorkflowEnvironment]]:
    """An installation on SQLite and the time-skipping server, with a worker."""
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    async with (
        installed(tmp_path, PEOPLE) as engine,
        time_skipping_server(engine.plugin()) as environment,
        Worker(environment.client, task_queue=TASK_QUEUE),
    ):
        yield engine, environment


async def test_what_is_urgent_goes_out_by_mail_and_stands_in_the_inbox(
    working: tuple[Engine, WorkflowEnvironment], post: Post
) -> None:
    engine, environment = working
    sales = engine.sales(environment.client)
    await sales.open("S-1", PLAYBOOK, account="Acme", owner="wang", title="Pumps", actor="wang")
    await environment.sleep(timedelta(days=8))

    async def arrived() -> bool:
        return bool(post.came)

    await until(arrived)
    (mail,) = post.came
    assert mail.to == "li@acme.example", "the rung for the supervisor is urgent; what the owner is told is not"
    assert "Acme" in mail.subject
    assert "S-1" in mail.text
    assert "高风险" in mail.text
    inbox = await engine.inbox.inbox_for(await engine.directory.find("li"), await environment.get_current_time())
    assert [note.opportunity for note in inbox.urgent] == ["S-1"]


async def test_the_run_tries_again_and_looks_first_whether_the_cause_still_stands(
    working: tuple[Engine, WorkflowEnvironment], post: Post
) -> None:
    engine, environment = working
    post.refuses["li"] = "451 4.7.1"
    sales = engine.sales(environment.client)
    for sale in ("S-1", "S-2"):
        await sales.open(sale, PLAYBOOK, account="Acme", owner="wang", title="Pumps", actor="wang")
    kept = SqlDeliveries(engine.store)

    async def tried() -> bool:
        await environment.sleep(timedelta(hours=1))
        return len(await kept.all("li", "waiting")) == 2

    await until(tried, seconds=60)
    await sales.add_evidence("S-1", {"budget": 100}, actor="wang")  # silent no more

    async def taken_back() -> bool:
        return [one.key.split(":")[0] for one in await kept.all("li", "withdrawn")] == ["S-1"]

    await until(taken_back)
    post.refuses.clear()
    await environment.sleep(timedelta(days=1))

    async def arrived() -> bool:
        return bool(post.came)

    await until(arrived)
    assert ["S-2" in mail.text for mail in post.came] == [True]
    assert (await kept.all("li", "sent"))[0].tries > 1

"""After an outage what is due leaves at a limited rate, on the real server, which counts for all workers."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.worker import Worker

from stagemark.contracts.names import TASK_QUEUE
from stagemark.testing import real_server
from stagemark_workflows.digests import Digests
from tests.messages.installing import NOON, installed, message
from tests.messages.receivers import Post

MANY = 40
A_SECOND = 4
PARTITIONS = 4
"""Of a task queue, as the server has it by default."""


@pytest.mark.timeout(170)
async def test_what_is_due_at_once_leaves_one_after_the_other(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    rows = "".join(f"p{number},P{number},mail=p{number}@acme.example,00:00-00:01\n" for number in range(MANY))
    people = f"id,name,channels,quiet_hours\n{rows}"
    async with installed(tmp_path, people, messages_per_second=A_SECOND) as engine:
        for number in range(MANY):
            await engine.inbox.post(message(urgent=False, at=NOON), await engine.directory.find(f"p{number}"))
        async with (
            real_server(engine.plugin()) as environment,
            Worker(environment.client, task_queue=TASK_QUEUE),
        ):
            run = await environment.client.start_workflow(Digests.run, id="day", task_queue=TASK_QUEUE)
            while not post.came:
                await environment.fast_forward(run, timedelta(days=1))
            await run.result()
    assert sorted(mail.to for mail in post.came) == sorted(f"p{number}@acme.example" for number in range(MANY))
    times = [mail.at for mail in post.came]
    assert times[-1] - times[0] > (MANY - PARTITIONS * A_SECOND) / A_SECOND, "each partition may begin with a burst"

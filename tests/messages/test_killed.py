"""A worker that is killed between sending and acknowledging, on the real server."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from stagemark.adapters.deliveries import SqlDeliveries
from stagemark.domain.playbook import Playbook
from stagemark.embedded import embedded_server
from stagemark.testing import free_port
from tests.messages.installing import installed
from tests.messages.receivers import Post
from tests.sales import PLAYBOOK, handle, until
from tests.server.test_crashes import worker_process

PEOPLE = """id,name,supervisor,channels,quiet_hours
li,李,,mail=li@acme.example,00:00-00:01
wang,Wang,li,,
"""


def soon() -> Playbook:
    """The small playbook, whose first rung is urgent and goes to the supervisor."""
    trigger = PLAYBOOK.triggers[0]
    boss = trigger.rungs[1].model_copy(update={"after": "P1D"})
    return PLAYBOOK.model_copy(update={"triggers": (trigger.model_copy(update={"rungs": (boss,)}),)})


@pytest.mark.timeout(180)
async def test_killed_between_sending_and_acknowledging_the_receiver_sees_the_same_id_and_the_inbox_one_message(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    async with (
        embedded_server(None, free_port(), free_port()) as server,
        installed(tmp_path, PEOPLE) as engine,
    ):
        engine.temporal["target_host"] = server.address
        client = await engine.connect()
        async with worker_process(engine.settings, server.address) as first:
            process = first.pid

            def kill() -> None:
                post.after_data = lambda: None
                os.kill(process, signal.SIGKILL)

            post.after_data = kill  # the mail is taken; the worker never hears of it
            sales = engine.sales(client)
            await sales.open("S-1", soon(), account="Acme", owner="wang", title="Pumps", actor="wang")
            skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
            days = asyncio.create_task(skipper.fast_forward(handle(client, "S-1"), timedelta(days=6)))
            assert await first.wait() == -signal.SIGKILL
        async with worker_process(engine.settings, server.address):

            async def sent() -> bool:
                return [one.status for one in await SqlDeliveries(engine.store).all("li")] == ["sent"]

            await until(sent, seconds=90)
            await days
        assert len(post.came) == 2
        assert len({mail.id for mail in post.came}) == 1
        present = await engine.present() + timedelta(days=30)
        inbox = await engine.inbox.inbox_for(await engine.directory.find("li"), present)
        assert len(inbox.urgent) == 1

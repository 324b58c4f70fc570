"""The plugin in a host that has workers of its own."""

from datetime import timedelta

import pytest
from temporalio.worker import Worker

from tests.sales import PLAYBOOK, until
from tests.workflows.conftest import Host

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_several_workers_of_one_client_share_the_one_that_sends(host: Host, sale: str) -> None:
    client, platform = host.environment.client, host.platform
    async with Worker(client, task_queue="platform"), Worker(client, task_queue="another"):
        await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
    platform.inbox.quiet[sale] = await host.environment.get_current_time() + timedelta(days=4)

    await host.environment.sleep(timedelta(days=6))  # what had to wait goes out by the sending queue

    async def told() -> bool:
        return any(message.opportunity == sale for message in platform.inbox.told("wang"))

    await until(told)
    assert sale not in platform.inbox.quiet, "it was tried before, and had to wait"

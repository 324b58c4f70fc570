"""Deployments with versions on the real server: a run stays on its code, the next one takes the newest."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker, WorkerDeploymentConfig

from stagemark.testing import Platform
from tests.sales import PLAYBOOK, handle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def version(deployment: str, build: str) -> WorkerDeploymentVersion:
    return WorkerDeploymentVersion(deployment_name=deployment, build_id=build)


def deployed(platform: Platform, client: Client, deployment: str, build: str) -> Worker:
    pinned = WorkerDeploymentConfig(
        version=version(deployment, build),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
    return platform.worker(client, deployment_config=pinned)


async def made_current(client: Client, deployment: str, build: str) -> None:
    """New runs are from here on for this version; it is known once a worker of it has asked for work."""
    asked = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=deployment, build_id=build, identity="test"
    )

    async def done() -> bool:
        try:
            await client.workflow_service.set_worker_deployment_current_version(asked)
        except RPCError:
            return False
        return True

    await until(done)


async def on(client: Client, sale: str, build: str, run: Callable[[str], bool] = bool) -> str:
    """Wait until a run of the sale that this holds of is on a version; its id."""
    found: WorkflowExecutionDescription

    async def there() -> bool:
        nonlocal found
        found = await handle(client, sale).describe()
        info = found.raw_description.workflow_execution_info.versioning_info
        return run(found.run_id) and info.deployment_version.build_id == build

    await until(there)
    return found.run_id


async def test_a_run_stays_on_the_version_it_began_with_and_the_next_one_takes_the_newest(
    platform: Platform, server: WorkflowEnvironment, sale: str
) -> None:
    client, deployment = server.client, f"sales-{uuid4().hex[:8]}"
    sales = platform.sales(client, continue_after=40)
    async with deployed(platform, client, deployment, "old"):
        await made_current(client, deployment, "old")
        await sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
        first = await on(client, sale, "old")
        another = await Client.connect(client.service_client.config.target_host, plugins=[platform.plugin()])
        async with deployed(platform, another, deployment, "new"):  # as in a process of its own
            await made_current(client, deployment, "new")

            await sales.mark(sale, "find", "start", actor="wang")
            assert await on(client, sale, "old") == first

            for turn in range(8):  # until the run is long enough
                await sales.add_evidence(sale, {"budget": turn}, actor="wang")
            await on(client, sale, "new", lambda run: run != first)
            receipt = await sales.mark(sale, "find", "end", {"need": "pumps"}, actor="wang")

    assert receipt.sequences == (11,)

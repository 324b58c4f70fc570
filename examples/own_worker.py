"""A platform's own worker and client, with stagemark beside its own workflows."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():  # a file with a workflow is loaded anew for each run; we are not
    from stagemark import bootstrap


@workflow.defn
class Greeting:
    """Something of the platform's own."""

    @workflow.run
    async def run(self, name: str) -> str:
        return f"Hello, {name}"


async def main() -> None:
    # The ports' default adapters, as STAGEMARK_* says; a host may pass its own ones to StagemarkPlugin instead.
    async with bootstrap.engine() as engine:
        client = await Client.connect(**engine.temporal, plugins=[engine.plugin()])
        async with Worker(client, task_queue="platform", workflows=[Greeting]):
            print(
                await client.execute_workflow(
                    Greeting.run, "Wang", id="greeting", task_queue="platform", run_timeout=timedelta(minutes=1)
                )
            )


if __name__ == "__main__":
    asyncio.run(main())

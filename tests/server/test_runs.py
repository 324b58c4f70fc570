"""Runs of a sale on the real server: what they cost, how they continue, and what is seen of them."""

import asyncio
from datetime import timedelta
from itertools import chain

import pytest
from temporalio.testing import WorkflowEnvironment

from stagemark.client import Stagemark
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.domain import commands as c
from stagemark.errors import Conflict
from stagemark.testing import Platform
from tests.sales import PAPER, PLAYBOOK, events, handle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(sales: Stagemark, sale: str) -> None:
    await sales.open(sale, PLAYBOOK, account="A-1", owner="wang", title="Pumps", actor="wang")


async def written(platform: Platform, sale: str, count: int) -> None:
    async def there() -> bool:
        return len(await platform.ledger.events(sale)) == count

    await until(there)


async def test_a_marker_costs_eleven_events(platform: Platform, server: WorkflowEnvironment, sale: str) -> None:
    sales = platform.sales(server.client)
    async with platform.worker(server.client):
        await opened(sales, sale)
        await written(platform, sale, 1)
        await _settled(server, sale)
        before = await events(server.client, sale)
        await sales.mark(sale, "find", "start", actor="wang")
        await written(platform, sale, 2)
        await _settled(server, sale)
        cost = (await events(server.client, sale))[len(before) :]
    assert len(cost) == 11
    assert sorted(set(cost)) == [
        "ACTIVITY_TASK_COMPLETED",
        "ACTIVITY_TASK_SCHEDULED",
        "ACTIVITY_TASK_STARTED",
        "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
        "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
        "WORKFLOW_TASK_COMPLETED",
        "WORKFLOW_TASK_SCHEDULED",
        "WORKFLOW_TASK_STARTED",
    ]


async def _settled(server: WorkflowEnvironment, sale: str) -> None:
    """Until the run has nothing in hand."""

    async def rests() -> bool:
        kinds = await events(server.client, sale)
        return kinds[-1] == "WORKFLOW_TASK_COMPLETED" and kinds.count("ACTIVITY_TASK_SCHEDULED") == kinds.count(
            "ACTIVITY_TASK_COMPLETED"
        )

    await until(rests)


async def test_every_acknowledged_command_is_there_once_while_runs_continue_as_new(
    platform: Platform, server: WorkflowEnvironment, sale: str
) -> None:
    sales = platform.sales(server.client, continue_after=10)
    async with platform.worker(server.client):
        await opened(sales, sale)
        first = (await handle(server.client, sale).describe()).run_id

        async def caller(name: int) -> list[int]:
            receipts = [
                await sales.add_evidence(sale, {"budget": turn}, actor="wang", key=f"{name}-{turn}")
                for turn in range(12)
            ]
            return [sequence for receipt in receipts for sequence in receipt.sequences]

        acknowledged = sorted(chain.from_iterable(await asyncio.gather(*map(caller, range(6)))))

        assert acknowledged == list(range(2, 74))
        await written(platform, sale, 73)
        assert (await handle(server.client, sale).describe()).run_id != first
        kept = await platform.ledger.events(sale)
        assert sorted(event.sequence for event in kept if event.kind == "record") == acknowledged
        assert [event.previous for event in kept] == ["", *(event.hash for event in kept[:-1])]

        # a key of the first run is known in the last
        again = await sales.add_evidence(sale, {"budget": 0}, actor="wang", key="0-0")
        assert again.sequences[0] == next(e.sequence for e in kept if e.key == "0-0")
        with pytest.raises(Conflict) as refused:
            await sales.add_evidence(sale, {"budget": 99}, actor="wang", key="0-0")
        assert refused.value.code == "key_reused"


async def test_what_came_while_no_worker_ran_is_taken_when_one_does(
    platform: Platform, server: WorkflowEnvironment, sale: str
) -> None:
    sales = platform.sales(server.client)
    async with platform.worker(server.client):
        await opened(sales, sale)
    late = asyncio.gather(*(sales.add_evidence(sale, {"budget": n}, actor="wang") for n in range(8)))
    async with platform.worker(server.client):
        assert sorted(receipt.sequences[0] for receipt in await late) == list(range(2, 10))
        await written(platform, sale, 9)


async def test_an_operator_sees_how_a_sale_stands(platform: Platform, server: WorkflowEnvironment, sale: str) -> None:
    sales = platform.sales(server.client)
    async with platform.worker(server.client):
        await opened(sales, sale)
        await sales.mark(sale, "find", "start", actor="wang")
        await sales.change(sale, c.Change(owner="li"), actor="wang")

        found = await handle(server.client, sale).describe()
        assert await found.static_summary() == "A-1 · Pumps"
        metadata = await handle(server.client, sale).query("__temporal_workflow_metadata")
        assert "▶ find (begun)" in metadata.current_details

        async def indexed() -> bool:
            query = "StagemarkOwner = 'li' AND StagemarkLife = 'open' AND StagemarkAccount = 'A-1'"
            return [w.id async for w in server.client.list_workflows(query)] == [opportunity_workflow_id(sale)]

        await until(indexed)


async def test_in_virtual_time_a_trigger_fires_and_the_sale_goes_on(
    platform: Platform, server: WorkflowEnvironment, sale: str
) -> None:
    sales = platform.sales(server.client)
    async with platform.worker(server.client):
        await opened(sales, sale)
        await sales.mark(sale, "find", "start", actor="wang")

        await server.fast_forward(handle(server.client, sale), timedelta(days=40))

        await until(lambda: _told(platform, sale))
        assert (await sales.view(sale)).sequence == 6  # two rungs, both missed
        await sales.mark(sale, "find", "end", {"need": "pumps"}, actor="wang")
        await sales.record(
            sale,
            c.Mark(stage="win", edge="start"),
            c.Mark(
                stage="win",
                edge="end",
                evidence=(c.Given(evidence="contract", value=PAPER), c.Given(evidence="budget", value=5000)),
            ),
            actor="wang",
        )
        await handle(server.client, sale).result()
    assert (await platform.ledger.events(sale))[-1].outcome is not None


async def _told(platform: Platform, sale: str) -> bool:
    return sale in {message.opportunity for message in platform.inbox.told("li")}

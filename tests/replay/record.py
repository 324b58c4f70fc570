"""Records histories for the replay tests: `python -m tests.replay.record`, once for each released version.

They are played on the time-skipping server and kept, run by run, under `histories/<version>/`. A recorded history is
never recorded anew: what it holds is what running workflows hold (design.md §6 rule 13).
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from stagemark.client import Stagemark
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.domain import commands as c
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, Platform, time_skipping_server
from tests.replay.neighbours import after_the_contract
from tests.sales import PAPER, PLAYBOOK, handle, until

HISTORIES = Path(__file__).parent / "histories"

Play = Callable[[WorkflowEnvironment, Platform], Awaitable[str | tuple[str, ...]]]
"""Plays a sale and tells its id; or those of the workflows to be kept."""


async def whole_life(environment: WorkflowEnvironment, platform: Platform) -> str:
    """Opened, marked, changed, corrected, suspended, fallen back, migrated, won."""
    sale = "S-1"
    sales = platform.sales(environment.client)
    await opened(sales, sale)
    await sales.mark(sale, "find", "start", actor="wang")
    await sales.change(sale, c.Change(owner="chen"), actor="li")
    await sales.correct(sale, 2, "was noted late", happened_at="unknown", actor="chen")
    await sales.wait(sale, "customer", actor="chen")
    day = (await environment.get_current_time()).date() + timedelta(days=30)
    await sales.suspend(sale, "no budget this month", day, actor="chen")
    await sales.resume(sale, actor="chen")
    await sales.mark(sale, "find", "end", {"need": "pumps"}, actor="chen")
    await sales.fall_back(sale, "find", "needs have changed", actor="chen")
    await sales.mark(sale, "find", "end", {"need": "valves"}, actor="chen")
    await sales.migrate(sale, PLAYBOOK.model_copy(update={"version": "2"}), "new year", actor="li")
    await sales.mark(sale, "win", "start", actor="chen")
    await sales.mark(sale, "win", "end", {"contract": PAPER, "budget": 5000}, actor="chen")
    await handle(environment.client, sale).result()
    return sale


async def second_life(environment: WorkflowEnvironment, platform: Platform) -> str:
    """The same sale goes on after its end, and is lost."""
    sale = "S-1"
    sales = platform.sales(environment.client)
    await sales.reopen(sale, "the customer came back", actor="chen")
    await sales.lose(sale, "price", actor="chen")
    await handle(environment.client, sale).result()
    return sale


async def silence(environment: WorkflowEnvironment, platform: Platform) -> str:
    """Triggers that fire, wait for quiet hours to end, are answered, taken back, missed; a quarter passes."""
    sale = "S-2"
    sales = platform.sales(environment.client, jitter=timedelta(seconds=20))
    await opened(sales, sale)
    await sales.mark(sale, "find", "start", actor="wang")
    platform.inbox.quiet[sale] = await environment.get_current_time() + timedelta(days=5)
    await environment.sleep(timedelta(days=4.9))
    await until(lambda: fired(sales, sale))
    await environment.sleep(timedelta(days=1))
    await sales.add_evidence(sale, {"budget": 100}, actor="wang")
    await environment.sleep(timedelta(days=6))
    await until(lambda: fired(sales, sale))
    trigger = (await sales.view(sale)).triggers[0]
    await sales.answer(sale, trigger.event, "done", "called them", actor="wang")
    await environment.sleep(timedelta(days=95))
    await sales.lose(sale, "price", actor="wang")
    await handle(environment.client, sale).result()
    return sale


async def many_runs(environment: WorkflowEnvironment, platform: Platform) -> str:
    """Concurrent commands while runs continue as new."""
    sale = "S-3"
    sales = platform.sales(environment.client, continue_after=10)
    await opened(sales, sale)
    await asyncio.gather(*(sales.add_evidence(sale, {"budget": n}, actor="wang") for n in range(9)))
    await sales.lose(sale, "price", actor="wang")
    await handle(environment.client, sale).result()
    return sale


async def opened(sales: Stagemark, sale: str) -> None:
    await sales.open(sale, PLAYBOOK, account="A-1", owner="wang", title="Pumps", actor="wang")


async def fired(sales: Stagemark, sale: str) -> bool:
    return bool((await sales.view(sale)).triggers)


PLAYS: dict[tuple[str, ...], Play] = {
    ("whole-life",): whole_life,
    ("second-life",): second_life,
    ("silence",): silence,
    ("many-runs",): many_runs,
    ("account", "collection", "aftercare", "complaint"): after_the_contract,
}
"""By the names under which their histories are kept."""


async def main() -> None:
    """Play everything and keep its histories."""
    folder = HISTORIES / version("stagemark")
    folder.mkdir(parents=True)
    platform = Platform(directory=MemoryDirectory(Person(id="wang", name="王", supervisor="li")))
    async with time_skipping_server(platform.plugin()) as environment, platform.worker(environment.client):
        for names, play in PLAYS.items():
            played = await play(environment, platform)
            workflows = (opportunity_workflow_id(played),) if isinstance(played, str) else played
            for name, workflow in zip(names, workflows, strict=True):
                for number, history in enumerate(await histories(environment, workflow), start=1):
                    packed = gzip.compress(history.encode(), mtime=0)
                    (folder / f"{name}-{number}.json.gz").write_bytes(packed)


async def histories(environment: WorkflowEnvironment, workflow: str) -> list[str]:
    """The histories of all runs of a workflow, from the last to the first: each names the one before."""
    found = []
    run_id: str | None = None
    while True:
        run = environment.client.get_workflow_handle(workflow, run_id=run_id)
        history = await run.fetch_history()
        found.append(history.to_json())
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not run_id:
            return found


if __name__ == "__main__":
    asyncio.run(main())

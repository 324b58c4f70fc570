"""The schedule of the weekly receivables table, on the real server (the test server has none)."""

from datetime import timedelta

from temporalio.client import Client, ScheduleActionExecutionStartWorkflow

from stagemark.contracts.names import TASK_QUEUE
from stagemark.domain.collection.policy import Weekly
from stagemark.schedules import SCHEDULE, ensure_receivables
from stagemark.testing import Platform, real_server
from tests.sales import until
from tests.workflows.test_receivables import PEOPLE, Owed


async def starts(client: Client) -> list[str]:
    """The days and hours of the next starts, in UTC."""
    told = await client.get_schedule_handle(SCHEDULE).describe()
    return [f"{at:%A %H:%M}" for at in told.info.next_action_times[:2]]


async def test_the_schedule_is_made_once_follows_the_policy_and_starts_the_table() -> None:
    platform = Platform(directory=PEOPLE, collections=Owed())
    async with real_server(platform.plugin()) as environment:
        client = environment.client
        await ensure_receivables(client, Weekly(), TASK_QUEUE)
        await ensure_receivables(client, Weekly(), TASK_QUEUE)
        assert await starts(client) == ["Sunday 10:00", "Sunday 10:00"]

        schedule = client.get_schedule_handle(SCHEDULE)
        await schedule.pause(note="an operator's word")
        await ensure_receivables(client, Weekly(weekday=2), TASK_QUEUE)
        assert await starts(client) == ["Monday 10:00", "Monday 10:00"]
        assert (await schedule.describe()).schedule.state.paused, "an operator's pause is kept"
        await schedule.unpause()

        async with platform.worker(client):
            await schedule.trigger()

            async def has_run() -> bool:
                return bool((await schedule.describe()).info.recent_actions)

            await until(has_run)
            action = (await schedule.describe()).info.recent_actions[-1].action
            assert isinstance(action, ScheduleActionExecutionStartWorkflow)
            run = client.get_workflow_handle(action.workflow_id)
            await environment.fast_forward(run, timedelta(days=8))
            assert await run.result() == 3
        assert {person for _, person in platform.inbox.posted} == {"li", "chen", "smith"}

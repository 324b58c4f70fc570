"""What a sale does by itself as time passes, on the time-skipping server."""

from datetime import date, timedelta

import pytest
from temporalio.client import WorkflowHistory

from stagemark.contracts.messages import OpportunityInput
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.domain import commands as c
from stagemark.domain.events import Fired
from tests.sales import PLAYBOOK, events, handle, until
from tests.workflows.conftest import Host

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORKING_DAY = timedelta(days=1)
WEEK = timedelta(days=7)


async def opened(host: Host, sale: str, **said: object) -> None:
    """A sale whose stage has begun."""
    await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
    await host.sales.mark(sale, "find", "start", actor="wang")
    await until(lambda: _written(host, sale, 2))


async def _written(host: Host, sale: str, count: int) -> bool:
    return len(await host.platform.ledger.events(sale)) >= count


def told(host: Host, person: str, sale: str) -> list[str]:
    return [f"{m.kind}.{m.params['rung']}" for m in host.platform.inbox.told(person) if m.opportunity == sale]


async def test_silence_tells_the_owner_first_and_the_supervisor_later_each_once(host: Host, sale: str) -> None:
    await opened(host, sale)

    await host.environment.sleep(WEEK * 3)
    await until(lambda: _written(host, sale, 6))

    fired = [e.fact for e in await host.platform.ledger.events(sale) if isinstance(e.fact, Fired)]
    assert [f.rung for f in fired] == ["owner", "boss"]
    assert told(host, "wang", sale) == ["silent.owner"]
    assert told(host, "li", sale) == ["silent.boss"]
    view = await host.sales.view(sale)
    assert view.triggers == ()  # nobody answered: both were missed, and count
    kinds = [event.kind for event in await host.platform.ledger.events(sale)]
    assert kinds.count("missed") == 2


async def test_it_fires_in_working_hours_and_not_before_its_time(host: Host, sale: str) -> None:
    await opened(host, sale)
    await host.environment.sleep(WEEK)
    await until(lambda: _written(host, sale, 3))

    calendar = await host.platform.calendars.calendar("cn")
    fired = next(e for e in await host.platform.ledger.events(sale) if isinstance(e.fact, Fired))
    assert isinstance(fired.fact, Fired)
    due = calendar.next_working_moment(fired.fact.due_at)  # it may fall due at the last moment of a working stretch
    assert timedelta(0) <= fired.recorded_at - due < timedelta(minutes=5)
    assert calendar.next_working_moment(fired.recorded_at) == fired.recorded_at


async def test_a_message_is_taken_back_when_its_cause_is_gone(host: Host, sale: str) -> None:
    await opened(host, sale)
    await host.environment.sleep(timedelta(days=4.5))
    await until(lambda: _written(host, sale, 3))
    message = next(m for m in host.platform.inbox.told("wang") if m.opportunity == sale)

    await host.sales.add_evidence(sale, {"budget": 100}, actor="wang")

    async def withdrawn() -> bool:
        return message.key in host.platform.inbox.withdrawn

    await until(withdrawn)
    assert (await host.sales.view(sale)).triggers == ()


async def test_what_is_recorded_sets_no_new_timer(host: Host, sale: str) -> None:
    await opened(host, sale)
    for number in range(5):
        await host.sales.add_evidence(sale, {"budget": number}, actor="wang")
    history = await events(host.environment.client, sale)
    assert history.count("TIMER_STARTED") == 1
    assert history.count("TIMER_CANCELED") == 0


async def test_in_quiet_hours_a_message_waits_and_goes_out_later(host: Host, sale: str) -> None:
    await opened(host, sale)
    now = await host.environment.get_current_time()
    host.platform.inbox.quiet[sale] = now + timedelta(days=5)

    await host.environment.sleep(timedelta(days=4.9))
    await until(lambda: _written(host, sale, 3))
    assert told(host, "wang", sale) == []
    await host.environment.sleep(timedelta(days=1))

    async def arrived() -> bool:
        return told(host, "wang", sale) == ["silent.owner"]

    await until(arrived)


async def test_a_message_that_waited_is_not_sent_when_its_cause_is_gone(host: Host, sale: str) -> None:
    await opened(host, sale)
    now = await host.environment.get_current_time()
    host.platform.inbox.quiet[sale] = now + timedelta(days=5)
    await host.environment.sleep(timedelta(days=4.9))
    await until(lambda: _written(host, sale, 3))
    await host.sales.add_evidence(sale, {"budget": 100}, actor="wang")

    await host.environment.sleep(timedelta(days=1))

    assert told(host, "wang", sale) == []


async def test_a_suspended_sale_is_looked_at_again_and_answers_are_kept(host: Host, sale: str) -> None:
    playbook = PLAYBOOK.model_copy(update={"triggers": (LOOK_AGAIN,)})
    today = (await host.environment.get_current_time()).date()
    await host.sales.open(sale, playbook, account="A-1", owner="wang", actor="wang")
    await host.sales.suspend(sale, "budget is frozen", today + WEEK, actor="wang")

    await host.environment.sleep(WEEK * 1.5)
    await until(lambda: _written(host, sale, 3))

    (open_trigger,) = (await host.sales.view(sale)).triggers
    receipt = await host.sales.answer(sale, open_trigger.event, "done", "called them", actor="wang")
    assert receipt.life == "suspended"
    assert (await host.sales.view(sale)).triggers == ()
    await host.sales.record(sale, c.Resume(), c.Mark(stage="find", edge="start"), actor="wang")


LOOK_AGAIN = PLAYBOOK.triggers[0].model_validate(
    {"id": "again", "on": "look_again", "rungs": [{"id": "owner"}], "answer_within": "P30D"}
)


async def test_a_run_of_a_month_is_renewed_when_its_timer_rings_and_after_a_quarter_whatever_happens(
    host: Host, sale: str
) -> None:
    quiet = f"{sale}-b"
    await opened(host, sale)
    playbook = PLAYBOOK.model_copy(update={"triggers": ()})
    await host.sales.open(quiet, playbook, account="A-1", owner="wang", actor="wang")
    first = {id_: await run_of(host, id_) for id_ in (sale, quiet)}

    await host.environment.sleep(timedelta(days=31))
    await host.sales.add_evidence(sale, {"budget": 100}, actor="wang")
    assert await run_of(host, sale) == first[sale], "its timer would be set once more"
    await host.environment.sleep(timedelta(days=5))
    assert await run_of(host, sale) != first[sale]
    assert await run_of(host, quiet) == first[quiet], "nothing has happened there"

    await host.environment.sleep(timedelta(days=55))
    assert await run_of(host, quiet) != first[quiet]
    assert (await host.sales.mark(quiet, "find", "start", actor="wang")).sequences == (2,)


async def run_of(host: Host, sale: str) -> str | None:
    return (await handle(host.environment.client, sale).describe()).run_id


UNTRIGGERED = PLAYBOOK.model_copy(update={"triggers": ()})


async def test_a_write_brings_more_of_the_calendar_and_asks_by_no_activity_of_its_own(host: Host, sale: str) -> None:
    today = (await host.environment.get_current_time()).date()
    host.platform.calendars.known_until = today + timedelta(days=60)
    await host.sales.open(sale, UNTRIGGERED, account="A-1", owner="wang", actor="wang")
    host.platform.calendars.known_until = date.max
    await host.sales.mark(sale, "find", "start", actor="wang")
    await until(lambda: _written(host, sale, 2))

    await host.environment.sleep(timedelta(days=91))

    assert (await carried(host, sale)).calendar.known_until == date.max
    assert "stagemark.calendar" not in await activities(host, sale)


async def test_a_silent_sale_asks_for_its_calendar_once_its_known_days_are_over(host: Host, sale: str) -> None:
    playbook = PLAYBOOK.model_copy(update={"triggers": (LOOK_AGAIN,)})
    today = (await host.environment.get_current_time()).date()
    host.platform.calendars.known_until = today + timedelta(days=50)
    await host.sales.open(sale, playbook, account="A-1", owner="wang", actor="wang")
    await host.sales.suspend(sale, "budget is frozen", today + timedelta(days=75), actor="wang")
    await until(lambda: _written(host, sale, 2))

    await host.environment.sleep(timedelta(days=80))
    await until(lambda: _written(host, sale, 3))

    assert (await activities(host, sale)).count("stagemark.calendar") == 1


async def runs(host: Host, sale: str) -> list[WorkflowHistory]:
    """The histories of all runs, the last one first."""
    found = [await handle(host.environment.client, sale).fetch_history()]
    while before := found[-1].events[0].workflow_execution_started_event_attributes.continued_execution_run_id:
        run = host.environment.client.get_workflow_handle(opportunity_workflow_id(sale), run_id=before)
        found.append(await run.fetch_history())
    return found


async def carried(host: Host, sale: str) -> OpportunityInput:
    """What the present run started with."""
    start = (await runs(host, sale))[0].events[0].workflow_execution_started_event_attributes
    (given,) = await host.environment.client.data_converter.decode(start.input.payloads, [OpportunityInput])
    assert isinstance(given, OpportunityInput)
    return given


async def activities(host: Host, sale: str) -> list[str]:
    """The activities of all runs."""
    every = [event for run in await runs(host, sale) for event in run.events]
    asked = [event.activity_task_scheduled_event_attributes.activity_type.name for event in every]
    return [name for name in asked if name]

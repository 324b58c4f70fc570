"""What a sale does by itself as time passes, on the time-skipping server."""

from datetime import date, timedelta

import pytest

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


async def test_a_month_brings_a_new_run_which_renews_the_calendar(host: Host, sale: str) -> None:
    await opened(host, sale)
    first = await handle(host.environment.client, sale).describe()
    host.platform.calendars.known_until = date(2030, 1, 1)
    asked = host.platform.calendars.asked
    playbook = PLAYBOOK.model_copy(update={"triggers": ()})
    await host.sales.open(f"{sale}-b", playbook, account="A-1", owner="wang", actor="wang")

    await host.environment.sleep(timedelta(days=31))

    second = await handle(host.environment.client, sale).describe()
    assert second.run_id != first.run_id
    assert host.platform.calendars.asked == asked + 1  # once for the opening; it is known for years
    assert (await host.sales.mark(f"{sale}-b", "find", "start", actor="wang")).sequences == (2,)

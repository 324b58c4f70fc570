"""The weekly receivables table on the time-skipping server: each supervisor in the morning of their own zone."""

from datetime import UTC, date, datetime, timedelta

from stagemark.contracts.names import TASK_QUEUE
from stagemark.domain.collection.state import CollectionState
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, MemoryInbox, MemoryPolicies, Platform, time_skipping_server
from stagemark_activities.posting import Posting
from stagemark_activities.receivables import ReceivablesActivities
from stagemark_workflows.receivables import Receivables
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play

WEDNESDAY = 3
PEOPLE = MemoryDirectory(
    Person(id="chen", name="陈"),
    Person(id="li", name="李", supervisor="chen"),
    Person(id="zhang", name="张", supervisor="li"),
    Person(id="smith", name="Smith", zone="America/New_York", language="en"),
    Person(id="jones", name="Jones", supervisor="smith", zone="America/New_York", language="en"),
    Person(id="mueller", name="Müller", zone="Europe/Berlin"),
    Person(id="weber", name="Weber", supervisor="mueller", zone="Europe/Berlin"),
)


class Owed:
    """The collections of Zhang and Jones; Weber has none."""

    async def running(self, on: date | None = None) -> list[CollectionState]:
        play = Play(read("given signed 2026-02-02: 1=50000 due 2026-03-02; 2=150000 due 2026-03-02\nuntil 2026-03-10"))
        play.run()
        return [play.state, play.state.model_copy(update={"owner": "jones", "id": "S-2"})]

    async def customers(self) -> dict[str, str]:
        return {"acme": "安可机械"}


async def test_every_supervisor_gets_the_table_on_monday_morning_local_time() -> None:
    platform = Platform(directory=PEOPLE, collections=Owed())
    inbox = platform.inbox
    async with time_skipping_server(platform.plugin()) as environment, platform.worker(environment.client):
        now = await environment.get_current_time()
        await environment.sleep(timedelta(days=(WEDNESDAY - now.isoweekday()) % 7))  # the next Monday is so everywhere
        told = await environment.client.execute_workflow(Receivables.run, id="weekly", task_queue=TASK_QUEUE)
        ended = await environment.get_current_time()

    assert told == 3
    assert not inbox.told("mueller"), "whose people have no receivables hears nothing"
    (message,) = inbox.told("li")
    (above,) = inbox.told("chen")
    (english,) = inbox.told("smith")
    assert above.params == message.params
    shanghai, york = message.at.astimezone(UTC), english.at.astimezone(UTC)
    assert (shanghai.hour, shanghai.minute) == (23, 30), "half past seven in Shanghai"
    assert (shanghai + timedelta(hours=8)).isoweekday() == 1
    assert york.hour in (11, 12)
    assert timedelta(hours=11) < york - shanghai < timedelta(hours=14)
    assert ended >= york
    lines = str(message.params["table"]).splitlines()
    assert lines[0].startswith("客户 | 商机")
    assert lines[1].startswith("安可机械（acme） | S-1 | zhang | 1 | 2026-03-02")
    assert str(english.params["table"]).splitlines()[0].startswith("Customer | Sale")
    assert english.params["count"] == 2


async def test_the_first_such_morning_from_now_on_counts() -> None:
    tables = ReceivablesActivities(Owed(), PEOPLE, MemoryPolicies(), Posting(MemoryInbox(), PEOPLE))
    sunday = datetime(2026, 3, 8, 10, tzinfo=UTC)
    rounds = await tables.rounds(sunday)
    assert [(one.zone, one.day, one.at) for one in rounds] == [
        ("Asia/Shanghai", date(2026, 3, 9), datetime(2026, 3, 8, 23, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 9), datetime(2026, 3, 9, 6, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 9), datetime(2026, 3, 9, 11, 30, tzinfo=UTC)),
    ]


async def test_whoever_cannot_be_told_in_the_morning_is_told_as_soon_as_that_is_possible() -> None:
    platform = Platform(directory=PEOPLE, collections=Owed())
    async with time_skipping_server(platform.plugin()) as environment, platform.worker(environment.client):
        later = await environment.get_current_time() + timedelta(days=8)
        platform.inbox.quiet[""] = later
        told = await environment.client.execute_workflow(Receivables.run, id="weekly", task_queue=TASK_QUEUE)
        assert await environment.get_current_time() >= later
    assert told == 3
    assert {person for _, person in platform.inbox.posted} == {"li", "chen", "smith"}

"""One digest a morning for each person: what it has, when it goes, and that it goes once."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from temporalio.client import ScheduleActionExecutionStartWorkflow
from temporalio.worker import Worker

from stagemark.adapters.deliveries import SqlDeliveries
from stagemark.bootstrap import Engine
from stagemark.contracts.names import TASK_QUEUE
from stagemark.schedules import DAILY, LedgerName, ensure_digests
from stagemark.testing import Platform, real_server, time_skipping_server
from stagemark_activities.digests import DigestActivities
from stagemark_workflows.digests import Digests
from tests.messages.installing import NOON, installed, message
from tests.messages.receivers import Post
from tests.sales import until

PEOPLE = """id,name,supervisor,language,zone,channels
li,李,,zh,Asia/Shanghai,mail=li@acme.example
smith,Smith,,en,America/New_York,mail=smith@acme.example
wang,Wang,li,en,Asia/Shanghai,
"""
THURSDAY = date(2026, 3, 5)
MORNING = datetime(2026, 3, 5, 1, 15, tzinfo=UTC)
"""A quarter past nine on Thursday in Shanghai."""


@pytest.fixture
async def engine(tmp_path: Path, url: str, post: Post, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    async with installed(tmp_path, PEOPLE, database_url=url) as parts:
        yield parts


async def put(engine: Engine, key: str, person: str = "li", **changes: object) -> None:
    what = message(key, **{"urgent": False, "title": key, **changes})
    await engine.inbox.post(what, await engine.directory.find(person))


async def test_a_morning_brings_one_mail_with_everything_that_fell_due(engine: Engine, post: Post) -> None:
    await put(engine, "A")
    await put(engine, "B", params={"due_at": NOON.isoformat(), "unheld": ["finance"]})
    await put(engine, "C", urgent=True)
    assert await engine.courier.waiting(["Asia/Shanghai"], MORNING) == ["li"]
    assert await engine.courier.digest("li", THURSDAY, MORNING) is None
    (mail,) = post.came
    assert mail.subject == "2026-03-05 每日摘要：2 条"
    assert "（S-1 · A · Acme）" in mail.text
    assert "（S-1 · B · Acme）" in mail.text
    assert "无人担任角色“finance”，因此转给您" in mail.text
    assert "stagemark answer S-1 5 done" in mail.text
    assert await engine.courier.waiting(["Asia/Shanghai"], MORNING) == []
    assert await engine.courier.digest("li", THURSDAY, MORNING) is None
    assert len(post.came) == 1


async def test_a_note_is_said_by_the_companys_template_for_its_kind(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "collect_phone.zh.j2").write_text(
        "电话 {{ note.account }}\n{{ note.params.amount }}，{{ note.said.debtor }}\n"
    )
    owed = {"instalment": "1", "amount": "500", "currency": "CNY", "due": "2026-03-01", "days": 3, "debtor": "hard"}
    async with installed(tmp_path, PEOPLE, letters=folder) as engine:
        await put(engine, "A", kind="collect_phone", stream="collection:S-1", params=owed)
        await put(engine, "B")
        assert await engine.courier.digest("li", THURSDAY, MORNING) is None
    (mail,) = post.came
    assert "1. 电话 Acme\n   500，强硬型客户：" in mail.text.replace("\r\n", "\n")
    assert "2. silent（S-1 · B · Acme）" in mail.text


async def test_what_was_taken_back_or_read_is_not_in_it(engine: Engine, post: Post) -> None:
    await put(engine, "A")
    await engine.inbox.inbox_for(await engine.directory.find("li"), MORNING)
    await put(engine, "B")
    await engine.inbox.withdraw("B")
    assert await engine.courier.waiting(["Asia/Shanghai"], MORNING) == []
    assert await engine.courier.digest("li", THURSDAY, MORNING) is None
    assert post.came == []


async def test_a_digest_that_did_not_get_through_is_tried_again_as_it_was(engine: Engine, post: Post) -> None:
    await put(engine, "A")
    await put(engine, "B")
    post.refuses["li"] = "451 4.7.1"
    later = await engine.courier.digest("li", THURSDAY, MORNING)
    assert later == MORNING + timedelta(minutes=1)
    await put(engine, "C")
    await engine.inbox.withdraw("B")
    post.refuses.clear()
    assert await engine.courier.digest("li", THURSDAY, later) is None
    assert "（S-1 · A · Acme）" in post.came[0].text
    assert "（S-1 · B · Acme）" not in post.came[0].text
    assert "（S-1 · C · Acme）" not in post.came[0].text
    friday = MORNING + timedelta(days=1)
    assert await engine.courier.digest("li", friday.date(), friday) is None
    assert "（S-1 · C · Acme）" in post.came[1].text
    assert post.came[0].id != post.came[1].id


async def test_on_a_day_off_it_waits_for_the_next_working_morning(engine: Engine) -> None:
    await put(engine, "A")
    saturday = datetime(2026, 3, 7, 1, 15, tzinfo=UTC)
    assert await engine.courier.digest("li", saturday.date(), saturday) == datetime(2026, 3, 9, 1, tzinfo=UTC)


async def test_what_did_not_arrive_with_a_digest_is_shown_at_each_of_its_messages(engine: Engine, post: Post) -> None:
    await put(engine, "A")
    post.refuses["li"] = "550"
    assert await engine.courier.digest("li", THURSDAY, MORNING) is None
    (day,) = (await engine.inbox.inbox_for(await engine.directory.find("li"), MORNING)).digests
    assert [lost.channel for lost in day.notes[0].undelivered] == ["mail"]


async def test_every_zone_has_its_morning_and_a_day_off_has_none(engine: Engine) -> None:
    activities = DigestActivities(engine.courier, engine.directory, engine.policies, engine.calendars)
    rounds = await activities.rounds(datetime(2026, 3, 4, 10, tzinfo=UTC))
    assert [(one.zone, one.day, one.at) for one in rounds] == [
        ("Asia/Shanghai", THURSDAY, MORNING),
        ("America/New_York", THURSDAY, datetime(2026, 3, 5, 14, 15, tzinfo=UTC)),
    ]
    assert await activities.rounds(datetime(2026, 3, 6, 10, tzinfo=UTC)) == []


async def test_how_long_after_work_begins_it_goes_out_is_a_setting(tmp_path: Path) -> None:
    policy, shipped = tmp_path / "policy.yaml", files("stagemark.policies").joinpath("default.yaml").read_text("utf-8")
    policy.write_text(shipped.replace("digest_after: PT15M", "digest_after: PT1H"), "utf-8")
    async with installed(tmp_path, PEOPLE, policy=policy) as engine:
        activities = DigestActivities(engine.courier, engine.directory, engine.policies, engine.calendars)
        shanghai, _ = await activities.rounds(datetime(2026, 3, 4, 10, tzinfo=UTC))
        assert shanghai.at == MORNING + timedelta(minutes=45)
        await put(engine, "A", at=shanghai.at - timedelta(minutes=1))
        await put(engine, "B", "smith", at=shanghai.at)
        assert await engine.courier.waiting(["Asia/Shanghai"], shanghai.at) == ["li"]


async def test_the_days_run_goes_from_morning_to_morning_and_on_until_all_have_theirs(
    engine: Engine, post: Post
) -> None:
    post.refuses["smith"] = "451 4.7.1"
    async with (
        time_skipping_server(engine.plugin()) as environment,
        Worker(environment.client, task_queue=TASK_QUEUE),
    ):
        working = await _next_working_run(engine, await environment.get_current_time())
        await environment.sleep(working - await environment.get_current_time())
        before = working - timedelta(days=7)
        for person in ("li", "smith", "wang"):
            await put(engine, f"for {person}", person, at=before)
        run = await environment.client.start_workflow(Digests.run, id="day", task_queue=TASK_QUEUE)
        await environment.sleep(timedelta(hours=36))
        post.refuses.clear()
        await environment.sleep(timedelta(hours=3))
        assert await run.result() == 2
    assert sorted(mail.to for mail in post.came) == ["li@acme.example", "smith@acme.example"]
    found = {one.recipient: one.tries for one in await SqlDeliveries(engine.store).all()}
    assert found["li"] == 1
    assert found["smith"] > 1


async def _next_working_run(engine: Engine, now: datetime) -> datetime:
    """The next ten in the morning, UTC, after which a working day begins everywhere."""
    activities = DigestActivities(engine.courier, engine.directory, engine.policies, engine.calendars)
    start = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while not await activities.rounds(start):
        start += timedelta(days=1)
    return start


async def test_the_schedule_is_made_once_and_starts_a_run_each_day(engine: Engine) -> None:
    async with real_server(Platform().plugin()) as environment:
        client = environment.client
        for _ in range(2):
            await ensure_digests(client, "queue", LedgerName("1", "/a/stagemark.db"))
        schedule = client.get_schedule_handle(DAILY)
        first, second = (await schedule.describe()).info.next_action_times[:2]
        assert (first.hour, second - first) == (10, timedelta(days=1))
        await schedule.trigger()

        async def has_run() -> bool:
            return bool((await schedule.describe()).info.recent_actions)

        await until(has_run)
        action = (await schedule.describe()).info.recent_actions[-1].action
        assert isinstance(action, ScheduleActionExecutionStartWorkflow)
        assert action.workflow_id.startswith(DAILY)

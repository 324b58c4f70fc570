"""What is urgent beyond the inbox: when it goes, what is tried again, and who hears of what did not arrive."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stagemark.adapters.deliveries import SqlDeliveries
from stagemark.adapters.inbox import Note
from stagemark.bootstrap import Engine
from stagemark.cli.inbox import lines
from stagemark.domain.entries import Stream
from stagemark.readmodel import books
from tests.messages.installing import NOON, deliver, installed, message
from tests.messages.receivers import Post, Web, post_office
from tests.scenarios.complaint.playing import opened as complained

NIGHT = datetime(2026, 3, 4, 14, tzinfo=UTC)
"""Ten in the evening in Shanghai."""
AGAIN = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)]


@pytest.fixture
async def engine(tmp_path: Path, url: str, post: Post, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    async with installed(tmp_path, database_url=url) as parts:
        yield parts


async def statuses(engine: Engine, person: str) -> list[tuple[str, int]]:
    found = await SqlDeliveries(engine.store).all((await engine.directory.find(person)).id)
    return [(one.status, one.tries) for one in found]


async def told(engine: Engine, person: str, now: datetime) -> list[Note]:
    inbox = await engine.inbox.inbox_for(await engine.directory.find(person), now, everything=True)
    return [*inbox.urgent, *(note for digest in inbox.digests for note in digest.notes)]


async def test_it_goes_out_once_however_often_it_is_asked_for(engine: Engine, post: Post) -> None:
    for _ in range(3):
        assert await deliver(engine, message(), "li") is None
    assert [mail.to for mail in post.came] == ["li@acme.example"]
    assert await statuses(engine, "li") == [("sent", 1)]
    assert len(await told(engine, "li", NOON)) == 1


async def test_each_message_and_each_reader_has_a_message_id_of_their_own(engine: Engine, post: Post) -> None:
    for key in ("S-1:5:silent", "S-1:6:silent"):
        for person in ("li", "wang"):
            await deliver(engine, message(key), person)
    assert len({mail.id for mail in post.came}) == 4


async def test_the_inbox_has_it_also_where_a_hosts_own_notifier_was_told(engine: Engine, post: Post) -> None:
    assert await engine.courier.deliver(message(), await engine.directory.find("li"), NOON) is None
    assert len(post.came) == len(await told(engine, "li", NOON)) == 1


async def test_what_is_not_urgent_waits_for_the_digest(engine: Engine, post: Post) -> None:
    assert await deliver(engine, message(urgent=False), "li") is None
    assert post.came == []


async def test_in_quiet_hours_it_waits_for_their_end_and_stands_in_the_inbox(engine: Engine, post: Post) -> None:
    morning = datetime(2026, 3, 5, 0, tzinfo=UTC)
    assert await deliver(engine, message(), "li", NIGHT) == morning
    assert post.came == []
    assert len(await told(engine, "li", NIGHT)) == 1
    assert await deliver(engine, message(), "li", morning) is None
    assert len(post.came) == 1


async def test_somebodys_own_quiet_hours_go_before_the_companys(tmp_path: Path, engine: Engine, post: Post) -> None:
    (tmp_path / "own.csv").write_text("id,name,channels,quiet_hours\nli,李,mail=li@acme.example,11:00-13:00\n")
    await engine.directory.bring_in(tmp_path / "own.csv")
    assert await deliver(engine, message(), "li", NIGHT) is None
    assert await deliver(engine, message("S-1:6:silent"), "li", NOON) == NOON + timedelta(hours=1)
    assert len(post.came) == 1


async def test_what_was_taken_back_while_it_waited_is_not_sent(engine: Engine, post: Post) -> None:
    until = await deliver(engine, message(), "li", NIGHT)
    assert until is not None
    await engine.inbox.withdraw(message().key)
    await engine.courier.withdraw(message().key)
    assert await engine.courier.deliver(message(), await engine.directory.find("li"), until) is None
    assert post.came == []


async def test_a_rejected_address_is_not_tried_again_and_people_see_it(engine: Engine, post: Post) -> None:
    post.refuses["li"] = "550 5.1.1"
    for _ in range(3):
        assert await deliver(engine, message(), "li") is None
    assert post.asked == 1
    assert await statuses(engine, "li") == [("refused", 1)]
    (note,) = await told(engine, "li", NOON)
    assert [(lost.channel, lost.problem.code) for lost in note.undelivered] == [("mail", "delivery_refused")]
    (said,) = await told(engine, "root", NOON + timedelta(days=1))
    assert said.trigger.startswith("A message to 李 did not arrive by mail. mail refused the message for good (550)")


async def test_an_unreachable_server_is_tried_again_with_longer_pauses_then_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office() as closed:
        monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", closed.address)
    async with installed(tmp_path) as engine:
        now = datetime(2026, 3, 4, 1, tzinfo=UTC)
        pauses = []
        while (until := await deliver(engine, message(), "li", now)) is not None:
            pauses.append(until - now)
            assert await statuses(engine, "li") == [("waiting", len(pauses))]
            assert await engine.courier.deliver(message(), await engine.directory.find("li"), now) == until
            now = until
        assert pauses == [*AGAIN[:4], timedelta(hours=8)]
        assert await statuses(engine, "li") == [("given_up", 6)]
        (note,) = await told(engine, "li", now)
        assert note.undelivered[0].problem.code == "delivery_unreachable"
        inbox = await engine.inbox.inbox_for(await engine.directory.find("li"), now, everything=True)
        assert any("未能通过 mail 送达" in line for line in lines(inbox))


async def test_a_server_that_comes_back_gets_it_with_the_same_message_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office() as first:
        monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", first.address)
        async with installed(tmp_path) as engine:
            first.refuses["li"] = "451 4.7.1"
            until = await deliver(engine, message(), "li")
            assert until == NOON + AGAIN[0]
            first.refuses.clear()
            assert await deliver(engine, message(), "li", until) is None
            assert len(first.came) == 1
            assert await statuses(engine, "li") == [("sent", 2)]


async def test_an_address_that_is_set_only_later_is_found_then(
    engine: Engine, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAGEMARK_CHANNEL_MAIL")
    until = await deliver(engine, message(), "li")
    assert until is not None
    (waiting,) = await SqlDeliveries(engine.store).all("li")
    assert waiting.problem is not None
    assert "STAGEMARK_CHANNEL_MAIL" in waiting.problem.text()
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    assert await deliver(engine, message(), "li", until) is None
    assert len(post.came) == 1


async def test_one_channel_that_fails_does_not_hold_up_another(
    tmp_path: Path, engine: Engine, post: Post, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_OPS_HOOK", f"{web.url}/into")
    web.answers["/"] = (503, b"")
    (tmp_path / "both.csv").write_text("id,name,channels\nli,李,ops-hook|mail=li@acme.example\n")
    await engine.directory.bring_in(tmp_path / "both.csv")
    until = await deliver(engine, message(), "li")
    assert until is not None
    web.answers.clear()
    assert await deliver(engine, message(), "li", until) is None
    assert len(post.came) == 1
    assert len(web.came) == 2
    assert len({call.id for call in web.came}) == 1
    assert post.came[0].id == f"<{web.came[0].id}@stagemark>"


async def test_a_channel_of_a_file_is_found_by_its_name_and_goes_by_the_companys_relay(
    tmp_path: Path, web: Web
) -> None:
    (tmp_path / "secret").write_text("wecombot://geheim-4711\n")
    channels = tmp_path / "channels.yaml"
    channels.write_text(f"ops-chat:\n  address: file:{tmp_path}/secret\n  relay: {web.url}/out\n")
    async with installed(tmp_path, "id,name,channels\nli,李,ops-chat\n", channels=channels) as engine:
        assert await deliver(engine, message(), "li") is None
    assert web.came[0].path == "/out/cgi-bin/webhook/send?key=geheim-4711"


async def test_what_was_given_up_can_be_sent_again_by_hand(engine: Engine, post: Post) -> None:
    post.refuses["li"] = "550 5.1.1"
    await deliver(engine, message(), "li")
    (lost,) = await SqlDeliveries(engine.store).all("li", "refused")
    post.refuses.clear()
    assert (await engine.courier.again(lost, NOON)).status == "sent"
    (note,) = await told(engine, "li", NOON)
    assert note.undelivered == []
    assert len(post.came) == 1


async def test_of_what_waited_long_only_what_still_stands_goes_out_and_says_what_to_do(
    engine: Engine, post: Post
) -> None:
    life = complained(title="Dead cameras").steps("listen")
    stream = Stream(stream="complaint", id=life.state.id)
    namespace = engine.store.namespace
    await engine.store.write(lambda connection: books.write(connection, namespace, stream, life.entries))
    for told_ in life.messages:
        assert await deliver(engine, told_, "wang", NOON) is None
    assert [one.params.get("missed") for one in life.messages] == [None, None]
    (mail,) = post.came
    assert "Step 2 of 6: apologise" in mail.text
    assert "stagemark complaint step C-1 apologise --text WORDS --as wang" in mail.text

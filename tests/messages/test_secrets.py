"""A secret in an address stays there: it is in no history, log, table, error or output."""

import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowHandle
from temporalio.worker import Worker

from stagemark.adapters.checking import check_channels
from stagemark.contracts.names import TASK_QUEUE
from stagemark.testing import free_port, time_skipping_server
from tests.messages.installing import installed
from tests.messages.receivers import PASSWORD, Post, Web
from tests.sales import PLAYBOOK, handle, until

TOKEN = "geheim-0815-planted"
ADDRESSES: dict[str, Callable[[Post, Web], str]] = {
    "arrives": lambda post, web: post.address,
    "rejected": lambda post, web: post.address.replace("mailto://bot", "mailto://rejected"),
    "unreachable": lambda post, web: f"mailto://bot:{PASSWORD}@127.0.0.1:{free_port()}/?from=bot@acme.example",
    "chat": lambda post, web: f"wecombot://{TOKEN}",
    "hook-refuses": lambda post, web: f"{web.url}/refuses/{TOKEN}?key={TOKEN}",
    "hook-fails": lambda post, web: f"{web.url}/fails/{TOKEN}?key={TOKEN}",
    "hook-gone": lambda post, web: f"http://{TOKEN}@127.0.0.1:{free_port()}/{TOKEN}",
    "unreadable": lambda post, web: f"nonsense://{TOKEN}",
    "malformed": lambda post, web: f"feishu://{TOKEN} §",
}
"""A channel for each way in which things go right or wrong."""


def planted(text: str | bytes) -> bool:
    sought = text if isinstance(text, bytes) else text.encode()
    return PASSWORD.encode() in sought or TOKEN.encode() in sought


async def history(found: WorkflowHandle[object, object]) -> str:
    return (await found.fetch_history()).to_json()


async def test_a_planted_secret_is_nowhere(
    tmp_path: Path,
    post: Post,
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name, address in ADDRESSES.items():
        monkeypatch.setenv(f"STAGEMARK_CHANNEL_{name.upper().replace('-', '_')}", address(post, web))
    post.refuses["rejected"] = "550 no such user"
    web.answers |= {"/refuses": (404, TOKEN.encode()), "/fails": (503, TOKEN.encode())}
    relay = tmp_path / "channels.yaml"
    relay.write_text(f"chat: {{address: env:STAGEMARK_CHANNEL_CHAT, relay: {web.url}}}\n")
    web.answers["/cgi-bin"] = (200, b'{"errcode": 93000, "errmsg": "%s"}' % TOKEN.encode())
    mails = {"arrives": "li@acme.example", "rejected": "rejected@acme.example", "unreachable": "li@acme.example"}
    entries = "|".join(f"{name}={mails[name]}" if name in mails else name for name in ADDRESSES)
    people = f"id,name,supervisor,roles,channels\nli,李,,administrator,{entries}\nwang,Wang,li,,\n"
    said: list[str] = []
    with caplog.at_level(logging.NOTSET):
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # the receiving server's own
        async with installed(tmp_path, people, channels=relay) as engine:
            li = await engine.directory.find("li")
            async with (
                time_skipping_server(engine.plugin()) as environment,
                Worker(environment.client, task_queue=TASK_QUEUE),
            ):
                sales = engine.sales(environment.client)
                await sales.open("S-1", PLAYBOOK, account="Acme", owner="wang", title="Pumps", actor="wang")
                await environment.sleep(timedelta(days=9))

                async def tried() -> bool:
                    return bool(post.came) and len(web.came) >= 3

                await until(tried)
                said.append(await history(handle(environment.client, "S-1")))
                said += [event.model_dump_json() for event in await engine.ledger.events("S-1")]
            now = await engine.present() + timedelta(days=30)
            for entry in li.channels:
                outcome = await engine.courier.test(li, entry, now)
                said += [repr(outcome)]
            said += [problem.text() for problem in check_channels([li], engine.channels)]
    for words in ("messages check", "directory check", "messages test li", "messages outbox --output json"):
        monkeypatch.setenv("STAGEMARK_DATABASE_URL", f"sqlite:///{tmp_path}/stagemark.db")
        monkeypatch.setenv("STAGEMARK_CHANNELS", str(relay))
        said.append(_run(words))
    captured = capfd.readouterr()
    said += [captured.out, captured.err, caplog.text, *(repr(record.__dict__) for record in caplog.records)]
    assert planted(f"{post.address}{TOKEN}"), "the search finds what there is to find"
    assert len(caplog.records) > 10, "the logs were listened to"
    assert any("delivery_refused" in text for text in said)
    assert [text[:2000] for text in said if planted(text)] == []
    files = _files(tmp_path)
    assert "stagemark.db" in files
    assert [name for name, content in files.items() if planted(content)] == []


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _run(words: str) -> str:
    """A command in a process of its own; all that it says."""
    done = subprocess.run(
        [Path(sys.executable).with_name("stagemark"), *words.split()], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr

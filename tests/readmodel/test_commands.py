"""The commands of ledger, directory and inbox, each run as a user runs it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import delete, update

from stagemark import bootstrap, cli
from stagemark.adapters.ledger import SqlLedger
from stagemark.domain.reactions import Message
from stagemark.ports import Person
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.schema import ledger
from stagemark.readmodel.store import Store, open_store
from stagemark.readmodel.tables.common import entries
from tests.readmodel.neighbours import keep, lives
from tests.readmodel.sales import START, WHOLE, history


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with three sales, which the settings name."""
    url = f"sqlite:///{tmp_path / 'stagemark.db'}"
    monkeypatch.setenv("STAGEMARK_DATABASE_URL", url)

    async def fill(store: Store) -> None:
        await migrate(store)
        writer = SqlLedger(store)
        await writer.keep_playbook(WHOLE)
        await writer.append_many({sale: history(Random(sale), sale, 40) for sale in ("a", "b", "c")})

    asyncio.run(with_store(url, fill))
    return url


async def with_store(url: str, work) -> None:  # type: ignore[no-untyped-def]  # any coroutine function of a store
    store = open_store(url)
    await work(store)
    await store.close()


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `stagemark WORDS`."""
    monkeypatch.setattr("sys.argv", ["stagemark", *words])
    with pytest.raises(SystemExit) as left:
        cli.main()
    output = capsys.readouterr()
    return int(left.value.code or 0), output.out, output.err


def test_the_ledgers_are_rebuilt_and_verified(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(with_store(database, lambda store: keep(store, lives())))
    assert said(capsys, monkeypatch, "ledger", "rebuild") == (
        0, "3 sales and 3 neighbours made anew from their ledgers\n", "",
    )  # fmt: skip
    status, out, _ = said(capsys, monkeypatch, "ledger", "verify", "--language", "zh")
    assert (status, out.partition("、")[0]) == (0, "3 个商机")
    assert "3 个关联流程" in out
    assert "完整" in out


def test_a_broken_chain_is_named_and_is_our_failure(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = delete(ledger).where(ledger.c.opportunity == "b", ledger.c.sequence == 2)
    asyncio.run(with_store(database, lambda store: store.write(lambda c: c.execute(cut))))
    status, out, _ = said(capsys, monkeypatch, "ledger", "verify")
    assert status == 1
    assert "b: event 2 is missing" in out
    status, out, _ = said(capsys, monkeypatch, "ledger", "verify", "--output", "json")
    assert json.loads(out)["breaks"] == [{"opportunity": "b", "sequence": 2, "why": "hole"}]


def test_a_broken_chain_of_a_neighbour_is_named_too(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(with_store(database, lambda store: keep(store, lives())))
    forged = update(entries).where(entries.c.stream == "complaint", entries.c.sequence == 2).values(actor="li")
    asyncio.run(with_store(database, lambda store: store.write(lambda c: c.execute(forged))))
    status, out, _ = said(capsys, monkeypatch, "ledger", "verify")
    assert status == 1
    assert "1 chain of hashes is broken" in out
    assert "complaint:C-1: event 2: its row says otherwise" in out


@pytest.mark.usefixtures("database")
def test_an_audit_without_a_server_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    status, out, err = said(capsys, monkeypatch, "ledger", "audit")
    assert (status, out) == (1, "")
    assert err.startswith("server_unreachable: ")


@pytest.mark.usefixtures("database")
def test_people_are_brought_in_and_read_their_inbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("id,name,supervisor,language\nan,安,,zh\nbo,Bo,an,en\n", "utf-8")
    assert said(capsys, monkeypatch, "directory", "import", str(file))[1] == "2 added, 0 changed, 0 unchanged\n"
    assert said(capsys, monkeypatch, "directory", "import", str(file), "--language=zh")[1] == (
        "新增 0 人，更改 0 人，未变 2 人\n"
    )
    people = json.loads(said(capsys, monkeypatch, "directory", "list", "--output", "json")[1])
    assert [person["id"] for person in people] == ["an", "bo"]
    assert "supervisor" in said(capsys, monkeypatch, "directory", "list")[1].lower()

    async def tell() -> None:
        async with bootstrap.engine() as parts:
            for urgent in (True, False):
                at = START - timedelta(days=urgent)
                key = f"a:{2 + urgent}:silent"
                message = Message(key=key, opportunity="a", event=2 + urgent, kind="silent", to=("owner",), owner="an",
                                  playbook=WHOLE.digest(), urgent=urgent, at=at)  # fmt: skip
                await parts.inbox.post(message, Person(id="an", name="安"))
            await parts.inbox.post(message, Person(id="stranger", name="stranger"))

    asyncio.run(tell())
    status, out, _ = said(capsys, monkeypatch, "inbox", "--for", "安")
    assert status == 0
    assert [line.partition("：a")[0].strip() for line in out.splitlines()] == [
        "紧急",
        "• silent（中）",
        "处理：stagemark answer a 3 done --text 结果 --as an（或 put_off、dismissed）",
        "2026-03-02 每日摘要",
        "• silent（中）",
        "处理：stagemark answer a 2 done --text 结果 --as an（或 put_off、dismissed）",
    ]
    assert said(capsys, monkeypatch, "inbox", "--for", "an", "--language", "en")[1] == "Nothing new for 安.\n"
    shown = json.loads(said(capsys, monkeypatch, "inbox", "--for", "an", "--all", "--output", "json")[1])
    assert len(shown["urgent"]) == 1
    assert "silent" in said(capsys, monkeypatch, "inbox", "--for", "stranger")[1]  # told, though nobody knows them


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("words", "code"),
    [(("inbox", "--for", "nobody"), "unknown_person"), (("directory", "import", "none.csv"), "directory_unreadable")],
)
def test_the_callers_mistakes_end_with_status_two(
    words: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = said(capsys, monkeypatch, *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"{code}: ")

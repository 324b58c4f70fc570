"""Who is who, and what they are told."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stagemark.adapters.directory import Imported, SqlDirectory
from stagemark.adapters.inbox import SqlInbox
from stagemark.adapters.ledger import SqlLedger
from stagemark.cli.inbox import lines
from stagemark.errors import InvalidInput, NotFound
from stagemark.ports import Message, Person
from stagemark.readmodel.store import Store
from tests.readmodel.sales import WHOLE

CSV = """name;id;team;supervisor;language;zone
陈静;chen;East;;zh;Asia/Shanghai
Ann Lee;ann;East;chen;en;Europe/London
Bob Ng;bob;;chen;;
"""
YAML = """
- {id: chen, name: 陈静, team: East, language: zh, zone: Asia/Shanghai}
- {id: ann, name: Ann Lee, team: East, supervisor: chen, language: en, zone: Europe/London}
- id: bob
  name: Bob Ng
  supervisor: chen
"""
PEOPLE = [
    Person(id="ann", name="Ann Lee", team="East", supervisor="chen", language="en", zone="Europe/London"),
    Person(id="bob", name="Bob Ng", supervisor="chen"),
    Person(id="chen", name="陈静", team="East"),
]
MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)  # noon in Shanghai


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("name", "text"), [("p.csv", CSV), ("p.csv", CSV.replace(";", ",")), ("p.yaml", YAML)])
async def test_people_come_in_from_a_file_and_a_second_run_changes_nothing(
    store: Store, tmp_path: Path, name: str, text: str
) -> None:
    directory = SqlDirectory(store)
    path = written(tmp_path, name, text)
    assert await directory.bring_in(path) == Imported(added=3, changed=0, same=0)
    assert await directory.people() == PEOPLE
    assert await directory.bring_in(path) == Imported(added=0, changed=0, same=3)
    moved = written(tmp_path, name, text.replace("Bob Ng", "Robert Ng"))
    assert await directory.bring_in(moved) == Imported(added=0, changed=1, same=2)
    assert (await directory.find("Robert Ng")).id == "bob"
    assert await directory.person("nobody") is None


async def test_a_file_says_everything_that_is_wrong_with_it_and_brings_in_nobody(store: Store, tmp_path: Path) -> None:
    directory = SqlDirectory(store)
    path = written(
        tmp_path,
        "p.csv",
        "id,name,supervisor,zone,language\na,An,b,,\nb,,,Mars/Olympus,\n,Bo,,,fr\n\na,Again,,,\n",
    )
    with pytest.raises(InvalidInput) as refused:
        await directory.bring_in(path)
    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("p.csv:3", "directory_empty"),
        ("p.csv:3", "calendar_zone"),
        ("p.csv:4", "directory_empty"),
        ("p.csv:4", "language_unknown"),
        ("p.csv:6", "directory_twice"),
    ]
    assert await directory.people() == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("p.csv", "id,name\na,A,more,cells\nb,B,,\n", ["2 directory_cells"]),
        ("p.csv", 'id,name\na,"A\nb,B\n', ["2 directory_csv"]),
        ("p.csv", 'id,name\na,A "B" C\nb,"B"x\n', ["3 directory_csv"]),
        ("p.csv", "id,name\na,A\x01\nb,B\n", ["2 directory_control"]),
        ("p.yaml", '- {id: a, name: "A\\0"}\n- {id: b, name: B}\n', ["1 directory_control"]),
        ("p.csv", f"id,name,roles\n{'a' * 129},{'n' * 129},{'r' * 501}\n", ["2 directory_long"] * 3),
        ("p.csv", "id,name,channels\na,A,mail=not an address\nb,B,mail=b@c\n", ["2 channel_entry"]),
        ("p.csv", "id,name,supervisor,zone\na,A,nobody,Mars\nb,B,c,\nc,C,b,\nd,,,\ne,E,d,\n", [
            "2 calendar_zone", "2 unknown_supervisor", "3 supervisor_ring", "4 supervisor_ring", "5 directory_empty",
        ]),
    ],
)  # fmt: skip
async def test_a_broken_row_is_named_with_all_that_is_wrong_beside_it(
    store: Store, tmp_path: Path, name: str, text: str, expected: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await SqlDirectory(store).bring_in(written(tmp_path, name, text))
    found = [f"{problem.where.rpartition(':')[2]} {problem.code}" for problem in refused.value.problems]
    assert found == expected
    assert await SqlDirectory(store).people() == []
    assert all(len(problem.text(language)) < 400 for problem in refused.value.problems for language in ("en", "zh"))


async def test_supervisors_must_be_known_and_form_no_ring(store: Store, tmp_path: Path) -> None:
    directory = SqlDirectory(store)
    await directory.bring_in(written(tmp_path, "1.csv", "id,name,supervisor\na,A,\nb,B,a\n"))
    with pytest.raises(InvalidInput) as refused:
        await directory.bring_in(written(tmp_path, "2.csv", "id,name,supervisor\na,A,b\nc,C,d\n"))
    assert [(p.where, p.code) for p in refused.value.problems] == [
        ("2.csv:2", "supervisor_ring"),
        ("2.csv:3", "unknown_supervisor"),
    ]
    assert "a → b → a" in refused.value.text("en")
    assert [person.supervisor for person in await directory.people()] == [None, "a"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("p.csv", "", "directory_columns"),
        ("p.csv", "id,name,phone\na,A,1\n", "directory_columns"),
        ("p.csv", "id,name,id\na,A,b\n", "directory_columns"),
        ("p.yaml", "- {id: a, name: A, phone: 1}\n", "directory_columns"),
        ("p.yaml", "- [a\n", "directory_yaml"),
        ("p.yaml", "just a word\n", "directory_yaml"),
        ("p.yaml", "- {id: a, id: b}\n", "directory_yaml"),
        ("p.csv", None, "directory_unreadable"),
    ],
)
async def test_a_file_of_another_form_is_refused(
    store: Store, tmp_path: Path, name: str, text: str | None, code: str
) -> None:
    path = tmp_path / "none.csv" if text is None else written(tmp_path, name, text)
    with pytest.raises(InvalidInput) as refused:
        await SqlDirectory(store).bring_in(path)
    assert refused.value.code == code
    if code == "directory_yaml":
        chinese = re.sub("p.yaml|YAML|people", "", refused.value.text("zh"))
        assert not re.search(r"[A-Za-z]{3}", chinese)


async def test_a_name_that_several_have_or_nobody_is_not_guessed(store: Store, tmp_path: Path) -> None:
    directory = SqlDirectory(store)
    await directory.bring_in(written(tmp_path, "p.csv", "id,name\na,Li Wei\nb,Li Wei\n"))
    with pytest.raises(NotFound) as refused:
        await directory.find("Li Wei")
    assert refused.value.code == "person_ambiguous"
    with pytest.raises(NotFound) as refused:
        await directory.find("Li")
    assert refused.value.code == "unknown_person"


def message(event: int, at: datetime, *, urgent: bool = False) -> Message:
    return Message(
        key=f"s:{event}:slow",
        opportunity="s",
        title="Presses [new]",
        account="acme",
        playbook=WHOLE.digest(),
        event=event,
        kind="slow",
        params={"stage": "talk", "due_at": at.isoformat()},
        to=("owner",),
        owner="ann",
        urgent=urgent,
        at=at,
    )


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in March 2026 by the clock of London, which is UTC then."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


async def test_people_get_one_digest_each_working_morning_and_what_is_urgent_at_once(store: Store) -> None:
    await SqlLedger(store).keep_playbook(WHOLE)
    inbox, ann = SqlInbox(store), PEOPLE[0]
    for event, when in enumerate((at(2, 9, 5), at(2, 11), at(3, 8), at(6, 17), at(7, 10)), 1):
        await inbox.post(message(event, when), ann)
    await inbox.post(message(6, at(7, 3), urgent=True), ann)
    assert (await inbox.inbox_for(ann, at(2, 8))).digests == []
    first = await inbox.inbox_for(ann, at(2, 12))
    assert [[note.event for note in digest.notes] for digest in first.digests] == [[1]]
    later = await inbox.inbox_for(ann, at(7, 12))
    assert [note.event for note in later.urgent] == [6]
    assert [(d.morning, [note.event for note in d.notes]) for d in later.digests] == [(at(3, 9), [2, 3])]
    monday = await inbox.inbox_for(ann, at(9, 9))
    assert [(d.morning, [note.event for note in d.notes]) for d in monday.digests] == [(at(9, 9), [4, 5])]
    assert (await inbox.inbox_for(ann, at(9, 10))).digests == []
    again = await inbox.inbox_for(ann, at(9, 10), everything=True)
    assert [len(digest.notes) for digest in again.digests] == [1, 2, 2]
    assert all(note.read for digest in again.digests for note in digest.notes)


async def test_a_message_is_posted_once_and_withdrawn_only_unread(store: Store) -> None:
    inbox, (ann, bob, _) = SqlInbox(store), PEOPLE
    for person in (ann, bob, ann):
        await inbox.post(message(1, MONDAY, urgent=True), person)
    assert len((await inbox.inbox_for(ann, MONDAY)).urgent) == 1
    await inbox.withdraw("s:1:slow")
    assert (await inbox.inbox_for(bob, MONDAY)).urgent == []
    assert len((await inbox.inbox_for(ann, MONDAY, everything=True)).urgent) == 1
    await inbox.post(message(1, MONDAY, urgent=True), bob)  # a late repeat does not bring it back
    assert (await inbox.inbox_for(bob, MONDAY)).urgent == []


async def test_the_inbox_speaks_its_readers_language_and_says_how_to_answer(store: Store) -> None:
    await SqlLedger(store).keep_playbook(WHOLE)
    inbox, chen = SqlInbox(store), PEOPLE[2]
    await inbox.post(message(7, MONDAY), chen)
    assert lines(await inbox.inbox_for(chen, at(3, 4), everything=True)) == [
        "[bold]2026-03-03 每日摘要[/bold]",
        "  • slow（中）：s · Presses \\[new] · acme · 阶段：talk（中） · 到期：2026-03-02",
        "    [dim]处理：stagemark answer s 7 done --text 结果 --as chen（或 put_off、dismissed）[/dim]",
    ]
    english = lines(await inbox.inbox_for(chen, at(3, 4), everything=True, language="en"))
    assert english[1] == "  • slow: s · Presses \\[new] · acme · stage talk · due 2026-03-02"
    assert lines(await inbox.inbox_for(chen, at(3, 4))) == ["陈静没有新消息。"]

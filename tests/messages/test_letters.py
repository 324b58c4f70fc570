"""What is carried, in words: the company's templates before the shipped ones, in a sandbox, never a lost message."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from stagemark.adapters.checking import SAMPLE, check_letters, params_of
from stagemark.adapters.letters import Letters
from stagemark.playbooks.load import shipped_playbook
from stagemark.texts.language import Language
from stagemark.texts.tasks import TASKS
from tests.messages.installing import NOON, deliver, installed, message
from tests.messages.receivers import Post

CONTENT = {"person": {"id": "li", "name": "李"}, "language": "zh", "note": SAMPLE}
LONG = "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}"
BROKEN = {
    "a syntax error": "{% if %}",
    "an unknown name": "{{ nothing_of_the_sort }}",
    "a way out of the sandbox": "{{ note.__class__.__mro__ }}",
    "a change of what it was given": "{{ note.clear() }}",
    "a call that fails": "{{ 1 / 0 }}",
    "no subject": "\n\n",
    "too much": LONG,
    "another template": "{% include '/etc/passwd' %}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "letters").mkdir()
    return tmp_path / "letters"  # type: ignore[return-value]


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("empty", [False, True])
def test_the_shipped_ones_say_what_there_is_and_no_more(language: Language, empty: bool) -> None:
    note = {name: type(value)() for name, value in SAMPLE.items()} | {"what": "x", "text": "y"} if empty else SAMPLE
    for kind, content in (("urgent", {"note": note}), ("digest", {"notes": [note, note], "day": "2026-03-05"})):
        letter, broken = Letters().write((kind,), language, CONTENT | content)
        assert broken == []
        assert "\n\n\n" not in letter.body
        assert ("S-2026-017" in letter.body) is not empty
        assert "None" not in letter.body


def test_the_companys_template_goes_first_and_one_of_the_kind_before_all(folder: Path) -> None:
    letters = Letters(folder)
    (folder / "urgent.zh.j2").write_text("紧急：{{ note.what }}\n\n{{ person.name }}\n")
    letter, _ = letters.write(("promise_broken", "urgent"), "zh", CONTENT)
    assert (letter.subject, letter.body) == ("紧急：Instalment 2", "李\n")
    (folder / "promise_broken.zh.j2").write_text("失约\n")
    assert letters.write(("promise_broken", "urgent"), "zh", CONTENT)[0].subject == "失约"
    assert letters.write(("promise_broken", "urgent"), "en", CONTENT)[0].subject.startswith("Instalment 2")


def test_a_folder_that_cant_be_looked_at_keeps_no_letter_back_and_checking_names_it() -> None:
    letters = Letters(Path("x" * 300))
    letter, broken = letters.write(("urgent",), "en", CONTENT)
    assert letter.subject.startswith("Instalment 2")
    assert [one.name for one in broken] == ["urgent.en.j2"]
    assert [problem.code for problem in letters.check({}, {})] == ["letters_folder"]


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_template_is_reported_and_the_shipped_one_takes_its_place(broken: str, folder: Path) -> None:
    (folder / "urgent.zh.j2").write_text(broken)
    letter, reported = Letters(folder).write(("urgent",), "zh", CONTENT)
    assert letter == Letters().write(("urgent",), "zh", CONTENT)[0]
    assert [one.problem.code for one in reported] == ["letter_broken"]
    assert SAMPLE["unheld"] == ["finance"]


def test_a_broken_template_for_a_kind_falls_back_to_the_companys_own_for_all(folder: Path) -> None:
    (folder / "urgent.zh.j2").write_text("紧急\n")
    (folder / "promise_broken.zh.j2").write_text("{% if %}")
    letter, reported = Letters(folder).write(("promise_broken", "urgent"), "zh", CONTENT)
    assert letter.subject == "紧急"
    assert [one.name for one in reported] == ["promise_broken.zh.j2"]


def test_checking_names_every_broken_template_and_every_name_that_means_none(folder: Path) -> None:
    (folder / "urgent.zh.j2").write_text("x\n{% if %}\n")
    (folder / "digest.en.j2").write_text("{{ notes | length }} for {{ person.name }}\n")
    (folder / "urgent.fr.j2").write_text("x")
    (folder / "nonsense.zh.j2").write_text("x")
    found = [(problem.code, problem.where) for problem in check_letters(Letters(folder))]
    assert found == [
        ("letter_name", "nonsense.zh.j2"),
        ("letter_name", "urgent.fr.j2"),
        ("letter_broken", "urgent.zh.j2:2"),
    ]
    assert [problem.code for problem in check_letters(Letters(folder / "nowhere"))] == ["letters_folder"]


def test_a_digest_says_each_note_by_the_template_of_its_kind(folder: Path) -> None:
    own = "分期{{ note.said.instalment }}\n\n欠 {{ note.params.amount }}，{{ note.said.debtor }}\n"
    (folder / "collect_phone.zh.j2").write_text(own)
    note = {**SAMPLE, "kind": "collect_phone"}
    letter, broken = Letters(folder).write(("digest",), "zh", CONTENT | {"notes": [SAMPLE, note], "day": "2026-03-05"})
    assert broken == []
    assert "1. Instalment 2（S-2026-017" in letter.body
    assert letter.body.rstrip().endswith("2. 分期2\n   欠 80000，Hard")
    assert letter.body.count("stagemark answer") == 1
    assert (
        "collect_phone" not in Letters(folder).write(("digest",), "en", CONTENT | {"notes": [note], "day": "x"})[0].body
    )


def test_of_a_kind_whose_template_breaks_a_digest_has_the_shipped_text_and_it_is_reported_once(folder: Path) -> None:
    (folder / "collect_phone.zh.j2").write_text("{{ note.params.nothing_of_the_sort }}")
    note = {**SAMPLE, "kind": "collect_phone"}
    told = CONTENT | {"notes": [note, note], "day": "2026-03-05"}
    letter, broken = Letters(folder).write(("digest",), "zh", told)
    assert letter == Letters().write(("digest",), "zh", told)[0]
    assert [one.name for one in broken] == ["collect_phone.zh.j2"]


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_template_may_use_every_param_of_its_kind(task: str, folder: Path) -> None:
    used = "".join(f"{{{{ note.params.{name} }}}}{{{{ note.said.{name} }}}}" for name in params_of(task))
    (folder / f"{task}.zh.j2").write_text("x" + used)
    assert check_letters(Letters(folder)) == []
    (folder / f"{task}.zh.j2").write_text("{{ note.params.nothing_of_the_sort }}")
    assert [problem.code for problem in check_letters(Letters(folder))] == ["letter_broken"]


def test_a_template_may_be_called_by_a_trigger_of_a_playbook_that_is_in_use(folder: Path) -> None:
    (folder / "silence.zh.j2").write_text("{{ note.params.rung }}")
    assert [problem.code for problem in check_letters(Letters(folder))] == ["letter_name"]
    assert check_letters(Letters(folder), [shipped_playbook("key-account-six")]) == []


async def test_without_an_administrator_the_readers_supervisor_hears_of_a_broken_template(
    tmp_path: Path, folder: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    (folder / "silent.en.j2").write_text("{{ nothing }}")
    people = "id,name,supervisor,language,channels\nli,李,,zh,\nwang,Wang,li,en,mail=wang@acme.example\n"
    async with installed(tmp_path, people, letters=folder) as engine:
        await deliver(engine, message(), "wang")
        assert len(post.came) == 1
        (day,) = (await engine.inbox.inbox_for(await engine.directory.find("li"), NOON.replace(day=9))).digests
        assert [note.trigger.partition("。")[0] for note in day.notes] == ["模板 silent.en.j2 无法使用"]


async def test_an_administrator_hears_of_a_broken_template_once_and_the_message_arrives(
    tmp_path: Path, folder: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    (folder / "urgent.zh.j2").write_text("{{ nothing }}")
    async with installed(tmp_path, letters=folder) as engine:
        for number in range(3):
            await deliver(engine, message(f"S-1:{number}:silent"), "li")
        assert len(post.came) == 3
        root = await engine.directory.find("root")
        (day,) = (await engine.inbox.inbox_for(root, NOON.replace(day=9))).digests
        (note,) = day.notes
        assert note.trigger.startswith("Your template urgent.zh.j2 could not be used.")

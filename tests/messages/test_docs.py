"""What docs/messages.md shows works as it stands there."""

import re
from pathlib import Path

import pytest

from stagemark.adapters.carriers import KINDS
from stagemark.adapters.channels import load_channels
from stagemark.adapters.checking import SAMPLE, params_of
from stagemark.adapters.contacts import holds_contacts, read_contacts
from stagemark.adapters.letters import Letters
from stagemark.adapters.people import COLUMNS, read_people
from stagemark.texts.tasks import TASKS

PAGE = (Path(__file__).parents[2] / "docs" / "messages.md").read_text("utf-8")
PEOPLE, CHANNELS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_people_and_channels_can_be_brought_in(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text(PEOPLE)
    (tmp_path / "channels.yaml").write_text(CHANNELS)
    assert [person.id for _, person in read_people(tmp_path / "people.yaml")] == ["li", "wang"]
    assert set(load_channels(tmp_path / "channels.yaml")) == {"mail", "sales-chat"}


def test_the_contacts_can_be_brought_in(tmp_path: Path) -> None:
    (contacts,) = re.findall(r"^```csv\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "contacts.csv").write_text(contacts)
    assert holds_contacts(tmp_path / "contacts.csv")
    assert [contact.id for contact in read_contacts(tmp_path / "contacts.csv")] == ["liu"]


def test_every_column_and_every_kind_of_channel_is_told_of() -> None:
    assert all(f"`{column}`" in PAGE for column in COLUMNS)
    assert {"mailto", "mailtos", "wecombot", "dingtalk", "feishu", "slack"} <= set(KINDS)


def test_the_template_works_and_every_name_is_told_of(tmp_path: Path) -> None:
    (template,) = re.findall(r"^```jinja\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "urgent.en.j2").write_text(template)
    content = {"person": {"id": "li", "name": "Li"}, "language": "en", "note": SAMPLE}
    letter, broken = Letters(tmp_path).write(("urgent",), "en", content)
    assert broken == []
    assert letter.subject == "Instalment 2 – Acme"
    assert [name for name in SAMPLE if f"`note.{name}`" not in PAGE] == []


def test_the_params_of_every_kind_of_message_are_told_of() -> None:
    together: dict[str, list[str]] = {}
    for task in TASKS:
        together.setdefault(", ".join(f"`{name}`" for name in params_of(task)), []).append(task)
    rows = [
        f"| {', '.join(f'`{task}`' for task in tasks)} | {params or 'none'} |" for params, tasks in together.items()
    ]
    assert [row for row in rows if row not in PAGE] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`stagemark ((?:messages|directory) \w+)", PAGE))))
def test_the_commands_are_there(command: str) -> None:
    from typer.main import get_command

    from stagemark.cli import app

    group, name = command.split()
    commands = getattr(get_command(app), "commands")  # noqa: B009
    assert name in commands[group].commands

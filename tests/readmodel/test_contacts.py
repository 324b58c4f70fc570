"""Contacts of customers: brought in from a file, listed, changed, and erased."""

from pathlib import Path

import pytest

from stagemark.adapters.directory import Imported, SqlDirectory
from stagemark.errors import InvalidInput, NotFound
from stagemark.ports import Contact
from stagemark.readmodel.store import Store

CSV = "id;name;account;style;note\nliu;刘总;acme;tiger;before nine\nchen;陈工;beta;;\n"
YAML = """contacts:
  - {id: liu, name: 刘总, account: acme, style: tiger, note: before nine}
  - {id: chen, name: 陈工, account: beta}
"""
LIU = Contact(id="liu", name="刘总", account="acme", style="tiger", note="before nine")


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


@pytest.mark.parametrize(("name", "text"), [("c.csv", CSV), ("c.csv", CSV.replace(";", ",")), ("c.yaml", YAML)])
async def test_contacts_come_in_by_the_import_of_the_directory(
    store: Store, tmp_path: Path, name: str, text: str
) -> None:
    directory = SqlDirectory(store)
    assert await directory.bring_in(written(tmp_path, name, text)) == Imported(added=2, changed=0, same=0)
    assert await directory.bring_in(tmp_path / name) == Imported(added=0, changed=0, same=2)
    changed = written(tmp_path, name, text.replace("tiger", "owl"))
    assert await directory.bring_in(changed) == Imported(added=0, changed=1, same=1)
    assert await directory.contacts.of("acme") == [LIU.model_copy(update={"style": "owl"})]
    assert [one.id for one in await directory.contacts.of()] == ["chen", "liu"]
    assert await directory.people() == []


async def test_a_file_says_everything_that_is_wrong_with_it_and_brings_in_nobody(store: Store, tmp_path: Path) -> None:
    directory = SqlDirectory(store)
    text = "id,name,account,style\na,An,acme,lion\nb,,acme,\nc,C,,owl\na,B\x01,acme,\nd,D,acme,\nd,D,acme,\n"
    with pytest.raises(InvalidInput) as refused:
        await directory.bring_in(written(tmp_path, "c.csv", text))
    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("c.csv:2", "contact_style"),
        ("c.csv:3", "directory_empty"),
        ("c.csv:4", "directory_empty"),
        ("c.csv:5", "directory_control"),
        ("c.csv:7", "directory_twice"),
    ]
    assert "peacock" in refused.value.problems[0].text("zh")
    with pytest.raises(InvalidInput, match="known are id, name, account, style, note"):
        await directory.bring_in(written(tmp_path, "d.csv", "id,name,account,phone\n"))
    assert await directory.contacts.of() == []


async def test_a_contact_can_be_forgotten(store: Store, tmp_path: Path) -> None:
    directory = SqlDirectory(store)
    await directory.bring_in(written(tmp_path, "c.csv", CSV))
    await directory.contacts.forget("liu")
    assert [one.id for one in await directory.contacts.of()] == ["chen"]
    with pytest.raises(NotFound, match="knows no contact liu"):
        await directory.contacts.forget("liu")

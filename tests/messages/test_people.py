"""Roles, and what a directory can have wrong: said beforehand, all at once, and no message is lost by it."""

from pathlib import Path

import pytest

from stagemark.adapters.channels import load_channels
from stagemark.adapters.checking import check_channels, check_people, check_roles
from stagemark.contracts.messages import Sending
from stagemark.domain.playbook import Playbook
from stagemark.errors import InvalidInput
from stagemark.policies.load import shipped_policy
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, MemoryInbox
from stagemark_activities.posting import Posting
from tests.messages.installing import installed, message
from tests.sales import PLAYBOOK

WANG = Person(id="wang", name="Wang", supervisor="li", team="East")
LI = Person(id="li", name="李", team="East")
EVERY = Person(id="every", name="Everywhere", roles=("finance", "legal"))
EAST = Person(id="east", name="East's", team="East", roles=("legal@East",))
WEST = Person(id="west", name="West's", team="West", roles=("legal@West", "manager@West"))


async def told(*to: str, people: tuple[Person, ...] = (WANG, LI, EVERY, EAST, WEST), owner: str = "wang") -> list[str]:
    """Who is told for these roles; what comes to them instead of somebody else is marked."""
    inbox = MemoryInbox()
    await Posting(inbox, MemoryDirectory(*people)).send(Sending(messages=(message(to=to, owner=owner),)))
    found = inbox.posted.items()
    return [f"{who}{' instead' if 'unheld' in posted.params else ''}" for (_, who), posted in found]


async def test_a_role_means_those_who_hold_it() -> None:
    assert await told("finance", "owner") == ["every", "wang"]


async def test_those_of_the_owners_team_go_before_those_for_the_whole_company() -> None:
    assert await told("legal") == ["east"]
    assert await told("legal", people=(WANG, LI, EVERY, WEST)) == ["every"]


async def test_a_role_that_nobody_holds_falls_to_the_supervisor_who_is_told_why() -> None:
    assert await told("manager") == ["li instead"]
    assert await told("manager", "owner") == ["li instead", "wang instead"]
    assert await told("nonsense", people=(WANG,)) == ["li instead"]
    assert await told("nonsense", owner="stranger") == ["stranger instead"]


def test_a_role_that_nobody_holds_is_known_beforehand_with_every_place_that_names_it() -> None:
    content = PLAYBOOK.model_dump(mode="json", exclude_defaults=True)
    content["triggers"][0]["rungs"][0]["to"] = ["director"]
    found = list(check_roles([WANG, LI, EVERY], shipped_policy(), [Playbook.model_validate(content)]))
    assert {problem.params["role"] for problem in found} == {"director", "manager"}
    assert "playbook short: triggers[0].rungs[0].to" in found[0].text()
    assert "policy default: collection.legal.late_to" in found[1].text()
    assert "政策“default”的 collection.legal.late_to" in found[1].text("zh")
    (problem,) = check_roles([WANG, EVERY, WEST], shipped_policy(), [])
    assert (problem.code, problem.params["teams"]) == ("role_unheld_for", ["East"])
    boss = Person(id="boss", name="B", roles=("manager", "finance", "legal"))
    assert list(check_roles([boss], shipped_policy(), [])) == []


def test_a_role_for_a_team_that_nobody_is_in_is_said() -> None:
    lost = Person(id="lost", name="L", roles=("manager", "finance", "legal", "legal@North"))
    (problem,) = check_roles([lost, WANG], shipped_policy(), [])
    assert (problem.code, problem.params["known"]) == ("role_team_unknown", ["East"])


def test_who_has_no_channel_is_said() -> None:
    with_one = Person(id="a", name="A", channels=("mail=a@b.example",))
    assert [one.text().split(" has")[0] for one in check_people([WANG, with_one])] == ["Wang (wang)"]


async def test_channels_that_do_not_work_are_said_without_their_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGEMARK_CHANNEL_WRONG", "nonsense://geheim")
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", "mailto://127.0.0.1?from=a@b.example")
    monkeypatch.setenv("STAGEMARK_CHANNEL_CHAT", "wecombot://geheim")
    people = "id,name,channels\na,A,wrong\nb,B,mail=nobody\nc,C,mail=c@d.example\nd,D,unset\ne,E,chat=e\n"
    (tmp_path / "channels.yaml").write_text(f"listed: file:{tmp_path}/nowhere\n")
    async with installed(tmp_path, people, channels=tmp_path / "channels.yaml") as engine:
        found = list(check_channels(await engine.directory.people(), engine.channels))
    assert [(problem.code, problem.params["channel"], problem.where) for problem in found] == [
        ("channel_target", "chat", "e"),
        ("channel_file_unreadable", "listed", ""),
        ("channel_target", "mail", "b"),
        ("channel_variable_unset", "unset", ""),
        ("channel_address", "wrong", "a"),
    ]
    assert not any("geheim" in problem.text() for problem in found)


BROKEN = """- {id: li, name: 李, zone: Asia/Nowhere, language: fr}
- {id: wang, roles: [owner, Legal], quiet_hours: 25:00-08:00}
- id: an
  name: An
  channels: [mail=a@b.example, mail, "mailto://bot:geheim@server"]
"""


async def test_broken_rows_are_named_at_once_and_nothing_is_brought_in(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    async with installed(tmp_path) as engine:
        before = await engine.directory.people()
        with pytest.raises(InvalidInput) as refused:
            await engine.directory.bring_in(tmp_path / "broken.yaml")
        assert await engine.directory.people() == before
    assert [(problem.code, problem.where) for problem in refused.value.problems] == [
        ("calendar_zone", "broken.yaml:1"),
        ("language_unknown", "broken.yaml:1"),
        ("directory_empty", "broken.yaml:2"),
        ("quiet_hours_malformed", "broken.yaml:2"),
        ("role_of_a_sale", "broken.yaml:2"),
        ("role_malformed", "broken.yaml:2"),
        ("channel_entry", "broken.yaml:3"),
        ("channel_twice", "broken.yaml:3"),
    ]
    assert "geheim" not in refused.value.text("zh") + refused.value.text("en")


async def test_roles_quiet_hours_and_channels_are_kept_as_they_were_written(tmp_path: Path) -> None:
    row = "id: li, name: 李, roles: [finance, legal@华东 大区], quiet_hours: 21:00-08:00, channels: [mail=l@b.example]"
    (tmp_path / "more.yaml").write_text(f"- {{{row}}}\n")
    async with installed(tmp_path) as engine:
        assert (await engine.directory.bring_in(tmp_path / "more.yaml")).changed == 1
        assert (await engine.directory.bring_in(tmp_path / "more.yaml")).same == 1
        found = await engine.directory.find("li")
    assert found.roles == ("finance", "legal@华东 大区")
    assert (found.quiet_hours, found.channels) == ("21:00-08:00", ("mail=l@b.example",))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("mail: mailto://bot:geheim@server\n", ["channel_reference"]),
        ("Mail: env:X\nchat: {address: env:X, relais: y}\n", ["channel_name", "channel_field"]),
        ("chat: {relay: nonsense}\n", ["channel_reference", "channel_field"]),
        ("- mail\n", ["yaml_no_mapping"]),
    ],
)
def test_a_file_of_channels_that_is_wrong_is_named_and_no_address_repeated(
    text: str, codes: list[str], tmp_path: Path
) -> None:
    (tmp_path / "channels.yaml").write_text(text)
    with pytest.raises(InvalidInput) as refused:
        load_channels(tmp_path / "channels.yaml")
    assert [problem.code for problem in refused.value.problems] == codes
    assert all(problem.where.startswith("channels.yaml:") for problem in refused.value.problems)
    assert "geheim" not in refused.value.text()

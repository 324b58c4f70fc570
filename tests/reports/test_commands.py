"""`stagemark durations` and `stagemark show`, on a real ledger."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stagemark import bootstrap
from stagemark.cli.reports import app
from stagemark.domain import commands as c
from stagemark.domain.playbook import Playbook
from stagemark.errors import StagemarkError
from tests.reports.sales import PLAYBOOK, Told


@pytest.fixture(autouse=True)
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGEMARK_DATABASE_URL", f"sqlite:///{tmp_path / 'stagemark.db'}")
    monkeypatch.setenv("COLUMNS", "160")
    people = tmp_path / "people.csv"
    people.write_text("id,name,team\nan,安娜,north\nbo,Bo,south\n")
    sales = [
        Told("a").begin("find", 2).end("find", 6, recorded=20).begin("talk", 8, recorded=20),
        Told("b").begin("find", 2).tell(c.Change(owner="bo"), 5).end("find", 12),
        Told("c", owner="bo").begin("find", 4),
    ]

    async def fill() -> None:
        async with bootstrap.engine() as parts:
            await parts.directory.bring_in(people)

    asyncio.run(fill())
    asyncio.run(keep(*sales))


async def keep(*sales: Told, book: Playbook = PLAYBOOK) -> None:
    async with bootstrap.engine() as parts:
        await parts.ledger.keep_playbook(book)
        await parts.ledger.append_many({sale.state.opportunity: sale.state.events for sale in sales})


def said(*words: str) -> str:
    result = CliRunner().invoke(app, [*words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: str) -> StagemarkError:
    with pytest.raises(StagemarkError) as error:
        said(*words)
    return error.value


def test_durations_are_told_as_a_table_with_the_labels_of_the_stored_playbook() -> None:
    told = said("durations", "--as-of", "2026-03-31")
    assert "Find" in told
    assert "sales: 3" in told
    assert "寻找" in said("durations", "--language", "zh")


def test_a_stage_is_called_as_the_newest_version_that_has_it_calls_it() -> None:
    whole = PLAYBOOK.model_dump(mode="json")
    find, talk, sign = whole["stages"]
    renamed = {**find, "label": {"zh": "找到", "en": "Found"}}
    meet = {**talk, "id": "meet", "label": {"zh": "见面", "en": "Meet"}}
    book = Playbook.model_validate({**whole, "version": "2", "stages": [renamed, meet, sign]})
    asyncio.run(keep(Told("new", on=10, book=book).begin("find", 11).begin("meet", 12), book=book))
    told = said("durations", "--as-of", "2026-03-31")
    assert all(label in told for label in ("Found", "Meet", "Talk"))
    assert "Find" not in told


def test_by_owner_people_are_called_by_their_names() -> None:
    assert "安娜" in said("durations", "--by", "owner", "--as-of", "2026-03-31")


def test_by_team_the_teams_come_from_the_directory() -> None:
    rows = list(csv.DictReader(io.StringIO(said("durations", "--by", "team", "--output", "csv"))))
    assert {row["group"] for row in rows} == {"north", "south"}


def test_as_of_and_as_known_on_are_two_clocks() -> None:
    def ended(*options: str) -> int:
        told = json.loads(said("durations", "--stage", "find", "--output", "json", *options))
        return int(told["rows"][0]["left"].get("end", 0))

    assert ended() == 2
    assert ended("--as-of", "2026-03-06") == 1
    assert ended("--as-known-on", "2026-03-19") == 1
    assert ended("--as-of", "2026-03-06", "--as-known-on", "2026-03-19") == 0


def test_a_calendar_that_is_not_known_here_is_named_and_what_does_not_need_it_is_said() -> None:
    asyncio.run(keep(Told("own", calendar="own").begin("find", 2).end("find", 6)))

    def warned(*words: str) -> str:
        result = CliRunner().invoke(app, [*words], catch_exceptions=False)
        assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
        assert result.stderr.startswith("calendar_left_out: ")
        assert "STAGEMARK_CALENDARS" in result.stderr
        return result.stdout

    assert json.loads(warned("durations", "--stage", "find", "--output", "json"))["rows"][0]["visits"] == 4
    shown = json.loads(warned("show", "own", "--output", "json"))
    assert (shown["stays"][0]["elapsed"]["iso8601"], shown["stays"][0]["working"], shown["due"]) == (
        "PT96H0M0S",
        None,
        [],
    )
    assert "Find" in warned("show", "own")


def test_one_sale_is_shown_for_people_and_for_programs() -> None:
    assert "recorded 2026-03-20" in said("show", "a")
    assert json.loads(said("show", "a", "--output", "json"))["open_stages"] == ["talk"]
    assert "进行中" in said("show", "a", "--language", "zh")


def test_one_sale_can_be_shown_as_of_a_day_and_as_known_on_a_day() -> None:
    assert json.loads(said("show", "a", "--as-of", "2026-03-03", "--output", "json"))["open_stages"] == ["find"]
    assert json.loads(said("show", "a", "--as-known-on", "2026-03-19", "--output", "json"))["open_stages"] == ["find"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "nobody"), "unknown_opportunity"),
        (("show", "a", "--as-of", "2026-02-01"), "unknown_opportunity"),
        (("durations", "--as-of", "yesterday"), "day_malformed"),
        (("durations", "--as-known-on", "9999-12-31"), "day_too_late"),
        (("durations", "--as-of", "2026-03-06", "--as-known-on", "2026-03-05"), "as_of_not_known"),
        (("durations", "--playbook", "other"), "no_sale_of_playbook"),
        (("durations", "--stage", "other"), "no_sale_of_stage"),
        (("durations", "--owner", "other"), "no_sale_of_owner"),
        (("durations", "--language", "fr"), "language_unknown"),
    ],
)
def test_what_cannot_be_answered_is_said_and_is_the_callers_mistake(words: tuple[str, ...], code: str) -> None:
    error = refused(*words)
    assert (error.code, error.exit_status) == (code, 2)

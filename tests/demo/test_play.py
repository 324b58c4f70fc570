"""The demo through the real workflows: a second play changes nothing, also on a later day or after it was cut short."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from stagemark.demo import play as playing
from stagemark.demo.eight_months import SALE, play_eight_months
from stagemark.demo.people import PEOPLE_FILE
from stagemark.demo.play import play_year
from stagemark.domain.commands import Answer, Mark
from stagemark.domain.events import Event, Fired
from stagemark.domain.opportunity import fold
from stagemark.playbooks.load import shipped_playbook
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, Platform, real_server

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


@dataclass
class Hall:
    """Remembers what was brought in."""

    files: list[Path] = field(default_factory=list)

    async def bring_in(self, path: Path) -> None:
        self.files.append(path)


@dataclass
class Bar:
    """A progress bar that remembers."""

    steps: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, done: int, total: int) -> None:
        self.steps.append((done, total))


class CutShortError(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def platform() -> Platform:
    return Platform(directory=MemoryDirectory(Person(id="p03", name="李强", supervisor="p02")))


@pytest.fixture
async def server(platform: Platform) -> AsyncIterator[WorkflowEnvironment]:
    async with real_server(platform.plugin()) as environment, platform.worker(environment.client):
        yield environment


def told_after(event: Event) -> timedelta:
    """How long after it happened it was recorded."""
    return event.recorded_at - (event.observed_at.instant or event.recorded_at)


async def test_a_play_that_was_cut_short_goes_on_another_day_and_a_second_one_changes_nothing(
    platform: Platform, server: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales = platform.sales(server.client)
    hall, bar = Hall(), Bar()
    monkeypatch.setattr(playing, "SALES", 12)

    def cut(done: int, total: int) -> None:
        if done == 6:
            raise CutShortError

    with pytest.RaisesGroup(CutShortError):
        await play_year(sales, hall, TODAY, cut)
    await play_year(sales, hall, TODAY + timedelta(days=3), bar)
    assert bar.steps[0] == (0, 12)
    assert bar.steps[-1] == (12, 12)
    assert len(platform.ledger.rows) == 12
    assert platform.refusals.kept == []
    assert hall.files == [PEOPLE_FILE, PEOPLE_FILE]

    before = {sale: (await sales.view(sale)).sequence for sale in platform.ledger.rows}
    await play_year(sales, hall, TODAY + timedelta(days=9), bar)
    assert bar.steps[-1] == (12, 12)
    assert before == {sale: (await sales.view(sale)).sequence for sale in platform.ledger.rows}
    assert not any(event.kind == "fired" for rows in platform.ledger.rows.values() for event in rows.values())


async def test_the_sale_of_eight_months_ends_collected_with_its_triggers_fired_answered_and_missed(
    platform: Platform, server: WorkflowEnvironment
) -> None:
    sales = platform.sales(server.client)
    hall, bar = Hall(), Bar()
    await play_eight_months(server.client, sales, hall, platform.calendars, bar)
    events = await platform.ledger.events(SALE)
    state = fold(SALE, events, shipped_playbook("key-account-six").compiled())
    assert state.life == "collected"
    assert 220 <= (events[-1].recorded_at - events[0].recorded_at).days <= 260
    fired = [(event, event.fact) for event in events if isinstance(event.fact, Fired)]
    assert {(fact.trigger, fact.rung) for _, fact in fired} == {
        ("stage_overdue", "owner"), ("stage_overdue", "supervisor"), ("look_again", "owner"),
        ("silence", "owner"), ("silence", "supervisor"), ("silence", "high_risk"),
    }  # fmt: skip
    assert {e.fact.answer for e in events if isinstance(e.fact, Answer)} == {"done", "put_off", "dismissed"}
    assert state.missed >= 5
    late = next(event for event in events if isinstance(event.fact, Mark) and told_after(event) > timedelta(days=14))
    brought = [fact.rung for event, fact in fired if timedelta(0) <= event.recorded_at - late.recorded_at < DAY]
    assert brought == ["supervisor"]
    assert platform.inbox.told("p03")
    assert platform.inbox.told("p02")

    await play_eight_months(server.client, sales, hall, platform.calendars, bar)
    assert len(await platform.ledger.events(SALE)) == len(events)

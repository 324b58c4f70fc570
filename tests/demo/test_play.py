"""The demo through the real workflows: a second play changes nothing, also on a later day or after it was cut short."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from stagemark.adapters.people import read_people
from stagemark.catalogues.load import load_catalogue
from stagemark.cli.running import DEMO_CATALOGUE
from stagemark.clients.collection import Collections
from stagemark.demo import after
from stagemark.demo import play as playing
from stagemark.demo.after import play_after
from stagemark.demo.desk import Desk
from stagemark.demo.eight_months import SALE, play_eight_months
from stagemark.demo.people import CONTACTS_FILE, PEOPLE_FILE
from stagemark.demo.play import play_year
from stagemark.demo.stories import STORIES
from stagemark.domain.collection.receivables import owing
from stagemark.domain.commands import Answer, Mark
from stagemark.domain.entries import Stream
from stagemark.domain.events import Event, Fired
from stagemark.domain.opportunity import fold
from stagemark.playbooks.load import shipped_playbook
from stagemark.testing import MemoryCatalogues, MemoryDirectory, Platform, real_server
from tests.sales import until

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)
COLLECTION = Stream(stream="collection", id=SALE)


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
    people = [person for _, person in read_people(PEOPLE_FILE)]
    return Platform(directory=MemoryDirectory(*people), catalogues=MemoryCatalogues(load_catalogue(DEMO_CATALOGUE)))


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
    assert hall.files == [PEOPLE_FILE, CONTACTS_FILE] * 2

    before = {sale: (await sales.view(sale)).sequence for sale in platform.ledger.rows}
    await play_year(sales, hall, TODAY + timedelta(days=9), bar)
    assert bar.steps[-1] == (12, 12)
    assert before == {sale: (await sales.view(sale)).sequence for sale in platform.ledger.rows}
    assert not any(event.kind == "fired" for rows in platform.ledger.rows.values() for event in rows.values())


async def test_what_comes_after_the_contract_goes_on_after_it_was_cut_short_and_a_second_play_changes_nothing(
    platform: Platform, server: WorkflowEnvironment
) -> None:
    desk, bar = Desk.of(platform, server.client), Bar()

    def cut(done: int, total: int) -> None:
        if done == 4:
            raise CutShortError

    with pytest.RaisesGroup(CutShortError):
        await play_after(desk, TODAY, cut)
    await play_after(desk, TODAY, bar)
    assert bar.steps[-1] == (len(STORIES), len(STORIES))

    async def written() -> bool:
        return (await desk.sales.view("after-cross-sell")).life == "collected"

    await until(written)
    assert {problem.code for refusal in platform.refusals.kept for problem in refusal.problems} <= {
        "clearance_blacklisted", "prompt_waits", "prompt_cooling",
    }  # fmt: skip
    held = {problem.code for problem in await desk.aftercare.why_no_prompt("after-held")}
    assert "growth_complaint_open" in held
    assert (await desk.sales.view("after-cross-sell-next")).life == "open"
    assert (await desk.sales.view("after-referral-next")).account == "Isar Robotik"
    policy = (await platform.policies.policy()).collection
    states = [await desk.collections.state(story.id) for story in STORIES]
    rows = owing([state for state in states if state.running], policy, TODAY)
    assert {row.cell for row in rows if row.currency == "CNY"} >= {"young_small", "young_large", "old_large"}
    assert {row.cell for row in rows} >= {"old_small", "not_due"}
    assert {row.by for row in rows} >= {"phone", "visit", "finance", "legal"}
    assert any(row.promised for row in rows)
    assert any(row.disputed for row in rows)
    waiting = (await desk.accounts.state("南京紫金化工")).payments
    assert [payment.waiting for payment in waiting.values()] == [8_800]

    before = {stream: len(rows) for stream, rows in platform.books.rows.items()}
    await play_after(desk, TODAY + timedelta(days=9), bar)
    assert before == {stream: len(rows) for stream, rows in platform.books.rows.items()}


async def test_by_a_catalogue_of_ones_own_a_story_ends_where_its_product_is_unknown(
    platform: Platform, server: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.catalogues.held = MemoryCatalogues().held
    monkeypatch.setattr(after, "STORIES", [STORIES[0], STORIES[-1]])
    desk, bar = Desk.of(platform, server.client), Bar()
    await play_after(desk, TODAY, bar)
    assert bar.steps[-1] == (2, 2)
    assert (await desk.aftercare.state(STORIES[0].id)).prompts == {}


async def test_the_sale_of_eight_months_ends_collected_with_its_triggers_fired_answered_and_missed(
    platform: Platform, server: WorkflowEnvironment
) -> None:
    hall, bar = Hall(), Bar()
    await play_eight_months(server.client, platform, hall, platform.calendars, bar)
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

    aftercare = await platform.aftercare(server.client).state(SALE)
    collection = await Collections(platform.neighbours(server.client), platform.sales(server.client)).state(SALE)
    second = collection.receivables["second"]
    assert second.due is not None
    assert second.settled is not None
    assert second.settled - second.due >= timedelta(days=40)
    assert [promise.outcome for promise in second.promises] == ["broken"]
    kinds = [entry.fact.by for entry in platform.books.entries(COLLECTION) if entry.kind == "aged"]
    assert kinds == ["phone", "finance"], "by age alone"
    assert collection.missed >= 3
    assert "promise_broken" in {message.kind for message in platform.inbox.told("p03")}
    ended = events[-1]
    assert (ended.kind, ended.actor, ended.source) == ("mark", "stagemark", "engine"), "by the last payment itself"

    outcomes = {id_: contact.status for id_, contact in aftercare.contacts.items()}
    assert (outcomes["arrived"], outcomes["thanks"], outcomes["in-use"], outcomes["two-hints"]) == (
        "done", "missed", "done", "done",
    )  # fmt: skip
    assert aftercare.satisfied
    assert (list(aftercare.names), aftercare.referral.round) == (["昆山锐成机械"], 2)
    opened = (await platform.ledger.events("eight-months-next"))[0]
    assert opened.recorded_at > ended.recorded_at, "in the present of the sale it comes from"

    await play_eight_months(server.client, platform, hall, platform.calendars, bar)
    assert len(await platform.ledger.events(SALE)) == len(events)

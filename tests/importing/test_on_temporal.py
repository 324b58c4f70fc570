"""Imported sales on a server: they go on where the ledger is, and nobody hears of what was due before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from stagemark.client import Stagemark
from stagemark.domain.events import Event
from stagemark.importing.run import carry_out, compare
from stagemark.importing.starting import Runs
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, MemoryLedger, Platform, time_skipping_server
from tests.importing.tables import NEW, PLAYBOOK, TALKS, WON, planned
from tests.sales import until


class Books(MemoryLedger):
    """The ledger in memory, with what an import needs besides."""

    async def all_events(self, opportunities: Iterable[str] | None = None) -> Mapping[str, list[Event]]:
        named = list(self.rows) if opportunities is None else opportunities
        return {sale: events for sale in named if (events := await self.events(sale))}

    async def append_many(self, batches: Mapping[str, Sequence[Event]]) -> None:
        for sale, events in batches.items():
            await self.append(sale, events)


@dataclass
class Host(Platform):
    """A host with such a ledger."""

    ledger: Books = field(default_factory=Books)


async def test_an_open_sale_goes_on_and_what_was_due_before_the_import_has_lapsed() -> None:
    host = Host(directory=MemoryDirectory(Person(id="bo-li", name="Bo Li")))
    async with time_skipping_server(host.plugin()) as environment, host.worker(environment.client):
        calendar = await host.calendars.calendar("cn")
        runs = Runs(environment.client, jitter=timedelta(0))
        now = datetime.now(UTC)
        found = await compare(planned(WON, TALKS, NEW, now=now), host.ledger)
        assert await carry_out(found, PLAYBOOK, calendar, host.ledger, runs) == 2

        sales: Stagemark = host.sales(environment.client)
        view = await sales.view("S-2")
        assert (view.life, view.stages, view.owner) == ("open", {"find": "ended", "win": "begun"}, "bo-li")
        assert (await sales.view("S-1")).life == "closed"
        assert view.next_due is not None
        assert view.next_due > now  # it has been silent for a year, which was before the import
        assert host.inbox.posted == {}

        # a second import starts nothing, nor does one after the sale has ended
        again = await compare(planned(WON, TALKS, NEW, now=now), host.ledger)
        assert await carry_out(again, PLAYBOOK, calendar, host.ledger, runs) == 0
        await sales.lose("S-2", "price", actor="bo-li")
        await sales.lose("S-5", "price", actor="bo-li")
        assert await carry_out(again, PLAYBOOK, calendar, host.ledger, runs) == 0

        async def written() -> bool:
            return len(await host.ledger.events("S-2")) == 5

        await until(written)
        assert [event.kind for event in await host.ledger.events("S-2")][-1] == "lose"
        assert host.inbox.posted == {}


async def test_silence_counts_from_the_import_on() -> None:
    host = Host(directory=MemoryDirectory(Person(id="bo-li", name="Bo Li")))
    async with time_skipping_server(host.plugin()) as environment, host.worker(environment.client):
        runs = Runs(environment.client, jitter=timedelta(0))
        found = await compare(planned(NEW, now=datetime.now(UTC)), host.ledger)
        await carry_out(found, PLAYBOOK, await host.calendars.calendar("cn"), host.ledger, runs)
        await environment.sleep(timedelta(days=7))

        async def told() -> bool:
            return bool(host.inbox.told("bo-li"))

        await until(told)
        assert [message.kind for message in host.inbox.told("bo-li")] == ["silent"]

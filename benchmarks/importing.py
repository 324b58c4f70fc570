"""(e) Importing sales a second, ended and open, on the server in memory and on its file; and how large the file is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, Spread
from stagemark import bootstrap
from stagemark.embedded import embedded_server
from stagemark.importing.mapping import load_mapping
from stagemark.importing.plan import Plan, plan_import
from stagemark.importing.run import carry_out, compare
from stagemark.importing.starting import Runs
from stagemark.importing.table import Table
from stagemark.playbooks.load import load_playbook
from stagemark.settings import Settings
from stagemark.testing import free_port

__all__ = ["measure"]

_EXAMPLE = Path(__file__).parent.parent / "examples" / "crm-export"
_HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
_CUT = date(2017, 12, 31)


async def measure(folder: Path, quick: bool) -> list[Figure]:
    """Import tables in the form of the example's export, ended and open sales in turn; no worker shares the machine."""
    rounds, many, some = (2, 60, 20) if quick else (5, 1000, 200)
    judged: list[float] = []
    figures: list[Figure] = []
    for on_file in (False, True):
        where = folder / ("file" if on_file else "memory")
        where.mkdir()
        file = where / "temporal.db" if on_file else None
        settings = Settings(database_url=f"sqlite:///{where / 'stagemark.db'}")
        ended, opened, sizes = [], [], []
        async with (
            embedded_server(file, free_port(), free_port(), log=where / "temporal.log") as server,
            bootstrap.engine(settings, target_host=server.address, namespace="default") as engine,
        ):
            runs = Runs(await engine.connect(), task_queue=settings.task_queue)
            for number in range(rounds):
                ended.append(await _imported(engine, runs, list(_sales(f"E{number}", many, "Won")), judged))
                before = _size(where)
                opened.append(await _imported(engine, runs, list(_sales(f"O{number}", some, "Engaging")), judged))
                sizes.append((_size(where) - before) / some / 1000)
            size = _size(where) / 1e6
        kept = "the server on its file" if on_file else "the server in memory"
        figures.append(Figure(f"ended sales imported, {kept}", "sales/s", Spread.of(ended)))
        figures.append(Figure(f"open sales imported, {kept}", "sales/s", Spread.of(opened)))
        if on_file:
            figures.append(Figure("growth of the server's file for an open sale", "kB", Spread.of(sizes)))
            figures.append(Figure(f"the server's file after {rounds * some} open sales", "MB", Spread.of([size])))
    return [Figure("rows judged: a dry run", "rows/s", Spread.of(judged)), *figures]


async def _imported(engine: bootstrap.Engine, runs: Runs, rows: list[str], judged: list[float]) -> float:
    """Import rows; how many a second, from reading them to the last run that was started."""
    began = perf_counter()
    whole = load_playbook(_EXAMPLE / "two-stages.yaml")
    plan = _plan(rows)
    judged.append(len(rows) / (perf_counter() - began))
    found = await compare(plan, engine.ledger)
    calendar = await engine.calendars.calendar("us")
    started = await carry_out(found, whole, calendar, engine.ledger, runs)
    seconds = perf_counter() - began
    if plan.problems or found.same or started != sum(sale.open for sale in plan.sales):
        raise AssertionError((plan.problems, started))
    return len(rows) / seconds


def _plan(rows: list[str]) -> Plan:
    return plan_import(
        Table("\n".join([_HEADER, *rows]), "bench.csv"),
        load_mapping(_EXAMPLE / "mapping.yaml"),
        load_playbook(_EXAMPLE / "two-stages.yaml"),
        "America/New_York",
        as_of=_CUT,
        now=datetime.now(UTC),
    )


def _sales(prefix: str, count: int, state: str) -> Iterator[str]:
    for number in range(count):
        engaged = date(2016, 10, 20) + timedelta(days=number % 300)
        closed = f"{engaged + timedelta(days=number % 120):%m/%d/%Y}" if state == "Won" else ""
        value = 500 + number if state == "Won" else ""
        yield f"{prefix}-{number},Agent {number % 30},GTXPro,,{state},{engaged:%m/%d/%Y},{closed},{value}"


def _size(folder: Path) -> int:
    """The size of the server's file, with what waits beside it to be written into it."""
    return sum(part.stat().st_size for part in folder.glob("temporal.db*"))

"""`up` and `demo`: the embedded server, a worker, the demo, and the table that a newcomer sees first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, console, language, run
from stagemark.cli.reports import print_durations
from stagemark.client import Stagemark
from stagemark.demo.eight_months import play_eight_months
from stagemark.demo.play import play_year
from stagemark.embedded import embedded_server
from stagemark.errors import InvalidInput
from stagemark.problem_texts import Language
from stagemark.settings import Settings

__all__ = ["app"]

app = typer.Typer()

DEMO_NAMESPACE = "stagemark-demo"
"""The sale in virtual time has a namespace and a ledger of its own, for its dates lie in the future."""

Port = Annotated[int, typer.Option(help="Port of the embedded server.")]
UiPort = Annotated[int, typer.Option(help="Port of its web pages.")]
Folder = Annotated[Path, typer.Option("--data", help="Where the embedded server keeps its file.")]

_TEXTS = {
    "starting": ("Starting the embedded Temporal server …", "正在启动内置 Temporal 服务器……"),
    "connecting": ("Connecting to {address} …", "正在连接 {address} ……"),
    "year": ("A year of sales", "一年的商机"),
    "months": ("Eight months in virtual time", "虚拟时间中的八个月"),
    "seen": ("The demo has been played; the sales go on.", "演示数据已存在，商机继续进行。"),
    "up": ("stagemark is up. Ctrl-C ends it; the next start goes on where it was.",
           "stagemark 已启动。按 Ctrl-C 结束；下次启动将从当前状态继续。"),
    "temporal": ("Temporal", "Temporal 服务"),
    "ui": ("Temporal's pages", "Temporal 页面"),
    "database": ("Ledger", "账本"),
    "try": ("Try", "试一试"),
    "ending": ("Ending …", "正在结束……"),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where the engine runs: an embedded server, or the one that TEMPORAL_ADDRESS names."""

    address: str
    ui: str | None
    folder: Path


@app.command()
def up(
    port: Port = 7233,
    ui_port: UiPort = 8233,
    data: Folder = Path(".stagemark"),
    demo: Annotated[bool, typer.Option(help="Play the demo on the first start.")] = True,
    speaks: LanguageOption = None,
) -> None:
    """Run it all: a Temporal server, a worker, and on the first start the demo. Ctrl-C ends it."""
    run(_until_stopped(_up(port, ui_port, data, demo, language(speaks))))


@app.command("demo")
def demo_only(
    port: Port = 7233,
    ui_port: UiPort = 8233,
    data: Folder = Path(".stagemark"),
    speaks: LanguageOption = None,
) -> None:
    """Play the demo on the embedded server, show the durations, and end."""
    if "TEMPORAL_ADDRESS" in os.environ:
        raise InvalidInput.of("demo_needs_embedded", variable="TEMPORAL_ADDRESS")
    run(_until_stopped(_demo(port, ui_port, data, language(speaks))))


def _say(out: Console, speaks: Language, what: str, **fields: Any) -> None:
    out.print(_text(speaks, what).format(**fields), highlight=False)


def _text(speaks: Language, what: str) -> str:
    return _TEXTS[what][speaks == "zh"]


async def _until_stopped(work: Awaitable[None]) -> None:
    """Do the work until it is done or a signal ends it; either way it leaves cleanly."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _up(port: int, ui_port: int, data: Path, demo: bool, speaks: Language) -> None:
    out = console()
    async with _place(out, speaks, port, ui_port, data) as place, bootstrap.engine(**_at(place)) as engine:
        client = await engine.connect()
        await bootstrap.ensure_search_attributes(client)
        async with engine.worker(client):
            if demo and place.ui is not None:
                await _first_start(out, speaks, place, engine, engine.sales(client))
            await _show(out, speaks, place, engine)
            _say(out, speaks, "up")
            try:
                await asyncio.Event().wait()
            finally:
                _say(out, speaks, "ending")


async def _demo(port: int, ui_port: int, data: Path, speaks: Language) -> None:
    out = console()
    async with _place(out, speaks, port, ui_port, data) as place, bootstrap.engine(**_at(place)) as engine:
        client = await engine.connect()
        async with engine.worker(client):
            await _play(out, speaks, place, engine, engine.sales(client))
            await _show(out, speaks, place, engine)


@asynccontextmanager
async def _place(out: Console, speaks: Language, port: int, ui_port: int, data: Path) -> AsyncIterator[Place]:
    """The server that TEMPORAL_ADDRESS names; without it an embedded one (design.md §8)."""
    named = os.environ.get("TEMPORAL_ADDRESS")
    if named is not None:
        _say(out, speaks, "connecting", address=named)
        yield Place(named, None, data)
        return
    _say(out, speaks, "starting")
    async with embedded_server(data / "temporal.db", port, ui_port, [DEMO_NAMESPACE], data / "temporal.log") as server:
        yield Place(server.address, server.ui, data)


def _at(place: Place) -> dict[str, Any]:
    return {"target_host": place.address} if place.ui is not None else {}


async def _first_start(
    out: Console, speaks: Language, place: Place, engine: bootstrap.Engine, sales: Stagemark
) -> None:
    played = place.folder / "demo-played"
    if played.exists():
        _say(out, speaks, "seen")
        return
    await _play(out, speaks, place, engine, sales)
    played.touch()


async def _play(out: Console, speaks: Language, place: Place, engine: bootstrap.Engine, sales: Stagemark) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        today = datetime.now(UTC).date()
        await play_year(sales, engine.directory, today, _bar(progress, _text(speaks, "year")))
        own = engine.settings.model_copy(update={"database_url": f"sqlite:///{place.folder / 'demo.db'}"})
        await _in_virtual_time(place, own, _bar(progress, _text(speaks, "months")))


async def _in_virtual_time(place: Place, settings: Settings, progress: Callable[[int, int], None]) -> None:
    async with bootstrap.engine(settings, **_at(place), namespace=DEMO_NAMESPACE) as engine:
        client = await engine.connect()
        await bootstrap.ensure_search_attributes(client)
        async with engine.worker(client):
            sales = engine.sales(client, jitter=timedelta(0))
            await play_eight_months(client, sales, engine.directory, engine.calendars, progress)


def _bar(progress: Progress, title: str) -> Callable[[int, int], None]:
    task = progress.add_task(title)
    return lambda done, total: progress.update(task, completed=done, total=total)


async def _show(out: Console, speaks: Language, place: Place, engine: bootstrap.Engine) -> None:
    await print_durations(engine, speaks)
    rows = [("temporal", place.address), ("ui", place.ui), ("database", engine.store.address)]
    for name, value in rows:
        if value:
            out.print(f"  {_text(speaks, name):<18} {value}", highlight=False, markup=False)
    out.print(f"  {_text(speaks, 'try'):<18} stagemark durations --by owner", highlight=False, markup=False)

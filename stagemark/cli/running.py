"""`up` and `demo`: the embedded server, a worker, the demo, and the table that a newcomer sees first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, console, language, run
from stagemark.cli.reports import print_durations
from stagemark.errors import InvalidInput, Unavailable
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from temporalio.client import Client

    from stagemark.settings import Settings

__all__ = ["app"]

app = typer.Typer()

DEMO_CATALOGUE = Path(bootstrap.__file__).with_name("catalogues") / "demo.yaml"
LOG = "temporal.log"
DEMO_NAMESPACE = "stagemark-demo"
"""The sale in virtual time has a namespace and a ledger of its own, for its dates lie in the future."""

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the embedded server.")]
UiPort = Annotated[int, typer.Option(min=1, max=65535, help="Port of its web pages.")]
Folder = Annotated[Path, typer.Option("--data", help="Where the embedded server keeps its file, and the ledger.")]

_OF_EMBEDDED = {"port": "--port", "ui_port": "--ui-port", "data": "--data", "demo": "--demo"}

PORT, UI_PORT, FOLDER = 7233, 8233, Path(".stagemark")
"""Where all of it is if nothing else is said; the other commands look there."""

_TEXTS = {
    "starting": ("Starting the embedded Temporal server …", "正在启动内置 Temporal 服务器……"),
    "connecting": ("Connecting to {address} …", "正在连接 {address} ……"),
    "year": ("A year of sales", "一年的商机"),
    "after": ("After the contract", "签约之后"),
    "months": ("Eight months in virtual time", "虚拟时间中的八个月"),
    "seen": ("The demo has been played; the sales go on.", "演示数据已存在，商机继续进行。"),
    "up": ("stagemark is up. Ctrl-C ends it; the next start goes on where it was.",
           "stagemark 已启动。按 Ctrl-C 结束；下次启动将从当前状态继续。"),
    "temporal": ("Temporal", "Temporal 服务"),
    "ui": ("Temporal's pages", "Temporal 页面"),
    "database": ("Ledger", "台账"),
    "elsewhere": ("In other terminals", "其他终端中先执行"),
    "try": ("Try", "试一试"),
    "ending": ("Ending …", "正在结束……"),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where the engine runs: an embedded server, or the one that TEMPORAL_ADDRESS names."""

    address: str
    ui: str | None
    folder: Path
    ended: Callable[[], Awaitable[object]] = field(default_factory=lambda: asyncio.Event().wait)
    """Wait until the embedded server has ended; of another one nobody hears that."""


@app.command()
def up(
    context: typer.Context,
    port: Port = PORT,
    ui_port: UiPort = UI_PORT,
    data: Folder = FOLDER,
    demo: Annotated[bool, typer.Option(help="Play the demo on the first start.")] = True,
    adopt: Annotated[bool, typer.Option("--adopt", help="Go on with this ledger where it was another one.")] = False,
    speaks: LanguageOption = None,
) -> None:
    """Run it all: a Temporal server, a worker, and on the first start the demo. Ctrl-C ends it."""
    if "TEMPORAL_ADDRESS" in os.environ and (idle := _typed_for_embedded(context)):
        raise InvalidInput.of("options_need_embedded", variable="TEMPORAL_ADDRESS", options=idle)
    run(_until_stopped(_up(port, ui_port, data, demo, adopt, language(speaks))))


@app.command("demo")
def demo_only(
    port: Port = PORT,
    ui_port: UiPort = UI_PORT,
    data: Folder = FOLDER,
    speaks: LanguageOption = None,
) -> None:
    """Play the demo on the embedded server, show the durations, and end."""
    if "TEMPORAL_ADDRESS" in os.environ:
        raise InvalidInput.of("demo_needs_embedded", variable="TEMPORAL_ADDRESS")
    run(_until_stopped(_demo(port, ui_port, data, language(speaks))))


def _typed_for_embedded(context: typer.Context) -> list[str]:
    """The options that were typed and are of the embedded server only; what is by default nobody asked for."""
    typed = (
        name for name in context.params if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
    )
    return [_OF_EMBEDDED[name] for name in typed if name in _OF_EMBEDDED and context.params[name] is not False]


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


async def _up(port: int, ui_port: int, data: Path, demo: bool, adopt: bool, speaks: Language) -> None:
    out = console()
    async with _place(out, speaks, port, ui_port, data) as place, _engine(place, demo) as engine:
        client = await engine.connect(adopt=adopt)
        await bootstrap.ensure_search_attributes(client)
        await engine.ensure_schedules(client, adopt=adopt)
        async with engine.worker(client):
            if demo and place.ui is not None:
                await _first_start(out, speaks, place, engine, client)
            await _show(out, speaks, place, engine)
            _say(out, speaks, "up")
            try:
                await place.ended()
                raise Unavailable.of("server_ended", address=place.address, log=str(place.folder / LOG))
            finally:
                _say(out, speaks, "ending")


async def _demo(port: int, ui_port: int, data: Path, speaks: Language) -> None:
    out = console()
    async with _place(out, speaks, port, ui_port, data) as place, _engine(place, demo=True) as engine:
        client = await engine.connect()
        async with engine.worker(client):
            await _play(out, speaks, place, engine, client)
            await _show(out, speaks, place, engine)


@asynccontextmanager
async def _place(out: Console, speaks: Language, port: int, ui_port: int, data: Path) -> AsyncIterator[Place]:
    """The server that TEMPORAL_ADDRESS names; without it an embedded one (design.md §8)."""
    from stagemark.embedded import embedded_server

    named = os.environ.get("TEMPORAL_ADDRESS")
    if named is not None:
        _say(out, speaks, "connecting", address=named)
        yield Place(named, None, data)
        return
    _say(out, speaks, "starting")
    async with embedded_server(data / "temporal.db", port, ui_port, [DEMO_NAMESPACE], data / LOG) as server:
        yield Place(server.address, server.ui, data, server.ended)


def _at(place: Place) -> dict[str, Any]:
    return {"target_host": place.address} if place.ui is not None else {}


@asynccontextmanager
async def _engine(place: Place, demo: bool) -> AsyncIterator[bootstrap.Engine]:
    """The engine there, with its ledger beside the embedded server's file, if no other one is named.

    What the demo's people sell stands in the demo's catalogue, if there is none of one's own.
    """
    settings = bootstrap.read_settings()
    if place.ui is not None and "database_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"database_url": _ledger(place)})
    if demo and place.ui is not None and settings.catalogue is None:
        settings = settings.model_copy(update={"catalogue": DEMO_CATALOGUE})
    async with bootstrap.engine(settings, **_at(place)) as engine:
        yield engine


async def _first_start(out: Console, speaks: Language, place: Place, engine: bootstrap.Engine, client: Client) -> None:
    played = place.folder / "demo-played"
    if played.exists():
        if await _has_demo(engine):
            _say(out, speaks, "seen")
        return
    await _play(out, speaks, place, engine, client)
    played.touch()


async def _play(out: Console, speaks: Language, place: Place, engine: bootstrap.Engine, client: Client) -> None:
    from stagemark.demo.after import play_after
    from stagemark.demo.desk import Desk
    from stagemark.demo.play import play_year

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        today = datetime.now(UTC).date()
        await play_year(engine.sales(client), engine.directory, today, _bar(progress, _text(speaks, "year")))
        await play_after(Desk.of(engine, client), today, _bar(progress, _text(speaks, "after")))
        # the story in virtual time knows what falls due by the shipped policy
        own = {"database_url": f"sqlite:///{_demo_ledger(place)}", "policy": None}
        await _in_virtual_time(place, engine.settings.model_copy(update=own), _bar(progress, _text(speaks, "months")))


async def _in_virtual_time(place: Place, settings: Settings, progress: Callable[[int, int], None]) -> None:
    from stagemark.demo.eight_months import play_eight_months

    async with bootstrap.engine(settings, **_at(place), namespace=DEMO_NAMESPACE) as engine:
        client = await engine.connect()
        await bootstrap.ensure_search_attributes(client)
        async with engine.worker(client):
            await play_eight_months(client, engine, engine.directory, engine.calendars, progress)


def _bar(progress: Progress, title: str) -> Callable[[int, int], None]:
    task = progress.add_task(title)
    return lambda done, total: progress.update(task, completed=done, total=total)


async def _show(out: Console, speaks: Language, place: Place, engine: bootstrap.Engine) -> None:
    await print_durations(engine, speaks)
    rows = [("temporal", place.address), ("ui", place.ui), ("database", engine.store.address)]
    for name, value in rows:
        if value:
            out.print(f"  {_padded(_text(speaks, name), 18)} {value}", highlight=False, markup=False)
    if variables := _variables(place, engine):
        line = f"  {_padded(_text(speaks, 'elsewhere'), 18)} export {variables}"
        out.print(line, highlight=False, markup=False, soft_wrap=True)
    first = f"  {_padded(_text(speaks, 'try'), 18)} stagemark durations --by owner"
    out.print(first, highlight=False, markup=False)
    if place.ui is not None and _demo_ledger(place).exists() and await _has_demo(engine):
        _look(out, speaks, place)


async def _has_demo(engine: bootstrap.Engine) -> bool:
    """Whether its ledger holds the demo's sales: another can have taken its place."""
    from stagemark.demo.look import SEEN

    return bool(await engine.ledger.events(SEEN))


def _variables(place: Place, engine: bootstrap.Engine) -> str:
    """What other commands need to find the server and the ledger, where those are not where they look."""
    named = []
    if place.folder != FOLDER and engine.settings.database_url == _ledger(place):
        named.append(f"STAGEMARK_DATABASE_URL={quote(_ledger(place, absolute=True))}")
    if place.ui is not None and place.address != f"127.0.0.1:{PORT}":
        named.append(f"TEMPORAL_ADDRESS={place.address}")
    return " ".join(named)


def _look(out: Console, speaks: Language, place: Place) -> None:
    """Where to look in the demo."""
    from stagemark.demo.look import LOOK, LOOK_IN_VIRTUAL_TIME

    there = f"STAGEMARK_DATABASE_URL=sqlite:///{_demo_ledger(place)} TEMPORAL_NAMESPACE={DEMO_NAMESPACE}"
    for variables, commands in ((None, LOOK), (there, LOOK_IN_VIRTUAL_TIME)):
        if variables:
            out.print(f"  {_text(speaks, 'months')}: export {variables}", highlight=False, markup=False)
        width = max(cell_len(command) for command, _ in commands)
        for command, seen in commands:
            line = f"{'':<20} stagemark {_padded(command, width)}  # {seen[speaks == 'zh']}"
            out.print(line, highlight=False, markup=False)


def _padded(text: str, width: int) -> str:
    """Filled up to a width in cells, of which a Chinese character takes two."""
    return text + " " * (width - cell_len(text))


def _ledger(place: Place, *, absolute: bool = False) -> str:
    """The address of the ledger beside the embedded server's file."""
    return f"sqlite:///{(place.folder.absolute() if absolute else place.folder) / 'stagemark.db'}"


def _demo_ledger(place: Place) -> Path:
    """The ledger of the sale in virtual time."""
    return place.folder / "demo.db"

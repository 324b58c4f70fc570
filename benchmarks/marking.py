"""(a) A marker of ours, acknowledged, against the peer's update: latency, and throughput with the ledger written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import TypeVar
from uuid import uuid4

from temporalio.client import WorkflowHandle

from benchmarks.figures import Figure, percentile
from benchmarks.peer import Peer
from benchmarks.place import Place, place
from benchmarks.sale import MARKS
from stagemark.domain.playbook import Edge, Playbook
from stagemark.playbooks.load import shipped_playbook

__all__ = ["measure"]

T = TypeVar("T")

CALLERS = 10
OWN = 3
"""Stages of each caller, where ten callers work at one sale."""
SALES = 10
"""So many sales each caller marks one after the other: a rate is of steady work, not of its first and last moment."""

# Where ten callers mark one sale, no marker of one may wait for another's: so its stages open at any time.
WIDE = Playbook.model_validate(
    {
        "id": "wide",
        "stages": [
            {"id": f"stage-{number}", "start": {}, "end": {}, "opens_after": []} for number in range(CALLERS * OWN)
        ]
        + [{"id": "last", "start": {}, "end": {}}],
        "loss_reasons": [{"id": "price"}],
    }
)
_EDGES: tuple[Edge, Edge] = ("start", "end")


async def measure(folder: Path, quick: bool) -> list[Figure]:
    """Measure on the server in memory, then on its file."""
    figures = []
    for on_file in (False, True):
        where = folder / ("file" if on_file else "memory")
        where.mkdir(parents=True)
        async with place(where, on_file=on_file) as at:
            figures += await _on(at, "on its file" if on_file else "in memory", 2 if quick else 40, 1 if quick else 8)
    return figures


async def _on(at: Place, how: str, singles: int, crowds: int) -> list[Figure]:
    for warm in (_one_sale, _one_peer, _ten_sales, _ten_peers):
        await warm(at)
    ours, peers = await _in_turn(at, singles, _one_sale, _one_peer)
    own, other = list(chain.from_iterable(ours)), list(chain.from_iterable(peers))
    figures = [
        Figure.compared(
            f"p50, one caller, server {how}",
            "ms",
            [percentile(latencies, 50) for latencies in ours],
            [percentile(latencies, 50) for latencies in peers],
            most=1.1,
        ),
        Figure.compared(f"p99, one caller, server {how}", "ms", [percentile(own, 99)], [percentile(other, 99)]),
    ]
    for name, mine, theirs in (
        ("ten callers at ten sales", _ten_sales, _ten_peers),
        ("ten callers at one sale", _all_at_one_sale, _all_at_one_peer),
    ):
        rates, peer_rates = await _in_turn(at, crowds, mine, theirs)
        figures.append(Figure.compared(f"{name}, server {how}", "markers/s", rates, peer_rates, least=0.9))
    return figures


async def _in_turn(
    at: Place, rounds: int, ours: Callable[[Place], Awaitable[T]], peers: Callable[[Place], Awaitable[T]]
) -> tuple[list[T], list[T]]:
    """Alternate, and let each begin every other time, so that neither always comes after the other's leftovers."""
    own, other = [], []
    for number in range(rounds):
        if number % 2:
            other.append(await peers(at))
            own.append(await ours(at))
        else:
            own.append(await ours(at))
            other.append(await peers(at))
    return own, other


# -- one caller: the latency of each marker of a sale, in milliseconds


async def _one_sale(at: Place) -> list[float]:
    sale, latencies = await _opened(at), []
    rows = at.done.rows
    for number, (stage, edge, evidence) in enumerate(MARKS, start=1):
        began = perf_counter()
        await at.sales.mark(sale, stage, edge, evidence, actor="wang", key=f"{sale}:{number}")
        latencies.append(1000 * (perf_counter() - began))
    await at.done.until(rows=rows + len(MARKS))
    return latencies


async def _one_peer(at: Place) -> list[float]:
    handle, latencies = await _started(at, len(MARKS)), []
    before = at.done.peer
    for number in range(len(MARKS)):
        began = perf_counter()
        await _tell(handle, number)
        latencies.append(1000 * (perf_counter() - began))
    await at.done.until(peer=before + len(MARKS))
    return latencies


# -- ten callers: markers a second, until the ledger has the last one


async def _ten_sales(at: Place) -> float:
    sales = [[await _opened(at) for _ in range(SALES)] for _ in range(CALLERS)]

    async def caller(own: list[str]) -> None:
        for sale in own:
            for number, (stage, edge, evidence) in enumerate(MARKS, start=1):
                await at.sales.mark(sale, stage, edge, evidence, actor="wang", key=f"{sale}:{number}")

    return await _rate(at, CALLERS * SALES * len(MARKS), [caller(own) for own in sales])


async def _all_at_one_sale(at: Place) -> float:
    sales = [await _opened(at, WIDE) for _ in range(SALES)]

    async def caller(who: int) -> None:
        for sale in sales:
            for stage in range(who, CALLERS * OWN, CALLERS):
                for edge in _EDGES:
                    await at.sales.mark(sale, f"stage-{stage}", edge, actor="wang", key=f"{sale}:{stage}:{edge}")

    return await _rate(at, CALLERS * SALES * OWN * 2, [caller(who) for who in range(CALLERS)])


async def _ten_peers(at: Place) -> float:
    handles = [[await _started(at, len(MARKS)) for _ in range(SALES)] for _ in range(CALLERS)]

    async def caller(own: list[WorkflowHandle[Peer, None]]) -> None:
        for handle in own:
            for number in range(len(MARKS)):
                await _tell(handle, number)

    return await _peer_rate(at, CALLERS * SALES * len(MARKS), [caller(own) for own in handles])


async def _all_at_one_peer(at: Place) -> float:
    handles = [await _started(at, CALLERS * OWN * 2) for _ in range(SALES)]

    async def caller() -> None:
        for handle in handles:
            for number in range(OWN * 2):
                await _tell(handle, number)

    return await _peer_rate(at, CALLERS * SALES * OWN * 2, [caller() for _ in range(CALLERS)])


async def _rate(at: Place, count: int, callers: list[Awaitable[None]]) -> float:
    rows, began = at.done.rows, perf_counter()
    await asyncio.gather(*callers)
    await at.done.until(rows=rows + count)
    return count / (perf_counter() - began)


async def _peer_rate(at: Place, count: int, callers: list[Awaitable[None]]) -> float:
    before, began = at.done.peer, perf_counter()
    await asyncio.gather(*callers)
    await at.done.until(peer=before + count)
    return count / (perf_counter() - began)


# -- what is not timed


async def _opened(at: Place, playbook: Playbook | None = None) -> str:
    sale, rows = f"S-{uuid4().hex[:12]}", at.done.rows
    await at.sales.open(
        sale, playbook or shipped_playbook("key-account-six"), account="A-1", owner="wang", actor="wang"
    )
    await at.done.until(rows=rows + 1)
    return sale


async def _started(at: Place, updates: int) -> WorkflowHandle[Peer, None]:
    handle = await at.client.start_workflow(Peer.run, updates, id=f"peer-{uuid4().hex}", task_queue=at.queue)
    await handle.query("__temporal_workflow_metadata")  # once it answers, its first task is over
    return handle


async def _tell(handle: WorkflowHandle[Peer, None], number: int) -> None:
    stage, edge, _ = MARKS[number % len(MARKS)]
    await handle.execute_update(Peer.tell, {"stage": stage, "edge": edge, "actor": "wang"})

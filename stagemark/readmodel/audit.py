"""Compares the ledgers with what Temporal's own histories say, and names every difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import Connection
from temporalio.client import Client

from stagemark.contracts.names import (
    OPPORTUNITY,
    is_opportunity,
    neighbour_workflow,
    opportunity_id,
    opportunity_workflow_id,
)
from stagemark.domain.neighbours import RULES
from stagemark.readmodel.histories import Told, all_told
from stagemark.readmodel.reading import entry_pages, ledger_pages, rows
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.common import neighbours

__all__ = ["Audited", "Difference", "Kept", "Told", "audit", "compared"]

_ENDED: Final = ("lost", "collected", "closed")


class Difference(BaseModel):
    """An event on which ledger and history disagree.

    Attributes:
        opportunity: Which sale; or which neighbour of one, such as `collection:S-1`.
        sequence: Which event or entry.
        kind: `missing_in_ledger`: the history says it was written; `missing_in_history`: the run never wrote it;
            `differs`: both have it, with other content.
    """

    opportunity: str
    sequence: int
    kind: Literal["missing_in_ledger", "missing_in_history", "differs"]


class Audited(BaseModel):
    """What the comparison found.

    Attributes:
        sales: How many sales were compared.
        events: How many events their ledger holds.
        neighbours: How many neighbours of sales were compared.
        entries: How many entries their ledgers hold.
        runs: How many runs were read.
        differences: Every event or entry on which they disagree.
        pending: Events (sale or neighbour, sequence) acknowledged and not written yet; their run will.
        unheard: Facts (neighbour, key) that a neighbour was told, and that no run of it will record any more.
        stuck: Runs (sale or neighbour, what fails in them again and again) that do not go on.
        expired: Sales and neighbours of which Temporal no longer has all runs, so that some could not be compared.
        without_run: Open sales and neighbours that have no run, though they should.
        imported: How many ended sales came from an import and never had a run.
    """

    sales: int = 0
    events: int = 0
    neighbours: int = 0
    entries: int = 0
    runs: int = 0
    differences: list[Difference] = []
    pending: list[tuple[str, int]] = []
    unheard: list[tuple[str, str]] = []
    stuck: list[tuple[str, str]] = []
    expired: list[str] = []
    without_run: list[str] = []
    imported: int = 0

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong: what is pending or expired is no difference."""
        return not (self.differences or self.without_run or self.unheard or self.stuck)


@dataclass(frozen=True)
class Kept:
    """What the ledger holds of one sale or neighbour.

    Attributes:
        hashes: The hash of each event or entry.
        imported: Whether all came from an import.
        ended: Whether it has ended: it needs no run.
        keys: The keys under which a neighbour was asked and told.
    """

    hashes: Mapping[int, str]
    imported: bool
    ended: bool
    keys: frozenset[str] = frozenset()


async def audit(store: Store, client: Client, progress: Callable[[int, int], None] | None = None) -> Audited:
    """Compare the ledgers with the histories of all sales and their neighbours.

    Args:
        store: The ledgers.
        client: Temporal, with the converter that the runs use.
        progress: Told how many have been read, of how many.

    Raises:
        RPCError: Temporal can't be asked.
        Unavailable: The store can't (`Store.read`).
    """
    runs: defaultdict[str, list[str]] = defaultdict(list)
    kinds = ", ".join(f"'{kind}'" for kind in (OPPORTUNITY, *map(neighbour_workflow, RULES)))
    async for run in client.list_workflows(f"WorkflowType IN ({kinds})"):
        runs[run.id].append(run.run_id)
    told = await all_told(client, runs, progress)
    kept = await store.read(lambda connection: _kept(connection, store.namespace))
    # The list of runs lags, and the ledger was read last: before anything is called missing, the latest run is asked.
    behind = [
        workflow
        for workflow, one in kept.items()
        if (
            not one.ended
            if workflow not in told
            else told[workflow].whole and one.hashes.keys() - told[workflow].events.keys()
        )
    ]
    for workflow, latest in (await all_told(client, {one: [""] for one in behind}, None)).items():
        told.setdefault(workflow, latest).events.update(latest.events)
    return compared(told, kept)


def _kept(connection: Connection, namespace: str) -> dict[str, Kept]:
    """What the ledgers hold, by workflow."""
    lives = {row["opportunity"]: row["life"] for row in rows(connection, opportunities, namespace)}
    sales = {
        opportunity_workflow_id(sale): Kept(
            hashes={row["sequence"]: row["hash"] for row in stored},
            imported=all(row["source"] == "import" for row in stored),
            ended=lives.get(sale) in _ENDED,
        )
        for sale, stored in ledger_pages(connection, namespace)
    }
    ended = {f"{row['stream']}:{row['id']}": row["ended"] for row in rows(connection, neighbours, namespace)}
    return sales | {
        neighbour: Kept(
            hashes={row["sequence"]: row["hash"] for row in stored},
            imported=all(row["source"] == "import" for row in stored),
            ended=bool(ended.get(neighbour)),
            keys=frozenset(row["key"] for row in stored if row["key"]),
        )
        for neighbour, stored in entry_pages(connection, namespace)
    }


def compared(told: Mapping[str, Told], kept: Mapping[str, Kept]) -> Audited:
    """Compare, workflow by workflow, what the histories tell with what the ledgers hold."""
    both = told.keys() | kept.keys()
    found = Audited(
        sales=sum(map(is_opportunity, both)),
        events=sum(len(one.hashes) for workflow, one in kept.items() if is_opportunity(workflow)),
        neighbours=sum(not is_opportunity(workflow) for workflow in both),
        entries=sum(len(one.hashes) for workflow, one in kept.items() if not is_opportunity(workflow)),
        runs=sum(one.runs for one in told.values()),
    )
    for workflow in sorted(both, key=lambda one: (not is_opportunity(one), one)):
        name = opportunity_id(workflow)
        said, has = told.get(workflow, Told()), kept.get(workflow, Kept({}, imported=False, ended=False))
        if not said.runs:
            if not has.ended:
                found.without_run.append(name)
            elif has.imported:
                found.imported += 1
            else:
                found.expired.append(name)
            continue
        if not said.whole:
            found.expired.append(name)
        for sequence in sorted(said.events.keys() | said.acknowledged | has.hashes.keys()):
            _compare(found, name, sequence, said, has)
        if said.stuck:
            found.stuck.append((name, said.stuck))
        if not said.running:  # else it will record them
            found.unheard += [(name, key) for key in sorted(said.heard - has.keys)]
    return found


def _compare(found: Audited, sale: str, sequence: int, said: Told, has: Kept) -> None:
    kind: Literal["missing_in_ledger", "missing_in_history", "differs"]
    if sequence not in has.hashes:
        if sequence not in said.written:
            found.pending.append((sale, sequence))
            return
        kind = "missing_in_ledger"
    elif sequence not in said.events:
        if not said.whole:
            return
        kind = "missing_in_history"
    elif said.events[sequence] != has.hashes[sequence]:
        kind = "differs"
    else:
        return
    found.differences.append(Difference(opportunity=sale, sequence=sequence, kind=kind))

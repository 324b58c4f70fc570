"""Rows → envelopes → `decide`: what an import would record, and every row that can't be taken, and why. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from stagemark.domain.commands import Command, Envelope, Given, Mark, Override
from stagemark.domain.events import Event
from stagemark.domain.opportunity import Accepted, Decision, Rejected, decide
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import InvalidInput, Problem
from stagemark.importing.mapping import LoadedMapping, in_order
from stagemark.importing.names import columns_amiss, unknown_names
from stagemark.importing.rows import RowReader
from stagemark.importing.table import Table

__all__ = ["Plan", "RowProblem", "Sale", "plan_import"]


class RowProblem(NamedTuple):
    """Why a row can't be taken.

    Attributes:
        row: Its number, as spreadsheets count: the header is row 1.
        sale: The sale's id, as far as it could be read.
        column: The column it is about; empty if it is about the row.
        problem: What is wrong.
    """

    row: int
    sale: str
    column: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale as its row tells it, accepted by `decide`.

    Attributes:
        row: The number of its row.
        id: The sale's id.
        events: What it becomes in the ledger.
        open: Whether it goes on, so that it gets a run.
    """

    row: int
    id: str
    events: tuple[Event, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    Attributes:
        rows: How many rows there are.
        sales: Those that can be taken.
        problems: Why the others can't, in the order of the rows.
    """

    rows: int
    sales: tuple[Sale, ...]
    problems: tuple[RowProblem, ...]


def plan_import(
    table: Table,
    loaded: LoadedMapping,
    playbook: Playbook,
    zone: str,
    *,
    as_of: date,
    now: datetime,
    limit: int | None = None,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> Plan:
    """Judge every row of a table.

    Args:
        table: The table; it is read to its end.
        loaded: The mapping.
        playbook: The whole playbook by which the sales run.
        zone: IANA zone of the mapping's calendar, in which dates are meant.
        as_of: The day on which the table was cut: what is later can't be true.
        now: When it is recorded, UTC.
        limit: Look at so many rows only.
        told: Told how far it is, as `stagemark.importing.run.Progress`.

    Raises:
        InvalidInput: The mapping names what the playbook or the table does not have, each with `file:line`; the table
            has no rows or is no CSV.
    """
    places = {column: place for place, column in enumerate(table.header)}
    if problems := [*unknown_names(loaded, playbook), *columns_amiss(loaded, table)]:
        raise InvalidInput(*in_order(problems))
    compiled, mapping = playbook.compiled(), loaded.mapping
    reader = RowReader(mapping, compiled, playbook.ref(), zone, places, as_of)
    sales: list[Sale] = []
    amiss: list[RowProblem] = []
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    count = 0
    for row in table.rows():
        if count == limit:
            break
        count += 1
        told("judged", count, max(table.lines - 1, count))
        if len(row.cells) != len(table.header):
            params = {"cells": len(row.cells), "columns": len(table.header)}
            amiss.append(RowProblem(row.number, "", "", Problem(code="import_row_width", params=params)))
            continue
        said = reader.read(row.cells)
        found = said.problems
        if said.sale:
            rows_of[said.sale].append(row.number)
        if not found:
            state = OpportunityState(said.sale, compiled)
            decision = _judge(state, said.commands, mapping.actor, mapping.override, now)
            if isinstance(decision, Accepted):
                sales.append(Sale(row.number, said.sale, decision.events, not decision.state.ended))
                continue
            found = tuple((_column(problem, said.columns), problem) for problem in decision.problems)
        amiss += (RowProblem(row.number, said.sale, column, _bare(problem)) for column, problem in found)
    if not count:
        raise InvalidInput.of("import_no_rows", table.name)
    twice = {sale: numbers for sale, numbers in rows_of.items() if len(numbers) > 1}
    amiss += _duplicates(twice, mapping.sale.id.column or "")
    good = tuple(sale for sale in sales if sale.id not in twice)
    return Plan(count, good, tuple(sorted(amiss, key=lambda found: found.row)))


def _judge(
    state: OpportunityState, commands: Sequence[Command], actor: str, override: Override | None, now: datetime
) -> Accepted | Rejected:
    """Decide; where nothing but evidence is missing, the override stands in for it, if there is one."""
    envelope = Envelope(key=f"import:{state.opportunity}", commands=tuple(commands), actor=actor, source="import")
    decision = _fresh(decide(state, envelope, now))
    if override is not None and isinstance(decision, Rejected) and all(map(_is_missing, decision.problems)):
        overridden = tuple(_overridden(command, decision.problems, override) for command in commands)
        decision = _fresh(decide(state, envelope.model_copy(update={"commands": overridden}), now))
    return decision


def _fresh(decision: Decision) -> Accepted | Rejected:
    assert isinstance(decision, Accepted | Rejected)  # nothing was there that could be repeated
    return decision


def _is_missing(problem: Problem) -> bool:
    """Whether evidence is missing, as against recorded and not good enough."""
    nothing = problem.params.get("found") in ("nothing_recorded", "no_decision_maker")
    return problem.code == "evidence_missing" or (problem.code == "condition_unmet" and nothing)


def _overridden(command: Command, missing: Sequence[Problem], override: Override) -> Command:
    if not isinstance(command, Mark):
        return command
    place = (command.stage, command.edge)
    lacking = dict.fromkeys(p.params["evidence"] for p in missing if (p.params["stage"], p.params["edge"]) == place)
    if not lacking:
        return command
    given = (Given(evidence=evidence, override=override) for evidence in lacking)
    return command.model_copy(update={"evidence": (*command.evidence, *given)})


def _column(problem: Problem, columns: Sequence[str]) -> str:
    """The column of the command that a problem is about; `where` begins with `commands[N]`."""
    place = problem.where.partition("[")[2].partition("]")[0]
    return columns[int(place)] if place.isdecimal() else ""


def _bare(problem: Problem) -> Problem:
    """The row and the column say where."""
    return problem.model_copy(update={"where": ""})


def _duplicates(twice: dict[str, list[int]], column: str) -> list[RowProblem]:
    """Several rows with one id: which of them is right nobody knows, so none can be taken."""
    return [
        RowProblem(
            number,
            sale,
            column,
            Problem(
                code="import_duplicate_id", params={"sale": sale, "rows": [n for n in numbers if n != number][:10]}
            ),
        )
        for sale, numbers in twice.items()
        for number in numbers
    ]

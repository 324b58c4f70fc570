"""One row → the commands that it says, each with the column it comes from; or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from stagemark.domain.commands import Command, Given, Lose, Mark, Open, Skip
from stagemark.domain.moments import UNKNOWN, Moment, apart
from stagemark.domain.playbook import Evidence, Playbook, PlaybookRef
from stagemark.errors import Problem, fault_of
from stagemark.importing.cells import Reading, Unreadable
from stagemark.importing.mapping import Cell, DateCell, EvidenceCell, StateMeaning, TableMapping

__all__ = ["MAX_ID", "RowReader", "Said"]

MAX_ID = 128
"""The longest id of a sale, in characters."""
T = TypeVar("T")
C = TypeVar("C")


class Said(NamedTuple):
    """What a row says.

    Attributes:
        sale: The sale's id, as far as it could be read.
        commands: What it says; empty where anything is wrong.
        columns: For each command the column it comes from; empty for none.
        problems: What is wrong, by column.
    """

    sale: str
    commands: tuple[Command, ...]
    columns: tuple[str, ...]
    problems: tuple[tuple[str, Problem], ...]


class RowReader:
    """Reads the rows of one table."""

    def __init__(
        self,
        mapping: TableMapping,
        playbook: Playbook,
        ref: PlaybookRef,
        zone: str,
        places: dict[str, int],
        as_of: date,
    ) -> None:
        """Read by a mapping.

        Args:
            mapping: How things are spelled.
            playbook: The compiled playbook.
            ref: Its name.
            zone: IANA zone in which dates are meant.
            places: The place of each column in a row.
            as_of: The day on which the table was cut; nothing in it can be later.
        """
        self.mapping, self.playbook, self.ref = mapping, playbook, ref
        self.zone, self.places, self.as_of = zone, places, as_of

    def read(self, cells: list[str]) -> Said:
        """Read a row of the right width."""
        row = _Row(self, Reading(self.mapping, self.zone, self.places, cells))
        row.everything()
        commands = () if row.problems else tuple(row.commands)
        return Said(row.reading.sale, commands, tuple(row.columns), tuple(row.problems))


class _Row:
    """What a row says as it gathers. What can't be read is noted, so that the rest can still be judged."""

    def __init__(self, by: RowReader, reading: Reading) -> None:
        self.by = by
        self.reading = reading
        self.commands: list[Command] = []
        self.columns: list[str] = []
        self.problems: list[tuple[str, Problem]] = []
        self._dated: set[str] = set()

    def everything(self) -> None:
        mapping = self.by.mapping
        self.reading.sale = self._try(self._identity, mapping.sale.id) or ""
        self._open()
        if mapping.states is None:
            self._stages(None)
            return
        state = self._try(self._state, mapping.states.column)
        if state is None:
            return
        self._stages(state)
        if state.lost is not None:
            fields = {"reason": self._try(self.reading.required, state.lost.reason)}
            self._say(Lose, state.lost.on.column, **fields, observed_at=self._moment(state.lost.on))
        self._unused(mapping.states.column)

    def _identity(self, cell: Cell) -> str:
        sale = self.reading.required(cell)
        if len(sale) > MAX_ID or not sale.isprintable():
            raise Unreadable(cell.column, "import_id", limit=MAX_ID, value=ascii(sale[:40]))
        return sale

    def _open(self) -> None:
        cells, reading = self.by.mapping.sale, self.reading
        self._say(
            Open,
            cells.opened.column,
            playbook=self.by.ref,
            account=self._try(reading.required, cells.account),
            owner=self._try(reading.required, cells.owner),
            title=self._try(reading.text, cells.title),
            segment=self._try(reading.text, cells.segment),
            deputy=self._try(reading.text, cells.deputy),
            value=self._try(reading.amount, cells.value),
            calendar=self.by.mapping.calendar,
            zone=self.by.zone,
            observed_at=self._moment(cells.opened),
        )

    def _state(self, column: str) -> StateMeaning:
        states = self.by.mapping.states
        spelled = self.reading.raw(column)
        if states is None or spelled not in states.spelled:
            known = list(states.spelled) if states else []
            raise Unreadable(column, "import_state_unknown", state=spelled[:80] or "-", known=known)
        return states.spelled[spelled]

    def _stages(self, state: StateMeaning | None) -> None:
        """The markers that were observed and the stages that were skipped, in the playbook's order."""
        skipped = state.skipped if state else {}
        for stage in self.by.playbook.stage_ids:
            if stage in skipped:
                self._say(Skip, None, stage=stage, reason=skipped[stage], observed_at=UNKNOWN)
            began = UNKNOWN
            for edge in ("start", "end"):
                marker = f"{stage}.{edge}"
                cell = self.by.mapping.markers.get(marker)
                if marker in state.observed if state else self._try(self.reading.text, cell):
                    column = cell.column if cell else None
                    given = self._given(marker) or None
                    moment = self._moment(cell)
                    self._in_order(stage, began, moment, column)
                    began = moment
                    self._say(Mark, column, stage=stage, edge=edge, observed_at=moment, evidence=given)

    def _in_order(self, stage: str, began: Moment, ended: Moment, column: str | None) -> None:
        """The end of a stage can't lie before its start: said with both dates, for a row is mended by them."""
        zone = self.by.zone
        exact = began.instant is not None and ended.instant is not None
        first, last = (began.instant, ended.instant) if exact else (_day(began, zone), _day(ended, zone))
        if first is not None and last is not None and last < first:
            start, end = apart(began, ended, zone)
            params = {"stage": stage, "start": start, "end": end}
            self._note(column, Problem(code="import_end_before_start", params=params))

    def _given(self, marker: str) -> tuple[Given, ...]:
        def given(cell: EvidenceCell) -> Given | None:
            rule: Evidence = self.by.playbook.evidence_of[cell.evidence]
            return self.reading.given(cell, rule)

        found = (self._try(given, cell) for cell in self.by.mapping.evidence if cell.at == marker)
        return tuple(piece for piece in found if piece is not None)

    def _unused(self, states: str) -> None:
        """A date for which the row's state has no use contradicts it."""
        mapped = (cell.column for cell in self.by.mapping.markers.values() if cell.column is not None)
        for column in dict.fromkeys(mapped):
            value = self._try(self.reading.raw, column)
            if value and column not in self._dated:
                params = {"value": value[:80], "state": self.reading.raw(states), "states": states}
                self._note(column, Problem(code="import_state_contradicts", params=params))

    def _moment(self, cell: DateCell | None) -> Moment:
        """The moment of a cell, not after the day on which the table was cut."""
        if cell is None:
            return UNKNOWN
        if cell.column is not None:
            self._dated.add(cell.column)
        moment = self._try(self.reading.moment, cell) or UNKNOWN
        day = _day(moment, self.by.zone)
        if day is not None and day > self.by.as_of:
            params = {"date": str(day), "as_of": str(self.by.as_of)}
            self._note(cell.column, Problem(code="import_after_cut", params=params))
        return moment

    def _try(self, how: Callable[[C], T], cell: C) -> T | None:
        try:
            return how(cell)
        except Unreadable as found:
            self._note(found.column, found.problem)
            return None

    def _note(self, column: str | None, problem: Problem) -> None:
        """Note what is wrong with a cell, once: several things may be read from it."""
        if (found := (column or "", problem)) not in self.problems:
            self.problems.append(found)

    def _say(self, command: type[Any], column: str | None, **fields: Any) -> None:
        """Say a command; not once anything is wrong with the row: its parts may be missing."""
        if self.problems:
            return
        try:
            self.commands.append(command(**{name: value for name, value in fields.items() if value is not None}))
            self.columns.append(column or "")
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                place = getattr(self.by.mapping.sale, str(found["loc"][0]), None)
                self._note(getattr(place, "column", None), _problem(found))


def _day(moment: Moment, zone: str) -> date | None:
    """The local date of a moment, if it is known."""
    return moment.instant.astimezone(ZoneInfo(zone)).date() if moment.instant else moment.day


def _problem(found: Any) -> Problem:
    """What is wrong with a command's field: as a rule that it is too long."""
    limit = found.get("ctx", {}).get("max_length")
    if limit is None:
        return Problem(code="field_invalid", params={"message": fault_of(found, str(found["loc"][0]))})
    return Problem(code="import_cell_too_long", params={"limit": limit})

"""People out of a file: CSV or YAML, every broken row named at once, with its place and what would be right."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stagemark.adapters.channels import malformed, split_target
from stagemark.domain.quiet import QuietHours
from stagemark.domain.roles import OF_A_SALE
from stagemark.errors import InvalidInput, Problem, reason_of
from stagemark.playbooks.yaml_faults import yaml_fault
from stagemark.ports import Person
from stagemark.texts.language import Language

__all__ = ["COLUMNS", "MOST", "Row", "is_under", "read_people", "read_rows", "read_text", "rows_in", "unfit"]

COLUMNS: Final = ("id", "name", "supervisor", "team", "zone", "language", "roles", "quiet_hours", "channels")
LISTS: Final = ("roles", "channels")
"""Columns that hold several, in a cell with commas, semicolons or bars between them."""
KEY: Final = "people"
"""Under which a YAML file may have them."""
MOST: Final = 128
"""So many characters an id or a name has at most."""
MOST_LISTED: Final = 500
"""And so many each of the roles and channels."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_BETWEEN: Final = re.compile(r"[|,;，；、]")
_ROLE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}(?:@.{1,128})?")
_QUIET: Final[TypeAdapter[str]] = TypeAdapter(QuietHours)


class Row(NamedTuple):
    """A row of a file: where it stands, whom it names and as whose report; the person, if nothing is wrong with it."""

    where: str
    id: str
    supervisor: str | None
    person: Person | None


def read_people(path: Path) -> list[tuple[str, Person]]:
    """Read people from CSV (with a heading, columns in any order) or YAML (a list of mappings).

    Columns are `id` and `name`, and, where they are known, `supervisor` (an id), `team`, `zone`, `language`, `roles`,
    `quiet_hours`, `channels`.

    Returns:
        Each person with the place in the file, `file:line`.

    Raises:
        InvalidInput: Every row that can't be read, at once.
    """
    rows, problems = read_rows(path)
    if problems:
        raise InvalidInput(*problems)
    return [(row.where, row.person) for row in rows if row.person is not None]


def read_rows(path: Path) -> tuple[list[Row], list[Problem]]:
    """As `read_people`, with what is wrong beside what could be read; every row that has an id is among the rows.

    Raises:
        InvalidInput: The file as a whole can't be read.
    """
    found: list[Row] = []
    problems: list[Problem] = []
    places: dict[str, str] = {}
    for line, row, broken in rows_in(path, read_text(path), COLUMNS, ("id", "name"), KEY):
        where = f"{path.name}:{line}"
        wrong = [*broken, *([] if row is None else _wrong(row, places))]
        problems += [problem.model_copy(update={"where": where}) for problem in wrong]
        if row is not None and "id" in row:
            person = None if wrong else Person.model_validate(row)
            found.append(Row(where, row["id"], row.get("supervisor"), person))
            places.setdefault(row["id"], where)
    return found, problems


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        InvalidInput: `directory_unreadable`.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidInput.of("directory_unreadable", str(path), why=reason_of(problem)) from None


_Read = Iterator[tuple[int, dict[str, Any] | None, list[Problem]]]
"""Rows with their lines and what is wrong with their form; none where there is no row to be read."""


def rows_in(path: Path, text: str, known: Sequence[str], needed: Sequence[str], key: str) -> _Read:
    """The rows of a file.

    Args:
        path: Where it is; its ending tells the form.
        text: What it holds.
        known: Its columns.
        needed: Those that every row has.
        key: Under which a YAML file may have its list.
    """
    if _is_yaml(path):
        return _from_yaml(text, path.name, known, key)
    return _from_csv(text, path.name, known, needed)


def is_under(key: str, column: str, path: Path, text: str) -> bool:
    """Whether a YAML file has its list under a key, or a CSV file a column."""
    if _is_yaml(path):
        return re.search(rf"^{key}\s*:", text, re.MULTILINE) is not None
    return column in [cell.strip().strip('"').lower() for cell in re.split("[,;\t]", text.partition("\n")[0])]


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml")


def _from_csv(text: str, name: str, known: Sequence[str], needed: Sequence[str]) -> _Read:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(StringIO(text, newline=""), csv.excel, delimiter=delimiter, strict=True)
    line = 1
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        _check_columns(columns, f"{name}:1", known, needed)
        while True:
            line = reader.line_num + 1  # a field can span lines: the row is where it begins
            if (row := next(reader, None)) is None:
                return
            if any(cell.strip() for cell in row):
                cells = {c: cell.strip() for c, cell in zip(columns, row, strict=False) if cell.strip()}
                params = {"cells": len(row), "columns": len(columns)}
                more = any(cell.strip() for cell in row[len(columns) :])
                broken = [Problem(code="directory_cells", params=params)] if more else []
                yield line, {c: _several(cell) if c in LISTS else cell for c, cell in cells.items()}, broken
    except csv.Error:  # a quote that is not closed takes in all the rest
        yield line, None, [Problem(code="directory_csv")]


def _from_yaml(text: str, name: str, known: Sequence[str], key: str) -> _Read:
    try:
        data = YAML().load(text)
    except YAMLError as error:
        line, why = yaml_fault(error, text)
        raise InvalidInput.of("directory_yaml", f"{name}:{line}", why=why) from None
    listed = data.get(key) if isinstance(data, dict) else data
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise InvalidInput.of("directory_yaml", f"{name}:1", why={"code": "yaml_list_expected", "params": {"key": key}})
    for place, row in enumerate(listed):
        line = listed.lc.item(place)[0] + 1  # type: ignore[attr-defined]  # ruamel's lists know their lines
        fields = {str(key): value for key, value in row.items() if value is not None and str(value).strip()}
        _check_columns(fields, f"{name}:{line}", known)
        yield line, {key: _listed(value) if key in LISTS else str(value) for key, value in fields.items()}, []


def _several(cell: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def _listed(value: Any) -> list[str]:
    return [str(part).strip() for part in value] if isinstance(value, list) else _several(str(value))


def _check_columns(columns: Iterable[str], where: str, known: Sequence[str], needed: Sequence[str] = ()) -> None:
    """The columns must be known, and those that are needed be there."""
    named = list(columns)
    wrong = [column for column in named if column not in known or named.count(column) > 1]
    if wrong or (missing := [column for column in needed if column not in named]):
        raise InvalidInput.of("directory_columns", where, columns=wrong or missing, known=list(known))


def _wrong(row: Mapping[str, Any], places: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with a row in itself, and with an id that stands above it already."""
    if bad := list(unfit(row)):  # such a cell is not to be repeated by what else is wrong with it
        yield from bad
        return
    for column in ("id", "name"):
        if column not in row:
            yield Problem(code="directory_empty", params={"column": column})
    if row.get("id") in places:
        yield Problem(code="directory_twice", params={"id": row["id"], "first": places[row["id"]]})
    if "zone" in row and not _is_zone(row["zone"]):
        yield Problem(code="calendar_zone", params={"zone": row["zone"]})
    if "language" in row and row["language"] not in get_args(Language):
        yield Problem(code="language_unknown", params={"language": row["language"]})
    if "quiet_hours" in row and not _is_quiet(row["quiet_hours"]):
        yield Problem(code="quiet_hours_malformed", params={"value": row["quiet_hours"]})
    for role in row.get("roles", ()):
        if _ROLE.fullmatch(role) is None:
            yield Problem(code="role_malformed", params={"role": role})
        elif role.partition("@")[0] in OF_A_SALE:
            yield Problem(code="role_of_a_sale", params={"role": role, "roles": list(OF_A_SALE)})
    channels = [split_target(entry)[0] for entry in row.get("channels", ())]
    if any(map(malformed, row.get("channels", ()))):  # it may be the address itself, which nobody is to read
        yield Problem(code="channel_entry")
    for channel in sorted({channel for channel in channels if channels.count(channel) > 1}):
        yield Problem(code="channel_twice", params={"channel": channel})


def unfit(row: Mapping[str, Any]) -> Iterator[Problem]:
    """Cells that nobody means to write."""
    for column, cell in row.items():
        most = MOST if column in ("id", "name", "supervisor", "team", "account") else MOST_LISTED
        for text in cell if isinstance(cell, list) else [cell]:
            if len(text) > most:
                yield Problem(code="directory_long", params={"column": column, "length": len(text), "most": most})
            if _CONTROL.search(text):
                yield Problem(code="directory_control", params={"column": column})


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # zoneinfo's three ways to say no: unknown, malformed, a folder
        return False
    return True


def _is_quiet(text: str) -> bool:
    try:
        _QUIET.validate_python(text)
    except ValidationError:
        return False
    return True

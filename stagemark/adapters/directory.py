"""Who is who, in SQL, brought in from a file (the issue of the six stages, "The workflow")."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Final, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from sqlalchemy import Connection, RowMapping, delete, insert, select

from stagemark.errors import InvalidInput, NotFound, Problem
from stagemark.ports import Person
from stagemark.problem_texts import Language
from stagemark.readmodel.reading import rows
from stagemark.readmodel.schema import people
from stagemark.readmodel.store import Store

__all__ = ["Imported", "SqlDirectory", "read_people"]

COLUMNS: Final = ("id", "name", "supervisor", "team", "zone", "language")


class Imported(BaseModel):
    """What an import did: how many people are new, changed, and the same as before."""

    added: int
    changed: int
    same: int


class SqlDirectory:
    """The port `Directory` on a store."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def person(self, person: str) -> Person | None:
        """The person of that id."""
        query = select(people).where(people.c.namespace == self._store.namespace, people.c.id == person)
        found = await self._store.read(lambda connection: connection.execute(query).mappings().first())
        return _person(found) if found is not None else None

    async def people(self) -> list[Person]:
        """Everybody, by id."""
        return list((await self._store.read(self._all)).values())

    async def find(self, who: str) -> Person:
        """The person of that id, or else of that name.

        Raises:
            NotFound: `unknown_person`; or `person_ambiguous`: several have that name.
        """
        everybody = await self._store.read(self._all)
        if who in everybody:
            return everybody[who]
        named = [person for person in everybody.values() if person.name == who]
        if len(named) > 1:
            raise NotFound.of("person_ambiguous", name=who, ids=[person.id for person in named])
        if not named:
            raise NotFound.of("unknown_person", person=who)
        return named[0]

    async def bring_in(self, path: Path) -> Imported:
        """Bring in the people of a file: who is new is added, who is known is changed, nobody is removed.

        Raises:
            InvalidInput: Everything that is wrong with it, each with its line; nothing was brought in then.
        """
        found = read_people(path)

        def work(connection: Connection) -> Imported:
            known = self._all(connection)
            if problems := _unsound(known, found):
                raise InvalidInput(*problems)
            news = [person for _, person in found if person != known.get(person.id)]
            added = sum(person.id not in known for person in news)
            if news:
                ids = [person.id for person in news]
                theirs = people.c.namespace == self._store.namespace
                connection.execute(delete(people).where(theirs, people.c.id.in_(ids)))
                connection.execute(
                    insert(people), [{"namespace": self._store.namespace, **person.model_dump()} for person in news]
                )
            return Imported(added=added, changed=len(news) - added, same=len(found) - len(news))

        return await self._store.write(work)

    def _all(self, connection: Connection) -> dict[str, Person]:
        return {row["id"]: _person(row) for row in rows(connection, people, self._store.namespace)}


def _person(row: RowMapping) -> Person:
    return Person.model_validate({column: row[column] for column in COLUMNS})


def read_people(path: Path) -> list[tuple[str, Person]]:
    """Read people from CSV (with a heading, columns in any order) or YAML (a list of mappings).

    Columns are `id` and `name`, and, where they are known, `supervisor` (an id), `team`, `zone`, `language`.

    Returns:
        Each person with the place in the file, `file:line`.

    Raises:
        InvalidInput: Every row that can't be read, at once.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidInput.of("directory_unreadable", str(path), why=getattr(problem, "strerror", "UTF-8")) from None
    reader = _from_yaml if path.suffix.lower() in (".yaml", ".yml") else _from_csv
    found: list[tuple[str, Person]] = []
    problems: list[Problem] = []
    places: dict[str, str] = {}
    for line, row in reader(text, path.name):
        where = f"{path.name}:{line}"
        wrong = list(_wrong(row, places))
        problems += [problem.model_copy(update={"where": where}) for problem in wrong]
        if not wrong:
            found.append((where, Person.model_validate(row)))
        if "id" in row:
            places.setdefault(row["id"], where)
    if problems:
        raise InvalidInput(*problems)
    return found


def _from_csv(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    dialect = csv.excel
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(StringIO(text, newline=""), dialect, delimiter=delimiter)
    columns = [column.strip().lower() for column in next(reader, [])]
    _check_columns(columns, f"{name}:1")
    while True:
        line = reader.line_num + 1  # a field can span lines: the row is where it begins
        row = next(reader, None)
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, {c: cell.strip() for c, cell in zip(columns, row, strict=False) if cell.strip()}


def _from_yaml(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        data = YAML().load(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        raise InvalidInput.of("directory_yaml", where, why=problem.problem or "") from None
    except YAMLError as problem:
        raise InvalidInput.of("directory_yaml", name, why=" ".join(str(problem).split())) from None
    listed = data.get("people") if isinstance(data, dict) else data
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise InvalidInput.of("directory_yaml", f"{name}:1", why="a list of people is expected")
    for place, row in enumerate(listed):
        line = listed.lc.item(place)[0] + 1  # type: ignore[attr-defined]  # ruamel's lists know their lines
        fields = {str(key): str(value) for key, value in row.items() if value is not None and str(value).strip()}
        _check_columns(fields, f"{name}:{line}", needed=())
        yield line, fields


def _check_columns(columns: Iterable[str], where: str, needed: Iterable[str] = ("id", "name")) -> None:
    """The columns must be known, and those that are needed be there."""
    named = list(columns)
    wrong = [column for column in named if column not in COLUMNS or named.count(column) > 1]
    if wrong or (missing := [column for column in needed if column not in named]):
        raise InvalidInput.of("directory_columns", where, columns=wrong or missing, known=list(COLUMNS))


def _wrong(row: Mapping[str, str], places: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with a row in itself, and with an id that stands above it already."""
    for column in ("id", "name"):
        if column not in row:
            yield Problem(code="directory_empty", params={"column": column})
    if row.get("id") in places:
        yield Problem(code="directory_twice", params={"id": row["id"], "first": places[row["id"]]})
    if len(row.get("id", "")) > 128:
        yield Problem(code="directory_id_long", params={"id": row["id"]})
    if "zone" in row and not _is_zone(row["zone"]):
        yield Problem(code="calendar_zone", params={"zone": row["zone"]})
    if "language" in row and row["language"] not in get_args(Language):
        yield Problem(code="language_unknown", params={"language": row["language"]})


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # zoneinfo's three ways to say no: unknown, malformed, a folder
        return False
    return True


def _unsound(known: Mapping[str, Person], found: list[tuple[str, Person]]) -> list[Problem]:
    """Supervisors whom nobody knows, and people who would be their own supervisor by some way."""
    everybody = {**known, **{person.id: person for _, person in found}}
    problems = []
    for where, person in found:
        if person.supervisor is not None and person.supervisor not in everybody:
            problems.append(Problem(code="unknown_supervisor", where=where, params={"supervisor": person.supervisor}))
        elif ring := _ring(person, everybody):
            problems.append(Problem(code="supervisor_ring", where=where, params={"ring": " → ".join(ring)}))
    return problems


def _ring(person: Person, everybody: Mapping[str, Person]) -> list[str]:
    """The way from a person up to themselves; empty if it ends elsewhere."""
    way = [person.id]
    above = person.supervisor
    while above is not None and above in everybody and above not in way:
        way.append(above)
        above = everybody[above].supervisor
    return [*way, person.id] if above == person.id else []

"""Who is who, in SQL, brought in from a file (the issue of the six stages, "The workflow")."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import Connection, RowMapping, delete, insert, select

from stagemark.adapters.contacts import SqlContacts, holds_contacts, read_contacts
from stagemark.adapters.people import COLUMNS, MOST, Row, read_rows
from stagemark.errors import InvalidInput, NotFound, Problem
from stagemark.ports import Person
from stagemark.readmodel.reading import rows
from stagemark.readmodel.schema import people
from stagemark.readmodel.store import Store

__all__ = ["Imported", "SqlDirectory"]


class Imported(BaseModel):
    """What an import did: how many people are new, changed, and the same as before."""

    added: int
    changed: int
    same: int


class SqlDirectory:
    """The port `Directory` on a store; `contacts` are those of customers."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store
        self.contacts = SqlContacts(store)

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
        """Bring in the people of a file, or its contacts: new ones are added, known ones changed, nobody is removed.

        Raises:
            InvalidInput: Everything that is wrong with it, each with its line; nothing was brought in then.
        """
        if holds_contacts(path):
            brought = read_contacts(path)
            added, changed = await self.contacts.bring_in(brought)
            return Imported(added=added, changed=changed, same=len(brought) - added - changed)
        read, broken = read_rows(path)

        def work(connection: Connection) -> Imported:
            known = self._all(connection)
            if problems := [*broken, *_unsound(known, read)]:
                raise InvalidInput(*sorted(problems, key=_line))
            found = [row.person for row in read if row.person is not None]
            news = [person for person in found if person != known.get(person.id)]
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


def _line(problem: Problem) -> int:
    line = problem.where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _unsound(known: Mapping[str, Person], read: list[Row]) -> list[Problem]:
    """Supervisors whom nobody knows, and people who would be their own supervisor by some way."""
    above = {person.id: person.supervisor for person in known.values()} | {row.id: row.supervisor for row in read}
    problems = []
    for row in read:
        if row.supervisor is not None and row.supervisor not in above:
            problems.append(
                Problem(code="unknown_supervisor", where=row.where, params={"supervisor": row.supervisor[:MOST]})
            )
        elif ring := _ring(row.id, above):
            problems.append(Problem(code="supervisor_ring", where=row.where, params={"ring": " → ".join(ring)}))
    return problems


def _ring(person: str, above: Mapping[str, str | None]) -> list[str]:
    """The way from a person up to themselves; empty if it ends elsewhere."""
    way = [person]
    next_ = above.get(person)
    while next_ is not None and next_ in above and next_ not in way:
        way.append(next_)
        next_ = above[next_]
    return [*way, person] if next_ == person else []

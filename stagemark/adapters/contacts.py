"""Contacts of customers in SQL, brought in from a file, and erased again: no ledger has what is known of them here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from sqlalchemy import Connection, delete, insert, select

from stagemark.adapters.people import is_under, read_text, rows_in, unfit
from stagemark.errors import InvalidInput, NotFound, Problem
from stagemark.ports import Contact, Style
from stagemark.readmodel.reading import rows
from stagemark.readmodel.schema import contacts
from stagemark.readmodel.store import Store

__all__ = ["COLUMNS", "SqlContacts", "holds_contacts", "read_contacts"]

COLUMNS: Final = ("id", "name", "account", "style", "note")
NEEDED: Final = ("id", "name", "account")
KEY: Final = "contacts"
"""Under which a YAML file has them; a CSV file of them has a column `account`."""


def holds_contacts(path: Path) -> bool:
    """Whether a file is one of contacts of customers, and not of people of the company.

    Raises:
        InvalidInput: It can't be read at all.
    """
    return is_under(KEY, "account", path, read_text(path))


def read_contacts(path: Path) -> list[Contact]:
    """Read contacts from CSV or YAML.

    Raises:
        InvalidInput: Every row that can't be read, at once.
    """
    found: list[Contact] = []
    problems: list[Problem] = []
    places: dict[str, str] = {}
    for line, row, broken in rows_in(path, read_text(path), COLUMNS, NEEDED, KEY):
        where = f"{path.name}:{line}"
        wrong = [*broken, *([] if row is None else _wrong(row, places))]
        problems += [problem.model_copy(update={"where": where}) for problem in wrong]
        if row is not None and not wrong:
            found.append(Contact.model_validate(row))
            places[row["id"]] = where
    if problems:
        raise InvalidInput(*problems)
    return found


def _wrong(row: Mapping[str, Any], places: Mapping[str, str]) -> Iterator[Problem]:
    if bad := list(unfit(row)):
        yield from bad
        return
    for column in NEEDED:
        if column not in row:
            yield Problem(code="directory_empty", params={"column": column})
    if row.get("id") in places:
        yield Problem(code="directory_twice", params={"id": row["id"], "first": places[row["id"]]})
    if "style" in row and row["style"] not in get_args(Style):
        yield Problem(code="contact_style", params={"style": row["style"], "known": list(get_args(Style))})


class SqlContacts:
    """What is known of contacts of customers, on a store."""

    def __init__(self, store: Store) -> None:
        """Use a store; it has to be migrated."""
        self._store = store

    async def of(self, account: str | None = None) -> list[Contact]:
        """The contacts of an account, or all, by id."""
        known = await self._store.read(self._all)
        return [one for one in known.values() if account in (None, one.account)]

    async def bring_in(self, found: list[Contact]) -> tuple[int, int]:
        """Keep contacts: new ones are added, known ones changed, none removed. How many were added, and changed."""

        def work(connection: Connection) -> tuple[int, int]:
            known = self._all(connection)
            news = [one for one in found if one != known.get(one.id)]
            if news:
                connection.execute(self._delete(*(one.id for one in news)))
                own = {"namespace": self._store.namespace}
                connection.execute(insert(contacts), [own | one.model_dump() for one in news])
            added = sum(one.id not in known for one in news)
            return added, len(news) - added

        return await self._store.write(work)

    async def forget(self, contact: str) -> None:
        """Erase what is known of a contact; sales go on to name them by the opaque id.

        Raises:
            NotFound: `unknown_contact`.
        """
        known = select(contacts.c.id).where(contacts.c.namespace == self._store.namespace, contacts.c.id == contact)

        def work(connection: Connection) -> None:
            if connection.execute(known).first() is None:
                raise NotFound.of("unknown_contact", contact=contact)
            connection.execute(self._delete(contact))

        await self._store.write(work)

    def _delete(self, *ids: str) -> Any:
        return delete(contacts).where(contacts.c.namespace == self._store.namespace, contacts.c.id.in_(ids))

    def _all(self, connection: Connection) -> dict[str, Contact]:
        found = rows(connection, contacts, self._store.namespace)
        return {row["id"]: Contact.model_validate({column: row[column] for column in COLUMNS}) for row in found}

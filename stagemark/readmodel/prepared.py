"""Runs statements of SQLAlchemy Core, each compiled once for a dialect, on the driver itself.

Core's cache spares the compiling only: to look a statement up, to sort out its parameters and to set up a result takes
several times as long as SQLite takes to run it, and a marker is half a dozen statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

__all__ = ["fetch", "run"]

Values = Mapping[str, Any]
"""Parameters by name; names that the statement does not know are passed over."""


def run(connection: Connection, statement: ClauseElement, parameters: Sequence[Values]) -> None:
    """Run a statement once for each set of parameters.

    Args:
        connection: Where.
        statement: One that is kept, not built for the occasion; no parameter of it is expanding.
        parameters: As the types of the columns take them.

    Raises:
        Exception: The driver's own `Error`, not SQLAlchemy's.
    """
    compiled = _compiled(statement, connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        cursor.executemany(compiled.sql, [compiled.bound(values) for values in parameters])


def fetch(connection: Connection, statement: ClauseElement, parameters: Values) -> Sequence[Any]:
    """The rows of a query, as the driver gives them: for columns of strings and numbers. Otherwise as `run`."""
    compiled = _compiled(statement, connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(compiled.sql, compiled.bound(parameters))
        return cursor.fetchall()


class _Compiled(NamedTuple):
    """A statement as the driver takes it, and how it takes the parameters."""

    sql: str
    names: Sequence[str]
    taken: Callable[[Values], tuple[Any, ...]]
    converted: Sequence[tuple[int, Callable[[Any], Any]]]
    positional: bool

    def bound(self, values: Values) -> Any:
        """A sequence where parameters have places, else a mapping."""
        bound = list(self.taken(values))
        for place, convert in self.converted:
            bound[place] = convert(bound[place])
        return bound if self.positional else dict(zip(self.names, bound, strict=True))


@lru_cache(maxsize=512)
def _compiled(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    names = list(compiled.positiontup or compiled.binds)
    types = [compiled.binds[name].type.dialect_impl(dialect) for name in names]
    converters = ((place, kind.bind_processor(dialect)) for place, kind in enumerate(types))
    return _Compiled(
        sql=str(compiled),
        names=names,
        taken=itemgetter(*names),
        converted=[(place, convert) for place, convert in converters if convert is not None],
        positional=compiled.positional,
    )

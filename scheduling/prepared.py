"""Statements that every turn of a call runs: compiled once, then handed to the driver.

SQLAlchemy's own way of executing costs more than the statement itself takes on SQLite, and a turn
runs six of them (`python -m tests.benchmarks`). Values are those of the driver: moments are whole
seconds, see `scheduling.models.seconds`.
"""

from typing import Any

from sqlalchemy import Connection, TextClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import CompilerElement

_DIALECTS = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]
}


class Prepared:
    """A statement with named values, for SQLite and PostgreSQL."""

    def __init__(self, statement: CompilerElement | Executable | TextClause) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """Runs it; the rows that it gives."""
        found: list[tuple[Any, ...]] = self._execute(connection, values).fetchall()
        return found

    def run(self, connection: Connection, **values: object) -> None:
        """Runs it; nobody wants an answer."""
        self._execute(connection, values)

    def _execute(self, connection: Connection, values: dict[str, object]) -> Any:  # noqa: ANN401  a cursor
        name = connection.dialect.name
        if name not in self._compiled:
            compiled = self._statement.compile(dialect=_DIALECTS[name])  # type: ignore[union-attr]
            self._compiled[name] = (str(compiled), dict(compiled.params))
        statement, constants = self._compiled[name]
        cursor = connection.info.get("cursor") or _cursor(connection)
        cursor.execute(statement, constants | values)
        return cursor


def _cursor(connection: Connection) -> Any:  # noqa: ANN401  the driver's own
    """One for all statements, of which each is read before the next; it goes with a lost one."""
    found = connection.info["cursor"] = connection.connection.cursor()
    return found

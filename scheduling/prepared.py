"""Statements that every turn of a call runs: compiled once, then handed to the driver.

SQLAlchemy's own way of executing costs more than the statement itself takes on SQLite, and a turn
runs six of them (`python -m tests.benchmarks`). Values are those of the driver: moments are whole
seconds, see `scheduling.models.seconds`.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, TextClause
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import CompilerElement

from scheduling import spent

if TYPE_CHECKING:
    from scheduling.direct import Direct

_Statement = CompilerElement | Executable | TextClause

_PLACE = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True)
class _Compiled:
    """A statement as a driver takes it, and the values that never change."""

    text: str
    constants: dict[str, Any]

    @cached_property
    def numbered(self) -> tuple[str, tuple[str, ...]]:
        """The statement with $1, $2 and so on in the place of named values, and their names."""
        names: list[str] = []

        def place(found: re.Match[str]) -> str:
            if found[1] is None:
                return "%"
            if found[1] not in names:
                names.append(found[1])
            return f"${names.index(found[1]) + 1}"

        text = _PLACE.sub(place, self.text)
        return text, tuple(names)


class Prepared:
    """A statement with named values, for SQLite and PostgreSQL; or what makes it for each."""

    def __init__(self, statement: _Statement | Callable[[Connection], _Statement]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """Runs it; the rows that it gives, if any."""
        name = connection.dialect.name
        compiled = self._compiled.get(name) or self._compile(connection)
        every = compiled.constants | values
        started = time.perf_counter()
        try:
            if name == "postgresql":
                direct = connection.info.get("direct") or _direct(connection)
                if direct.is_in_transaction:
                    text, names = compiled.numbered
                    return direct.rows(text, names, every)
            cursor = connection.info.get("cursor") or _cursor(connection)
            cursor.execute(compiled.text, every)
            found: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
            return found
        finally:
            spent.add(started)

    def run(self, connection: Connection, **values: object) -> None:
        """Runs it; nobody wants an answer."""
        self.rows(connection, **values)

    def _compile(self, connection: Connection) -> _Compiled:
        dialect: Any = type(connection.dialect)
        made: Any = self._statement
        if not isinstance(made, CompilerElement):
            made = made(connection)
        name = connection.dialect.name
        style = {"paramstyle": "named"} if name == "sqlite" else {}
        compiled = made.compile(dialect=dialect(**style))
        self._compiled[name] = _Compiled(str(compiled), dict(compiled.params))
        return self._compiled[name]


def _cursor(connection: Connection) -> Any:  # noqa: ANN401  the driver's own
    """One for all statements, of which each is read before the next; it goes with a lost one."""
    found = connection.info["cursor"] = connection.connection.cursor()
    return found


def _direct(connection: Connection) -> "Direct":
    """The way past the cursor, which begins where psycopg has begun a transaction."""
    from scheduling.direct import Direct  # noqa: PLC0415  SQLite needs no psycopg

    driver: Any = connection.connection.driver_connection
    found = connection.info["direct"] = Direct(driver)
    return found

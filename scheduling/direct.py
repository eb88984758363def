"""Statements that PostgreSQL knows already, run by libpq itself.

psycopg's cursor costs as much as the statement takes on the server: it looks at the query, at each
value and at each column anew. What a turn runs (`scheduling.prepared`) is always the same, with
whole numbers, words, yes or no, and nothing. So it goes through `psycopg.pq`, the documented layer
below, which lets other threads run while it waits. Any error is the one that psycopg would raise.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from psycopg import Connection, DataError, OperationalError, errors, pq

_BOOL, _INT, _TEXT, _UNKNOWN = 16, 20, 25, 0


def _text(value: str) -> bytes:
    """Words as libpq takes them, which would end at a NUL without a word; raises DataError."""
    if "\0" in value:
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


_OIDS = {bool: _BOOL, int: _INT, str: _TEXT, type(None): _UNKNOWN}
_DUMPS: dict[type, Callable[[Any], bytes | None]] = {
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    str: _text,
    type(None): lambda _: None,
}
_LOADS: dict[int, Callable[[bytes], object]] = {
    _BOOL: lambda value: value == b"t",
    **dict.fromkeys((20, 21, 23), int),
    **dict.fromkeys((25, 1043), bytes.decode),
}
_ROWS, _NO_ROWS = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK


class Direct:
    """A connection, and the statements that its server has prepared."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._names: dict[tuple[str, tuple[type, ...]], bytes] = {}
        self._numbers = count()

    @property
    def is_in_transaction(self) -> bool:
        """Whether psycopg has begun one; it does so with the first statement."""
        return self._connection.pgconn.transaction_status == pq.TransactionStatus.INTRANS

    def rows(
        self, statement: str, names: Sequence[str], values: Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        """Runs a statement, whose values are $1, $2 and so on in this order; its rows, if any."""
        wanted = [values[name] for name in names]
        kinds = tuple(map(type, wanted))
        name = self._names.get((statement, kinds)) or self._prepared(statement, kinds)
        dumped: list[Any] = [_DUMPS[kind](value) for kind, value in zip(kinds, wanted, strict=True)]
        result = self._checked(self._connection.pgconn.exec_prepared(name, dumped))
        if result.status == _NO_ROWS:
            return []
        loads = [_LOADS[result.ftype(n)] for n in range(result.nfields)]
        return [
            tuple(
                None if (value := result.get_value(row, n)) is None else load(value)
                for n, load in enumerate(loads)
            )
            for row in range(result.ntuples)
        ]

    def _prepared(self, statement: str, kinds: tuple[type, ...]) -> bytes:
        name = b"turn_%d" % next(self._numbers)
        oids = [_OIDS[kind] for kind in kinds]
        self._checked(self._connection.pgconn.prepare(name, statement.encode(), oids))
        self._names[statement, kinds] = name
        return name

    def _checked(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in {_ROWS, _NO_ROWS}:
            return result
        error = errors.error_from_result(result)
        if error.sqlstate is None:  # it is libpq's own: the line to the server is lost
            raise OperationalError(result.error_message.decode(errors="replace"))
        if isinstance(error, errors.InvalidSqlStatementName):
            self._names.clear()  # somebody has had the server forget them: try again
        raise error

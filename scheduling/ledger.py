"""Takes and gives back capacity: the only writer of what is used.

All the changes of one operation are made in one statement, in one order, so that two callers who
want the same rows wait for each other and never in a circle. A statement that comes after another
one of the same transaction does not wait at all: it raises Contended, and the transaction is tried
again from its beginning.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from sqlalchemy import Connection, text

from scheduling.errors import Contended
from scheduling.models import seconds
from scheduling.openings import Opening
from scheduling.prepared import Prepared

Change = tuple[str, int, int, int]
"""A pool, a step of the grid, and what to add to `used` and to `spanning` there."""


class Ledger:
    """The capacity of the pools, as seen by one transaction."""

    def __init__(self, connection: Connection, grid: timedelta) -> None:
        self.connection = connection
        self.grid = int(grid.total_seconds())
        self.has_rows = False
        """Whether this transaction has locked rows already, so that it must not wait for more."""

    def apply(self, taken: Iterable[Opening] = (), given_back: Iterable[Opening] = ()) -> None:
        """Takes some openings and gives others back, all or none.

        Raises Contended where one of them is not free any more: the search was overtaken.
        """
        changes = self._changes(taken, given_back)
        if not changes:
            return
        parameters = {
            f"{name}{n}": value
            for n, change in enumerate(changes)
            for name, value in zip(("pool", "at", "used", "spanning"), change, strict=True)
        }
        if self.connection.dialect.name == "sqlite":
            statement = _sqlite(len(changes))
        else:
            statement = _postgresql(len(changes), waits=not self.has_rows)
            self.has_rows = True
        if len(statement.rows(self.connection, **parameters)) != len(changes):
            raise Contended("somebody else took this time in this moment")

    def _changes(self, taken: Iterable[Opening], given_back: Iterable[Opening]) -> list[Change]:
        changes: dict[tuple[str, int], tuple[int, int]] = {}
        for openings, sign in ((taken, 1), (given_back, -1)):
            for opening in openings:
                first = seconds(opening.starts_at)
                for at in range(first, seconds(opening.ends_at), self.grid):
                    used, spanning = changes.get((opening.pool, at), (0, 0))
                    further = sign if at != first else 0
                    changes[opening.pool, at] = used + sign, spanning + further
        return [(*key, *change) for key, change in sorted(changes.items()) if any(change)]


_HERE = "capacity.pool = change.column1 AND capacity.starts_at = change.column2"
_CHANGE = "SET used = used + change.column3, spanning = spanning + change.column4"
_HAS_ROOM = """used + change.column3 BETWEEN 0 AND capacity
    AND spanning + change.column4 BETWEEN 0 AND staying"""


def _values(count: int) -> str:
    rows = ", ".join(f"(:pool{n}, :at{n}, :used{n}, :spanning{n})" for n in range(count))
    return f"(VALUES {rows}) AS change"


@cache
def _sqlite(count: int) -> Prepared:
    """Changes so many rows, where they have room; there is one writer, so nobody is in between."""
    return Prepared(
        text(
            f"""UPDATE capacity {_CHANGE} FROM {_values(count)}
            WHERE {_HERE} AND {_HAS_ROOM} RETURNING 1"""
        )
    )


@cache
def _postgresql(count: int, *, waits: bool) -> Prepared:
    """The same, but locks the rows in order first, and after another change without waiting."""
    return Prepared(
        text(
            f"""WITH locked AS MATERIALIZED (
                SELECT change.* FROM capacity JOIN {_values(count)} ON {_HERE}
                ORDER BY capacity.pool, capacity.starts_at
                FOR UPDATE OF capacity {"" if waits else "NOWAIT"})
            UPDATE capacity {_CHANGE} FROM locked AS change
            WHERE {_HERE} AND {_HAS_ROOM} RETURNING 1"""  # noqa: S608  words of ours
        )
    )

"""How each database is opened and how its transactions begin: SQLite and PostgreSQL."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

_WAIT_SECONDS = 4
"""No statement waits longer on a PostgreSQL server that keeps its own time."""

_LOCK_SECONDS = 2
"""Nor so long for a row that somebody keeps locked: that is no outage, and others go on."""

_IDLE_MILLISECONDS = 10_000
"""A machine that is gone, or stands still, keeps what it has locked no longer than this."""


def engine(url: URL, connections: int, kept: int | None, patience: float) -> Engine:
    """An engine with so many connections at most, of which `kept` stay open where nobody uses them.

    `patience` is how many seconds a free connection is waited for, and a locked SQLite file.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    made = create_engine(
        url,
        connect_args=_arguments(is_sqlite, patience),
        pool_size=connections if kept is None else kept,
        max_overflow=0 if kept is None else connections - kept,
        pool_use_lifo=True,  # one writer at a time then has one connection, and its warm cache
        pool_timeout=patience,
        hide_parameters=True,
    )
    if is_sqlite:
        event.listen(made, "connect", _set_up_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    else:
        event.listen(made, "begin", _begin_postgresql)
        event.listen(made, "rollback", _roll_back_postgresql)
    return made


def _arguments(is_sqlite: bool, patience: float) -> dict[str, Any]:  # noqa: FBT001  told by name
    if is_sqlite:
        return {"isolation_level": None, "timeout": patience}
    # Planning a search takes longer than running it, and no value changes the plan.
    told = {
        "statement_timeout": f"{_WAIT_SECONDS}s",
        "lock_timeout": f"{_LOCK_SECONDS}s",
        "plan_cache_mode": "force_generic_plan",
    }
    return {
        "connect_timeout": _WAIT_SECONDS,
        "options": " ".join(f"-c {name}={value}" for name, value in told.items()),
    }


def end_idle_transactions(engine: Engine) -> None:
    """From now on PostgreSQL ends what stands still between two statements of a transaction.

    For who answers calls; a report works for longer on what it has read.
    """

    @event.listens_for(engine, "connect")
    def tell(connection: Any, _record: object) -> None:  # noqa: ANN401  driver's own
        setting = f"SET idle_in_transaction_session_timeout = {_IDLE_MILLISECONDS}"
        connection.pgconn.exec_(setting.encode())


def address(text: str) -> URL:
    """The address of a book; raises ValueError, with what would be right, for one that is none."""
    try:
        url = make_url(text)
    except (ValueError, ArgumentError):
        raise ValueError("is not an address; write postgresql://user@host/database") from None
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres"}:
        message = f"{url.get_backend_name()} is not known; the book is kept in sqlite or postgresql"
        raise ValueError(message)
    return url.set(drivername="postgresql+psycopg") if "postgres" in url.drivername else url


def file_of(url: URL) -> Path:
    """The file of a book on SQLite, whose folder is made; raises ValueError where it has none."""
    if not url.database or url.database == ":memory:":
        raise ValueError("a book must outlive the process; name a file for SQLite")
    path = Path(url.database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  driver's own
    _switch_to_wal(connection)
    for pragma in ("synchronous=FULL", "wal_autocheckpoint=4000"):
        connection.execute(f"PRAGMA {pragma}")


def _switch_to_wal(connection: Any) -> None:  # noqa: ANN401  driver's own
    """Two programs that open a new file at once: SQLite refuses one, and does not wait."""
    for last in (*[False] * 50, True):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if last or not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A plain BEGIN takes the write lock at the first write, and fails there when another has it.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    # psycopg would begin with the first statement, which then costs as much as two. It knows how to
    # begin one that is isolated otherwise.
    if "isolation_level" not in connection.get_execution_options():
        connection.connection.driver_connection.pgconn.exec_(b"BEGIN")  # type: ignore[union-attr]


def _roll_back_postgresql(connection: Connection) -> None:
    # After a rollback of its own psycopg has the server forget all that was prepared. A connection
    # that was lost has nothing to roll back, and to ask for it would hide that it was lost.
    if not connection.invalidated:
        connection.connection.driver_connection.pgconn.exec_(b"ROLLBACK")  # type: ignore[union-attr]

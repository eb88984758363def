"""The database: its transactions, what its errors mean, and its schema; SQLite or PostgreSQL."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scheduling import engines, owner, spent
from scheduling.errors import Contended, DatabaseAway
from scheduling.outage import Outage
from scheduling.troubles import is_outage, sentence
from scheduling.watch import Watch
from scheduling.writer_lock import NoTurn, WriterLock

__all__ = ["SCHEMA", "Connection", "Database"]

T = TypeVar("T")

SCHEMA = "0011"
"""The newest migration below scheduling/migrations."""

_MOST_TRIES = 20
_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"
_NOT_PREPARED = "26000"

_MIGRATION_LOCK = 2350_2353
_MIGRATION_TRIES = 60
_BUSY = "somebody has kept the tables busy for minutes: a back-up, or a report that stands still?"
_WRITER_SECONDS = 2
"""The turn to write an SQLite file, and then the file itself, are waited for so long each."""

_HURRY_SECONDS = 3.5
"""Whoever answers a caller does not wait longer for everything together."""


class Database:
    """One appointment book, in an SQLite file or on a PostgreSQL server.

    Every write is durable when its block ends: SQLite syncs each commit (WAL, synchronous=FULL),
    PostgreSQL does unless its `synchronous_commit` is switched off. At most so many connections are
    used at once; of those that nobody uses `kept` stay open, or all. A book `of` a municipality of
    several is never that of another.
    """

    def __init__(
        self, url: str, *, connections: int = 20, kept: int | None = None, of: str = ""
    ) -> None:
        self.url = engines.address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            path = engines.file_of(self.url)
            self._writers = WriterLock(path.with_name(path.name + ".writer"))
        self.engine: Engine = engines.engine(self.url, connections, kept, _WRITER_SECONDS)
        self.of = of
        if of:
            event.listen(self.engine, "connect", self._check_owner)
        # What a report reads belongs together: on PostgreSQL that takes a snapshot.
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading = self.engine.execution_options(reading=True, **snapshot)
        self._outage = Outage()
        # An SQLite file can be read while somebody keeps it from being written.
        self._unreadable = Outage() if self.is_sqlite else self._outage

    @property
    def place(self) -> str:
        """Where the book is, so that two that are one are seen; without who opens it."""
        if self.is_sqlite:
            return str(engines.file_of(self.url).resolve())
        return str(
            URL.create(
                "postgresql",
                None,
                None,
                self.url.host,
                self.url.port,
                self.url.database,
                self.url.query,
            )
        )

    def hurry(self) -> None:
        """From now on no transaction takes long, whatever the server does; for who answers calls.

        A transaction that is not done in time fails with DatabaseAway. A command may take longer.
        """
        if not self.is_sqlite:
            engines.end_idle_transactions(self.engine)
            Watch(self.engine, _HURRY_SECONDS)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; it is on the disk when the block ends without an error.

        Raises DatabaseAway where the database does not answer, and Contended where the
        transaction lost a race and can be tried again.
        """
        outage, started = self._outage, time.perf_counter()
        with self._errors_named(outage):
            try:
                with self._turn_to_write(), self.engine.begin() as connection:
                    spent.add(started)
                    started = 0.0
                    yield connection
                    started = time.perf_counter()
            finally:
                if started:
                    spent.add(started)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; raises DatabaseAway."""
        with self._errors_named(self._unreadable), self._reading.begin() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """The result of `work` done in one writing transaction, tried again where it lost a race.

        Raises DatabaseAway where the database does not answer, also not on a fresh connection
        after a lost one (the server may have been restarted), and Contended after many races.
        """
        started = time.monotonic()
        for attempt in range(_MOST_TRIES):
            try:
                with self.write() as connection:
                    return work(connection)
            except Contended:
                # Whoever lost a race to the same rows comes back at another moment than the rest.
                time.sleep(random.uniform(0, 0.002 * (attempt + 1)))  # noqa: S311
                if attempt == _MOST_TRIES - 1 or time.monotonic() - started > _WRITER_SECONDS:
                    raise
            except DatabaseAway as away:
                # Who waited long for the lost one would wait as long for the next.
                waited = time.monotonic() - started
                if attempt or not away.connection_lost or waited > _WRITER_SECONDS / 2:
                    raise
        raise AssertionError("the last try returns or raises")

    def upgrade(self) -> None:
        """Brings the tables up to SCHEMA; does nothing, and quickly, where they are.

        Tables of a newer version stay as they are: migrations only add, so this one can use them.
        A book that is nobody's becomes that of its municipality; raises AnothersBook.
        """
        if (self.schema() or "") < SCHEMA:
            self._migrate()
        if self.of:
            with self.write() as connection:
                owner.claim(connection, self.of)

    def _migrate(self) -> None:
        from scheduling.migrations.run import upgrade  # noqa: PLC0415  a second of import

        for _ in range(_MIGRATION_TRIES):
            with suppress(Contended), self.write() as connection:
                self._take_time(connection)
                upgrade(connection)
                break
            time.sleep(1)  # say, a back-up reads the table that is to be changed
        else:
            raise DatabaseAway("the tables could not be changed", _BUSY)
        self.engine.dispose()  # a driver forgets what it prepared when a table is changed

    def _take_time(self, connection: Connection) -> None:
        """One program at a time makes tables, for as long as that takes.

        But it does not wait long for a table: callers would wait in the queue behind it.
        """
        if self.is_sqlite:
            return
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))

    def schema(self) -> str | None:
        """The version of the tables that are there, or None; raises DatabaseAway."""
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return str(found) if found else None

    def try_to_write(self) -> None:
        """Writes what is there once more, to see whether it can be; raises DatabaseAway."""
        same = text("UPDATE alembic_version SET version_num = version_num")
        self.transact(lambda connection: connection.execute(same))

    def close(self) -> None:
        """Closes every connection and every lock file that is not in use."""
        self.engine.dispose()
        if self.is_sqlite:
            self._writers.close()

    @contextmanager
    def _errors_named(self, outage: Outage) -> Iterator[None]:
        """Turns the errors of the driver, wrapped by SQLAlchemy or not, into ours: here only."""
        if outage.is_on and outage.must_not_wait():
            raise DatabaseAway("it did not answer a moment ago", outage.reason)
        driver = self.engine.dialect.loaded_dbapi
        started = time.monotonic()
        try:
            yield
        except (DBAPIError, driver.Error, PoolTimeout, NoTurn) as error:
            cause: Any = getattr(error, "orig", error)
            if isinstance(cause, driver.IntegrityError) or _lost_a_race(cause):
                outage.is_over()
                raise Contended(str(cause)) from error
            if not (isinstance(error, PoolTimeout | NoTurn) or is_outage(cause, driver)):
                outage.is_over()
                raise
            away = DatabaseAway(str(cause), sentence(cause))
            away.connection_lost = self._is_of_no_use(error)
            outage.failed(time.monotonic() - started, away.reason)
            raise away from error
        except BaseException:
            outage.is_over()
            raise
        if outage.is_on:
            outage.is_over()

    def _is_of_no_use(self, error: Any) -> bool:  # noqa: ANN401  a driver's, or SQLAlchemy's
        """Whether another connection may fare better; then this one is not used again.

        An SQLite file that was opened on a read-only disk can never be written through it.
        """
        if not self.is_sqlite:
            return bool(getattr(error, "connection_invalidated", True))
        name = getattr(getattr(error, "orig", error), "sqlite_errorname", "SQLITE_BUSY")
        if name.startswith("SQLITE_BUSY"):
            return False
        self.engine.dispose()
        return True

    def _check_owner(self, connection: Any, _record: object) -> None:  # noqa: ANN401  driver's own
        owner.check(connection, self.engine.dialect.loaded_dbapi, self.of)

    def _turn_to_write(self) -> Any:  # noqa: ANN401  any context manager
        return self._writers.held(_WRITER_SECONDS) if self.is_sqlite else nullcontext()


def _lost_a_race(cause: object) -> bool:
    return getattr(cause, "sqlstate", None) in {_LOCK_NOT_AVAILABLE, _DEADLOCK, _NOT_PREPARED}

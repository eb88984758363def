"""The database: durable, patient with writers, and honest when it is away."""

import fcntl
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from scheduling.database import Database
from scheduling.errors import Contended, DatabaseAway
from scheduling.prepared import Prepared
from tests.scheduling.door import PERMIT, Door, holder, starts

BOOKED = text("SELECT count(*) FROM appointments WHERE status = 'booked'")

TOO_MUCH = Prepared(text("UPDATE capacity SET used = capacity + 1"))


def pragma(connection: Connection, name: str) -> object:
    """A setting of SQLite."""
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_commit_is_on_the_disk(sqlite: Database) -> None:
    """On each connection SQLite syncs at each commit, and readers do not wait for writers."""
    with sqlite.read() as one, sqlite.read() as two, sqlite.write() as three:
        for connection in (one, two, three):
            assert pragma(connection, "synchronous") == 2
            assert pragma(connection, "journal_mode") == "wal"


def test_what_nobody_uses_is_given_back(sqlite: Database) -> None:
    """Where a worker has many books, it keeps few connections to each, and uses more at once."""
    with closing(Database(str(sqlite.url), connections=3, kept=1)) as book:
        with book.read(), book.read(), book.read():
            assert book.engine.pool.status().startswith("Pool size: 1  Connections in pool: 0")
        assert "Connections in pool: 1" in book.engine.pool.status()


def test_what_is_booked_is_there_for_every_other_program(sqlite_door: Door) -> None:
    """When a booking returns, somebody else who opens the file finds it."""
    sqlite_door.books("anna", PERMIT)
    with sqlite3.connect(str(sqlite_door.database.url.database)) as other:
        assert other.execute(str(BOOKED)).fetchone() == (1,)
    other.close()


def test_a_reader_does_not_wait_for_a_writer(door: Door) -> None:
    """While somebody books, the agenda can be read as it was before."""
    with door.database.write() as writing, door.database.read() as reading:
        writing.execute(text("UPDATE capacity SET used = 1"))
        assert reading.scalar(text("SELECT max(used) FROM capacity")) == 0


def test_writers_wait_for_each_other(door: Door) -> None:
    """Twelve threads that book all at once never hear that the database is locked."""
    start = Barrier(12)

    def book(n: int) -> None:
        start.wait(10)
        for turn in range(5):
            door.offer(f"{n}-{turn}", PERMIT, count=1)
            door.release(f"{n}-{turn}")

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(book, range(12)))
    assert door.faults() == []


def test_whoever_writes_has_the_turn_and_whoever_reads_needs_none(sqlite: Database) -> None:
    """While a transaction writes, nobody else can have the turn; reading leaves it free."""
    path = Path(f"{sqlite.url.database}.writer")
    with sqlite.write(), path.open("r") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with sqlite.read(), path.open("r") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_two_programs_with_one_file_wait_for_each_other(sqlite_door: Door) -> None:
    """The turn to write is kept between programs, not only between threads of one."""
    other = Database(str(sqlite_door.database.url))
    doors = [sqlite_door, Door(other, sqlite_door.calendar)]
    with ThreadPoolExecutor(8) as threads:
        booked = threads.map(lambda n: doors[n % 2].books(str(n), PERMIT), range(24))
        assert len({each.starts_at for each in booked}) == 24
    other.close()
    assert sqlite_door.faults() == []


def test_a_transaction_that_lost_a_race_is_tried_again(door: Door) -> None:
    """Whoever was overtaken twice gets his turn, and what he did before is undone."""
    tries = iter((Contended("overtaken"), Contended("overtaken"), None))

    def work(connection: Connection) -> str:
        connection.execute(text("UPDATE capacity SET used = used + 1 WHERE capacity > used"))
        if lost := next(tries):
            raise lost
        return "done"

    assert door.database.transact(work) == "done"
    with door.database.read() as connection:
        assert connection.scalar(text("SELECT max(used) FROM capacity")) == 1


def test_a_transaction_that_never_wins_ends(door: Door) -> None:
    """Nobody waits for ever: after many races the last one is told."""
    tried = []

    def work(_connection: Connection) -> None:
        tried.append(1)
        raise Contended("overtaken")

    with pytest.raises(Contended, match="overtaken"):
        door.database.transact(work)
    assert 5 < len(tried) < 50


def test_an_error_of_the_program_is_not_tried_again(door: Door) -> None:
    """What is wrong in the program itself is told at once, and nothing of it is kept."""
    tried = []

    def work(connection: Connection) -> None:
        tried.append(1)
        connection.execute(text("UPDATE capacity SET used = 1"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        door.database.transact(work)
    assert len(tried) == 1
    assert door.faults() == []


def test_a_write_that_is_refused_disturbs_nobody_else(door: Door) -> None:
    """When a transaction fails at its very end, the next one on that connection is a new one."""
    for _ in range(3):
        with pytest.raises(Contended), door.database.write() as connection:
            TOO_MUCH.run(connection)
        assert door.books("anna", PERMIT)
    assert door.faults() == []


def test_a_wrong_statement_is_told_as_it_is(database: Database) -> None:
    """A statement that no database understands is no lost race, and its error names it."""
    with pytest.raises(Exception, match="nonsense") as told, database.read() as connection:
        connection.execute(text("SELECT nonsense FROM capacity"))
    assert not isinstance(told.value, Contended)


def test_a_server_that_was_restarted_is_reached_again(door: Door) -> None:
    """When all connections were cut, the next caller hears times as if nothing had happened."""
    if door.database.is_sqlite:
        door.database.close()
    else:
        _cut_all_connections(door)
    assert len(starts(door.offer("anna", PERMIT))) == 3
    assert door.faults() == []


def test_a_report_after_a_restart_is_told_that_the_server_was_away(door: Door) -> None:
    """A connection that was cut is named so, whoever finds it out; the next one works."""
    if not door.database.is_sqlite:
        _cut_all_connections(door)
        with pytest.raises(DatabaseAway) as told:
            _count(door)
        assert told.value.connection_lost
    assert _count(door) > 0


def test_what_is_written_after_a_restart_is_tried_again(door: Door) -> None:
    """Whichever way its first statement goes to the server: the writer does not notice."""
    if not door.database.is_sqlite:
        _cut_all_connections(door)
    free = text("UPDATE capacity SET used = used WHERE capacity > used")
    assert door.database.transact(lambda connection: connection.execute(free).rowcount) > 0


def _count(door: Door) -> int:
    with door.database.read() as connection:
        return connection.scalar(text("SELECT count(*) FROM capacity")) or 0


def _cut_all_connections(door: Door) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: door.offer(f"caller {n}", count=1), range(4)))
    cutter = Database(door.database.url.render_as_string(hide_password=False), connections=1)
    with cutter.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    cutter.close()


def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    """Where no server answers, that is what is told, and quickly."""
    database = Database(f"postgresql://postgres@/line?host={tmp_path}")
    with pytest.raises(DatabaseAway):
        database.schema()
    with pytest.raises(DatabaseAway):
        database.transact(lambda connection: connection.execute(text("SELECT 1")))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """Where the file holds something else, that is an error and not an empty book."""
    path = tmp_path / "line.sqlite3"
    path.write_text("an appointment book on paper" * 100, encoding="utf-8")
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Exception, match="not a database"):
        database.schema()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "a book must outlive the process; name a file"),
        ("sqlite:///:memory:", "a book must outlive the process; name a file"),
        ("mysql://line@localhost/book", "mysql is not known"),
        ("a book on paper", "is not an address; write postgresql://"),
    ],
)
def test_an_address_that_is_none_of_a_book_is_refused(url: str, says: str) -> None:
    """A book that is gone with the process is no book, and neither is one of another kind."""
    with pytest.raises(ValueError, match=says):
        Database(url)


def test_the_folder_of_the_book_is_made(tmp_path: Path) -> None:
    """A new installation needs no folder made by hand, and nobody else can look into it."""
    database = Database(f"sqlite:///{tmp_path / 'new' / 'line.sqlite3'}")
    database.upgrade()
    database.close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_works(scheme: str) -> None:
    """Hosting providers write postgres://, and that is fine."""
    url = Database(f"{scheme}://line@localhost/book").url
    assert (url.drivername, url.database) == ("postgresql+psycopg", "book")


def test_a_book_used_in_an_ordinary_transaction_leaves_the_connection_in_order(door: Door) -> None:
    """After a booking beside other statements of the same transaction, all go on as before."""
    found = door.database.transact(lambda c: door.book(c).offer(holder("anna"), PERMIT))
    assert len(found) == 3
    for _ in range(3):
        assert [entry.starts_at for entry in door.entries()] == starts(found)
    assert door.faults() == []

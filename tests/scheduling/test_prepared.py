"""Statements of a turn give the same on both databases, first and later in a transaction."""

import pytest
from psycopg import DataError
from sqlalchemy import Connection, text

from scheduling.database import Database
from scheduling.errors import DatabaseAway, OpeningTaken
from scheduling.prepared import Prepared
from tests.postgres import Server

ECHO = Prepared(
    text(
        "SELECT :word || '%', :number + 1, :number % 7, CAST(:missing AS INTEGER) IS NULL,"
        " :word = ''"
    )
)
UNKNOWN = Prepared(text("SELECT 1 FROM no_such_table WHERE 1 = :one"))


@pytest.mark.parametrize("word", ["", "één", "%(x)s", "a'b;--", "x" * 9000])
@pytest.mark.parametrize("number", [0, -1, 2**31, 2**60])
def test_values_arrive_as_they_are(database: Database, word: str, number: int) -> None:
    """Whatever the first value was like; five times, because drivers change their way then."""
    with database.write() as connection:
        for n in range(5):
            (row,) = ECHO.rows(connection, word=word, number=number - n, missing=None)
            expected = number - n
            remainder = abs(expected) % 7 * (1 if expected >= 0 else -1)
            assert row[:3] == (f"{word}%", expected + 1, remainder)
            assert (bool(row[3]), bool(row[4])) == (True, word == "")


def echo(connection: Connection) -> str:
    """A word, by way of the database."""
    (row,) = ECHO.rows(connection, word="a", number=1, missing=None)
    return str(row[0])


def test_a_statement_that_fails_is_told_as_always(database: Database) -> None:
    """A missing table is a book that is not there, also later in a transaction."""

    def fails(connection: Connection) -> None:
        echo(connection)
        UNKNOWN.rows(connection, one=1)

    with pytest.raises(DatabaseAway):
        database.transact(fails)
    assert database.transact(echo) == "a%"


def test_after_a_lost_connection_it_works_on_a_fresh_one(postgresql: Server) -> None:
    """What the server had prepared for the lost one is gone with it."""
    url = postgresql.url(postgresql.create())
    database, other = Database(url), Database(url)

    def is_lost(connection: Connection) -> str:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        echo(connection)
        with other.write() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return echo(connection)

    with database.write() as connection:
        assert echo(connection) == "a%"
    with pytest.raises(DatabaseAway) as away:
        database.transact(is_lost)
    assert away.value.connection_lost
    assert database.transact(echo) == "a%"
    database.close()
    other.close()


def test_after_a_rollback_it_works(database: Database) -> None:
    """Also where the driver has prepared statements of its own on the same connection."""

    def gives_up(connection: Connection) -> None:
        for _ in range(9):
            echo(connection)
            connection.execute(text("SELECT count(*) FROM appointments WHERE id = :id"), {"id": 1})
        raise OpeningTaken

    for _ in range(3):
        with pytest.raises(OpeningTaken):
            database.transact(gives_up)
        assert database.transact(echo) == "a%"


def test_what_the_server_has_forgotten_is_told_again(postgresql: Server) -> None:
    """Somebody has had it forget all that was prepared: nobody notices."""
    database = Database(postgresql.url(postgresql.create()), connections=1)
    assert database.transact(echo) == "a%"
    with database.write() as connection:
        connection.exec_driver_sql("DEALLOCATE ALL")
    assert database.transact(echo) == "a%"
    database.close()


def test_words_do_not_end_at_a_nul(database: Database) -> None:
    """SQLite keeps it, PostgreSQL refuses it; neither takes what comes before for the whole."""
    with database.write() as connection:
        echo(connection)
        try:
            ((said, *_),) = ECHO.rows(connection, word="a\0b", number=1, missing=None)
        except DataError:
            assert not database.is_sqlite
        else:
            assert said == "a\0b%"

"""Doors to the appointment book, for the tests of the book."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

import scheduling.presence  # noqa: F401  its table is one of those that are brought back
import web.staff_pages  # noqa: F401  so are these
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.models import metadata
from tests.conftest import BACKENDS
from tests.postgres import Server
from tests.scheduling.door import Door

TABLES = ", ".join(metadata.tables)
SET_ASIDE = "; ".join(f"CREATE TABLE pristine.{name} AS TABLE {name}" for name in metadata.tables)
BRING_BACK = "; ".join(f"INSERT INTO {name} TABLE pristine.{name}" for name in metadata.tables)


@pytest.fixture(scope="session")
def shared(postgresql: Server, published: Callable[[str], object]) -> Iterator[str]:
    """One database for all these tests: to copy its rows is quicker than to copy a database."""
    name = postgresql.create(str(published("postgresql")))
    with psycopg.connect(postgresql.url(name)) as connection:
        connection.execute(f"CREATE SCHEMA pristine; {SET_ASIDE}".encode())
    yield postgresql.url(name)
    postgresql.drop(name)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A published book as nobody has touched it, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    url = request.getfixturevalue("shared")
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {TABLES} RESTART IDENTITY; {BRING_BACK}".encode())
    found = Database(url)
    yield found
    found.close()


@pytest.fixture
def door(database: Database, calendar: Calendar) -> Door:
    """A door to a published book, once on each database, at ten on a Tuesday in winter."""
    return Door(database, calendar)


@pytest.fixture
def sqlite_door(sqlite: Database, calendar: Calendar) -> Door:
    """The same, for what has nothing to do with the database."""
    return Door(sqlite, calendar)

"""A line, a book and callers for the tests: real databases, no mocks, the clock in hand."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import application
from ivr.carrier import PhoneCall
from ivr.parts import Parts
from ivr.settings import Settings
from ivr.signature import Signature
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import LEIDERDORP, MunicipalityFile, read
from scheduling.roster import publish
from tests import postgres
from tests.calling import poster

TUESDAY = date(2026, 12, 1)
TEN_O_CLOCK = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""Ten in the morning in Leiderdorp, on a Tuesday in winter."""

PUBLISHED_DAYS = 21
BACKENDS = ("sqlite", "postgresql")


@dataclass
class Clock:
    """The time, set by the test; handed down to everything that asks for it."""

    now: datetime = TEN_O_CLOCK

    def __call__(self) -> datetime:
        """The time now, in UTC."""
        return self.now

    def passes(self, **time: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**time)


@dataclass
class World:
    """One installation: its database, its calendar, its clock, its application."""

    parts: Parts
    app: Flask
    clock: Clock
    calls: list[PhoneCall] = field(default_factory=list)

    @property
    def pages(self) -> Flask:
        """The employees' pages, which are an application of their own."""
        found: Flask = self.app.extensions["beside"].pages
        return found

    @property
    def database(self) -> Database:
        """The book's database."""
        return self.parts.database

    @property
    def calendar(self) -> Calendar:
        """The municipality's calendar."""
        return self.parts.calendar

    def caller(self, number: str = "+31612345678", agents: tuple[str, ...] = ()) -> PhoneCall:
        """Somebody with a telephone, who has not rung yet."""
        post = poster(self.app, self.parts.signature)
        call = PhoneCall(post, number=number, agents=agents)
        self.calls.append(call)
        return call

    def rings(self, **how: object) -> PhoneCall:
        """Somebody who has just rung."""
        call = self.caller(**how)  # type: ignore[arg-type]
        call.ring()
        return call


@pytest.fixture(scope="session")
def leiderdorp() -> MunicipalityFile:
    """The municipality that ships with the line."""
    return read(LEIDERDORP)


@pytest.fixture(scope="session")
def calendar(leiderdorp: MunicipalityFile) -> Calendar:
    """Its calendar."""
    return Calendar(leiderdorp.municipality)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A PostgreSQL server for this run."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def published(
    calendar: Calendar, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], object]:
    """A published book of each kind, made once, of which every test gets a copy."""
    made: dict[str, object] = {}

    def template(backend: str) -> object:
        if backend not in made:
            made[backend] = _template(backend, calendar, tmp_path_factory, request)
        return made[backend]

    return template


def _template(
    backend: str,
    calendar: Calendar,
    folders: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> object:
    if backend == "sqlite":
        path = folders.mktemp("template") / "line.sqlite3"
        url, found = f"sqlite:///{path}", path
    else:
        server = request.getfixturevalue("postgresql")
        name = server.create()
        url, found = server.url(name), name
    database = Database(url)
    database.upgrade()
    database.transact(lambda c: publish(c, calendar, TUESDAY, PUBLISHED_DAYS))
    database.close()
    return found


def _copy(
    backend: str, template: object, folder: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    if backend == "sqlite":
        path = folder / "line.sqlite3"
        shutil.copy(str(template), path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgresql")
    name = server.create(str(template))
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop(name)


@pytest.fixture(params=BACKENDS)
def database(
    request: pytest.FixtureRequest, published: Callable[[str], object], tmp_path: Path
) -> Iterator[Database]:
    """A published book, once on SQLite and once on PostgreSQL."""
    yield from _copy(request.param, published(request.param), tmp_path, request)


@pytest.fixture
def sqlite(
    request: pytest.FixtureRequest, published: Callable[[str], object], tmp_path: Path
) -> Iterator[Database]:
    """A published book on SQLite, for what has nothing to do with the database."""
    yield from _copy("sqlite", published("sqlite"), tmp_path, request)


@pytest.fixture
def clock() -> Clock:
    """The clock of the test's world."""
    return Clock()


def make_world(database: Database, file: MunicipalityFile, clock: Clock) -> World:
    """An installation on a database."""
    signature = Signature.of("https://afspraken.example.nl", ("a-token-for-tests",))
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    calendar = Calendar(file.municipality)
    parts = Parts(settings, file, calendar, database, signature, clock)
    return World(parts, application(parts), clock)


@pytest.fixture
def world(sqlite: Database, leiderdorp: MunicipalityFile, clock: Clock) -> World:
    """An installation on SQLite."""
    return make_world(sqlite, leiderdorp, clock)


@pytest.fixture
def worlds(database: Database, leiderdorp: MunicipalityFile, clock: Clock) -> World:
    """An installation, once on each database."""
    return make_world(database, leiderdorp, clock)

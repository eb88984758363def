"""The tables that the migrations make are the tables that the program works with."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

import ivr.calls  # its table belongs to the same database, and so do those of the others
import ivr.replies
import ivr.waiting
import scheduling.guesses
import scheduling.handovers
import scheduling.outbox
import scheduling.presence
import scheduling.tasks
import web.accounts
import web.audit
import web.lockout
import web.pages
from scheduling.database import SCHEMA, Database
from scheduling.migrations.run import configuration
from scheduling.models import metadata
from tests.conftest import BACKENDS
from tests.postgres import Server
from tests.scheduling.door import PERMIT, Door

assert set(metadata.tables) >= {
    each.name
    for each in (
        ivr.calls.calls,
        ivr.replies.replies,
        ivr.waiting.waiting,
        scheduling.guesses.guesses,
        scheduling.handovers.handovers,
        scheduling.presence.agents_present,
        scheduling.outbox.messages,
        scheduling.tasks.tasks,
        web.accounts.staff,
        web.audit.audit,
        web.lockout.sign_in_failures,
        web.pages.pages,
    )
}

NewUrl = Callable[[], str]


@pytest.fixture(params=BACKENDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewUrl]:
    """Addresses of empty databases, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        names = map(str, count())
        yield lambda: f"sqlite:///{tmp_path / next(names)}.sqlite3"
        return
    server: Server = request.getfixturevalue("postgresql")
    made: list[str] = []

    def new() -> str:
        made.append(server.create())
        return server.url(made[-1])

    yield new
    for name in made:
        server.drop(name)


@pytest.fixture
def upgraded(new_url: NewUrl) -> Iterator[Database]:
    """A database that was empty and has been brought up to date."""
    database = Database(new_url())
    assert database.schema() is None
    database.upgrade()
    yield database
    database.close()


def is_only_a_comment(difference: Any) -> bool:  # noqa: ANN401  Alembic's own
    """Comments on tables are for people who read them, and change nothing."""
    return isinstance(difference, tuple) and str(difference[0]).endswith("_comment")


def test_the_migrations_make_the_tables_of_the_program(upgraded: Database) -> None:
    """Nothing is missing, nothing is left over, and nothing is different."""
    with upgraded.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        found = compare_metadata(context, metadata)
    assert [each for each in found if not is_only_a_comment(each)] == []


def test_the_rules_of_the_tables_are_those_of_the_program(
    upgraded: Database, new_url: NewUrl
) -> None:
    """Also the checks, the indexes and their conditions are as the program wants them."""
    engine = create_engine(Database(new_url()).url)
    metadata.create_all(engine)
    with engine.connect() as wanted, upgraded.read() as there:
        assert rules(there) == rules(wanted)
    engine.dispose()


def rules(connection: Connection) -> dict[str, Any]:
    """What the database itself keeps to, of each table."""
    found = inspect(connection)
    return {
        table: (
            [
                column | {"comment": None, "type": str(column["type"])}
                for column in columns(found, table)
            ],
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((c["name"], c["sqltext"]) for c in found.get_check_constraints(table)),
            sorted(map(str, found.get_unique_constraints(table))),
            sorted(index(each) for each in found.get_indexes(table)),
        )
        for table in sorted(metadata.tables)
    }


def index(found: Any) -> tuple[str, list[str], bool, list[str]]:  # noqa: ANN401  SQLAlchemy's own
    """An index, with the condition of the rows that are in it."""
    options = [f"{name}: {value}" for name, value in sorted(found["dialect_options"].items())]
    return found["name"], found["column_names"], bool(found["unique"]), options


def columns(found: Any, table: str) -> list[dict[str, Any]]:  # noqa: ANN401  SQLAlchemy's own
    """The columns of a table, in the order of their names."""
    return sorted(found.get_columns(table), key=lambda column: str(column["name"]))


def test_the_newest_migration_is_the_one_that_the_program_expects(upgraded: Database) -> None:
    """The program knows the name of the newest migration, and the database has it."""
    with upgraded.read() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
    assert scripts.get_current_head() == SCHEMA == upgraded.schema()


def test_bringing_up_to_date_twice_is_harmless(door: Door) -> None:
    """At every start the tables are brought up to date, and what is booked stays."""
    booked = door.books("anna", PERMIT)
    door.database.upgrade()
    assert door.database.schema() == SCHEMA
    assert door.entry(booked.reference).status == "booked"
    assert door.faults() == []


def test_programs_that_start_at_once_do_not_disturb_each_other(new_url: NewUrl) -> None:
    """Six programs that find an empty database make its tables once, and none of them fails."""
    url = new_url()
    assert at_once(6, partial(starts_up, url)) == [SCHEMA] * 6


def test_programs_that_open_a_new_file_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Two programs that make the file of a new book at the same moment both find it empty."""
    for n in range(80):
        url = f"sqlite:///{tmp_path / str(n)}"
        assert at_once(2, partial(looks, url)) == [None] * 2


def at_once(programs: int, work: Callable[[], str | None]) -> list[str | None]:
    """What comes of so many who do the same at the same moment."""
    start = Barrier(programs)

    def begin(_: int) -> str | None:
        start.wait(10)
        return work()

    with ThreadPoolExecutor(programs) as threads:
        return list(threads.map(begin, range(programs)))


def starts_up(url: str) -> str | None:
    """A program starts; the version of the tables that it finds then."""
    with closing(Database(url)) as database:
        database.upgrade()
        return database.schema()


def looks(url: str) -> str | None:
    """A program looks whether there are tables."""
    with closing(Database(url)) as database:
        return database.schema()

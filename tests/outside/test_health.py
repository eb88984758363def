"""Machines that watch the line see whether it lives, whether it can book, and what it counted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import application
from scheduling.database import Database
from tests.calling import PASSPORT, press_all
from tests.conftest import PUBLISHED_DAYS, World

NOBODY_LISTENS = "postgresql://line@127.0.0.1:1/line"


def on(world: World, database: Database) -> Flask:
    """The world's line with another database under it."""
    return application(replace(world.parts, database=database))


def ready(app: Flask) -> tuple[int, str]:
    """Whether the line can book: the status, and the reason why not."""
    answer = app.test_client().get("/ready")
    assert answer.mimetype == "application/json"
    return answer.status_code, str(json.loads(answer.text)["reason"])


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Database]:
    """A book whose file has been overwritten with something else."""
    path = tmp_path / "broken.sqlite3"
    path.write_bytes(b"this is no database" * 1000)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def away() -> Iterator[Database]:
    """A book on a server that does not answer."""
    database = Database(NOBODY_LISTENS)
    yield database
    database.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A book with tables in it, and no roster."""
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    database.upgrade()
    yield database
    database.close()


def test_the_line_lives(world: World) -> None:
    """Whatever watches the process gets 200 and a word."""
    answer = world.app.test_client().get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_the_line_lives_without_its_database(world: World, away: Database) -> None:
    """A process that answers is not restarted because the database is away."""
    assert on(world, away).test_client().get("/health").status_code == 200


def test_a_published_book_is_ready(world: World) -> None:
    """Calls can be booked."""
    answer = world.app.test_client().get("/ready")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "reason": None})


def test_a_book_without_a_roster_is_not_ready(world: World, empty: Database) -> None:
    """The reason says which command publishes one."""
    status, reason = ready(on(world, empty))
    assert status == 503
    assert "flask roster publish" in reason


def test_a_roster_that_has_run_out_is_not_ready(world: World) -> None:
    """When the last published day is over nobody can book."""
    world.clock.now += timedelta(days=PUBLISHED_DAYS)
    status, reason = ready(world.app)
    assert status == 503
    assert "no roster is published" in reason


def test_a_book_without_tables_is_not_ready(world: World, tmp_path: Path) -> None:
    """A database that this version has not prepared is told as such."""
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    status, reason = ready(on(world, database))
    database.close()
    assert status == 503
    assert "schema None" in reason


def test_a_database_that_is_away_is_not_ready(world: World, away: Database) -> None:
    """A server that does not answer is told as such."""
    assert ready(on(world, away)) == (503, "the database does not answer")


def test_a_database_file_that_is_broken_is_not_ready(world: World, broken: Database) -> None:
    """A file that is no database is an outage too, and not an error of the check."""
    status, reason = ready(on(world, broken))
    assert status == 503
    assert "database" in reason


@pytest.mark.parametrize("database", ["away", "broken"])
def test_a_caller_hears_an_apology_while_the_book_is_away(
    world: World, request: pytest.FixtureRequest, database: str
) -> None:
    """Nobody is left in silence, and an employee is rung."""
    world.app = on(world, request.getfixturevalue(database))
    call = world.caller(agents=("completed",))
    call.ring()
    heard = " ".join(what for who, what in call.transcript if who == "line")
    assert heard.startswith("Sorry, er ging iets mis.")
    assert call.dialled == [world.calendar.municipality.telephone.agents]
    assert call.over


def test_what_is_counted_is_in_the_format_of_prometheus(world: World) -> None:
    """Each line is a comment, or a name with its labels and a number."""
    world.rings()
    answer = world.app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    for line in answer.text.splitlines():
        assert line.startswith("# ") or float(line.rpartition(" ")[2]) >= 0, line


def counted(world: World, *what: str) -> float:
    """The sum of the metrics in whose name and labels these words stand."""
    lines = world.app.test_client().get("/metrics").text.splitlines()
    meant = [line for line in lines if all(words in line for words in what)]
    return sum(float(line.rpartition(" ")[2]) for line in meant if not line.startswith("#"))


def test_each_request_of_a_call_is_counted_once(world: World) -> None:
    """A call of five keys is six requests that were answered, each with its time."""
    names = [
        ("line_requests_total{", 'outcome="answered"'),
        ("line_request_seconds_count",),
        ("line_database_seconds_count",),
    ]
    before = [counted(world, *name) for name in names]
    press_all(world.rings(), PASSPORT + "1")
    after = [counted(world, *name) for name in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [6, 6, 6]


def test_a_failure_is_counted_as_one(world: World, away: Database) -> None:
    """An alarm can be set on calls that went wrong."""
    name = ("line_requests_total{", 'outcome="failed"')
    before = counted(world, *name)
    world.app = on(world, away)
    world.caller().ring()
    assert counted(world, *name) > before


def test_no_caller_stands_in_what_is_counted(world: World) -> None:
    """Neither a number nor the id of a call is a label."""
    call = world.rings(number="+31687654321")
    press_all(call, PASSPORT)
    told = world.app.test_client().get("/metrics").text
    assert "87654321" not in told
    assert call.sid not in told


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_nothing_can_be_posted_to_what_is_only_looked_at(world: World, path: str) -> None:
    """Looking changes nothing."""
    assert world.app.test_client().post(path).status_code == 405

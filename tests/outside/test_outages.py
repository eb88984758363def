"""While the database is away callers reach a human within 5 s, and bookings go on after it.

What hangs here hangs until a test ends it, so each answer shows that somebody ends the wait.
"""

import fcntl
import inspect
import resource
import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from sqlalchemy import text

from ivr.carrier import PhoneCall, Post, Reply
from ivr.server import THREADS
from scheduling import database as limits
from scheduling.database import SCHEMA, Database
from scheduling.municipality_file import MunicipalityFile
from tests import postgres
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked
from tests.outside.hurried import line_on, reaches_a_human, reason, recovers
from tests.outside.refusing_disk import full, read_only

MOST_SECONDS = 5


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A server of one's own, to be stopped and frozen."""
    with postgres.running(durable=True) as found:
        yield found


@pytest.fixture
def line(server: postgres.Server, leiderdorp: MunicipalityFile) -> Iterator[World]:
    """A line on that server."""
    with line_on(server, leiderdorp) as found:
        yield found


def all_press(calls: list[PhoneCall], log: pytest.LogCaptureFixture) -> None:
    """Everybody presses a key at once, with as many threads as one worker has.

    Most are told at once what those who came first have waited for.
    """
    threads = BoundedSemaphore(THREADS)

    def with_a_thread(post: Post) -> Post:
        def posting(path: str, form: Mapping[str, str]) -> Reply:
            with threads:
                return post(path, form)

        return posting

    for call in calls:
        call.post = with_a_thread(call.post)
    with ThreadPoolExecutor(len(calls)) as callers:
        list(callers.map(lambda call: call.press("1"), calls))
    away = [str(each.exc_info[1]) for each in log.records if each.exc_info]
    at_once = away.count("it did not answer a moment ago")
    assert at_once > len(away) - at_once > 0


def books(call: PhoneCall) -> bool:
    """Whether a call that waits for its confirmation books."""
    call.press("1")
    return hears(call, "Uw afspraak staat vast")


def test_the_waits_of_a_webhook_add_up_to_less_than_five_seconds() -> None:
    """By the limits themselves; that they end a wait is what the other tests show."""
    one = limits._WRITER_SECONDS
    turn_to_write, file, lost_at_once = one, one, one / 2
    assert turn_to_write + file < MOST_SECONDS
    assert lost_at_once + limits._HURRY_SECONDS < MOST_SECONDS
    connections = inspect.signature(Database).parameters["connections"].default
    assert connections > THREADS  # so nobody waits for a connection of the pool


def test_a_connection_that_was_made_on_a_read_only_disk_is_not_kept(sqlite: Database) -> None:
    """Beside another worker that has the file open already, so that it can be read."""
    with sqlite.read():
        other = Database(str(sqlite.url))
        assert read_only(other.schema) == SCHEMA
        other.try_to_write()
        other.close()


def test_a_server_that_is_stopped_and_started_again(line: World, server: postgres.Server) -> None:
    """Callers reach a human at once; afterwards the next one books, without a restart."""
    calls = [line.rings(agents=("completed",)) for _ in range(2)]
    for call in calls:
        press_all(call, PASSPORT)
    server.stop()
    try:
        calls[0].press("1")
        assert reaches_a_human(calls[0])
        assert reason(line) == "the database does not answer"
    finally:
        server.start()
    assert books(calls[1])
    assert reason(line) is None
    assert len(booked(line)) == 1


def test_a_server_that_is_restarted_between_two_keys(line: World, server: postgres.Server) -> None:
    """Nobody hears anything of it."""
    call = line.rings()
    press_all(call, PASSPORT)
    server.stop()
    server.start()
    assert books(call)


def test_a_server_that_freezes_keeps_nobody_waiting(
    line: World, server: postgres.Server, caplog: pytest.LogCaptureFixture
) -> None:
    """It hangs up on nobody and its own time-outs stand still; 40 callers at once on 8 threads."""
    calls = [line.rings(agents=("completed",)) for _ in range(40)]
    with server.frozen():
        all_press(calls, caplog)
        assert reason(line) == "the database does not answer"
    assert all(map(reaches_a_human, calls))
    recovers(line)
    call = line.rings()
    press_all(call, PASSPORT)
    assert books(call)


def test_a_server_that_freezes_before_anybody_has_rung(
    line: World, server: postgres.Server
) -> None:
    """A new connection is not waited for either."""
    line.database.close()
    call = line.caller(agents=("completed",))
    with server.frozen():
        call.ring()
        assert reaches_a_human(call)
    recovers(line)
    assert hears(line.rings(), "Voor burgerzaken")


def test_a_server_that_takes_no_changes(line: World) -> None:
    """A standby, or one that an administrator made read-only, is told as such."""
    name = line.database.url.database
    with line.database.write() as connection:
        connection.exec_driver_sql(
            f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
        )
    line.database.close()
    call = line.rings(agents=("completed",))
    assert reaches_a_human(call)
    assert reason(line) == "the database server takes no changes: it is read-only, or a standby"


def test_a_disk_that_is_full(world: World) -> None:
    """Callers reach a human, the reason is told, and with room again they book."""
    first, second = (world.rings(agents=("completed",)) for _ in range(2))
    press_all(first, PASSPORT)
    press_all(second, PASSPORT)
    full(lambda: first.press("1"))
    assert reaches_a_human(first)
    assert "the disk of the database is full" in str(full(lambda: reason(world)))
    assert books(second)
    assert reason(world) is None


def test_a_disk_that_turns_read_only(world: World) -> None:
    """As Linux does with a disk that fails; with another one in its place callers book."""
    call, other = world.rings(agents=("completed",)), world.rings()
    world.database.close()
    read_only(lambda: call.press("1"))
    assert reaches_a_human(call)
    assert "read-only" in str(read_only(lambda: reason(world)))
    press_all(other, PASSPORT)
    assert books(other)
    assert reason(world) is None


def test_a_file_that_may_not_grow(world: World) -> None:
    """A quota is told as a disk that refuses, and when it is raised callers book."""
    call, other = world.rings(agents=("completed",)), world.rings()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        call.press("1")
        why = reason(world)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert reaches_a_human(call)
    assert "the disk of the database is full" in str(why)
    recovers(world)
    press_all(other, PASSPORT)
    assert books(other)


def test_another_program_that_keeps_the_file(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty callers at once reach a human in time, and afterwards everybody books."""
    calls = [world.rings(agents=("completed",)) for _ in range(20)]
    other = world.rings()
    with closing(sqlite3.connect(str(world.database.url.database))) as program:
        program.execute("BEGIN IMMEDIATE")
        all_press(calls, caplog)
        assert reason(world) == "another program holds the database file"
        program.rollback()
    assert all(map(reaches_a_human, calls))
    recovers(world)
    press_all(other, PASSPORT)
    assert books(other)


def test_another_worker_that_never_ends_its_turn(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that hangs while it writes takes nobody with it."""
    calls = [world.rings(agents=("completed",)) for _ in range(20)]
    other = world.rings()
    with Path(f"{world.database.url.database}.writer").open("r+") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        all_press(calls, caplog)
        assert reason(world) == "another program holds the database file"
    assert all(map(reaches_a_human, calls))
    recovers(world)
    press_all(other, PASSPORT)
    assert books(other)


def test_callers_book_while_sixty_weeks_are_published(world: World) -> None:
    """Each waits for a week of the roster at the most, and none hears an apology."""
    calls = [world.rings() for _ in range(12)]
    with ThreadPoolExecutor(1) as other:
        runner = world.app.test_cli_runner()
        publishing = other.submit(runner.invoke, args=["roster", "publish", "--weeks", "60"])
        for call in calls:
            press_all(call, PASSPORT)
            assert books(call)
        assert publishing.result().exit_code == 0


def test_tables_of_an_older_version(world: World) -> None:
    """The reason names both versions."""
    _set_schema(world, "0001")
    assert reason(world) == f"the database has schema 0001, this version wants {SCHEMA}"


def test_tables_of_a_newer_version(worlds: World) -> None:
    """Side by side with a newer version the line goes on: migrations only add."""
    _set_schema(worlds, "9999")
    worlds.database.upgrade()
    assert reason(worlds) is None
    call = worlds.rings()
    press_all(call, PASSPORT)
    assert books(call)
    checked = worlds.app.test_cli_runner().invoke(args=["check"])
    assert checked.exit_code == 0
    assert "version 9999, newer than this line" in checked.stderr


def _set_schema(world: World, schema: str) -> None:
    with world.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :is"), {"is": schema})

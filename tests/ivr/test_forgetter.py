"""What callers keyed in is forgotten after 30 days, a few calls at a time."""

import logging
import threading
import time

import pytest

from ivr import calls, chores
from ivr.forgetter import KEPT, Forgetter
from scheduling.database import Database
from tests.calling import PASSPORT, press_all
from tests.conftest import Clock, World
from tests.ivr.looking import adds_up
from tests.outside.test_health import NOBODY_LISTENS


def stored(database: Database) -> int:
    """How many calls are stored."""
    with database.read() as connection:
        found: int = connection.exec_driver_sql("SELECT count(*) FROM calls").scalar_one()
    return found


def rings(world: World, times: int) -> None:
    """So many calls, each of which books."""
    for _ in range(times):
        call = world.rings()
        press_all(call, PASSPORT + "1")
        call.hang_up()


def all_of(forgetter: Forgetter) -> list[int]:
    """How many calls each portion has, until there is none."""
    return [*iter(forgetter.forget_some, 0)]


def test_a_call_is_forgotten_after_its_term(worlds: World) -> None:
    """Not a moment before; what was booked in it stands."""
    assert KEPT.days == 30
    forgetter = Forgetter(worlds.database, worlds.clock)
    rings(worlds, 1)
    worlds.clock.passes(days=30)
    assert (all_of(forgetter), stored(worlds.database)) == ([], 1)
    worlds.clock.passes(seconds=1)
    assert (all_of(forgetter), stored(worlds.database)) == ([1], 0)
    with worlds.database.read() as connection:
        sql = "SELECT count(*) FROM appointments WHERE status = 'booked'"
        assert connection.exec_driver_sql(sql).scalar() == 1


def test_many_calls_are_forgotten_in_small_portions(worlds: World) -> None:
    """Those of the last 30 days stay, and the book still adds up."""
    forgetter = Forgetter(worlds.database, worlds.clock, at_once=3)
    for _ in range(7):
        worlds.rings().hang_up()
    worlds.clock.passes(days=20)
    rings(worlds, 2)
    worlds.clock.passes(days=11)
    assert all_of(forgetter) == [3, 3, 1]
    assert stored(worlds.database) == 2
    assert adds_up(worlds)


def test_the_table_stays_as_long_as_30_days_are(worlds: World) -> None:
    """However long the line runs: two calls a day are 62 rows at the most."""
    forgetter = Forgetter(worlds.database, worlds.clock)
    most = 0
    for _ in range(70):
        for _ in range(2):
            worlds.rings().hang_up()
        all_of(forgetter)
        most = max(most, stored(worlds.database))
        worlds.clock.passes(days=1)
    assert most == 62


def test_a_call_that_goes_on_beside_it_is_not_touched(worlds: World) -> None:
    """Another worker forgets while somebody is at a question."""
    worlds.rings().hang_up()
    worlds.clock.passes(days=34)
    call = worlds.rings()
    call.press("1")
    assert all_of(Forgetter(worlds.database, worlds.clock)) == [1]
    call.press("1")
    with worlds.database.read() as connection:
        found = calls.find(connection, call.sid)
    assert found
    assert found.turn == 3


def test_two_workers_forget_each_call_once(worlds: World) -> None:
    """They do not wait for one another, and nothing is left."""
    for _ in range(12):
        worlds.rings().hang_up()
    worlds.clock.passes(days=31)
    forgotten: list[int] = []

    def work() -> None:
        forgotten.extend(all_of(Forgetter(worlds.database, worlds.clock, at_once=2)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(forgotten) + sum(all_of(Forgetter(worlds.database, worlds.clock))) == 12
    assert stored(worlds.database) == 0


def test_it_works_by_itself(worlds: World) -> None:
    """As every process that answers the line starts it."""
    worlds.rings().hang_up()
    worlds.clock.passes(days=31)
    stopping = chores.start("forgetter", lambda: Forgetter(worlds.database, worlds.clock))
    ends = time.monotonic() + 60
    while stored(worlds.database) and time.monotonic() < ends:
        stopping.wait(0.02)
    stopping.set()
    assert stored(worlds.database) == 0


def test_without_a_database_it_waits(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """And logs nothing: who answers calls says that it is away."""
    caplog.set_level(logging.INFO)
    away = Database(NOBODY_LISTENS)
    looked = threading.Event()

    def looks() -> Forgetter:
        return Forgetter(away, lambda: looked.set() or clock())  # type: ignore[func-returns-value]

    stopping = chores.start("forgetter", looks)
    assert looked.wait(60)
    stopping.set()
    away.close()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []

"""Many callers at once: one place is given once, and no time is lost or made."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

from sqlalchemy import text

from scheduling.bookings import Appointment
from scheduling.database import Database
from scheduling.interval import Interval
from scheduling.models import seconds
from tests.scheduling import workers
from tests.scheduling.door import EXTRACT, PASSPORT, PERMIT, Door, at, holder, starts
from tests.scheduling.towns import closure, roster, town
from tests.scheduling.workers import BOOKED, TAKEN, Racer, Wanderer

PROCESSES = 8
ROUNDS = 20
THREADS = 8
DEEDS = 80

TOUCH_FRIDAY = text("UPDATE capacity SET used = used WHERE starts_at >= :friday")
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
"""How many transactions wait for another one, on PostgreSQL."""

OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def test_of_eight_processes_that_want_the_last_place_one_gets_it(door: Door) -> None:
    """In each of twenty rounds one process books the place and seven are told that it is taken."""
    places = tuple(starts(door.openings(PERMIT, count=ROUNDS)))
    url = door.database.url.render_as_string(hide_password=False)
    racers = [Racer(str(n), url, door.now, PERMIT, places) for n in range(PROCESSES)]
    context = get_context("spawn")
    start = context.Barrier(PROCESSES)
    with context.Pool(PROCESSES, workers.ready, (start,)) as pool:
        outcomes = pool.map(workers.race, racers, chunksize=1)
        pool.close()
        pool.join()
    one_gets_it = sorted([BOOKED, *[TAKEN] * (PROCESSES - 1)])
    assert [sorted(each) for each in zip(*outcomes, strict=True)] == [one_gets_it] * ROUNDS
    assert [entry.starts_at for entry in door.entries()] == list(places)
    assert door.faults() == []


def test_callers_in_threads_never_lose_or_make_time(door: Door) -> None:
    """Whatever eight callers do at once, the book adds up, and they never wait in a circle.

    They change each other's appointments.
    """
    seen: list[Appointment] = []

    def wander(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  not a secret
        wanderer = Wanderer(door.calendar, door.now, str(seed), chance, seen=seen)
        for _ in range(DEEDS):
            wanderer.now += timedelta(seconds=chance.choice((0, 10, 60)))
            door.database.transact(wanderer.acts)

    before = deadlocks(door.database)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(wander, range(THREADS)))
    assert door.faults() == []
    assert deadlocks(door.database) == before


def deadlocks(database: Database) -> int:
    """How often transactions have waited in a circle until PostgreSQL stopped one; SQLite's never.

    A connection tells of it when it ends.
    """
    database.close()
    for _ in range(0 if database.is_sqlite else 10_000):
        with database.read() as connection:
            if not connection.scalar(OTHERS):
                return int(connection.scalar(DEADLOCKS) or 0)
    assert database.is_sqlite, "a connection has not ended"
    return 0


def test_callers_and_a_new_roster_do_not_lose_each_others_time(door: Door) -> None:
    """While the roster is published again and again, callers book on, and nobody is lost."""
    calendars = [door.calendar, town(roster("1 4 5 6", "09:00", "16:00"))]

    def wander(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  not a secret
        wanderer = Wanderer(door.calendar, door.now, str(seed), chance)
        for _ in range(DEEDS):
            door.database.transact(wanderer.acts)

    def publish(n: int) -> None:
        for _ in range(12):
            Door(door.database, calendars[n % 2]).publish(days=4)

    with ThreadPoolExecutor(THREADS) as threads:
        callers = [threads.submit(wander, seed) for seed in range(6)]
        publishers = [threads.submit(publish, n) for n in range(2)]
        for each in (*callers, *publishers):
            each.result()
    assert door.faults() == []


def test_a_visit_booked_while_its_day_is_withdrawn_is_not_lost(door: Door) -> None:
    """Somebody books at the moment when the day is withdrawn: then the day stays as it was."""
    closed = closure("2026-12-01T00:00:00", "2026-12-02T00:00:00")
    withdrawn = Door(door.database, town(closures=[closed]))
    with ThreadPoolExecutor(1) as threads:
        with door.database.write() as connection:
            book = door.book(connection)
            book.confirm(holder("anna"), PERMIT, at(11))
            assert book.openings(PERMIT, count=1)  # an answer: all before it has reached the book
            published = threads.submit(withdrawn.publish, days=1)
            _until_so_many_wait(door.database, 1)
        assert len(published.result().conflicts) == 3
    assert door.faults() == []


def test_callers_and_a_new_roster_do_not_wait_in_a_circle(door: Door) -> None:
    """Holds that ended are cleared on days whose roster is published just then: both succeed."""
    for who, wish, n in (("anna", EXTRACT, 0), ("bram", PASSPORT, 2), ("coen", PASSPORT, 3)):
        door.offer(who, wish, within=Interval(at(24 * n), at(24 * n + 24)), count=1)
    door.passes(minutes=5)
    friday = {"friday": seconds(at(24 * 3))}
    with ThreadPoolExecutor(2) as threads:
        with door.database.write() as connection:
            connection.execute(TOUCH_FRIDAY, friday)
            looks = threads.submit(door.openings, PERMIT, count=1)
            _until_so_many_wait(door.database, 1)
            publishes = threads.submit(door.publish, days=3)
            _until_so_many_wait(door.database, 2)
        assert len(looks.result()) == 1
        assert publishes.result().conflicts == []
    assert door.holds() == 0
    assert door.faults() == []


def _until_so_many_wait(database: Database, count: int) -> None:
    """On SQLite nothing can be asked, and nothing happens before the writer has written."""
    for _ in range(0 if database.is_sqlite else 10_000):
        with database.read() as connection:
            if connection.scalar(WAITING) == count:
                return
    assert database.is_sqlite, "nobody waited"

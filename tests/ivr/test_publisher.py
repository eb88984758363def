"""Each new day can be booked without anybody publishing it, and a newer roster is left alone."""

import logging
import time
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ivr import chores
from ivr.publisher import Publisher
from ivr.starting import prepare
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_parts import Closure
from scheduling.roster import publish, published_until
from scheduling.staffing import published
from tests.conftest import TUESDAY, Clock, World
from tests.outside.running import wait_for
from tests.outside.test_health import NOBODY_LISTENS

HORIZON = timedelta(days=84)
LAST = TUESDAY + HORIZON


def publisher(world: World) -> Publisher:
    """That of a line which was started at this moment."""
    return Publisher(world.database, world.calendar, world.clock)


def staffed(world: World, day: date) -> int:
    """How many shifts are published on a day."""
    with world.database.read() as connection:
        return len(published(connection, world.calendar, day))


def closed(world: World, monday: date) -> Calendar:
    """The same municipality, whose counters stay shut on one Monday."""
    begins = datetime.combine(monday, datetime.min.time())
    told = {"from": begins, "until": begins + timedelta(days=1), "name": {"nl": "x", "en": "x"}}
    shut = Closure.model_validate(told)
    return Calendar(world.calendar.municipality.model_copy(update={"closures": (shut,)}))


def test_everything_that_can_be_booked_is_published(worlds: World) -> None:
    """To the last day of the horizon, which is a Tuesday, and not a day more."""
    assert LAST.weekday() == TUESDAY.weekday()
    assert publisher(worlds).publish() == LAST
    assert staffed(worlds, LAST) > 0
    assert staffed(worlds, LAST + timedelta(days=1)) == 0


def test_the_day_that_comes_within_reach_is_added(worlds: World) -> None:
    """At midnight of the municipality, one day."""
    running = publisher(worlds)
    done = running.publish()
    worlds.clock.now = worlds.clock.now.replace(hour=22, minute=59)
    assert running.publish(done) == LAST
    worlds.clock.passes(minutes=1)  # midnight in winter
    assert running.publish(done) == LAST + timedelta(days=1)
    assert staffed(worlds, LAST + timedelta(days=1)) > 0


def test_a_clock_that_is_set_back_takes_nothing_away(world: World) -> None:
    """What is published stays, and nothing is published twice."""
    running = publisher(world)
    world.clock.passes(days=3)
    done = running.publish()
    world.clock.passes(days=-3)
    assert running.publish(done) == done
    assert staffed(world, done) > 0


def test_a_newer_roster_is_left_alone(worlds: World) -> None:
    """Somebody published another file while the line ran on with the one that it knows."""
    running = publisher(worlds)
    done = running.publish()
    monday = TUESDAY + timedelta(days=6)
    newer = closed(worlds, monday)
    worlds.database.transact(lambda c: publish(c, newer, TUESDAY, 14))
    worlds.clock.passes(days=1)
    running.publish(done)
    assert staffed(worlds, monday) == 0
    replace(running, calendar=newer).publish()  # as a line that is started again does
    assert staffed(worlds, monday) == 0


def test_a_worker_that_takes_the_place_of_a_dead_one_leaves_a_newer_roster_alone(
    worlds: World,
) -> None:
    """It knows the file as it was when the line was started; days that come it publishes."""
    publisher(worlds).publish()
    monday = TUESDAY + timedelta(days=6)
    newer = closed(worlds, monday)
    worlds.database.transact(lambda c: publish(c, newer, TUESDAY, 14))
    worlds.clock.passes(days=1)
    later = Publisher(worlds.database, worlds.calendar, worlds.clock, goes_on=True)
    stopping = chores.start("publisher", lambda: later)
    wait_for(lambda: staffed(worlds, LAST + timedelta(days=1)) > 0)
    stopping.set()
    assert staffed(worlds, monday) == 0


def test_a_day_on_which_somebody_only_held_a_time_is_published_after_all(worlds: World) -> None:
    """He heard it when the roster was changed, and booked nothing."""
    call = worlds.rings()
    for key in "111":
        call.press(key)
    shut = Publisher(worlds.database, closed(worlds, TUESDAY), worlds.clock)
    shut.publish()
    assert staffed(worlds, TUESDAY) > 0
    shut.publish_again()
    assert staffed(worlds, TUESDAY) > 0
    call.hang_up()
    shut.publish_again()
    assert staffed(worlds, TUESDAY) == 0


def test_a_changed_roster_is_published_after_a_start(worlds: World) -> None:
    """The start itself leaves a book with days ahead as it is, so that it answers at once."""
    monday = TUESDAY + timedelta(days=6)
    newer = closed(worlds, monday)
    prepare(worlds.database, newer, worlds.clock())
    assert staffed(worlds, monday) > 0
    Publisher(worlds.database, newer, worlds.clock).publish()
    assert staffed(worlds, monday) == 0


def test_a_book_without_a_day_ahead_is_published_at_the_start(worlds: World) -> None:
    """After a long time in which nobody answered, the first caller can book."""
    worlds.clock.passes(days=400)
    today = worlds.calendar.day_of(worlds.clock.now)
    prepare(worlds.database, worlds.calendar, worlds.clock())
    with worlds.database.read() as connection:
        until = published_until(connection)
    assert until
    assert worlds.calendar.day_of(until) > today + HORIZON - timedelta(days=4)


def test_a_day_with_too_many_visitors_is_told(
    worlds: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody must ring them first; which day it is, and nothing about them."""
    call = worlds.rings()
    for key in "1111":
        call.press(key)
    with worlds.database.read() as connection:
        at = connection.exec_driver_sql("SELECT min(starts_at) FROM appointments").scalar_one()
    day = worlds.calendar.day_of(worlds.clock.now.fromtimestamp(at, worlds.calendar.zone))
    Publisher(worlds.database, closed(worlds, day), worlds.clock).publish()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert told
    assert all(each.startswith(f"roster not published: {day} ") for each in told)
    assert staffed(worlds, day) > 0


def test_it_works_by_itself(worlds: World) -> None:
    """As every process that answers the line starts it."""
    stopping = chores.start("publisher", lambda: publisher(worlds))
    ends = time.monotonic() + 60
    while not staffed(worlds, LAST) and time.monotonic() < ends:
        stopping.wait(0.02)
    stopping.set()
    assert staffed(worlds, LAST) > 0


def test_without_a_database_it_waits(clock: Clock, calendar: Calendar) -> None:
    """And is not heard of: who answers calls says that it is away."""
    away = Database(NOBODY_LISTENS)
    looks: list[bool] = []

    class Stopping:
        """Lets it look twice."""

        def wait(self, _seconds: float) -> bool:
            looks.append(True)
            return len(looks) > 2

    Publisher(away, calendar, clock).run(Stopping())  # type: ignore[arg-type]
    away.close()
    assert len(looks) == 3

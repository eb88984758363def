"""A new roster changes what can be booked, and loses nobody who is booked already."""

from datetime import date, timedelta

from sqlalchemy import delete, select, update

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.interval import Interval
from scheduling.models import capacity, shifts
from scheduling.roster import publish_by_weeks, published_until
from tests.conftest import TUESDAY
from tests.scheduling.door import PASSPORT, PERMIT, Door, at, starts
from tests.scheduling.towns import closure, keeping_back, roster, town

WEDNESDAY = TUESDAY + timedelta(days=1)
TODAY = Interval(at(0), at(24))
TWO = [{"name": name, "pool": "building-and-housing"} for name in ("4", "5")]
"""Counters, of which counter 5 has moved from taxes to building and housing."""


def tables(database: Database) -> list[list[tuple[object, ...]]]:
    """All that publishing writes."""
    with database.read() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (capacity, shifts)
        ]


def with_roster(door: Door, calendar: Calendar) -> Door:
    """The same book with another roster in the file."""
    return Door(door.database, calendar, door.now)


def test_publishing_again_changes_nothing(door: Door) -> None:
    """The roster can be published as often as one likes, also with visitors booked."""
    door.books("anna")
    door.offer("bram", PERMIT)
    before = tables(door.database)
    done = door.publish()
    assert (done.days, done.changed, done.conflicts) == (21, 0, [])
    assert tables(door.database) == before


def test_publishing_makes_days_bookable(door: Door) -> None:
    """A day that is not published is not offered, and is from then on."""
    after = Interval(at(0, day=date(2026, 12, 22)), at(24, day=date(2026, 12, 22)))
    assert door.openings(PERMIT, within=after) == []
    done = door.publish(date(2026, 12, 22), 1)
    assert (done.days, done.conflicts) == (1, [])
    assert starts(door.openings(PERMIT, within=after))[0] == at(8, day=date(2026, 12, 22))


def test_one_more_counter_is_one_more_place(door: Door) -> None:
    """Where a second counter is staffed, two can come at the same time."""
    second = with_roster(door, town(roster("4 5", "08:00", "17:00"), counters=TWO))
    door.fill(PERMIT, within=TODAY)
    assert second.publish(days=1).conflicts == []
    assert second.fill(PERMIT, within=TODAY) == 12
    assert door.faults() == []


def test_a_counter_less_is_a_place_less(door: Door) -> None:
    """Where two of three counters are left, the third caller is offered a later time."""
    fewer = with_roster(door, town(roster("1 2", "08:00", "17:00")))
    assert fewer.publish(days=1).conflicts == []
    heard = [fewer.offer(name)[0].starts_at for name in ("anna", "bram", "coen")]
    assert heard == [at(11, 0), at(11, 0), at(11, 30)]


def test_a_shorter_day_ends_earlier(door: Door) -> None:
    """Time that falls off the roster is not offered any more."""
    shorter = with_roster(door, town(roster("4", "08:00", "12:00")))
    shorter.publish(days=1)
    assert starts(shorter.openings(PERMIT, within=TODAY)) == [at(11, 0), at(11, 30)]


def test_a_day_that_serves_fewer_than_are_booked_is_left_as_it_was(door: Door) -> None:
    """That day is named, with the time and the pool, and stays; the other days are published."""
    for name in ("anna", "bram", "coen"):
        door.confirm(name, PASSPORT, at(14))
    before = door.openings(within=TODAY)
    fewer = with_roster(door, town(roster("1 2", "08:00", "17:00")))
    done = fewer.publish(days=3)
    assert done.days == 3
    assert done.conflicts == [
        "2026-12-01 14:00 civil-affairs: 3 booked or held, but the roster has room for 2"
    ]
    assert door.openings(within=TODAY) == before
    wednesday = Interval(at(0, day=WEDNESDAY), at(24, day=WEDNESDAY))
    assert door.openings(PERMIT, within=wednesday) == []
    assert len(door.entries()) == 3
    assert door.faults() == []


def test_a_day_is_withdrawn(door: Door) -> None:
    """A day on which the town hall closes after all is offered no more."""
    closed = closure("2026-12-02T00:00:00", "2026-12-03T00:00:00")
    withdrawn = with_roster(door, town(closures=[closed]))
    done = withdrawn.publish()
    assert done.conflicts == []
    assert done.changed > 0
    days = {start.date() for start in starts(withdrawn.openings(PERMIT))}
    assert WEDNESDAY not in days
    assert {TUESDAY, WEDNESDAY + timedelta(days=1)} <= days


def test_a_day_with_visitors_is_not_withdrawn(door: Door) -> None:
    """Somebody who is booked keeps his counter until somebody rings him; the day is named."""
    booked = door.books("anna", PERMIT)
    door.release("anna")
    closed = closure("2026-12-01T00:00:00", "2026-12-02T00:00:00")
    done = with_roster(door, town(closures=[closed])).publish(days=1)
    assert [conflict.partition(":")[0] for conflict in done.conflicts] == ["2026-12-01 11"] * 3
    assert "building-and-housing: 1 booked or held, but the roster has room for 0" in str(done)
    assert door.entry(booked.reference).status == "booked"
    assert door.faults() == []


def test_a_visit_that_would_outlast_its_counter_keeps_its_day(sqlite_door: Door) -> None:
    """When the counter changes in the middle of somebody's visit, the day is left as it was."""
    sqlite_door.confirm("anna", PERMIT, at(11, 10))
    change = (roster("4", "08:00", "11:30"), roster("5", "11:30", "17:00"))
    done = with_roster(sqlite_door, town(*change, counters=TWO)).publish(days=1)
    assert done.conflicts == [
        "2026-12-01 11:30 building-and-housing: 1 run across this moment, but 0 counters stay"
    ]
    assert sqlite_door.faults() == []


def test_a_visit_is_not_offered_across_a_change_of_counters(sqlite_door: Door) -> None:
    """Where one counter closes and another opens, no visit runs across, and both sides are sold."""
    change = (roster("4", "08:00", "12:10"), roster("5", "12:10", "17:00"))
    door = with_roster(sqlite_door, town(*change, counters=TWO))
    door.publish(days=1)
    found = starts(door.openings(PERMIT, within=Interval(at(11), at(13))))
    assert found == [at(11, 0), at(11, 30), at(12, 10), at(12, 40)]


def test_moving_the_kept_back_time_loses_no_time(sqlite_door: Door) -> None:
    """After a change of the kept-back times every step of every counter can still be sold."""
    moved = with_roster(sqlite_door, town(services=keeping_back("10:00", "14:00")))
    assert moved.publish().conflicts == []
    assert moved.fill(PASSPORT, within=TODAY) == 6 * 6 * 3
    assert sqlite_door.faults() == []


def test_what_is_published_does_not_change_with_the_file(sqlite_door: Door) -> None:
    """Until it is published, a roster in the file makes nothing bookable and takes nothing away."""
    other = with_roster(sqlite_door, town(roster("4", "20:00", "22:00")))
    assert starts(other.offer("anna", PERMIT)) == [at(11, 0), at(11, 30), at(12, 0)]


def test_the_end_of_what_is_published_is_known(sqlite_door: Door) -> None:
    """Monday 21 December is the last day that is published, until five."""
    with sqlite_door.database.read() as connection:
        assert published_until(connection) == at(17, day=date(2026, 12, 21))


def test_nothing_is_published_yet(sqlite_door: Door) -> None:
    """A book without a roster has no end of it."""
    sqlite_door.database.transact(lambda c: c.execute(shifts.delete()))
    with sqlite_door.database.read() as connection:
        assert published_until(connection) is None


def test_by_weeks_only_what_differs_is_published(door: Door) -> None:
    """Weeks that stand are only read; one that lacks a row, or has another one, is mended."""
    done = publish_by_weeks(door.database, door.calendar, TUESDAY, 21)
    assert (done.days, done.changed, done.conflicts) == (21, 0, [])
    right = tables(door.database)
    afternoon = at(14, day=TUESDAY + timedelta(days=8))
    wrongs = (
        update(capacity).where(capacity.c.starts_at == afternoon).values(capacity=9),
        update(capacity).where(capacity.c.starts_at == afternoon).values(staying=0),
        delete(capacity).where(capacity.c.starts_at == afternoon),
        delete(shifts).where(shifts.c.starts_at > at(0, day=TUESDAY + timedelta(days=14))),
        update(shifts).values(pool="taxes"),
    )
    for wrong in wrongs:
        with door.database.write() as connection:
            connection.execute(wrong)
        assert tables(door.database) != right
        assert publish_by_weeks(door.database, door.calendar, TUESDAY, 21).days == 21
        assert tables(door.database) == right

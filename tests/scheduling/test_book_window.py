"""Nothing is offered too soon, too late, or when nobody is there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.database import Database
from scheduling.errors import OpeningTaken
from scheduling.interval import Interval
from tests.conftest import TEN_O_CLOCK, TUESDAY
from tests.scheduling.door import PASSPORT, PERMIT, Door, at, starts
from tests.scheduling.towns import closure, roster, town

ALWAYS = Interval(at(0), at(0) + timedelta(days=400))


@pytest.mark.parametrize(
    ("after_ten", "first"),
    [
        (timedelta(0), at(11, 0)),
        (timedelta(microseconds=1), at(11, 10)),
        (timedelta(seconds=1), at(11, 10)),
        (timedelta(minutes=9, seconds=59), at(11, 10)),
        (timedelta(minutes=10), at(11, 10)),
    ],
    ids=str,
)
def test_nothing_is_offered_within_the_hour(
    sqlite_door: Door, after_ten: timedelta, first: datetime
) -> None:
    """The first time is at least sixty minutes from now, also by a second."""
    sqlite_door.now = TEN_O_CLOCK + after_ten
    assert starts(sqlite_door.openings(count=1)) == [first]
    assert starts(sqlite_door.openings(within=ALWAYS, count=1)) == [first]
    assert starts(sqlite_door.offer("anna", count=1)) == [first]


def test_a_time_too_soon_cannot_be_booked(door: Door) -> None:
    """Whoever asks for a time within the hour does not get it."""
    with pytest.raises(OpeningTaken):
        door.confirm("anna", PASSPORT, at(10, 50))


def test_nothing_is_offered_beyond_the_horizon(database: Database) -> None:
    """With a horizon of two days the last time is on the day after tomorrow, however asked."""
    booking = {"notice_minutes": 60, "horizon_days": 2}
    door = Door(database, town(booking=booking))
    last = starts(door.openings(within=ALWAYS))[-1]
    assert last == at(16, 50, day=date(2026, 12, 3))
    with pytest.raises(OpeningTaken):
        door.confirm("anna", PASSPORT, at(9, day=date(2026, 12, 4)))


def test_the_horizon_is_a_whole_local_day(sqlite: Database) -> None:
    """At a quarter past midnight, when UTC is still a day behind, the horizon is local."""
    booking = {"notice_minutes": 60, "horizon_days": 2}
    door = Door(sqlite, town(booking=booking), at(0, 15))
    assert starts(door.openings())[-1] == at(16, 50, day=date(2026, 12, 3))


def test_nothing_is_offered_before_opening_or_after_closing(door: Door) -> None:
    """Tuesdays are from eight to five, Wednesdays until eight, and Saturdays not at all."""
    found = starts(door.openings(PERMIT))
    of_day = {
        day: [start for start in found if start.date() == day]
        for day in (date(2026, 12, n) for n in range(2, 8))
    }
    wednesday, thursday = of_day[date(2026, 12, 2)], of_day[date(2026, 12, 3)]
    assert (wednesday[0], wednesday[-1]) == (
        at(8, day=date(2026, 12, 2)),
        at(19, 30, day=date(2026, 12, 2)),
    )
    assert (thursday[0], thursday[-1]) == (
        at(8, day=date(2026, 12, 3)),
        at(16, 30, day=date(2026, 12, 3)),
    )
    assert of_day[date(2026, 12, 5)] == of_day[date(2026, 12, 6)] == []


def test_nothing_is_offered_on_public_holidays(door: Door) -> None:
    """Christmas Day, a Friday in 2026, has no times; the Thursday and the Monday around it do."""
    door.publish(date(2026, 12, 22), 8)
    days = {start.date() for start in starts(door.openings(PERMIT))}
    assert date(2026, 12, 24) in days
    assert not days & {date(2026, 12, n) for n in (25, 26, 27)}
    assert date(2026, 12, 28) in days


def test_nothing_is_offered_during_a_closure(database: Database) -> None:
    """No visit runs into a closure or begins in it; right after it, visits begin again."""
    closed = closure("2026-12-01T12:00:00", "2026-12-02T10:00:00")
    door = Door(database, town(closures=[closed]))
    assert door.publish().conflicts == []
    found = starts(door.openings(PERMIT))
    assert found[:3] == [at(11, 0), at(11, 30), at(10, 0, day=date(2026, 12, 2))]


def test_a_closure_that_ends_between_two_steps_of_the_grid_can_be_published(
    sqlite: Database,
) -> None:
    """A closure until five past one leaves times on the grid: the first is at ten past."""
    closed = closure("2026-12-01T12:05:00", "2026-12-01T13:05:00")
    door = Door(sqlite, town(closures=[closed]))
    door.publish(days=2)
    found = starts(door.openings(within=Interval(at(11, 40), at(14))))
    assert all(start.minute % 10 == 0 for start in found)
    assert not any(at(12) <= start < at(13, 10) for start in found)


@pytest.mark.parametrize(
    ("saturday", "nine_o_clock_in_utc"),
    [
        # The Monday after is Easter Monday, and nobody works.
        (date(2027, 3, 27), ["2027-03-27T08:00", "2027-03-28T07:00", "2027-03-30T07:00"]),
        (
            date(2027, 10, 30),
            ["2027-10-30T07:00", "2027-10-31T08:00", "2027-11-01T08:00", "2027-11-02T08:00"],
        ),
    ],
    ids=["summer time begins", "summer time ends"],
)
def test_opening_times_follow_the_clock_on_the_wall(
    sqlite: Database, saturday: date, nine_o_clock_in_utc: list[str]
) -> None:
    """Before, on and after the Sunday of a change, counters open at nine are open at nine."""
    door = Door(sqlite, town(roster("4", "09:00", "09:30")))
    door.now = datetime(saturday.year, saturday.month, saturday.day, tzinfo=UTC) - timedelta(days=2)
    door.publish(saturday, 4)
    found = [f"{start:%Y-%m-%dT%H:%M}" for start in starts(door.openings(PERMIT))]
    assert found == nine_o_clock_in_utc


def test_a_visit_on_a_night_of_the_change_takes_its_real_length(sqlite: Database) -> None:
    """Counters open all night sell 23 and 25 hours on the days of the change."""
    door = Door(sqlite, town(roster("4", "00:00", "24:00")))
    for sunday, hours in ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25)):
        door.now = datetime(sunday.year, sunday.month, sunday.day, tzinfo=UTC) - timedelta(days=2)
        door.publish(sunday, 1)
        assert door.fill(PERMIT) == hours * 2
    assert door.faults() == []


def test_the_books_first_day_is_today(sqlite_door: Door) -> None:
    """Before opening time the first time is that of the same day."""
    sqlite_door.now = at(6)
    assert starts(sqlite_door.offer("anna"))[0] == at(8, day=TUESDAY)

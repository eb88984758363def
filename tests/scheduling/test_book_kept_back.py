"""Some time is kept back, so that a birth can always be declared inside its term."""

from datetime import date, datetime, timedelta

import pytest

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.interval import Interval
from tests.conftest import TUESDAY
from tests.scheduling.door import BIRTH, EXTRACT, PASSPORT, Door, at, starts
from tests.scheduling.towns import closure, keeping_back, roster, town

WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)
KEPT = {at(9, 0), at(9, 10), at(11, 0), at(11, 10)}
"""The kept-back time of a morning, on Tuesday."""


SOON = {"notice_minutes": 60, "horizon_days": 6}
"""Towns in which nothing is booked after this week."""


def published(database: Database, calendar: Calendar) -> Door:
    """A town with its week published."""
    door = Door(database, calendar)
    door.publish(days=7)
    return door


@pytest.fixture
def one_counter(database: Database) -> Door:
    """A town where one counter does passports and births, each morning from nine to twelve."""
    return published(database, town(roster("1", "09:00", "12:00"), booking=SOON))


def on(door: Door, day: date) -> set[datetime]:
    """The times of a day for a passport, all moved to Tuesday."""
    found = door.openings(PASSPORT, within=Interval(at(0, day=day), at(24, day=day)))
    return {start - (day - TUESDAY) for start in starts(found)}


def test_a_passport_never_uses_kept_back_time_before_it_is_released(one_counter: Door) -> None:
    """Until the second before 17:00 on the day before, kept-back times are not offered."""
    one_counter.now = at(16, 59) + timedelta(seconds=59)
    tomorrow = on(one_counter, WEDNESDAY)
    assert len(tomorrow) == 14
    assert not tomorrow & KEPT


def test_kept_back_time_is_for_everybody_from_the_evening_before(one_counter: Door) -> None:
    """From 17:00 on the whole of the next day is offered, and the day after stays kept."""
    one_counter.now = at(17)
    assert on(one_counter, WEDNESDAY) >= KEPT
    assert len(on(one_counter, WEDNESDAY)) == 18
    assert not on(one_counter, THURSDAY) & KEPT


def test_kept_back_time_of_today_is_for_everybody(one_counter: Door) -> None:
    """What was released last evening stays released."""
    one_counter.now = at(7)
    assert {at(9, 0), at(9, 10)} <= on(one_counter, TUESDAY)


def test_a_birth_may_use_kept_back_time_at_any_moment(one_counter: Door) -> None:
    """A birth is offered nine o'clock when all that anybody may book is booked."""
    one_counter.fill(PASSPORT)
    found = one_counter.offer("anna", BIRTH)
    assert starts(found) == [at(9, day=WEDNESDAY), at(11, day=WEDNESDAY), at(9, day=THURSDAY)]
    one_counter.confirm("anna", BIRTH, at(9, day=WEDNESDAY))
    assert one_counter.faults() == []


def test_a_birth_has_any_other_free_time_too(one_counter: Door) -> None:
    """Kept-back time is an extra for births: the first free time is theirs like anybody's."""
    one_counter.now = at(7)
    assert starts(one_counter.offer("anna", BIRTH))[:2] == [at(9, 0), at(9, 20)]


def test_a_time_kept_back_and_taken_by_a_birth_is_taken(one_counter: Door) -> None:
    """After its release nobody is offered the time that a birth already has."""
    one_counter.fill(PASSPORT)
    one_counter.confirm("anna", BIRTH, at(9, day=WEDNESDAY))
    one_counter.now = at(17)
    assert on(one_counter, WEDNESDAY) == {at(11, 0), at(11, 10)}


def test_released_time_taken_by_a_passport_is_taken_for_births(one_counter: Door) -> None:
    """The same counter is not given twice, once as kept-back and once as released time."""
    one_counter.now = at(17)
    one_counter.fill(PASSPORT, within=Interval(at(0, day=WEDNESDAY), at(24, day=WEDNESDAY)))
    assert starts(one_counter.offer("anna", BIRTH))[0] == at(9, day=THURSDAY)
    assert one_counter.faults() == []


def test_a_birth_is_never_offered_a_time_after_its_term(one_counter: Door) -> None:
    """On Thursday the last day is Monday: three days, two of them working days."""
    one_counter.now = at(13, day=THURSDAY)
    days = {start.date() for start in starts(one_counter.openings(BIRTH))}
    assert days == {date(2026, 12, day) for day in (4, 5, 6, 7)}


def test_no_time_is_kept_back_where_the_counters_are_closed(sqlite: Database) -> None:
    """A closure takes the kept-back time in it away, and that alone."""
    closed = closure("2026-12-02T08:00:00", "2026-12-02T10:00:00")
    mornings = roster("1", "09:00", "12:00")
    door = published(sqlite, town(mornings, booking=SOON, closures=[closed]))
    door.fill(PASSPORT)
    assert starts(door.offer("anna", BIRTH))[:2] == [at(11, day=WEDNESDAY), at(9, day=THURSDAY)]


def test_no_time_is_kept_back_across_a_change_of_shift(sqlite: Database) -> None:
    """Where the counters change in the middle, the time is for everybody."""
    counters = (roster("1", "09:00", "11:10"), roster("2", "11:10", "12:00"))
    door = published(sqlite, town(*counters, booking=SOON))
    assert {at(11, 0), at(11, 10)} <= on(door, THURSDAY)
    assert at(11, 0, day=THURSDAY) not in starts(door.openings(BIRTH))


def test_a_place_that_is_kept_back_twice_is_there_for_two_births(sqlite: Database) -> None:
    """Where the file names one time twice, two births can be declared then, and no time is lost."""
    services = keeping_back("09:00", "09:00")
    opening = roster("1 2", "09:00", "09:20")
    door = published(sqlite, town(opening, services=services, booking=SOON))
    door.fill(PASSPORT)
    wednesday = Interval(at(0, day=WEDNESDAY), at(24, day=WEDNESDAY))
    assert door.fill(BIRTH, within=wednesday) == 2


def test_no_more_is_kept_back_than_there_are_counters(sqlite: Database) -> None:
    """Where the file names one time three times and two counters are there, two can come."""
    services = keeping_back("09:00", "09:00", "09:00")
    opening = roster("1 2", "09:00", "09:20")
    door = published(sqlite, town(opening, services=services, booking=SOON))
    wednesday = Interval(at(0, day=WEDNESDAY), at(24, day=WEDNESDAY))
    assert door.openings(PASSPORT, within=wednesday) == []
    assert door.fill(BIRTH, within=wednesday) == 2
    assert door.faults() == []


def test_released_time_is_used_last(sqlite: Database) -> None:
    """At the same time, a place that anybody may book is taken before one of births."""
    door = published(sqlite, town(roster("1 2", "09:00", "12:00"), booking=SOON))
    door.now = at(7)
    pools = [door.books(name, EXTRACT).starts_at for name in ("anna", "bram")]
    assert pools == [at(9), at(9)]
    taken = {entry.pool for entry in door.entries()}
    assert taken == {"civil-affairs", "civil-affairs/birth"}


def test_a_birth_always_gets_a_time_in_its_term(sqlite: Database) -> None:
    """All other time is booked as soon as it can be, through Christmas and New Year, and still."""
    first = date(2026, 12, 14)
    door = Door(sqlite, town(roster("1 2", "09:00", "12:00")))
    door.publish(first, 40)
    for n in range(24):
        for hour, minute in ((7, 0), (16, 59), (17, 0), (23, 30)):
            door.now = at(hour, minute, day=first + timedelta(days=n))
            door.fill(PASSPORT)
            assert door.openings(BIRTH, count=1), f"nothing for a birth at {door.now}"
        door.books(f"birth {n}", BIRTH)
    assert door.faults() == []

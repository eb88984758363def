"""How many counters a day needs, and which counter serves which visitor."""

from datetime import timedelta

import pytest

from scheduling import staffing
from scheduling.capacity import steps
from scheduling.interval import Interval
from scheduling.openings import Wish
from scheduling.staffing import Need, NoCounter, Visit, assign
from tests.conftest import TUESDAY
from tests.scheduling.door import EXTRACT, PASSPORT, PERMIT, Door, at
from tests.scheduling.towns import roster, town

GRID = timedelta(minutes=10)


def needs(door: Door) -> list[Need]:
    """What Tuesday needs."""
    with door.database.read() as connection:
        return staffing.needs(connection, door.calendar, TUESDAY)


def test_a_day_without_visitors_needs_nobody(door: Door) -> None:
    """Nothing is booked, so no counter need be open."""
    assert needs(door) == []


def test_as_many_counters_are_needed_as_visits_run_at_once(door: Door) -> None:
    """Two overlap from half past eleven to twenty to twelve: one, two, then one counter."""
    door.confirm("anna", Wish("travel-document", 4), at(11))
    door.confirm("bram", Wish("travel-document", 3), at(11, 30))
    assert needs(door) == [
        Need("civil-affairs", Interval(at(11), at(11, 30)), 1),
        Need("civil-affairs", Interval(at(11, 30), at(11, 40)), 2),
        Need("civil-affairs", Interval(at(11, 40), at(12)), 1),
    ]


def test_visits_that_follow_each_other_need_one_counter(door: Door) -> None:
    """One counter serves the whole hour, and is told so in one stretch."""
    for start in (at(11), at(11, 30)):
        door.confirm("anna", PERMIT, start)
    door.confirm("bram", PERMIT, at(13))
    assert needs(door) == [
        Need("building-and-housing", Interval(at(11), at(12)), 1),
        Need("building-and-housing", Interval(at(13), at(13, 30)), 1),
    ]


def test_released_time_is_served_by_the_counters_of_its_pool(door: Door) -> None:
    """Who takes kept-back time is served at civil affairs like everybody there."""
    for name in ("anna", "bram", "coen"):
        door.confirm(name, PASSPORT, at(11))
    assert needs(door) == [Need("civil-affairs", Interval(at(11), at(11, 10)), 3)]


def test_only_the_visits_of_that_day_count(door: Door) -> None:
    """Wednesday's visitors need nobody on Tuesday."""
    door.confirm("anna", PERMIT, at(9, day=TUESDAY + timedelta(days=1)))
    assert needs(door) == []


def test_a_cancelled_visit_needs_nobody(door: Door) -> None:
    """What no longer takes time takes no counter either."""
    booked = door.confirm("anna", PERMIT, at(11))
    with door.database.write() as connection:
        connection.exec_driver_sql("UPDATE appointments SET status = 'cancelled'")
    assert door.entry(booked.reference).status == "cancelled"
    assert needs(door) == []


def test_every_visit_of_a_full_day_has_a_counter_of_its_own(sqlite_door: Door) -> None:
    """The plan of a day that is booked to the last place keeps every counter busy, never twice."""
    today = Interval(at(0), at(24))
    for wish in (Wish("travel-document", 4), PASSPORT, PERMIT, Wish("tax-remission"), EXTRACT):
        sqlite_door.fill(wish, within=today)
    with sqlite_door.database.read() as connection:
        plans = staffing.plan(connection, sqlite_door.calendar, TUESDAY)
    assert {pool: set(plan.values()) for pool, plan in plans.items()} == {
        "civil-affairs": {"1", "2", "3"},
        "building-and-housing": {"4"},
        "taxes": {"5"},
    }
    for plan in plans.values():
        taken = [(c, start) for visit, c in plan.items() for start in visit.interval.steps(GRID)]
        assert len(taken) == len(set(taken))


def test_too_many_visits_have_no_counter() -> None:
    """What the book would never let in is told, with its time."""
    calendar = town(roster("4", "09:00", "12:00"))
    plan = steps(calendar.roster(TUESDAY), calendar.municipality)
    visits = [Visit(Interval(at(11), at(11, 30)), n) for n in range(2)]
    with pytest.raises(NoCounter, match=r"more visits than counters at 2026-12-01 10:00"):
        assign(visits, plan, GRID)


def test_a_visit_after_hours_has_no_counter() -> None:
    """A visit when nobody is there is told, with its time."""
    calendar = town(roster("4", "09:00", "12:00"))
    plan = steps(calendar.roster(TUESDAY), calendar.municipality)
    with pytest.raises(NoCounter, match=r"nobody is there at 2026-12-01 12:00"):
        assign([Visit(Interval(at(13), at(13, 30)), 1)], plan, GRID)

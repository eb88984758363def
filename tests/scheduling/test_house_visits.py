"""A visit at home takes the team's time, the way there and back included."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduling import commands, staffing
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.errors import AppointmentChanged, DatabaseAway, OpeningTaken
from scheduling.interval import Interval
from scheduling.openings import Wish
from scheduling.staffing import Need
from scheduling.tasks import Task, ask_for, listed
from tests.conftest import TUESDAY
from tests.scheduling.door import Door, at, starts
from tests.scheduling.test_commands import printed, run
from tests.scheduling.towns import table, town

VISIT = Wish("id-card-home-visit")
POOL = "home-visits"
THURSDAY = TUESDAY + timedelta(days=2)
NEXT_TUESDAY = TUESDAY + timedelta(days=7)


def on(door: Door, day: date) -> list[datetime]:
    """When the team can leave on a day."""
    return starts(door.openings(VISIT, within=Interval.of_day(day, door.calendar.zone)))


def test_the_team_leaves_before_and_is_back_after_the_visit(door: Door) -> None:
    """Half an hour at the door and a quarter of an hour each way: four visits in four hours."""
    assert on(door, NEXT_TUESDAY) == [at(hour, day=NEXT_TUESDAY) for hour in (13, 14, 15, 16)]
    booked = door.confirm("anna", VISIT, at(13, day=NEXT_TUESDAY))
    assert (booked.starts_at, booked.ends_at) == (
        at(13, day=NEXT_TUESDAY),
        at(14, day=NEXT_TUESDAY),
    )
    assert booked.comes_at == at(13, 15, day=NEXT_TUESDAY)
    assert booked.travel == timedelta(minutes=15)
    assert on(door, NEXT_TUESDAY) == [at(hour, day=NEXT_TUESDAY) for hour in (14, 15, 16)]
    assert door.faults() == []


def test_the_last_visit_ends_when_the_team_is_back(door: Door) -> None:
    """At five the team is home again: it does not leave at ten past four."""
    with pytest.raises(OpeningTaken):
        door.confirm("anna", VISIT, at(16, 10, day=NEXT_TUESDAY))
    with pytest.raises(OpeningTaken):
        door.confirm("anna", VISIT, at(12, 50, day=NEXT_TUESDAY))
    assert door.confirm("anna", VISIT, at(16, day=NEXT_TUESDAY)).ends_at.hour == 16


def test_the_agenda_has_the_time_at_the_door_and_the_address(door: Door) -> None:
    """For people and for programs."""
    booked = door.confirm("anna", VISIT, at(13, day=NEXT_TUESDAY))
    door.do(lambda book: book.visit_at(booked, "2353 118"))
    (entry,) = printed(door, commands.agenda_command)
    assert (entry["starts_at"][11:16], entry["ends_at"][11:16]) == ("13:15", "13:45")
    assert entry["address"] == "2353 118"
    line = " ".join(run(door, commands.agenda_command).stdout.split())
    assert line == (
        f"Tue 2026-12-08 13:15-13:45 booked {booked.reference} id-card-home-visit (1) telephone"
        " at 2353 118"
    )


def test_the_team_is_staffed_for_the_way_too(door: Door) -> None:
    """It is one of the counters, and away for the whole hour."""
    door.confirm("anna", VISIT, at(13, day=NEXT_TUESDAY))
    with door.database.read() as connection:
        found = staffing.needs(connection, door.calendar, NEXT_TUESDAY)
        plans = staffing.plan(connection, door.calendar, NEXT_TUESDAY)
    hour = Interval(at(13, day=NEXT_TUESDAY), at(14, day=NEXT_TUESDAY))
    assert found == [Need(POOL, hour, 1)]
    assert {pool: list(plan.values()) for pool, plan in plans.items()} == {
        POOL: ["home-visit-team"]
    }


def visit_with_a_task(door: Door) -> Appointment:
    """A visit about whose address an employee must ring, beside somebody else's."""
    mine, _ = (_visit(door, who) for who in ("anna", "bert"))
    assert len(to_confirm(door)) == 2
    return mine


def _visit(door: Door, who: str) -> Appointment:
    booked = door.books(who, VISIT)

    def address(book: AppointmentBook) -> None:
        book.visit_at(booked, "2353 118")
        task = Task("confirm_address", "+31612345678", "nl", booked.reference, "2353 118")
        ask_for(book.connection, task, door.now)

    door.do(address)
    return booked


def to_confirm(door: Door) -> list[str | None]:
    """The visits about whose address an employee must ring."""
    with door.database.read() as connection:
        return [task.reference for task in listed(connection)]


def test_nobody_rings_about_a_visit_that_is_cancelled(door: Door) -> None:
    """Whoever cancels it, in whatever way; the others stay on the list."""
    booked = visit_with_a_task(door)
    other = next(each for each in to_confirm(door) if each != booked.reference)
    door.cancel(booked)
    assert to_confirm(door) == [other]


def test_a_visit_whose_cancellation_fails_stays_on_the_list(door: Door) -> None:
    """The appointment and its task change together or not at all."""
    booked = visit_with_a_task(door)
    door.move("anna", booked, on(door, NEXT_TUESDAY)[0])
    with pytest.raises(AppointmentChanged):
        door.cancel(booked)
    seen = door.find(booked.reference)
    with pytest.raises(DatabaseAway):
        door.do(lambda book: _cancels_and_fails(book, seen))
    assert booked.reference in to_confirm(door)
    assert door.find(booked.reference).status == "booked"


def _cancels_and_fails(book: AppointmentBook, seen: Appointment) -> None:
    book.cancel(seen)
    raise DatabaseAway("the plug is pulled", "the power is off")


def test_the_task_of_a_visit_goes_with_it_to_its_new_time(door: Door) -> None:
    """Its reference leads to the time and the address as they are now."""
    booked = visit_with_a_task(door)
    moved = door.move("anna", booked, on(door, NEXT_TUESDAY)[0])
    assert to_confirm(door).count(moved.reference) == 1
    entry = door.entry(moved.reference)
    assert (entry.address, entry.starts_at.date()) == ("2353 118", NEXT_TUESDAY)


def test_a_visit_has_a_notice_of_its_own(door: Door) -> None:
    """On Tuesday at ten, Thursday at one is two days ahead; at ten past one it is not any more."""
    assert on(door, THURSDAY)[0] == at(13, day=THURSDAY)
    later = replace(door, now=at(13, 10))
    assert on(later, THURSDAY)[0] == at(13, 10, day=THURSDAY)
    with pytest.raises(OpeningTaken):
        later.confirm("anna", VISIT, at(13, day=THURSDAY))


def test_the_longer_of_two_notices_counts(door: Door) -> None:
    """A town that wants a week before every appointment wants it before visits at home too."""
    week = replace(door, calendar=town(booking={"notice_minutes": 7 * 24 * 60}))
    assert starts(week.openings(VISIT))[0] == at(13, day=NEXT_TUESDAY)
    services = table()["services"]
    del services["id-card-home-visit"]["notice_minutes"]
    soon = replace(door, calendar=town(services=services))
    assert starts(soon.openings(VISIT))[0] == at(13)


def test_nobody_else_takes_the_teams_time(door: Door) -> None:
    """The counters are booked to the last place, and the team is as free as it was."""
    before = door.openings(VISIT)
    for service in ("travel-document", "permit", "extract"):
        door.fill(Wish(service), within=Interval.of_day(NEXT_TUESDAY, door.calendar.zone))
    assert door.openings(VISIT) == before
    assert door.faults() == []

"""Moving an appointment takes the new time and frees the old one, both or neither."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.database import Database
from scheduling.errors import AppointmentChanged, OpeningTaken
from scheduling.interval import Interval
from scheduling.openings import Wish
from tests.conftest import TUESDAY
from tests.scheduling.door import BIRTH, EXTRACT, PASSPORT, PERMIT, Door, at, holder, starts
from tests.scheduling.towns import roster, town

MOBILE = "+31612345678"
HOME_VISIT = Wish("id-card-home-visit")
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)
AFTERNOON = Interval(at(14), at(17))


def places(door: Door, wish: Wish = PERMIT) -> set[object]:
    """The free times of a wish."""
    return set(starts(door.openings(wish, within=Interval(at(11), at(17)))))


def test_the_old_time_is_freed_and_the_new_one_taken(door: Door) -> None:
    """Eleven o'clock is somebody else's now, and two o'clock is not."""
    booked = door.confirm("anna", PERMIT, at(11))
    door.offer("anna", PERMIT, within=AFTERNOON)
    moved = door.move("anna", booked, at(14))
    assert (moved.starts_at, moved.ends_at) == (at(14), at(14, 30))
    door.release("anna")
    assert at(11) in places(door)
    assert at(14) not in places(door)
    assert door.holds() == 0
    assert door.faults() == []


@pytest.mark.parametrize(
    "wish", [PERMIT, PASSPORT, EXTRACT, Wish("travel-document", 6), HOME_VISIT], ids=str
)
def test_a_moved_appointment_stays_the_same_one(door: Door, wish: Wish) -> None:
    """It keeps its reference, language, mobile, calendar file, way and address."""
    booked = door.confirm("anna", wish, door.openings(wish)[0].starts_at, MOBILE)
    door.do(lambda book: book.visit_at(booked, "2351 12"))
    booked = structs.replace(booked, address="2351 12")
    (to, *_) = door.offer("anna", wish)
    moved = door.move("anna", booked, to.starts_at)
    same = structs.replace(
        booked, starts_at=to.starts_at, ends_at=to.ends_at, pool=to.pool, revision=1
    )
    assert moved == door.find(booked.reference) == same
    assert door.entry(booked.reference).status == "booked"
    assert door.faults() == []


def test_the_old_time_stands_while_others_are_read_out(door: Door) -> None:
    """It is offered to nobody, not even to its own visitor, and hanging up changes nothing."""
    booked = door.confirm("anna", PERMIT, at(11))
    assert starts(door.offer("anna", PERMIT)) == [at(11, 30), at(12), at(12, 30)]
    door.release("anna")
    assert door.find(booked.reference) == booked
    assert at(11) not in places(door)


def test_a_move_after_the_hold_ended_takes_the_time_anew(door: Door) -> None:
    """While nobody else has it, in whatever state the hold is: forgotten, or cleared away."""
    for hours, cleared in ((14, False), (15, True)):
        booked = door.confirm(f"{hours}", PERMIT, at(hours - 2))
        door.offer("anna", PERMIT, within=Interval(at(hours), at(17)))
        door.passes(minutes=5)
        if cleared:
            door.openings(PERMIT)
            assert door.holds() == 0
        assert door.move("anna", booked, at(hours)).starts_at == at(hours)
        assert door.faults() == []


@pytest.mark.parametrize("how", ["holds", "booked"])
def test_a_time_that_somebody_else_has_now_is_refused(door: Door, how: str) -> None:
    """The appointment stands as it stood, with nothing of the move done."""
    booked = door.confirm("anna", PERMIT, at(11), MOBILE)
    door.offer("anna", PERMIT, within=AFTERNOON)
    door.passes(minutes=5)
    door.offer("bram", PERMIT, within=AFTERNOON)
    if how == "booked":
        door.confirm("bram", PERMIT, at(14))
    _refused(door, booked, OpeningTaken, lambda book: book.move(holder("anna"), booked, at(14)))


def test_times_that_were_never_open_are_refused(door: Door) -> None:
    """At night, off the grid, in the past, on a Sunday."""
    booked = door.confirm("anna", PERMIT, at(11))
    for never in (at(22), at(14, 5), at(9), at(14, day=TUESDAY + timedelta(days=5))):
        move = lambda book, to=never: book.move(holder("anna"), booked, to)  # noqa: E731
        _refused(door, booked, OpeningTaken, move)


def test_the_hold_of_another_wish_is_no_time_for_this_one(door: Door) -> None:
    """Half an hour is not moved into the twenty minutes that were held for something else."""
    booked = door.confirm("anna", Wish("travel-document", 3), at(11))
    door.offer("anna", Wish("travel-document", 2), within=AFTERNOON)
    moved = door.move("anna", booked, at(14))
    assert moved.ends_at - moved.starts_at == timedelta(minutes=30)
    door.release("anna")
    assert door.faults() == []


def test_a_moved_appointment_that_was_seen_before_is_told(door: Door) -> None:
    """Whoever still has its old time can neither move nor cancel it, nor have it texted."""
    seen = door.confirm("anna", PERMIT, at(11), MOBILE)
    now = door.move("bram", seen, at(12))
    _all_refused(door, seen, now)


def test_a_cancelled_appointment_that_was_seen_before_is_told(door: Door) -> None:
    """It stays cancelled."""
    seen = door.confirm("anna", PERMIT, at(11), MOBILE)
    _all_refused(door, seen, door.cancel(seen))


def test_an_appointment_that_came_back_into_another_pool_has_changed(door: Door) -> None:
    """The same time, but another counter's: its place would be given back where it is not."""
    seen = door.confirm("anna", EXTRACT, at(11))
    assert seen.pool == "taxes"
    away = door.move("anna", seen, at(12))
    door.confirm("bram", EXTRACT, at(11))
    back = door.move("anna", away, at(11))
    assert (back.starts_at, back.pool) == (seen.starts_at, "civil-affairs")
    _all_refused(door, seen, back)


def test_a_time_kept_back_is_moved_to_and_away_from(door: Door) -> None:
    """A birth moves out of the time that is kept for births, and back into it."""
    door.fill(PASSPORT)
    booked = door.books("anna", BIRTH)
    assert booked.pool == "civil-affairs/birth"
    (to, *_) = door.offer("anna", BIRTH)
    moved = door.move("anna", booked, to.starts_at)
    door.release("anna")
    assert door.faults() == []
    assert starts(door.openings(BIRTH))[0] == booked.starts_at
    assert door.move("anna", moved, booked.starts_at) == structs.replace(booked, revision=2)
    assert door.faults() == []


def test_an_extract_moves_to_counters_of_other_skills(door: Door) -> None:
    """Where the tax counter is taken, and its place there is free again."""
    booked = door.confirm("anna", EXTRACT, at(11))
    door.confirm("bram", EXTRACT, at(12))
    moved = door.move("anna", booked, at(12))
    assert (booked.pool, moved.pool) == ("taxes", "civil-affairs")
    assert door.faults() == []


def test_a_visit_of_six_moves_into_time_that_overlaps_its_own(door: Door) -> None:
    """Half an hour later, where the other counters have room."""
    wish = Wish("travel-document", 6)
    booked = door.confirm("anna", wish, at(11))
    moved = door.move("anna", booked, at(11, 30))
    assert moved.ends_at == at(12, 30)
    assert door.faults() == []


def test_a_move_and_what_belongs_to_it_become_true_together_or_not_at_all(door: Door) -> None:
    """When something else in the transaction fails, the appointment stands where it stood."""
    booked = door.confirm("anna", PERMIT, at(11), MOBILE)

    class ElsewhereError(Exception):
        """Something else went wrong."""

    def move_and_fail(book: AppointmentBook) -> None:
        book.move(holder("anna"), booked, at(14))
        raise ElsewhereError

    _refused(door, booked, ElsewhereError, move_and_fail)
    assert at(14) in places(door)


def test_a_visit_at_home_moves_with_the_way_of_today(database: Database) -> None:
    """Where the way has become longer since, the appointment has the longer one when it moves."""
    before = Door(database, town(roster("home-visit-team", "08:00", "17:00")))
    before.publish()
    booked = before.confirm("anna", HOME_VISIT, at(13, day=THURSDAY))
    services = dict(before.calendar.municipality.services)
    visit = services["id-card-home-visit"].visit
    assert visit
    longer = {"visit": visit.model_copy(update={"travel_minutes": 30})}
    services["id-card-home-visit"] = services["id-card-home-visit"].model_copy(update=longer)
    now = replace(before, calendar=town(services=services))
    moved = now.move("anna", booked, at(10, day=TUESDAY + timedelta(days=3)))
    assert moved.comes_at - moved.starts_at == timedelta(minutes=30)
    assert moved.ends_at - moved.starts_at == timedelta(minutes=90)
    assert now.find(booked.reference) == moved
    assert now.faults() == []


def _all_refused(door: Door, seen: Appointment, now: Appointment) -> None:
    for work in (
        lambda book: book.move(holder("anna"), seen, at(15)),
        lambda book: book.cancel(seen),
        lambda book: book.text_to(seen, "+31687654321"),
    ):
        _refused(door, now, AppointmentChanged, work)


def _refused(
    door: Door,
    stands: Appointment,
    why: type[Exception],
    work: Callable[[AppointmentBook], object],
) -> None:
    """It raises, and also where the transaction goes on after it, nothing is half done."""
    texts, entries = door.texts(), door.entries()

    def caught(book: AppointmentBook) -> None:
        with pytest.raises(why):
            work(book)

    with pytest.raises(why):
        door.do(work)
    if why in {OpeningTaken, AppointmentChanged}:
        door.do(caught)
    assert door.find(stands.reference) == stands
    assert door.texts() == texts
    assert door.entries() == entries
    assert door.faults() == []

"""A booked time is booked, once, with a reference that a caller can key in."""

from datetime import date, timedelta

import pytest

from scheduling.book import AppointmentBook
from scheduling.errors import OpeningTaken
from scheduling.interval import Interval
from scheduling.offers import Holder
from scheduling.openings import Wish
from scheduling.references import is_valid
from tests.conftest import TEN_O_CLOCK
from tests.scheduling.door import PASSPORT, PERMIT, Door, at, holder, starts

SOON = Interval(at(14), at(17))


def test_a_booked_appointment_is_in_the_agenda(door: Door) -> None:
    """Booking gives a valid reference under which service, persons and times stand in the book."""
    wish = Wish("travel-document", 2)
    door.offer("anna", wish)
    appointment = door.confirm("anna", wish, at(11, 20))
    assert is_valid(appointment.reference)
    assert (appointment.wish, appointment.starts_at) == (wish, at(11, 20))
    entry = door.entry(appointment.reference)
    assert (entry.service, entry.persons, entry.status) == ("travel-document", 2, "booked")
    assert (entry.starts_at, entry.ends_at) == (at(11, 20), at(11, 40))
    assert appointment.ends_at == at(11, 40)


def test_the_book_remembers_the_door_and_the_language(door: Door) -> None:
    """An appointment tells by which door and in which language it was made."""
    agent = Holder("desk-1", "agent", "en")
    found = door.do(lambda book: book.offer(agent, PASSPORT))
    booked = door.do(lambda book: book.confirm(agent, PASSPORT, found[0].starts_at))
    entry = door.entry(booked.reference)
    assert (entry.channel, entry.language) == ("agent", "en")


def test_a_booked_time_is_never_offered_again(door: Door) -> None:
    """Neither at once nor after the hold would have ended is a booked time free."""
    door.offer("anna", PERMIT, within=SOON)
    door.keep("anna", PERMIT, at(14))
    door.confirm("anna", PERMIT, at(14))
    assert starts(door.openings(PERMIT, within=SOON))[0] == at(14, 30)
    door.passes(minutes=30)
    assert starts(door.openings(PERMIT, within=SOON))[0] == at(14, 30)
    assert door.faults() == []


def test_booking_one_of_the_offered_times_leaves_the_others_free(door: Door) -> None:
    """Also without a read-back, one time is booked, and hanging up frees the rest."""
    door.offer("anna", PERMIT)
    door.confirm("anna", PERMIT, at(11, 30))
    door.release("anna")
    assert starts(door.openings(PERMIT))[:2] == [at(11, 0), at(12, 0)]
    assert door.faults() == []


def test_hanging_up_does_not_undo_a_booking(door: Door) -> None:
    """An appointment stands after the call is over, and after the next one of the same holder."""
    booked = door.books("anna")
    door.release("anna")
    door.offer("anna")
    door.release("anna")
    assert door.entry(booked.reference).status == "booked"
    assert len(door.entries()) == 1


def test_every_appointment_has_a_reference_of_its_own(door: Door) -> None:
    """Forty appointments have forty references."""
    references = {door.books(f"caller {n}").reference for n in range(40)}
    assert len(references) == 40
    assert all(map(is_valid, references))


def test_a_late_yes_still_books_while_the_time_is_free(door: Door) -> None:
    """A caller whose hold ended gets the time when nobody else took it meanwhile."""
    door.offer("anna", PERMIT, within=SOON)
    door.passes(minutes=5)
    assert door.openings(PERMIT, within=SOON)
    assert door.holds() == 0
    booked = door.confirm("anna", PERMIT, at(14, 30))
    assert door.entry(booked.reference).starts_at == at(14, 30)
    assert booked.ends_at == at(15, 0)
    assert door.faults() == []


def test_a_late_yes_to_the_next_possible_time_still_books(door: Door) -> None:
    """Who was offered a time an hour ahead and says yes some minutes later still gets it."""
    door.offer("anna", PERMIT)
    door.passes(minutes=5)
    assert door.openings(PERMIT)
    assert door.confirm("anna", PERMIT, at(11)).starts_at == at(11)


@pytest.mark.parametrize("how", ["holds", "booked"])
def test_a_late_yes_to_a_time_of_somebody_else_is_refused(door: Door, how: str) -> None:
    """A caller whose hold ended hears that the time is taken when somebody else has it now."""
    door.offer("anna", PERMIT, within=SOON)
    door.passes(minutes=5)
    door.offer("bram", PERMIT, within=SOON)
    if how == "booked":
        door.confirm("bram", PERMIT, at(14))
    with pytest.raises(OpeningTaken):
        door.confirm("anna", PERMIT, at(14))
    assert all(entry.status == "held" for entry in door.entries()) == (how == "holds")
    assert door.faults() == []


def test_a_late_yes_books_when_nobody_rang_meanwhile(door: Door) -> None:
    """While nobody has looked for a time, that of an ended hold is still there to be booked."""
    door.offer("anna", PERMIT)
    door.passes(minutes=5)
    assert door.confirm("anna", PERMIT, at(11)).starts_at == at(11)
    assert door.faults() == []


def test_a_time_that_was_never_open_cannot_be_booked(door: Door) -> None:
    """Evenings, Sundays and times off the grid are refused."""
    sunday = date(2026, 12, 6)
    for never in (at(19), at(11, day=sunday), at(14, 5), at(16, 50)):
        with pytest.raises(OpeningTaken):
            door.confirm("anna", PERMIT, never)
    assert door.entries() == []


def test_a_booking_and_what_belongs_to_it_become_true_together_or_not_at_all(door: Door) -> None:
    """When something else in the same transaction fails, nobody has an appointment."""

    class ElsewhereError(Exception):
        """Something else went wrong."""

    def book_and_fail(book: AppointmentBook) -> None:
        (first, *_) = book.offer(holder("anna"), PERMIT)
        book.confirm(holder("anna"), PERMIT, first.starts_at)
        raise ElsewhereError

    with pytest.raises(ElsewhereError):
        door.do(book_and_fail)
    assert door.entries() == []
    assert starts(door.openings(PERMIT))[0] == at(11)
    assert door.faults() == []


def test_a_whole_day_can_be_booked_to_the_last_place(door: Door) -> None:
    """Every step of every counter is sold, and then nothing is offered any more that day."""
    today = Interval(TEN_O_CLOCK, TEN_O_CLOCK + timedelta(hours=12))
    assert door.fill(PASSPORT, within=today) == 6 * 6 * 3
    assert door.openings(PASSPORT, within=today) == []
    assert door.faults() == []

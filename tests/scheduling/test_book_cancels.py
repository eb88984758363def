"""An appointment is called off, found by its reference, texted once more, given an address."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from scheduling.errors import AppointmentChanged
from scheduling.openings import Wish
from scheduling.references import draw
from tests.conftest import TUESDAY
from tests.scheduling.door import BIRTH, EXTRACT, PASSPORT, PERMIT, Door, Text, at, holder, starts

MOBILE, OTHER = "+31612345678", "+31687654321"
HOME_VISIT = Wish("id-card-home-visit")
THURSDAY = TUESDAY + timedelta(days=2)


@pytest.mark.parametrize(
    "wish", [PERMIT, PASSPORT, EXTRACT, BIRTH, Wish("travel-document", 6), HOME_VISIT], ids=str
)
def test_a_cancelled_time_is_free_at_once(door: Door, wish: Wish) -> None:
    """The next caller is offered it, and the appointment says what became of it."""
    before = door.openings(wish)
    booked = door.books("anna", wish)
    cancelled = door.cancel(booked)
    assert cancelled == replace(booked, status="cancelled", revision=1)
    assert door.find(booked.reference) == cancelled
    assert door.openings(wish) == before
    assert door.entry(booked.reference).status == "cancelled"
    assert door.faults() == []


def test_time_kept_back_is_kept_back_again_after_a_cancellation(door: Door) -> None:
    """Who wants a passport does not get the birth's nine o'clock."""
    door.fill(PASSPORT)
    booked = door.books("anna", BIRTH)
    door.cancel(booked)
    assert booked.starts_at not in starts(door.openings(PASSPORT))
    assert starts(door.openings(BIRTH))[0] == booked.starts_at
    assert door.faults() == []


def test_an_appointment_is_cancelled_once(door: Door) -> None:
    """The second who cancels is told; the time is freed once."""
    booked = door.books("anna", PERMIT)
    door.cancel(booked)
    with pytest.raises(AppointmentChanged):
        door.cancel(booked)
    door.books("bram", PERMIT)
    with pytest.raises(AppointmentChanged):
        door.cancel(booked)
    assert door.faults() == []


def test_a_reference_finds_its_own_appointment(door: Door) -> None:
    """As it was booked, and no other; one that nobody has finds nothing."""
    anna = door.confirm("anna", Wish("travel-document", 2), at(11, 20), MOBILE)
    bram = door.confirm("bram", PERMIT, at(11))
    assert (door.find(anna.reference), door.find(bram.reference)) == (anna, bram)
    for nobody in (draw(), "", anna.reference[:-1], f"{anna.reference} "):
        assert door.do(lambda book, it=nobody: book.find(it)) is None  # type: ignore[misc]


def test_a_hold_has_no_reference_to_be_found_by(door: Door) -> None:
    """What is only read out is nobody's appointment."""
    door.offer("anna")
    assert door.do(lambda book: book.find("")) is None


def test_the_message_is_sent_again_and_the_reminder_only_once(door: Door) -> None:
    """Two confirmations, and one reminder that waits."""
    booked = door.confirm("anna", PERMIT, at(14, day=THURSDAY), MOBILE)
    assert door.do(lambda book: book.text_to(booked, MOBILE)) == booked
    reminder = at(14, day=THURSDAY - timedelta(days=1))
    assert door.texts() == [
        Text("confirmation", MOBILE, door.now),
        Text("reminder", MOBILE, reminder, "dropped"),
        Text("confirmation", MOBILE, door.now),
        Text("reminder", MOBILE, reminder),
    ]


def test_messages_go_to_the_mobile_that_was_named_last(door: Door) -> None:
    """Whoever booked without one, or with another, has the reminder where he wants it."""
    booked = door.confirm("anna", PERMIT, at(14, day=THURSDAY))
    assert door.texts() == []
    told = door.do(lambda book: book.text_to(booked, OTHER))
    assert told == door.find(booked.reference) == replace(booked, mobile=OTHER)
    assert {text.mobile for text in door.texts()} == {OTHER}


def test_a_cancellation_goes_to_the_mobile_as_it_is_now(door: Door) -> None:
    """Also when the one who cancels saw the appointment before the number was changed."""
    seen = door.confirm("anna", PERMIT, at(14, day=THURSDAY), MOBILE)
    door.do(lambda book: book.text_to(seen, OTHER))
    assert door.cancel(seen).mobile == OTHER
    assert door.texts()[-1] == Text("cancellation", OTHER, door.now)


def test_the_address_of_a_visit_stands_in_the_book(door: Door) -> None:
    """And in the agenda, with the time at the visitor's door."""
    first = door.openings(HOME_VISIT)[0].starts_at
    booked = door.confirm("anna", HOME_VISIT, first)
    door.do(lambda book: book.visit_at(booked, "2353 118"))
    assert door.find(booked.reference) == replace(booked, address="2353 118")
    entry = door.entry(booked.reference)
    assert entry.address == "2353 118"
    assert (entry.starts_at, entry.ends_at) == (
        first + timedelta(minutes=15),
        first + timedelta(minutes=45),
    )


def test_another_appointment_of_the_same_holder_stays(door: Door) -> None:
    """Who booked two in one call cancels one."""
    one, two = door.books("anna", PERMIT), door.books("anna", PERMIT)
    door.offer("anna", PASSPORT)
    door.cancel(one)
    assert door.find(two.reference) == two
    assert door.holds() == 3
    assert door.do(lambda book: book.move(holder("anna"), two, one.starts_at)).pool == two.pool
    assert door.faults() == []

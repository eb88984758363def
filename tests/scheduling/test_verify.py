"""The check of the book says what is wrong, and where."""

from sqlalchemy import event, text

from scheduling.models import seconds
from scheduling.verify import faults
from tests.scheduling.door import PERMIT, Door, at

# ruff: noqa: S608  our own words
HERE = f"WHERE pool = 'building-and-housing' AND starts_at = {seconds(at(11, 10))}"
PLACE = "building-and-housing at 2026-12-01 11:10"


def tamper(door: Door, *statements: str) -> list[str]:
    """What is found after somebody changed rows by hand, with one permit booked at eleven."""
    door.confirm("anna", PERMIT, at(11))
    assert door.faults() == []
    with door.database.write() as connection:
        for statement in statements:
            connection.execute(text(statement))
    return door.faults()


def test_a_fresh_book_adds_up(door: Door) -> None:
    """There is nothing to say about a book that nobody touched."""
    assert door.faults() == []


def test_time_that_was_lost_is_found(door: Door) -> None:
    """Capacity that counts as taken, though nobody comes, is named with its place."""
    lost = f"UPDATE capacity SET used = 1 WHERE pool = 'taxes' AND starts_at = {seconds(at(14))}"
    found = tamper(door, lost)
    assert found == ["taxes at 2026-12-01 14:00: 1 taken, but appointments and holds take 0"]


def test_time_that_was_sold_twice_is_found(door: Door) -> None:
    """Capacity that counts as free, though somebody comes, is named with its place."""
    found = tamper(door, f"UPDATE capacity SET used = 0 {HERE}")
    assert found == [f"{PLACE}: 0 taken, but appointments and holds take 1"]


def test_a_visit_that_may_be_cut_in_two_is_found(door: Door) -> None:
    """A step that forgot that somebody runs on into it is named with its place."""
    found = tamper(door, f"UPDATE capacity SET spanning = 0 {HERE}")
    assert found == [f"{PLACE}: 0 run on into it, but 1 should"]


def test_a_visit_outside_the_roster_is_found(door: Door) -> None:
    """An appointment for which there is no capacity at all is named with its place."""
    assert tamper(door, f"DELETE FROM capacity {HERE}") == [f"{PLACE}: booked outside the roster"]


def test_an_appointment_that_vanished_is_found(door: Door) -> None:
    """When a row was deleted by hand, the time that it took is named, step by step."""
    found = tamper(door, "DELETE FROM appointments")
    taken = [fault for fault in found if "1 taken, but appointments and holds take 0" in fault]
    assert [fault.split(": ")[0][-5:] for fault in taken] == ["11:00", "11:10", "11:20"]


def test_a_visit_without_a_counter_is_found(sqlite_door: Door) -> None:
    """When nobody is on the roster for a visit, its day is named."""
    found = tamper(sqlite_door, "DELETE FROM shifts WHERE counter = '4'")
    assert found == ["2026-12-01: nobody is there at 2026-12-01 10:00:00+00:00"]


def test_a_visit_that_outlasts_its_counter_is_found(sqlite_door: Door) -> None:
    """When the counter of a visit closes in the middle of it, its day is named."""
    closes = seconds(at(11, 20))
    found = tamper(sqlite_door, f"UPDATE shifts SET ends_at = {closes} WHERE starts_at < {closes}")
    assert found == ["2026-12-01: more visits than counters at 2026-12-01 10:00:00+00:00"]


def test_everything_wrong_is_told_at_once(sqlite_door: Door) -> None:
    """One fault does not hide the next."""
    found = tamper(
        sqlite_door,
        f"UPDATE capacity SET used = 0, spanning = 0 {HERE}",
        "DELETE FROM shifts WHERE counter = '4'",
    )
    assert len(found) == 3


def test_bookings_made_while_the_book_is_checked_are_no_fault(door: Door) -> None:
    """The check sees the book at one moment, however many callers book meanwhile."""
    meanwhile = ["anna"]

    def book_between_two_questions(*_: object) -> None:
        while meanwhile:
            door.books(meanwhile.pop(), PERMIT)

    with door.database.read() as connection:
        event.listen(connection, "after_cursor_execute", book_between_two_questions)
        assert faults(connection, door.calendar) == []
    assert door.faults() == []

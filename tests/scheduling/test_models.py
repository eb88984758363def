"""What the database itself refuses, whatever a program does."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, StatementError

from scheduling.database import Database
from scheduling.errors import Contended
from scheduling.models import appointments, capacity, moment, seconds, shifts
from tests.scheduling.door import Door, at

NAIVE = datetime(2026, 12, 1, 11, 0)  # noqa: DTZ001  that is the mistake

HELD = {
    "service": "permit",
    "persons": 1,
    "pool": "building-and-housing",
    "starts_at": at(11),
    "ends_at": at(11, 30),
    "status": "held",
    "channel": "telephone",
    "language": "nl",
    "holder": "anna",
    "expires_at": at(10, 1),
}
BOOKED = HELD | {"status": "booked", "expires_at": None, "reference": "234567892"}


def refused(database: Database, statement: str) -> None:
    """Requires that the database refuses a statement."""
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(statement))


MORE_THAN_THERE_IS = (
    "used = capacity + 1",
    "used = -1",
    "spanning = staying + 1",
    "spanning = -1",
    "capacity = -1",
)


def test_more_can_never_be_taken_than_there_is(database: Database) -> None:
    """Not even by hand can a step of the calendar be sold beyond its counters."""
    for change in MORE_THAN_THERE_IS:
        refused(database, f"UPDATE capacity SET {change}")  # noqa: S608  our own words


def test_capacity_cannot_fall_below_what_is_taken(door: Door) -> None:
    """A counter cannot be taken away from under somebody."""
    door.books("anna")
    refused(door.database, "UPDATE capacity SET capacity = 0")


def test_one_holder_cannot_hold_one_time_twice(database: Database) -> None:
    """Two holds of one holder at one time are refused; two holders are not."""
    with database.write() as connection:
        connection.execute(insert(appointments), [HELD, HELD | {"holder": "bram"}])
    with pytest.raises(Contended), database.write() as connection:
        connection.execute(insert(appointments), HELD | {"pool": "taxes"})


def test_one_holder_can_book_and_hold_the_same_time(database: Database) -> None:
    """Only holds are counted: an appointment at that time is no second hold."""
    with database.write() as connection:
        connection.execute(insert(appointments), HELD)
        connection.execute(insert(appointments), BOOKED)


NONSENSE: tuple[dict[str, Any], ...] = (
    {"status": "dreamt"},
    {"channel": "pigeon"},
    {"persons": 0},
    {"ends_at": at(11)},
    {"ends_at": at(10)},
    {"expires_at": None},
    {"reference": "234567892"},
    {"status": "booked"},
    {"status": "booked", "expires_at": None},
)


def test_an_appointment_that_makes_no_sense_is_refused(database: Database) -> None:
    """Unknown words, nobody coming, no time taken, a hold for ever, a booking without reference."""
    for change in NONSENSE:
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            connection.execute(insert(appointments), HELD | change)


def test_a_reference_is_given_once(database: Database) -> None:
    """Two appointments never share a reference."""
    rows = [BOOKED, BOOKED | {"starts_at": at(9)}]
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(insert(appointments), rows)


def test_a_shift_takes_time(database: Database) -> None:
    """A counter cannot be staffed for no time or backwards."""
    shift = {"counter": "9", "pool": "taxes", "starts_at": at(8), "ends_at": at(8)}
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(insert(shifts), shift)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    """A time that does not say where it is never comes into the book, nor into a question."""
    row = HELD | {"starts_at": NAIVE}
    with pytest.raises(StatementError, match="no time zone"), database.write() as connection:
        connection.execute(insert(appointments), row)
    question = capacity.select().where(capacity.c.starts_at > NAIVE)
    with pytest.raises(StatementError, match="no time zone"), database.read() as connection:
        connection.execute(question)


def test_a_time_comes_back_in_utc_as_it_went_in(database: Database) -> None:
    """A moment in another zone comes back as the same moment, in UTC, and nothing as nothing."""
    row = HELD | {"starts_at": at(11).astimezone(ZoneInfo("America/New_York"))}
    with database.write() as connection:
        connection.execute(insert(appointments), row)
        (found,) = connection.execute(appointments.select())
    assert (found.starts_at, found.booked_at) == (at(11), None)
    assert found.starts_at.tzinfo is UTC


def test_a_moment_without_a_zone_has_no_seconds() -> None:
    """Also where no column checks it, a time without a zone is refused."""
    assert moment(seconds(at(11))) == at(11)
    with pytest.raises(ValueError, match="no time zone"):
        seconds(NAIVE)

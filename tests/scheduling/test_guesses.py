"""Whoever guesses references is slowed down, in every call, from every number, and all together."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.database import Database
from scheduling.guesses import MOST_A_CALL, MOST_A_NUMBER, MOST_AT_ALL, guesses, note, too_many
from tests.scheduling.door import Door

NUMBER, OTHER = "+31715410000", "+31715410001"
WITHHELD = ""


@pytest.fixture
def elsewhere(door: Door) -> Iterator[Door]:
    """Another instance of the line, on the same database."""
    database = Database(door.database.url.render_as_string(hide_password=False))
    yield replace(door, database=database)
    database.close()


def guess(door: Door, call: str, number: str = WITHHELD) -> None:
    """Somebody keys in a reference that nobody has."""
    door.database.transact(lambda c: note(c, call, number, door.now))


def refused(door: Door, call: str, number: str = WITHHELD) -> bool:
    """Whether nothing more is looked up for somebody."""
    with door.database.read() as connection:
        return too_many(connection, call, number, door.now)


def test_a_call_has_one_guess(door: Door, elsewhere: Door) -> None:
    """Whichever instance answers its next turn; another call is not touched."""
    assert MOST_A_CALL == 1
    assert not refused(door, "one")
    guess(door, "one")
    assert refused(door, "one")
    assert refused(elsewhere, "one")
    assert not refused(door, "two")


def test_a_number_has_three_guesses_a_day(door: Door, elsewhere: Door) -> None:
    """In however many calls, at whichever instance; another number is not touched."""
    for n in range(MOST_A_NUMBER):
        assert not refused(elsewhere, "next", NUMBER)
        guess(elsewhere if n % 2 else door, f"{n}", NUMBER)
    assert refused(door, "next", NUMBER)
    assert refused(elsewhere, "next", NUMBER)
    assert not refused(door, "next", OTHER)
    door.now += timedelta(hours=23, minutes=59)
    assert refused(door, "next", NUMBER)
    door.now += timedelta(minutes=1)
    assert not refused(door, "next", NUMBER)


def test_those_who_withhold_their_number_are_not_one_person(door: Door) -> None:
    """However many of them guess, the next one has his own call's guess."""
    for n in range(MOST_A_NUMBER * 3):
        guess(door, f"{n}")
    assert not refused(door, "next")
    assert not refused(door, "next", NUMBER)


def test_everybody_together_has_sixty_guesses_an_hour(door: Door, elsewhere: Door) -> None:
    """From ever other numbers, at two instances; an hour later there are new ones."""
    for n in range(MOST_AT_ALL):
        assert not refused(door, "next", NUMBER)
        guess(elsewhere if n % 2 else door, f"{n}", f"+3171541{n:04}" if n % 3 else WITHHELD)
    assert refused(door, "next", NUMBER)
    assert refused(elsewhere, "somebody else")
    door.passes(minutes=59)
    assert refused(door, "next", NUMBER)
    door.passes(minutes=1)
    assert not refused(door, "next", NUMBER)


def test_guesses_are_forgotten_after_a_day(door: Door) -> None:
    """When the next one is noted, what is older than a day goes."""
    guess(door, "one", NUMBER)
    door.passes(hours=24, seconds=1)
    guess(door, "two", NUMBER)
    with door.database.read() as connection:
        assert list(connection.scalars(select(guesses.c.holder))) == ["two"]


def test_the_number_itself_is_not_stored(door: Door) -> None:
    """A digest is enough to count by."""
    guess(door, "one", NUMBER)
    guess(door, "two", WITHHELD)
    with door.database.read() as connection:
        one, two = connection.scalars(select(guesses.c.number).order_by(guesses.c.id))
    assert NUMBER[1:] not in one
    assert two is None

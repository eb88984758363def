"""Helps tests with text messages: books, and looks at what is in the outbox."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.database import Connection, Database
from scheduling.interval import Interval
from scheduling.offers import Holder
from scheduling.openings import Wish
from scheduling.outbox import messages
from scheduling.tasks import Task, listed
from tests.conftest import World

MOBILE = "+31612345678"
OTHER = "+31687654321"


@dataclass(frozen=True)
class Visitor:
    """Somebody who books, with a mobile and a language."""

    mobile: str | None = MOBILE
    language: str = "nl"

    def books(
        self, world: World, service: str = "travel-document", persons: int = 1, later: int = 0
    ) -> Appointment:
        """Books the first time from so many days later on."""
        wish = Wish(service, persons)

        def work(connection: Connection) -> Appointment:
            book = AppointmentBook(connection, world.calendar, world.clock())
            from_ = world.clock() + timedelta(days=later)
            within = Interval(from_, from_ + timedelta(days=8))
            (first,) = book.openings(wish, within=within, count=1)
            holder = Holder("a visitor", "telephone", self.language)
            return book.confirm(holder, wish, first.starts_at, self.mobile)

        return world.database.transact(work)


def book_of(world: World, connection: Connection) -> AppointmentBook:
    """The world's book, in a transaction."""
    return AppointmentBook(connection, world.calendar, world.clock())


def rows(database: Database) -> list[Any]:
    """What is in the outbox, the oldest first."""
    with database.read() as connection:
        return list(connection.execute(select(messages).order_by(messages.c.id)))


def states(database: Database) -> list[tuple[str, str]]:
    """Kind and state of each message, the oldest first."""
    return [(row.kind, row.state) for row in rows(database)]


def tasks(database: Database) -> list[Task]:
    """What the desk is asked to do."""
    with database.read() as connection:
        return listed(connection)


def status(world: World, appointment: Appointment) -> str:
    """The status of an appointment now."""
    with world.database.read() as connection:
        found = book_of(world, connection).find(appointment.reference)
    assert found
    return found.status


def moved_in(world: World, seen: Appointment) -> Appointment:
    """The visitor rings, and takes the next time after the one that he had."""

    def work(connection: Connection) -> Appointment:
        book = book_of(world, connection)
        within = Interval(seen.ends_at, seen.ends_at + timedelta(days=1))
        (to,) = book.openings(seen.wish, within=within, count=1)
        return book.move(Holder("x", "telephone", "nl"), seen, to.starts_at)

    return world.database.transact(work)

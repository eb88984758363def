"""A door to the appointment book: each thing that somebody does there is one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select, text

from scheduling.agenda import Entry, agenda
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.interval import Interval
from scheduling.offers import Holder
from scheduling.openings import Opening, Wish
from scheduling.outbox import messages
from scheduling.parts_of_day import PartOfDay
from scheduling.roster import Published, publish
from scheduling.verify import faults
from tests.conftest import TEN_O_CLOCK, TUESDAY

T = TypeVar("T")

PASSPORT = Wish("travel-document")
EXTRACT = Wish("extract")
BIRTH = Wish("birth")
PERMIT = Wish("permit")
"""Half an hour, at the only counter that can do it."""

ROWS = text("SELECT count(*) FROM appointments WHERE status = 'held'")


def holder(name: str) -> Holder:
    """Somebody on the telephone."""
    return Holder(name, "telephone", "nl")


def at(hour: int, minute: int = 0, *, day: date = TUESDAY) -> datetime:
    """A clock time of Leiderdorp in winter, in UTC."""
    midnight = TEN_O_CLOCK.replace(hour=0) - timedelta(hours=1)
    return midnight + (day - TUESDAY) + timedelta(hours=hour, minutes=minute)


def starts(openings: list[Opening]) -> list[datetime]:
    """When each of them begins."""
    return [each.starts_at for each in openings]


class Text(NamedTuple):
    """A text message in the outbox."""

    kind: str
    mobile: str
    due_at: datetime
    state: str = "waiting"


@dataclass
class Door:
    """A door to a book, at a moment that the test sets."""

    database: Database
    calendar: Calendar
    now: datetime = TEN_O_CLOCK

    def passes(self, **time: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**time)

    def on(self, now: datetime) -> "Door":
        """The same book at another moment."""
        return replace(self, now=now)

    def do(self, work: Callable[[AppointmentBook], T]) -> T:
        """Does something with the book, in one transaction, as the line does."""
        return self.database.transact(lambda connection: work(self.book(connection)))

    def book(self, connection: Connection) -> AppointmentBook:
        """The book in a transaction that the test ends."""
        return AppointmentBook(connection, self.calendar, self.now)

    def openings(
        self,
        wish: Wish = PASSPORT,
        *,
        within: Interval | None = None,
        part: PartOfDay | None = None,
        count: int = 1000,
    ) -> list[Opening]:
        """All the free times."""
        return self.do(lambda book: book.openings(wish, within=within, part=part, count=count))

    def offer(
        self,
        who: str,
        wish: Wish = PASSPORT,
        *,
        within: Interval | None = None,
        part: PartOfDay | None = None,
        count: int = 3,
    ) -> list[Opening]:
        """The times that are read out to somebody."""
        return self.do(
            lambda book: book.offer(holder(who), wish, within=within, part=part, count=count)
        )

    def keep(self, who: str, wish: Wish, starts_at: datetime) -> None:
        """Somebody chooses a time."""
        self.do(lambda book: book.keep(holder(who), wish, starts_at))

    def confirm(
        self, who: str, wish: Wish, starts_at: datetime, mobile: str | None = None
    ) -> Appointment:
        """Somebody books a time."""
        return self.do(lambda book: book.confirm(holder(who), wish, starts_at, mobile))

    def move(self, who: str, seen: Appointment, starts_at: datetime) -> Appointment:
        """Somebody moves an appointment that he has heard."""
        return self.do(lambda book: book.move(holder(who), seen, starts_at))

    def cancel(self, seen: Appointment) -> Appointment:
        """Somebody calls an appointment off that he has heard."""
        return self.do(lambda book: book.cancel(seen))

    def find(self, reference: str) -> Appointment:
        """The appointment with a reference, as it stands in the book."""
        found = self.do(lambda book: book.find(reference))
        assert found is not None
        return found

    def texts(self) -> list[Text]:
        """The text messages that stand in the outbox, in the order in which they were written."""
        columns = (messages.c.kind, messages.c.mobile, messages.c.due_at, messages.c.state)
        with self.database.read() as connection:
            return [Text(*row) for row in connection.execute(select(*columns).order_by("id"))]

    def release(self, who: str) -> None:
        """Somebody hangs up."""
        self.do(lambda book: book.release(who))

    def books(self, who: str, wish: Wish = PASSPORT) -> Appointment:
        """Somebody books the first time that is read out, all the way through."""
        first = self.offer(who, wish)[0].starts_at
        self.keep(who, wish, first)
        return self.confirm(who, wish, first)

    def fill(self, wish: Wish, *, within: Interval | None = None) -> int:
        """Books all that is free for a wish; how many that were."""
        return self.do(partial(_fill, wish, within))

    def entries(self) -> list[Entry]:
        """Everything in the agenda."""
        with self.database.read() as connection:
            return agenda(connection, self.calendar, self.now, TUESDAY - timedelta(days=1), None)

    def entry(self, reference: str) -> Entry:
        """One appointment in the agenda."""
        (found,) = (each for each in self.entries() if each.reference == reference)
        return found

    def holds(self) -> int:
        """How many rows of holds stand in the database, expired or not."""
        with self.database.read() as connection:
            return int(connection.scalar(ROWS) or 0)

    def faults(self) -> list[str]:
        """What does not add up in the book."""
        with self.database.read() as connection:
            return faults(connection, self.calendar)

    def publish(self, first: date = TUESDAY, days: int = 21) -> Published:
        """Publishes the roster of this door's calendar."""
        return self.database.transact(lambda c: publish(c, self.calendar, first, days))


def _fill(wish: Wish, within: Interval | None, book: AppointmentBook) -> int:
    booked = 0
    while found := book.openings(wish, within=within, count=500):
        for opening in found:
            book.confirm(holder("everybody else"), wish, opening.starts_at)
        booked += len(found)
    return booked

"""Callers in processes and threads of their own.

A module with few imports, because each process reads it first.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.synchronize import Barrier

from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.database import Connection, Database
from scheduling.errors import AppointmentChanged, OpeningTaken, UsedHandover
from scheduling.handovers import redeem, redeem_proven
from scheduling.interval import Interval
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.offers import Holder
from scheduling.openings import Wish

BOOKED, TAKEN, CHANGED, DONE = "booked", "taken", "changed", "done"
_WAIT_SECONDS = 20
_REMEMBERED = 12
WISHES = (Wish("extract"), Wish("permit"), Wish("travel-document", 2), Wish("tax-remission"))
"""Visits of several lengths in several pools."""

_start: list[Barrier] = []


@dataclass(frozen=True)
class Racer:
    """Wants in each round the same place as all the others, at the same time."""

    name: str
    url: str
    now: datetime
    wish: Wish
    rounds: tuple[datetime, ...]

    def tries(self, calendar: Calendar, n: int, connection: Connection) -> str:
        """Books the place of a round, in every other one after hearing it; what came of it."""
        book = AppointmentBook(connection, calendar, self.now)
        holder = Holder(f"{self.name}-{n}", "telephone", "nl")
        starts_at = self.rounds[n]
        if n % 2:
            within = Interval(starts_at, starts_at + calendar.municipality.grid)
            if not book.offer(holder, self.wish, within=within, count=1, replaces=False):
                return TAKEN
        try:
            book.confirm(holder, self.wish, starts_at)
        except OpeningTaken:
            return TAKEN
        return BOOKED


@dataclass(frozen=True)
class Mover:
    """Moves in each round an appointment that he has seen; where no time is given, cancels it.

    In every other round he hears the time first, in the same transaction.
    """

    name: str
    url: str
    now: datetime
    rounds: tuple[tuple[Appointment, datetime | None], ...]

    def tries(self, calendar: Calendar, n: int, connection: Connection) -> str:
        """What came of a round."""
        book = AppointmentBook(connection, calendar, self.now)
        holder = Holder(f"{self.name}-{n}", "telephone", "nl")
        seen, to = self.rounds[n]
        try:
            if to is None:
                book.cancel(seen)
                return DONE
            if n % 2:
                within = Interval(to, to + calendar.municipality.grid)
                book.offer(holder, seen.wish, within=within, count=1, replaces=n % 4 == 1)
            book.move(holder, seen, to)
        except OpeningTaken:
            return TAKEN
        except AppointmentChanged:
            book.release(holder.key)
            return CHANGED
        return DONE


@dataclass(frozen=True)
class Receiver:
    """Comes in each round with the same code as all the others; in every other one it is signed."""

    name: str
    url: str
    now: datetime
    rounds: tuple[str, ...]

    def tries(self, _calendar: Calendar, n: int, connection: Connection) -> str:
        """What came of a round; an hour passes between two."""
        comes = redeem_proven if n % 2 else redeem
        try:
            comes(connection, self.rounds[n], f"{self.name}-{n}", self.now + timedelta(hours=n))
        except UsedHandover:
            return TAKEN
        return DONE


def ready(start: Barrier) -> None:
    """Hands a process the line from which all start together."""
    _start.append(start)


def race(racer: Racer | Mover | Receiver) -> list[str]:
    """Takes part in every round; what came of each, or what went wrong."""
    database = Database(racer.url, connections=1)
    calendar = Calendar(read(LEIDERDORP).municipality)
    outcomes = []
    for n in range(len(racer.rounds)):
        _start[0].wait(_WAIT_SECONDS)
        try:
            outcomes.append(database.transact(partial(racer.tries, calendar, n)))
        except Exception as error:  # noqa: BLE001  whatever it is, the test must hear of it
            outcomes.append(repr(error))
    database.close()
    return outcomes


@dataclass
class Wanderer:
    """Somebody who asks, chooses, books, moves, cancels and hangs up in a random order.

    `seen` are appointments as he saw them; where it is shared, others change the same ones.
    """

    calendar: Calendar
    now: datetime
    name: str
    chance: random.Random
    wish: Wish = WISHES[0]
    offered: list[datetime] = field(default_factory=list)
    seen: list[Appointment] = field(default_factory=list)
    has_asked: bool = False
    calls: int = 0

    def acts(self, connection: Connection) -> None:
        """Does one thing; a time that somebody else has is refused, and that is no error."""
        book = AppointmentBook(connection, self.calendar, self.now)
        finds = (self._asks, self._asks, self._keeps, self._books, self._books, self._leaves)
        changes = (self._moves, self._moves, self._cancels)
        try:
            self.chance.choice(finds + changes if self.seen else finds)(book)
        except (OpeningTaken, AppointmentChanged):
            self.offered = []

    @property
    def _holder(self) -> Holder:
        return Holder(f"{self.name}-{self.calls}", "telephone", "nl")

    def _asks(self, book: AppointmentBook) -> None:
        self.wish = self.chance.choice(WISHES)
        count = self.chance.randint(1, 3)
        found = book.offer(self._holder, self.wish, count=count, replaces=self.has_asked)
        self.has_asked = True
        self.offered = [each.starts_at for each in found]

    def _keeps(self, book: AppointmentBook) -> None:
        if self.offered:
            book.keep(self._holder, self.wish, self.chance.choice(self.offered))

    def _books(self, book: AppointmentBook) -> None:
        if self.offered:
            booked = book.confirm(
                self._holder, self.wish, self.chance.choice(self.offered), "+31612345678"
            )
            self.seen.append(booked)
            self._leaves(book)

    def _moves(self, book: AppointmentBook) -> None:
        seen = self.chance.choice(self.seen[-_REMEMBERED:])
        found = book.offer(self._holder, seen.wish, count=2)
        self.has_asked = True
        self.offered = [each.starts_at for each in found]
        self.seen.append(book.move(self._holder, seen, self.chance.choice(self.offered)))
        self._leaves(book)

    def _cancels(self, book: AppointmentBook) -> None:
        book.cancel(self.chance.choice(self.seen[-_REMEMBERED:]))

    def _leaves(self, book: AppointmentBook) -> None:
        book.release(self._holder.key)
        self.offered, self.has_asked = [], False
        self.calls += 1

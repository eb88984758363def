"""Callers in processes and threads of their own.

A module with few imports, because each process reads it first.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from multiprocessing.synchronize import Barrier

from scheduling.book import AppointmentBook, Holder
from scheduling.calendar import Calendar
from scheduling.database import Connection, Database
from scheduling.errors import OpeningTaken
from scheduling.interval import Interval
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.openings import Wish

BOOKED, TAKEN = "booked", "taken"
_WAIT_SECONDS = 20
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


def ready(start: Barrier) -> None:
    """Hands a process the line from which all start together."""
    _start.append(start)


def race(racer: Racer) -> list[str]:
    """Takes part in every round; what came of each: booked, taken, or what went wrong."""
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
    """Somebody who asks, chooses, books and hangs up in a random order."""

    calendar: Calendar
    now: datetime
    name: str
    chance: random.Random
    wish: Wish = WISHES[0]
    offered: list[datetime] = field(default_factory=list)
    calls: int = 0

    def acts(self, connection: Connection) -> None:
        """Does one thing; a time that somebody else has is refused, and that is no error."""
        book = AppointmentBook(connection, self.calendar, self.now)
        deeds = (self._asks, self._asks, self._keeps, self._books, self._leaves)
        try:
            self.chance.choice(deeds)(book)
        except OpeningTaken:
            self.offered = []

    @property
    def _holder(self) -> Holder:
        return Holder(f"{self.name}-{self.calls}", "telephone", "nl")

    def _asks(self, book: AppointmentBook) -> None:
        self.wish = self.chance.choice(WISHES)
        count, first = self.chance.randint(1, 3), not self.offered
        found = book.offer(self._holder, self.wish, count=count, replaces=not first)
        self.offered = [each.starts_at for each in found]

    def _keeps(self, book: AppointmentBook) -> None:
        if self.offered:
            book.keep(self._holder, self.wish, self.chance.choice(self.offered))

    def _books(self, book: AppointmentBook) -> None:
        if self.offered:
            book.confirm(self._holder, self.wish, self.chance.choice(self.offered))
            self._leaves(book)

    def _leaves(self, book: AppointmentBook) -> None:
        book.release(self._holder.key)
        self.offered = []
        self.calls += 1

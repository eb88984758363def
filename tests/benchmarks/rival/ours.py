"""The appointment book's half: the same calendar and questions, prints one JSON document.

What was chosen, and why.

- The book is `calendar.toml` in an SQLite file, as `DATABASE_URL` would have it: every commit is
  synced. The book is filled through its own offers and confirmations.
- The next three free times are `openings`, which answers the rival's question. `ways` has `offer`
  as well, what a caller gets: the same three, held for him and on the disk.
- A booking is two durable transactions, as the line makes them: the next free time is found and
  held, and what is held is confirmed. Unlike the rival's visitor, this one looks for a time first.
- For the last place, eight callers in eight processes see that it is free, wait for each other,
  and then want it offered and confirmed. Appointments are counted in the database afterwards.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, func, select

from scheduling import municipality_file, roster
from scheduling.book import AppointmentBook
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.interval import Interval, local
from scheduling.models import appointments
from scheduling.offers import Holder
from scheduling.openings import Opening, Wish
from tests.benchmarks.rival import workload
from tests.benchmarks.rival.workload import Place

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 20, tzinfo=UTC)  # after closing time, so the next place is tomorrow's
CALENDAR = Calendar(municipality_file.read(Path(__file__).with_name("calendar.toml")).municipality)
PASSPORT = Wish("passport")
RUNS = 101

_callers = count()


def caller() -> Holder:
    """Return somebody who did not call before."""
    return Holder(f"{os.getpid()}-{next(_callers)}", "telephone", "nl")


def book(connection: Connection) -> AppointmentBook:
    """Return the appointment book in this transaction."""
    return AppointmentBook(connection, CALENDAR, NOW)


def database(name: str, taken: Iterable[Place] = ()) -> Database:
    """Return a new book with these places taken."""
    made = Database(f"sqlite:///{os.environ['BENCHMARK_DATABASE']}-{name}")
    made.upgrade()
    made.transact(lambda c: roster.publish(c, CALENDAR, TODAY + timedelta(days=1), workload.DAYS))
    made.transact(lambda c: fill(c, taken))
    return made


def fill(connection: Connection, taken: Iterable[Place]) -> None:
    """Take these places; not measured."""
    for place in taken:
        holder, within = caller(), time_of(place)
        (opening,) = book(connection).offer(holder, PASSPORT, within=within, count=1)
        book(connection).confirm(holder, PASSPORT, opening.starts_at)


def time_of(place: Place) -> Interval:
    """Return the stretch in which only a visit at this place begins."""
    start = local(place.day, place.starts, CALENDAR.zone)
    return Interval(start, start + workload.LENGTH)


def offered(data: Database, holder: Holder) -> list[Opening]:
    """Return the next three free times, held for a caller."""
    return data.transact(lambda c: book(c).offer(holder, PASSPORT))


def found(data: Database, within: Interval | None = None) -> list[Opening]:
    """Return the next three free times."""
    asked = workload.ASKED
    return data.transact(lambda c: book(c).openings(PASSPORT, within=within, count=asked))


def next_three(data: Database) -> dict[str, float]:
    """Return how long the next three free times take to find, and to find and hold."""
    holder = caller()
    free = found(data)
    if len(free) < workload.ASKED or free != offered(data, holder):
        sys.exit("the three times found are not the three times offered")
    data.transact(lambda c: book(c).release(holder.key))
    ways: dict[str, Callable[[], object]] = {
        "found": lambda: found(data),
        "found and held": lambda: offered(data, holder),
    }
    return {name: workload.median_seconds(way, RUNS) for name, way in ways.items()}


def book_in_two_turns(data: Database, _: Place) -> None:
    """Book as a caller does: the next free time is held, and then confirmed; both are durable."""
    holder = caller()

    def hold(connection: Connection) -> datetime:
        (opening,) = book(connection).offer(holder, PASSPORT, count=1, replaces=False)
        return opening.starts_at

    starts_at = data.transact(hold)
    data.transact(lambda c: book(c).confirm(holder, PASSPORT, starts_at))


def pace(data: Database) -> float:
    """Return the bookings a second in an empty book, which are counted in the database too."""
    way = partial(book_in_two_turns, data)
    each_second, done = workload.per_second(way, workload.places(TODAY))
    if booked(data) != done:
        sys.exit("a booking that was timed was not made")
    return each_second


def booked(data: Database) -> int:
    """Return how many appointments are booked."""
    query = select(func.count()).where(appointments.c.status == "booked")
    with data.read() as connection:
        return connection.scalars(query).one()


def surplus() -> int:
    """Return how many appointments were made beyond the one place of each round."""
    data = database("contested", workload.all_but_one(TODAY))
    before = booked(data)
    data.close()  # no connection may be shared with the claimants
    workload.all_at_once(partial(claim, data.url.render_as_string()))
    made = booked(data) - before
    if made < workload.ROUNDS:
        sys.exit("a place that eight callers wanted was given to none")
    return made - workload.ROUNDS


def claim(url: str, wait_for_the_others: Callable[[], object]) -> None:
    """Want the last place of every round, at the same moment as the others."""
    data = Database(url)
    for place in workload.contested(TODAY):
        within = time_of(place)
        if not found(data, within):
            sys.exit("the last place was not free")
        wait_for_the_others()
        book_only(data, within)


def book_only(data: Database, within: Interval) -> None:
    """Book at this time, or not at all."""
    holder = caller()
    if data.transact(lambda c: book(c).offer(holder, PASSPORT, within=within, count=1)):
        data.transact(lambda c: book(c).confirm(holder, PASSPORT, within.start))


def measure() -> workload.Figures:
    """Return all figures, and what every way did."""
    full = next_three(database("full", workload.full_days(TODAY)))
    taken = next_three(database("taken", workload.taken_at_random(TODAY)))
    bookings = pace(database("empty"))
    ways = {f"28 days full, {way}": n for way, n in full.items()}
    ways |= {f"96 % taken, {way}": n for way, n in taken.items()}
    found = full["found"], taken["found"]
    return workload.Figures(*found, bookings, bookings, surplus(), ways)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure())))

"""Published books of both kinds, empty or filled, for the benchmarks."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, select, update

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.interval import Interval
from scheduling.models import capacity
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.roster import publish
from tests import postgres
from tests.benchmarks.server import NOW

CALENDAR = Calendar(read(LEIDERDORP).municipality)
DAYS = CALENDAR.municipality.booking.horizon_days + 1
FULL_DAYS = 28

NewBook = Callable[[], Database]


@contextmanager
def databases() -> Iterator[dict[str, NewBook]]:
    """A way to make a published book of each kind; both sync every commit."""
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:

        def sqlite() -> Database:
            return _published(f"sqlite:///{tempfile.mkdtemp(dir=folder)}/line.sqlite3")

        def postgresql() -> Database:
            return _published(server.url(server.create()))

        yield {"sqlite": sqlite, "postgresql": postgresql}


def _published(url: str) -> Database:
    database = Database(url)
    database.upgrade()
    database.transact(lambda c: publish(c, CALENDAR, CALENDAR.day_of(NOW), DAYS))
    return database


def fill_days(connection: Connection) -> None:
    """Takes every place of the first 28 days."""
    first = CALENDAR.day_of(NOW)
    until = Interval.of_day(first + timedelta(days=FULL_DAYS), CALENDAR.zone).start
    connection.execute(
        update(capacity).where(capacity.c.starts_at < until).values(used=capacity.c.capacity)
    )


def fill_at_random(connection: Connection, share: float = 0.96) -> None:
    """Takes so large a share of all places, at random but the same each time."""
    chance = random.Random(20140707)  # noqa: S311  the same places each time
    for row in connection.execute(select(capacity)).all():
        taken = sum(chance.random() < share for _ in range(row.capacity))
        connection.execute(
            update(capacity)
            .where(capacity.c.pool == row.pool, capacity.c.starts_at == row.starts_at)
            .values(used=taken)
        )


FILLINGS: dict[str, Callable[[Connection], None]] = {
    "empty": lambda _: None,
    "96 % full": fill_at_random,
    "28 days full": fill_days,
}

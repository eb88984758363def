"""Time is neither lost nor made, whatever callers do and however long they take."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from scheduling.agenda import agenda
from scheduling.book import MOST_HELD, AppointmentBook
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import OpeningTaken
from scheduling.openings import Wish
from scheduling.roster import publish
from scheduling.verify import faults
from tests.conftest import TEN_O_CLOCK, TUESDAY
from tests.scheduling.door import holder
from tests.scheduling.towns import roster, town

CROWDED = town(
    roster("1", "08:00", "13:00"),
    roster("2", "11:30", "14:00"),
    roster("5", "11:00", "13:30"),
    roster("6", "08:00", "17:00"),
    booking={"notice_minutes": 60, "horizon_days": 1},
)
"""A town with few counters that come and go, so that callers are in each other's way."""

WISHES = (
    Wish("extract"),
    Wish("birth"),
    Wish("travel-document", 4),
    Wish("household-help"),
    Wish("disabled-parking"),
)
DEEDS = st.tuples(
    st.sampled_from(("offer", "offer", "keep", "confirm", "refresh", "release")),
    st.sampled_from(("anna", "bram", "coen")),
    st.integers(0, 9),
    st.sampled_from((0, 0, 10, 80, 90, 600)),
)
"""What is done, by whom, which of the possible things, and how many seconds pass before it."""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A book with the two days of that town."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('crowded') / 'line.sqlite3'}")
    database.upgrade()
    database.transact(lambda c: publish(c, CROWDED, TUESDAY, 2))
    yield database
    database.close()


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """A transaction of which nothing remains."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@dataclass
class Town:
    """Callers, and what was read out to each of them, ever."""

    connection: Connection
    calendar: Calendar = CROWDED
    now: datetime = TEN_O_CLOCK
    heard: dict[str, list[tuple[Wish, datetime]]] = field(default_factory=dict)
    booked: int = 0

    def does(self, deed: str, name: str, choice: int, seconds: int) -> None:
        """Somebody does something; a time that is taken is refused, and the call goes on."""
        self.now += timedelta(seconds=seconds)
        book = AppointmentBook(self.connection, self.calendar, self.now)
        deeds: dict[str, Callable[[AppointmentBook, str, int], None]] = {
            "offer": self._offer,
            "keep": self._keep,
            "confirm": self._confirm,
            "refresh": lambda book, name, _: book.refresh(holder(name)),
            "release": lambda book, name, _: book.release(name),
        }
        with suppress(OpeningTaken):
            deeds[deed](book, name, choice)

    def _offer(self, book: AppointmentBook, name: str, choice: int) -> None:
        wish = WISHES[choice % len(WISHES)]
        found = book.offer(holder(name), wish, count=1 + choice % MOST_HELD)
        self.heard.setdefault(name, [])[:0] = [(wish, each.starts_at) for each in found]

    def _keep(self, book: AppointmentBook, name: str, choice: int) -> None:
        if heard := self.heard.get(name):
            book.keep(holder(name), *heard[choice % len(heard)])

    def _confirm(self, book: AppointmentBook, name: str, choice: int) -> None:
        if heard := self.heard.get(name):
            book.confirm(holder(name), *heard[choice % len(heard)])
            self.booked += 1

    def require_sound(self) -> None:
        """The book adds up, everybody who was told so is in it, and nobody holds too much."""
        assert faults(self.connection, self.calendar) == []
        entries = agenda(self.connection, self.calendar, self.now, TUESDAY, None)
        assert Counter(entry.status for entry in entries)["booked"] == self.booked
        holds = self.connection.exec_driver_sql(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM appointments"
            " WHERE status = 'held' GROUP BY holder)"
        ).scalar()
        assert (holds or 0) <= MOST_HELD


@settings(max_examples=200, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=10, max_size=40))
def test_time_is_conserved(crowded: Database, deeds: list[tuple[str, str, int, int]]) -> None:
    """Offers, choices, bookings, hanging up and waiting, in any order, always add up."""
    with undone(crowded) as connection:
        callers = Town(connection)
        for deed in deeds:
            callers.does(*deed)
        callers.require_sound()

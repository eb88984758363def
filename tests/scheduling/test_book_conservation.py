"""Time is neither lost nor made, whatever callers do and however long they take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from scheduling.agenda import agenda
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import AppointmentChanged, OpeningTaken
from scheduling.offers import MOST_HELD
from scheduling.openings import Wish
from scheduling.roster import publish
from scheduling.verify import faults
from tests.conftest import BACKENDS, TEN_O_CLOCK, TUESDAY
from tests.postgres import Server
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
    st.sampled_from(
        ("offer", "offer", "keep", "confirm", "confirm", "refresh", "release", "move", "cancel")
    ),
    st.sampled_from(("anna", "bram", "coen")),
    st.integers(0, 9),
    st.sampled_from((0, 0, 10, 80, 90, 600)),
)
"""What is done, by whom, which of the possible things, and how many seconds pass before it."""


@pytest.fixture(scope="module", params=BACKENDS)
def crowded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A book with the two days of that town, once on each database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('crowded') / 'line.sqlite3'}"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        url = server.url(server.create())
    database = Database(url)
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
    seen: list[Appointment] = field(default_factory=list)
    """Each appointment as somebody saw it, ever; it may have changed since."""
    booked: dict[str, Appointment] = field(default_factory=dict)

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
            "move": self._move,
            "cancel": self._cancel,
        }
        with suppress(OpeningTaken, AppointmentChanged):
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
            self._stands(book.confirm(holder(name), *heard[choice % len(heard)]))

    def _move(self, book: AppointmentBook, name: str, choice: int) -> None:
        """To a time of whatever wish was read out to him last, or at any time before."""
        if self.seen and (heard := self.heard.get(name)):
            seen = self.seen[-1 - choice % len(self.seen)]
            self._stands(book.move(holder(name), seen, heard[choice % len(heard)][1]))

    def _cancel(self, book: AppointmentBook, name: str, choice: int) -> None:  # noqa: ARG002
        if self.seen:
            cancelled = book.cancel(self.seen[-1 - choice % len(self.seen)])
            del self.booked[cancelled.reference]

    def _stands(self, appointment: Appointment) -> None:
        self.seen.append(appointment)
        self.booked[appointment.reference] = appointment

    def require_sound(self) -> None:
        """The book adds up, everybody who was told so is in it, and nobody holds too much."""
        assert faults(self.connection, self.calendar) == []
        entries = agenda(self.connection, self.calendar, self.now, TUESDAY, None)
        booked = {e.reference: e.starts_at for e in entries if e.status == "booked"}
        assert booked == {each.reference: each.starts_at for each in self.booked.values()}
        holds = self.connection.exec_driver_sql(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM appointments"
            " WHERE status = 'held' GROUP BY holder)"
        ).scalar()
        assert (holds or 0) <= MOST_HELD


@settings(max_examples=200, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=10, max_size=40))
def test_time_is_conserved(crowded: Database, deeds: list[tuple[str, str, int, int]]) -> None:
    """Offers, choices, bookings, moves, cancellations, hanging up and waiting always add up."""
    with undone(crowded) as connection:
        callers = Town(connection)
        for deed in deeds:
            callers.does(*deed)
        callers.require_sound()

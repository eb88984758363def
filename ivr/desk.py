"""What a step may ask of the municipality while it answers a caller: the book, hours and names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling import guesses, openings
from scheduling.book import AppointmentBook, Holder
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.errors import TooManyGuesses
from scheduling.interval import Interval
from scheduling.municipality import Municipality
from scheduling.openings import Wish
from scheduling.outbox import is_mobile
from scheduling.tasks import Task, ask_for


@dataclass(frozen=True)
class Desk:
    """The appointment book and the calendar, on behalf of one caller, at one moment (UTC).

    `has_offers` is False while surely nothing is held for the caller. `number` (E.164) is that from
    which he rings, empty where it is withheld. Times are those that the caller hears: a visit at
    his door begins later than the time that it takes.
    """

    book: AppointmentBook
    calendar: Calendar
    caller: Holder
    now: datetime
    has_offers: bool = False
    number: str = ""

    @property
    def municipality(self) -> Municipality:
        """What the municipality's file says."""
        return self.calendar.municipality

    @property
    def today(self) -> date:
        """The municipality's day."""
        return self.calendar.day_of(self.now)

    @property
    def agents_open(self) -> bool:
        """Whether an employee answers the telephone now."""
        return self.calendar.telephone_open(self.now)

    def offer(
        self, wish: Wish, *, after: datetime | None = None, day: date | None = None
    ) -> list[datetime]:
        """The next free times, held for the caller; from a moment on, or on one day only."""
        since = after and after - self._travel(wish)
        found = self.book.offer(
            self.caller, wish, within=self._within(since, day), replaces=self.has_offers
        )
        return [each.starts_at + self._travel(wish) for each in found]

    def days(self, wish: Wish, *, after: date, count: int) -> list[date]:
        """The next days after one on which there is a free time."""
        days: list[date] = []
        while len(days) < count:
            since = Interval.of_day(days[-1] if days else after, self.calendar.zone).end
            found = self.book.openings(wish, within=self._within(since, None), count=1)
            if not found:
                break
            days.append(self.calendar.day_of(found[0].starts_at))
        return days

    def last_day(self, wish: Wish) -> date:
        """The last day on which this wish can be booked."""
        return openings.last_day(self.calendar, wish, self.now)

    def keep(self, wish: Wish, starts_at: datetime) -> None:
        """Holds one of the offered times and frees the others; raises OpeningTaken."""
        self.book.keep(self.caller, wish, starts_at - self._travel(wish))

    def confirm(self, wish: Wish, starts_at: datetime) -> Appointment:
        """Books a time, and sends a message where he rings from a mobile; raises OpeningTaken."""
        mobile = self.number if is_mobile(self.number) else None
        return self.book.confirm(self.caller, wish, starts_at - self._travel(wish), mobile)

    def find(self, reference: str) -> Appointment | None:
        """The appointment with a reference; raises TooManyGuesses.

        A reference that nobody has counts as a guess, see `scheduling.guesses`.
        """
        guess = (self.book.connection, self.caller.key, self.number, self.now)
        if guesses.too_many(*guess):
            raise TooManyGuesses
        found = self.book.find(reference)
        if found is None:
            guesses.note(*guess)
        return found

    def move(self, seen: Appointment, starts_at: datetime) -> Appointment:
        """Moves an appointment to an offered time; raises OpeningTaken and AppointmentChanged."""
        return self.book.move(self.caller, seen, starts_at - self._travel(seen.wish))

    def cancel(self, seen: Appointment) -> Appointment:
        """Calls an appointment off; raises AppointmentChanged."""
        return self.book.cancel(seen)

    def ask_for(
        self, kind: str, number: str, reference: str | None = None, detail: str = ""
    ) -> None:
        """Puts something on the list of the employees."""
        task = Task(kind, number, self.caller.language, reference, detail)
        ask_for(self.book.connection, task, self.now)

    def release(self) -> None:
        """Frees every time that is held for the caller."""
        self.book.release(self.caller.key)

    def refresh(self) -> None:
        """Starts the time of the caller's holds anew."""
        self.book.refresh(self.caller)

    def _travel(self, wish: Wish) -> timedelta:
        return self.municipality.services[wish.service].travel

    def _within(self, after: datetime | None, day: date | None) -> Interval | None:
        if day is not None:
            return Interval.of_day(day, self.calendar.zone)
        far = self.now + timedelta(days=self.municipality.booking.horizon_days + 1)
        return Interval(after, far) if after else None

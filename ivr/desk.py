"""What a step may ask of the municipality while it answers a caller: the book, hours and names."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from ivr import waiting
from ivr.waiting import Place
from scheduling import guesses, handovers, openings
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.errors import AppointmentChanged, TooManyGuesses
from scheduling.handovers import Handover
from scheduling.interval import Interval
from scheduling.municipality import Municipality
from scheduling.offers import Holder
from scheduling.openings import Wish
from scheduling.outbox import is_mobile
from scheduling.parts_of_day import PartOfDay
from scheduling.presence import somebody_present
from scheduling.tasks import Task, ask_for, is_open

_TWO_WEEKS = 14

_LONGEST_TRANSFER = timedelta(minutes=5)
"""After a code an agent may talk so long before he completes the transfer."""


class Home(Struct, frozen=True):
    """Where a caller is visited, and the number at which an employee asks him about it."""

    postcode: str
    house_number: str
    number: str


class Desk(Struct, frozen=True):
    """The appointment book and the calendar, on behalf of one caller, at one moment (UTC).

    `has_offers` is False while surely nothing is held for the caller. `shown` (E.164) is the number
    from which the call comes, empty where it is withheld. Times are those that the caller hears: a
    visit at his door begins later than the time that it takes.
    """

    book: AppointmentBook
    calendar: Calendar
    caller: Holder
    now: datetime
    has_offers: bool = False
    shown: str = ""

    @property
    def handover(self) -> Handover | None:
        """With what an agent sent the caller, where one did."""
        return handovers.of_call(self.book.connection, self.caller.key)

    @property
    def number(self) -> str:
        """The caller's own number (E.164), empty where it is not known.

        A call that an agent handed over shows the number of the agent or of his exchange.
        """
        found = self.handover
        return found.number if found else self.shown

    @property
    def municipality(self) -> Municipality:
        """What the municipality's file says."""
        return self.calendar.municipality

    @property
    def today(self) -> date:
        """The municipality's day."""
        return self.calendar.day_of(self.now)

    @property
    def telephone_open(self) -> bool:
        """Whether these are the hours of the telephone."""
        return self.calendar.telephone_open(self.now)

    @property
    def agents_open(self) -> bool:
        """Whether an employee answers the telephone now: in its hours, and somebody is there."""
        return self.telephone_open and somebody_present(self.book.connection, self.now)

    def wait_for_agent(self) -> Place:
        """The caller's place among those who want an employee; he keeps the one that he has."""
        return waiting.wait(self.book.connection, self.caller.key, self.now)

    def wait_no_more(self) -> None:
        """The caller has talked to an employee."""
        waiting.leave(self.book.connection, self.caller.key)

    @property
    def was_declined(self) -> bool:
        """Whether the employee's telephone was answered, and nobody there took the call."""
        return waiting.was_declined(self.book.connection, self.caller.key)

    def offer(
        self,
        wish: Wish,
        *,
        after: datetime | None = None,
        part: PartOfDay | None = None,
        besides: datetime | None = None,
    ) -> list[datetime]:
        """The next free times, held for the caller; from a moment on, in a part of the day.

        `besides` is a time that he has already, and that is no choice.
        """
        far = self.now + timedelta(days=self.municipality.booking.horizon_days + 1)
        within = Interval(after - self._travel(wish), far) if after else None
        found = self.book.offer(
            self.caller,
            wish,
            within=within,
            part=part,
            besides=besides and besides - self._travel(wish),
            replaces=self.has_offers,
        )
        return [each.starts_at + self._travel(wish) for each in found]

    def is_open(self, wish: Wish, day: date) -> bool:
        """Whether anybody is there for a service on a day."""
        return bool(self._hours(wish, day))

    def is_full_before(self, wish: Wish, day: date) -> bool:
        """Whether there are hours before a day in which a visit could be, were they not full."""
        soonest = openings.window(self.calendar, wish, self.now).start
        ends = soonest + openings.duration(self.calendar, wish)
        days = (self.today + timedelta(days=n) for n in range((day - self.today).days))
        return any(hours.end >= ends for each in days for hours in self._hours(wish, each))

    def is_urgent(self, wish: Wish) -> bool:
        """Whether a service must be done within a term."""
        return self.municipality.services[wish.service].term is not None

    def weekdays(self, wish: Wish, part: str) -> list[int]:
        """The days of the week, Monday 0, on which somebody is there in a part of the day."""
        clock_times = self.municipality.parts_of_day[part]
        coming = (self.today + timedelta(days=n) for n in range(_TWO_WEEKS))
        zone = self.calendar.zone
        return sorted(
            {
                day.weekday()
                for day in coming
                for hours in self._hours(wish, day)
                if clock_times.overlaps(
                    hours.start.astimezone(zone).time(), hours.end.astimezone(zone).time()
                )
            }
        )

    def _hours(self, wish: Wish, day: date) -> list[Interval]:
        pools = self.municipality.pools_of(wish.service)
        return [shift.interval for shift in self.calendar.roster(day) if shift.pool in pools]

    def last_day(self, wish: Wish) -> date:
        """The last day on which this wish can be booked."""
        return openings.last_day(self.calendar, wish, self.now)

    def keep(self, wish: Wish, starts_at: datetime) -> None:
        """Holds one of the offered times and frees the others; raises OpeningTaken."""
        self.book.keep(self.caller, wish, starts_at - self._travel(wish))

    def confirm(self, wish: Wish, starts_at: datetime) -> Appointment:
        """Books a time, and sends a message where he rings from a mobile; raises OpeningTaken."""
        handover = self.handover
        number = handover.number if handover else self.shown
        mobile = number if is_mobile(number) else None
        booked = self.book.confirm(self.caller, wish, starts_at - self._travel(wish), mobile)
        if handover:
            handovers.note_booked(self.book.connection, handover.id, booked.reference)
        return booked

    def redeem(self, code: str) -> Handover:
        """The handover with a code that was keyed in; raises as `scheduling.handovers` says."""
        return handovers.redeem(self.book.connection, code, self.caller.key, self.now)

    def redeem_proven(self, code: str) -> Handover:
        """The handover with a code that came signed; raises as `scheduling.handovers` says."""
        return handovers.redeem_proven(self.book.connection, code, self.caller.key, self.now)

    def note_number(self, handover: Handover, number: str) -> None:
        """Notes the caller's number with a handover, where the agent did not know it."""
        handovers.note_number(self.book.connection, handover.id, number)

    @property
    def awaits_caller(self) -> bool:
        """Whether the caller whom an agent announced may still have to come onto the line."""
        found = self.handover
        return bool(found and found.used_at and self.now < found.used_at + _LONGEST_TRANSFER)

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

    def move(self, reference: str, seen: datetime, starts_at: datetime) -> Appointment:
        """Moves an appointment to an offered time.

        `seen` is its time as the caller heard it. Raises OpeningTaken, and AppointmentChanged.
        """
        there = self._unchanged(reference, seen)
        return self.book.move(self.caller, there, starts_at - self._travel(there.wish))

    def cancel(self, reference: str, seen: datetime) -> Appointment:
        """Calls an appointment off that the caller heard so; raises AppointmentChanged."""
        return self.book.cancel(self._unchanged(reference, seen))

    def mobile_of(self, reference: str) -> str:
        """Where a message about an appointment goes: its mobile, or else the caller's, or none."""
        appointment = self.book.find(reference)
        known = (appointment and appointment.mobile) or self.number
        return known if is_mobile(known) else ""

    def text_to(self, reference: str, mobile: str) -> datetime | None:
        """Sends the message about an appointment to a Dutch mobile; when the visit ends.

        None where so many were sent today that no more are. Raises AppointmentChanged where it
        was called off meanwhile.
        """
        appointment = self.book.find(reference)
        if appointment is None or not self.book.may_text(appointment):
            return None
        return self.book.text_to(appointment, mobile).ends_at

    def visit(self, appointment: Appointment, home: Home) -> None:
        """Notes where a visitor is visited, and asks an employee to ring about it."""
        address = f"{home.postcode} {home.house_number}"
        self.book.visit_at(appointment, address)
        self.ask_for("confirm_address", home.number, appointment.reference, address)

    def ask_for(
        self, kind: str, number: str, reference: str | None = None, detail: str = ""
    ) -> None:
        """Puts something on the list of the employees."""
        task = Task(kind, number, self.caller.language, reference, detail)
        ask_for(self.book.connection, task, self.now)

    def is_asked_for(self, kind: str, reference: str) -> bool:
        """Whether an employee has yet to do something about an appointment."""
        return is_open(self.book.connection, kind, reference)

    def release(self) -> None:
        """Frees every time that is held for the caller."""
        self.book.release(self.caller.key)

    def refresh(self) -> None:
        """Starts the time of the caller's holds anew."""
        self.book.refresh(self.caller)

    def _unchanged(self, reference: str, seen: datetime) -> Appointment:
        appointment = self.book.find(reference)
        if appointment is None or appointment.comes_at != seen:
            raise AppointmentChanged
        return appointment

    def _travel(self, wish: Wish) -> timedelta:
        return openings.travel(self.calendar, wish)

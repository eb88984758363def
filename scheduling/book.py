"""The appointment book: books what was offered (`scheduling.offers`), moves it and cancels it.

With its offers the only writer of appointments. An operation runs inside the transaction of its
caller, so that a booking and whatever belongs to it become true together or not at all.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from scheduling import bookings, holds, outbox, references, tasks
from scheduling.bookings import Appointment
from scheduling.errors import AppointmentChanged
from scheduling.models import seconds
from scheduling.offers import Holder, Offers, time_of
from scheduling.openings import Opening, Wish

MOST_TEXTS_A_DAY = 3
"""How many confirmations of one appointment are sent in a day."""


class AppointmentBook(Offers):
    """The appointment book at one moment (`now`, UTC), within one transaction."""

    def confirm(
        self, holder: Holder, wish: Wish, starts_at: datetime, mobile: str | None = None
    ) -> Appointment:
        """Books a time that the holder was offered; it is certain once the transaction commits.

        A Dutch mobile gets a confirmation, and a reminder in time. Raises OpeningTaken where the
        hold had expired and somebody else has the time now.
        """
        booking = {
            "reference": references.draw(),
            "booked_at": seconds(self.now),
            "mobile": mobile,
            "token": references.draw_token(),
        }
        found = holds.book(self.connection, holder.key, starts_at, booking)
        if found is None:
            opening = self._only(wish, starts_at)
            self._ledger.apply(taken=[opening])
            row = self._row(holder, wish) | time_of(opening) | {"status": "booked"} | booking
            found = holds.add(self.connection, [row])[0], opening
        appointment = self._booked(holder, wish, booking, *found)
        self._tell("confirmation", appointment)
        return appointment

    def move(self, holder: Holder, seen: Appointment, starts_at: datetime) -> Appointment:
        """Gives an appointment a time that the holder was offered, and frees its old time.

        Raises AppointmentChanged where it is not any more as the holder saw it, and OpeningTaken
        as `confirm` does; then it stands as it stood.
        """
        standing = self._locked(seen)
        wish = standing.wish
        to = holds.take_over(self.connection, holder.key, wish, starts_at)
        taken = [] if to else [self._only(wish, starts_at)]
        to = to or taken[0]
        moved = replace(
            standing,
            starts_at=to.starts_at,
            ends_at=to.ends_at,
            pool=to.pool,
            travel=self._travel(wish),
            revision=standing.revision + 1,
        )
        bookings.move(self.connection, moved)
        self._ledger.apply(taken=taken, given_back=[standing.opening])
        self._tell("change", moved)
        return moved

    def cancel(self, seen: Appointment, *, tells: bool = True) -> Appointment:
        """Calls an appointment off and frees its time; raises AppointmentChanged as `move` does.

        Nobody has to ring any more about the address of a visit. `tells` is False where the visitor
        is told in another way, such as in answer to a message.
        """
        standing = self._locked(seen)
        bookings.cancel(self.connection, standing)
        if standing.address:
            tasks.drop(self.connection, "confirm_address", standing.reference, self.now)
        self._ledger.apply(given_back=[standing.opening])
        cancelled = replace(standing, status="cancelled", revision=standing.revision + 1)
        if tells:
            self._tell("cancellation", cancelled)
        else:
            outbox.drop_reminder(self.connection, standing.id)
        return cancelled

    def find(self, reference: str) -> Appointment | None:
        """The appointment with this reference, whatever its status, or None."""
        return bookings.find(self.connection, reference)

    def text_to(self, appointment: Appointment, mobile: str) -> Appointment:
        """Sends the confirmation, once more or to another Dutch mobile, and the reminder there.

        Raises AppointmentChanged as `move` does.
        """
        standing = self._locked(appointment)
        bookings.set_mobile(self.connection, standing.id, mobile)
        outbox.drop_reminder(self.connection, standing.id)
        told = replace(standing, mobile=mobile)
        self._tell("confirmation", told)
        return told

    def may_text(self, appointment: Appointment) -> bool:
        """Whether one more confirmation may be asked for: each costs money and wakes somebody."""
        since = self.now - timedelta(days=1)
        told = outbox.count(self.connection, appointment.id, "confirmation", since)
        return told < MOST_TEXTS_A_DAY

    def visit_at(self, appointment: Appointment, address: str) -> None:
        """Notes where the visitor is visited: postcode and house number."""
        bookings.set_address(self.connection, appointment.id, address)

    def _locked(self, seen: Appointment) -> Appointment:
        """The appointment as it stands; raises AppointmentChanged.

        All lock it before any capacity, and who has capacity already does not wait for it: so
        nobody waits in a circle.
        """
        standing = bookings.lock(self.connection, seen, waits=not self._ledger.has_rows)
        if standing is None:
            raise AppointmentChanged
        return standing

    def _booked(
        self, holder: Holder, wish: Wish, booking: Mapping[str, Any], row: int, time: Opening
    ) -> Appointment:
        return Appointment(
            row,
            booking["reference"],
            wish,
            time.pool,
            time.starts_at,
            time.ends_at,
            "booked",
            holder.language,
            booking["token"],
            booking["mobile"],
            self._travel(wish),
        )

    def _tell(self, kind: str, about: Appointment) -> None:
        if about.mobile and outbox.is_mobile(about.mobile):
            whom = outbox.Addressee(about.id, about.mobile, about.comes_at)
            outbox.tell(self.connection, self.calendar, kind, whom, self.now)

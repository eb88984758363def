"""The appointment book: offers times, holds them while they are read out, books, moves, cancels.

The only writer of appointments. An operation runs inside the transaction of its caller, so that a
booking and whatever belongs to it become true together or not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from scheduling import bookings, fresh_offer, holds, openings, outbox, references, tasks
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.errors import AppointmentChanged, Contended, OpeningTaken
from scheduling.interval import Interval
from scheduling.ledger import Ledger
from scheduling.models import seconds
from scheduling.openings import Opening, Search, Wish
from scheduling.parts_of_day import PartOfDay

HOLD = timedelta(seconds=90)
"""How long an offer is kept free while somebody listens to it and chooses."""

LONGEST_THOUGHT = timedelta(minutes=5)
"""How much nearer an offered time may have come before it is too soon to be booked."""

_NOBODY = ""

MOST_TEXTS_A_DAY = 3
"""How many confirmations of one appointment are sent in a day."""

MOST_HELD = 3
"""How many times one holder can hold at once."""


@dataclass(frozen=True)
class Holder:
    """Who is offered times: a key of its own for each conversation, its door and its language."""

    key: str
    channel: str
    language: str


class AppointmentBook:
    """The appointment book at one moment (`now`, UTC), within one transaction."""

    def __init__(self, connection: Connection, calendar: Calendar, now: datetime) -> None:
        self.connection = connection
        self.calendar = calendar
        self.now = now
        self._ledger = Ledger(connection, calendar.municipality.grid)

    def openings(
        self,
        wish: Wish,
        *,
        within: Interval | None = None,
        part: PartOfDay | None = None,
        count: int,
    ) -> list[Opening]:
        """The next free times, none overlapping another, earliest first; raises UnknownService.

        `within` narrows the stretch in which a visit may begin, and `part` the clock times at which
        the visitor is met. The time of a hold that has expired is free, also when nobody has
        cleared it away yet.
        """
        search = self._search(wish, within, count, part)
        found = search.run(self.connection, _NOBODY, self.now)
        if not found.cleared:
            self._clear(_NOBODY)
            found = search.run(self.connection, _NOBODY, self.now)
        return openings.apart(found.openings, count)

    def offer(  # noqa: PLR0913  all but two are keywords
        self,
        holder: Holder,
        wish: Wish,
        *,
        within: Interval | None = None,
        part: PartOfDay | None = None,
        besides: datetime | None = None,
        count: int = MOST_HELD,
        replaces: bool = True,
    ) -> list[Opening]:
        """The next free times, held for this holder in place of all that he held before.

        `besides` is a time that he has already, and that is no choice. `replaces` is False where he
        surely holds nothing yet: then nobody waits for anybody else who looks at the same times at
        this moment, and each is offered others.

        Raises UnknownService, and Contended where somebody took one of them in this very moment.
        """
        count = min(count, MOST_HELD)
        search = self._search(wish, within, count + (besides is not None), part)
        plain = part is None and besides is None
        if plain and not replaces and (fresh := self._offer_fresh(holder, wish, search)):
            return fresh
        found = search.run(self.connection, holder.key, self.now)
        if not found.cleared:
            self._clear(holder.key)
            found = search.run(self.connection, _NOBODY, self.now)
        choice = [opening for opening in found.openings if opening.starts_at != besides]
        chosen = openings.apart(choice, count)
        self._ledger.apply(taken=chosen)
        if chosen:
            self._hold(holder, wish, chosen)
        return chosen

    def keep(self, holder: Holder, wish: Wish, starts_at: datetime) -> None:
        """Holds one of the offered times for longer and frees the others.

        Raises OpeningTaken where the hold had expired and somebody else has the time now.
        """
        if holds.extend(self.connection, holder.key, starts_at, self.now + HOLD):
            freed = holds.take_out_others(self.connection, holder.key, starts_at)
            self._ledger.apply(given_back=freed)
            return
        again = self._only(wish, starts_at)
        self._clear(holder.key)
        self._ledger.apply(taken=[again])
        self._hold(holder, wish, [again])

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
            row = self._row(holder, wish) | _time(opening) | {"status": "booked"} | booking
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

        Nobody has to ring any more about the address of a visit.
        `tells` is False where the visitor is told in another way, such as in answer to a message.
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

    def refresh(self, holder: Holder) -> None:
        """Starts the time of the holder's holds anew: he is still listening."""
        holds.extend_all(self.connection, holder.key, self.now + HOLD)

    def release(self, holder_key: str) -> None:
        """Frees all that is held for a holder: he chose something else, or hung up."""
        self._ledger.apply(given_back=holds.take_out(self.connection, holder_key))

    def _locked(self, seen: Appointment) -> Appointment:
        """The appointment as it stands; raises AppointmentChanged.

        All lock it before any capacity, and who has capacity already does not wait for it: so
        nobody waits in a circle.
        """
        standing = bookings.lock(self.connection, seen, waits=not self._ledger.has_rows)
        if standing is None:
            raise AppointmentChanged
        return standing

    def _search(
        self,
        wish: Wish,
        within: Interval | None,
        count: int,
        part: PartOfDay | None = None,
        nearer: timedelta = timedelta(0),
    ) -> Search:
        length = openings.duration(self.calendar, wish)
        allowed = openings.window(self.calendar, wish, self.now - nearer)
        if within is not None:
            allowed = Interval(max(allowed.start, within.start), min(allowed.end, within.end))
        looked_in = openings.sources(self.calendar, wish, allowed, self.now)
        search = Search(looked_in, length, self.calendar.municipality.grid, count)
        return search.only(part, self.calendar.zone, self._travel(wish)) if part else search

    def _only(self, wish: Wish, starts_at: datetime) -> Opening:
        """The one opening, where it is free; raises OpeningTaken where it is not.

        It was offered, so that it may have come nearer since than what is offered now.
        """
        self._clear(_NOBODY)
        moment = Interval(starts_at, starts_at + timedelta(seconds=1))
        search = self._search(wish, moment, 1, nearer=LONGEST_THOUGHT)
        found = search.run(self.connection, _NOBODY, self.now)
        if not found.openings or starts_at < self.now:
            raise OpeningTaken
        return found.openings[0]

    def _clear(self, holder_key: str) -> None:
        """Gives back what a holder holds, and what has expired of others."""
        mine = holds.take_out(self.connection, holder_key)
        if holder_key and holds.are_left(self.connection, holder_key):
            raise Contended("somebody else is clearing a hold that has expired")
        expired = holds.clear_expired(self.connection, self.now, holder_key)
        self._ledger.apply(given_back=mine + expired)

    def _offer_fresh(self, holder: Holder, wish: Wish, search: Search) -> list[Opening]:
        hold = self._row(holder, wish) | {"expires_at": seconds(self.now + HOLD)}
        offered = fresh_offer.offer(self.connection, search, hold, self.now)
        # It may have locked rows also where it took none.
        self._ledger.has_rows = True
        return offered

    def _hold(self, holder: Holder, wish: Wish, chosen: Iterable[Opening]) -> None:
        until = {"status": "held", "expires_at": seconds(self.now + HOLD)}
        holds.add(
            self.connection,
            [self._row(holder, wish) | _time(opening) | until for opening in chosen],
        )

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

    def _travel(self, wish: Wish) -> timedelta:
        return self.calendar.municipality.services[wish.service].travel

    def _row(self, holder: Holder, wish: Wish) -> dict[str, Any]:
        return {
            "service": wish.service,
            "persons": wish.persons,
            "channel": holder.channel,
            "language": holder.language,
            "holder": holder.key,
            "travel": int(self._travel(wish).total_seconds()),
        }


def _time(opening: Opening) -> dict[str, Any]:
    return {
        "pool": opening.pool,
        "starts_at": seconds(opening.starts_at),
        "ends_at": seconds(opening.ends_at),
    }

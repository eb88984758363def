"""Offers of the appointment book: what is free is found, held while somebody listens, and freed.

The other half of the book, `scheduling.book`, books what was offered here.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from scheduling import fresh_offer, holds, openings
from scheduling.calendar import Calendar
from scheduling.errors import Contended, OpeningTaken
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

MOST_HELD = 3
"""How many times one holder can hold at once."""


class Holder(Struct, frozen=True):
    """Who is offered times: a key of its own for each conversation, its door and its language."""

    key: str
    channel: str
    language: str


class Offers:
    """The free times at one moment (`now`, UTC), within one transaction."""

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

    def refresh(self, holder: Holder) -> None:
        """Starts the time of the holder's holds anew: he is still listening."""
        holds.extend_all(self.connection, holder.key, self.now + HOLD)

    def release(self, holder_key: str) -> None:
        """Frees all that is held for a holder: he chose something else, or hung up."""
        self._ledger.apply(given_back=holds.take_out(self.connection, holder_key))

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
            [self._row(holder, wish) | time_of(opening) | until for opening in chosen],
        )

    def _travel(self, wish: Wish) -> timedelta:
        return openings.travel(self.calendar, wish)

    def _row(self, holder: Holder, wish: Wish) -> dict[str, Any]:
        return {
            "service": wish.service,
            "persons": wish.persons,
            "channel": holder.channel,
            "language": holder.language,
            "holder": holder.key,
            "travel": int(self._travel(wish).total_seconds()),
        }


def time_of(opening: Opening) -> dict[str, Any]:
    """The columns of an appointment that say which time it takes."""
    return {
        "pool": opening.pool,
        "starts_at": seconds(opening.starts_at),
        "ends_at": seconds(opening.ends_at),
    }

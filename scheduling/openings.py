"""Finds the next free times by index, so that a full book costs no more than an empty one."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, text

from scheduling.calendar import Calendar
from scheduling.capacity import kept_pool
from scheduling.errors import UnknownService
from scheduling.interval import Interval, local
from scheduling.models import moment, seconds
from scheduling.municipality_parts import Service, Term
from scheduling.parts_of_day import ByClock, PartOfDay, of_one_offset
from scheduling.prepared import Prepared


class Opening(Struct, frozen=True, order=True):
    """A time at which a visitor can come, and the pool whose capacity it takes."""

    starts_at: datetime
    ends_at: datetime
    pool: str

    @property
    def interval(self) -> Interval:
        """The time that it takes."""
        return Interval(self.starts_at, self.ends_at)


class Wish(Struct, frozen=True):
    """What a visitor comes for: a service, for so many persons."""

    service: str
    persons: int = 1


def duration(calendar: Calendar, wish: Wish) -> timedelta:
    """How long a visit takes; raises UnknownService."""
    return _service(calendar, wish).duration(wish.persons)


def travel(calendar: Calendar, wish: Wish) -> timedelta:
    """How long the way to the visitor's door takes, and the way back; raises UnknownService."""
    return _service(calendar, wish).travel


def _service(calendar: Calendar, wish: Wish) -> Service:
    service = calendar.municipality.services.get(wish.service)
    if service is None or not 1 <= wish.persons <= service.persons:
        message = f"no service {wish.service!r} for {wish.persons} persons"
        raise UnknownService(message)
    return service


def window(calendar: Calendar, wish: Wish, now: datetime) -> Interval:
    """Between which moments a visit may begin: not too soon, not too late, inside its term."""
    municipality = calendar.municipality
    service = municipality.services[wish.service]
    today = calendar.day_of(now)
    last = today + timedelta(days=municipality.booking.horizon_days)
    if service.term:
        last = min(last, calendar.last_day_of_term(service.term, today))
    notice = max(municipality.booking.notice_minutes, service.notice_minutes)
    return Interval(
        now + timedelta(minutes=notice),
        Interval.of_day(last, calendar.zone).end,
    )


def last_day(calendar: Calendar, wish: Wish, now: datetime) -> date:
    """The last local day on which a visit can be booked."""
    return calendar.day_of(window(calendar, wish, now).end - timedelta(seconds=1))


def sources(
    calendar: Calendar, wish: Wish, within: Interval, now: datetime
) -> list[tuple[str, Interval]]:
    """The pools to look in, dearest last, each with the stretch in which this wish may use it.

    Time kept back for an urgent service is for that service alone until it is released, on the
    day before; from then on it is for all that the pool can do.
    """
    pools = calendar.municipality.pools_of(wish.service)
    found = [(pool, within) for pool in pools]
    for key, term, pool in calendar.kept_back:
        if pool not in pools:
            continue
        end = within.end if key == wish.service else _kept_until(calendar, term, now)
        if within.start < end:
            stretch = Interval(within.start, min(within.end, end))
            found.append((kept_pool(pool, key), stretch))
    return found


def _kept_until(calendar: Calendar, term: Term, now: datetime) -> datetime:
    """From when on time is still kept back: tomorrow is released today at the clock time."""
    today = calendar.day_of(now)
    released = now >= local(today, term.released, calendar.zone)
    return Interval.of_day(today + timedelta(days=int(released)), calendar.zone).end


class Found(Struct, frozen=True):
    """What a search found.

    `cleared` is False where holds stand in the way that count for nothing: those of the one who
    asks, and those that have expired.
    """

    openings: list[Opening]
    cleared: bool


class Search(Struct, frozen=True):
    """A search for `count` openings of a length that do not overlap, in some pools."""

    looked_in: list[tuple[str, Interval]]
    length: timedelta
    grid: timedelta
    count: int
    by_clock: ByClock | None = None

    def only(self, part: PartOfDay, zone: ZoneInfo, travel: timedelta) -> "Search":
        """The same search, for visitors who are met in a part of the day."""
        pieces = [
            (pool, Interval(piece.start - travel, piece.end - travel), offset + travel)
            for pool, stretch in self.looked_in
            if stretch.start < stretch.end
            for piece, offset in of_one_offset(
                Interval(stretch.start + travel, stretch.end + travel), zone
            )
        ]
        by_clock = ByClock(part, [offset for _, _, offset in pieces])
        return replace(self, looked_in=[piece[:2] for piece in pieces], by_clock=by_clock)

    def places(self) -> dict[str, object]:
        """The pools and stretches to look in, as values of a statement."""
        values: dict[str, object] = {}
        for n, (pool, stretch) in enumerate(self.looked_in):
            values[f"pool{n}"] = pool
            values[f"start{n}"] = _ceiling(stretch.start)
            values[f"end{n}"] = seconds(stretch.end)
        return values

    def run(self, connection: Connection, asker: str, now: datetime) -> Found:
        """The openings, earliest first, at equal times in the order of the pools.

        They may overlap: as many are found as surely hold `count` that do not.
        """
        steps = self.length // self.grid
        values = self.places() | {
            "grid": int(self.grid.total_seconds()),
            "length": int(self.length.total_seconds()),
            "further": steps - 1,
            "most": self.count * steps,
            "asker": asker,
            "now": seconds(now),
        }
        if self.by_clock:
            values |= self.by_clock.values()
        kind = {"several_steps": steps > 1, "by_clock": self.by_clock is not None}
        rows = _statement(len(self.looked_in), **kind).rows(connection, **values)
        starts = sorted((at, rank, pool) for rank, pool, at in rows if rank >= 0)
        found = [Opening(moment(at), moment(at) + self.length, pool) for at, _, pool in starts]
        return Found(found, cleared=len(starts) == len(rows))


def apart(openings: list[Opening], count: int) -> list[Opening]:
    """The first so many that do not overlap, so that each stays free when another is taken."""
    chosen: list[Opening] = []
    for opening in sorted(openings, key=lambda each: each.starts_at):
        if len(chosen) < count and (not chosen or chosen[-1].ends_at <= opening.starts_at):
            chosen.append(opening)
    return chosen


def _ceiling(at: datetime) -> int:
    """Whole seconds, never earlier than the moment."""
    return seconds(at) + (1 if at.microsecond else 0)


@cache
def _statement(stretches: int, *, several_steps: bool, by_clock: bool) -> Prepared:
    """The free beginnings in each stretch, and one row more where there are holds to clear away.

    Every further step of an opening must be free, and may be run into.
    """
    clock = """
          AND (starts_at + :offset{n}) % 86400 >= :begins
          AND (starts_at + :offset{n}) % 86400 < :ends"""
    run = """
        AND (SELECT count(*) FROM capacity AS later
             WHERE later.pool = here.pool
               AND later.starts_at >= here.starts_at + :grid
               AND later.starts_at < here.starts_at + :length
               AND later.used < later.capacity
               AND later.spanning < later.staying) = :further"""
    branches = [
        f"""SELECT * FROM (
        SELECT {n} AS rank, pool, starts_at FROM capacity AS here
        WHERE pool = :pool{n} AND starts_at >= :start{n} AND starts_at < :end{n}
          AND used < capacity {clock.format(n=n) if by_clock else ""} {run if several_steps else ""}
        ORDER BY starts_at LIMIT :most) AS found{n}"""  # noqa: S608  numbers only
        for n in range(stretches)
    ]
    branches += [
        f"""SELECT * FROM (
        SELECT -1 AS rank, '' AS pool, starts_at FROM appointments
        WHERE status = 'held' AND {which} LIMIT 1) AS {name}"""  # noqa: S608  words of ours
        for name, which in (("mine", "holder = :asker"), ("expired", "expires_at <= :now"))
    ]
    return Prepared(text(" UNION ALL ".join(branches)))

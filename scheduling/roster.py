"""Publishes the roster: makes the coming days bookable, and changes them without losing anybody."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    BigInteger,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from scheduling.calendar import Calendar, Shift
from scheduling.capacity import Row, rows
from scheduling.database import Database
from scheduling.interval import Interval
from scheduling.models import capacity, seconds, shifts

_CAPACITY = select(
    capacity.c.pool,
    type_coerce(capacity.c.starts_at, BigInteger),
    capacity.c.capacity,
    capacity.c.staying,
)
_SHIFTS = select(
    shifts.c.counter,
    type_coerce(shifts.c.starts_at, BigInteger),
    type_coerce(shifts.c.ends_at, BigInteger),
    shifts.c.pool,
)


@dataclass
class Published:
    """What publishing did; a day with `conflicts` was `left` as it was."""

    days: int = 0
    changed: int = 0
    conflicts: list[str] = field(default_factory=list)
    left: list[date] = field(default_factory=list)


def publish(connection: Connection, calendar: Calendar, first: date, days: int) -> Published:
    """Publishes the roster of so many local days.

    A day on which more is booked than the new roster can serve is left as it was and named in
    `conflicts`: somebody must ring those visitors, or find another counter, first.
    """
    published = Published()
    for n in range(days):
        _publish_day(connection, calendar, first + timedelta(days=n), published)
    return published


def publish_by_weeks(database: Database, calendar: Calendar, first: date, days: int) -> Published:
    """The same in one transaction a week, so that callers who book meanwhile hardly wait.

    A week that stands as it should is only read: there is nothing to do at most starts of a line.
    """
    weeks = [(first + timedelta(days=n), min(7, days - n)) for n in range(0, days, 7)]
    wanted = {begin: _wanted(calendar, begin, some) for begin, some in weeks}
    with database.read() as connection:
        stand = {begin for begin in wanted if _stands(connection, wanted[begin])}
    whole = Published()
    for begin, some in weeks:
        if begin in stand:
            whole.days += some
            continue
        part = database.transact(partial(publish, calendar=calendar, first=begin, days=some))
        whole.days += part.days
        whole.changed += part.changed
        whole.conflicts += part.conflicts
        whole.left += part.left
    return whole


class _Wanted(Struct, frozen=True):
    """Some days of the roster, as the numbers that the database keeps.

    To make a value of each of thousands of rows takes longer than all the rest of a start.
    """

    start: datetime
    end: datetime
    capacity: set[tuple[Any, ...]]
    shifts: set[tuple[Any, ...]]


def _wanted(calendar: Calendar, first: date, days: int) -> _Wanted:
    every = [first + timedelta(days=n) for n in range(days)]
    return _Wanted(
        Interval.of_day(every[0], calendar.zone).start,
        Interval.of_day(every[-1], calendar.zone).end,
        {
            (row.pool, seconds(row.starts_at), row.capacity, row.staying)
            for day in every
            for row in rows(calendar, day)
        },
        {
            (shift.counter, seconds(shift.interval.start), seconds(shift.interval.end), shift.pool)
            for day in every
            for shift in calendar.roster(day)
        },
    )


def _stands(connection: Connection, wanted: _Wanted) -> bool:
    """Whether these days are published exactly as the roster wants them."""
    found = [
        set(map(tuple, connection.execute(kept.where(at >= wanted.start, at < wanted.end))))
        for kept, at in ((_CAPACITY, capacity.c.starts_at), (_SHIFTS, shifts.c.starts_at))
    ]
    return found == [wanted.capacity, wanted.shifts]


def _publish_day(
    connection: Connection, calendar: Calendar, day: date, published: Published
) -> None:
    whole = Interval.of_day(day, calendar.zone)
    there = _standing(connection, whole)
    wanted = {(row.pool, row.starts_at): row for row in rows(calendar, day)}
    published.days += 1
    if conflicts := [
        conflict
        for _, standing in sorted(there.items(), key=lambda each: (each[0][1], each[0][0]))
        if (conflict := _conflict(calendar, standing, wanted.get(standing.key)))
    ]:
        published.conflicts += conflicts
        published.left.append(day)
        return
    new = [row for key, row in wanted.items() if key not in there]
    other = [row for key, row in wanted.items() if key in there and there[key].differs(row)]
    gone = [key for key in there if key not in wanted]
    _write_capacity(connection, new, other, gone)
    _write_shifts(connection, whole, calendar.roster(day))
    published.changed += len(new) + len(other) + len(gone)


class _Standing(Struct, frozen=True):
    """A row of capacity as it is, with what is taken of it."""

    pool: str
    starts_at: datetime
    capacity: int
    used: int
    staying: int
    spanning: int

    @property
    def key(self) -> tuple[str, datetime]:
        return self.pool, self.starts_at

    def differs(self, row: Row) -> bool:
        return (self.capacity, self.staying) != (row.capacity, row.staying)


def _standing(connection: Connection, whole: Interval) -> dict[tuple[str, datetime], _Standing]:
    found = connection.execute(
        select(capacity)
        .where(capacity.c.starts_at >= whole.start, capacity.c.starts_at < whole.end)
        .order_by(capacity.c.pool, capacity.c.starts_at)
        .with_for_update()
    )
    standing = (_Standing(**row._mapping) for row in found)  # noqa: SLF001  its public name
    return {each.key: each for each in standing}


def _conflict(calendar: Calendar, standing: _Standing, row: Row | None) -> str | None:
    """Why a new row cannot take the place of one that stands; None where it can."""
    places, across = (row.capacity, row.staying) if row else (0, 0)
    where = f"{standing.starts_at.astimezone(calendar.zone):%Y-%m-%d %H:%M} {standing.pool}"
    if standing.used > places:
        return f"{where}: {standing.used} booked or held, but the roster has room for {places}"
    if standing.spanning > across:
        return f"{where}: {standing.spanning} run across this moment, but {across} counters stay"
    return None


def _write_capacity(
    connection: Connection,
    new: Iterable[Row],
    other: Iterable[Row],
    gone: Iterable[tuple[str, datetime]],
) -> None:
    here = (capacity.c.pool == bindparam("p"), capacity.c.starts_at == bindparam("at"))
    if made := [asdict(row) for row in new]:
        connection.execute(insert(capacity), made)
    if changed := [
        {"p": r.pool, "at": r.starts_at, "capacity": r.capacity, "staying": r.staying}
        for r in other
    ]:
        connection.execute(update(capacity).where(*here), changed)
    if removed := [{"p": pool, "at": at} for pool, at in gone]:
        connection.execute(delete(capacity).where(*here), removed)


def _write_shifts(connection: Connection, whole: Interval, roster: list[Shift]) -> None:
    on_the_day = (shifts.c.starts_at >= whole.start, shifts.c.starts_at < whole.end)
    connection.execute(delete(shifts).where(*on_the_day))
    if roster:
        made = [
            {
                "counter": shift.counter,
                "starts_at": shift.interval.start,
                "ends_at": shift.interval.end,
                "pool": shift.pool,
            }
            for shift in roster
        ]
        connection.execute(insert(shifts), made)


def published_until(connection: Connection) -> datetime | None:
    """The end of the last shift that is published, or None."""
    until: datetime | None = connection.scalar(select(func.max(shifts.c.ends_at)))
    return until

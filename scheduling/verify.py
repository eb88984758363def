"""Conservation of time: what is taken is exactly what appointments and holds cover."""

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, select

from scheduling import staffing
from scheduling.calendar import Calendar
from scheduling.interval import Interval
from scheduling.models import TAKING, appointments, capacity


def faults(connection: Connection, calendar: Calendar) -> list[str]:
    """Everything in the book that does not add up, each with its place; empty when all is well."""
    return [*_not_conserved(connection, calendar), *_without_counter(connection, calendar)]


def _not_conserved(connection: Connection, calendar: Calendar) -> list[str]:
    used: Counter[tuple[str, datetime]] = Counter()
    spanning: Counter[tuple[str, datetime]] = Counter()
    for row in connection.execute(select(appointments).where(appointments.c.status.in_(TAKING))):
        for at in Interval(row.starts_at, row.ends_at).steps(calendar.municipality.grid):
            used[row.pool, at] += 1
            spanning[row.pool, at] += at != row.starts_at
    found = []
    there = set()
    for row in connection.execute(select(capacity).order_by(capacity.c.pool, capacity.c.starts_at)):
        key = (row.pool, row.starts_at)
        there.add(key)
        where = f"{row.pool} at {row.starts_at.astimezone(calendar.zone):%Y-%m-%d %H:%M}"
        if row.used != used[key]:
            found.append(f"{where}: {row.used} taken, but appointments and holds take {used[key]}")
        if row.spanning != spanning[key]:
            found.append(f"{where}: {row.spanning} run on into it, but {spanning[key]} should")
    found += [
        f"{pool} at {at.astimezone(calendar.zone):%Y-%m-%d %H:%M}: booked outside the roster"
        for pool, at in sorted(used.keys() - there)
    ]
    return found


def _without_counter(connection: Connection, calendar: Calendar) -> list[str]:
    starts = connection.scalars(
        select(appointments.c.starts_at).where(appointments.c.status.in_(TAKING)).distinct()
    )
    found = []
    for day in sorted({calendar.day_of(at) for at in starts}):
        try:
            staffing.plan(connection, calendar, day)
        except staffing.NoCounter as lacking:
            found.append(f"{day}: {lacking}")
    return found

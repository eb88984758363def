"""The agenda: every appointment from a day on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, literal_column, or_, select

from scheduling.calendar import Calendar
from scheduling.interval import Interval
from scheduling.models import appointments


@dataclass(frozen=True)
class Entry:
    """One appointment, as the municipality's own people see it; times are local.

    A visit at home is shown without the way there and back, with the address that was keyed in.
    """

    reference: str | None
    service: str
    persons: int
    starts_at: datetime
    ends_at: datetime
    counter: str | None
    status: str
    channel: str
    language: str
    pool: str
    address: str | None = None


def agenda(
    connection: Connection, calendar: Calendar, now: datetime, first: date, days: int | None
) -> list[Entry]:
    """The appointments that begin on so many local days (all, when None), in order of time.

    A hold that has expired is no longer there, also when nobody has cleared it away yet.
    """
    start = Interval.of_day(first, calendar.zone).start
    end = None
    if days is not None:
        end = Interval.of_day(first + timedelta(days=days - 1), calendar.zone).end
    wanted = select(appointments).where(
        beginning(start, end),
        appointments.c.expires_at.is_(None) | (appointments.c.expires_at > now),
    )
    rows = connection.execute(wanted.order_by(appointments.c.starts_at, appointments.c.id))
    zone = calendar.zone
    return [
        Entry(
            reference=row.reference,
            service=row.service,
            persons=row.persons,
            starts_at=(row.starts_at + timedelta(seconds=row.travel)).astimezone(zone),
            ends_at=(row.ends_at - timedelta(seconds=row.travel)).astimezone(zone),
            counter=row.counter,
            status=row.status,
            channel=row.channel,
            language=row.language,
            pool=row.pool,
            address=row.address,
        )
        for row in rows
    ]


def beginning(start: datetime, end: datetime | None) -> ColumnElement[bool]:
    """Appointments and holds that begin from a moment on, and before another where there is one.

    Said twice, for each of the two has an index of its own.
    """
    then = appointments.c.starts_at >= start
    if end is not None:
        then &= appointments.c.starts_at < end
    booked = appointments.c.reference.is_not(None)
    held = appointments.c.status == literal_column("'held'")
    return or_(and_(booked, then), and_(held, then))

"""What machines that watch read from the book, all of it by index and at the moment they ask."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, Table, func, literal_column, select

from scheduling.calendar import Calendar
from scheduling.guesses import guesses
from scheduling.handovers import handover_guesses
from scheduling.interval import Interval
from scheduling.models import CHANNELS, appointments
from scheduling.outbox import messages
from scheduling.sending import IS_ON_THE_WAY
from scheduling.tasks import KINDS, tasks

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_GUESSES = {"reference": guesses, "handover": handover_guesses}


class InTheBook(Struct, frozen=True):
    """Appointments made today by channel, holds, messages that are due, and tasks by kind.

    `oldest` is for how many seconds the oldest message has been due. `messages` went out in the
    last 24 hours, and `most_messages` may. `guesses` are codes of the last hour that nobody has:
    references of appointments, and codes of handovers.
    """

    booked: dict[str, int]
    holds: int
    due: int
    oldest: float
    messages: int
    most_messages: int
    guesses: dict[str, int]
    tasks: dict[str, int]


def watched(connection: Connection, calendar: Calendar, now: datetime) -> InTheBook:
    """How the book stands now."""
    due, first = connection.execute(
        select(func.count(), func.min(messages.c.due_at)).where(
            IS_ON_THE_WAY, messages.c.due_at <= now
        )
    ).one()
    return InTheBook(
        _booked_today(connection, calendar, now),
        _holds(connection, now),
        due,
        (now - first).total_seconds() if first else 0.0,
        connection.scalar(select(func.count()).where(messages.c.tried_at > now - _DAY)) or 0,
        calendar.municipality.messages.most_a_day,
        {kind: _guessed(connection, table, now) for kind, table in _GUESSES.items()},
        _open_tasks(connection),
    )


def _booked_today(connection: Connection, calendar: Calendar, now: datetime) -> dict[str, int]:
    """What was booked since midnight and stands; whoever books comes today or later."""
    midnight = Interval.of_day(calendar.day_of(now), calendar.zone).start
    found = (
        select(appointments.c.channel, func.count())
        .where(
            appointments.c.reference.is_not(None),
            appointments.c.starts_at >= midnight,
            appointments.c.booked_at >= midnight,
            appointments.c.status != literal_column("'cancelled'"),
        )
        .group_by(appointments.c.channel)
    )
    return dict.fromkeys(CHANNELS, 0) | dict(map(tuple, connection.execute(found)))


def _holds(connection: Connection, now: datetime) -> int:
    live = (appointments.c.status == literal_column("'held'"), appointments.c.expires_at > now)
    return connection.scalar(select(func.count()).select_from(appointments).where(*live)) or 0


def _guessed(connection: Connection, table: Table, now: datetime) -> int:
    found = select(func.count()).select_from(table).where(table.c.at > now - _HOUR)
    return connection.scalar(found) or 0


def _open_tasks(connection: Connection) -> dict[str, int]:
    found = (
        select(tasks.c.kind, func.count()).where(tasks.c.done_at.is_(None)).group_by(tasks.c.kind)
    )
    return dict.fromkeys(KINDS, 0) | dict(map(tuple, connection.execute(found)))

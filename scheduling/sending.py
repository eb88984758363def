"""How a message of the outbox is sent by one of several senders, of whom any may die at any moment.

A sender claims a row by a lease, begins (which fixes the body), hands it over outside of any
transaction, and marks what came of it. Each is a transaction of its own. Whoever is killed in
between leaves a row whose lease ends, and `tried_at`, since which the carrier may have the message.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, Select, literal_column, select, update

from scheduling import bookings, message_limits
from scheduling.bookings import Appointment
from scheduling.deliveries import tell_desk
from scheduling.message_limits import Limits
from scheduling.outbox import messages

ON_THE_WAY = ("waiting", "sending")
"""The states in which a message still has to be handed to the carrier."""

# Literals, as in the partial index: a planner does not look into bound values, and would read every
# message that was ever sent, each second.
IS_ON_THE_WAY = messages.c.state.in_([literal_column(f"'{state}'") for state in ON_THE_WAY])
"""The same as a condition, by the index of what is due."""


class Claim(Struct, frozen=True):
    """A message that one sender has to himself for a while, as it was when he took it.

    `attempts` counts the claims, so that a sender who was given up does not mark for the next.
    """

    id: int
    appointment: int
    kind: str
    mobile: str
    attempts: int
    body: str | None
    tried_at: datetime | None


class Begun(Struct, frozen=True):
    """The words to send; without any, which limit they would pass, or none: they are of no use."""

    body: str | None = None
    limit: str = ""


def are_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to claim; a look that keeps nobody from writing."""
    return connection.scalar(select(_next(now).exists())) or False


def claim(connection: Connection, now: datetime, lease: timedelta) -> Claim | None:
    """The message that is due first, for this sender until the lease ends; None without one."""
    one = _next(now).order_by(messages.c.due_at, messages.c.id).limit(1)
    taken = (
        update(messages)
        .where(messages.c.id == one.with_for_update(skip_locked=True).scalar_subquery())
        .values(state="sending", due_at=now + lease, attempts=messages.c.attempts + 1)
        .returning(*(messages.c[name] for name in Claim.__struct_fields__))
    )
    row = connection.execute(taken).one_or_none()
    return Claim(*row) if row else None


def begin(
    connection: Connection,
    mine: Claim,
    now: datetime,
    write: Callable[[str, Appointment], str],
    limits: Limits,
) -> Begun:
    """The words to send, from the appointment as it stands.

    A message that would be untrue by now, or comes too late to be of use, is dropped; of one that
    passes a limit the desk is told.
    """
    about = bookings.by_id(connection, mine.appointment)
    if about is None or not _is_of_use(mine.kind, about, now):
        _mark(connection, mine, state="dropped")
        return Begun()
    # What the carrier may have already is counted already.
    limit = message_limits.passed(connection, mine.mobile, limits, now) if not mine.tried_at else ""
    if limit:
        message_limits.alarm(connection, mine.mobile, limit, now)
        refused(connection, mine, limit, now)
        return Begun(limit=limit)
    body = write(mine.kind, about)
    return Begun(body if _mark(connection, mine, body=body, tried_at=now) else None)


def is_known(connection: Connection, sid: str) -> bool:
    """Whether the message that the carrier knows by this id is one of ours already."""
    return connection.scalar(select(messages.c.id).where(messages.c.sid == sid)) is not None


def accepted(connection: Connection, row: int, sid: str, now: datetime) -> None:
    """The carrier has a message. That is so whoever has claimed the row by now."""
    here = (messages.c.id == row, messages.c.sid.is_(None), messages.c.state.in_(ON_THE_WAY))
    connection.execute(
        update(messages).where(*here).values(sid=sid, state="sent", sent_at=now, error=None)
    )


def put_off(
    connection: Connection, mine: Claim, until: datetime, error: str, *, surely_not: bool = False
) -> None:
    """Tries again later; `surely_not` where the carrier has refused and so does not have it."""
    tried_at = {"tried_at": mine.tried_at} if surely_not else {}
    # Stored are whole seconds, and who says how long to wait means not a moment earlier.
    due_at = until + timedelta(microseconds=999_999)
    _mark(connection, mine, state="waiting", due_at=due_at, error=error, **tried_at)


def refused(connection: Connection, mine: Claim, error: str, now: datetime) -> None:
    """The carrier will never take it: the desk is told."""
    if _mark(connection, mine, state="failed", error=error):
        tell_desk(connection, mine.id, now)


def _next(now: datetime) -> Select[tuple[int]]:
    return select(messages.c.id).where(IS_ON_THE_WAY, messages.c.due_at <= now)


def _is_of_use(kind: str, about: Appointment, now: datetime) -> bool:
    stands = "cancelled" if kind == "cancellation" else "booked"
    return about.status == stands and about.comes_at > now


def _mark(connection: Connection, mine: Claim, **values: object) -> bool:
    """Sets values where the row is still this sender's."""
    still = (
        messages.c.id == mine.id,
        messages.c.state == "sending",
        messages.c.attempts == mine.attempts,
    )
    return connection.execute(update(messages).where(*still).values(**values)).rowcount == 1

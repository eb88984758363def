"""The outbox: text messages about appointments, written in the transaction of what they tell.

A row says what happened; what it says in words is decided when it is sent, from the appointment as
it stands then. Only Dutch mobiles get messages: to another line Twilio refuses them (error 21614).
"""

import re
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from scheduling.calendar import Calendar
from scheduling.interval import local
from scheduling.models import UTCDateTime, index_where, metadata, one_of, seconds
from scheduling.prepared import Prepared

KINDS = ("confirmation", "reminder", "change", "cancellation")
STATES = ("waiting", "sending", "sent", "delivered", "failed", "dropped")
"""How a message fares; the last three are final."""

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("appointment", Integer, ForeignKey("appointments.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("mobile", String(16), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("body", Text),
    Column("sid", String(40)),
    Column("error", String(10)),
    Column("sent_at", UTCDateTime),
    Column("tried_at", UTCDateTime),
    one_of("kind", KINDS),
    one_of("state", STATES),
    CheckConstraint("mobile LIKE '+316________'", name="only_dutch_mobiles"),
    Index("messages_of", "appointment"),
    index_where("state IN ('waiting', 'sending')", "messages_due", "due_at"),
    index_where("state = 'failed'", "messages_failed", "due_at"),
    index_where("sid IS NOT NULL", "messages_sid", "sid", unique=True),
    index_where("tried_at IS NOT NULL", "messages_tried", "tried_at"),
    comment="The outbox: every text message. `due_at` is when to send it, or when whoever is"
    " sending it counts as gone. Since `tried_at` the carrier may have it without our knowing.",
)


class Addressee(Struct, frozen=True):
    """Whom a message about an appointment goes to: the row of the appointment, and a mobile."""

    appointment: int
    mobile: str
    comes_at: datetime


def is_mobile(number: str) -> bool:
    """Whether a number (E.164) is a Dutch mobile, to which messages go."""
    return re.fullmatch(r"\+316\d{8}", number) is not None


def tell(
    connection: Connection, calendar: Calendar, kind: str, whom: Addressee, now: datetime
) -> None:
    """Writes a message that is due now, and the reminder that belongs to the appointment now.

    A reminder of before is dropped; a cancelled appointment gets none.
    """
    if kind != "confirmation":
        drop_reminder(connection, whom.appointment)
    rows = [(kind, now)]
    reminder = None if kind == "cancellation" else reminder_at(calendar, whom.comes_at)
    if reminder is not None and reminder > now:
        rows.append(("reminder", reminder))
    values = {
        name: value
        for n, (each, due) in enumerate(rows)
        for name, value in {
            f"appointment_{n}": whom.appointment,
            f"kind_{n}": each,
            f"mobile_{n}": whom.mobile,
            f"due_{n}": seconds(due),
        }.items()
    }
    _WRITE[len(rows) - 1].run(connection, **values)


def count(connection: Connection, appointment: int, kind: str, since: datetime) -> int:
    """How many messages of a kind there were about an appointment since a moment."""
    which = (messages.c.appointment == appointment, messages.c.kind == kind)
    counted = select(func.count()).select_from(messages).where(*which, messages.c.due_at >= since)
    return connection.scalar(counted) or 0


def drop_reminder(connection: Connection, appointment: int) -> None:
    """A reminder that is not sent yet is not sent any more."""
    _DROP.run(connection, this_appointment=appointment)


def reminder_at(calendar: Calendar, comes_at: datetime) -> datetime | None:
    """When to remind: the same clock time some days before, but not at night; None for never."""
    settings = calendar.municipality.messages
    if not settings.reminder_days:
        return None
    there = comes_at.astimezone(calendar.zone)
    at = min(max(there.time(), settings.not_before), settings.not_after)
    return local(there.date() - timedelta(days=settings.reminder_days), at, calendar.zone)


def _write(count: int) -> Prepared:
    return Prepared(
        insert(messages).values(
            [
                {
                    "appointment": bindparam(f"appointment_{n}"),
                    "kind": bindparam(f"kind_{n}"),
                    "mobile": bindparam(f"mobile_{n}"),
                    "state": literal_column("'waiting'"),
                    "due_at": bindparam(f"due_{n}"),
                    "attempts": literal_column("0"),
                }
                for n in range(count)
            ]
        )
    )


_WRITE = (_write(1), _write(2))
_DROP = Prepared(
    update(messages)
    .where(
        messages.c.appointment == bindparam("this_appointment"),
        messages.c.kind == literal_column("'reminder'"),
        messages.c.state == literal_column("'waiting'"),
    )
    .values(state=literal_column("'dropped'"))
)

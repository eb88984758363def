"""How a message fares after the carrier has taken it, and who is told where it never arrives."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, and_, func, literal, or_, select, update

from scheduling import tasks
from scheduling.models import UTCDateTime, appointments
from scheduling.outbox import messages

_NOT_FINAL = ("waiting", "sending", "sent")


class Report(Struct, frozen=True):
    """What the carrier says of a message: a state of the outbox, and an error where it failed.

    `row` is the message of ours that it says it is; the carrier may report before we know `sid`.
    """

    sid: str
    state: str
    error: str | None = None
    row: int | None = None


class Message(Struct, frozen=True):
    """A message of the outbox, without its words and without the number that it goes to."""

    id: int
    kind: str
    reference: str
    state: str
    due_at: datetime
    attempts: int
    sid: str | None
    error: str | None
    sent_at: datetime | None


def note(connection: Connection, report: Report, now: datetime) -> None:
    """Takes note of a report, in whatever order they come; a final state stays what it is."""
    ours = or_(
        messages.c.sid == report.sid,
        and_(messages.c.id == report.row, messages.c.sid.is_(None)),
    )
    noted = (
        update(messages)
        .where(ours, messages.c.state.in_(_NOT_FINAL))
        .values(
            state=report.state,
            sid=report.sid,
            error=report.error,
            sent_at=func.coalesce(messages.c.sent_at, literal(now, UTCDateTime)),
        )
        .returning(messages.c.id)
    )
    for (row,) in connection.execute(noted).all():
        if report.state == "failed":
            tell_desk(connection, row, now)


def tell_desk(connection: Connection, row: int, now: datetime) -> None:
    """Asks an employee to look at a message that does not arrive."""
    found = connection.execute(
        select(
            messages.c.mobile,
            messages.c.kind,
            messages.c.error,
            appointments.c.language,
            appointments.c.reference,
        )
        .join(appointments, appointments.c.id == messages.c.appointment)
        .where(messages.c.id == row)
    ).one()
    detail = f"{found.kind} {found.error or ''}".strip()
    task = tasks.Task("message_failed", found.mobile, found.language, found.reference, detail)
    tasks.ask_for(connection, task, now)


def was_told(connection: Connection, appointment: int, mobile: str) -> bool:
    """Whether a message about an appointment was sent to a mobile, or may have been."""
    found = select(messages.c.id).where(
        messages.c.appointment == appointment,
        messages.c.mobile == mobile,
        or_(messages.c.sid.is_not(None), messages.c.tried_at.is_not(None)),
    )
    return connection.scalar(found.limit(1)) is not None


def listed(connection: Connection, about: str | None = None) -> list[Message]:
    """Every message of the outbox, or those about one appointment; the oldest first."""
    columns = [
        appointments.c.reference if name == "reference" else messages.c[name]
        for name in Message.__struct_fields__
    ]
    found = (
        select(*columns)
        .join(appointments, appointments.c.id == messages.c.appointment)
        .order_by(messages.c.id)
    )
    if about is not None:
        found = found.where(appointments.c.reference == about)
    return [Message(*row) for row in connection.execute(found)]

"""Callers who want an employee: in which order they came, and who is talking to one.

A row is left behind by who goes on alone; it counts for nothing once nothing was heard of it for a
while. So who comes back soon keeps his place.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from scheduling import presence
from scheduling.models import UTCDateTime, metadata
from scheduling.prepared import Prepared
from scheduling.upsert import insert

KEPT = timedelta(minutes=3)
"""So long the place is kept of somebody who does something else meanwhile."""

LONGEST_TALK = timedelta(hours=2)
"""Nobody talks for longer: the end of such a talk was never told."""

_DAY = timedelta(days=1)

waiting = Table(
    "waiting",
    metadata,
    Column("call", String(64), primary_key=True),
    Column("since", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("whispered_at", UTCDateTime),
    Column("accepted_at", UTCDateTime),
    comment="Callers who want an employee. An employee heard who it is at `whispered_at`, and took"
    " the call at `accepted_at`.",
)


class Place(Struct, frozen=True):
    """How many came before, and whether it is this caller's turn to be rung for."""

    before: int
    rings: bool
    since: datetime


def wait(connection: Connection, call: str, now: datetime) -> Place:
    """The place of a caller who wants an employee now; the one that he has, if he had one.

    As many callers ring at once as agents are free; where nobody has ever signed in to calls, the
    agents' exchange alone knows who is free, and everybody rings.
    """
    connection.execute(delete(waiting).where(waiting.c.seen_at < now - _DAY))
    _keep_place(connection, call, now)
    since = connection.scalars(select(waiting.c.since).where(waiting.c.call == call)).one()
    before = _count(connection, _waits(now), _came_before(call, since))
    there = presence.present(connection, now)
    if not there:
        return Place(before, rings=True, since=since)
    free = len(there) - _count(connection, _talks(now))
    return Place(before, before < free, since)


def whispered(connection: Connection, call: str, now: datetime) -> None:
    """An employee who was rung for a caller hears who it is."""
    connection.execute(update(waiting).where(waiting.c.call == call).values(whispered_at=now))


def accepted(connection: Connection, call: str, now: datetime) -> None:
    """The employee takes the call."""
    connection.execute(update(waiting).where(waiting.c.call == call).values(accepted_at=now))


def was_declined(connection: Connection, call: str) -> bool:
    """Whether an employee's telephone was answered, and nobody there took the call."""
    heard = (waiting.c.whispered_at.is_not(None), waiting.c.accepted_at.is_(None))
    return bool(_count(connection, waiting.c.call == call, *heard))


def leave(connection: Connection, call: str) -> None:
    """A caller has talked to an employee, or has hung up."""
    _LEAVE.run(connection, this_call=call)


def talking(connection: Connection, now: datetime) -> set[str]:
    """The calls in which an employee is talking."""
    return set(connection.scalars(select(waiting.c.call).where(_talks(now))))


def _keep_place(connection: Connection, call: str, now: datetime) -> None:
    new = {"seen_at": now, "whispered_at": None, "accepted_at": None}
    entry = insert(connection, waiting).values(call=call, since=now, **new)
    kept = connection.execute(
        update(waiting).where(waiting.c.call == call, waiting.c.seen_at > now - KEPT).values(new)
    )
    if not kept.rowcount:
        again = {"since": now, **new}
        connection.execute(entry.on_conflict_do_update(index_elements=["call"], set_=again))


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(waiting.c.seen_at > now - KEPT, waiting.c.accepted_at.is_(None))


def _talks(now: datetime) -> ColumnElement[bool]:
    return waiting.c.accepted_at > now - LONGEST_TALK


def _came_before(call: str, since: datetime) -> ColumnElement[bool]:
    same = and_(waiting.c.since == since, waiting.c.call < call)
    return or_(waiting.c.since < since, same)


def _count(connection: Connection, *which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(waiting).where(*which)) or 0


_LEAVE = Prepared(delete(waiting).where(waiting.c.call == bindparam("this_call")))

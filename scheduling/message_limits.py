"""How many text messages go out in a day: so that nobody makes the line send them for money.

They are counted where they are sent, outside of any call, so that a turn costs nothing for it.
"""

import logging
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import BindParameter, Connection, case, func, literal, literal_column, select

from scheduling.models import UTCDateTime, appointments
from scheduling.outbox import messages

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)

OF_A_NUMBER, OF_ALL = "limit", "limit all"
"""Why a message is not sent, as its row says it."""


class Limits(Struct, frozen=True):
    """The most in 24 hours, to one mobile and to all together."""

    to_a_number: int
    in_all: int


def passed(connection: Connection, mobile: str, limits: Limits, now: datetime) -> str:
    """Which limit one message more to a mobile would pass; empty for none.

    Whoever books for many people gets what he needs: of each appointment that still stands, one
    message does not count for the number. Who books and calls off, again and again, gets no more.
    """
    a_day_ago = _since(now - _DAY)
    stands = case((appointments.c.status == "booked", appointments.c.id))
    sent = (
        select(func.count(), func.count(stands.distinct()))
        .select_from(messages)
        .join(appointments, appointments.c.id == messages.c.appointment)
        .where(messages.c.tried_at > a_day_ago)
    )
    every, _ = connection.execute(sent).one()
    if every >= limits.in_all:
        return OF_ALL
    mine, standing = connection.execute(sent.where(messages.c.mobile == mobile)).one()
    return OF_A_NUMBER if mine - standing >= limits.to_a_number else ""


def alarm(connection: Connection, mobile: str, limit: str, now: datetime) -> None:
    """Logs an error for whoever runs the line, once a day for a number, and once a day for all."""
    before = select(func.count()).where(
        messages.c.error == limit,
        messages.c.state == literal_column("'failed'"),
        messages.c.due_at > _since(now - _DAY),
    )
    if limit == OF_A_NUMBER:
        before = before.where(messages.c.mobile == mobile)
    if connection.scalar(before):
        return
    whose = "a number" if limit == OF_A_NUMBER else "this installation"
    log.error("no more messages today: %s has reached its limit; see flask tasks", whose)


def _since(moment: datetime) -> BindParameter[datetime]:
    # A literal: a planner that does not know how long ago reads every message that was ever sent.
    return literal(moment, UTCDateTime, literal_execute=True)

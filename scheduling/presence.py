"""Which agents take calls now: they sign in and out of it."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, String, Table, or_, select, update

from scheduling.models import UTCDateTime, metadata
from scheduling.upsert import insert

LONGEST = timedelta(hours=14)
"""Who forgot to sign out is not there the next morning."""

agents_present = Table(
    "agents_present",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("since", UTCDateTime, nullable=False),
    Column("until", UTCDateTime),
    comment="Agents who take calls: one row for each who ever did. `until` is when he stopped, or"
    " when his session ends if he does nothing more.",
)


def sign_in_to_calls(
    connection: Connection, agent: str, now: datetime, until: datetime | None = None
) -> None:
    """An agent takes calls from now on; until a moment, where there is one, unless he stays."""
    values = {"agent": agent, "since": now, "until": until}
    entry = insert(connection, agents_present).values(values)
    again = {"since": now, "until": until}
    connection.execute(entry.on_conflict_do_update(index_elements=["agent"], set_=again))


def sign_out_of_calls(connection: Connection, agent: str, now: datetime) -> None:
    """An agent takes no more calls; the call that he is in goes on."""
    this = (agents_present.c.agent == agent, _has_not_stopped(now))
    connection.execute(update(agents_present).where(*this).values(until=now))


def stay(connection: Connection, agent: str, now: datetime, until: datetime) -> None:
    """An agent who takes calls does so until a later moment; nothing where he takes none."""
    this = (agents_present.c.agent == agent, _has_not_stopped(now))
    connection.execute(update(agents_present).where(*this).values(until=until))


def is_present(connection: Connection, agent: str, now: datetime) -> bool:
    """Whether an agent takes calls now."""
    return agent in present(connection, now)


def present(connection: Connection, now: datetime) -> list[str]:
    """The agents who take calls now, in the order in which they came."""
    is_there = (_has_not_stopped(now), agents_present.c.since > now - LONGEST)
    wanted = select(agents_present.c.agent).where(*is_there)
    return list(connection.scalars(wanted.order_by(agents_present.c.since)))


def somebody_present(connection: Connection, now: datetime) -> bool:
    """Whether an agent takes calls now.

    Where nobody has ever signed in to calls, as in an installation without the agents' page, the
    line cannot know: then the hours of the telephone alone decide, and this is True.
    """
    if present(connection, now):
        return True
    return connection.scalar(select(agents_present.c.agent).limit(1)) is None


def _has_not_stopped(now: datetime) -> ColumnElement[bool]:
    return or_(agents_present.c.until.is_(None), agents_present.c.until > now)

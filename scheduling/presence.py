"""Which agents take calls now: they sign in and out of it."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from scheduling.models import UTCDateTime, metadata

LONGEST = timedelta(hours=14)
"""Who forgot to sign out is not there the next morning."""

agents_present = Table(
    "agents_present",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("since", UTCDateTime, nullable=False),
    Column("until", UTCDateTime),
    comment="Agents who take calls: one row for each who ever did, `until` is when he stopped.",
)


def sign_in_to_calls(connection: Connection, agent: str, now: datetime) -> None:
    """An agent takes calls from now on."""
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"agent": agent, "since": now, "until": None}
    entry = made.insert(agents_present).values(values)
    again = {"since": now, "until": None}
    connection.execute(entry.on_conflict_do_update(index_elements=["agent"], set_=again))


def sign_out_of_calls(connection: Connection, agent: str, now: datetime) -> None:
    """An agent takes no more calls; the call that he is in goes on."""
    this = (agents_present.c.agent == agent, agents_present.c.until.is_(None))
    connection.execute(update(agents_present).where(*this).values(until=now))


def present(connection: Connection, now: datetime) -> list[str]:
    """The agents who take calls now, in the order in which they came."""
    is_there = (agents_present.c.until.is_(None), agents_present.c.since > now - LONGEST)
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

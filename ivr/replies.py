"""The messages of the last day that came in, and what was answered: so that nothing is done twice.

Neither their words nor the numbers that they come from are kept.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    select,
    update,
)

from scheduling.guesses import digest
from scheduling.models import UTCDateTime, metadata
from scheduling.upsert import insert

KEPT = timedelta(days=1)
"""How long an answer is known: for Twilio's retries, and to not answer again and again."""

replies = Table(
    "replies",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("answer", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("appointment", Integer),
    Column("at", UTCDateTime, nullable=False),
    Index("replies_of", "number", "at"),
    comment="Messages of the last day that came in, and the name of the answer. `number` is a"
    " digest; `appointment` is what was cancelled.",
)


def claim(connection: Connection, sid: str, number: str, now: datetime) -> bool:
    """Whether this is the first request for a message; forgets the messages of long ago.

    Another request for the same message waits here until the first has committed.
    """
    connection.execute(delete(replies).where(replies.c.at < now - KEPT))
    row = {"sid": sid, "number": digest(number), "answer": "", "language": "", "at": now}
    new = insert(connection, replies).values(row).on_conflict_do_nothing().returning(replies.c.sid)
    return connection.execute(new).first() is not None


def keep(
    connection: Connection, sid: str, answer: str, language: str, appointment: int | None
) -> None:
    """Notes what is answered to a message: a text by its name, in a language, about what."""
    values = {"answer": answer, "language": language, "appointment": appointment}
    connection.execute(update(replies).where(replies.c.sid == sid).values(values))


def given(connection: Connection, sid: str) -> tuple[str, str, int | None]:
    """What was answered to a message."""
    wanted = select(replies.c.answer, replies.c.language, replies.c.appointment)
    return tuple(connection.execute(wanted.where(replies.c.sid == sid)).one())


def times(connection: Connection, number: str, answer: str) -> int:
    """How often a number got an answer in the time that answers are kept."""
    mine = (replies.c.number == digest(number), replies.c.answer == answer)
    return connection.scalar(select(func.count()).select_from(replies).where(*mine)) or 0

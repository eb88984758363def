"""Slows down whoever guesses references: the failures stand in the database, for all instances.

A reference has eleven free digits and a check digit, so a slip of the finger is not valid and is
no guess. One unknown reference is all that a call gets: with 5,000 appointments a stranger's
chance is 5,000 in 6,871,947,672, 0.73 in a million (counted in tests/scheduling/test_references).
"""

import hashlib
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
    insert,
    select,
)

from scheduling.models import UTCDateTime, metadata

MOST_A_CALL = 1
MOST_A_NUMBER = 3
"""In one day, from one number that is not withheld."""

MOST_AT_ALL = 60
"""In one hour, of everybody together: more than people's mistakes, too few to find anything."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

guesses = Table(
    "guesses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("number", String(64)),
    Column("at", UTCDateTime, nullable=False),
    Index("guesses_at", "at"),
    comment="References that were keyed in and that nobody has, of the last day. `number` is a"
    " digest; a withheld number has none.",
)


def note(connection: Connection, holder: str, number: str, now: datetime) -> None:
    """Notes that a reference was keyed in that nobody has, and forgets those of long ago."""
    connection.execute(delete(guesses).where(guesses.c.at < now - _DAY))
    connection.execute(
        insert(guesses),
        {"holder": holder, "number": digest(number) if number else None, "at": now},
    )


def too_many(connection: Connection, holder: str, number: str, now: datetime) -> bool:
    """Whether this conversation, this number or everybody together has guessed enough."""
    of_conversation = _count(connection, guesses.c.holder == holder)
    of_all = _count(connection, guesses.c.at > now - _HOUR)
    mine = (guesses.c.number == digest(number), guesses.c.at > now - _DAY)
    of_number = _count(connection, *mine) if number else 0
    return of_conversation >= MOST_A_CALL or of_number >= MOST_A_NUMBER or of_all >= MOST_AT_ALL


def _count(connection: Connection, *which: object) -> int:
    return connection.scalar(select(func.count()).select_from(guesses).where(*which)) or 0  # type: ignore[arg-type]


def digest(number: str) -> str:
    """What stands for a telephone number where it need not be read, only be known again."""
    return hashlib.blake2b(number.encode(), digest_size=16).hexdigest()

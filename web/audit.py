"""Who did what to which appointment: kept for whoever has to answer for it.

No number of a caller, no name of a visitor, no password ever stands here.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, String, Table, insert, select

from scheduling.models import UTCDateTime, metadata

COMMAND_LINE = "(flask staff)"
"""Who did what was done with a command."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("who", String(40), nullable=False),
    Column("action", String(30), nullable=False),
    Column("reference", String(20)),
    Column("detail", String(120), nullable=False),
    Index("audit_at", "at"),
    comment="Who did what to which appointment, and when; never a caller's number.",
)


@dataclass(frozen=True)
class Deed:
    """Something that an employee did."""

    at: datetime
    who: str
    action: str
    reference: str | None = None
    detail: str = ""


def note(connection: Connection, deed: Deed) -> None:
    """Writes down what somebody does, in the transaction in which it is done."""
    values = {
        "at": deed.at,
        "who": deed.who,
        "action": deed.action,
        "reference": deed.reference,
        "detail": deed.detail,
    }
    connection.execute(insert(audit), values)


def listed(connection: Connection, since: datetime) -> list[Deed]:
    """What was done since a moment, the oldest first."""
    columns = (audit.c.at, audit.c.who, audit.c.action, audit.c.reference, audit.c.detail)
    rows = connection.execute(
        select(*columns).where(audit.c.at >= since).order_by(audit.c.at, audit.c.id)
    )
    return [Deed(*row) for row in rows]

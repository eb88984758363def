"""What an agent is doing on a page: the wish, and the times that were offered on it.

It stands in the database, so that every worker answers for it, a time keeps the meaning that the
agent saw, and a form that is sent twice books once.
"""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from scheduling.models import UTCDateTime, metadata, moment, seconds
from scheduling.openings import Wish
from web.accounts import Account

KEPT = timedelta(hours=12)
"""How long a page is remembered."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,24}")

pages = Table(
    "agent_pages",
    metadata,
    Column("id", String(24), primary_key=True),
    Column(
        "staff", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("service", String(40), nullable=False),
    Column("persons", Integer, nullable=False),
    Column("language", String(2), nullable=False),
    Column("moving", String(20)),
    Column("offered", Text, nullable=False),
    Column("offered_at", UTCDateTime, nullable=False),
    Column("done", String(20)),
    comment="The times on an agent's page, and the reference of what was booked or moved there.",
)


@dataclass(frozen=True)
class Page:
    """A wish and the times (UTC) that were offered for it; `moving` is what gets another time.

    `done` is the reference of the appointment that was made or moved here; then it is used up.
    """

    id: str
    wish: Wish
    language: str
    offered: tuple[datetime, ...]
    offered_at: datetime
    moving: str | None = None
    done: str | None = None

    @property
    def holder(self) -> str:
        """The key under which its times are held."""
        return f"agent:{self.id}"


def new_id() -> str:
    """A name for a page that nobody can guess."""
    return secrets.token_urlsafe(16)


def save(connection: Connection, account: Account, page: Page) -> None:
    """Stores a page in the place of what was stored under its name.

    Raises an IntegrityError, and so Contended, where that was used up meanwhile: it would come to
    life again, and a click that is sent once more would do what it did once more.
    """
    connection.execute(delete(pages).where(pages.c.offered_at < page.offered_at - KEPT))
    values = {
        "id": page.id,
        "staff": account.id,
        "service": page.wish.service,
        "persons": page.wish.persons,
        "language": page.language,
        "moving": page.moving,
        "offered": json.dumps([seconds(each) for each in page.offered]),
        "offered_at": page.offered_at,
        "done": page.done,
    }
    open_still = _mine(account, page.id) & pages.c.done.is_(None)
    if not connection.execute(update(pages).where(open_still).values(values)).rowcount:
        connection.execute(insert(pages), values)


def find(connection: Connection, account: Account, page: str) -> Page | None:
    """An agent's own page."""
    if not _ID.fullmatch(page):
        return None
    row = connection.execute(select(pages).where(_mine(account, page))).first()
    return _page(row) if row else None


def lock(connection: Connection, account: Account, page: str) -> Page | None:
    """The same; whoever locks it too waits until this transaction ends."""
    if not _ID.fullmatch(page):
        return None
    wanted = select(pages).where(_mine(account, page)).with_for_update()
    row = connection.execute(wanted).first()
    return _page(row) if row else None


def finish(connection: Connection, page: Page, reference: str) -> None:
    """Uses a page up: what was to be done on it is done."""
    connection.execute(update(pages).where(pages.c.id == page.id).values(done=reference))


def _mine(account: Account, page: str) -> ColumnElement[bool]:
    return (pages.c.id == page) & (pages.c.staff == account.id)


def _page(row: Row[Any]) -> Page:
    return Page(
        row.id,
        Wish(row.service, row.persons),
        row.language,
        tuple(moment(each) for each in json.loads(row.offered)),
        row.offered_at,
        row.moving,
        row.done,
    )

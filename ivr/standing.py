"""How the line stands at one moment: whether it can book, is open, and what is in the book."""

from datetime import datetime

from msgspec import Struct

from scheduling.calendar import Calendar
from scheduling.database import SCHEMA, Database
from scheduling.errors import DatabaseAway
from scheduling.roster import published_until
from scheduling.watching import InTheBook, watched


class Standing(Struct, frozen=True):
    """What machines that watch are told; `book` is None where the database is away."""

    is_ready: bool
    is_open: bool
    book: InTheBook | None


def standing(database: Database, calendar: Calendar, now: datetime) -> Standing:
    """How the line stands now."""
    is_open, book = calendar.telephone_open(now), None
    try:
        if is_new_enough(database.schema()):
            with database.read() as connection:
                book = watched(connection, calendar, now)
    except DatabaseAway:
        return Standing(is_ready=False, is_open=is_open, book=None)
    return Standing(why_not_ready(database, now) is None, is_open, book)


def why_not_ready(database: Database, now: datetime) -> str | None:
    """Why no call can be booked; None where it can."""
    try:
        schema = database.schema()
        if not is_new_enough(schema):
            return f"the database has schema {schema}, this version wants {SCHEMA}"
        database.try_to_write()
        with database.read() as connection:
            until = published_until(connection)
    except DatabaseAway as away:
        return away.reason
    if until is None or until <= now:
        return "no roster is published; run: flask roster publish"
    return None


def is_new_enough(schema: str | None) -> bool:
    """Whether this version can use such tables; a newer version only adds to them."""
    return schema is not None and schema >= SCHEMA

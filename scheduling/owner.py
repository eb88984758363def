"""Whose book it is, where several municipalities have theirs side by side.

The name stands in the book itself, and each connection reads it before anything else. So where two
addresses were mixed up, or a copy was put back in the wrong place, nobody sees the book of another:
whoever opens it is refused.
"""

from contextlib import suppress
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, Integer, String, Table, select

from scheduling.errors import AnothersBook
from scheduling.models import metadata
from scheduling.upsert import insert

book_of = Table(
    "book_of",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("municipality", String(40), nullable=False),
    CheckConstraint("one = 1", name="a_book_is_of_one"),
    comment="The municipality whose book this is, one of several; no row where there is one only.",
)


def check(connection: Any, driver: Any, name: str) -> None:  # noqa: ANN401  the driver's own
    """Raises AnothersBook where a new connection leads to the book of another municipality."""
    cursor = connection.cursor()
    found = None
    with suppress(driver.OperationalError, driver.ProgrammingError):  # there is no such table yet
        cursor.execute("SELECT municipality FROM book_of")
        found = cursor.fetchone()
    cursor.close()
    connection.rollback()
    if found and found[0] != name:
        connection.close()
        raise AnothersBook(found[0], name)


def claim(connection: Connection, name: str) -> None:
    """Writes the name into a book that is nobody's; raises AnothersBook where it is another's."""
    mine = insert(connection, book_of).values(one=1, municipality=name)
    connection.execute(mine.on_conflict_do_nothing())
    found = str(connection.scalar(select(book_of.c.municipality)))
    if found != name:
        raise AnothersBook(found, name)

"""Next three free times, next three evenings, hold and confirm; on an empty and on full books."""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import Connection, bindparam, select, text

from scheduling.book import AppointmentBook
from scheduling.database import Database
from scheduling.models import capacity
from scheduling.offers import Holder
from scheduling.openings import Opening, Wish
from tests.benchmarks.books import CALENDAR, FILLINGS, NewBook
from tests.benchmarks.report import Bound
from tests.benchmarks.server import NOW

ROUNDS = 15
WISH = Wish("travel-document", 1)
MOBILE = "+31612345678"
_ONE_ROW = select(capacity.c.used).where(
    capacity.c.pool == "civil-affairs", capacity.c.starts_at == bindparam("at")
)


def bounds(backend: str, new_book: NewBook) -> Iterator[Bound]:
    """The figures of one database."""
    books = {name: new_book() for name in FILLINGS}
    for name, fill in FILLINGS.items():
        books[name].transact(fill)
        _tidy(books[name])
    yield from _next_three(backend, books)
    yield from _next_evenings(backend, books)
    yield from _hold_and_confirm(backend, books)
    for book in books.values():
        book.close()


def _next_three(backend: str, books: dict[str, Database]) -> Iterator[Bound]:
    """Books in turn, round by round, so that a busy moment of the machine hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in books}
    floors: dict[str, list[float]] = {name: [] for name in books}
    for _ in range(ROUNDS):
        for name, database in books.items():
            with database.write() as connection:
                book = AppointmentBook(connection, CALENDAR, NOW)
                seconds[name].append(_time(partial(book.openings, WISH, count=3)))
                floors[name].append(_time(partial(_one_row, connection)))
    for name in books:
        ratio = statistics.median(_ratios(seconds[name], floors[name]))
        yield Bound(f"next three / one-row SELECT ({backend}, {name})", ratio, most=10)
        ratio = statistics.median(_ratios(seconds[name], seconds["empty"]))
        most = 1.5 if name == "28 days full" else None
        yield Bound(f"next three / the same on an empty book ({backend}, {name})", ratio, most=most)


def _next_evenings(backend: str, books: dict[str, Database]) -> Iterator[Bound]:
    """Of a part of the day that is one in seven days, for most of what is free is passed over."""
    evening = CALENDAR.municipality.parts_of_day["evening"]
    for name, database in books.items():
        ratios: list[float] = []
        with database.write() as connection:
            book = AppointmentBook(connection, CALENDAR, NOW)
            for _ in range(ROUNDS):
                plain = _time(partial(book.openings, WISH, count=3))
                ratios.append(_time(partial(book.openings, WISH, part=evening, count=3)) / plain)
        most = 3 if name == "28 days full" else None
        what = f"next three evenings / next three ({backend}, {name})"
        yield Bound(what, statistics.median(ratios), most=most)


def _hold_and_confirm(backend: str, books: dict[str, Database]) -> Iterator[Bound]:
    seconds: dict[str, list[float]] = {name: [] for name in books}
    for n in range(ROUNDS):
        for name, database in books.items():
            holders = (Holder(f"{n}-{each}", "telephone", "nl") for each in range(100))
            seconds[name].append(_time(partial(_book_one, database, holders), times=10))
    for name in books:
        ratio = statistics.median(_ratios(seconds[name], seconds["empty"]))
        yield Bound(f"hold and confirm / on an empty book ({backend}, {name})", ratio)


def _one_row(connection: Connection) -> None:
    connection.execute(_ONE_ROW, {"at": NOW}).one()


def _book_one(database: Database, holders: Iterator[Holder]) -> None:
    """Two durable transactions: the hold, and the booking of what was held, with its messages."""
    holder = next(holders)

    def hold(connection: Connection) -> Opening:
        (opening,) = AppointmentBook(connection, CALENDAR, NOW).offer(holder, WISH, count=1)
        return opening

    def confirm(connection: Connection) -> None:
        book = AppointmentBook(connection, CALENDAR, NOW)
        book.confirm(holder, WISH, held.starts_at, MOBILE)

    held = database.transact(hold)
    database.transact(confirm)


def _time(work: Callable[[], object], times: int = 50) -> float:
    work()
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def _ratios(ours: list[float], others: list[float]) -> list[float]:
    return [a / b for a, b in zip(ours, others, strict=True)]


def _tidy(database: Database) -> None:
    """What a day's autovacuum does, so that a book just filled is like one that filled slowly."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            return
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))

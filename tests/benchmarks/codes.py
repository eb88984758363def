"""A million random codes against 100 live ones, through the limits: none is found."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from scheduling.errors import TooManyGuesses, UnknownHandover
from scheduling.handovers import LENGTH, MOST_A_CALL, Handover, make, redeem
from tests.benchmarks.books import NewBook
from tests.benchmarks.report import Bound
from tests.benchmarks.server import NOW

GUESSES = 1_000_000
LIVE = 100
BETWEEN = timedelta(seconds=0.1)
"""A hundred telephone lines that each key a code in ten seconds: a million takes 28 hours."""

A_TIME = 10_000
ALL_DAY = Handover("travel-document", minutes=3 * 24 * 60)
"""Codes that stay: whoever guesses has it easier than with codes of ten minutes."""


def bounds(backend: str, new_book: NewBook) -> Iterator[Bound]:
    """How many codes were found, and how many were looked up at all; once, on SQLite."""
    if backend != "sqlite":
        return
    book = new_book()
    book.transact(lambda connection: [make(connection, ALL_DAY, NOW) for _ in range(LIVE)])
    found = looked_up = 0
    for first in range(0, GUESSES, A_TIME):
        right, wrong = book.transact(partial(_guess, first=first))
        found, looked_up = found + right, looked_up + right + wrong
    book.close()
    yield Bound(f"codes found by {GUESSES} guesses at {LIVE} live ones", found, most=0)
    yield Bound("of these guesses, looked up", looked_up)


def _guess(connection: Connection, first: int) -> tuple[int, int]:
    """Some guesses, three a call; how many were right, and how many wrong ones were looked up."""
    right = wrong = 0
    for n in range(first, first + A_TIME):
        code = f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
        try:
            redeem(connection, code, f"CA{n // MOST_A_CALL}", NOW + n * BETWEEN)
        except TooManyGuesses:
            continue
        except UnknownHandover:
            wrong += 1
        else:
            right += 1
    return right, wrong

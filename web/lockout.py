"""Slows down whoever guesses passwords: the failures stand in the database, for all instances.

After five failures each further attempt for that name waits: half a minute, then twice as long,
up to a quarter of an hour. After a hundred in an hour for whatever names, attempts for all names
together come no faster than one in ten seconds; who is signed in already notices nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, String, Table, delete, select, update

from scheduling.models import UTCDateTime, metadata
from scheduling.upsert import insert

FREE_FAILURES = 5
FREE_FAILURES_OF_ALL = 100

_SHORTEST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
_PAUSE_OF_ALL = timedelta(seconds=10)
_REMEMBERED = timedelta(hours=1)
_ALL = "*"

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UTCDateTime, nullable=False),
    comment="How often a name was signed in with a wrong password; * is all names together."
    " `name` is a digest: somebody may have typed a password there.",
)


@dataclass
class TooSoon(Exception):  # noqa: N818  named for what happened
    """There were so many failures that the next attempt has to wait."""

    wait: timedelta


def attempt(connection: Connection, login: str, now: datetime) -> None:
    """Counts an attempt as a failure until `succeeded` says otherwise; raises TooSoon.

    Counted before the password is looked at, so that many attempts at once are many attempts.
    """
    long_ago = now - _REMEMBERED
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.last_at < long_ago))
    for name in (_ALL, _digest(login)):
        failures, last_at = _locked(connection, name, now)
        if (free_at := last_at + pause(failures, of_all=name == _ALL)) > now:
            raise TooSoon(free_at - now)
        counted = {"failures": failures + 1, "last_at": now}
        connection.execute(
            update(sign_in_failures).where(sign_in_failures.c.name == name).values(counted)
        )


def succeeded(connection: Connection, login: str) -> None:
    """Forgets the failures of a name."""
    mine = sign_in_failures.c.name == _digest(login)
    connection.execute(delete(sign_in_failures).where(mine))
    fewer = {"failures": sign_in_failures.c.failures - 1}
    connection.execute(
        update(sign_in_failures).where(sign_in_failures.c.name == _ALL).values(fewer)
    )


def pause(failures: int, *, of_all: bool = False) -> timedelta:
    """How long after the last of so many failures the next attempt has to wait."""
    if of_all:
        return _PAUSE_OF_ALL if failures >= FREE_FAILURES_OF_ALL else timedelta(0)
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 10)
    return min(_LONGEST_PAUSE, _SHORTEST_PAUSE * (1 << doublings))


def _locked(connection: Connection, name: str, now: datetime) -> tuple[int, datetime]:
    """The failures of a name and the last of them; others who count it wait for this one."""
    first = {"name": name, "failures": 0, "last_at": now}
    row = insert(connection, sign_in_failures).values(first)
    connection.execute(row.on_conflict_do_nothing())
    wanted = select(sign_in_failures.c.failures, sign_in_failures.c.last_at)
    row = connection.execute(wanted.where(sign_in_failures.c.name == name).with_for_update()).one()
    return row.failures, row.last_at


def _digest(login: str) -> str:
    return hashlib.blake2b(login.encode(), digest_size=16).hexdigest()

"""What is looked at each second costs no more when years of messages have been sent."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from scheduling import message_limits, sending
from scheduling.database import Database
from scheduling.message_limits import Limits
from scheduling.models import appointments
from scheduling.outbox import messages

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
LIMITS = Limits(to_a_number=20, in_all=2000)

ASKS: dict[str, tuple[Callable[[Connection], object], str]] = {
    "whether any is due": (lambda c: sending.are_due(c, NOW), "messages_due"),
    "which is due first": (lambda c: sending.claim(c, NOW, timedelta(minutes=2)), "messages_due"),
    "how many went out today": (
        lambda c: message_limits.passed(c, "+31612345678", LIMITS, NOW),
        "messages_tried",
    ),
    "whether a limit was told today": (
        lambda c: message_limits.alarm(c, "+31612345678", "limit", NOW),
        "messages_failed",
    ),
}


@pytest.mark.parametrize("what", ASKS)
def test_the_sender_reads_the_index_of_what_it_looks_for(database: Database, what: str) -> None:
    """And not the messages from one end to the other."""
    ask, index = ASKS[what]
    with database.engine.begin() as connection, _listening() as asked:
        _has_sent_for_years(connection)
        asked.clear()
        ask(connection)
        plans = [_plan(connection, *each) for each in [*asked]]
    assert plans
    assert all(index in plan and "Seq Scan" not in plan for plan in plans), plans


def _has_sent_for_years(connection: Connection) -> None:
    at = NOW - timedelta(days=400)
    words = dict.fromkeys(("service", "pool", "language", "holder"), "x")
    times = {"starts_at": at, "ends_at": at + timedelta(minutes=10), "due_at": at, "tried_at": at}
    whole = {**words, **times, "persons": 1, "status": "booked", "channel": "desk"}
    whole |= {"kind": "reminder", "mobile": "+31687654321", "state": "sent"}
    every = [{**whole, "id": n, "appointment": n, "reference": str(n)} for n in range(1, 5001)]
    for table in (appointments, messages):
        columns = [{name: row[name] for name in table.c.keys() & row.keys()} for row in every]
        connection.execute(insert(table), columns)
    connection.exec_driver_sql("ANALYZE")


@contextmanager
def _listening() -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, words: Any, *_: object) -> None:  # noqa: ANN401
        asked.append((statement, words))

    event.listen(Engine, "before_cursor_execute", hear)
    yield asked
    event.remove(Engine, "before_cursor_execute", hear)


def _plan(connection: Connection, statement: str, words: Any) -> str:  # noqa: ANN401
    """How the database goes about it, which on PostgreSQL knows none of the words."""
    if connection.dialect.name == "sqlite":
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", words)
    else:
        names = [*words]
        numbered = re.sub(r"%\((\w+)\)s", lambda m: f"${names.index(m[1]) + 1}", statement)
        explained = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {numbered}")
    return "\n".join(str(row) for row in explained)

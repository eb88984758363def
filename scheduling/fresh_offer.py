"""Offers times to somebody who holds nothing yet, on PostgreSQL in one statement.

This is the turn that every booking has, and that many callers come to at once. It finds, locks,
takes and holds the next times in one go, passes by what somebody else has locked at this moment,
and so waits for nobody. `AppointmentBook.offer` says the same in several statements, which it falls
back on: where holds have expired and must be cleared first, where too few times are found, and
where a visit takes more than one step of the grid.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from scheduling.models import moment, seconds
from scheduling.openings import Opening, Search
from scheduling.prepared import Prepared


def offer(
    connection: Connection, search: Search, hold: Mapping[str, Any], now: datetime
) -> list[Opening]:
    """The times that were found and are held now; empty where the long way must be gone.

    `hold` has the columns of a hold but for its time.
    """
    if connection.dialect.name != "postgresql" or search.length != search.grid:
        return []
    values = search.places() | dict(hold)
    length = int(search.length.total_seconds())
    rows = _statement(len(search.looked_in)).rows(
        connection, **values, most=search.count, length=length, now=seconds(now)
    )
    return [Opening(moment(at), moment(at) + search.length, pool) for pool, at in rows]


@cache
def _statement(pools: int) -> Prepared:
    """The statement for so many pools.

    It asks for the hold that expires first: a plan from when the table was small looks through all
    holds for any that has.
    """
    found = " UNION ALL ".join(
        f"""SELECT * FROM (
            SELECT {n} AS rank, pool, starts_at FROM capacity
            WHERE pool = :pool{n} AND starts_at >= :start{n} AND starts_at < :end{n}
              AND used < capacity
            ORDER BY starts_at LIMIT :most FOR UPDATE SKIP LOCKED) AS found{n}"""  # noqa: S608
        for n in range(pools)
    )
    return Prepared(
        text(
            f"""WITH found AS MATERIALIZED ({found}), chosen AS MATERIALIZED (
                SELECT DISTINCT ON (starts_at) pool, starts_at FROM found
                WHERE (SELECT count(DISTINCT starts_at) FROM found) >= :most AND NOT EXISTS (
                    SELECT FROM (SELECT expires_at FROM appointments WHERE status = 'held'
                        ORDER BY expires_at LIMIT 1) AS first WHERE expires_at <= :now)
                ORDER BY starts_at, rank LIMIT :most
            ), taken AS (
                UPDATE capacity SET used = used + 1 FROM chosen
                WHERE capacity.pool = chosen.pool AND capacity.starts_at = chosen.starts_at
            ), held AS (
                INSERT INTO appointments (service, persons, pool, starts_at, ends_at, status,
                    channel, language, holder, expires_at)
                SELECT :service, :persons, pool, starts_at, starts_at + :length, 'held',
                    :channel, :language, :holder, :expires_at FROM chosen
            )
            SELECT pool, starts_at FROM chosen ORDER BY starts_at"""  # noqa: S608  words of ours
        )
    )

"""Holds: the rows that keep a time free while somebody listens to it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    update,
)

from scheduling.models import appointments, moment, seconds
from scheduling.openings import Opening, Wish
from scheduling.prepared import Prepared

_TIME = (appointments.c.starts_at, appointments.c.ends_at, appointments.c.pool)
# A literal, as in the partial indexes: a planner does not look into a bound value.
_HELD = appointments.c.status == literal_column("'held'")
_MINE = (_HELD, appointments.c.holder == bindparam("this_holder"))
_THIS = appointments.c.starts_at == bindparam("this_start")
_EXPIRED = (
    _HELD,
    appointments.c.expires_at <= bindparam("this_moment"),
    appointments.c.holder != bindparam("this_holder"),
)


def _taken_out(*which: ColumnElement[bool]) -> Prepared:
    """Deletes rows; one that another transaction is clearing at this moment is left to it."""
    ids = select(appointments.c.id).where(*which).with_for_update(skip_locked=True)
    return Prepared(delete(appointments).where(appointments.c.id.in_(ids)).returning(*_TIME))


_TAKE_OUT = _taken_out(*_MINE)
_TAKE_OUT_OTHERS = _taken_out(*_MINE, ~_THIS)
_CLEAR_EXPIRED = _taken_out(*_EXPIRED)
_SAME_WISH = (
    appointments.c.service == bindparam("this_service"),
    appointments.c.persons == bindparam("so_many"),
)
_TAKE_OVER = Prepared(delete(appointments).where(*_MINE, _THIS, *_SAME_WISH).returning(*_TIME))
_LEFT = Prepared(select(appointments.c.id).where(*_MINE).limit(1))
_LONGER = update(appointments).where(*_MINE).values(expires_at=bindparam("until"))
_EXTEND = Prepared(_LONGER.where(_THIS).returning(appointments.c.id))
_EXTEND_ALL = Prepared(_LONGER)
_BOOK = Prepared(
    update(appointments)
    .where(*_MINE, _THIS)
    .values(
        status="booked",
        reference=bindparam("new_reference"),
        booked_at=bindparam("this_moment"),
        expires_at=None,
        mobile=bindparam("new_mobile"),
        token=bindparam("new_token"),
    )
    .returning(appointments.c.id, *_TIME)
)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Stores holds, or appointments that were not held before; all rows have the same columns.

    The ids of the new rows.
    """
    columns = tuple(rows[0])
    values = {f"{name}_{n}": row[name] for n, row in enumerate(rows) for name in columns}
    return [row for (row,) in _insert(columns, len(rows)).rows(connection, **values)]


@cache
def _insert(columns: tuple[str, ...], count: int) -> Prepared:
    names: list[dict[str, Any]] = [
        {name: bindparam(f"{name}_{n}") for name in columns} for n in range(count)
    ]
    return Prepared(insert(appointments).values(names).returning(appointments.c.id))


def take_out(connection: Connection, holder: str) -> list[Opening]:
    """Takes out all holds of a holder; the times that they held."""
    return _openings(_TAKE_OUT.rows(connection, this_holder=holder))


def are_left(connection: Connection, holder: str) -> bool:
    """Whether another transaction is still clearing holds of a holder, which have expired."""
    return bool(_LEFT.rows(connection, this_holder=holder))


def take_out_others(connection: Connection, holder: str, start: datetime) -> list[Opening]:
    """Takes out all holds of a holder but the one that starts then."""
    found = _TAKE_OUT_OTHERS.rows(connection, this_holder=holder, this_start=seconds(start))
    return _openings(found)


def extend(connection: Connection, holder: str, start: datetime, until: datetime) -> bool:
    """Lets the hold that starts then last until a moment; False where there is none."""
    values = {"this_holder": holder, "this_start": seconds(start), "until": seconds(until)}
    return bool(_EXTEND.rows(connection, **values))


def extend_all(connection: Connection, holder: str, until: datetime) -> None:
    """Lets all holds of a holder last until a moment."""
    _EXTEND_ALL.run(connection, this_holder=holder, until=seconds(until))


def book(
    connection: Connection, holder: str, start: datetime, booking: Mapping[str, Any]
) -> tuple[int, Opening] | None:
    """Makes a hold an appointment; its row and its time, or None where there is no such hold.

    `booking` has the reference, mobile and token, and the moment of the booking.
    """
    found = _BOOK.rows(
        connection,
        this_holder=holder,
        this_start=seconds(start),
        new_reference=booking["reference"],
        new_mobile=booking["mobile"],
        new_token=booking["token"],
        this_moment=booking["booked_at"],
    )
    if not found:
        return None
    row, *time = found[0]
    return row, *_openings([tuple(time)])


def take_over(connection: Connection, holder: str, wish: Wish, start: datetime) -> Opening | None:
    """Takes out the hold for this wish that starts then: its time goes to an appointment."""
    values = {"this_service": wish.service, "so_many": wish.persons}
    found = _TAKE_OVER.rows(connection, this_holder=holder, this_start=seconds(start), **values)
    return _openings(found)[0] if found else None


def clear_expired(connection: Connection, now: datetime, besides: str) -> list[Opening]:
    """Takes out the holds that have expired, of all holders but one; the times they held."""
    found = _CLEAR_EXPIRED.rows(connection, this_moment=seconds(now), this_holder=besides)
    return _openings(found)


def _openings(rows: Iterable[tuple[int, int, str]]) -> list[Opening]:
    return [Opening(moment(start), moment(end), pool) for start, end, pool in rows]

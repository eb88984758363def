"""Booked appointments: the statements that find one, move it and call it off."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, literal_column, select, update

from scheduling.models import appointments, moment, seconds
from scheduling.municipality import Municipality
from scheduling.openings import Opening, Wish
from scheduling.prepared import Prepared


class Appointment(Struct, frozen=True):
    """A visit that is or was booked; `starts_at` to `ends_at` is the time that it takes.

    `travel` at both ends of that time is the way to a visitor's door; `token` is the unguessable
    name of its calendar file.
    """

    id: int
    reference: str
    wish: Wish
    pool: str
    starts_at: datetime
    ends_at: datetime
    status: str
    language: str
    token: str
    mobile: str | None = None
    travel: timedelta = timedelta(0)
    address: str | None = None
    revision: int = 0

    @property
    def comes_at(self) -> datetime:
        """When the visitor comes, or when the team is at the visitor's door."""
        return self.starts_at + self.travel

    def is_at_home(self, municipality: Municipality) -> bool:
        """Whether the visitor is visited; also what was booked so before the file changed."""
        known = municipality.services.get(self.wish.service)
        return bool(self.travel or (known and known.visit))

    @property
    def opening(self) -> Opening:
        """The capacity that it takes."""
        return Opening(self.starts_at, self.ends_at, self.pool)


def find(connection: Connection, reference: str) -> Appointment | None:
    """The appointment with a reference, whatever its status."""
    rows = _FIND.rows(connection, this_reference=reference)
    return _appointment(*rows[0]) if rows else None


def by_token(connection: Connection, token: str) -> Appointment | None:
    """The appointment whose calendar file has this name."""
    rows = _BY_TOKEN.rows(connection, this_token=token)
    return _appointment(*rows[0]) if rows else None


def by_id(connection: Connection, row: int) -> Appointment | None:
    """The appointment in a row of the table."""
    rows = _BY_ID.rows(connection, this_id=row)
    return _appointment(*rows[0]) if rows else None


def made_by(connection: Connection, holder: str, since: datetime) -> list[Appointment]:
    """What one conversation has booked since it began, whatever has become of it."""
    rows = _MADE_BY.rows(connection, this_holder=holder, this_moment=seconds(since))
    return [_appointment(*row) for row in rows]


def of_mobile(connection: Connection, mobile: str, now: datetime) -> list[Appointment]:
    """What is booked from now on and has this mobile, the earliest first."""
    rows = _OF_MOBILE.rows(connection, this_mobile=mobile, this_moment=seconds(now))
    return [_appointment(*row) for row in rows]


def lock(connection: Connection, seen: Appointment, *, waits: bool) -> Appointment | None:
    """Keeps others from changing an appointment until the transaction ends; as it stands now.

    None where it is not booked any more, or takes another time than was seen. Who does not wait
    raises Contended where somebody else is changing it.
    """
    rows = (_LOCK if waits else _LOCK_NOW).rows(connection, **_as_seen(seen))
    return _appointment(*rows[0]) if rows else None


def move(connection: Connection, moved: Appointment) -> None:
    """Gives an appointment that is locked another time."""
    _MOVE.run(
        connection,
        this_id=moved.id,
        new_start=seconds(moved.starts_at),
        new_end=seconds(moved.ends_at),
        new_pool=moved.pool,
        new_travel=int(moved.travel.total_seconds()),
    )


def cancel(connection: Connection, seen: Appointment) -> None:
    """Calls an appointment that is locked off."""
    _CANCEL.run(connection, this_id=seen.id)


def set_mobile(connection: Connection, row: int, mobile: str) -> None:
    """Where messages about an appointment go from now on."""
    _SET_MOBILE.run(connection, this_id=row, new_mobile=mobile)


def set_address(connection: Connection, row: int, address: str) -> None:
    """Where a visitor is visited."""
    _SET_ADDRESS.run(connection, this_id=row, new_address=address)


def _as_seen(seen: Appointment) -> dict[str, Any]:
    times = {"seen_start": seconds(seen.starts_at), "seen_end": seconds(seen.ends_at)}
    return {"this_id": seen.id, "seen_pool": seen.pool, **times}


def _appointment(  # noqa: PLR0913, PLR0917  the columns of the table
    row: int,
    reference: str,
    service: str,
    persons: int,
    pool: str,
    starts_at: int,
    ends_at: int,
    status: str,
    language: str,
    token: str,
    mobile: str | None,
    travel: int,
    address: str | None,
    revision: int,
) -> Appointment:
    return Appointment(
        row,
        reference,
        Wish(service, persons),
        pool,
        moment(starts_at),
        moment(ends_at),
        status,
        language,
        token or "",
        mobile,
        timedelta(seconds=travel),
        address,
        revision,
    )


_COLUMNS = tuple(
    appointments.c[name]
    for name in (
        "id",
        "reference",
        "service",
        "persons",
        "pool",
        "starts_at",
        "ends_at",
        "status",
        "language",
        "token",
        "mobile",
        "travel",
        "address",
        "revision",
    )
)
_HERE = appointments.c.id == bindparam("this_id")
_BOOKED = appointments.c.status == literal_column("'booked'")
# The pool too: who moves an appointment away and back may have brought it into another one.
_UNCHANGED = (
    _HERE,
    _BOOKED,
    appointments.c.starts_at == bindparam("seen_start"),
    appointments.c.ends_at == bindparam("seen_end"),
    appointments.c.pool == bindparam("seen_pool"),
)
_NUMBERED = appointments.c.reference.is_not(None)
_FIND = Prepared(
    select(*_COLUMNS).where(_NUMBERED, appointments.c.reference == bindparam("this_reference"))
)
_BY_TOKEN = Prepared(
    select(*_COLUMNS).where(
        appointments.c.token.is_not(None), appointments.c.token == bindparam("this_token")
    )
)
_BY_ID = Prepared(select(*_COLUMNS).where(_HERE, _NUMBERED))
_OF_MOBILE = Prepared(
    select(*_COLUMNS)
    .where(
        appointments.c.mobile.is_not(None),
        appointments.c.mobile == bindparam("this_mobile"),
        _BOOKED,
        appointments.c.starts_at >= bindparam("this_moment"),
    )
    .order_by(appointments.c.starts_at)
)
# Whoever books comes later than he books: so the index of the times finds them.
_MADE_BY = Prepared(
    select(*_COLUMNS)
    .where(
        _NUMBERED,
        appointments.c.starts_at >= bindparam("this_moment"),
        appointments.c.holder == bindparam("this_holder"),
    )
    .order_by(appointments.c.booked_at, appointments.c.id)
)
_STANDING = select(*_COLUMNS).where(*_UNCHANGED)
_LOCK = Prepared(_STANDING.with_for_update(key_share=True))
_LOCK_NOW = Prepared(_STANDING.with_for_update(key_share=True, nowait=True))
_MOVE = Prepared(
    update(appointments)
    .where(_HERE)
    .values(
        pool=bindparam("new_pool"),
        starts_at=bindparam("new_start"),
        ends_at=bindparam("new_end"),
        travel=bindparam("new_travel"),
        revision=appointments.c.revision + 1,
    )
)
_CANCEL = Prepared(
    update(appointments)
    .where(_HERE)
    .values(status=literal_column("'cancelled'"), revision=appointments.c.revision + 1)
)
_SET_MOBILE = Prepared(update(appointments).where(_HERE).values(mobile=bindparam("new_mobile")))
_SET_ADDRESS = Prepared(update(appointments).where(_HERE).values(address=bindparam("new_address")))

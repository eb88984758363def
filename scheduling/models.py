"""The tables of the appointment book and the rules that the database itself keeps."""

from datetime import UTC, datetime
from itertools import chain

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    event,
    text,
)
from sqlalchemy.types import TypeDecorator

STATUSES = ("held", "booked", "cancelled", "arrived", "served", "missed")
"""What an appointment can be; a held one is an offer that somebody is listening to."""

TAKING = tuple(status for status in STATUSES if status != "cancelled")
"""The statuses that take capacity."""

CHANNELS = ("telephone", "agent", "desk", "website")
"""The doors through which an appointment is made."""


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored as whole seconds since 1970 in UTC; refuses times without a zone.

    A number is the same on SQLite and PostgreSQL, and a step of the grid can be added to it in SQL.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Seconds since 1970; raises ValueError for a time without a zone."""
        return None if value is None else seconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in UTC."""
        return None if value is None else moment(value)


def seconds(value: datetime) -> int:
    """A moment as the database stores it; raises ValueError for a time without a zone."""
    if value.tzinfo is None:
        message = f"{value} has no time zone"
        raise ValueError(message)
    return int(value.timestamp())


def moment(value: int) -> datetime:
    """The moment that a stored number means, in UTC."""
    return datetime.fromtimestamp(value, UTC)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The rule that a column has one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def index_where(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows for which a condition holds, on both databases."""
    return Index(name, *columns, unique=unique, info={"where": condition})


metadata = MetaData()


@event.listens_for(metadata, "before_create")
def _tell_conditions(_metadata: MetaData, connection: Connection, **_more: object) -> None:
    """Only here, since an Index that knows its condition loads each database's dialect."""
    for index in chain.from_iterable(table.indexes for table in metadata.tables.values()):
        if where := index.info.get("where"):
            index.dialect_options[connection.dialect.name]["where"] = text(where)


capacity = Table(
    "capacity",
    metadata,
    Column("pool", String(90), primary_key=True),
    Column("starts_at", UTCDateTime, primary_key=True, autoincrement=False),
    Column("capacity", Integer, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("staying", Integer, nullable=False),
    Column("spanning", Integer, nullable=False, server_default="0"),
    CheckConstraint("used BETWEEN 0 AND capacity", name="used_fits"),
    CheckConstraint("spanning BETWEEN 0 AND staying", name="spanning_fits"),
    index_where("used < capacity", "capacity_free", "pool", "starts_at"),
    comment="One row a pool and step of the grid: how many counters are there, how many are taken."
    " `staying` counters were there in the step before too, and `spanning` appointments run on"
    " from it, so that nobody's appointment outlasts his counter.",
)

shifts = Table(
    "shifts",
    metadata,
    Column("counter", String(40), primary_key=True),
    Column("starts_at", UTCDateTime, primary_key=True, autoincrement=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("pool", String(90), nullable=False),
    CheckConstraint("starts_at < ends_at", name="shift_takes_time"),
    Index("shifts_starting", "starts_at"),
    comment="When each counter is staffed, as published; capacity counts these.",
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20)),
    Column("service", String(40), nullable=False),
    Column("persons", Integer, nullable=False),
    Column("pool", String(90), nullable=False),
    Column("starts_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("status", String(10), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("language", String(2), nullable=False),
    Column("counter", String(40)),
    Column("holder", String(64)),
    Column("expires_at", UTCDateTime),
    Column("booked_at", UTCDateTime),
    Column("mobile", String(16)),
    Column("travel", Integer, nullable=False, server_default="0"),
    Column("address", String(40)),
    Column("token", String(32)),
    Column("revision", Integer, nullable=False, server_default="0"),
    one_of("status", STATUSES),
    one_of("channel", CHANNELS),
    CheckConstraint("starts_at < ends_at", name="appointment_takes_time"),
    CheckConstraint("persons >= 1", name="somebody_comes"),
    CheckConstraint("(status = 'held') = (expires_at IS NOT NULL)", name="only_holds_expire"),
    CheckConstraint("(status = 'held') = (reference IS NULL)", name="booked_has_reference"),
    index_where("reference IS NOT NULL", "appointments_starting", "starts_at"),
    index_where("reference IS NOT NULL", "appointments_reference", "reference", unique=True),
    index_where("status = 'held'", "appointments_held_by", "holder", "starts_at", unique=True),
    index_where("status = 'held'", "appointments_expiring", "expires_at"),
    index_where("token IS NOT NULL", "appointments_token", "token", unique=True),
    index_where("mobile IS NOT NULL", "appointments_mobile", "mobile"),
    comment="Every appointment, and every hold while its time is being offered. `travel` seconds at"
    " both ends of the time are on the way to somebody's door. `token` is the way to the calendar"
    " file for whoever has the text message; `revision` counts its changes.",
)

"""The first tables: capacity, shifts, appointments and calls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

HELD = sa.text("status = 'held'")
NUMBERED = sa.text("reference IS NOT NULL")
FREE = sa.text("used < capacity")


def upgrade() -> None:
    """Make the tables of the first version."""
    op.create_table(
        "capacity",
        sa.Column("pool", sa.String(90), primary_key=True),
        sa.Column("starts_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False, server_default="0"),
        sa.Column("staying", sa.Integer, nullable=False),
        sa.Column("spanning", sa.Integer, nullable=False, server_default="0"),
        sa.CheckConstraint("used BETWEEN 0 AND capacity", name="used_fits"),
        sa.CheckConstraint("spanning BETWEEN 0 AND staying", name="spanning_fits"),
    )
    op.create_index(
        "capacity_free",
        "capacity",
        ["pool", "starts_at"],
        sqlite_where=FREE,
        postgresql_where=FREE,
    )
    op.create_table(
        "shifts",
        sa.Column("counter", sa.String(40), primary_key=True),
        sa.Column("starts_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("pool", sa.String(90), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="shift_takes_time"),
    )
    op.create_index("shifts_starting", "shifts", ["starts_at"])
    _create_appointments()
    op.create_table(
        "calls",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("no_input", sa.Integer, nullable=False),
        sa.Column("no_match", sa.Integer, nullable=False),
        sa.Column("notice", sa.String(40), nullable=False),
        sa.Column("slow", sa.Boolean, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
    )


def _create_appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(20)),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("pool", sa.String(90), nullable=False),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("counter", sa.String(40)),
        sa.Column("holder", sa.String(64)),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("booked_at", sa.BigInteger),
        sa.CheckConstraint(
            "status IN ('held', 'booked', 'cancelled', 'arrived', 'served', 'missed')",
            name="status_is_known",
        ),
        sa.CheckConstraint(
            "channel IN ('telephone', 'agent', 'desk', 'website')", name="channel_is_known"
        ),
        sa.CheckConstraint("starts_at < ends_at", name="appointment_takes_time"),
        sa.CheckConstraint("persons >= 1", name="somebody_comes"),
        sa.CheckConstraint(
            "(status = 'held') = (expires_at IS NOT NULL)", name="only_holds_expire"
        ),
        sa.CheckConstraint("(status = 'held') = (reference IS NULL)", name="booked_has_reference"),
    )
    op.create_index(
        "appointments_starting",
        "appointments",
        ["starts_at"],
        sqlite_where=NUMBERED,
        postgresql_where=NUMBERED,
    )
    op.create_index(
        "appointments_reference",
        "appointments",
        ["reference"],
        unique=True,
        sqlite_where=NUMBERED,
        postgresql_where=NUMBERED,
    )
    op.create_index(
        "appointments_held_by",
        "appointments",
        ["holder", "starts_at"],
        unique=True,
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    op.create_index(
        "appointments_expiring",
        "appointments",
        ["expires_at"],
        sqlite_where=HELD,
        postgresql_where=HELD,
    )

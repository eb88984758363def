"""Handovers by agents, the guesses at their codes, and which agents take calls."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables of handing over."""
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("service", sa.String(40)),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(20)),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("used_by", sa.String(64)),
        sa.Column("booked", sa.String(20)),
        sa.CheckConstraint("persons >= 1", name="somebody_is_handed_over"),
        sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="somebody_used_it"),
    )
    op.create_index("handovers_code", "handovers", ["code"], unique=True)
    op.create_index("handovers_used_by", "handovers", ["used_by"])
    op.create_index("handovers_booked", "handovers", ["booked"])
    op.create_table(
        "handover_guesses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("handover_guesses_at", "handover_guesses", ["at"])
    op.create_table(
        "agents_present",
        sa.Column("agent", sa.String(80), primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
    )

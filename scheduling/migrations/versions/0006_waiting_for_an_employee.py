"""Callers who wait for an employee."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table of their places."""
    op.create_table(
        "waiting",
        sa.Column("call", sa.String(64), primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("whispered_at", sa.BigInteger),
        sa.Column("accepted_at", sa.BigInteger),
    )

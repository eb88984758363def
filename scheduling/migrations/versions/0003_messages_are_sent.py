"""Text messages are sent and answered: what a sender must know after it was interrupted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables and columns of the third version."""
    op.add_column("messages", sa.Column("tried_at", sa.BigInteger))
    op.add_column(
        "appointments", sa.Column("revision", sa.Integer, nullable=False, server_default="0")
    )
    op.create_table(
        "replies",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("appointment", sa.Integer),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("replies_of", "replies", ["number", "at"])

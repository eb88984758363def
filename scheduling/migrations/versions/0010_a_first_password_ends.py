"""A password that somebody was given is only good to choose one's own, and not for long."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add until when the password is good that an employee was given; NULL where it is his own."""
    op.add_column("staff", sa.Column("first_until", sa.BigInteger(), nullable=True))

"""A book says whose it is, where several municipalities have theirs side by side."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table with the name."""
    op.create_table(
        "book_of",
        sa.Column("one", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("municipality", sa.String(length=40), nullable=False),
        sa.CheckConstraint("one = 1", name="a_book_is_of_one"),
        sa.PrimaryKeyConstraint("one"),
    )

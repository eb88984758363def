"""The story of a call, one word a turn; and which calls are to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column, of calls before it there is no story; and the index that finds old ones."""
    op.add_column(
        "calls", sa.Column("story", sa.Text, nullable=False, server_default=sa.text("''"))
    )
    op.create_index("calls_started", "calls", ["started_at"])

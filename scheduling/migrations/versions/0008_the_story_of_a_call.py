"""The story of a call, one word a turn."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; of calls before it there is no story."""
    op.add_column(
        "calls", sa.Column("story", sa.Text, nullable=False, server_default=sa.text("''"))
    )

"""Messages that failed of late are found, to tell of a limit once a day."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the index that finds them."""
    where = sa.text("state = 'failed'")
    op.create_index(
        "messages_failed", "messages", ["due_at"], sqlite_where=where, postgresql_where=where
    )

"""Messages that went out in the last day are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the index that finds them."""
    where = sa.text("tried_at IS NOT NULL")
    op.create_index(
        "messages_tried", "messages", ["tried_at"], sqlite_where=where, postgresql_where=where
    )

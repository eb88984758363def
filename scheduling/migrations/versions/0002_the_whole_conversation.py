"""Text messages, tasks of employees, guesses, and what an appointment needs for them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TOKEN = sa.text("token IS NOT NULL")
MOBILE = sa.text("mobile IS NOT NULL")
DUE = sa.text("state IN ('waiting', 'sending')")
SENT = sa.text("sid IS NOT NULL")
OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    """Add the tables and columns of the second version."""
    op.add_column("appointments", sa.Column("mobile", sa.String(16)))
    op.add_column(
        "appointments", sa.Column("travel", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("appointments", sa.Column("address", sa.String(40)))
    op.add_column("appointments", sa.Column("token", sa.String(32)))
    _index("appointments", "appointments_token", "token", TOKEN, unique=True)
    _index("appointments", "appointments_mobile", "mobile", MOBILE)
    _create_messages()
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("reference", sa.String(20)),
        sa.Column("detail", sa.String(80), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.CheckConstraint(
            "kind IN ('call_back', 'confirm_address', 'message_failed')", name="kind_is_known"
        ),
    )
    _index("tasks", "tasks_open", "created_at", OPEN)
    op.create_table(
        "guesses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("number", sa.String(64)),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("guesses_at", "guesses", ["at"])


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("appointment", sa.Integer, sa.ForeignKey("appointments.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mobile", sa.String(16), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("body", sa.Text),
        sa.Column("sid", sa.String(40)),
        sa.Column("error", sa.String(10)),
        sa.Column("sent_at", sa.BigInteger),
        sa.CheckConstraint(
            "kind IN ('confirmation', 'reminder', 'change', 'cancellation')", name="kind_is_known"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'dropped')",
            name="state_is_known",
        ),
        sa.CheckConstraint("mobile LIKE '+316________'", name="only_dutch_mobiles"),
    )
    op.create_index("messages_of", "messages", ["appointment"])
    _index("messages", "messages_due", "due_at", DUE)
    _index("messages", "messages_sid", "sid", SENT, unique=True)


def _index(
    table: str, name: str, column: str, where: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(
        name, table, [column], unique=unique, sqlite_where=where, postgresql_where=where
    )

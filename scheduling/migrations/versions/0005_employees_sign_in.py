"""Employees sign in, and what they do is written down."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables of the employees' pages."""
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", sa.String(40), nullable=False, unique=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password", sa.String(300), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "role IN ('agent', 'reception', 'counter', 'manager')", name="role_is_known"
        ),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("reference", sa.String(20)),
        sa.Column("detail", sa.String(120), nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    _create_pages()


def _create_pages() -> None:
    op.create_table(
        "agent_pages",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column(
            "staff",
            sa.Integer,
            sa.ForeignKey("staff.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("moving", sa.String(20)),
        sa.Column("offered", sa.Text, nullable=False),
        sa.Column("offered_at", sa.BigInteger, nullable=False),
        sa.Column("done", sa.String(20)),
    )

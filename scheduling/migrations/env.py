"""Alembic's entry: runs on the connection that it is handed, and commits nothing itself."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()

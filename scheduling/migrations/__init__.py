"""The one set of migrations, for SQLite and PostgreSQL."""

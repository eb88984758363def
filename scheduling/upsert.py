"""INSERT that takes a row which is there already in good part, in the dialect of the database.

SQLAlchemy has it once for each database, and loads much with each. PostgreSQL's is only loaded
where the book is kept there: a start on SQLite is faster by a tenth.
"""

from typing import Any

from sqlalchemy import Connection, Table


def insert(connection: Connection, table: Table) -> Any:  # noqa: ANN401  either dialect's Insert
    """The INSERT of the connection's database, which knows `on_conflict_do_nothing` and so on."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415  loaded with the engine

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415  the same

    return postgresql.insert(table)

"""Migrations only add, so that an older version answers calls beside a newer one."""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from scheduling.database import Database
from scheduling.migrations.run import configuration
from tests.scheduling.test_migrations import NewUrl, new_url

__all__ = ["new_url"]

Tables = dict[str, dict[str, Any]]

BOUND_LATER = ("0002",)
"""Migrations of before the first release, which bound what was there already."""


def tables(connection: Connection) -> Tables:
    """What each table holds and forbids."""
    found = inspect(connection)
    return {
        table: {
            "columns": {each["name"]: each for each in found.get_columns(table)},
            "unique": {
                str(each["name"])
                for each in (*found.get_unique_constraints(table), *found.get_indexes(table))
                if each.get("unique", True)
            },
            "checks": {str(each["name"]) for each in found.get_check_constraints(table)},
        }
        for table in found.get_table_names()
    }


def harm(before: Tables, after: Tables) -> list[str]:
    """What a program that knows only the tables of before can no longer do."""
    gone = [f"{table} is gone" for table in before.keys() - after.keys()]
    both = before.keys() & after.keys()
    return gone + [each for table in both for each in _harm(table, before[table], after[table])]


def _harm(table: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, column in old["columns"].items():
        if str(new["columns"].get(name, {}).get("type")) != str(column["type"]):
            yield f"{table}.{name} is gone, or of another type"
    for name in new["columns"].keys() - old["columns"].keys():
        column = new["columns"][name]
        if not column["nullable"] and column["default"] is None:
            yield f"{table}.{name} must be filled in, which only the newer version does"
    for rule in ("unique", "checks"):
        if more := new[rule] - old[rule]:
            yield f"{table} has new rules: {sorted(more)}"


def test_an_older_version_can_go_on_after_every_migration(new_url: NewUrl) -> None:
    """Nothing that it reads is gone, and nothing that it writes is refused."""
    with closing(Database(new_url())) as database, database.write() as connection:
        config = configuration(connection)
        scripts = [*ScriptDirectory.from_config(config).walk_revisions()][::-1]
        for older, newer in pairwise(scripts):
            command.upgrade(config, older.revision)
            before = tables(connection)
            command.upgrade(config, newer.revision)
            if newer.revision not in BOUND_LATER:
                assert harm(before, tables(connection)) == [], newer.revision


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE waiting", "waiting is gone"),
        ("ALTER TABLE staff DROP COLUMN name", "staff.name is gone, or of another type"),
        ("ALTER TABLE calls RENAME COLUMN slow TO slowly", "calls.slow is gone"),
        ("CREATE UNIQUE INDEX one ON calls (language)", "calls has new rules: ['one']"),
    ],
)
def test_a_change_that_harms_an_older_version_is_found(
    new_url: NewUrl, change: str, said: str
) -> None:
    """The check sees what it is there for."""
    with closing(Database(new_url())) as database:
        database.upgrade()
        with database.write() as connection:
            before = tables(connection)
            connection.exec_driver_sql(change)
            found = harm(before, tables(connection))
    assert any(said in each for each in found), found

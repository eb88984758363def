"""An upgrade waits for whoever works with a table, and nobody waits long in the queue behind it."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from scheduling.database import SCHEMA, Database
from tests.outside.running import wait_for
from tests.postgres import Server


def test_an_upgrade_gives_way_and_comes_again(postgresql: Server) -> None:
    """Somebody writes messages for longer than it waits; callers come between two tries."""
    url = postgresql.url(postgresql.create())
    database, other = Database(url), Database(url)
    database.upgrade()
    with database.write() as connection:
        connection.execute(text("DROP INDEX messages_failed"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))
    with ThreadPoolExecutor(1) as beside:
        with other.write() as connection:
            connection.execute(text("LOCK TABLE messages IN ROW EXCLUSIVE MODE"))
            upgraded = beside.submit(Database(url).upgrade)
            wait_for(lambda: _waits(database))
            wait_for(lambda: not _waits(database))
        upgraded.result()
    assert database.schema() == SCHEMA
    database.close()
    other.close()


def _waits(database: Database) -> bool:
    """Whether somebody waits for the table of messages."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'messages'::regclass"
    with database.read() as connection:
        return bool(connection.scalar(text(waiting)))

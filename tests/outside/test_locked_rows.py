"""Whoever keeps a row locked keeps only those waiting who need it, and not for long."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from ivr.carrier import PhoneCall
from scheduling import engines
from scheduling.database import Connection, Database
from scheduling.errors import Contended, DatabaseAway
from scheduling.municipality_file import MunicipalityFile
from tests import postgres
from tests.calling import hears
from tests.conftest import World
from tests.outside.hurried import line_on, reaches_a_human
from tests.outside.running import wait_for
from tests.web.employee import at_work


@pytest.fixture
def line(postgresql: postgres.Server, leiderdorp: MunicipalityFile) -> Iterator[World]:
    """A line that is in a hurry."""
    with line_on(postgresql, leiderdorp) as found:
        yield found


def test_a_row_that_somebody_keeps_locked(line: World) -> None:
    """Whoever needs it hears an apology in time, and everybody else goes on."""
    call, other = line.rings(agents=("completed",)), line.rings()
    keeper = Database(line.database.url.render_as_string(hide_password=False))
    with keeper.write() as connection:
        locks(connection, call)
        call.press("1")
        assert reaches_a_human(call)
        other.press("1")
        assert hears(other, "Waarvoor wilt u een afspraak?")
    keeper.close()


def test_an_agent_whose_page_somebody_keeps_locked_is_told(line: World) -> None:
    """Two clicks at once, and the worker of the first one stands still."""
    agent = at_work(line)
    start = agent.asks_for()[0]
    keeper = Database(line.database.url.render_as_string(hide_password=False))
    with keeper.write() as connection:
        connection.execute(text("SELECT * FROM agent_pages FOR UPDATE"))
        assert agent.books(start) == 503
    keeper.close()
    assert "Probeer het over een minuut opnieuw." in agent.text


def test_a_machine_that_is_gone_does_not_keep_what_it_has_locked(line: World) -> None:
    """Its power failed between two statements; the server hears nothing of it for hours."""
    call = line.rings()
    gone = Database(line.database.url.render_as_string(hide_password=False))
    engines.end_idle_transactions(gone.engine)

    def stands_still(connection: Connection) -> None:
        locks(connection, call)
        wait_for(lambda: is_free(line, call))
        locks(connection, call)

    with pytest.raises(DatabaseAway, match="idle-in-transaction"):
        gone.transact(stands_still)
    gone.close()
    call.press("1")
    assert hears(call, "Waarvoor wilt u een afspraak?")


def locks(connection: Connection, call: PhoneCall) -> None:
    """Locks the row of a call, or raises Contended."""
    lock = text("SELECT * FROM calls WHERE sid = :sid FOR UPDATE NOWAIT")
    connection.execute(lock, {"sid": call.sid})


def is_free(line: World, call: PhoneCall) -> bool:
    """Whether nobody keeps the row of a call locked."""
    try:
        with line.database.write() as connection:
            locks(connection, call)
    except Contended:
        return False
    return True


def test_only_who_answers_calls_must_not_stand_still(line: World) -> None:
    """A report on years of appointments works for longer on what it has read."""
    asked = text("SHOW idle_in_transaction_session_timeout")
    report = Database(line.database.url.render_as_string(hide_password=False))
    for database, told in ((line.database, "10s"), (report, "0")):
        with database.read() as connection:
            assert connection.scalar(asked) == told
    report.close()

"""What happened is logged as one line of JSON each, and nobody's number or key is in it."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.carrier import PhoneCall
from ivr.logs import JSONLines
from scheduling.database import Database
from tests.calling import PASSPORT, press_all
from tests.conftest import World
from tests.outside.test_health import NOBODY_LISTENS, on

NUMBER = "+31612345678"


@pytest.fixture
def written() -> io.StringIO:
    """What a logger in the form of the line's has written."""
    return io.StringIO()


@pytest.fixture
def log(written: io.StringIO) -> Iterator[logging.Logger]:
    """A logger of its own, which writes as the line does."""
    handler = logging.StreamHandler(written)
    handler.setFormatter(JSONLines())
    logger = logging.getLogger("ivr.tests")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def fail() -> None:
    """Something that goes wrong, and says so on two lines."""
    raise ValueError("twee\nregels")


def only(written: io.StringIO) -> dict[str, Any]:
    """The one line that was written."""
    (line,) = written.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_record_is_one_line_of_json(log: logging.Logger, written: io.StringIO) -> None:
    """Time in UTC, level, where, and the message with its values in it."""
    log.info("call %s: turn answered in %.0f ms", "CA1", 12.6)
    line = only(written)
    at = datetime.fromisoformat(line.pop("time"))
    assert at.utcoffset() == datetime.now(UTC).utcoffset()
    message = "call CA1: turn answered in 13 ms"
    assert line == {"level": "info", "logger": "ivr.tests", "message": message}


@pytest.mark.parametrize("words", ["twee\nregels", 'een "citaat"', "één", "\x00\x1b[31m", "%s {}"])
def test_any_message_stays_on_its_line(
    log: logging.Logger, written: io.StringIO, words: str
) -> None:
    """No message can break out of its line, or forge another one."""
    log.warning(words)
    assert only(written)["message"] == words


def test_an_error_is_one_line_with_its_trace(log: logging.Logger, written: io.StringIO) -> None:
    """The trace of an exception stands in the same line as what failed."""
    try:
        fail()
    except ValueError:
        log.exception("call %s: turn failed", "CA1")
    line = only(written)
    assert line["level"] == "error"
    assert line["error"].startswith("Traceback")
    assert "ValueError: twee\nregels" in line["error"]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Everything that was logged, as the line writes it."""
    return [JSONLines().format(record) for record in caplog.records]


def misuse(call: PhoneCall) -> None:
    """Every kind of key, silence, and the end."""
    for key in "1*17#":
        call.press(key)
    call.stay_silent()
    call.hang_up()


@pytest.mark.parametrize("number", [NUMBER, "sip:jan.jansen@example.nl", "anonymous", ""])
def test_a_whole_call_leaves_no_number_and_no_key_in_the_logs(
    world: World, caplog: pytest.LogCaptureFixture, number: str
) -> None:
    """What is logged of each request is the call's id, what was asked, and how long it took."""
    caplog.set_level(logging.DEBUG, "ivr")
    press_all(world.rings(number=number), PASSPORT + "1")
    misuse(world.rings(number=number))
    lines = [json.loads(line) for line in told(caplog)]
    assert len(lines) >= 13
    for line in lines:
        assert re.fullmatch(r"CA[0-9a-f]{32}", line.pop("call"))
        assert datetime.fromisoformat(line.pop("time")).utcoffset() == timedelta(0)
        assert line.pop("ms", 0.0) >= 0
        assert [word for word in line.values() if not re.fullmatch("[A-Za-z_.]*", word)] == []
    assert not number or number not in json.dumps(lines)


def test_a_reference_is_not_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads the logs cannot cancel somebody's appointment."""
    caplog.set_level(logging.DEBUG)
    press_all(world.rings(), PASSPORT + "1")
    with world.database.read() as connection:
        sql = "SELECT reference FROM appointments WHERE reference IS NOT NULL"
        (reference,) = connection.exec_driver_sql(sql).scalars()
    assert reference
    assert [line for line in told(caplog) if str(reference) in line] == []


def test_a_call_that_fails_is_logged_with_its_id_and_without_its_number(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The trace says what went wrong, and for which call; the caller stays unnamed."""
    caplog.set_level(logging.DEBUG)
    away = Database(NOBODY_LISTENS)
    world.app = on(world, away)
    call = world.rings(number=NUMBER)
    away.close()
    failed = [json.loads(line) for line in told(caplog) if '"ivr.' in line and '"error"' in line]
    assert failed
    assert all(call.sid in line["message"] and "Traceback" in line["error"] for line in failed)
    assert [line for line in told(caplog) if NUMBER.lstrip("+") in line] == []


def test_whatever_goes_wrong_is_logged_by_the_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Only what the line itself logs becomes JSON; a status callback that fails is no exception."""
    away = Database(NOBODY_LISTENS)
    world.app = on(world, away)
    world.rings().hang_up()
    away.close()
    assert {record.name.partition(".")[0] for record in caplog.records} == {"ivr"}


def test_a_refused_request_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """An operator whose public address is wrong sees why no call is answered."""
    caplog.set_level(logging.INFO, "ivr")
    form = {"CallSid": "CA" + "1" * 32, "From": NUMBER}
    assert world.app.test_client().post("/voice", data=form).status_code == 403
    lines = told(caplog)
    assert [line for line in lines if "signature" in line.lower()]
    assert [line for line in lines if NUMBER.lstrip("+") in line] == []


def test_a_refused_row_is_not_repeated_in_the_log(
    database: Database, log: logging.Logger, written: io.StringIO
) -> None:
    """PostgreSQL tells the whole row that broke a rule, with the number of the caller in it."""
    row = f"VALUES ('nonsense', '{NUMBER}', 'nl', '0612345678', 0)"
    columns = "(kind, number, language, detail, created_at)"
    try:
        with database.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO tasks {columns} {row}")
    except Exception:
        log.exception("call CA1: turn failed")
    said = only(written)["error"]
    assert "kind" in said
    assert not re.search(r"\+?\d{6,}", said)

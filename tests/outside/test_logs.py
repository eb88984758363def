"""What happened is logged as one line of JSON each, and nobody's number or key is in it."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.carrier import PhoneCall
from ivr.logs import Fields, JSONLines
from scheduling.database import Database
from tests.calling import PASSPORT, key_in, press_all
from tests.conftest import World
from tests.outside.personal import home, own_mobile, rung_back
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


def test_fields_that_are_json_already_stand_beside_the_rest(
    log: logging.Logger, written: io.StringIO
) -> None:
    """With the same time, level and place as every other line, and in the same order."""
    log.info(Fields('"call": "CA1", "ms": 12.6'))
    line = only(written)
    assert list(line) == ["time", "level", "logger", "call", "ms"]
    at = datetime.fromisoformat(line.pop("time"))
    assert at.utcoffset() == timedelta(0)
    assert line == {"level": "info", "logger": "ivr.tests", "call": "CA1", "ms": 12.6}


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


def digits(lines: list[str]) -> list[str]:
    """What may be a number or keys, in lines without times, calls, and places in programs."""
    known = (
        r'"time": "[^"]*"|"ms": [0-9.]+|CA[0-9a-f]{32}'
        r'|\bFile \\?"[^"\\]*\\?", line \d+|\bline \d+'
    )
    lines = [re.sub(known, "", line) for line in lines]
    return [found for line in lines for found in re.findall(r"\d{4,}", line)]


PERSONAL: dict[str, Callable[[PhoneCall], None]] = {
    "his mobile": own_mobile,
    "his address": home,
    "his number": rung_back,
    "his reference": lambda call: key_in_after(call, "5", "234567892345"),
    "no reference": lambda call: key_in_after(call, "5", "111111111111"),
}


def key_in_after(call: PhoneCall, key: str, keys: str) -> None:
    """Keys in digits where a first key leads to."""
    call.press(key)
    key_in(call, keys)


@pytest.mark.parametrize("what", PERSONAL)
def test_what_is_keyed_in_is_in_no_line(
    world: World, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """Not a run of four digits, whatever is logged at whatever level by whom."""
    caplog.set_level(logging.DEBUG)
    call = world.rings(number="anonymous")
    PERSONAL[what](call)
    call.hang_up()
    assert len(caplog.records) > 3
    assert digits(told(caplog)) == []


BREAKS = {
    "the calls are gone": ("DROP TABLE calls", "DROP TABLE calls CASCADE"),
    "the messages are gone": ("DROP TABLE messages", "DROP TABLE messages CASCADE"),
    "a message is refused": (
        (
            "CREATE TRIGGER broken BEFORE INSERT ON messages"
            " BEGIN SELECT RAISE(ABORT, 'a message for +31612345678 is refused'); END"
        ),
        "ALTER TABLE messages ADD CONSTRAINT broken CHECK (mobile = '')",
    ),
    "an appointment is refused": (
        (
            "CREATE TRIGGER broken BEFORE UPDATE ON appointments WHEN new.status = 'booked'"
            " BEGIN SELECT RAISE(ABORT, 'appointment 234567892345 is refused'); END"
        ),
        "ALTER TABLE appointments ADD CONSTRAINT broken CHECK (status <> 'booked')",
    ),
}
"""What a database can be made to refuse, on SQLite and on PostgreSQL."""


@pytest.mark.parametrize("how", BREAKS)
def test_every_failure_is_logged_without_what_is_personal(
    worlds: World, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """PostgreSQL repeats the row that it refuses, with the mobile in it; the log does not."""
    caplog.set_level(logging.DEBUG, "ivr")
    call = worlds.rings(number=NUMBER)
    press_all(call, PASSPORT)
    sqlite, postgresql = BREAKS[how]
    with worlds.database.write() as connection:
        connection.exec_driver_sql(sqlite if worlds.database.is_sqlite else postgresql)
    call.press("1")
    call.hang_up()
    lines = told(caplog)
    failed = [json.loads(line) for line in lines if '"error"' in line]
    assert "Traceback" in failed[0]["error"]
    assert digits(lines) == []
    assert '"failed"' in "".join(lines)


@pytest.mark.parametrize(
    "words", [NUMBER, "tel:0612345678", "DETAIL:  Failing row contains (7, Jan, 12).", "(1234)"]
)
def test_the_words_of_an_error_lose_their_digits(
    log: logging.Logger, written: io.StringIO, words: str
) -> None:
    """The places of the program stay, so that the trace can be read."""
    try:
        raise ValueError(words)  # noqa: TRY301  the trace is what is looked at
    except ValueError:
        log.exception("call %s: turn failed", "CA1")
    line = only(written)
    assert digits([line["error"]]) == []
    assert "Jan" not in line["error"]
    assert re.search(r"line \d+, in test_the_words", line["error"])


def test_a_turn_is_logged_as_fields(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The step that was answered, what came of it, and where it leads; the end with its outcome."""
    caplog.set_level(logging.INFO, "ivr")
    call = world.rings()
    call.press("1")
    call.stay_silent()
    call.press("9")
    call.hang_up()
    lines = [json.loads(line) for line in told(caplog)]
    assert {line["call"] for line in lines} == {call.sid}
    assert [[line.get(name) for name in ("kind", "step", "outcome", "next")] for line in lines] == [
        ["call", "Welcome", "answered", "Welcome"],
        ["turn", "Welcome", "answered", "ChooseService"],
        ["turn", "ChooseService", "no_input", "ChooseService"],
        ["turn", "ChooseService", "no_match", "ChooseService"],
        ["end", None, "left", None],
    ]

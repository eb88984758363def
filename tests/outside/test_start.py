"""`python app.py` starts a line that answers, or says why it cannot."""

import json
import os
import signal
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from scheduling.municipality_file import LEIDERDORP
from tests.outside.running import RunningLine, end, free_port, wait_for

SECONDS_TO_REFUSE = 60


def test_the_line_answers_where_it_says(running_line: RunningLine) -> None:
    """It prints its address and its time, and how to ring it."""
    printed = running_line.printed()
    assert f"listens at http://127.0.0.1:{running_line.port}" in printed
    assert "It is Tuesday 2026-12-01 " in printed
    assert "the telephone answers" in printed
    assert "flask call --keys 1111 1" in printed
    assert running_line.get("/health")[0] == 200


def test_a_line_that_has_started_can_book(running_line: RunningLine) -> None:
    """Tables and roster were made by the start itself."""
    status, body = running_line.get("/ready")
    assert (status, json.loads(body)["status"]) == (200, "ready")


def test_the_demos_files_lie_in_its_own_folder(running_line: RunningLine) -> None:
    """The token of the demo stands in `instance/` beside the source, for its owner only."""
    token = running_line.folder / "instance" / "demo-token"
    assert token.stat().st_mode & 0o777 == 0o600


def test_what_a_running_line_logs_is_json(running_line: RunningLine) -> None:
    """After its first words every line that it prints is JSON, without the caller's number."""
    running_line.flask("call", "--keys", "1h", "--from", "+31687654321")
    lines = [line for line in running_line.printed().splitlines() if line.startswith("{")]
    assert {json.loads(line)["level"] for line in lines} <= {"info", "warning"}
    assert len(lines) >= 2
    assert "87654321" not in running_line.printed()


def test_a_page_that_fails_is_one_line_of_json_too(tmp_path: Path) -> None:
    """What Flask itself logs of an error stands among the other lines, with its trace."""
    line = RunningLine(tmp_path)
    try:
        line.start()
        with closing(sqlite3.connect(tmp_path / "book.sqlite3")) as book:
            # On a day so far away that nobody publishes it again.
            book.execute(
                "UPDATE shifts SET starts_at = starts_at + 1000000000, ends_at = 'no time'"
                " WHERE starts_at = (SELECT max(starts_at) FROM shifts)"
            )
            book.commit()
        status, _ = line.get("/ready")
    finally:
        line.stop()
    assert status == 500
    (failed,) = [each for each in line.printed().splitlines() if "Traceback" in each]
    assert json.loads(failed)["logger"] == "app"


def test_a_worker_in_a_dead_ones_place_answers_as_the_others_do(tmp_path: Path) -> None:
    """Also where somebody is just changing the municipality's file, and it is broken for now."""
    file = tmp_path / "municipality.toml"
    text = LEIDERDORP.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    line = RunningLine(tmp_path, MUNICIPALITY=str(file))
    try:
        line.start()
        file.write_text(text.replace("[telephone]", "[telephone"), encoding="utf-8")
        (worker,) = workers(line)
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: workers(line) not in ([], [worker]))
        assert line.get("/health")[0] == 200
        file.write_text(text, encoding="utf-8")
        assert line.flask("call", "--keys", "1111", "1").returncode == 0
    finally:
        line.stop()
    assert "Traceback" not in line.printed()


def workers(line: RunningLine) -> list[int]:
    """The processes that answer."""
    found = Path(f"/proc/{line.pid}/task/{line.pid}/children").read_text(encoding="ascii")
    return [int(each) for each in found.split() if b"resource_tracker" not in command(each)]


def command(pid: str) -> bytes:
    """The words with which a process was started; none of one that has just ended."""
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def refusal(line: RunningLine, *arguments: str, **settings: str) -> str:
    """What is printed by a second `app.py`, which must end by itself and with a status."""
    before = len(line.printed())
    process = line.process("app.py", *arguments, **settings)
    try:
        status = process.wait(timeout=SECONDS_TO_REFUSE)
    except subprocess.TimeoutExpired:
        status = None
        end(process)
    told = line.printed()[before:]
    assert status, f"the line started, or ended with status {status}:\n{told}"
    return told


def test_a_second_line_on_the_same_port_is_refused(running_line: RunningLine) -> None:
    """Two lines on one port would share its calls between two books; the second one stops."""
    told = refusal(running_line, "--at", "2026-12-01 10:00")
    assert str(running_line.port) in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (("--at", "ten"), {}, 'write it as "2026-12-01 10:00"'),
        ((), {"PORT": "abc"}, "PORT"),
        ((), {"TWILIO_ACCOUNT_SID": "AC1", "DEMO_CLOCK_AHEAD": "0"}, "set TWILIO_AUTH_TOKEN"),
        ((), {"DATABASE_URL": "postgresql://line@127.0.0.1:1/line"}, "does not answer"),
    ],
)
def test_a_start_that_cannot_be_is_told_in_a_sentence(
    running_line: RunningLine, arguments: tuple[str, ...], settings: dict[str, str], said: str
) -> None:
    """A wrong setting ends the start with status and sentence, and never with a trace."""
    told = refusal(running_line, *arguments, **{"PORT": str(free_port())} | settings)
    assert said in told
    assert "Traceback" not in told

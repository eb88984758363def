"""The commands of the book and of the telephone, beside a line that really runs."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.outside.running import RunningLine

FIELDS = {
    "reference",
    "service",
    "persons",
    "starts_at",
    "ends_at",
    "counter",
    "status",
    "channel",
}
STATUSES = {"held", "booked", "cancelled", "arrived", "served", "missed"}
DAY = "2026-12-01"


@pytest.fixture(scope="session")
def line(running_line: RunningLine) -> RunningLine:
    """The running line, with an appointment for four persons in its book."""
    assert running_line.flask("call", "--keys", "11411").returncode == 0
    return running_line


@pytest.fixture(scope="session")
def entries(line: RunningLine) -> list[dict[str, Any]]:
    """The agenda, for other programs."""
    found: list[dict[str, Any]] = printed(line, "agenda")
    return found


@pytest.fixture(scope="session")
def staffing(line: RunningLine) -> dict[str, Any]:
    """What the day needs, for other programs."""
    found: dict[str, Any] = printed(line, "staffing", DAY)
    return found


def printed(line: RunningLine, *arguments: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """What a command prints as JSON."""
    done = line.flask(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def moment(text: str) -> datetime:
    """A moment as it is printed, which says its distance from UTC."""
    at = datetime.fromisoformat(text)
    assert at.utcoffset() is not None
    return at


def test_the_agenda_shows_every_appointment_with_its_fields(entries: list[dict[str, Any]]) -> None:
    """Other programs find what is documented, in order of time."""
    assert [entry for entry in entries if FIELDS - set(entry)] == []
    assert {entry["status"] for entry in entries} <= STATUSES
    starts = [moment(entry["starts_at"]) for entry in entries]
    assert starts == sorted(starts)
    (four,) = [entry for entry in entries if entry["persons"] == 4]
    assert (moment(four["ends_at"]) - moment(four["starts_at"])).total_seconds() == 40 * 60


def test_the_agenda_can_begin_later_and_be_short(
    line: RunningLine, entries: list[dict[str, Any]]
) -> None:
    """FROM and --days choose the days."""
    assert printed(line, "agenda", "2026-12-02", "--days", "1") == []
    found = printed(line, "agenda", DAY, "--days", "1")
    assert [entry for entry in entries if entry not in found] == []


def test_the_agenda_can_be_read_by_people(line: RunningLine, entries: list[dict[str, Any]]) -> None:
    """Each appointment is a line with its day, time and service."""
    lines = line.flask("agenda").stdout.splitlines()
    assert len(lines) >= len(entries) > 0
    assert all(text.startswith(f"Tue {DAY} 11:") for text in lines)
    assert any("travel-document (4)" in text for text in lines)


def test_a_day_that_is_none_is_told(line: RunningLine) -> None:
    """Who mistypes the day reads how to write it."""
    done = line.flask("agenda", "1 december")
    assert done.returncode != 0
    assert "2026-12-31" in done.stderr


def test_the_next_openings_are_listed(line: RunningLine) -> None:
    """So many free times as were asked for, in order, none before the notice."""
    openings = printed(line, "openings", "travel-document", "--count", "5")
    starts = [moment(opening["starts_at"]) for opening in openings]
    assert len(starts) == 5
    assert starts == sorted(set(starts))
    assert starts[0] >= moment("2026-12-01T11:00:00+01:00")
    lengths = {moment(o["ends_at"]) - start for o, start in zip(openings, starts, strict=True)}
    assert {length.total_seconds() for length in lengths} == {600}


def test_an_unknown_service_is_told_which_there_are(line: RunningLine) -> None:
    """Who mistypes the service reads the list."""
    done = line.flask("openings", "paspoort")
    assert done.returncode != 0
    assert "travel-document" in done.stderr


def test_staffing_says_how_many_counters_are_open(staffing: dict[str, Any]) -> None:
    """What is booked on a day needs counters from when until when."""
    assert staffing["date"] == DAY
    assert staffing["employees"]["civil-affairs"] >= 1
    need = staffing["counters"][0]
    assert moment(need["from"]) < moment(need["until"])
    assert need["pool"] == "civil-affairs"


def test_staffing_counts_in_numbers(staffing: dict[str, Any]) -> None:
    """Another program can add up the counters without guessing."""
    assert all(isinstance(need["open"], int) for need in staffing["counters"])


def test_a_day_with_nothing_booked_needs_nobody(line: RunningLine) -> None:
    """Nothing booked is said in words, and is an empty list for programs."""
    assert "nothing is booked" in line.flask("staffing", "2026-12-02").stdout
    assert printed(line, "staffing", "2026-12-02")["counters"] == []


def test_the_book_adds_up(line: RunningLine) -> None:
    """After all these calls, what is taken is what is booked."""
    done = line.flask("book", "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert "adds up" in done.stdout


def test_the_roster_can_be_published_again(line: RunningLine) -> None:
    """Publishing the same roster changes nothing, also while the line runs."""
    done = line.flask("roster", "publish", "--weeks", "2")
    assert done.returncode == 0
    assert done.stdout == f"published 14 days from {DAY}; 0 steps changed\n"


def test_everything_is_in_order(line: RunningLine) -> None:
    """`flask check` says so, and with its status."""
    done = line.flask("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in order" in done.stdout


def test_check_names_the_line_of_a_mistake(line: RunningLine, tmp_path: Path) -> None:
    """A broken file is told as `file:line: what is wrong`."""
    text = (line.folder / "scheduling" / "leiderdorp.toml").read_text(encoding="utf-8")
    file = tmp_path / "broken.toml"
    file.write_text(text.replace("grid_minutes = 10", "grid_minutes = 11"), encoding="utf-8")
    number = text[: text.index("grid_minutes")].count("\n") + 1
    done = line.flask("check", MUNICIPALITY=str(file))
    assert done.returncode != 0
    assert f"{file}:{number}: grid_minutes" in done.stderr
    assert "Traceback" not in done.stderr

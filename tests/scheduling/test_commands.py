"""What the municipality's own people see in a terminal, and other programs read."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from scheduling import commands
from scheduling.calendar import Calendar
from scheduling.commands import Office
from scheduling.database import Database
from scheduling.openings import Wish
from scheduling.references import is_valid
from tests.conftest import TEN_O_CLOCK
from tests.scheduling.door import PASSPORT, PERMIT, Door, at
from tests.scheduling.towns import closure, town


def run(door: Door, command: click.Command, *words: str) -> Result:
    """Runs a command in the municipality's office; an error that nobody named is one here."""
    office = Office(door.database, door.calendar, lambda: door.now)
    return CliRunner().invoke(command, words, obj=office, catch_exceptions=False)


def printed(door: Door, command: click.Command, *words: str) -> Any:  # noqa: ANN401  JSON
    """What another program reads."""
    result = run(door, command, *words, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_openings_are_listed_by_their_local_time(door: Door) -> None:
    """The next three times, one a line, with the day and the clock on the wall."""
    result = run(door, commands.openings, "permit")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Tue 2026-12-01 11:00",
        "Tue 2026-12-01 11:30",
        "Tue 2026-12-01 12:00",
    ]


def test_openings_are_read_by_programs(door: Door) -> None:
    """Beginning and end have their offset, and the pool is told."""
    found = printed(door, commands.openings, "travel-document", "--persons", "2", "--count", "2")
    assert found == [
        {
            "starts_at": "2026-12-01T11:00:00+01:00",
            "ends_at": "2026-12-01T11:20:00+01:00",
            "pool": "civil-affairs",
        },
        {
            "starts_at": "2026-12-01T11:20:00+01:00",
            "ends_at": "2026-12-01T11:40:00+01:00",
            "pool": "civil-affairs",
        },
    ]


def test_asking_for_openings_holds_none(door: Door) -> None:
    """Whoever looks in a terminal takes no time away from callers."""
    run(door, commands.openings, "permit", "--count", "50")
    assert door.entries() == []


@pytest.mark.parametrize("words", [("passport",), ("permit", "--persons", "2")], ids=" ".join)
def test_an_unknown_service_is_told_with_the_known_ones(
    sqlite_door: Door, words: tuple[str, ...]
) -> None:
    """Who mistypes a service is told all that there are."""
    result = run(sqlite_door, commands.openings, *words)
    assert result.exit_code == 2
    assert words[0] in result.stderr
    for service in sqlite_door.calendar.municipality.services:
        assert service in result.stderr


def test_where_nothing_is_free_the_last_day_is_told(sqlite_door: Door) -> None:
    """No empty list without a word: until when there is nothing is told on the side."""
    result = run(
        Door(sqlite_door.database, town(), at(8) + timedelta(days=200)), commands.openings, "permit"
    )
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.startswith("nothing free until 2027-09-")


def test_the_agenda_has_all_that_other_programs_need(door: Door) -> None:
    """Each appointment with reference, service, persons, times with offset, counter and status."""
    booked = door.books("anna", Wish("travel-document", 2))
    door.offer("bram", PERMIT, count=1)
    first, second = printed(door, commands.agenda_command)
    assert is_valid(first["reference"])
    wanted = {
        "reference": booked.reference,
        "service": "travel-document",
        "persons": 2,
        "starts_at": "2026-12-01T11:00:00+01:00",
        "ends_at": "2026-12-01T11:20:00+01:00",
        "counter": None,
        "status": "booked",
        "channel": "telephone",
    }
    assert first.items() >= wanted.items()
    assert (second["status"], second["reference"]) == ("held", None)


def test_the_agenda_is_read_by_people(sqlite_door: Door) -> None:
    """A line for each appointment, in the order of the day."""
    booked = sqlite_door.confirm("anna", PASSPORT, at(11, 10))
    sqlite_door.offer("bram", PERMIT, count=1)
    lines = run(sqlite_door, commands.agenda_command).stdout.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "Tue 2026-12-01 11:00-11:30 held - permit (1) telephone",
        f"Tue 2026-12-01 11:10-11:20 booked {booked.reference} travel-document (1) telephone",
    ]


def test_the_agenda_begins_where_one_wants(sqlite_door: Door) -> None:
    """From today when nothing is said; from a day on, or for some days."""
    sqlite_door.confirm("anna", PERMIT, at(11))
    sqlite_door.confirm("anna", PERMIT, at(35))
    sqlite_door.confirm("anna", PERMIT, at(59))
    assert len(printed(sqlite_door, commands.agenda_command)) == 3
    assert len(printed(sqlite_door, commands.agenda_command, "2026-12-02")) == 2
    assert len(printed(sqlite_door, commands.agenda_command, "2026-12-02", "--days", "1")) == 1
    sqlite_door.passes(days=1)
    assert len(printed(sqlite_door, commands.agenda_command)) == 2


def test_a_day_that_is_none_is_told(sqlite_door: Door) -> None:
    """Who writes a day in another way is told how to write it."""
    result = run(sqlite_door, commands.agenda_command, "1-12-2026")
    assert result.exit_code == 2
    assert "write it as 2026-12-31" in result.stderr


def test_the_roster_is_published(door: Door) -> None:
    """Four weeks from today become bookable, and publishing again changes nothing."""
    result = run(door, commands.roster, "publish", "--weeks", "4")
    assert result.exit_code == 0
    assert result.stdout.startswith("published 28 days from 2026-12-01; ")
    assert not result.stdout.endswith(" 0 steps changed\n")
    again = run(door, commands.roster, "publish", "--weeks", "4")
    assert again.stdout == "published 28 days from 2026-12-01; 0 steps changed\n"


def test_the_roster_is_published_as_far_as_can_be_booked(sqlite_door: Door) -> None:
    """Without a number of weeks the last day is that of the horizon."""
    result = run(sqlite_door, commands.roster, "publish")
    assert result.stdout.startswith("published 85 days")


def test_a_day_that_cannot_be_published_is_told(sqlite_door: Door) -> None:
    """Whoever publishes a roster that fails somebody hears of it, and so do scripts."""
    sqlite_door.confirm("anna", PERMIT, at(11))
    closed = closure("2026-12-01T00:00:00", "2026-12-02T00:00:00")
    withdrawn = Door(sqlite_door.database, town(closures=[closed]))
    result = run(withdrawn, commands.roster, "publish", "--weeks", "1")
    assert result.exit_code == 1
    assert "not published: 2026-12-01 11:00 building-and-housing: 1 booked" in result.stderr


def test_the_need_of_a_day_is_read_by_programs(door: Door) -> None:
    """How many counters of which pool when, and how many employees in all."""
    door.confirm("anna", Wish("travel-document", 2), at(11))
    door.confirm("bram", PASSPORT, at(11, 10))
    found = printed(door, commands.staffing_command, "2026-12-01")
    assert found["date"] == "2026-12-01"
    assert found["employees"] == {"civil-affairs": 2}
    stretches = [(each["pool"], each["from"], each["until"]) for each in found["counters"]]
    assert stretches == [
        ("civil-affairs", "2026-12-01T11:00:00+01:00", "2026-12-01T11:10:00+01:00"),
        ("civil-affairs", "2026-12-01T11:10:00+01:00", "2026-12-01T11:20:00+01:00"),
    ]
    assert [each["open"] for each in found["counters"]] == [1, 2]


def test_the_need_of_a_day_is_read_by_people(sqlite_door: Door) -> None:
    """A line for each pool and for each stretch of the day; or that nobody comes."""
    day = ("2026-12-01",)
    assert run(sqlite_door, commands.staffing_command, *day).stdout == "nothing is booked\n"
    sqlite_door.confirm("anna", PERMIT, at(11))
    assert run(sqlite_door, commands.staffing_command, *day).stdout.splitlines() == [
        "building-and-housing: 1 employees",
        "11:00-11:30  building-and-housing: 1",
    ]


def test_a_book_that_adds_up_is_told(door: Door) -> None:
    """The check of a sound book says so."""
    door.books("anna")
    result = run(door, commands.book, "verify")
    assert result.exit_code == 0
    assert result.stdout == "the book adds up, and every visit has a counter\n"


def test_a_book_that_does_not_add_up_is_told(door: Door) -> None:
    """The check of a book that somebody changed by hand names the place, and scripts notice."""
    door.confirm("anna", PERMIT, at(11))
    with door.database.write() as connection:
        connection.exec_driver_sql("UPDATE capacity SET used = 0 WHERE used = 1")
    result = run(door, commands.book, "verify")
    assert result.exit_code == 1
    assert "building-and-housing at 2026-12-01 11:00: 0 taken" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (commands.openings, ("permit",)),
        (commands.agenda_command, ()),
        (commands.roster, ("publish",)),
        (commands.staffing_command, ("2026-12-01",)),
        (commands.book, ("verify",)),
    ],
)
def test_a_database_that_is_away_is_told_in_a_sentence(
    calendar: Calendar, tmp_path: Path, command: click.Command, words: tuple[str, ...]
) -> None:
    """Whoever runs a command while no server answers reads what to look at, and no traceback."""
    away = Database(f"postgresql://postgres@/line?host={tmp_path}")
    result = run(Door(away, calendar), command, *words)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: DATABASE_URL: the database does not answer: ")
    assert result.stdout == ""


def test_every_command_is_offered() -> None:
    """The line offers all commands of the book."""
    names = {command.name for command in commands.COMMANDS}
    assert names >= {"openings", "agenda", "roster", "staffing", "book"}


def test_today_is_the_municipality_s_day(sqlite_door: Door) -> None:
    """Shortly after midnight it is the next day in Leiderdorp, though not in UTC."""
    office = Office(sqlite_door.database, sqlite_door.calendar, lambda: at(24, 30))
    assert office.today == (TEN_O_CLOCK + timedelta(days=1)).date()

"""What callers hear on odd days: over new year and leap day, midnight and changes of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.carrier import PhoneCall
from scheduling.agenda import Entry, agenda
from scheduling.database import Database
from scheduling.municipality_file import MunicipalityFile
from tests.calling import PASSPORT, hears, key_in, press_all
from tests.conftest import Clock, World, make_world
from tests.ivr.looking import adds_up
from tests.scheduling.door import Door
from tests.scheduling.towns import Table, hours, roster, table, town
from tests.texting import rows

ALL_DAY: Table = table()["telephone"] | {"hours": [hours("00:00", "24:00")]}


def travels(world: World, *moment: int, days: int = 100) -> None:
    """Sets the clock, in UTC, and publishes from that day on."""
    world.clock.now = datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]
    Door(world.database, world.calendar).publish(world.calendar.day_of(world.clock.now), days)


def booked(world: World) -> list[Entry]:
    """What is booked, whatever year it is."""
    with world.database.read() as connection:
        now = world.clock.now
        found = agenda(connection, world.calendar, now, world.calendar.day_of(now), None)
    return [entry for entry in found if entry.status == "booked"]


@pytest.fixture
def night(sqlite: Database, leiderdorp: MunicipalityFile, clock: Clock) -> World:
    """A town that answers its telephone, and has one counter open, day and night."""
    calendar = town(roster("1", "00:00", "24:00"), telephone=ALL_DAY)
    return make_world(sqlite, replace(leiderdorp, municipality=calendar.municipality), clock)


def wants_another_day(world: World, keys: str) -> PhoneCall:
    """Somebody who wants a passport on another day, and how he chooses it."""
    call = world.rings()
    press_all(call, "1115" + keys)
    return call


def keys_a_date(world: World, digits: str) -> PhoneCall:
    """Somebody who keys in a day."""
    call = wants_another_day(world, "3")
    key_in(call, digits)
    return call


@pytest.mark.parametrize(
    ("today", "key", "first"),
    [
        ((2026, 12, 22, 9, 0), "1", "Maandag achtentwintig december, om acht uur"),
        ((2026, 12, 22, 9, 0), "2", "Maandag vier januari, om acht uur"),
        ((2026, 12, 29, 9, 0), "1", "Maandag vier januari, om acht uur"),
        ((2026, 12, 29, 9, 0), "2", "Maandag elf januari, om acht uur"),
        ((2026, 10, 23, 8, 0), "1", "Maandag zesentwintig oktober, om acht uur"),
        ((2031, 3, 28, 9, 0), "1", "Maandag eenendertig maart, om acht uur"),
        ((2028, 2, 25, 9, 0), "1", "Maandag achtentwintig februari, om acht uur"),
    ],
    ids=str,
)
def test_next_week_is_the_week_after_this_one(
    world: World, today: tuple[int, ...], key: str, first: str
) -> None:
    """Week 53 comes before week 1; a change of the clock moves no Monday."""
    travels(world, *today, days=30)
    call = wants_another_day(world, key)
    assert hears(call, f"{first}: toets één")
    press_all(call, "11")
    (entry,) = booked(world)
    assert (entry.starts_at.astimezone(world.calendar.zone).hour, entry.starts_at.minute) == (8, 0)
    assert adds_up(world)


@pytest.mark.parametrize(
    ("today", "digits", "told"),
    [
        ((2027, 12, 14, 9, 0), "2902", "Dinsdag negenentwintig februari, om acht uur: toets één"),
        ((2028, 2, 21, 9, 0), "2902", "Dinsdag negenentwintig februari, om acht uur: toets één"),
        ((2028, 2, 28, 9, 0), "2902", "Morgen, dinsdag negenentwintig februari, om acht uur"),
        ((2028, 2, 29, 9, 0), "2902", "Vandaag, dinsdag negenentwintig februari, om elf uur"),
        ((2028, 2, 29, 9, 0), "0103", "Morgen, woensdag één maart, om acht uur"),
        ((2028, 3, 7, 9, 0), "2902", "Dinsdag negenentwintig februari is al geweest."),
        ((2029, 1, 9, 9, 0), "2902", "Die dag is er dit jaar niet."),
        ((2028, 12, 12, 9, 0), "2902", "Die dag is er dit jaar niet."),
        ((2026, 12, 29, 9, 0), "3112", "Donderdag eenendertig december, om acht uur"),
        ((2026, 12, 29, 9, 0), "0101", "Vrijdag één januari is het Nieuwjaarsdag."),
        ((2026, 12, 31, 9, 0), "0401", "Maandag vier januari, om acht uur"),
        ((2026, 12, 29, 9, 0), "2812", "Maandag achtentwintig december is al geweest."),
        ((2026, 10, 22, 8, 0), "2510", "Zondag vijfentwintig oktober zijn wij dicht."),
        ((2031, 3, 27, 9, 0), "3003", "Zondag dertig maart zijn wij dicht."),
    ],
    ids=str,
)
def test_a_date_that_is_keyed_in_is_the_one_that_is_meant(
    world: World, today: tuple[int, ...], digits: str, told: str
) -> None:
    """On and around leap days, new years and the Sundays on which the clock changes."""
    travels(world, *today)
    assert hears(keys_a_date(world, digits), told)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ((2026, 10, 23, 8, 0), "vrijdag vijftien januari"),
        ((2031, 3, 28, 9, 0), "vrijdag twintig juni"),
        ((2027, 12, 14, 9, 0), "dinsdag zeven maart"),
        ((2026, 12, 31, 9, 0), "donderdag vijfentwintig maart"),
    ],
    ids=str,
)
def test_the_last_day_is_twelve_weeks_on(world: World, today: tuple[int, ...], last: str) -> None:
    """On the same weekday, also where a leap day, week 53 or a change of the clock is between."""
    travels(world, *today, days=20)
    day = world.calendar.day_of(world.clock.now) + timedelta(days=100)
    assert hears(keys_a_date(world, f"{day:%d%m}"), f"een afspraak maken tot en met {last}.")


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ((2026, 10, 23, 8, 0), "dinsdag zevenentwintig oktober"),
        ((2031, 3, 28, 9, 0), "dinsdag één april"),
        ((2028, 2, 28, 9, 0), "donderdag twee maart"),
        ((2026, 12, 30, 9, 0), "maandag vier januari"),
    ],
    ids=str,
)
def test_a_birth_hears_the_last_day_of_its_term(
    world: World, today: tuple[int, ...], last: str
) -> None:
    """Counted in days of the calendar and working days, over whatever is between."""
    travels(world, *today, days=20)
    call = world.rings()
    press_all(call, "1452")
    assert hears(call, f"Dit kan tot en met {last}.")


@pytest.mark.parametrize(
    ("today", "reminded", "hours_before"),
    [
        ((2026, 10, 23, 8, 0), datetime(2026, 10, 25, 7, tzinfo=UTC), 24),
        ((2031, 3, 28, 9, 0), datetime(2031, 3, 30, 6, tzinfo=UTC), 24),
        ((2028, 2, 25, 9, 0), datetime(2028, 2, 27, 7, tzinfo=UTC), 24),
    ],
    ids=str,
)
def test_who_comes_on_the_monday_after_a_change_is_reminded_on_the_sunday_at_eight(
    world: World, today: tuple[int, ...], reminded: datetime, hours_before: int
) -> None:
    """At the same clock time the day before, as the clock is then."""
    travels(world, *today, days=30)
    press_all(wants_another_day(world, "1"), "11")
    (reminder,) = (row for row in rows(world.database) if row.kind == "reminder")
    assert reminder.due_at == reminded
    (entry,) = booked(world)
    assert entry.starts_at - reminder.due_at == timedelta(hours=hours_before)


@pytest.mark.parametrize(
    "moment",
    [
        (2026, 10, 25, 0, 30),
        (2026, 10, 25, 1, 30),
        (2031, 3, 30, 0, 59),
        (2031, 3, 30, 1, 0),
    ],
    ids=str,
)
def test_in_the_night_of_a_change_the_line_says_when_it_is_open(
    world: World, moment: tuple[int, ...]
) -> None:
    """Sunday night: it is Monday tomorrow, at eight."""
    travels(world, *moment, days=3)
    call = world.rings()
    assert hears(call, "is nu dicht")
    assert hears(call, "morgen, maandag")
    assert hears(call, "vanaf acht uur")


def test_a_call_that_runs_over_midnight_says_the_day_as_it_is(night: World) -> None:
    """What was tomorrow when it was read back is today when it is booked."""
    travels(night, 2026, 12, 1, 22, 59, days=3)
    call = night.rings()
    press_all(call, PASSPORT)
    assert hears(call, "morgen, woensdag twee december, om één uur")
    night.clock.passes(minutes=1)
    call.press("1")
    assert hears(call, "Uw afspraak staat vast")
    assert hears(call, "vandaag, woensdag twee december")
    assert not hears(call, "morgen")
    assert len(booked(night)) == 1
    assert adds_up(night)


def test_a_cancellation_that_runs_over_midnight_says_the_day_as_it_is(night: World) -> None:
    """Asked about tomorrow, called off today."""
    travels(night, 2026, 12, 1, 22, 58, days=3)
    press_all(night.rings(), PASSPORT + "1")
    (entry,) = booked(night)
    call = night.rings()
    press_all(call, f"5{entry.reference}")
    assert hears(call, "morgen, woensdag twee december")
    night.clock.passes(minutes=1, seconds=59)
    call.press("3")
    assert hears(call, "morgen, woensdag twee december")
    night.clock.passes(seconds=1)
    call.press("1")
    assert hears(call, "vandaag, woensdag twee december")
    assert booked(night) == []


@pytest.mark.parametrize(
    ("begins", "heard"),
    [
        ((2026, 10, 25, 0, 59), "om drie uur"),
        ((2031, 3, 30, 0, 59), "om vier uur"),
    ],
    ids=["summer time ends", "summer time begins"],
)
def test_a_call_that_runs_over_a_change_of_the_clock_books_what_it_said(
    night: World, begins: tuple[int, ...], heard: str
) -> None:
    """An hour's notice is an hour, holds live ninety seconds, and the time is that on the wall."""
    travels(night, *begins, days=3)
    call = night.rings()
    for key in PASSPORT:
        night.clock.passes(seconds=30)
        call.press(key)
    assert hears(call, heard)
    night.clock.passes(seconds=30)
    call.press("1")
    assert hears(call, "Uw afspraak staat vast")
    (entry,) = booked(night)
    assert entry.starts_at - night.clock.now > timedelta(minutes=55)
    assert entry.starts_at.astimezone(night.calendar.zone).date() == date(*begins[:3])
    assert adds_up(night)

"""Another day than the first: weeks, dates and parts of the day, and why a day cannot be."""

from datetime import date

import pytest

from ivr.carrier import PhoneCall
from scheduling.interval import Interval
from scheduling.openings import Wish
from tests.calling import hears, key_in, press_all
from tests.conftest import TUESDAY, World
from tests.ivr.looking import booked
from tests.scheduling.door import Door


def asks_for_another_day(world: World, keys: str = "111") -> PhoneCall:
    """Somebody who has heard the first times for a passport, and wants another day."""
    call = world.rings()
    press_all(call, keys + "5")
    return call


def keys_a_date(world: World, digits: str, keys: str = "111") -> PhoneCall:
    """Somebody who has keyed in a day."""
    call = asks_for_another_day(world, keys)
    call.press("3")
    key_in(call, digits)
    return call


def fill(door: Door, day: date) -> None:
    """Books every time for a permit on a day."""
    door.fill(Wish("permit"), within=Interval.of_day(day, door.calendar.zone))


@pytest.mark.parametrize(
    ("key", "first"),
    [("1", "Maandag zeven december, om acht uur"), ("2", "Maandag veertien december, om acht uur")],
)
def test_next_week_and_the_week_after_begin_on_monday(world: World, key: str, first: str) -> None:
    """On Tuesday the first, next week begins on Monday the seventh."""
    call = asks_for_another_day(world)
    call.press(key)
    assert hears(call, f"{first}: toets één")
    press_all(call, "11")
    assert len(booked(world)) == 1


def test_a_day_is_keyed_in_with_four_digits(world: World) -> None:
    """Day and month; nothing need be pressed after them."""
    call = keys_a_date(world, "0912")
    assert hears(call, "Woensdag negen december, om acht uur: toets één")


def test_a_day_without_a_year_is_the_next_one(world: World) -> None:
    """In December, January is next year's."""
    Door(world.database, world.calendar).publish(days=80)
    assert hears(keys_a_date(world, "0502"), "Vrijdag vijf februari, om acht uur: toets één")


@pytest.mark.parametrize(
    ("digits", "told"),
    [
        ("3102", "Die datum bestaat niet."),
        ("0013", "Die datum bestaat niet."),
        ("2902", "Die dag is er dit jaar niet."),
        ("3011", "Maandag dertig november is al geweest."),
        ("0107", "U kunt een afspraak maken tot en met dinsdag drieëntwintig februari."),
    ],
)
def test_a_day_that_cannot_be_is_told_and_asked_again(world: World, digits: str, told: str) -> None:
    """It does not exist, it is over, or it is too far ahead."""
    call = keys_a_date(world, digits)
    assert hears(call, told)
    assert hears(call, "Toets de dag en de maand")
    key_in(call, "0912")
    assert hears(call, "Woensdag negen december")


def test_a_weekend_says_that_we_are_closed_and_the_first_free_day(world: World) -> None:
    """A Saturday."""
    call = keys_a_date(world, "0512")
    assert hears(call, "Zaterdag vijf december zijn wij dicht.")
    assert hears(call, "De eerste vrije dag is maandag zeven december.")


def test_a_public_holiday_is_named(world: World) -> None:
    """And the first day after it offered."""
    world.clock.passes(days=17)
    Door(world.database, world.calendar).publish(days=40)
    call = keys_a_date(world, "2512")
    assert hears(call, "Vrijdag vijfentwintig december is het eerste Kerstdag. Dan zijn wij dicht.")


def test_a_full_day_says_so_and_the_first_free_day(world: World) -> None:
    """The caller need not try day after day."""
    door = Door(world.database, world.calendar)
    for day in (9, 10):
        fill(door, TUESDAY.replace(day=day))
    call = keys_a_date(world, "0912", "2")
    assert hears(call, "Woensdag negen december is vol.")
    assert hears(call, "De eerste vrije dag is vrijdag elf december.")
    assert hears(call, "om acht uur: toets één")


def test_a_long_wait_is_told_before_the_times(world: World) -> None:
    """Full for more than a week: the first day that is not."""
    door = Door(world.database, world.calendar)
    for n in range(1, 13):
        fill(door, TUESDAY.replace(day=n))
    call = world.rings()
    call.press("2")
    assert hears(call, "Alles is vol tot maandag veertien december.")


@pytest.mark.parametrize("answer", ["1", "2", "30912"])
def test_a_birth_always_hears_a_time_inside_its_term(world: World, answer: str) -> None:
    """Three days: whoever asks for later hears how late it may be, and times before that."""
    call = world.rings()
    press_all(call, "145")
    key_in(call, answer)
    assert hears(call, "Dit kan tot en met vrijdag vier december.")
    assert hears(call, "toets één")
    press_all(call, "11")
    assert [entry.service for entry in booked(world)] == ["birth"]


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("1", "Vandaag, dinsdag één december, om elf uur"),
        ("2", "Vandaag, dinsdag één december, om twaalf uur"),
        ("3", "Morgen, woensdag twee december, om zeventien uur"),
    ],
)
def test_a_part_of_the_day_suits_and_later_times_keep_to_it(
    world: World, key: str, first: str
) -> None:
    """Mornings, afternoons, or the Wednesday evening only."""
    call = asks_for_another_day(world)
    call.press("4")
    assert hears(call, "De avond op woensdag: toets drie. De hele dag: toets vier.")
    call.press(key)
    assert hears(call, first)
    for _ in range(7):
        call.press("4")
    press_all(call, "11")
    (entry,) = booked(world)
    hour = entry.starts_at.hour
    assert {"1": hour < 12, "2": 12 <= hour < 17, "3": hour >= 17}[key]


def test_no_evening_is_offered_where_nobody_is_there_in_the_evening(world: World) -> None:
    """The home-visit team drives in the afternoon only."""
    call = world.rings()
    press_all(call, "11711")
    key_in(call, "2351")
    key_in(call, "12")
    press_all(call, "54")
    assert hears(call, "De middag: toets één. De hele dag: toets twee.")

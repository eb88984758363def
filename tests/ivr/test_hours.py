"""The hours of the telephone: outside them the caller hears, in words, when somebody is there."""

from datetime import UTC, datetime

import pytest

from tests.calling import hears
from tests.conftest import World


def at(world: World, *moment: int) -> None:
    """Sets the clock, in UTC; Leiderdorp is an hour ahead in winter and two in summer."""
    world.clock.now = datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    "moment",
    [
        (2026, 12, 1, 7, 0),
        (2026, 12, 1, 15, 59),
        (2026, 12, 2, 18, 59),
        (2027, 7, 6, 6, 0),
        (2027, 7, 6, 14, 59),
    ],
)
def test_inside_the_hours_the_line_answers(world: World, moment: tuple[int, ...]) -> None:
    """From eight to five, on Wednesday to eight in the evening, in winter and in summer."""
    at(world, *moment)
    assert hears(world.rings(), "Voor burgerzaken")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ((2026, 12, 1, 6, 59), "vandaag, dinsdag één december, vanaf acht uur"),
        ((2026, 12, 1, 16, 0), "morgen, woensdag twee december, vanaf acht uur"),
        ((2026, 12, 2, 19, 0), "morgen, donderdag drie december, vanaf acht uur"),
        ((2026, 12, 4, 16, 0), "maandag zeven december, vanaf acht uur"),
        ((2027, 7, 6, 15, 0), "morgen, woensdag zeven juli, vanaf acht uur"),
    ],
)
def test_outside_the_hours_it_says_when_it_is_open(
    world: World, moment: tuple[int, ...], opens: str
) -> None:
    """The hours, the next opening and the website; who says nothing more has heard it all."""
    at(world, *moment)
    call = world.rings()
    assert hears(call, "is nu dicht")
    assert hears(call, "op werkdagen van acht uur tot zeventien uur, en op woensdag tot twintig")
    assert hears(call, opens)
    assert hears(call, "www punt leiderdorp punt nl")
    call.stay_silent()
    assert hears(call, "tot ziens")
    assert call.over


def test_outside_the_hours_nine_says_it_in_english(world: World) -> None:
    """The other language is one key away here too."""
    at(world, 2026, 12, 1, 6, 59)
    call = world.rings()
    assert hears(call, "For English: press nine.")
    call.press("9")
    assert hears(call, "closed now")
    assert hears(call, "from eight o'clock in the morning")
    assert hears(call, "Voor Nederlands: toets negen.")


@pytest.mark.parametrize(
    ("moment", "holiday", "opens"),
    [
        ((2026, 12, 25, 9, 0), "eerste Kerstdag", "maandag achtentwintig december"),
        ((2027, 4, 27, 9, 0), "Koningsdag", "morgen, woensdag achtentwintig april"),
        ((2027, 3, 29, 9, 0), "tweede Paasdag", "morgen, dinsdag dertig maart"),
        ((2027, 5, 5, 9, 0), "Bevrijdingsdag", "vrijdag zeven mei"),
    ],
)
def test_a_public_holiday_is_named(
    world: World, moment: tuple[int, ...], holiday: str, opens: str
) -> None:
    """The caller hears which day it is, and when the line is open again."""
    at(world, *moment)
    call = world.rings()
    assert hears(call, f"Vandaag is het {holiday}")
    assert hears(call, opens)


def test_good_friday_is_a_working_day(world: World) -> None:
    """The collective agreement does not give it off."""
    at(world, 2027, 3, 26, 9, 0)
    assert hears(world.rings(), "Voor burgerzaken")


def test_a_call_that_began_in_time_may_be_finished(world: World) -> None:
    """One minute to five, and a slow booking."""
    at(world, 2026, 12, 1, 15, 59)
    call = world.rings()
    for key in "21":
        world.clock.passes(seconds=50)
        call.press(key)
    world.clock.passes(seconds=50)
    call.press("1")
    assert hears(call, "Uw afspraak staat vast")

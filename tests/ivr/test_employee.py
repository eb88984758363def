"""Key 0: an employee in the hours of the telephone, and what happens when nobody answers."""

import pytest

from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked, held


@pytest.mark.parametrize("keys", ["", "1", "11", "111", PASSPORT, "1115", PASSPORT + "1", "9"])
def test_zero_rings_the_agents_from_everywhere(world: World, keys: str) -> None:
    """The number in the municipality's file, with a word before it."""
    call = world.rings(agents=("completed",))
    press_all(call, keys + "0")
    assert call.dialled == ["+31715458501"]
    assert call.over


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed", "canceled"])
def test_nobody_answers_and_the_caller_goes_on_where_he_was(world: World, outcome: str) -> None:
    """The time he was about to book is still his."""
    call = world.rings(agents=(outcome,))
    press_all(call, PASSPORT + "0")
    assert hears(call, "geen medewerker vrij")
    assert len(held(world)) == 1
    call.press("2")
    assert hears(call, "Klopt dit?")
    call.press("1")
    assert len(booked(world)) == 1


def test_nobody_answers_and_the_caller_tries_again(world: World) -> None:
    """Key 1 rings once more."""
    call = world.rings(agents=("busy", "completed"))
    press_all(call, "01")
    assert len(call.dialled) == 2
    assert hears(call, "tot ziens")


def test_nobody_answers_and_nothing_is_pressed(world: World) -> None:
    """The line does not ring the agents in circles: it says when to ring again."""
    call = world.rings(agents=("busy",))
    call.press("0")
    for _ in range(3):
        call.stay_silent()
    assert len(call.dialled) == 1
    assert hears(call, "Probeer het later nog eens")
    assert call.over


def test_zero_after_closing_time_says_so_and_loses_nothing(world: World) -> None:
    """A call that began in time goes on, but no empty room is rung."""
    world.clock.passes(hours=6, minutes=59)
    call = world.rings()
    press_all(call, PASSPORT)
    world.clock.passes(minutes=2)
    call.press("0")
    assert call.dialled == []
    assert hears(call, "niet bereikbaar")
    press_all(call, "21")
    assert len(booked(world)) == 1


def test_the_caller_who_hangs_up_while_it_rings_frees_his_times(world: World) -> None:
    """Twilio then asks for the next document with the call completed."""
    call = world.caller()
    call.ring()
    press_all(call, "1110")
    path, form = call.last_request
    call.post(path, form | {"CallStatus": "completed"})
    assert held(world) == []


@pytest.mark.parametrize("number", ["anonymous", "client:softphone", "sip:jan@centrale.example.nl"])
def test_a_caller_without_a_number_rings_the_employee_as_the_line(
    world: World, number: str
) -> None:
    """Twilio shows the caller's own number on, and refuses to ring where that is none."""
    call = world.rings(number=number, agents=("busy",))
    call.press("0")
    assert call.shown == ["+31715458500"]
    known = world.rings(agents=("busy",))
    known.press("0")
    assert known.shown == ["+31612345678"]

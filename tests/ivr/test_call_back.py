"""A call-back when nobody is there: the number is confirmed by keypad, and the desk sees it."""

from datetime import UTC, datetime

import pytest

from ivr.carrier import PhoneCall
from tests.calling import PASSPORT, hears, key_in, press_all
from tests.conftest import World
from tests.ivr.looking import held
from tests.ivr.test_home_visit import tasks

AT_NIGHT = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)


def rings_at_night(world: World, number: str = "+31612345678") -> PhoneCall:
    """Somebody who rings the closed line."""
    world.clock.now = AT_NIGHT
    return world.rings(number=number)


def test_the_closed_line_takes_a_request(worlds: World) -> None:
    """The number from which he rings is read back, and is right."""
    call = rings_at_night(worlds)
    call.press("1")
    assert hears(call, "Wij bellen u terug op dit nummer: Nul, zes, één.")
    call.press("1")
    assert hears(call, "Wij bellen u terug, zodra er een medewerker vrij is.")
    assert call.over
    (task,) = tasks(worlds)
    assert (task.kind, task.number, task.language) == ("call_back", "+31612345678", "nl")


def test_another_number_is_keyed_in_and_read_back(world: World) -> None:
    """Key 2 at the read-back; a wrong number is asked again."""
    call = rings_at_night(world)
    press_all(call, "12")
    key_in(call, "0000000000")
    assert hears(call, "Dit is geen Nederlands telefoonnummer.")
    key_in(call, "0715891234")
    assert hears(call, "Nul, zeven, één.")
    call.press("1")
    assert [task.number for task in tasks(world)] == ["+31715891234"]


def test_a_withheld_number_is_keyed_in(world: World) -> None:
    """Nobody is rung back at the word anonymous."""
    call = rings_at_night(world, "anonymous")
    call.press("1")
    key_in(call, "0612345678")
    call.press("1")
    assert [task.number for task in tasks(world)] == ["+31612345678"]


def test_one_request_stays_one_request(world: World) -> None:
    """Who rings again at night is not rung back twice."""
    for _ in range(2):
        press_all(rings_at_night(world), "11")
    assert len(tasks(world)) == 1


def test_english_is_remembered_for_who_rings_back(world: World) -> None:
    """The employee knows which language to speak."""
    call = rings_at_night(world)
    press_all(call, "911")
    assert hears(call, "We call you back")
    assert [task.language for task in tasks(world)] == ["en"]


def test_busy_agents_ring_back(world: World) -> None:
    """Key 3 where nobody answers."""
    call = world.rings(agents=("busy",))
    press_all(call, PASSPORT + "031")
    assert len(tasks(world)) == 1
    assert held(world) == []


@pytest.mark.parametrize("number", ["+31612345678", "anonymous"])
def test_zero_twice_in_a_row_asks_nothing_more(world: World, number: str) -> None:
    """It rings once more, and then he is rung back where his number is known."""
    call = world.rings(number=number, agents=("busy", "no-answer"))
    press_all(call, "00")
    assert len(call.dialled) == 2
    assert call.over
    assert len(tasks(world)) == (number != "anonymous")


def test_zero_at_the_closed_line_leads_to_the_call_back(world: World) -> None:
    """Nobody is there, as he has just heard."""
    call = rings_at_night(world)
    call.press("0")
    assert call.dialled == []
    assert hears(call, "Wij bellen u terug op dit nummer")


def test_who_says_nothing_at_the_call_back_hears_the_hours(world: World) -> None:
    """Nobody is left in silence, and nobody is rung back unasked."""
    call = rings_at_night(world)
    call.press("1")
    for _ in range(3):
        call.stay_silent()
    assert hears(call, "U kunt ons bellen op werkdagen")
    assert call.over
    assert tasks(world) == []

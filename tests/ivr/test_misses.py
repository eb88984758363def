"""Silence and wrong keys: counted apart, said in other words each time, and then a human."""

import pytest

from tests.calling import hears, press_all
from tests.conftest import World


@pytest.mark.parametrize("keys", ["", "9", "1", "11", "111", "1115", "1111", "0"])
def test_each_silence_is_answered_in_other_and_fewer_words(world: World, keys: str) -> None:
    """Two reminders at every question, each shorter than the one before."""
    call = world.rings()
    press_all(call, keys)
    told = []
    for _ in range(2):
        call.stay_silent()
        told.append(" ".join(call.heard))
    assert len(told[1]) < len(told[0])


def test_after_three_silences_an_employee_is_rung(world: World) -> None:
    """Two reminders, and then a human."""
    call = world.rings()
    call.press("1")
    told = [" ".join(call.heard)]
    for words in ("nog geen toets gehoord", "Druk op een toets"):
        call.stay_silent()
        assert hears(call, words)
        told.append(" ".join(call.heard))
    assert len(set(told)) == 3
    call.stay_silent()
    assert call.dialled == ["+31715458501"]


def test_each_wrong_key_is_answered_in_other_words(world: World) -> None:
    """Two reminders, and then an employee."""
    call = world.rings()
    call.press("8")
    assert hears(call, "Die toets hoort niet bij deze vraag")
    call.press("8")
    assert hears(call, "Kies een van deze toetsen")
    call.press("8")
    assert call.dialled == ["+31715458501"]


def test_silence_and_wrong_keys_are_counted_apart(world: World) -> None:
    """Two of each are still forgiven."""
    call = world.rings()
    call.press("8")
    call.stay_silent()
    call.press("8")
    call.stay_silent()
    assert call.dialled == []
    call.press("2")
    assert hears(call, "toets drie")


def test_a_good_answer_wipes_the_slate(world: World) -> None:
    """Misses at one question do not count at the next."""
    call = world.rings()
    press_all(call, "88188")
    assert call.dialled == []


def test_a_caller_who_was_silent_once_gets_more_time_for_the_rest_of_the_call(world: World) -> None:
    """Eight seconds at first, twelve after a silence, also at the next question."""
    call = world.rings()
    assert b'timeout="8"' in call.last_reply.body
    call.stay_silent()
    assert b'timeout="12"' in call.last_reply.body
    call.press("1")
    assert b'timeout="12"' in call.last_reply.body


def test_after_closing_time_giving_up_offers_a_call_back(world: World) -> None:
    """Nobody is there to take over: he can be rung back, and else hears the hours."""
    world.clock.passes(hours=6, minutes=59)
    call = world.rings()
    world.clock.passes(minutes=5)
    for _ in range(3):
        call.stay_silent()
    assert hears(call, "Om teruggebeld te worden: toets drie.")
    for _ in range(3):
        call.stay_silent()
    assert call.over
    assert hears(call, "U kunt ons bellen op werkdagen")


@pytest.mark.parametrize("keys", ["", "1", "11", "111", "1111", "1115", "9", "91"])
def test_the_hash_repeats_every_question_in_full(world: World, keys: str) -> None:
    """Also after a miss, which it forgives."""
    call = world.rings()
    press_all(call, keys)
    asked = call.heard
    call.press("8")
    call.press("#")
    assert call.heard == asked


def test_the_times_stay_held_while_the_caller_needs_reminding(world: World) -> None:
    """Three long waits and the first time is still his."""
    call = world.rings()
    press_all(call, "2")
    for _ in range(2):
        world.clock.passes(seconds=60)
        call.stay_silent()
    rival = world.rings()
    press_all(rival, "211")
    press_all(call, "11")
    assert hears(call, "om elf uur.")

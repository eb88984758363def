"""The engine under the dialogue: each turn counts once, and nothing is said that is not so."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, booked, held


def test_a_retried_key_press_books_once_and_hears_the_same(worlds: World) -> None:
    """Byte for byte, also minutes of conversation later on the clock of the day."""
    call = worlds.rings()
    for key in PASSPORT + "1":
        call.press(key)
        worlds.clock.passes(seconds=20)
        assert call.retry().body == call.last_reply.body
    assert len(booked(worlds)) == 1
    assert adds_up(worlds)


def test_a_retried_ring_greets_once(worlds: World) -> None:
    """The first request of a call may come twice as well."""
    call = worlds.rings()
    assert call.retry().body == call.last_reply.body


def test_one_press_sent_eight_times_at_once_books_once(worlds: World) -> None:
    """Eight equal answers, one appointment, on either database."""
    call = worlds.rings()
    press_all(call, PASSPORT)
    turn, form = f"/voice/turns/{len(PASSPORT) + 1}", call.last_request[1] | {"Digits": "1"}
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: call.post(turn, form), range(8)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert b"Uw afspraak staat vast" in replies[0].body
    assert len(booked(worlds)) == 1
    assert adds_up(worlds)


def test_eight_callers_at_once_are_offered_times_that_hold(worlds: World) -> None:
    """Each hears times of which nobody takes the last place from him."""
    calls = [worlds.rings() for _ in range(8)]
    for key in PASSPORT + "1":
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda call, key=key: call.press(key), calls))
    assert all(hears(call, "Uw afspraak staat vast") for call in calls)
    assert len(booked(worlds)) == 8
    assert held(worlds) == []
    assert adds_up(worlds)


def test_the_first_turns_of_a_worker_may_come_at_once() -> None:
    """No thread reads a step while another still makes what reads them: the worker would crash."""
    subprocess.run([sys.executable, "-m", "tests.ivr.first_turns"], check=True, timeout=60)


def test_a_turn_of_the_past_changes_nothing(world: World) -> None:
    """A late duplicate is told what the caller hears now."""
    call = world.rings()
    press_all(call, "111")
    late = call.post("/voice/turns/1", call.last_request[1] | {"Digits": "2"})
    assert late.body == call.last_reply.body
    press_all(call, "11")
    assert [entry.service for entry in booked(world)] == ["travel-document"]


def test_a_turn_of_the_future_changes_nothing(world: World) -> None:
    """Nobody skips a question."""
    call = world.rings()
    early = call.post("/voice/turns/7", call.last_request[1] | {"Digits": "1"})
    assert early.body == call.last_reply.body
    press_all(call, PASSPORT + "1")
    assert len(booked(world)) == 1


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_turn_beyond_all_numbers_changes_nothing(worlds: World, number: int) -> None:
    """The database is not asked for more than it can hold."""
    call = worlds.rings()
    early = call.post(f"/voice/turns/{number}", call.last_request[1] | {"Digits": "1"})
    assert early.body == call.last_reply.body


def test_hanging_up_frees_what_was_held(worlds: World) -> None:
    """The next caller hears the same times."""
    call = worlds.rings()
    press_all(call, "111")
    assert len(held(worlds)) == 3
    call.hang_up()
    assert held(worlds) == []
    assert adds_up(worlds)


def test_hanging_up_keeps_what_was_booked(world: World) -> None:
    """A confirmed appointment stays."""
    call = world.rings()
    press_all(call, PASSPORT + "1")
    call.hang_up()
    assert len(booked(world)) == 1


def test_a_turn_after_hanging_up_does_nothing(world: World) -> None:
    """The last key and the end of the call may overtake each other on the way."""
    call = world.rings()
    press_all(call, PASSPORT)
    call.hang_up()
    reply = call.post("/voice/turns/5", call.last_request[1] | {"Digits": "1"})
    assert reply.status == 200
    assert b"Uw afspraak staat vast" not in reply.body
    assert booked(world) == []
    assert held(world) == []


def test_a_turn_that_says_the_call_is_over_books_nothing(world: World) -> None:
    """CallStatus completed: nobody hears the answer any more."""
    call = world.rings()
    press_all(call, PASSPORT)
    form = call.last_request[1] | {"Digits": "1", "CallStatus": "completed"}
    reply = call.post("/voice/turns/5", form)
    assert b"<Hangup" in reply.body
    assert booked(world) == []
    assert held(world) == []


def test_a_call_whose_end_nobody_told_frees_its_times_by_itself(world: World) -> None:
    """Ninety seconds after the last word the times are anybody's."""
    lost = world.rings()
    press_all(lost, "2")
    world.clock.passes(seconds=91)
    call = world.rings()
    call.press("2")
    assert hears(call, "om elf uur tien: toets één")
    assert len(held(world)) == 3
    assert adds_up(world)


def test_a_step_that_this_version_does_not_know_greets_again(world: World) -> None:
    """A call that an older version began is not lost."""
    call = world.rings()
    call.press("1")
    with world.database.write() as connection:
        connection.exec_driver_sql("""UPDATE calls SET step = '[{"step": "Gone"}]'""")
    call.press("1")
    assert hears(call, "Dit is de afsprakenlijn")
    press_all(call, PASSPORT + "1")
    assert len(booked(world)) == 1

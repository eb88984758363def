"""More callers than employees: each hears his place, can go on alone, and is connected in turn."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from ivr import waiting
from ivr.carrier import PhoneCall
from ivr.handover_tokens import HEADER, token
from scheduling import presence
from scheduling.handovers import Handover, make
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked, held
from tests.outside.running import wait_for


def signs_in(world: World, agent: str = "anna") -> None:
    """An agent takes calls from now on."""
    with world.database.write() as connection:
        presence.sign_in_to_calls(connection, agent, world.clock())


def signs_out(world: World, agent: str = "anna") -> None:
    """An agent takes no more calls."""
    with world.database.write() as connection:
        presence.sign_out_of_calls(connection, agent, world.clock())


def talks(world: World) -> PhoneCall:
    """Somebody to whom the one employee is talking: Twilio tells nothing until they have done."""
    call = world.caller(agents=("completed",))
    call.ring()
    _, form = call.last_request
    call.post("/voice/turns/1", form | {"Digits": "0"})
    leg = {"CallSid": "CBagent", "ParentCallSid": call.sid}
    call.post("/voice/whisper", leg)
    call.post("/voice/whisper/answer", leg | {"Digits": "1"})
    return call


def test_with_nobody_signed_in_no_empty_room_is_rung(world: World) -> None:
    """Key 0 says so at once, and offers the call-back; booking goes on as ever."""
    signs_in(world)
    signs_out(world)
    call = world.rings(agents=("completed",))
    assert hears(call, "afsprakenlijn")
    press_all(call, "1110")
    assert call.dialled == []
    assert hears(call, "niet bereikbaar")
    assert hears(call, "teruggebeld")
    press_all(call, "211")
    assert len(booked(world)) == 1


def test_where_nobody_ever_signed_in_the_hours_decide(world: World) -> None:
    """An installation without the agents' page rings its exchange, as before."""
    call = world.rings(agents=("completed",))
    call.press("0")
    assert len(call.dialled) == 1


def test_who_comes_while_the_employee_talks_hears_his_place(world: World) -> None:
    """First the next one, then one before him; both are told to stay on the line."""
    signs_in(world)
    talks(world)
    second, third = world.rings(), world.rings()
    press_all(second, "1110")
    assert second.dialled == []
    assert hears(second, "U bent zo aan de beurt. Blijf aan de lijn.")
    world.clock.passes(seconds=5)
    third.press("0")
    assert hears(third, "Er wacht één beller voor u.")


def test_who_stays_on_the_line_is_connected_in_turn(world: World) -> None:
    """When the talk is over the one who waits longest rings, and the next one moves up."""
    signs_in(world)
    first = talks(world)
    second = world.rings(agents=("no-answer",))
    second.press("0")
    world.clock.passes(seconds=5)
    third = world.rings()
    third.press("0")
    first.hang_up()
    third.stay_silent()
    assert third.dialled == []
    assert hears(third, "Er wacht één beller voor u.")
    second.stay_silent()
    assert len(second.dialled) == 1


def test_who_waits_long_keeps_his_times_and_books_them_alone(world: World) -> None:
    """The hold of the time that he was about to book is renewed as long as he waits."""
    signs_in(world)
    talks(world)
    call = world.rings()
    press_all(call, PASSPORT + "0")
    for _ in range(12):
        world.clock.passes(seconds=30)
        call.stay_silent()
    assert len(held(world)) == 1
    press_all(call, "21")
    assert len(booked(world)) == 1


def test_who_goes_on_alone_and_comes_back_soon_keeps_his_place(world: World) -> None:
    """One who came later does not overtake him."""
    signs_in(world)
    talks(world)
    first, second = world.rings(), world.rings()
    first.press("0")
    world.clock.passes(seconds=5)
    second.press("0")
    press_all(first, "2")
    world.clock.passes(seconds=60)
    second.stay_silent()
    assert hears(second, "Er wacht één beller voor u.")
    first.press("0")
    assert hears(first, "U bent zo aan de beurt.")


def test_nobody_waits_for_ever(world: World) -> None:
    """After ten minutes he is asked what he wants; a call-back is among it."""
    signs_in(world)
    talks(world)
    call = world.rings()
    call.press("0")
    for _ in range(25):
        world.clock.passes(seconds=30)
        if not hears(call, "Blijf aan de lijn"):
            break
        call.stay_silent()
    assert hears(call, "geen medewerker vrij")
    assert hears(call, "teruggebeld")


def test_who_waits_can_be_rung_back(world: World) -> None:
    """Key 3, as where nobody answers."""
    signs_in(world)
    talks(world)
    call = world.rings()
    press_all(call, "031")
    assert hears(call, "Wij bellen u terug")
    assert call.over


def test_an_agent_signs_out_while_somebody_waits(world: World) -> None:
    """He is not left waiting for nobody."""
    signs_in(world)
    talks(world)
    call = world.rings()
    call.press("0")
    signs_out(world)
    call.stay_silent()
    assert hears(call, "niet bereikbaar")


def test_an_agent_signs_out_while_his_telephone_rings(world: World) -> None:
    """Nobody takes the call; the caller hears that nobody is there when he tries again."""
    signs_in(world)
    call = world.rings(agents=("no-answer",))
    call.press("0")
    assert hears(call, "geen medewerker vrij")
    signs_out(world)
    call.press("1")
    assert hears(call, "niet bereikbaar")


@pytest.mark.parametrize("waits", [True, False])
def test_the_place_of_who_hangs_up_is_free(world: World, *, waits: bool) -> None:
    """Whether he waited or talked."""
    signs_in(world)
    first = talks(world)
    second = world.rings()
    second.press("0")
    world.clock.passes(seconds=5)
    third = world.rings(agents=("no-answer",))
    third.press("0")
    (second if waits else first).hang_up()
    third.stay_silent()
    assert hears(third, "U bent zo aan de beurt." if waits else "Er wacht één beller voor u.")


def test_who_asks_for_an_employee_twice_is_not_asked_more(world: World) -> None:
    """It rings once more, and else he is rung back."""
    signs_in(world)
    talks(world)
    call = world.rings(agents=("busy",))
    press_all(call, "00")
    assert len(call.dialled) == 1
    assert hears(call, "Wij bellen u terug")


def test_an_employee_who_sent_his_caller_back_is_free(world: World) -> None:
    """Also where Twilio tells of the new address before it tells that the talk is over."""
    signs_in(world)
    first = talks(world)
    code = world.database.transact(lambda c: make(c, Handover("travel-document"), world.clock()))
    secret = world.parts.handover_secret
    first.headers = {HEADER: token(code, secret, world.clock() + timedelta(minutes=5))}
    first.ring("/voice/handover")
    assert hears(first, "Ik noem de eerste tijden")
    second = world.rings(agents=("completed",))
    second.press("0")
    assert len(second.dialled) == 1


def test_a_talk_that_ended_while_the_database_was_away_is_over_once_it_is_back(
    world: World,
) -> None:
    """The employee does not count as talking for two hours, and the next caller is connected."""
    signs_in(world)
    first = talks(world)
    with world.database.write() as connection:
        connection.execute(text("ALTER TABLE waiting RENAME TO away"))
    over = first._form() | {"CallStatus": "completed"}
    assert first.post("/voice/status", over).status == 503
    with world.database.write() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO waiting"))
    wait_for(lambda: not talking(world))
    call = world.rings(agents=("completed",))
    call.press("0")
    assert len(call.dialled) == 1


def talking(world: World) -> set[str]:
    """The calls in which an employee is talking."""
    with world.database.read() as connection:
        return waiting.talking(connection, world.clock())

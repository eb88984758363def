"""An agent, an exchange and a caller: a call is handed over, and nothing is asked again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.carrier import TALKING, PhoneCall
from ivr.handover_tokens import HEADER, code_in, token
from scheduling.handovers import LENGTH, MOST_A_CALL, Handover, make, note_for
from scheduling.interval import Interval
from scheduling.openings import Wish
from tests.calling import hears, key_in, press_all
from tests.conftest import TEN_O_CLOCK, TUESDAY, World
from tests.ivr.looking import adds_up, booked, held
from tests.scheduling.door import Door

PAIR = Handover("travel-document", 2, number="+31687654321", note="in een rolstoel", agent="anna")
SECRET = "a-token-for-tests"  # noqa: S105  of the tests' own installation
NO_CODES = ("000000000", "111111111", "222222222")


def made(world: World, handover: Handover = PAIR) -> str:
    """The code that the agent's page shows."""
    return world.database.transact(lambda c: make(c, handover, world.clock()))


def signed(world: World, code: str, minutes: int = 10) -> str:
    """The token with which an exchange hands a call over."""
    return token(code, SECRET, world.clock() + timedelta(minutes=minutes))


def consults(world: World) -> PhoneCall:
    """An agent who has rung the line's second number."""
    call = world.caller(number="+31715458501")
    call.ring("/voice/handover")
    return call


def sip(world: World, header: str) -> PhoneCall:
    """A call that an exchange sends to the SIP domain, with a header."""
    call = world.caller(number="sip:900@exchange.example.nl")
    call.post = with_header(call, header)
    call.ring("/voice/handover")
    return call


def with_header(call: PhoneCall, header: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Posts as Twilio does for a call on a SIP domain."""
    post = call.post
    return lambda path, form: post(path, {**form, HEADER: header})


def test_a_code_leads_to_the_first_free_times(worlds: World) -> None:
    """The agent hears what will happen, the caller the times from the beginning."""
    call = consults(worlds)
    assert hears(call, "negen cijfers")
    press_all(call, code := made(worlds))
    assert len(code) == LENGTH
    assert hears(call, "twee personen")
    assert hears(call, "Nederlands. Verbind de beller nu door.")
    call.stay_silent()
    assert hears(call, "Ik noem de eerste tijden")
    assert len(held(worlds)) == 3
    press_all(call, "11")
    (entry,) = booked(worlds)
    assert (entry.service, entry.persons) == ("travel-document", 2)
    with worlds.database.read() as connection:
        assert note_for(connection, entry.reference or "") == PAIR.note
    assert adds_up(worlds)


def test_a_key_begins_at_once_in_the_caller_s_language(world: World) -> None:
    """The agent hears his own language, the caller hers; a star leads to the greeting in it."""
    call = consults(world)
    press_all(call, made(world, replace(PAIR, language="en")))
    assert hears(call, "Verbind")
    call.press("1")
    assert hears(call, "free times for")
    call.press("*")
    assert hears(call, "Voor Nederlands")


def test_a_late_transfer_begins_at_the_beginning(worlds: World) -> None:
    """Whenever the caller comes, the times are said in full again, and they are still held."""
    call = consults(worlds)
    press_all(call, made(worlds))
    call.stay_silent()
    said, times = call.heard, held(worlds)
    assert said[0].startswith("Hier is de afsprakenlijn. Ik noem de eerste tijden")
    for _ in range(8):
        worlds.clock.passes(seconds=33)
        assert [each.starts_at for each in held(worlds)] == [each.starts_at for each in times]
        call.stay_silent()
        assert call.heard == said
        assert call.retry().body == call.last_reply.body
    press_all(call, "21")
    assert [entry.starts_at for entry in booked(worlds)] == [times[1].starts_at]
    assert adds_up(worlds)


def test_a_caller_who_never_comes_is_not_awaited_for_ever(world: World) -> None:
    """After five minutes silence is a miss as everywhere, and the times are free in the end."""
    call = consults(world)
    press_all(call, made(world) + "1")
    world.clock.passes(minutes=5)
    call.stay_silent()
    assert hears(call, "nog geen toets gehoord")
    call.hang_up()
    assert held(world) == []


def test_once_a_key_is_pressed_somebody_is_there(world: World) -> None:
    """Then silence is a miss, and the question is not said from the beginning again and again."""
    call = consults(world)
    press_all(call, made(world) + "1#")
    assert not hears(call, "Hier is de afsprakenlijn")
    call.stay_silent()
    assert hears(call, "nog geen toets gehoord")


def test_the_agent_s_own_number_is_not_the_caller_s(world: World) -> None:
    """A code comes from the agent's telephone: it gets no message, and employees do not see it."""
    for number, told in ((PAIR.number, PAIR.number), ("", None)):
        call = world.caller(number="+31611111111")
        call.ring("/voice/handover")
        press_all(call, made(world, replace(PAIR, number=number)) + "111")
        with world.database.read() as connection:
            sql = "SELECT mobile FROM appointments WHERE status = 'booked' ORDER BY id DESC"
            assert connection.exec_driver_sql(sql).scalar() == told


def test_an_employee_is_shown_a_number_that_twilio_takes(world: World) -> None:
    """A call from a SIP domain shows the line's own, also where the caller's is known."""
    call = sip(world, signed(world, made(world)))
    call.press("0")
    assert call.shown == [call.line]


def test_two_callers_with_one_code(world: World) -> None:
    """The second hears that it is used, and reaches the greeting."""
    code = made(world)
    press_all(consults(world), code)
    second = consults(world)
    press_all(second, code)
    assert hears(second, "al gebruikt")
    assert hears(second, "afsprakenlijn")


def test_an_expired_code_leads_to_the_greeting(world: World) -> None:
    """It is said."""
    call = consults(world)
    code = made(world)
    world.clock.passes(minutes=10)
    press_all(call, code)
    assert hears(call, "niet meer geldig")


def test_a_mistyped_code_is_asked_for_again_a_few_times(world: World) -> None:
    """Then even the right one is not looked up, and the greeting comes."""
    call = consults(world)
    for wrong in NO_CODES[:MOST_A_CALL]:
        press_all(call, wrong)
        assert hears(call, "kennen deze code niet")
    press_all(call, made(world))
    assert hears(call, "nu niet opzoeken")
    assert hears(call, "afsprakenlijn")


def test_half_a_code_is_no_guess(world: World) -> None:
    """It is asked for again."""
    call = consults(world)
    key_in(call, "123")
    assert hears(call, "Een code heeft negen cijfers")
    assert call.retry().body == call.last_reply.body


def test_an_existing_appointment_is_named(world: World) -> None:
    """Where the agent had its reference; one that nobody has leads to the greeting."""
    press_all(world.rings(), "11111")
    (entry,) = booked(world)
    call = consults(world)
    press_all(call, made(world, Handover(reference=entry.reference)) + "1")
    assert hears(call, "U heeft een afspraak")
    call = consults(world)
    press_all(call, made(world, Handover(reference="222")) + "1")
    assert hears(call, "afsprakenlijn")


def test_a_handover_without_a_service_is_a_greeting(world: World) -> None:
    """In the caller's language; so is one for more persons than come, or for no service of ours."""
    for handover in (Handover(language="en"), replace(PAIR, persons=99, language="en")):
        call = consults(world)
        press_all(call, made(world, handover) + "1")
        assert hears(call, "Voor Nederlands")


@pytest.mark.parametrize(("days", "first"), [(1, "morgen, woensdag twee"), (3, "vrijdag vier")])
def test_a_service_that_became_full_says_so(world: World, days: int, first: str) -> None:
    """With the first free day, also where that is soon."""
    door = Door(world.database, world.calendar, TEN_O_CLOCK)
    code = made(world)
    end = Interval.of_day(TUESDAY + timedelta(days=days), world.calendar.zone).start
    door.fill(Wish("travel-document", 2), within=Interval(TEN_O_CLOCK, end))
    call = consults(world)
    press_all(call, code + "1")
    assert hears(call, f"Hier is de afsprakenlijn. Alles is vol tot {first} december. {first}")
    press_all(call, "11")
    (mine,) = (entry for entry in booked(world) if entry.persons == 2 and entry.starts_at >= end)
    assert mine.channel == "telephone"


def test_a_service_that_became_full_altogether_says_so(world: World) -> None:
    """With the last day on which nothing is free, and the ways that are left."""
    code = made(world)
    Door(world.database, world.calendar, TEN_O_CLOCK).fill(Wish("travel-document", 2))
    call = consults(world)
    press_all(call, code + "1")
    assert hears(call, "geen tijd vrij tot en met")
    assert hears(call, "Voor hulp van een medewerker: toets één.")


def test_after_hours_the_first_free_day_is_no_sign_of_fullness(world: World) -> None:
    """Nobody could have come before it."""
    world.clock.passes(hours=6, minutes=45)
    call = consults(world)
    press_all(call, made(world) + "1")
    assert hears(call, "Ik noem de eerste tijden")


def test_a_signed_header_leads_to_the_times_in_one_turn(worlds: World) -> None:
    """Nothing is asked; the request may come twice; another call with it begins at the greeting."""
    header = signed(worlds, made(worlds))
    call = sip(worlds, header)
    assert hears(call, "Ik noem de eerste tijden")
    assert call.retry().body == call.last_reply.body
    assert len(held(worlds)) == 3
    assert hears(sip(worlds, header), "afsprakenlijn")


@pytest.mark.parametrize("header", ["", "a\r\nb", "9" * 10_000, "\udcff".encode(errors="replace")])
def test_other_headers_are_not_believed(world: World, header: str | bytes) -> None:
    """The call begins at the greeting."""
    assert hears(sip(world, str(header)), "afsprakenlijn")


def test_an_expired_header_is_not_believed(world: World) -> None:
    """Nor is one that was changed."""
    code = made(world)
    for header in (signed(world, code, minutes=0), signed(world, code)[:-1] + "x"):
        assert hears(sip(world, header), "afsprakenlijn")


@given(st.text(), st.text(min_size=1))
def test_only_what_is_signed_has_a_code(told: str, secret: str) -> None:
    """Whatever stands in a header."""
    assert code_in(told, "secret", TEN_O_CLOCK) == ""
    right = token("123456789", "secret", TEN_O_CLOCK + timedelta(seconds=1))
    assert code_in(right, "secret", TEN_O_CLOCK) == "123456789"
    assert code_in(right + told, "secret", TEN_O_CLOCK) == ("" if told else "123456789")
    assert code_in(right, secret + "!", TEN_O_CLOCK) == ""


def test_the_line_takes_its_own_call_back(worlds: World) -> None:
    """A caller who is with an agent goes back, as Twilio's update of the call asks.

    His number is that from which he rang, where the agent did not note another.
    """
    call = worlds.rings()
    code = made(worlds, replace(PAIR, number=""))
    call.ring(f"/voice/handover?token={signed(worlds, code)}")
    assert hears(call, "Ik noem de eerste tijden")
    assert call.retry().body == call.last_reply.body
    press_all(call, "11")
    assert len(booked(worlds)) == 1
    with worlds.database.read() as connection:
        sql = "SELECT mobile FROM appointments WHERE status = 'booked'"
        assert connection.exec_driver_sql(sql).scalar() == call.number
    assert adds_up(worlds)


def test_a_caller_who_talks_with_an_agent_goes_back(worlds: World) -> None:
    """Twilio says first that the talk is completed; the farewell is not what the caller hears."""
    call = worlds.rings(agents=(TALKING,))
    press_all(call, "10")
    assert call.dialled == ["+31715458501"]
    call.is_sent_to(f"/voice/handover?token={signed(worlds, made(worlds))}#rc=2")
    assert hears(call, "Ik noem de eerste tijden")
    press_all(call, "11")
    assert len(booked(worlds)) == 1
    call.hang_up()
    assert held(worlds) == []
    assert adds_up(worlds)


def test_the_end_of_a_talk_may_be_told_after_the_caller_is_back(world: World) -> None:
    """Two requests of one moment come in any order: he goes on hearing the times."""
    call = world.rings(agents=(TALKING,))
    call.press("0")
    action, form = call._ended_talk(), call._form() | {"DialCallStatus": "completed"}
    call.is_sent_to(f"/voice/handover?token={signed(world, made(world))}")
    assert call.post(action, form).body == call.last_reply.body
    press_all(call, "11")
    assert len(booked(world)) == 1


def test_the_end_of_a_talk_and_the_way_back_may_come_at_once(worlds: World) -> None:
    """Whichever is first, the caller hears the times."""
    for _ in range(5):
        call = worlds.rings(agents=(TALKING,))
        call.press("0")
        action, form = call._ended_talk(), call._form()
        back = f"/voice/handover?token={signed(worlds, made(worlds))}"
        with ThreadPoolExecutor(2) as threads:
            threads.submit(call.post, action, form | {"DialCallStatus": "completed"})
            heard = threads.submit(call.post, back, form).result()
        assert "Ik noem de eerste tijden" in heard.body.decode()
        assert call.post(back, form).body == heard.body
        call.hang_up()
    assert adds_up(worlds)


def test_who_said_goodbye_to_an_agent_is_not_taken_back_long_after(world: World) -> None:
    """Then the call is over, and the code is not used up."""
    call = world.rings(agents=(TALKING,))
    call.press("0")
    call.agent_hangs_up()
    assert hears(call, "tot ziens")
    assert call.over
    world.clock.passes(minutes=3)
    code = made(world)
    path = f"/voice/handover?token={signed(world, code)}"
    assert b"Ik noem" not in call.post(path, call._form()).body
    assert hears(sip(world, signed(world, code)), "Ik noem de eerste tijden")


def test_a_call_that_is_over_is_not_taken_back(world: World) -> None:
    """The code is not used up."""
    call = world.rings()
    call.hang_up()
    code = made(world)
    path = f"/voice/handover?token={signed(world, code)}"
    assert b"Ik noem" not in call.post(path, call._form()).body
    assert hears(sip(world, signed(world, code)), "Ik noem de eerste tijden")


def test_a_visit_at_home_is_not_booked_without_an_address(world: World) -> None:
    """The visitors must know where to go: this the agent could not fill in."""
    code = made(world, Handover("id-card-home-visit"))
    call = sip(world, signed(world, code))
    assert hears(call, "door ziekte of een handicap")
    press_all(call, "112351")
    assert hears(call, "huisnummer")
    assert held(world) == []


def test_a_call_of_another_version_is_handed_over_too(world: World) -> None:
    """Its step is not known here: what it held is free, and the caller hears his times."""
    call = world.rings()
    press_all(call, "111")
    with world.database.write() as connection:
        connection.exec_driver_sql("""UPDATE calls SET step = '[{"step":"OfTomorrow"}]'""")
    call.headers = {HEADER: signed(world, made(world))}
    call.ring("/voice/handover")
    assert hears(call, "Ik noem de eerste tijden")
    assert len(held(world)) == 3

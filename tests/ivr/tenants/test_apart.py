"""Neither municipality sees anything of the other."""

import re
from datetime import timedelta

import pytest
from werkzeug.test import Client

from ivr.handover_tokens import HEADER, token
from ivr.sender import Sender
from tests.calling import hears, key_in, press_all
from tests.conftest import World
from tests.ivr.looking import booked, held
from tests.ivr.tenants.town import BOTH, NOT_SET_UP, books, made
from tests.tenants import LINES, SENDERS, URL, Towns
from tests.texting import MOBILE, Visitor, status
from tests.web.employee import PASSWORD, Employee, at_work, hire

# What one municipality has opens nothing at another.


def test_a_reference_of_one_is_unknown_at_the_other(books_of_both: Towns) -> None:
    """Whoever keys it in at the other number is told that nobody knows it."""
    towns = books_of_both
    here = towns.worlds["leiderdorp"]
    books(towns.rings("leiderdorp"))
    reference = booked(here)[0].reference or ""
    own = towns.rings("leiderdorp")
    own.press("5")
    key_in(own, reference)
    assert hears(own, "U heeft een afspraak voor een paspoort")
    call = towns.rings("katwijk")
    call.press("5")
    key_in(call, reference)
    heard = " ".join(what for _, what in call.transcript)
    assert "We do not know this appointment number." in heard
    assert "You have an appointment" not in heard


def test_a_call_of_one_is_no_call_at_the_other(books_of_both: Towns) -> None:
    """Its next request, sent to the other's address and signed by the account that both have.

    To the number of the one it is refused; as if to the other's, it is greeted there as a new call.
    """
    towns = books_of_both
    here, there = (towns.worlds[name] for name in BOTH)
    call = towns.rings("leiderdorp")
    press_all(call, "11")
    path, form = call.last_request
    elsewhere = path.replace("leiderdorp", "katwijk")
    assert NOT_SET_UP in towns.asks(elsewhere, form).body.decode()
    answer = towns.asks(elsewhere, form | {"To": LINES["katwijk"]}).body.decode()
    assert "municipality of Katwijk" in answer
    assert "paspoort" not in answer
    assert not booked(there)
    press_all(call, "111")
    assert hears(call, "Uw afspraak staat vast")
    assert len(booked(here)) == 1


def test_hanging_up_at_the_other_ends_nothing(towns: Towns, here: World) -> None:
    """The end of a call, told to another municipality, frees nothing that is held here."""
    call = towns.rings("leiderdorp")
    press_all(call, "111")
    form = call.last_request[1] | {"CallStatus": "completed"}
    assert towns.asks("/katwijk/voice/status", form).status == 204
    assert held(here)


def test_a_code_of_one_is_unknown_at_the_other(towns: Towns, here: World) -> None:
    """An agent who rings the second number of another municipality hears that nobody knows it."""
    code = made(here)
    call = towns.caller("katwijk")
    call.line = "+31714061002"
    call.ring("/voice/handover")
    key_in(call, code)
    assert hears(call, "We do not know this code.")


def test_a_signed_handover_of_one_is_not_believed_at_the_other(
    towns: Towns, here: World, there: World
) -> None:
    """Although both have one auth token, and even where both have the same code."""
    code = made(here)
    assert made(there)
    until = towns.clock() + timedelta(minutes=10)
    header = token(code, here.parts.handover_secret, until)
    call = towns.caller("katwijk", headers={HEADER: header})
    call.ring("/katwijk/voice/handover")
    assert hears(call, "municipality of Katwijk")
    own = towns.caller("leiderdorp", headers={HEADER: header})
    own.ring("/leiderdorp/voice/handover")
    assert hears(own, "Ik noem de eerste tijden")


def browser(world: World, towns: Towns) -> Employee:
    """An employee at the public address, with nothing but what Twilio's path has in front."""
    employee = Employee(world.app)
    employee.client = Client(towns.entrance)  # type: ignore[assignment]  # the same, less a method
    return employee


def test_a_session_of_one_is_none_at_the_other(here: World, there: World) -> None:
    """The cookie has another name and another signature; renamed it opens nothing either."""
    agent = at_work(here)
    cookie = agent.client.get_cookie("__Host-session-leiderdorp")
    assert cookie
    thief = Employee(there.app)
    thief.client.set_cookie("__Host-session-katwijk", cookie.value, secure=True)
    thief.client.set_cookie(cookie.key, cookie.value, secure=True)
    thief.looks_at("/agent")
    assert "Aanmelden" in thief.text
    assert "Nieuwe afspraak" not in thief.text


def test_an_account_of_one_is_none_at_the_other(here: World, there: World) -> None:
    """Fatima of Leiderdorp, with her right password."""
    hire(here)
    assert Employee(there.app).signs_in() == 401
    assert Employee(here.app).signs_in() == 200


def test_an_agent_finds_no_appointment_of_the_other(
    towns: Towns, here: World, there: World
) -> None:
    """Neither on the page of its reference, nor among the calls that are going on."""
    books(towns.rings("leiderdorp"))
    waiting = towns.rings("leiderdorp")
    press_all(waiting, "11")
    found = f"/agent/appointments/{booked(here)[0].reference}"
    stranger, own = at_work(there), at_work(here)
    assert (stranger.looks_at(found), own.looks_at(found)) == (404, 200)
    stranger.looks_at("/agent")
    own.looks_at("/agent")
    step = "kiest het aantal personen"
    assert (step in stranger.text, step in own.text) == (False, True)


def test_links_of_the_pages_are_below_the_name(towns: Towns, here: World) -> None:
    """Through the entrance too, at the path that browsers ask for."""
    hire(here)
    employee = browser(here, towns)
    employee.looks_at("/leiderdorp/staff/sign-in")
    token_ = employee.token
    sent = {"csrf_token": token_, "name": "Fatima", "password": PASSWORD}
    answer = employee.client.post("/leiderdorp/staff/sign-in", data=sent)
    assert answer.headers["Location"] in {"/leiderdorp/agent", "/leiderdorp/staff/sign-in"}
    found = re.findall(r'(?:href|src|action)="(/[^"]*)"', employee.page)
    assert found
    assert all(each.startswith("/leiderdorp/") for each in found)


def test_a_calendar_file_of_one_is_not_found_at_the_other(towns: Towns, here: World) -> None:
    """The link in a message leads to the municipality that sent it, and to nothing elsewhere."""
    appointment = Visitor().books(here)
    text = here.parts.texts.about("confirmation", appointment)
    (link,) = re.findall(rf"{URL}(/\S+\.ics)", text)
    assert link.startswith("/leiderdorp/appointments/")
    client = Client(towns.entrance)
    assert client.get(link).status_code == 200
    assert client.get(link.replace("leiderdorp", "katwijk")).status_code == 404


def message(towns: Towns, to: str, path: str = "/messages") -> str:
    """What is answered to a mobile that sends AFZEGGEN to a number."""
    form = {"MessageSid": "SM" + "1" * 32, "From": MOBILE, "To": to, "Body": "AFZEGGEN"}
    reply = towns.asks(path, form)
    assert (reply.status, reply.content_type) == (200, "text/xml")
    return reply.body.decode()


def test_a_message_calls_off_at_the_municipality_that_it_was_sent_to(books_of_both: Towns) -> None:
    """The mobile has an appointment at each; only that of the number is looked for."""
    towns = books_of_both
    here, there = (towns.worlds[name] for name in BOTH)
    first, second = Visitor().books(here), Visitor().books(there)
    for world in (here, there):
        confirm(world)
    message(towns, SENDERS["katwijk"])
    assert (status(here, first), status(there, second)) == ("booked", "cancelled")


def test_a_message_to_the_other_finds_nothing(towns: Towns, here: World) -> None:
    """The mobile has an appointment at one municipality, and writes to the other."""
    appointment = Visitor().books(here)
    confirm(here)
    assert "Wij vinden bij dit nummer geen afspraak" in message(towns, SENDERS["katwijk"])
    assert status(here, appointment) == "booked"


def confirm(world: World) -> None:
    """Sends what is in the outbox, to nobody."""
    post = Sender(world.database, world.parts.texts, world.parts.demo_messages, world.clock)
    while post.send_next() == 0:
        pass


def test_a_message_that_was_led_to_the_wrong_one_calls_nothing_off(
    towns: Towns, here: World, there: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever wanted to cancel hears that he has not, and an alarm goes off without his number."""
    first, second = Visitor().books(here), Visitor().books(there)
    for world in (here, there):
        confirm(world)
    caplog.clear()
    answer = message(towns, SENDERS["leiderdorp"], "/katwijk/messages")
    assert "Uw afspraak is niet afgezegd." in answer
    assert (status(here, first), status(there, second)) == ("booked", "booked")
    assert [each.levelname for each in caplog.records if each.name == "ivr.numbers_dialled"]
    assert MOBILE[3:] not in caplog.text

"""What should not come but does: forged, strange and late requests."""

import logging

import pytest

from ivr.carrier import Reply
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked, held

WITHHELD = [
    "",
    "anonymous",
    "unknown",
    "restricted",
    "unavailable",
    "private",
    "blocked",
    "+266696687",
    "+8656696",
    "+7378742833",
    "+86282452253",
    "+7748283",
    "+2562533",
    "sip:jan@centrale.example.nl",
    "client:softphone",
]


def unsigned(world: World, path: str, form: dict[str, str], **headers: str) -> Reply:
    """A request as somebody sends it who does not know the token."""
    answer = world.app.test_client().post(path, data=form, headers=headers)
    return Reply(answer.status_code, answer.content_type, answer.data)


@pytest.mark.parametrize("signature", [None, "", "bm9uc2Vuc2U=", "é", "x" * 10_000])
def test_a_missing_or_wrong_signature_is_refused(world: World, signature: str | None) -> None:
    """403, nothing read aloud, nothing changed."""
    call = world.rings()
    press_all(call, PASSPORT)
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    form = call.last_request[1] | {"Digits": "1"}
    for path in ("/voice", "/voice/turns/5", "/voice/fallback", "/voice/status"):
        reply = unsigned(world, path, form, **headers)
        assert (reply.status, reply.body) == (403, b"")
    assert booked(world) == []
    call.press("1")
    assert len(booked(world)) == 1


def test_a_signature_replayed_on_another_request_is_refused(world: World) -> None:
    """It signs one address and one set of keys."""
    call = world.rings()
    press_all(call, PASSPORT)
    path, form = call.last_request
    signature = world.parts.signature.sign(path, form)
    other = form | {"Digits": "2"}
    assert unsigned(world, path, other, **{"X-Twilio-Signature": signature}).status == 403
    later = "/voice/turns/5"
    assert unsigned(world, later, form, **{"X-Twilio-Signature": signature}).status == 403


def test_a_request_replayed_long_after_its_call_is_refused(world: World) -> None:
    """A retry comes within seconds; two minutes later it is no retry."""
    call = world.rings()
    press_all(call, PASSPORT + "1")
    call.hang_up()
    assert call.retry().status == 200
    world.clock.passes(minutes=3)
    assert call.retry().status == 403
    assert call.post("/voice", call.last_request[1]).status == 403
    assert len(booked(world)) == 1


def test_a_call_that_nobody_knows_is_greeted_in_mid_dialogue(world: World) -> None:
    """After a restore from a back-up, say: the caller begins anew instead of hearing an error."""
    call = world.caller()
    call.ring("/voice/turns/4")
    assert hears(call, "Dit is de afsprakenlijn")
    press_all(call, PASSPORT + "1")
    assert len(booked(world)) == 1


@pytest.mark.parametrize("digits", ["7", "A", "12", "1 ", "٣", "²", "\x00", "5" * 5000, "-1", "1*"])
def test_absurd_digits_are_a_wrong_key(world: World, digits: str) -> None:
    """Letters, other alphabets' numbers, five thousand digits: said so, and asked again."""
    call = world.rings()
    call.press(digits)
    assert hears(call, "Die toets hoort niet bij deze vraag")


@pytest.mark.parametrize("form", [{"Digits": ""}, {}])
def test_blank_or_missing_digits_are_silence(world: World, form: dict[str, str]) -> None:
    """Never "no"."""
    call = world.rings()
    press_all(call, PASSPORT)
    reply = call.post("/voice/turns/5", call._form() | form)
    assert b"geen toets gehoord" in reply.body
    assert len(held(world)) == 1


@pytest.mark.parametrize("number", WITHHELD)
def test_callers_without_a_number_can_book(world: World, number: str) -> None:
    """Withheld in every spelling, from an exchange, from a browser: all the same to the line."""
    call = world.rings(number=number)
    press_all(call, PASSPORT + "1")
    assert hears(call, "Uw afspraak staat vast")


def test_two_calls_from_one_number_do_not_disturb_each_other(world: World) -> None:
    """A care home has one number and many callers."""
    one, two = world.rings(), world.rings()
    press_all(one, "2")
    press_all(two, "2")
    press_all(one, "11")
    press_all(two, "11")
    assert len({entry.starts_at for entry in booked(world)}) == 2


@pytest.mark.parametrize("sid", ["", "x" * 65, "CA 1", "CA';--", "CA\x00"])
def test_an_impossible_call_id_is_refused(world: World, sid: str) -> None:
    """400, and nothing is stored."""
    call = world.caller()
    call.sid = sid
    reply = call.post("/voice", call._form())
    assert (reply.status, reply.body) == (400, b"")


def test_parameters_that_nobody_knows_are_ignored(world: World) -> None:
    """Twilio may add some at any time, among them blanks and plus signs."""
    call = world.caller()
    reply = call.post("/voice", call._form() | {"StirVerstat": "A +b&c=é", "New": ""})
    assert reply.status == 200


def test_nothing_of_the_caller_is_in_the_logs(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """One line a turn with the call's id, no number, no keys."""
    with caplog.at_level(logging.DEBUG):
        call = world.rings(number="+31687654321")
        press_all(call, PASSPORT + "1")
        call.hang_up()
    lines = [record.getMessage() for record in caplog.records if record.name == "ivr.webhooks"]
    assert len(lines) == 7
    assert all(call.sid in line for line in lines)
    assert "87654321" not in caplog.text
    assert "Digits" not in caplog.text

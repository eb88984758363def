"""Whatever is in a request that Twilio signed, the line answers with what Twilio carries out."""

import operator
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ivr.carrier import PhoneCall
from ivr.refusals import MOST_BYTES
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.fuzzing import (
    BYTES,
    FORM,
    PAIRS,
    SID,
    VALUES,
    Sent,
    answer,
    encoded,
    is_sensible,
)
from tests.ivr.looking import adds_up, booked

Pairs = list[tuple[str, str]]

PATHS = (
    "/voice",
    "/voice/handover",
    "/voice/whisper",
    "/voice/whisper/answer",
    "/voice/fallback",
    "/voice/status",
    "/messages",
    "/messages/status",
)
TURNS = st.builds(
    "/voice/turns/{}".format, st.integers(0, 30) | st.integers(0) | st.text(max_size=9).map(quote)
)
DOORS = st.sampled_from(PATHS) | TURNS
IDS: Pairs = [("CallSid", SID), ("MessageSid", "SM" + "7" * 32)]
KINDS = st.sampled_from(
    (
        FORM,
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "text/xml",
        "",
    )
)
FORMS = st.builds(operator.add, st.sampled_from([IDS, []]), PAIRS)
often = settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def somebody(worlds: World) -> PhoneCall:
    """Somebody who is about to say yes, and on whom nothing of this has any influence."""
    call = worlds.rings()
    press_all(call, PASSPORT)
    return call


def require_untouched(world: World, somebody: PhoneCall) -> None:
    """The caller who is on the line goes on as if nothing had happened."""
    world.clock.passes(seconds=1)
    somebody.press("1")
    assert hears(somebody, "Uw afspraak staat vast")
    assert len(booked(world)) >= 1
    assert adds_up(world)


def test_any_form_is_answered_sensibly(worlds: World, somebody: PhoneCall) -> None:
    """Repeated keys, missing ones, values of any length and alphabet, at each door."""

    @often
    @given(DOORS, FORMS, VALUES)
    @example("/voice/turns/1", [*IDS, ("Digits", "\x00")], "")
    @example("/voice/handover", [*IDS, ("SipHeader_X-Handover", "é")], "token=%ff%00")
    @example("/voice/handover", IDS, "token=" + "9" * 5000)
    @example("/voice/whisper", [*IDS, ("ParentCallSid", "\x00")], "")
    @example("/messages", [*IDS, ("From", "+31612345678"), ("Body", "\x00afzeggen")], "")
    @example("/messages/status", [*IDS, ("MessageStatus", "failed"), ("ErrorCode", "9" * 99)], "")
    def any_form(path: str, pairs: Pairs, query: str) -> None:
        sent = Sent(path, encoded(pairs), query=query)
        assert is_sensible(sent, answer(worlds, sent)), sent
        worlds.clock.now += timedelta(milliseconds=1)

    any_form()
    require_untouched(worlds, somebody)


def test_a_call_full_of_nonsense_never_ends_in_an_error(worlds: World) -> None:
    """One call, in which every answer is odd: it goes on, turn after turn."""

    @often
    @given(st.lists(VALUES, min_size=1, max_size=12), VALUES)
    def nonsense(digits: list[str], number: str) -> None:
        call = worlds.caller()
        form = [("CallSid", call.sid), ("From", number), ("CallStatus", "in-progress")]
        ring = Sent("/voice", encoded(form))
        assert is_sensible(ring, answer(worlds, ring))
        for turn, keys in enumerate(digits, 1):
            sent = Sent(f"/voice/turns/{turn}", encoded([*form, ("Digits", keys)]))
            reply = answer(worlds, sent)
            assert reply.status_code == 200
            assert is_sensible(sent, reply)

    nonsense()
    assert adds_up(worlds)


def test_any_bytes_are_answered_sensibly(world: World) -> None:
    """Bodies that are no form, of any kind that a request may claim."""

    @often
    @given(DOORS, BYTES, KINDS, st.sampled_from([encoded(IDS) + b"&", b""]))
    @example("/voice", b"%", FORM, encoded(IDS) + b"&")
    @example("/voice", b"&&==;", FORM, encoded(IDS) + b"&")
    @example("/messages", b"Body=%ff%fe&From=%2B31612345678", FORM, encoded(IDS) + b"&")
    def any_bytes(path: str, body: bytes, kind: str, ids: bytes) -> None:
        sent = Sent(path, ids + body, kind=kind)
        assert is_sensible(sent, answer(world, sent)), sent

    any_bytes()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_another_method_is_refused_without_a_word(world: World, method: str) -> None:
    """Somebody set a number to GET: Twilio goes to the fallback, and no page is read aloud."""
    for path in (*PATHS, "/voice/turns/1"):
        reply = answer(world, Sent(path, encoded(IDS), method=method))
        assert reply.data == b""
        assert reply.status_code in ({200} if method == "OPTIONS" else {405})
        assert "POST" in reply.headers["Allow"]
    for path in ("/voice/turns/x", "/voice/nowhere", "/messages/1", "/voice/"):
        reply = answer(world, Sent(path, encoded(IDS), method=method))
        assert (reply.status_code, reply.data) == (404, b"")


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("size", [MOST_BYTES, 600_000, 3_000_000])
def test_what_is_too_large_is_refused_before_it_is_read(world: World, size: int, kind: str) -> None:
    """Nobody fills the memory or the disk, with a signature or without."""
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body = (part if kind != FORM else b"CallSid=CA1&Body=") + b"a" * size
    for path in (*PATHS, "/staff/sign-in"):
        signed = answer(world, Sent(path, body, kind=kind))
        unsigned = world.app.test_client().post(path, data=body, content_type=kind)
        assert (signed.status_code, unsigned.status_code) == (413, 413)
        assert path not in PATHS or signed.data == unsigned.data == b""


def test_a_refusal_at_any_door_says_nothing(world: World) -> None:
    """Neither to whoever did not sign, nor where the id is missing."""
    for path in PATHS:
        unsigned = world.app.test_client().post(path, data={"CallSid": SID})
        assert (unsigned.status_code, unsigned.data) == (403, b"")
        nameless = answer(world, Sent(path, b"From=x"))
        assert (nameless.status_code, nameless.data) == (400, b"")


def test_a_page_that_is_not_there_still_says_so(world: World) -> None:
    """Employees have a browser, and read."""
    reply = world.app.test_client().get("/nowhere")
    assert reply.status_code == 404
    assert b"Not Found" in reply.data

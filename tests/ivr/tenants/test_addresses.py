"""What reaches no municipality, or the wrong one, is told or refused."""

import logging
from pathlib import Path

import pytest
from werkzeug.test import Client

from ivr.signature import Signature
from tests.calling import hears
from tests.ivr.tenants.conftest import started
from tests.ivr.tenants.town import BOTH, NOT_SET_UP, OTHER, TOKEN
from tests.tenants import LINES, NOBODYS, URL, Towns
from tests.texting import MOBILE


@pytest.mark.parametrize("path", ["/voice", "/voice/handover", "/voice/fallback"])
def test_a_number_that_nobody_has_is_told_so(
    towns: Towns, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is left in silence: a sentence in Dutch and in English, and an alarm."""
    call = towns.caller("leiderdorp")
    call.line = NOBODYS
    call.ring(path)
    assert hears(call, NOT_SET_UP)
    assert hears(call, "This number is not set up correctly.")
    assert call.over
    (record,) = (each for each in caplog.records if each.levelno == logging.ERROR)
    assert call.sid in record.getMessage()
    assert call.number[3:] not in caplog.text


@pytest.mark.parametrize("path", ["/voice", "/voice/status", "/messages", "/messages/status"])
@pytest.mark.parametrize("to", [NOBODYS, LINES["katwijk"], ""])
def test_what_twilio_did_not_sign_is_refused_without_a_word(
    towns: Towns, path: str, to: str
) -> None:
    """Whichever number it names."""
    form = {"CallSid": "CA1", "MessageSid": "SM1", "To": to, "From": to}
    answer = Client(towns.entrance).post(path, data=form, headers={"X-Twilio-Signature": "x"})
    assert (answer.status_code, answer.data) == (403, b"")


@pytest.mark.parametrize("path", ["/voice/status", "/messages/status", "/messages"])
def test_nobodys_number_needs_no_answer_to_the_rest(towns: Towns, path: str) -> None:
    """A status is taken note of; a message is answered by nobody."""
    reply = towns.asks(path, {"CallSid": "CA1", "MessageSid": "SM1", "To": NOBODYS})
    assert reply.status == 204 or b"<Message" not in reply.body


@pytest.mark.parametrize("name", BOTH)
def test_a_number_that_is_led_to_the_wrong_one_is_told_so(
    towns: Towns, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller wanted somebody else: he books nothing at the wrong town hall."""
    call = towns.rings(name, f"/{OTHER[name]}/voice")
    assert hears(call, NOT_SET_UP)
    assert call.over
    assert any(each.levelno == logging.ERROR for each in caplog.records)


def test_a_call_by_sip_is_answered_at_the_address_of_its_municipality(towns: Towns) -> None:
    """Its To is no number, so the shared address cannot know."""
    call = towns.caller("katwijk")
    call.line = "sip:lijn@katwijk.sip.twilio.com"
    call.ring("/katwijk/voice")
    assert hears(call, "municipality of Katwijk")
    lost = towns.caller("katwijk")
    lost.line = call.line
    lost.ring()
    assert hears(lost, NOT_SET_UP)


@pytest.mark.parametrize("path", ["/voice", "/leiderdorp/voice"])
def test_the_account_of_one_signs_nothing_for_the_other(apart: Towns, path: str) -> None:
    """Each municipality counts its own tokens only."""
    form = {"CallSid": "CA1", "From": MOBILE, "To": LINES["leiderdorp"], "CallStatus": "ringing"}
    assert apart.asks(path, form, by="leiderdorp").status == 200
    assert apart.asks(path, form, by="katwijk").status == 403


def test_the_shared_address_may_have_a_path(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy may take it off its requests, or leave it on; answers always have it."""
    below = "https://example.nl/afspraken"
    with started(published, tmp_path, monkeypatch, url=below) as found:
        form = {"CallSid": "CA1", "From": MOBILE, "To": LINES["katwijk"], "CallStatus": "ringing"}
        for path in ("/voice", "/katwijk/voice"):
            told = Signature.of(below, (TOKEN,)).sign(path, form)
            for before in ("", "/afspraken"):
                headers = {"X-Twilio-Signature": told}
                client = Client(found.entrance)
                answer = client.post(before + path, data=form, headers=headers)
                assert answer.status_code == 200
                assert 'action="/afspraken/katwijk/voice/turns/1"' in answer.text


def test_a_signature_for_one_address_is_none_at_another(towns: Towns) -> None:
    """What was signed for the shared address is not good at that of a municipality, nor back."""
    form = {"CallSid": "CA1", "From": MOBILE, "To": LINES["leiderdorp"], "CallStatus": "ringing"}
    signed = towns.signature("leiderdorp")
    for path, other in (("/voice", "/leiderdorp/voice"), ("/leiderdorp/voice", "/voice")):
        headers = {"X-Twilio-Signature": signed.sign(other, form)}
        assert Client(towns.entrance).post(path, data=form, headers=headers).status_code == 403
    header = {"X-Twilio-Signature": signed.sign("/voice", form), "Line.Asked-At": URL}
    answer = Client(towns.entrance).post("/leiderdorp/voice", data=form, headers=header)
    assert answer.status_code == 403


def test_a_request_that_is_too_large_is_refused(towns: Towns) -> None:
    """Before it is known for whom it is."""
    answer = Client(towns.entrance).post("/voice", data={"To": "x" * 200_000})
    assert (answer.status_code, answer.data) == (413, b"")

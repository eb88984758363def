"""Twilio's side of the line does with each document what Twilio does."""

import re

import pytest

from ivr.carrier import PhoneCall
from ivr.documents import Refused
from tests.outside.made_up import HANGUP, MadeUpLine, dial, gather, redirect, say


def ring(line: MadeUpLine, agents: tuple[str, ...] = ()) -> PhoneCall:
    """A call to a made-up line."""
    call = PhoneCall(line, agents=agents)
    call.ring()
    return call


def asks(**pages: str) -> MadeUpLine:
    """A line that asks for a key at once; `pages` are what comes after, by their path."""
    after = {f"/{path}": page for path, page in pages.items()}
    return MadeUpLine({"/voice": gather("/pressed") + redirect("/silent")} | after)


def test_a_call_comes_in_with_all_that_twilio_always_sends() -> None:
    """The first request says who rings whom, and what state the call is in."""
    line = asks()
    call = ring(line)
    ((path, form),) = line.asked
    assert path == "/voice"
    assert {"CallSid", "AccountSid", "From", "To", "CallStatus", "Direction"} <= set(form)
    assert (form["CallStatus"], form["Direction"]) == ("ringing", "inbound")
    assert re.fullmatch("CA[0-9a-f]{32}", form["CallSid"])
    assert call.heard == ["Toets een cijfer."]


def test_two_calls_have_different_sids() -> None:
    """Nobody is taken for somebody else."""
    line = asks()
    assert ring(line).sid != ring(line).sid


def test_a_key_goes_to_the_action_of_the_question() -> None:
    """The key is posted to where the Gather said, with nothing else changed."""
    line = asks(pressed=say("Dank u.") + HANGUP)
    call = ring(line)
    call.press("1")
    path, form = line.asked[1]
    assert (path, form["Digits"], form["CallSid"]) == ("/pressed", "1", call.sid)
    assert call.heard == ["Dank u."]
    assert form["CallStatus"] == "in-progress"


@pytest.mark.parametrize("key", ["*", "#"])
def test_star_and_hash_are_ordinary_keys_where_nothing_ends_the_input(key: str) -> None:
    """With finishOnKey="" they are posted like any digit."""
    line = asks(pressed=HANGUP)
    ring(line).press(key)
    assert line.asked[1][1]["Digits"] == key


def test_the_hash_is_no_key_where_it_ends_the_input() -> None:
    """By default `#` ends the input: Twilio posts blank Digits, and the hash beside them."""
    line = MadeUpLine({"/voice": gather("/pressed", finish="") + HANGUP, "/pressed": HANGUP})
    ring(line).press("#")
    form = line.asked[1][1]
    assert (form["Digits"], form["FinishedOnKey"]) == ("", "#")


def test_silence_falls_through_to_the_redirect() -> None:
    """What stands after the Gather is carried out, without any Digits."""
    line = asks(silent=gather("/pressed", "Ik hoor niets.") + redirect("/silent"))
    call = ring(line)
    call.stay_silent()
    path, form = line.asked[1]
    assert path == "/silent"
    assert "Digits" not in form
    assert call.heard == ["Ik hoor niets."]


def test_silence_falls_through_to_words_and_the_end() -> None:
    """A document may also say something after its question, and end the call."""
    line = MadeUpLine({"/voice": gather("/pressed") + say("Tot ziens.") + HANGUP})
    call = ring(line)
    call.stay_silent()
    assert call.heard[-1] == "Tot ziens."
    assert call.over


def test_silence_that_leads_to_a_transfer_rings_the_agents() -> None:
    """A Dial after the question is followed as well."""
    line = MadeUpLine({"/voice": gather("/pressed") + dial("/dialled"), "/dialled": HANGUP})
    call = ring(line, agents=("completed",))
    call.stay_silent()
    assert line.asked[1][1]["DialCallStatus"] == "completed"


def test_no_key_counts_before_the_first_ring() -> None:
    """Who has not rung cannot press."""
    with pytest.raises(Refused, match="does not wait"):
        PhoneCall(asks()).press("1")


def test_no_key_counts_after_the_end() -> None:
    """Who was hung up on cannot press, and cannot be silent either."""
    call = ring(MadeUpLine({"/voice": say("Wij zijn dicht.") + HANGUP}))
    assert call.over
    with pytest.raises(Refused, match="does not wait"):
        call.press("1")
    with pytest.raises(Refused, match="does not wait"):
        call.stay_silent()


def test_a_dial_goes_on_at_its_action_with_the_outcome() -> None:
    """The line hears how each transfer ended, in turn; who is not there does not answer."""
    line = MadeUpLine(
        {
            "/voice": say("Een ogenblik.") + dial("/first"),
            "/first": dial("/second", "+31715458502"),
            "/second": HANGUP,
        }
    )
    call = ring(line, agents=("busy",))
    outcomes = [form.get("DialCallStatus") for _, form in line.asked[:3]]
    assert outcomes == [None, "busy", "no-answer"]
    assert call.dialled == ["+31715458501", "+31715458502"]


def test_a_dial_with_nobody_in_it_is_refused() -> None:
    """A transfer to nobody is a fault of the line, and told as one."""
    nobody = '<Dial action="/dialled" timeout="30"></Dial>'
    with pytest.raises(Refused):
        ring(MadeUpLine({"/voice": nobody, "/dialled": HANGUP}))


def test_a_circle_of_redirects_is_refused() -> None:
    """Documents that lead round and round would keep the caller in silence."""
    line = MadeUpLine({"/voice": redirect("/there"), "/there": redirect("/voice")})
    with pytest.raises(Refused, match="circle"):
        ring(line)
    assert len(line.asked) < 50


def test_a_circle_after_silence_is_refused() -> None:
    """Also where the caller's silence leads into it."""
    call = ring(asks(silent=redirect("/silent")))
    with pytest.raises(Refused, match="circle"):
        call.stay_silent()


def test_a_relative_address_is_one_beside_the_current_document() -> None:
    """Addresses in a document resolve against its own."""
    line = MadeUpLine(
        {
            "/voice": redirect("/lijn/voice/turns/1"),
            "/lijn/voice/turns/1": gather("2") + redirect("../silent"),
            "/lijn/voice/silent": HANGUP,
        }
    )
    ring(line).stay_silent()
    assert line.paths[:3] == ["/voice", "/lijn/voice/turns/1", "/lijn/voice/silent"]


@pytest.mark.parametrize("status", [403, 404, 500, 302])
def test_an_error_is_refused(status: int) -> None:
    """Whatever is not 200 is Twilio's error 11200, and never read to the caller."""
    line = asks()
    line.status = status
    with pytest.raises(Refused, match=f"11200 .*{status}"):
        ring(line)


def test_a_document_that_twilio_refuses_is_refused() -> None:
    """The strict reader stands between the line and every caller."""
    with pytest.raises(Refused, match="just ends"):
        ring(MadeUpLine({"/voice": gather("/pressed")}))


def test_hanging_up_is_told_to_the_line_once() -> None:
    """The status callback says that the call is completed, however often one hangs up."""
    line = asks()
    call = ring(line)
    call.hang_up()
    call.hang_up()
    assert line.paths == ["/voice", "/voice/status"]
    assert line.asked[1][1]["CallStatus"] == "completed"


def test_a_hangup_is_told_to_the_line_once() -> None:
    """The same callback comes when the line ends the call."""
    line = MadeUpLine({"/voice": HANGUP})
    ring(line).hang_up()
    assert line.paths == ["/voice", "/voice/status"]


def test_a_retry_sends_the_same_again() -> None:
    """A lost answer is asked for with exactly the same request."""
    line = asks(pressed=gather("/again") + HANGUP)
    call = ring(line)
    call.press("4")
    reply = call.retry()
    assert line.asked[1] == line.asked[2]
    assert reply == call.last_reply


def test_the_transcript_has_both_sides_in_order() -> None:
    """What was said and what was done can be read back as a conversation."""
    call = ring(
        asks(silent=gather("/pressed", "Ik hoor niets.") + HANGUP, pressed=say("Dag.") + HANGUP)
    )
    call.stay_silent()
    call.press("0")
    assert call.transcript == [
        ("line", "Toets een cijfer."),
        ("caller", "(silence)"),
        ("line", "Ik hoor niets."),
        ("caller", "0"),
        ("line", "Dag."),
    ]

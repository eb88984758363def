"""What comes from outside with a handover: headers of any shape, any claim; and what is logged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest

from ivr.carrier import PhoneCall
from ivr.handover_tokens import HEADER, token
from ivr.logs import JSONLines
from scheduling.handovers import Handover, make
from tests.calling import hears, key_in, press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, booked, held
from tests.outside.signing import PUBLIC_URL, SID, Door, Pairs, sign

TOKEN = "a-token-for-tests"  # noqa: S105  of the tests' own installation
ADDRESS = f"{PUBLIC_URL}/voice/handover"
SIP: Pairs = (("CallSid", SID), ("From", "sip:900@exchange.example.nl"), ("CallStatus", "ringing"))
PASSPORT = Handover("travel-document", 2, number="+31687654321")
VICTIM = "+31612345678"


def made(world: World) -> tuple[str, str]:
    """A code, and the token that an exchange would send for it."""
    code = world.database.transact(lambda c: make(c, PASSPORT, world.clock()))
    return code, token(code, TOKEN, world.clock() + timedelta(minutes=10))


def comes(world: World, header: str, pairs: Pairs = SIP) -> str:
    """What a caller hears whose call comes with a header, as Twilio sends and signs it."""
    door = Door.of(world, tokens=(TOKEN,))
    form = (*pairs, (HEADER, header))
    answer = door.post("/voice/handover", form, sign(ADDRESS, form, TOKEN))
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    return answer.text


ALMOST = [
    "{token}\r\n",
    "{token}\n",
    "\r\n{token}",
    " {token}",
    "{token}\r\nX-Handover: {token}",
    "{token};{token}",
    "{token}\x00",
    "{token}{long}",
    "{long}{token}",
    "{long}",
    "\u00e9{token}",
    "{token}\ufffd",
    "{wide}",
    "{capitals}",
    "{code}",
    "{code}--",
    "--",
    "\x00",
    "\U0001f4de",
]


@pytest.mark.parametrize("shape", ALMOST)
def test_only_the_token_itself_is_believed(world: World, shape: str) -> None:
    """Line breaks, 10 kB and other letters around it: the greeting, and the code is not used."""
    code, right = made(world)
    wide = right.translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    words = {"token": right, "wide": wide, "capitals": right.upper(), "code": code}
    header = shape.format(long="9" * 10_000, **words)
    assert "afsprakenlijn van de gemeente" in comes(world, header)
    assert held(world) == []
    assert "Ik noem de eerste tijden" in comes(world, right, (("CallSid", "CA2"), *SIP[1:]))


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b"\xe9\xe8", b"\xed\xa0\x80", "sch\u00e4".encode("utf-16")]
)
def test_letters_in_a_wrong_encoding_are_no_token(world: World, raw: bytes) -> None:
    """Whatever was signed, no request fails over them, and the code is not used."""
    _, right = made(world)
    door = Door.of(world, tokens=(TOKEN,))
    body = f"{urlencode(SIP)}&{HEADER}={right}{quote(raw)}"
    readings = [raw.decode(errors=how) for how in ("replace", "ignore", "werkzeug.url_quote")]
    for reading in (*readings, raw.decode("latin-1")):
        form = (*SIP, (HEADER, right + reading))
        answer = door.post("/voice/handover", signature=sign(ADDRESS, form, TOKEN), body=body)
        assert (answer.status_code, "gemeente" in answer.text) in {(403, False), (200, True)}
    assert held(world) == []
    assert "Ik noem de eerste tijden" in comes(world, right, (("CallSid", "CA2"), *SIP[1:]))


def test_a_header_that_comes_twice_is_not_believed_where_the_first_is_not(world: World) -> None:
    """Nobody puts a right one behind a wrong one."""
    _, right = made(world)
    assert "afsprakenlijn van de gemeente" in comes(world, right, (*SIP, (HEADER, "no")))


@pytest.mark.parametrize(
    "claim", [VICTIM, f"sip:{VICTIM}@evil.example", f"{VICTIM}\r\nFrom: x", "9" * 10_000, ""]
)
def test_a_forged_from_opens_nothing(world: World, claim: str) -> None:
    """Not the victim's appointment, with a header or without; only its reference does."""
    press_all(world.rings(number=VICTIM), "11111")
    call = world.caller(number=claim)
    post = call.post
    call.post = lambda path, form: post(path, {**form, HEADER: "forged"})
    call.ring("/voice/handover")
    assert hears(call, "afsprakenlijn van de gemeente")
    call.press("5")
    assert hears(call, "twaalf cijfers van uw afspraaknummer")
    assert len(booked(world)) == 1


def test_a_forged_from_gets_no_message_of_a_handover(world: World) -> None:
    """With a signed header the number that the agent noted counts, and no other."""
    _, right = made(world)
    call = world.caller(number=VICTIM)
    post = call.post
    call.post = lambda path, form: post(path, {**form, HEADER: right})
    call.ring("/voice/handover")
    press_all(call, "11")
    with world.database.read() as connection:
        sql = "SELECT mobile FROM appointments WHERE status = 'booked'"
        assert connection.exec_driver_sql(sql).scalars().all() == [PASSPORT.number]


def test_one_call_that_comes_eight_times_at_once_is_one(worlds: World) -> None:
    """All hear the same, and three times are held."""
    _, right = made(worlds)
    door = Door.of(worlds, tokens=(TOKEN,))
    form = (*SIP, (HEADER, right))
    signature = sign(ADDRESS, form, TOKEN)
    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(door.post, "/voice/handover", form, signature) for _ in range(8)]
    heard = {each.result().text for each in sent}
    assert len(heard) == 1
    assert "Ik noem de eerste tijden" in heard.pop()
    assert len(held(worlds)) == 3
    assert adds_up(worlds)


def consults(world: World) -> PhoneCall:
    """An agent who has rung the line's second number."""
    call = world.caller(number="+31715458501")
    call.ring("/voice/handover")
    return call


def test_no_code_and_no_token_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Not of handovers that work, not of those that do not, and not where the line itself fails."""
    caplog.set_level("DEBUG")
    keyed, signed = made(world), made(world)
    secrets = [*keyed, *signed, "987654321"]
    for code in (keyed[0], keyed[0], "987654321"):
        key_in(consults(world), code)
    for header in (signed[1], signed[1], signed[1] + "0", signed[1].replace("-", "\r\n")):
        comes(world, header, (("CallSid", f"CA{len(caplog.records)}"), *SIP[1:]))
    world.rings().ring(f"/voice/handover?token={keyed[1]}")
    waits = consults(world)
    with world.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE handovers")
    key_in(waits, keyed[0])
    world.caller().ring(f"/voice/handover?token={keyed[1]}")
    lines = [JSONLines().format(record) for record in caplog.records]
    assert len([line for line in lines if "is not believed" in line]) == 2
    assert len([line for line in lines if "Traceback" in line]) == 2
    parts = {part for each in secrets for part in each.split("-") if len(part) > 8}
    assert [line for line in lines if any(part in line for part in parts)] == []

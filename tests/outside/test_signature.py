"""Only what Twilio signed with one of our tokens is answered; everything else is a 403."""

import re

import pytest

from tests.conftest import World
from tests.outside.signing import (
    FIRST,
    FOREIGN,
    NEXT,
    PUBLIC_URL,
    RINGING,
    SID,
    Door,
    Pairs,
    sign,
)

ALGORITHM = "X-Twilio-Webhooks-Signature-Settings"
VOICE = f"{PUBLIC_URL}/voice"


@pytest.fixture
def door(world: World) -> Door:
    """A line with one token at its public address."""
    return Door.of(world)


def test_what_twilio_signed_is_answered(door: Door) -> None:
    """A signature after Twilio's documentation opens the line."""
    answer = door.post("/voice", signature=sign(VOICE, RINGING, FIRST))
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"


def test_a_request_without_signature_is_refused(door: Door) -> None:
    """A missing header gives 403 and not an error."""
    assert door.post("/voice").status_code == 403


@pytest.mark.parametrize("signature", ["", " ", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "\xe9\xe8"])
def test_a_signature_that_is_none_is_refused(door: Door, signature: str) -> None:
    """Nonsense in the header gives 403 and not an error."""
    assert door.post("/voice", signature=signature).status_code == 403


def test_a_refusal_says_nothing(door: Door) -> None:
    """A body of text would be read aloud."""
    assert door.post("/voice").data == b""


def test_every_door_that_takes_a_post_is_shut(world: World, door: Door) -> None:
    """No route is forgotten: each POST that nobody signed is refused, and none writes a call."""
    rules = [rule for rule in door.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    paths = {re.sub("<.*?>", "1", rule.rule) for rule in rules}
    assert {"/voice", "/voice/turns/1", "/voice/fallback", "/voice/status", "/messages"} <= paths
    assert {path: door.post(path).status_code for path in paths} == dict.fromkeys(paths, 403)
    with world.database.read() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM calls").scalar()
    assert count == 0


def test_another_accounts_signature_is_refused(door: Door) -> None:
    """Twilio signs for everybody; only our own token counts."""
    assert door.post("/voice", signature=sign(VOICE, RINGING, FOREIGN)).status_code == 403


@pytest.mark.parametrize(("token", "status"), [(FIRST, 200), (NEXT, 200), (FOREIGN, 403)])
def test_two_tokens_count_while_they_are_rotated(world: World, token: str, status: int) -> None:
    """No call is lost between the old token and the new one."""
    door = Door.of(world, tokens=(FIRST, NEXT))
    assert door.post("/voice", signature=sign(VOICE, RINGING, token)).status_code == status


@pytest.mark.parametrize(
    "changed",
    [
        (*RINGING, ("Digits", "1")),
        RINGING[:-1],
        (("CallSid", SID), ("From", "+31687654321"), ("CallStatus", "ringing")),
    ],
    ids=["added", "removed", "changed"],
)
def test_a_changed_form_is_refused(door: Door, changed: Pairs) -> None:
    """Nobody adds, removes or changes a value on the way."""
    signature = sign(VOICE, RINGING, FIRST)
    assert door.post("/voice", changed, signature).status_code == 403


@pytest.mark.parametrize("path", ["/voice/handover", "/voice/fallback", "/voice?x=1"])
def test_a_signature_is_for_one_address(door: Door, path: str) -> None:
    """What was signed for one door does not open another."""
    assert door.post(path, signature=sign(VOICE, RINGING, FIRST)).status_code == 403


@pytest.mark.parametrize("query", ["?bron=dis", "?a=2&a=1", "?naam=Jan+de%20Vries", "?leeg=", "?x"])
def test_the_query_string_is_part_of_the_signature(door: Door, query: str) -> None:
    """It counts as Twilio sent it, character by character."""
    signature = sign(VOICE + query, RINGING, FIRST)
    assert door.post("/voice" + query, signature=signature).status_code == 200


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        ("&Naam=Jan&Naam=Piet", (("Naam", "Jan"), ("Naam", "Piet"))),
        ("&Naam=Piet&Naam=Jan", (("Naam", "Piet"), ("Naam", "Jan"))),
        ("&Naam=Jan&Naam=Jan", (("Naam", "Jan"),)),
        ("&To=%2B31715458500", (("To", "+31715458500"),)),
        ("&CallerName=Jan+de+Vries", (("CallerName", "Jan de Vries"),)),
        ("&CallerName=Jan%20de%20Vries", (("CallerName", "Jan de Vries"),)),
        ("&CallerName=Jos%C3%A9+%26+Co", (("CallerName", "José & Co"),)),
        ("&Digits=&FinishedOnKey=", (("Digits", ""), ("FinishedOnKey", ""))),
        ("&Digits=%23", (("Digits", "#"),)),
        ("&a=1&A=2&_=3", (("a", "1"), ("A", "2"), ("_", "3"))),
    ],
)
def test_every_value_counts_as_it_was_meant(door: Door, body: str, pairs: Pairs) -> None:
    """Repeated keys, plus signs, blanks, accents and blank values survive the parsing."""
    form = f"CallSid={SID}&CallStatus=ringing{body}"
    signed = (("CallSid", SID), ("CallStatus", "ringing"), *pairs)
    answer = door.post("/voice", signature=sign(VOICE, signed, FIRST), body=form)
    assert answer.status_code == 200


def test_a_blank_value_that_was_not_signed_is_refused(door: Door) -> None:
    """Blank values are part of the signature too."""
    signature = sign(VOICE, RINGING, FIRST)
    assert door.post("/voice", (*RINGING, ("Digits", "")), signature).status_code == 403


@pytest.mark.parametrize(
    "signed", ["https://afspraken.example.nl", "https://afspraken.example.nl:443"]
)
def test_the_standard_port_may_be_signed_or_not(door: Door, signed: str) -> None:
    """Twilio writes the port of a URL or leaves it out; both are the same address."""
    signature = sign(f"{signed}/voice", RINGING, FIRST)
    assert door.post("/voice", signature=signature).status_code == 200


@pytest.mark.parametrize(
    ("signed", "status"),
    [("https://afspraken.example.nl:8443", 200), ("https://afspraken.example.nl:9443", 403)],
)
def test_a_port_in_the_public_address_counts(world: World, signed: str, status: int) -> None:
    """A line on a port of its own is signed with that port."""
    door = Door.of(world, "https://afspraken.example.nl:8443")
    signature = sign(f"{signed}/voice", RINGING, FIRST)
    assert door.post("/voice", signature=signature).status_code == status


def test_a_path_before_the_line_is_part_of_the_signature(world: World) -> None:
    """Behind a proxy that keeps the line below a path, that path is signed and answered with."""
    door = Door.of(world, f"{PUBLIC_URL}/lijn")
    answer = door.post("/voice", signature=sign(f"{PUBLIC_URL}/lijn/voice", RINGING, FIRST))
    assert answer.status_code == 200
    assert 'action="/lijn/voice/turns/1"' in answer.text
    assert door.post("/voice", signature=sign(VOICE, RINGING, FIRST)).status_code == 403


def test_what_a_proxy_forwards_does_not_count(door: Door) -> None:
    """The configured address is signed, whatever host and scheme a request claims."""
    forwarded = {
        "Host": "10.0.0.7:8080",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
    }
    right, wrong = sign(VOICE, RINGING, FIRST), sign("http://evil.example/voice", RINGING, FIRST)
    assert door.post("/voice", signature=right, headers=forwarded).status_code == 200
    assert door.post("/voice", signature=wrong, headers=forwarded).status_code == 403


@pytest.mark.parametrize(
    "settings", ["key=webhooks_1,algorithm=HMAC_SHA256", "algorithm=NONE", ","]
)
def test_the_request_does_not_choose_the_algorithm(door: Door, settings: str) -> None:
    """A header that names another algorithm changes nothing about what is accepted."""
    right = sign(VOICE, RINGING, FIRST)
    other = sign(VOICE, RINGING, FIRST, "sha256")
    claim = {ALGORITHM: settings}
    assert door.post("/voice", signature=right, headers=claim).status_code == 200
    assert door.post("/voice", signature=other, headers=claim).status_code == 403


def test_a_body_that_is_no_form_is_refused(door: Door) -> None:
    """Twilio signs forms; a body in another format carries no signature of them."""
    answer = door.app.test_client().post(
        "/voice",
        json=dict(RINGING),
        headers={"X-Twilio-Signature": sign(VOICE, RINGING, FIRST)},
    )
    assert answer.status_code == 403

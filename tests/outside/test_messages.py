"""Text messages that come in get one helpful answer; their statuses are taken note of."""

import xml.etree.ElementTree as ET

import pytest

from scheduling.database import Database
from tests.conftest import World
from tests.outside.signing import FIRST, PUBLIC_URL, Door, Pairs, sign
from tests.outside.test_health import NOBODY_LISTENS, on

MESSAGE: Pairs = (
    ("MessageSid", "SM" + "1" * 32),
    ("From", "+31612345678"),
    ("To", "+31715458500"),
    ("Body", "Kan ik morgen komen? Groet, José"),
)


@pytest.fixture
def door(world: World) -> Door:
    """A line with one token at its public address."""
    return Door.of(world)


def signed(door: Door, path: str, pairs: Pairs = MESSAGE) -> tuple[int, str, bytes]:
    """Status, kind and body of the answer to a message that Twilio signed."""
    answer = door.post(path, pairs, sign(PUBLIC_URL + path, pairs, FIRST))
    return answer.status_code, answer.content_type.partition(";")[0], answer.get_data()


def test_a_message_is_answered_with_one_message(door: Door) -> None:
    """Whatever was sent, the answer says how to reach us, and is TwiML for messages."""
    status, kind, body = signed(door, "/messages")
    assert (status, kind) == (200, "text/xml")
    response = ET.fromstring(body)  # noqa: S314  our own line's document
    assert [verb.tag for verb in response] == ["Message"]
    text = "".join(response.itertext())
    assert text.startswith("Dit nummer begrijpt alleen AFZEGGEN.")
    assert "{" not in text


def test_a_message_is_written_to_be_read(door: Door) -> None:
    """An address is spelled out for a voice; in a message it is one that can be tapped."""
    text = "".join(ET.fromstring(signed(door, "/messages")[2]).itertext())  # noqa: S314  ours
    assert " punt " not in text


def test_the_answer_begins_with_its_first_character(door: Door) -> None:
    """Twilio takes no white space before a document."""
    assert signed(door, "/messages")[2].startswith(b"<?xml")


def test_the_answer_fits_in_a_message(door: Door) -> None:
    """A body has at most 1600 characters."""
    text = "".join(ET.fromstring(signed(door, "/messages")[2]).itertext())  # noqa: S314  ours
    assert 0 < len(text) <= 1600


@pytest.mark.parametrize("body", ["", " ", "Stoppen?", "<Response/>", "0" * 1600])
def test_any_message_is_answered(world: World, body: str) -> None:
    """An empty, a long or a strange message gets the same answer."""
    pairs = (*MESSAGE[:-1], ("Body", body))
    first, other = Door.of(world), Door.of(world)
    assert signed(first, "/messages", pairs) == signed(other, "/messages")


@pytest.mark.parametrize("path", ["/messages", "/messages/status"])
@pytest.mark.parametrize("sid", ["", "SM1;DROP", "S" * 65])
def test_a_message_without_an_id_is_refused(door: Door, path: str, sid: str) -> None:
    """Without it nobody could tell a retry."""
    assert signed(door, path, (("MessageSid", sid), *MESSAGE[1:]))[0] == 400


@pytest.mark.parametrize("path", ["/messages", "/messages/status"])
def test_a_message_that_nobody_signed_is_refused(door: Door, path: str) -> None:
    """Whoever is not Twilio gets no answer."""
    assert door.post(path, MESSAGE).status_code == 403


@pytest.mark.parametrize("state", ["queued", "sent", "delivered", "undelivered", "failed", "new?"])
@pytest.mark.parametrize("query", ["", "?message=1", "?message=x", "?message=" + "9" * 40])
def test_a_status_wants_no_answer(door: Door, state: str, query: str) -> None:
    """A status callback gets 204, whatever the status, however often it comes."""
    pairs = (("MessageSid", "SM" + "1" * 32), ("MessageStatus", state))
    for _ in range(2):
        status, _, body = signed(door, "/messages/status" + query, pairs)
        assert (status, body) == (204, b"")


def test_without_a_database_only_who_cancels_is_answered(world: World) -> None:
    """He must not believe that it is done; nobody counts now how often others are answered."""
    door = Door(on(world, Database(NOBODY_LISTENS)))
    cancels = (*MESSAGE[:-1], ("Body", "afzeggen"))
    for pairs, start in ((cancels, "Sorry, er ging iets mis."), (MESSAGE, "")):
        signature = world.parts.signature.sign("/messages", dict(pairs))
        answer = door.post("/messages", pairs, signature)
        text = "".join(ET.fromstring(answer.get_data()).itertext())  # noqa: S314  ours
        assert text.startswith(start)
        assert bool(text) == bool(start)


def test_without_a_database_a_status_is_not_taken(world: World) -> None:
    """Twilio writes it in its own log; 503 and no more."""
    door = Door(on(world, Database(NOBODY_LISTENS)))
    pairs = (("MessageSid", "SM" + "1" * 32), ("MessageStatus", "delivered"))
    signature = world.parts.signature.sign("/messages/status", dict(pairs))
    assert door.post("/messages/status", pairs, signature).status_code == 503

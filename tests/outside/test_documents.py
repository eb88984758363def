"""The reader of TwiML is as strict as Twilio: what passes here is carried out there."""

import pytest

from ivr.documents import MOST_BYTES, MOST_CHARACTERS_SAID, Refused, read

SAY = '<Say voice="Polly.Laura-Neural" language="nl-NL">Dag</Say>'
GATHER = (
    '<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="8" action="/voice/turns/1"'
    f' method="POST">{SAY}<Pause length="1"/></Gather>'
)
REDIRECT = '<Redirect method="POST">/voice/turns/1</Redirect>'
DIAL = (
    '<Dial action="/voice/turns/1" method="POST" timeout="30"><Number>+31715458501</Number></Dial>'
)
HANGUP = "<Hangup/>"


def document(*verbs: str) -> bytes:
    """A document of these verbs, as the line writes it."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}<Response>{''.join(verbs)}</Response>".encode()


def refusal(body: bytes, content_type: str = "text/xml") -> str:
    """Why a document is refused."""
    with pytest.raises(Refused) as refused:
        read(body, content_type)
    return str(refused.value)


def test_a_question_is_read_verb_by_verb() -> None:
    """A good document passes, and gives its verbs with all that is in them."""
    gather, redirect = read(document(GATHER, REDIRECT), "text/xml; charset=utf-8")
    assert (gather.name, redirect.name) == ("Gather", "Redirect")
    assert gather.attributes["action"] == redirect.text == "/voice/turns/1"
    assert [(verb.name, verb.text) for verb in gather.inside] == [("Say", "Dag"), ("Pause", "")]


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml", "text/xml;charset=utf-8"])
def test_xml_is_the_right_content_type(content_type: str) -> None:
    """Both names of XML are fine, with or without a character set."""
    assert read(document(SAY, HANGUP), content_type)[-1].name == "Hangup"


def test_a_transfer_and_a_farewell_pass() -> None:
    """A document may end in a Dial, which goes on at its action, or in a Hangup."""
    assert read(document(SAY, DIAL), "text/xml")[1].inside[0].text == "+31715458501"
    assert read(document(HANGUP), "text/xml")[0].name == "Hangup"


def test_a_sip_address_may_be_dialled() -> None:
    """The agents may be at a SIP address."""
    dial = DIAL.replace("Number", "Sip").replace("+31715458501", "sip:balie@example.nl")
    assert read(document(dial), "text/xml")[0].inside[0].name == "Sip"


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/json", ""])
def test_another_content_type_is_refused(content_type: str) -> None:
    """A plain text would be read aloud to the caller (12300)."""
    assert refusal(document(HANGUP), content_type).startswith("12300")


@pytest.mark.parametrize("blank", [b" ", b"\n", b"\t"])
def test_white_space_before_the_document_is_refused(blank: bytes) -> None:
    """A document begins with its first character (12100)."""
    assert refusal(blank + document(HANGUP)).startswith("12100")
    assert refusal(blank + b"<Response><Hangup/></Response>").startswith("12100")


def test_a_document_of_just_64_kilobytes_passes_and_a_byte_more_is_refused() -> None:
    """The limit is 64 kB (11750)."""
    bare = document(SAY, "<!---->", HANGUP)
    most = bare.replace(b"<!---->", b"<!--" + b"x" * (MOST_BYTES - len(bare)) + b"-->")
    assert len(most) == MOST_BYTES == 65536
    assert read(most, "text/xml")
    assert refusal(most.replace(b"<!--x", b"<!--xx")).startswith("11750")


@pytest.mark.parametrize("body", [b"", b"Dag", b"<Response>", b"<Response><Hangup></Response>"])
def test_what_is_not_xml_is_refused(body: bytes) -> None:
    """A document must parse (12100)."""
    assert refusal(body).startswith("12100")


def test_another_root_is_refused() -> None:
    """The document is a Response (12200)."""
    assert refusal(b"<Antwoord><Hangup/></Antwoord>").startswith("12200")


@pytest.mark.parametrize("verb", ["<Play>x.mp3</Play>", "<hangup/>", "<Record/>"])
def test_an_unknown_verb_is_refused(verb: str) -> None:
    """A verb must be one that the line means to use, spelled as Twilio spells it (12200)."""
    assert refusal(document(verb, HANGUP)).startswith("12200")


@pytest.mark.parametrize(
    ("old", "new"),
    [("numDigits", "num_digits"), ("finishOnKey", "finishOn"), ("timeout", "time")],
)
def test_an_unknown_attribute_is_refused(old: str, new: str) -> None:
    """An attribute that Twilio does not know would be passed over in silence (12200)."""
    assert refusal(document(GATHER.replace(old, new), REDIRECT)).startswith("12200")


@pytest.mark.parametrize("attribute", ['voice="Polly.Laura-Neural" ', ' language="nl-NL"'])
def test_a_say_without_voice_or_language_is_refused(attribute: str) -> None:
    """Dutch in an English voice cannot be understood."""
    assert "Say lacks" in refusal(document(SAY.replace(attribute, ""), HANGUP))


@pytest.mark.parametrize("words", ["", "  ", "\n"])
def test_an_empty_say_is_refused(words: str) -> None:
    """A Say says something (13520)."""
    assert refusal(document(SAY.replace("Dag", words), HANGUP)).startswith("13520")


def test_a_say_of_just_3000_characters_passes_and_one_more_is_refused() -> None:
    """A Polly voice says no more than 3000 characters (13520)."""
    most = SAY.replace("Dag", "é" * MOST_CHARACTERS_SAID)
    assert len(read(document(most, HANGUP), "text/xml")[0].text) == 3000
    assert refusal(document(most.replace("é<", "éé<"), HANGUP)).startswith("13520")


@pytest.mark.parametrize(
    ("attribute", "why"),
    [("action", "the call just ends after Dial"), ("timeout", "Dial lacks {'timeout'}")],
)
def test_a_dial_that_leads_nowhere_is_refused(attribute: str, why: str) -> None:
    """After a Dial without action the document goes on, so something must stand there."""
    dial = DIAL.replace(f"{attribute}=", "callerId=")
    assert why in refusal(document(dial))


@pytest.mark.parametrize("attribute", ["action", "timeout", "numDigits"])
def test_a_gather_without_action_timeout_or_length_is_refused(attribute: str) -> None:
    """Each default of Gather is a fault of the field: five seconds, any length, the same URL."""
    gather = GATHER.replace(f"{attribute}=", "finishOnKey=").replace('finishOnKey="" ', "", 1)
    assert "Gather lacks" in refusal(document(gather, REDIRECT))


@pytest.mark.parametrize("verb", [GATHER, SAY, '<Pause length="1"/>'])
def test_a_document_that_just_stops_is_refused(verb: str) -> None:
    """Silence falls through a Gather, and a document that ends there ends the call."""
    assert "just ends" in refusal(document(SAY, verb))


def test_an_empty_response_is_refused() -> None:
    """The caller would hear nothing and be cut off."""
    assert "empty" in refusal(document())


@pytest.mark.parametrize("verb", [HANGUP, REDIRECT, DIAL], ids=["Hangup", "Redirect", "Dial"])
@pytest.mark.parametrize("after", [SAY, HANGUP], ids=["Say", "Hangup"])
def test_what_is_never_reached_is_refused(verb: str, after: str) -> None:
    """After a Hangup, a Redirect, or a Dial with an action nothing is carried out."""
    assert "is ever reached" in refusal(document(verb, after, HANGUP))


@pytest.mark.parametrize(
    "misplaced",
    [
        GATHER.replace(SAY, HANGUP),
        GATHER.replace(SAY, GATHER),
        SAY.replace("Dag", "Dag<break/>"),
        DIAL.replace("<Number>", "<Say>").replace("</Number>", "</Say>"),
        "<Number>+31715458501</Number>",
    ],
)
def test_a_verb_in_the_wrong_place_is_refused(misplaced: str) -> None:
    """Only speech and pauses stand in a Gather, only numbers in a Dial (12200)."""
    assert refusal(document(misplaced, REDIRECT)).startswith("12200")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('timeout="8"', 'timeout="0"'),
        ('timeout="8"', 'timeout="-1"'),
        ('timeout="8"', 'timeout="acht"'),
        ('numDigits="1"', 'numDigits=""'),
        ('length="1"', 'length="1.5"'),
    ],
)
def test_a_number_that_is_none_is_refused(old: str, new: str) -> None:
    """Seconds and digits are whole numbers from one (12200)."""
    assert refusal(document(GATHER.replace(old, new), REDIRECT)).startswith("12200")


@pytest.mark.parametrize("verbs", [(GATHER, REDIRECT), (REDIRECT,), (DIAL,)])
def test_a_get_is_refused(verbs: tuple[str, ...]) -> None:
    """Only a POST is never cached (12200)."""
    last = verbs[-1].replace('"POST"', '"GET"')
    assert refusal(document(*verbs[:-1], last)).startswith("12200")


@pytest.mark.parametrize(
    "empty",
    [
        REDIRECT.replace("/voice/turns/1", ""),
        DIAL.replace("+31715458501", ""),
        DIAL.replace("<Number>+31715458501</Number>", ""),
    ],
    ids=["Redirect", "Number", "Dial"],
)
def test_a_verb_that_leads_nowhere_is_refused(empty: str) -> None:
    """A Redirect has an address, and a Dial somebody to ring (12200)."""
    assert refusal(document(empty)).startswith("12200")


def test_words_between_the_verbs_are_refused() -> None:
    """Words outside a Say are heard by nobody (12200)."""
    assert refusal(document("Dag", HANGUP)).startswith("12200")

"""Requests that Twilio signed and that make no sense, for the property tests of the webhooks."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

from ivr.documents import read
from ivr.refusals import MOST_BYTES
from ivr.signature import HEADER
from tests.conftest import World

FORM = "application/x-www-form-urlencoded"
SID = "CA" + "7" * 32

NAMES = st.sampled_from(
    (
        *("CallSid", "From", "To", "CallStatus", "Digits", "FinishedOnKey", "DialCallStatus"),
        *("ParentCallSid", "SipHeader_X-Handover", "Direction", "AccountSid", "ErrorCode"),
        *("MessageSid", "Body", "OptOutType", "MessageStatus", "token", "message"),
    )
)
ODD = st.sampled_from(
    (
        *("", " ", "0", "1", "2", "9", "*", "#", "1#", "11", "-1", "1e9", "٣", "²", "\x00", "\r\n"),
        *(
            "+31612345678",
            "+",
            "+0",
            "sip:jan@example.nl",
            "client:x",
            "anonymous",
            "+31" + "6" * 60,
        ),
        *("completed", "busy", "no-answer", "in-progress", "ringing", "answered", "nonsense"),
        *(
            "afzeggen",
            "CANCEL",
            "cancel 234567892345",
            "234567892345",
            "STOP",
            "<Response/>",
            "&lt;",
        ),
        *(
            "{}",
            "[",
            "' OR 1=1 --",
            "../../etc/passwd",
            "\ufeff",
            "\u202e",
            "\U0001f600",
            "é" * 500,
        ),
        *("9" * 5000, "a" * 20_000, SID, "SM" + "7" * 32, "123456789", "1.2.3", "%00", "%zz"),
    )
)
VALUES = ODD | st.text(max_size=60)
PAIRS = st.lists(st.tuples(NAMES | st.text(max_size=20), VALUES), max_size=12)
BYTES = st.binary(max_size=400) | st.builds(b"&".join, st.lists(st.binary(max_size=30), max_size=8))
"""Bodies that nobody has encoded."""


class _Request(Request):
    """A request as the line reads it."""

    max_content_length = MOST_BYTES


@dataclass(frozen=True)
class Sent:
    """One request: where to, by which method, of what kind, and what is in it."""

    path: str
    body: bytes
    method: str = "POST"
    kind: str = FORM
    query: str = ""


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """A form as a browser writes it; what cannot be written is left out."""
    return "&".join(
        f"{quote_plus(key, errors='ignore')}={quote_plus(value, errors='ignore')}"
        for key, value in pairs
    ).encode()


def _written(sent: Sent) -> EnvironBuilder:
    return EnvironBuilder(
        sent.path,
        method=sent.method,
        input_stream=BytesIO(sent.body),
        content_length=len(sent.body),
        query_string=sent.query,
        content_type=sent.kind,
    )


def answer(world: World, sent: Sent) -> TestResponse:
    """The line's answer to a request that is signed as the line will read it."""
    request = _Request(_written(sent).get_environ())
    try:
        form: MultiDict[str, str] = request.form
    except HTTPException:  # it is too large, or cannot be read
        form = MultiDict()
    signature = world.parts.signature
    query = request.query_string.decode("latin-1")
    url = signature.public_url + quote(request.path) + (f"?{query}" if query else "")
    made = _written(sent)
    made.headers[HEADER] = signature.validators[0].compute_signature(url, form)
    return world.app.test_client().open(made)


def is_sensible(sent: Sent, reply: TestResponse) -> bool:
    """Whether Twilio carries the answer out, or it is a refusal that says nothing."""
    if reply.status_code != 200:
        return 200 < reply.status_code < 500 and reply.data == b""
    if sent.path.startswith("/messages"):
        response = ET.fromstring(reply.data)  # noqa: S314  our own line's document
        said = [verb.tag for verb in response]
        assert reply.mimetype == "text/xml"
        return response.tag == "Response" and said in ([], ["Message"])
    whispers = sent.path.startswith("/voice/whisper")
    return bool(read(reply.data, reply.content_type, connects=whispers)) or whispers

"""Reads TwiML as strictly as Twilio does, and says which of its errors a document would raise.

For the tests and the terminal: a document that passes here is one that Twilio carries out.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

MOST_BYTES = 64 * 1024
MOST_CHARACTERS_SAID = 3000

_ATTRIBUTES = {
    "Response": set[str](),
    "Say": {"voice", "language", "loop"},
    "Pause": {"length"},
    "Gather": {"input", "numDigits", "finishOnKey", "timeout", "action", "method"},
    "Redirect": {"method"},
    "Dial": {"action", "method", "timeout", "callerId", "answerOnBridge"},
    "Number": {"url", "method"},
    "Sip": {"url", "method"},
    "Hangup": set[str](),
}
_INSIDE = {"Response": {"Say", "Pause", "Gather", "Redirect", "Dial", "Hangup"}}
_INSIDE |= {"Gather": {"Say", "Pause"}, "Dial": {"Number", "Sip"}}
_NEEDED = {
    "Say": {"voice", "language"},
    "Gather": {"action", "numDigits", "timeout"},
    "Dial": {"timeout"},
}


class Refused(Exception):  # noqa: N818  named for what happened
    """Twilio would not carry this document out; the message begins with its error's number."""


@dataclass(frozen=True)
class Verb:
    """One verb of a document: its name, attributes, text, and the verbs inside it."""

    name: str
    attributes: dict[str, str]
    text: str
    inside: tuple["Verb", ...]


def read(body: bytes, content_type: str, *, connects: bool = False) -> tuple[Verb, ...]:
    """The verbs of a document, in order; raises Refused.

    One that `connects` is for an employee's telephone: after it the caller is connected, and
    so it can end anywhere.
    """
    if content_type.partition(";")[0].strip() not in {"text/xml", "application/xml"}:
        raise Refused(f"12300 content type {content_type!r}")
    if len(body) > MOST_BYTES:
        raise Refused(f"11750 {len(body)} bytes")
    if body[:1].isspace():
        raise Refused("12100 white space before the document")
    try:
        root = ET.fromstring(body)  # noqa: S314  our own line's document
    except ET.ParseError as error:
        raise Refused(f"12100 {error}") from error
    if root.tag != "Response":
        raise Refused(f"12200 the document is a {root.tag}")
    response = _verb(root)
    if not connects:
        _check_end(response.inside)
    return response.inside


def _verb(element: ET.Element) -> Verb:
    name = element.tag
    if name not in _ATTRIBUTES:
        raise Refused(f"12200 unknown verb {name}")
    if unknown := set(element.attrib) - _ATTRIBUTES[name]:
        raise Refused(f"12200 {name} has {unknown}")
    if missing := _NEEDED.get(name, set()) - set(element.attrib):
        raise Refused(f"12200 {name} lacks {missing}")
    if misplaced := {child.tag for child in element} - _INSIDE.get(name, set()):
        raise Refused(f"12200 {misplaced} inside {name}")
    around = [*(child.tail for child in element), element.text if name in _INSIDE else ""]
    if any((words or "").strip() for words in around):
        raise Refused(f"12200 words between the verbs of {name}")
    verb = Verb(
        name,
        dict(element.attrib),
        (element.text or "").strip(),
        tuple(_verb(child) for child in element),
    )
    _check_values(verb)
    return verb


def _check_values(verb: Verb) -> None:
    if verb.name == "Say" and not 0 < len(verb.text) <= MOST_CHARACTERS_SAID:
        raise Refused(f"13520 Say of {len(verb.text)} characters")
    if verb.name in {"Number", "Sip", "Redirect"} and not verb.text:
        raise Refused(f"12200 empty {verb.name}")
    if verb.name == "Dial" and not verb.inside:
        raise Refused("12200 Dial leads nowhere")
    for key in ("timeout", "numDigits", "length"):
        value = verb.attributes.get(key, "1")
        if not value.isdecimal() or int(value) < 1:
            raise Refused(f"12200 {verb.name} {key}={value!r}")
    if verb.attributes.get("method", "POST") != "POST":
        raise Refused(f"12200 {verb.name} is not a POST")


def _check_end(verbs: tuple[Verb, ...]) -> None:
    """A call must go on or be ended on purpose, whatever the caller does or leaves undone."""
    if not verbs:
        raise Refused("the document is empty, so the call just ends")
    if not _is_end(verbs[-1]):
        raise Refused(f"the call just ends after {verbs[-1].name}")
    for verb in verbs[:-1]:
        if _is_end(verb):
            raise Refused(f"nothing after {verb.name} is ever reached")


def _is_end(verb: Verb) -> bool:
    """Whether the document is left here; after a Dial without action it goes on instead."""
    return verb.name in {"Redirect", "Hangup"} or (
        verb.name == "Dial" and "action" in verb.attributes
    )

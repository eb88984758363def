"""Callers who call an appointment off by answering the text message that tells them of it."""

import random
import xml.etree.ElementTree as ET

from ivr.carrier import Reply
from prompts.catalogue import catalogue
from tests.storm.exchange import Exchange
from tests.storm.hearing import LANGUAGES
from tests.storm.town import Heard

_CANCELLED = tuple(catalogue(each).texts["cancelled"].rpartition("}")[2] for each in LANGUAGES)
_SORRY = tuple(catalogue(each).texts["failed"].partition("{")[0] for each in LANGUAGES)


def calls_off(exchange: Exchange, chance: random.Random, mobile: str, mine: Heard) -> None:
    """Answers AFZEGGEN, the only appointment of a mobile being `mine`; Twilio may ask twice."""
    form = {
        "MessageSid": f"SM{chance.getrandbits(128):032x}",
        "From": mobile,
        "Body": chance.choice(("AFZEGGEN", "afzeggen", "Cancel appointment")),
    }
    mine.sure, mine.answered, steps = False, True, exchange.steps
    mine.tells(mobile[-6:], "answers its text message")
    exchange.count("answers to a text message")
    again = exchange.later("/messages", form, 0.01) if chance.random() < 0.3 else None
    answers = [exchange.send("/messages", form), *([again.result()] if again else [])]
    known = {words for words in map(_words, answers) if words and not _is(words, _SORRY)}
    mine.open |= not known  # it may still be done
    if len(known) > 1 and steps == exchange.steps:  # what was answered days ago is forgotten
        exchange.fault(f"{mine.who}: two answers to one text message: {sorted(known)}")
    if any(_is(words, _CANCELLED) for words in known):
        mine.status, mine.sure = "cancelled", not mine.open
        exchange.count("cancellations by text message")


def _words(reply: Reply | None) -> str:
    """What is written back; empty where nothing is."""
    if reply is None or reply.status != 200:
        return ""
    return "".join(ET.fromstring(reply.body).itertext())  # noqa: S314  our own line's document


def _is(words: str, texts: tuple[str, ...]) -> bool:
    return any(each in words for each in texts)

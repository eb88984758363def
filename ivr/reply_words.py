"""What somebody means who sends a text message to the line: to cancel, and which appointment.

Only what is surely understood counts. A word that is not known here may be a "not".
"""

import re
import unicodedata

from msgspec import Struct

from scheduling import references

_DUTCH = "afzeggen afzegen afzegging afzeg zegaf annuleren anuleren annuleer"
_ENGLISH = "cancel cancell cancelling"

CANCELS: dict[str, str] = {
    word: language
    for language, words in (("nl", _DUTCH), ("en", _ENGLISH))
    for word in words.split()
}
"""Words that call an appointment off, and the language of whoever uses them."""

_POLITE = """
    a u b aub alstublieft alsjeblieft svp graag bedankt dank wel dankuwel hallo hi hello dag beste
    goedemorgen goedemiddag goedenavond groet groeten mvg vriendelijke met please pls thanks thank
    you ik i wil zou willen want would like to mijn de het deze my the this afspraak appointment
    afspraaknummer nummer nr number ref referentie reference ja yes
"""
POLITE = frozenset(_POLITE.split())
"""Words that change nothing."""

_CARRIERS = "stop stopall unsubscribe end quit revoke optout arret arrete start unstop help info"
CARRIERS_OWN = frozenset(_CARRIERS.split())
"""Single words that Twilio answers itself, when it stops or starts messages to somebody."""


class Meaning(Struct, frozen=True):
    """What a message means. `digits` are all that it has, whatever stands between them."""

    cancels: bool = False
    digits: str = ""
    language: str | None = None
    is_bare: bool = False
    """Whether digits are all that it says."""

    @property
    def reference(self) -> str | None:
        """The reference in it, where its digits are one."""
        return self.digits if references.is_valid(self.digits) else None


def meaning(body: str) -> Meaning:
    """What a message means, however it is spelled."""
    words, digits = _words(body), re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", body))
    telling = [word for word in words if word not in POLITE]
    # "AF ZEGGEN" and "a f z e g g e n" are one word too.
    language = CANCELS.get("".join(telling)) or CANCELS.get("".join(words))
    if language is None and telling and all(word in CANCELS for word in telling):
        language = CANCELS[telling[0]]
    return Meaning(language is not None, digits, language, bool(digits) and not words)


def is_carriers_own(body: str) -> bool:
    """Whether Twilio answers it itself."""
    return "".join(_words(body)) in CARRIERS_OWN and not re.search(r"[0-9]", body)


def _words(body: str) -> list[str]:
    """The words of letters in a text, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", body).casefold())
    unmarked = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[^\W\d_]+", unmarked)

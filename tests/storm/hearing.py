"""What a caller understands of what the line says: a reference, and what for and when he comes.

Nothing of the line is asked for what its words mean, but only the catalogue for its tables.
"""

import re
import string
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache

from prompts.catalogue import catalogue
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.references import is_valid

LANGUAGES = ("nl", "en")

_SPOKEN = {
    word: str(digit)
    for language in LANGUAGES
    for digit, word in enumerate(catalogue(language).speech.numbers[:10])
}
_GROUP = re.compile(r"(\w+), (\w+), (\w+)\.")
_GROUPS = 4
_TELLING = ("booked_time", "existing_home", "booked_home", "existing")
"""The prompts that say what for and when somebody comes."""


@dataclass(frozen=True)
class Told:
    """What for and when, on the clock of the municipality; nobody says the year."""

    service: str
    weekday: int
    month: int
    day: int
    hour: int
    minute: int

    @classmethod
    def of(cls, service: str, at: datetime) -> "Told":
        """What should be said of a local time."""
        return cls(service, at.weekday(), at.month, at.day, at.hour, at.minute)


def says(key: str) -> tuple[str, ...]:
    """The first words of a prompt, in each language, in small letters."""
    return tuple(catalogue(each).prompts[key].partition("{")[0].lower() for each in LANGUAGES)


def ends(key: str) -> tuple[str, ...]:
    """The last words of a prompt, likewise."""
    return tuple(catalogue(each).prompts[key].rpartition("}")[2].lower() for each in LANGUAGES)


def spoken_reference(heard: list[str]) -> str:
    """The reference in what a caller heard; empty where there is none."""
    groups = _GROUP.findall(" ".join(heard).lower())[:_GROUPS]
    digits = "".join(_SPOKEN.get(word, "-") for group in groups for word in group)
    return digits if is_valid(digits) else ""


def told(heard: list[str]) -> Told | None:
    """What for and when, in what a caller heard; None where it says nothing of it."""
    said = " ".join(heard)
    for language in LANGUAGES:
        for key in _TELLING:
            if found := _pattern(language, key).search(said):
                return _understood(found.groupdict(), language)
    return None


def _understood(words: dict[str, str], language: str) -> Told:
    """Raises KeyError for words that mean no service, day or time."""
    # Of a visit at home only the day and the time are said.
    service = _services(language).get(words.get("service", ""), "")
    return Told(service, *_days(language)[words["day"]], *_times(language)[words["time"]])


@cache
def _pattern(language: str, key: str) -> re.Pattern[str]:
    parts = string.Formatter().parse(catalogue(language).prompts[key])
    return re.compile("".join(_part(text, name) for text, name, _, _ in parts))


def _part(text: str, name: str | None) -> str:
    return re.escape(text) + (f"(?P<{name}>[^.]+?)" if name else "")


@cache
def _services(language: str) -> dict[str, str]:
    services = read(LEIDERDORP).municipality.services
    return {service.name[language]: key for key, service in services.items()}


@cache
def _days(language: str) -> dict[str, tuple[int, int, int]]:
    """Weekday, month and day of every way to say a day."""
    speech = catalogue(language).speech
    found = {
        speech.on_a_day.format(weekday=weekday, day=day, month=month): (w, m, d)
        for w, weekday in enumerate(speech.weekdays)
        for m, month in enumerate(speech.months, 1)
        for d, day in enumerate(speech.days, 1)
    }
    nearby = (speech.today, speech.tomorrow)
    return found | {pattern.format(date=d): n for pattern in nearby for d, n in found.items()}


@cache
def _times(language: str) -> dict[str, tuple[int, int]]:
    """Hour and minute of every way to say a time."""
    speech = catalogue(language).speech
    every = [(hour, minute) for hour in range(24) for minute in range(60)]
    found = {speech.clock(time(*each)): each for each in every}
    assert len(found) == len(every), "two times sound the same"
    return found

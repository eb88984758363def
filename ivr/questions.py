"""What a step may ask: a menu of keys, a number, a transfer to an employee, or a farewell."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from prompts.speech import GROUP


class ServiceName(Struct, frozen=True):
    """To be said as the name of a service."""

    service: str


class GroupName(Struct, frozen=True):
    """To be said as the name of a group of services."""

    group: str


class Day(Struct, frozen=True):
    """To be said as a day, "today" and "tomorrow" by name."""

    day: date
    today: date


class Clock(Struct, frozen=True):
    """To be said as the municipality's clock time at a moment."""

    moment: datetime


class Count(Struct, frozen=True):
    """To be said as a number."""

    number: int


class Persons(Struct, frozen=True):
    """To be said as "één persoon" or "drie personen"."""

    number: int


class Group(Struct, frozen=True):
    """One group of the digits of a code or a number, to be said digit by digit."""

    digits: str


class Weekday(Struct, frozen=True):
    """To be said as the name of a day of the week, Monday 0."""

    weekday: int


class HolidayOn(Struct, frozen=True):
    """To be said as the name of the public holiday on a day."""

    day: date


Value: TypeAlias = (
    ServiceName | GroupName | Day | Clock | Count | Persons | Group | Weekday | HolidayOn
)
Words: TypeAlias = Mapping[str, Value]
"""The values of the words that a sentence of the catalogue leaves open."""


class Prompt(Struct, frozen=True):
    """A sentence of the catalogue with its words; in `language`, or else that of the call."""

    key: str
    values: Words = {}
    language: str = ""


class Bring(Struct, frozen=True):
    """What to bring for a service, in the municipality's own words."""

    service: str
    language: str = ""


class Pause(Struct, frozen=True):
    """A moment of silence, in which the caller can write something down."""


Line = Prompt | Bring | Pause
"""Something in what is said."""


class Menu(Struct, frozen=True):
    """Asks for one key.

    `intro` is said the first time only, `core` each time; `options` are the keys in the order in
    which they are said, each with its sentence. `hidden` keys count but are not said.
    """

    options: Mapping[str, Prompt]
    intro: tuple[Line, ...] = ()
    core: tuple[Line, ...] = ()
    outro: tuple[Line, ...] = ()
    hidden: frozenset[str] = frozenset()

    def accepts(self, key: str) -> bool:
        """Whether the key is an answer to this question."""
        return key in self.options or key in self.hidden


class Entry(Struct, frozen=True):
    """Asks for a number of several digits, `most` at the most; then nothing more need be pressed.

    `intro` and `outro` are said the first time only, `core` each time. `is_one` says whether digits
    can be an answer; where they cannot, the caller hears the prompt `wrong` with the number of the
    miss.
    """

    most: int
    is_one: Callable[[str], bool]
    wrong: str
    intro: tuple[Line, ...] = ()
    core: tuple[Line, ...] = ()
    outro: tuple[Line, ...] = ()

    def accepts(self, keys: str) -> bool:
        """Whether the digits are an answer to this question."""
        return keys.isascii() and keys.isdecimal() and self.is_one(keys)


class Transfer(Struct, frozen=True):
    """Connects the caller to an employee; the answer is how that went.

    `shows_line` where the caller's own number cannot be shown to the employee: it is no number.
    """

    lines: tuple[Line, ...]
    shows_line: bool = False


class Farewell(Struct, frozen=True):
    """The last that is said; the call ends after it."""

    lines: tuple[Line, ...]


Question = Menu | Entry | Transfer | Farewell


def spelled(digits: str) -> tuple[Line, ...]:
    """Digits in groups, each said in one breath, with time to write it down."""
    groups = [digits[n : n + GROUP] for n in range(0, len(digits), GROUP)]
    return tuple(
        line for each in groups for line in (Prompt("digits", {"digits": Group(each)}), Pause())
    )

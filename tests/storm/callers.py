"""Callers who book, change what they have, wander through the menus, and hang up at any moment."""

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.carrier import PhoneCall
from ivr.documents import Refused
from prompts.catalogue import catalogue
from scheduling.references import is_valid
from tests.storm.twilio import Exchange, Way

_LANGUAGES = ("nl", "en")
_SERVICES = ("1111", "1121", "1131", "121", "131", "141", "21", "31", "411", "421", "431")
"""The keys to the free times of each service; a half of the callers want the same two."""

_SCARCE = ("21", "31")
_MOST_KEYS = 25
_OUTCOMES = ("completed", "no-answer", "busy", "failed")
_SECONDS_TO_RING_AGAIN = 0.5
"""Who heard an apology does not ring again at once, and so not hundreds do while all is away."""

_RINGS = "/voice"

_ENDS = 0.02
"""How often a caller hangs up before any key."""

_SPOKEN = {
    word: str(digit)
    for language in _LANGUAGES
    for digit, word in enumerate(catalogue(language).speech.numbers[:10])
}
_GROUP = re.compile(r"(\w+), (\w+), (\w+)\.")
_GROUPS = 4


def _says(key: str) -> tuple[str, ...]:
    """The first words of a prompt, in each language."""
    return tuple(catalogue(each).prompts[key].partition("{")[0].lower() for each in _LANGUAGES)


_CANCELLED = tuple(
    catalogue(each).prompts["cancelled"].rpartition("}")[2].lower() for each in _LANGUAGES
)
_BOOKED, _MOVED = _says("booked"), _says("moved")
_CONFIRM_MOVE, _ASKS_CANCEL = _says("confirm_move"), _says("confirm_cancel")
_EXISTING = _says("existing")


def spoken_reference(heard: list[str]) -> str:
    """The reference in what a caller heard; empty where there is none."""
    groups = _GROUP.findall(" ".join(heard).lower())[:_GROUPS]
    digits = "".join(_SPOKEN.get(word, "-") for group in groups for word in group)
    return digits if is_valid(digits) else ""


@dataclass
class Heard:
    """What one caller knows of an appointment: that it stands, or that it is called off.

    `sure` is False where he asked for something else and did not hear what came of it.
    """

    reference: str
    sid: str
    status: str = "booked"
    sure: bool = True


@dataclass
class Town:
    """All callers together, and what they have heard. `seed` makes each of them.

    `hands_over` is what an agent does: it gives the path at which the line is asked to go on.
    """

    exchange: Exchange
    seed: int
    hands_over: Callable[[], str] = lambda: _RINGS
    heard: dict[str, Heard] = field(default_factory=dict)
    free: deque[str] = field(default_factory=deque)
    whole: set[str] = field(default_factory=set)
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_call(self) -> None:
        """The next caller rings, and does what he came for."""
        with self.lock:
            self.calls += 1
            number = self.calls
        caller = Caller(self, random.Random(f"{self.seed} {number}"), number)  # noqa: S311
        caller.rings()
        if caller.way.broken:
            time.sleep(_SECONDS_TO_RING_AGAIN)

    def notes(self, reference: str, sid: str) -> None:
        """Somebody has heard that an appointment stands."""
        with self.lock:
            known = self.heard.setdefault(reference, Heard(reference, sid))
            known.status, known.sure = "booked", True

    def lends(self) -> Heard | None:
        """An appointment that nobody else is changing now."""
        with self.lock:
            return self.heard[self.free.popleft()] if self.free else None

    def gets_back(self, reference: str) -> None:
        """It can be changed by others again."""
        with self.lock:
            self.free.append(reference)


class Caller:
    """One caller, whom his chance makes do the same each time."""

    def __init__(self, town: Town, chance: random.Random, number: int) -> None:
        self.town, self.chance = town, chance
        self.way = Way(town.exchange, chance)
        ends = chance.choice(("+31612", "+31687", "+31715", ""))
        self.call = PhoneCall(
            self.way,
            number=f"{ends}{number:06}" if ends else "anonymous",
            sid=f"CA{town.seed & 0xFFFFFFFF:08x}{number:024x}",
            agents=tuple(chance.choices(_OUTCOMES, k=4)),
            takes=chance.choice(("1", "2", None)),
        )
        self.mine: list[str] = []

    def rings(self) -> None:
        """The whole call."""
        try:
            if self.chance.random() < 0.1:
                self.is_handed_over()
            else:
                self.rings_himself()
            while self.chance.random() < 0.3 and not self.call.over:
                self.presses("#")
            if not self.call.over:
                self.call.hang_up()
        except Refused as error:
            self.call.over = True
            if not self.way.silent:
                self.town.exchange.fault(f"call {self.call.sid}: {error}")
        if not self.way.broken:
            with self.town.lock:
                self.town.whole.add(self.call.sid)
        for reference in self.mine:
            self.town.gets_back(reference)

    def rings_himself(self) -> None:
        """He rings the line, in one of its languages, for one of three errands."""
        self.call.ring(_RINGS)
        self.notices()
        if self.chance.random() < 0.2:
            self.presses("9")
        errand = self.chance.choices((self.books, self.changes, self.wanders), (6, 2, 2))[0]
        errand()

    def is_handed_over(self) -> None:
        """An agent has asked what he wants: the first that he hears is free times."""
        path = self.town.hands_over()
        self.call.ring(path)
        self.notices()
        if path != _RINGS:
            self.town.exchange.count("calls handed over by an agent")
            self.presses("11")

    def books(self) -> None:
        """Service, persons, one of the times, yes; now and then later times first."""
        scarce = self.chance.random() < 0.5
        keys = self.chance.choice(_SCARCE if scarce else _SERVICES)
        later = "4" * self.chance.choice((0, 0, 0, 1, 2))
        self.presses(keys + later + self.chance.choice("1123") + "1")
        for _ in range(3):  # somebody was quicker: the next of the times that are offered
            if self.mine or self.call.over:
                return
            self.presses("11")

    def changes(self) -> None:
        """Moves an appointment that somebody has, or calls it off."""
        lent = self.town.lends()
        if lent is None:
            self.books()
            return
        self.mine.append(lent.reference)
        self.presses("5" + lent.reference)
        if not self.hears(_EXISTING):
            return
        lent.sure = False
        self.presses("3" if self.chance.random() < 0.4 else "21")
        if self.hears(_ASKS_CANCEL):
            self.presses("1")
            if self.hears(_CANCELLED):
                lent.status, lent.sure = "cancelled", True
                self.town.exchange.count("cancellations heard")
        elif self.hears(_CONFIRM_MOVE):
            self.presses("1")
            if self.hears(_MOVED):
                self.town.exchange.count("moves heard")

    def wanders(self) -> None:
        """Any key, and silence."""
        for _ in range(self.chance.randrange(_MOST_KEYS)):
            if self.call.over:
                return
            if self.chance.random() < 0.15:
                self.call.stay_silent()
                self.notices()
            else:
                self.presses(self.chance.choice("11112345690*#"))

    def presses(self, keys: str) -> None:
        """Presses keys one after another, as long as the line wants any."""
        for key in keys:
            if self.call.over:
                return
            if self.chance.random() < _ENDS:
                self.call.hang_up()
                return
            self.call.press(key)
            self.notices()

    def notices(self) -> None:
        """Remembers what he has just heard of an appointment."""
        if not (self.hears(_BOOKED) or self.hears(_MOVED)):
            return
        reference = spoken_reference(self.call.heard)
        if not reference:
            said = " ".join(self.call.heard)
            self.town.exchange.fault(f"call {self.call.sid}: no reference in {said!r}")
            return
        if reference not in self.mine:
            self.mine.append(reference)
        self.town.notes(reference, self.call.sid)

    def hears(self, prompt: tuple[str, ...]) -> bool:
        """Whether the line has just said something."""
        said = " ".join(self.call.heard).lower()
        return any(words in said for words in prompt)

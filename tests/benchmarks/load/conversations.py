"""What callers do: whole calls as they are played, each with the words that must be heard.

A conversation yields what is asked of the line and is sent the document that comes back.
"""

import itertools
import random
import re
import secrets
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from tests.outside.running import spoken_reference

GREETING = "Dit is de afsprakenlijn"
TIMES = "Voor latere tijden"
"""However full the book is, and whether an appointment is made or moved."""

SURE = "Klopt dit?"
BOOKED, MOVED, CANCELLED = "Uw afspraak staat vast", "Uw afspraak is verzet", "is afgezegd"
SERVICES = "Waarvoor wilt u een afspraak?"

PASSPORT = (("1", SERVICES), ("1", "Voor hoeveel personen"), ("1", TIMES))
LICENCE = (("1", SERVICES), ("2", TIMES))
MISTAKES = (("8", "Die toets hoort niet bij deze vraag"), ("", "Ik heb nog geen toets gehoord"))
TO_THE_END = (("1", SURE), ("1", BOOKED))

MARKUP = re.compile(r"<[^>]+>")
"""What is not said of a document."""

_REFERENCE_LENGTH = 12


@dataclass(frozen=True)
class Ask:
    """One request of Twilio's, and what the right answer has in it.

    `at_once`: nobody thinks before it, as before the news that a call is over.
    """

    path: str
    form: dict[str, str]
    has: tuple[str, ...]
    at_once: bool = False


Conversation = Generator[Ask, str, None]


@dataclass
class People:
    """Who rings: most of them book, and come back to change or call off what they booked.

    Of 100 calls 35 book, 35 call off, 10 move, and 20 hang up while they hear the times. So the
    book stays as full as it is, however long this goes on.
    """

    chance: random.Random
    begun: int = 0
    ended: int = 0
    _references: deque[str] = field(default_factory=deque)
    _salt: str = field(default_factory=lambda: secrets.token_hex(8), init=False)

    def calls(self) -> Iterator[Conversation]:
        """One call after another, without end."""
        while True:
            self.begun += 1
            yield self._call(self.begun)

    def _call(self, number: int) -> Conversation:
        call = _Call(f"CA{self._salt}{number:016x}", f"+316{number % 10**8:08}")
        yield call.ring()
        drawn = self.chance.random()
        if drawn < 0.2:
            yield from self._hang_up(call)
        elif drawn < 0.55 or not self._references:
            yield from self._book(call)
        elif drawn < 0.65:
            yield from self._move(call, self._references.popleft())
        else:
            yield from self._cancel(call, self._references.popleft())
        yield call.over()
        self.ended += 1

    def _hang_up(self, call: "_Call") -> Conversation:
        yield from call.presses(self._service())

    def _book(self, call: "_Call") -> Conversation:
        if self.chance.random() < 0.1:
            yield from call.presses(MISTAKES)
        yield from call.presses(self._service())
        *before, (key, words) = TO_THE_END
        yield from call.presses(before)
        self._references.append(heard_reference((yield call.press(key, words))))

    def _move(self, call: "_Call", reference: str) -> Conversation:
        yield from call.presses((("5", "cijfers van uw afspraaknummer"), (reference, "U heeft")))
        yield from call.presses((("2", TIMES), ("1", SURE)))
        yield call.press("1", MOVED)
        self._references.append(reference)

    def _cancel(self, call: "_Call", reference: str) -> Conversation:
        yield from call.presses((("5", "cijfers van uw afspraaknummer"), (reference, "U heeft")))
        yield from call.presses((("3", SURE), ("1", CANCELLED)))

    def _service(self) -> tuple[tuple[str, str], ...]:
        return self.chance.choice((PASSPORT, LICENCE))


class _Call:
    """Twilio's words for one call."""

    def __init__(self, sid: str, number: str) -> None:
        self._form = {
            "CallSid": sid,
            "AccountSid": "AC" + "0" * 32,
            "From": number,
            "To": "+31715458500",
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
        self._turns = itertools.count(1)

    def ring(self) -> Ask:
        return Ask("/voice", self._form | {"CallStatus": "ringing"}, (GREETING, _asks(1)))

    def press(self, key: str, words: str) -> Ask:
        """Keys, or silence where there are none; the next turn is asked for in the answer."""
        turn = next(self._turns)
        form = self._form | {"Digits": key}
        return Ask(f"/voice/turns/{turn}", form, (words, _asks(turn + 1)))

    def presses(self, keys: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> Conversation:
        for key, words in keys:
            yield self.press(key, words)

    def over(self) -> Ask:
        return Ask("/voice/status", self._form | {"CallStatus": "completed"}, (), at_once=True)


def floor(path: str) -> Iterator[Conversation]:
    """Requests like those of a call, to a route that does nothing; without end."""
    while True:
        yield _knock(path)


def _knock(path: str) -> Conversation:
    call = _Call("CA" + "0" * 32, "+31612345678")
    for _ in range(100):
        yield Ask(path, call.press("1", "").form, ("<Hangup />",))


def heard_reference(document: str) -> str:
    """The digits of the reference that a document says."""
    return spoken_reference(MARKUP.sub(" ", document))[:_REFERENCE_LENGTH]


def _asks(turn: int) -> str:
    return f'action="/voice/turns/{turn}"'

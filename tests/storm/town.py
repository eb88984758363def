"""The town of a storm: what all its callers and agents know together of the appointments there."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.storm.exchange import Exchange
from tests.storm.hearing import Told
from tests.twilio_api import TwilioApi
from tests.twilio_calls import COMPLETED, IN_PROGRESS

MOST_CHANGES = 4
"""So often an appointment is changed at the most, so that nobody gets too many messages."""

_MOST_WAIT = 100
"""So many wait for a message, to call off in answer to it; then whoever waits longest does not."""


@dataclass
class Heard:
    """What is known of an appointment: that it stands, what for and when, or that it is called off.

    `sure` is False where somebody asked for something else and did not hear what came of it; where
    that may still be on its way it is `open`, and nobody will ever be sure. `answered` is one whose
    text message somebody answered, to call it off; `with_mobile` is one that had a mobile at first.
    """

    reference: str
    who: str
    told: Told | None = None
    status: str = "booked"
    sure: bool = True
    open: bool = False
    answered: bool = False
    with_mobile: bool = False
    changes: int = 0
    story: list[str] = field(default_factory=list)

    def tells(self, who: str, what: str) -> None:
        """Keeps what happened to it, by the clock of the log, for whoever finds it to be wrong."""
        self.story.append(f"{datetime.now(UTC):%H:%M:%S.%f} {who} {what}")


@dataclass
class Town:
    """All who ring and all who answer, and what they have heard. `seed` makes each of them.

    `handed` are the tokens of the handovers that agents have made, `whole` the calls in which
    nothing went wrong, and `texted` the mobiles to which a message has come.
    """

    exchange: Exchange
    api: TwilioApi
    seed: int
    heard: dict[str, Heard] = field(default_factory=dict)
    handed: deque[str] = field(default_factory=deque)
    whole: set[str] = field(default_factory=set)
    calls: int = 0
    texted: set[str] = field(default_factory=set)
    _waiting: dict[str, str] = field(default_factory=dict)
    _free: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.api.on_taken = lambda message: self.texted.add(message["to"])

    def next_number(self) -> int:
        """The number of the next call."""
        with self._lock:
            self.calls += 1
            return self.calls

    def notes(
        self, reference: str, who: str, told: Told | None, mobile: str = "", *, is_new: bool = False
    ) -> None:
        """Somebody has heard, or seen, that an appointment stands; a new one is his alone.

        `mobile` is where he is told of it, if it is one.
        """
        if told is None:
            self.exchange.fault(f"{who}: heard of {reference}, and not when it is")
        with self._lock:
            has_mobile = mobile.startswith(("+316", "06"))
            new = Heard(reference, who, with_mobile=has_mobile)
            known = self.heard.setdefault(reference, new)
            first = known.who
            known.tells(who, f"heard {told}")
            known.status, known.told, known.sure = "booked", told, not known.open
        if is_new and first != who:
            self.exchange.fault(f"{who}: {reference} was given to {first} already")

    def notes_whole(self, sid: str) -> None:
        """Nothing went wrong in a call."""
        with self._lock:
            self.whole.add(sid)

    def lends(self, who: str) -> Heard | None:
        """The newest appointment that nobody else is changing now: it is still to come."""
        with self._lock:
            if not self._free:
                return None
            known = self.heard[self._free.pop()]
            known.tells(who, "has it")
            return known

    def gets_back(self, reference: str) -> None:
        """It can be changed by others again, where it stands and was not changed too often."""
        with self._lock:
            known = self.heard[reference]
            known.tells("it", f"is given back, sure: {known.sure}, open: {known.open}")
            if known.status == "booked" and known.changes < MOST_CHANGES:
                self._free.append(reference)

    def waits_for_message(self, mobile: str, reference: str) -> None:
        """Nobody else changes an appointment before its message has come to this mobile."""
        with self._lock:
            self._waiting[mobile] = reference
            if len(self._waiting) > _MOST_WAIT:
                self._free.append(self._waiting.pop(next(iter(self._waiting))))

    def takes_answer(self) -> tuple[str, Heard] | None:
        """Somebody to whom a message has come by now, and what he calls off in answer to it."""
        with self._lock:
            mobile = next((each for each in self._waiting if each in self.texted), None)
            return (mobile, self.heard[self._waiting.pop(mobile)]) if mobile else None

    def takes_token(self) -> str:
        """What an agent has made for the next caller whom he hands over; empty without one."""
        try:
            return self.handed.popleft()
        except IndexError:
            return ""

    def talks(self, sid: str) -> int:
        """A caller talks with an agent from now on; how many were sent anywhere before."""
        self.api.calls.status[sid] = IN_PROGRESS
        return len(self.api.calls.sent_to)

    def sent_since(self, sid: str, before: int) -> list[str]:
        """Where Twilio was told to send a caller since then."""
        return [url for each, url in self.api.calls.sent_to[before:] if each == sid]

    def ends(self, sid: str) -> None:
        """A call that was talked in is over."""
        if sid in self.api.calls.status:
            self.api.calls.status[sid] = COMPLETED

"""Callers who book, change what they have, wander through the menus, and hang up at any moment."""

import random
import time

from ivr.carrier import TALKING, PhoneCall
from ivr.documents import Refused
from tests.storm import texting
from tests.storm.hearing import ends, says, spoken_reference, told
from tests.storm.town import MOST_CHANGES, Heard, Town
from tests.storm.twilio import HangsUp, Way

_SERVICES = ("111", "112", "113", "12", "13", "14", "2", "3", "41", "42", "43")
"""The keys to the free times of each service; a half of the callers want the same two."""

_SCARCE = ("2", "3")
_MOST_KEYS = 25
_OUTCOMES = ("completed", "no-answer", "busy", "failed")
_SECONDS_TO_RING_AGAIN = 0.5
"""Who heard an apology does not ring again at once, and so not hundreds do while all is away."""

_SECONDS_OF_TALK = 2.0
_RINGS = "/voice"

_ENDS = 0.008
"""How often a caller hangs up before any key, and how often while it is on its way."""

_BOOKED, _MOVED, _CANCELLED = says("booked"), says("moved"), ends("cancelled")
_CONFIRM_MOVE, _ASKS_CANCEL = says("confirm_move"), says("confirm_cancel")
_EXISTING = says("existing")


class Caller:
    """One caller, whom his chance makes do the same each time."""

    def __init__(self, town: Town) -> None:
        number = town.next_number()
        self.town = town
        self.chance = chance = random.Random(f"{town.seed} {number}")  # noqa: S311  no secret
        self.way = Way(town.exchange, chance)
        numbers = chance.choice(("+31612", "+31687", "+31715", ""))
        takes = chance.choice(("1", "2", None))
        outcomes = (*_OUTCOMES, TALKING, TALKING) if takes == "1" else _OUTCOMES
        self.call = PhoneCall(
            self.way,
            number=f"{numbers}{number:06}" if numbers else "anonymous",
            sid=f"CA{town.seed & 0xFFFFFFFF:08x}{number:024x}",
            agents=tuple(chance.choices(outcomes, k=4)),
            takes=takes,
        )
        self.mine: list[str] = []
        self.lent: Heard | None = None

    def rings(self) -> None:
        """The whole call."""
        try:
            self.goes()
        except HangsUp:
            self.town.exchange.count("callers who hung up while a key was on its way")
            self.call.hang_up()
        except Refused as error:
            self.call.over = True
            if not self.way.silent:
                self.town.exchange.fault(f"call {self.call.sid}: {error}")
        self.town.ends(self.call.sid)
        if not self.way.broken:
            self.town.notes_whole(self.call.sid)
        elif self.lent:
            self.lent.open = True
            self.lent.tells(self.call.sid, "may have something on the way")
        self.gives_back()
        self.answers_messages()
        if self.way.broken:
            time.sleep(_SECONDS_TO_RING_AGAIN)

    def goes(self) -> None:
        """He rings or is handed over, does what he came for, listens once more, and hangs up."""
        token = self.town.takes_token() if self.chance.random() < 0.2 else ""
        if token:
            self.is_handed_over(token)
        else:
            self.rings_himself()
        while self.chance.random() < 0.3 and not self.call.over:
            self.presses("#")
        if not self.call.over:
            self.call.hang_up()

    def rings_himself(self) -> None:
        """He rings the line, in one of its languages, for one of three errands."""
        self.call.ring(_RINGS)
        self.notices()
        if self.chance.random() < 0.2:
            self.presses("9")
        errand = self.chance.choices((self.books, self.changes, self.wanders), (7, 2, 1))[0]
        errand()

    def is_handed_over(self, token: str) -> None:
        """An agent has asked what he wants: the first that he hears is free times."""
        self.call.ring(f"/voice/handover?token={token}")
        self.town.exchange.count("callers handed over by an agent")
        self.notices()
        self.presses("11")

    def books(self) -> None:
        """Service, persons, one of the times, yes; now and then later times first."""
        scarce = self.chance.random() < 0.5
        self.presses(self.chance.choice(_SCARCE if scarce else _SERVICES))
        self.chooses()
        self.presses("1")
        for _ in range(3):  # somebody was quicker: the next of the times that are offered
            if self.mine or self.call.over:
                return
            self.presses("11")

    def chooses(self) -> None:
        """One of the times that he hears, or of those that come later."""
        if later := self.chance.choice((0, 0, 0, 1, 2)):
            self.presses("4" * later)
            self.town.exchange.count("callers who asked for later times")
        self.presses(self.chance.choice("1123"))

    def changes(self) -> None:
        """Moves an appointment that somebody has, or calls it off."""
        self.lent = lent = self.town.lends(self.call.sid)
        if lent is None:
            self.books()
            return
        self.mine.append(lent.reference)
        self.presses("5" + lent.reference)
        if not self.hears(_EXISTING):
            lent.changes = MOST_CHANGES  # it is over, or he was not understood
            lent.tells(self.call.sid, "hears nothing of it")
            return
        self.compares(lent)
        lent.sure = False
        lent.changes += 1
        if self.chance.random() < 0.4:
            self.presses("3")
        else:
            self.presses("2")
            self.chooses()
        if self.hears(_ASKS_CANCEL):
            self.presses("1")
            if self.hears(_CANCELLED):
                lent.status, lent.sure = "cancelled", not lent.open
                self.town.exchange.count("cancellations heard")
        elif self.hears(_CONFIRM_MOVE):
            self.presses("1")
            if self.hears(_MOVED):
                self.town.exchange.count("moves heard")

    def compares(self, known: Heard) -> None:
        """What the line says of an appointment must be what it said before."""
        says_now = told(self.call.heard)
        if known.sure and says_now != known.told:
            who = self.call.sid
            self.town.exchange.fault(
                f"call {who}: {known.reference} was {known.told} and is {says_now}"
            )

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
            self.way.leaves = self.chance.random() < _ENDS
            self.call.press(key)
            self.notices()
        self.way.leaves = False

    def gives_back(self) -> None:
        """Others may change what he has, unless he will call it off in answer to its message."""
        is_his = len(self.mine) == 1 and not self.way.broken and not self.lent
        if is_his and self.call.number.startswith("+316") and self.chance.random() < 0.15:
            self.town.waits_for_message(self.call.number, self.mine[0])
            return
        for reference in self.mine:
            self.town.gets_back(reference)

    def answers_messages(self) -> None:
        """Whoever got his message meanwhile answers it."""
        if waited := self.town.takes_answer():
            mobile, appointment = waited
            texting.calls_off(self.town.exchange, self.chance, mobile, appointment)
            self.town.gets_back(appointment.reference)

    def notices(self) -> None:
        """Remembers what he has just heard of an appointment; talks, where an agent took him."""
        if self.call._talk:
            self.talks()
        if not (self.hears(_BOOKED) or self.hears(_MOVED)):
            return
        reference = spoken_reference(self.call.heard)
        if not reference:
            said = " ".join(self.call.heard)
            self.town.exchange.fault(f"call {self.call.sid}: no reference in {said!r}")
            return
        if reference not in self.mine:
            self.mine.append(reference)
        call, is_new = self.call, self.hears(_BOOKED)
        self.town.notes(reference, call.sid, told(call.heard), call.number, is_new=is_new)

    def talks(self) -> None:
        """With an agent, who may send him back into the flow, until one of them hangs up."""
        sid = self.call.sid
        before = self.town.talks(sid)
        until = time.monotonic() + self.chance.uniform(0, _SECONDS_OF_TALK)
        while not (sent := self.town.sent_since(sid, before)) and time.monotonic() < until:
            time.sleep(0.05)
        if sent:
            self.town.exchange.count("callers sent back into the flow by an agent")
            self.call.is_sent_to(sent[0])
            self.notices()
        elif self.chance.random() < 0.8:
            self.call.agent_hangs_up()
        else:
            self.call.hang_up()

    def hears(self, prompt: tuple[str, ...]) -> bool:
        """Whether the line has just said something."""
        said = " ".join(self.call.heard).lower()
        return any(words in said for words in prompt)

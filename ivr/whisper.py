"""What an employee hears before a caller is connected: who it is, and how far he came.

The employee's telephone is answered by a person, an answering machine or nobody; only a key there
connects the caller, so that nobody is connected to an empty room.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ivr import (
    agents,
    another_day,
    booking,
    calls,
    existing,
    home_visit,
    offering,
    texting,
    waiting,
    welcome,
)
from ivr.calls import Call
from ivr.questions import Count, Menu, Persons, Prompt, ServiceName, Words
from ivr.step import Path, Step
from ivr.twiml import Writer
from scheduling.database import Connection, Database
from scheduling.openings import Wish

_YES = "1"

_AT_HOME = (
    home_visit.CannotCome
    | home_visit.NobodyBrings
    | home_visit.KeyPostcode
    | home_visit.KeyHouseNumber
    | home_visit.KeyHomeNumber
)
_DAY = another_day.AnotherDay | another_day.KeyDate | another_day.ChoosePart
_EXISTING = (
    existing.KeyReference
    | existing.Existing
    | existing.WhatToBring
    | existing.ConfirmCancel
    | existing.Cancelled
    | existing.Over
)
_TEXTED = texting.KeyMobile | texting.ConfirmMobile | texting.Texted | texting.EnoughTexts


@dataclass(frozen=True)
class Whisper:
    """Tells an employee who is on the line, in the municipality's first language."""

    database: Database
    writer: Writer
    language: str

    def tell(self, sid: str, now: datetime) -> str:
        """What the employee hears whose telephone has been answered for a call."""
        return self.database.transact(partial(self._tell, sid, now))

    def answer(self, sid: str, key: str | None, now: datetime) -> str:
        """The document after the employee's key: nothing, which connects, or the end."""
        return self.database.transact(partial(self._answer, sid, key, now))

    def _tell(self, sid: str, now: datetime, connection: Connection) -> str:
        call = _ringing(connection, sid)
        if call is None:
            return self.writer.whispers("caller_is_gone", self.language)
        waiting.whispered(connection, sid, now)
        menu = Menu(
            {_YES: Prompt("take_call"), "2": Prompt("leave_call")},
            core=(*of_caller(call), *self._language(call)),
        )
        return self.writer.whisper(menu, self.language)

    def _language(self, call: Call) -> tuple[Prompt, ...]:
        """Which language the caller chose, where it is another; said in that language."""
        if call.language == self.language:
            return ()
        return (Prompt("caller_speaks"), Prompt("language_name", language=call.language))

    def _answer(self, sid: str, key: str | None, now: datetime, connection: Connection) -> str:
        if _ringing(connection, sid) is None:
            return self.writer.whispers("caller_is_gone", self.language)
        if key != _YES:
            return self.writer.hang_up()
        waiting.accepted(connection, sid, now)
        return self.writer.nothing()


def _ringing(connection: Connection, sid: str) -> Call | None:
    """The call, where it is waiting for the employee who was rung."""
    call = calls.find(connection, sid)
    rings = call and not call.ended and call.path and isinstance(call.path[-1], agents.CallAgent)
    return call if rings else None


def of_caller(call: Call) -> tuple[Prompt, ...]:
    """What a caller came for, and how far he came: for the ear and for the page."""
    before = [step for step in call.path if not step.passing]
    wish = wanted(call.path)
    if wish is None:
        return (_where(before),)
    words: Words = {"service": ServiceName(wish.service), "persons": Persons(wish.persons)}
    return (Prompt("caller_for", words), _where(before))


def wanted(path: Path) -> Wish | None:
    """What a caller chose last."""
    for step in reversed(path):
        errand = getattr(step, "errand", None)
        if errand:
            return Wish(errand.wish.service, errand.wish.persons)
        if isinstance(step, welcome.ChoosePersons):
            return Wish(step.service)
        if isinstance(step, _AT_HOME):
            return Wish(step.visit.service)
    return None


def _where(path: list[Step]) -> Prompt:  # noqa: PLR0911  one sentence for each place
    """How far a caller came."""
    match path[-1] if path else None:
        case offering.ChooseOpening():
            heard = {time.at for step in path for time in getattr(step, "offered", ())}
            return Prompt("heard_times", {"count": Count(len(heard))})
        case offering.NothingFree():
            return Prompt("found_nothing")
        case booking.ConfirmBooking():
            return Prompt("nearly_booked")
        case step if isinstance(step, booking.Booked | _TEXTED):
            return Prompt("has_booked")
        case step if isinstance(step, _EXISTING):
            return Prompt("has_appointment")
        case step if isinstance(step, _DAY):
            return Prompt("looks_for_day")
        case step if isinstance(step, welcome.ChoosePersons | _AT_HOME):
            return Prompt("no_time_yet")
    return Prompt("nothing_yet")

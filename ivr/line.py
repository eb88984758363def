"""The line: what it does when a call comes in, a key is pressed, or somebody hangs up.

Each event is one transaction: the turn is claimed, the step answers, the call is stored, the
document is written, and all of it commits together or not at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from ivr import calls, dialogue, waiting
from ivr.agents import SPOKEN_WITH, Goodbye
from ivr.calls import Call
from ivr.desk import Desk
from ivr.dialogue import Answer
from ivr.handover import KeyHandoverCode, begins
from ivr.step import Step
from ivr.twiml import Writer
from scheduling.book import AppointmentBook
from scheduling.calendar import Calendar
from scheduling.database import Connection, Database
from scheduling.errors import Contended, ExpiredHandover, UnknownHandover, UsedHandover
from scheduling.offers import Holder

LONGEST_RETRY = timedelta(minutes=2)
"""Twilio waits 15 s and tries a few times; the same request long after is no retry."""


class Said(NamedTuple):
    """What goes back for an event, and what is told of it: never who called, nor a key.

    `step` is what was answered and `asked` what is asked now; `story` is that of a call that is
    over by this.
    """

    document: str
    outcome: str = "answered"
    step: str = ""
    asked: str = ""
    story: str | None = None


class Replayed(Exception):  # noqa: N818  named for what happened
    """A request of a call that has long been over: not Twilio's retry, so somebody else's."""


class Event(NamedTuple):
    """What Twilio tells of a call: keys (None for silence), how a transfer ended, its end.

    `number` (E.164) is that of the caller, empty where it is withheld; it proves nothing.
    """

    sid: str
    key: str | None = None
    transfer: str | None = None
    is_over: bool = False
    number: str = ""


@dataclass(frozen=True)
class Line:
    """Answers the calls of one municipality."""

    database: Database
    calendar: Calendar
    writer: Writer

    def answer(self, event: Event, now: datetime) -> Said:
        """A call comes in: the document that greets it; raises Replayed."""
        return self.database.transact(partial(self._greet, event, now))

    def handed(self, code: str | None, event: Event, now: datetime) -> Said:
        """An agent hands a call over: `code` came signed, or is None where it must be keyed in.

        An empty one was not believed: then the call is as any other. Raises Replayed.
        """
        if code == "":
            return self.answer(event, now)
        return self.database.transact(partial(self._hand_over, code, event, now))

    def turn(self, number: int, event: Event, now: datetime) -> Said:
        """An answer to the question of a turn: the document with the next; raises Replayed."""
        return self.database.transact(partial(self._turn, number, event, now))

    def resume(self, event: Event, now: datetime) -> Said:
        """Something went wrong on the way: says sorry and asks again; nothing counts as answer."""
        return self.database.transact(partial(self._resume, event, now))

    def end(self, event: Event, now: datetime) -> Said:
        """The caller has hung up: his offers are free, what he booked stays."""
        return self.database.transact(partial(self._end, event, now))

    def apologise(self, event: Event, now: datetime) -> str:
        """The line itself failed: a document that needs no database and reaches a human.

        After a transfer that failed too it says when to ring again, and does not ring in circles.
        """
        agents_open = self.calendar.telephone_open(now) and event.transfer is None
        language = self.calendar.municipality.languages[0]
        return self.writer.apology(
            agents_open=agents_open, language=language, shows_line=not event.number
        )

    def desk(
        self, connection: Connection, event: Event, now: datetime, call: Call | None = None
    ) -> Desk:
        """What the steps of a call may ask of the municipality, within a transaction."""
        language = call.language if call else self.calendar.municipality.languages[0]
        has_offers = call is not None and any(step.holds for step in call.path)
        book = AppointmentBook(connection, self.calendar, now)
        holder = Holder(event.sid, "telephone", language)
        return Desk(book, self.calendar, holder, now, has_offers, event.number)

    def _greet(self, event: Event, now: datetime, connection: Connection) -> Said:
        if event.is_over:
            return self._end(event, now, connection)
        call = dialogue.greet(event.sid, self.desk(connection, event, now))
        if calls.start(connection, call):
            return self._said(call, call.path[-1])
        return self._again(event, now, connection)

    def _hand_over(
        self, code: str | None, event: Event, now: datetime, connection: Connection
    ) -> Said:
        if event.is_over:
            return self._end(event, now, connection)
        known = calls.find(connection, event.sid)
        if known and (code is None or (known.ended and not _leaves_agent(known, now))):
            return self._again(event, now, connection)
        desk = self.desk(connection, event, now, known)
        call = known or dialogue.greet(event.sid, desk)
        if known is None and not calls.start(connection, call):
            return self._again(event, now, connection)
        if code is None:
            call = dialogue.hand_over(call, (*call.path, KeyHandoverCode()), desk)
        else:
            number = desk.number
            try:
                found = desk.redeem_proven(code)
            except (UnknownHandover, UsedHandover, ExpiredHandover):
                return self._again(event, now, connection)
            if known:
                call = _claimed(connection, known)
                desk.wait_no_more()
                desk.note_number(found, number)
            call = dialogue.hand_over(call, begins(desk, found), desk)
        calls.save(connection, call)
        return self._said(call, call.path[-1])

    def _turn(self, number: int, event: Event, now: datetime, connection: Connection) -> Said:
        if event.is_over:
            return self._end(event, now, connection)
        call = calls.claim(connection, event.sid, number)
        if call is None:
            return self._again(event, now, connection)
        desk = self.desk(connection, event, now, call)
        answered = call.path[-1] if call.path else None
        call = dialogue.hear(call, Answer(event.key, event.transfer), desk)
        calls.save(connection, call)
        return self._said(call, answered)

    def _again(self, event: Event, now: datetime, connection: Connection) -> Said:
        """A retry, or a turn of long ago or not yet: what the caller should be hearing now."""
        call = calls.find(connection, event.sid)
        if call is None:
            return self._greet(event, now, connection)
        if call.ended and now - call.heard_at > LONGEST_RETRY:
            raise Replayed(event.sid)
        call = self._known(call, event, connection, now)
        return Said(self.writer.question(call.asks), "again", _name(call.path[-1]))

    def _resume(self, event: Event, now: datetime, connection: Connection) -> Said:
        if event.is_over:
            return self._end(event, now, connection)
        call = calls.find(connection, event.sid)
        if call and call.path and call.ended and now - call.heard_at <= LONGEST_RETRY:
            return Said(self.writer.question(call.asks), "again", _name(call.path[-1]))
        if event.transfer in SPOKEN_WITH or (call and call.ended):
            return Said(self.writer.hang_up(), "over")
        if call is None:
            return self._greet(event, now, connection)
        call = self._known(call, event, connection, now)
        return Said(
            self.writer.question(call.asks, notice="sorry_go_on"), "resumed", _name(call.path[-1])
        )

    def _end(self, event: Event, now: datetime, connection: Connection) -> Said:
        story = calls.end(connection, event.sid, now)
        waiting.leave(connection, event.sid)
        AppointmentBook(connection, self.calendar, now).release(event.sid)
        return Said(self.writer.hang_up(), "over", story=story)

    def _said(self, call: Call, answered: Step | None) -> Said:
        """The next question, once the call is stored."""
        return Said(
            self.writer.question(call.asks),
            call.missed or "answered",
            _name(answered),
            _name(call.path[-1]),
            call.told if call.ended else None,
        )

    def _known(self, call: Call, event: Event, connection: Connection, now: datetime) -> Call:
        """The call, or its greeting where this version of the line does not know its step."""
        if call.path:
            return call
        return dialogue.hear(call, Answer(), self.desk(connection, event, now, call))


def _name(step: Step | None) -> str:
    return type(step).__name__ if step else ""


def _leaves_agent(known: Call, now: datetime) -> bool:
    """Whether a call ended only just, with a farewell.

    Twilio breaks a talk with an agent off to send the caller elsewhere. Before it asks there, it
    tells the line that the talk is completed, and does not carry out what the line answers: the
    caller has not heard the farewell, and is still there.
    """
    is_farewell = bool(known.path) and isinstance(known.path[-1], Goodbye)
    return is_farewell and now - known.heard_at <= LONGEST_RETRY


def _claimed(connection: Connection, known: Call) -> Call:
    """The call a turn later; raises Contended where its caller did something in this moment."""
    claim = calls.reopen if known.ended else calls.claim
    call = claim(connection, known.sid, known.turn)
    if call is None:
        raise Contended("the call went on in this moment")
    return call

"""Text messages that come in: calls an appointment off, or gives one helpful answer, never a loop.

The number a message comes from and the message of ours that it answers are together the proof.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from msgspec import Struct

from ivr import replies
from ivr.reply_words import Meaning, is_carriers_own, meaning
from ivr.texts import Texts
from scheduling import bookings
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.database import Connection, Database
from scheduling.deliveries import was_told
from scheduling.errors import AppointmentChanged
from scheduling.outbox import is_mobile

MOST_A_DAY = {"help": 1, "nothing": 1, "which": 3}
"""How often one number gets an answer that changes nothing. Nobody's answering machine is fed."""


class Incoming(Struct, frozen=True):
    """A message that came in. `is_handled` where Twilio has answered it itself."""

    sid: str
    number: str
    body: str
    is_handled: bool = False


class Answer(Struct, frozen=True):
    """What is answered: the name of a text or nothing, and the appointment that was cancelled."""

    key: str
    language: str
    cancelled: Appointment | None = None


@dataclass(frozen=True)
class Inbox:
    """Answers the messages that come in."""

    database: Database
    texts: Texts

    def answer(self, message: Incoming, now: datetime) -> str:
        """The words of the answer; empty where there is none."""
        if not is_mobile(message.number):
            return ""
        answer = self.database.transact(partial(self._answer, message, now))
        if answer.cancelled:
            return self.texts.about("cancellation", answer.cancelled)
        return self.texts.answer(answer.key, answer.language) if answer.key else ""

    def apology(self, message: Incoming) -> str:
        """What is answered without a database: whoever wanted to cancel must know that it failed.

        Nobody else is answered, because nobody counts now how often.
        """
        found = meaning(message.body)
        if not found.cancels or not is_mobile(message.number):
            return ""
        return self.texts.answer("failed", self.texts.language(found.language or ""))

    def _answer(self, message: Incoming, now: datetime, connection: Connection) -> Answer:
        if not replies.claim(connection, message.sid, message.number, now):
            key, language, about = replies.given(connection, message.sid)
            return Answer(key, language, bookings.by_id(connection, about) if about else None)
        answer = self._decide(message, now, connection)
        given = replies.times(connection, message.number, answer.key)
        if answer.key and given >= MOST_A_DAY[answer.key]:
            answer = Answer("", answer.language)
        cancelled = answer.cancelled.id if answer.cancelled else None
        replies.keep(connection, message.sid, answer.key, answer.language, cancelled)
        return answer

    def _decide(self, message: Incoming, now: datetime, connection: Connection) -> Answer:
        found = meaning(message.body)
        coming = bookings.of_mobile(connection, message.number, now)
        wanted = coming[0].language if coming else found.language
        language = self.texts.language(wanted or "")
        was_asked = found.is_bare and replies.times(connection, message.number, "which") > 0
        if not found.cancels and not was_asked:
            handled = message.is_handled or is_carriers_own(message.body)
            return Answer("" if handled else "help", language)
        if not coming:
            return Answer("nothing", language)
        chosen = _chosen(connection, found, coming)
        if chosen is None:
            return Answer("which", language)
        book = AppointmentBook(connection, self.texts.calendar, now)
        try:
            return Answer("", language, book.cancel(chosen, tells=False))
        except AppointmentChanged:  # somebody else has, in this very moment
            return Answer("nothing", language)


def _chosen(
    connection: Connection, found: Meaning, coming: list[Appointment]
) -> Appointment | None:
    """The appointment that is meant: the one with the reference, or the only one in the thread."""
    if found.digits:
        return next((each for each in coming if each.reference == found.reference), None)
    told = [each for each in coming if was_told(connection, each.id, each.mobile or "")]
    return told[0] if len(told) == 1 else None

"""Where calls are played: a book of its own, in a folder that is gone afterwards.

Each call is one transaction that is never committed, so that every call finds the same book.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ivr import dialogue, waiting
from ivr.calls import Call
from ivr.desk import Desk
from ivr.dialogue import Answer
from ivr.handover import KeyHandoverCode
from ivr.line import Event, Line
from ivr.rehearsal.books import free_book, full_book
from ivr.rehearsal.props import Props
from ivr.rehearsal.situations import Situation, opens
from ivr.speaker import Speaker
from ivr.step import Back
from ivr.twiml import Writer
from scheduling import presence
from scheduling.calendar import Calendar
from scheduling.database import Connection, Database


class _Undone(Exception):  # noqa: N818  named for what happened
    """The curtain falls: nothing of the call stays."""


@dataclass
class Performance:
    """A call that is being played: at which question it is, and in which circumstances."""

    line: Line
    connection: Connection
    situation: Situation
    call: Call = field(init=False)

    def __post_init__(self) -> None:
        """The telephone is answered; an agent who hands a call over is asked for the code."""
        if self.situation.is_busy:
            self._employee_talks()
        desk = self._desk(self.situation.rings_at)
        self.call = dialogue.greet("rehearsal", desk)
        if self.situation.agent_speaks:
            asked = self.call._replace(language=self.situation.agent_speaks)
            self.call = dialogue.hand_over(asked, (*asked.path, KeyHandoverCode()), desk)

    def _employee_talks(self) -> None:
        """The one employee is talking to somebody else."""
        at = self.situation.rings_at
        presence.sign_in_to_calls(self.connection, "employee", at)
        waiting.wait(self.connection, "other", at)
        waiting.accepted(self.connection, "other", at)

    def hear(self, answers: tuple[Answer, ...]) -> Call:
        """The call after the caller's answers, one by one."""
        for answer in answers:
            desk = self._desk(self.situation.answers_at, self.call)
            self.call = dialogue.hear(self.call, answer, desk)
        return self.call

    def aside(self, answers: tuple[Answer, ...]) -> Call:
        """The call as it would be after some answers; it stays where it is."""
        here = self.call
        with suppress(_Undone), self.connection.begin_nested():
            self.hear(answers)
            raise _Undone
        there, self.call = self.call, here
        return there

    def begins_anew(self, key: str) -> bool:
        """Whether an option leads to the first question, however many steps back that is."""
        leads: object = None
        with suppress(_Undone), self.connection.begin_nested():
            desk = self._desk(self.situation.answers_at, self.call)
            leads = self.call.path[-1].answered(key, desk)
            raise _Undone
        return isinstance(leads, Back) and leads.to_first

    def _desk(self, at: datetime, call: Call | None = None) -> Desk:
        event = Event("rehearsal", number=self.situation.number)
        return self.line.desk(self.connection, event, at, call)


@dataclass(frozen=True)
class Stage:
    """A book with free times and one without, and what callers have at hand with each."""

    calendar: Calendar
    speaker: Speaker
    free: Line
    full: Line
    at_hand: Props
    at_hand_full: Props

    def props(self, situation: Situation) -> Props:
        """What callers have at hand in a situation."""
        props = self.at_hand_full if situation.is_full else self.at_hand
        props = replace(props, language=situation.agent_speaks)
        return replace(props, booked=props.texted) if situation.has_texts else props

    @contextmanager
    def call(self, situation: Situation) -> Iterator[Performance]:
        """A call that has just been answered."""
        line = self.full if situation.is_full else self.free
        with suppress(_Undone), line.database.write() as connection:
            yield Performance(line, connection, situation)
            raise _Undone

    def turns(self, situation: Situation, ways: Iterable[tuple[Answer, ...]]) -> list[Call]:
        """A call at each of its questions, from the greeting on."""
        with self.call(situation) as performance:
            return [performance.call, *(performance.hear(answers) for answers in ways)]
        raise AssertionError("a call that is played does not fail")


@contextmanager
def stage(calendar: Calendar, now: datetime) -> Iterator[Stage]:
    """A stage for calls at the next moment at which the telephone is answered; raises NeverOpen."""
    at = opens(calendar, now)
    speaker = Speaker(calendar)
    with TemporaryDirectory(prefix="rehearsal-") as folder:
        books = [Database(f"sqlite:///{Path(folder) / name}") for name in ("free", "full")]
        try:
            for each in books:
                each.upgrade()
            free, full = (Line(each, calendar, Writer(speaker)) for each in books)
            at_hand = books[0].transact(partial(free_book, calendar=calendar, at=at))
            at_hand_full = books[1].transact(partial(full_book, calendar=calendar, at=at))
            yield Stage(calendar, speaker, free, full, at_hand, at_hand_full)
        finally:
            for each in books:
                each.close()

"""The circumstances in which a call is played: each shows steps that the others do not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.calendar import Calendar

MOBILE, LANDLINE, WITHHELD = "+31612345678", "+31715450000", ""


class NeverOpen(Exception):  # noqa: N818  named for what happened
    """The telephone is not answered in the coming months, so nobody can ring."""


@dataclass(frozen=True)
class Situation:
    """When somebody rings and when he answers (UTC), from which number, and what is free.

    `has_texts` says that he was sent so many messages about his appointment that no more are,
    `is_busy` that every employee is talking, and `agent_speaks` in which language an agent hands
    the call over, where one does.
    """

    name: str
    rings_at: datetime
    answers_at: datetime
    number: str = MOBILE
    is_full: bool = False
    has_texts: bool = False
    agent_speaks: str = ""
    is_busy: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the telephone is answered all the time."""
        return not self.name.startswith("clos")


def opens(calendar: Calendar, now: datetime) -> datetime:
    """The next moment at which the telephone is answered, which can be now; raises NeverOpen."""
    moment = calendar.telephone_opens(now)
    if moment is None:
        raise NeverOpen("the telephone is not answered in the next two months: see its hours")
    return moment


def usual(calendar: Calendar, now: datetime) -> Situation:
    """Somebody rings in the hours of the telephone, from a mobile, and there are free times."""
    moment = opens(calendar, now)
    return Situation("usual", moment, moment)


def situations(calendar: Calendar, now: datetime, language: str) -> tuple[Situation, ...]:
    """All of them, the usual one first, for a conversation in a language."""
    first = usual(calendar, now)
    at = first.rings_at
    closes = _closes(calendar, at)
    return (
        first,
        Situation("landline", at, at, LANDLINE),
        Situation("withheld", at, at, WITHHELD),
        Situation("full", at, at, is_full=True),
        Situation("texted", at, at, has_texts=True),
        Situation("handed", at, at, agent_speaks=language),
        Situation("busy", at, at, is_busy=True),
        Situation("closing", closes - timedelta(seconds=1), closes),
        Situation("closed", closes, closes),
        Situation("closed, withheld", closes, closes, WITHHELD),
    )


def _closes(calendar: Calendar, opened: datetime) -> datetime:
    """The end of the hours in which the telephone is answered at a moment."""
    hours = calendar.telephone_hours(calendar.day_of(opened))
    return next(stretch.end for stretch in hours if opened in stretch)

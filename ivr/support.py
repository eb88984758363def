"""What support may know of one call: where it is and how it came there, and nobody's number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ivr import calls, story, waiting
from ivr.calls import Call
from scheduling import bookings, deliveries, handed
from scheduling.bookings import Appointment
from scheduling.database import Connection, Database
from scheduling.deliveries import Message


@dataclass(frozen=True)
class Touched:
    """An appointment that was made in a call, or changed last in it, as it stands now."""

    appointment: Appointment
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Known:
    """A call as support sees it; times are UTC.

    `employee` says how far the caller came with one; `state` is where the call is, or what came of
    it.
    """

    call: Call
    began: datetime
    ended: datetime | None
    state: str
    path: tuple[story.Told, ...]
    is_cut: bool
    was_handed: bool
    employee: str
    touched: tuple[Touched, ...]

    @property
    def services(self) -> list[str]:
        """What the caller came for."""
        return story.services([*self.path])

    @property
    def done(self) -> list[story.Told]:
        """What was done in the call."""
        return story.done([*self.path])

    def misses(self, kind: str) -> int:
        """How often the caller was silent, or pressed a key that meant nothing."""
        return sum(told.missed == kind for told in self.path)


def known(database: Database, sid: str, now: datetime) -> Known | None:
    """The call with an id; None where the line never had one, or has forgotten it."""
    with database.read() as connection:
        call = calls.find(connection, sid)
        if call is None:
            return None
        began, ended = calls.times(connection, sid)
        path = tuple(story.read(call.story))
        return Known(
            call,
            began,
            ended,
            state=story.outcome(call.story) if ended else path[-1].step if path else "unknown",
            path=path,
            is_cut=story.is_cut(call.story),
            was_handed=handed.came_with_handover(connection, sid),
            employee=_employee(call, talks=sid in waiting.talking(connection, now)),
            touched=tuple(_touched(connection, call, began)),
        )


def _employee(call: Call, *, talks: bool) -> str:
    if talks:
        return "talking now"
    if story.spoke(call.story):
        return "talked"
    is_rung = any(told.step == "CallAgent" for told in story.read(call.story))
    return "rung for, and nobody is known to have talked" if is_rung else ""


def _touched(connection: Connection, call: Call, began: datetime) -> Iterator[Touched]:
    """What was booked in the call, and what it was about where it stands now."""
    found = {each.reference: each for each in bookings.made_by(connection, call.sid, began)}
    for step in call.path:
        errand = getattr(step, "errand", None)
        if errand and errand.moves and (one := bookings.find(connection, errand.moves.reference)):
            found[one.reference] = one
    for reference, appointment in found.items():
        yield Touched(appointment, tuple(deliveries.listed(connection, reference)))

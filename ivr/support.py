"""What support may know of one call: where it is and how it came there, and nobody's number."""

from dataclasses import dataclass
from datetime import datetime

from ivr import calls, story, waiting
from ivr.calls import Call
from scheduling import bookings, deliveries, handed
from scheduling.bookings import Appointment
from scheduling.database import Connection, Database
from scheduling.deliveries import Message
from scheduling.openings import Wish

_SHOWN = 3
"""So many digits of a reference are shown: enough to tell two of one call apart."""


@dataclass(frozen=True)
class Deed:
    """Something that was done in a call; the appointment and its messages as they stand now."""

    what: str
    reference: str
    appointment: Appointment | None
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
    deeds: tuple[Deed, ...]

    @property
    def wishes(self) -> list[Wish]:
        """What the caller came for; nobody, where he has not said for how many."""
        return [Wish(service, persons) for service, persons in story.services([*self.path])]

    def misses(self, kind: str) -> int:
        """How often the caller was silent, or pressed a key that meant nothing."""
        return sum(told.missed == kind for told in self.path)


def known(database: Database, sid: str, now: datetime) -> Known | None:
    """The call with an id; None where the line never had one."""
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
            deeds=tuple(_deed(connection, told) for told in path if told.done),
        )


def masked(reference: str) -> str:
    """A reference by which nobody can change the appointment."""
    return f"…{reference[-_SHOWN:]}"


def _employee(call: Call, *, talks: bool) -> str:
    if talks:
        return "talking now"
    if story.spoke(call.story):
        return "talked"
    is_rung = any(told.step == "CallAgent" for told in story.read(call.story))
    return "rung for, and nobody is known to have talked" if is_rung else ""


def _deed(connection: Connection, told: story.Told) -> Deed:
    return Deed(
        told.done,
        masked(told.reference),
        bookings.find(connection, told.reference),
        tuple(deliveries.listed(connection, told.reference)),
    )

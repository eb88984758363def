"""What agents see of the handovers that they made, and the notes that they leave without one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from scheduling.handovers import Handover, handovers, make
from scheduling.openings import Wish

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Given:
    """A handover as its agent sees it: the code, and what the caller will hear."""

    code: str
    handover: Handover
    expires_at: datetime

    @property
    def wish(self) -> Wish:
        """What the caller comes for, where he has no appointment yet."""
        return Wish(self.handover.service or "", self.handover.persons)

    def state(self, now: datetime) -> str:
        """Whether the code is used, valid, or over."""
        if self.handover.used_at:
            return "used"
        return "valid" if now < self.expires_at else "over"


def give(connection: Connection, handover: Handover, now: datetime) -> int:
    """Notes a handover, whose code its agent will be shown; its row."""
    return row_of(connection, make(connection, handover, now))


def given(connection: Connection, row: int, agent: str) -> Given | None:
    """A handover that this agent made; None where it is another's, or forgotten."""
    mine = select(handovers).where(handovers.c.id == row, handovers.c.agent == agent)
    found = connection.execute(mine).first()
    if found is None:
        return None
    handover = Handover(
        service=found.service,
        persons=found.persons,
        language=found.language,
        reference=found.reference,
        agent=found.agent,
        id=found.id,
        used_at=found.used_at,
    )
    return Given(found.code, handover, found.expires_at)


def came_with_handover(connection: Connection, call: str) -> bool:
    """Whether an agent handed this call to the line."""
    found = select(handovers.c.id).where(handovers.c.used_by == call).limit(1)
    return connection.scalar(found) is not None


def leave_note(
    connection: Connection, reference: str, note: str, agent: str, now: datetime
) -> None:
    """Leaves a note for the counter with an appointment that the agent made himself.

    It stands where the notes of handovers are, as one that was used at once: nobody gets its code.
    """
    row = row_of(connection, make(connection, Handover(note=note, agent=agent, minutes=0), now))
    used = {"used_at": now, "used_by": f"agent {agent}"[:64], "booked": reference}
    connection.execute(update(handovers).where(handovers.c.id == row).values(used))


def row_of(connection: Connection, code: str) -> int:
    """The row of a handover that has just been made."""
    found = select(handovers.c.id).where(handovers.c.code == code)
    return int(connection.execute(found).scalar_one())

"""What stands in the book, as the municipality's own people see it."""

from scheduling.agenda import Entry, agenda
from scheduling.verify import faults
from tests.conftest import TUESDAY, World


def entries(world: World, status: str) -> list[Entry]:
    """The appointments of a status, or the holds that count now."""
    with world.database.read() as connection:
        found = agenda(connection, world.calendar, world.clock(), TUESDAY, None)
    return [entry for entry in found if entry.status == status]


def booked(world: World) -> list[Entry]:
    """What is booked."""
    return entries(world, "booked")


def held(world: World) -> list[Entry]:
    """What is held for somebody who is listening."""
    return entries(world, "held")


def adds_up(world: World) -> bool:
    """Whether what is taken is what is booked or held, and everybody gets a counter."""
    with world.database.read() as connection:
        return faults(connection, world.calendar) == []

"""What the tests of several municipalities have in common."""

from ivr.carrier import PhoneCall
from scheduling.handovers import Handover, make
from scheduling.verify import faults
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World

TOKEN = "the-token-of-an-account-that-both-have"  # noqa: S105  of no account
BOTH = ("leiderdorp", "katwijk")
OTHER = {"leiderdorp": "katwijk", "katwijk": "leiderdorp"}
NOBODY_LISTENS = "postgresql://line@127.0.0.1:1/line"
NOT_SET_UP = "Dit nummer is niet goed ingesteld."


def books(call: PhoneCall, keys: str = PASSPORT + "1") -> None:
    """Presses keys up to the booking."""
    press_all(call, keys)
    assert hears(call, "staat vast") or hears(call, "is booked"), call.heard


def adds_up(world: World) -> bool:
    """Whether what is taken is what is booked."""
    with world.database.read() as connection:
        return faults(connection, world.calendar) == []


def made(world: World) -> str:
    """The code of a handover."""
    handover = Handover("travel-document", 2, agent="anna")
    return world.database.transact(lambda c: make(c, handover, world.clock()))

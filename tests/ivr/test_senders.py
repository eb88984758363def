"""Several senders at once, one that goes on whatever happens, and a demo that sends to nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivr import chores, sender
from ivr.demo_messages import DemoMessages
from ivr.gateway import Found, WrongAccount
from ivr.sender import Sender, back_off
from ivr.twilio_rest import LONGEST_WAIT, waits
from scheduling import sending
from scheduling.database import Connection, Database
from scheduling.message_limits import Limits
from tests.conftest import World
from tests.ivr.post import open_in
from tests.outside.test_health import NOBODY_LISTENS
from tests.texting import MOBILE, Visitor, rows, states

MANY = 24
SECONDS = 20
"""Until which a thread must have done its work, however slow the machine."""


class Troubled:
    """Carries messages, after it has failed in ways that nobody thought of."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.sent: list[str] = []
        self.arrived = threading.Event()

    def send(self, row: int, to: str, body: str) -> str:
        """Hands over a message, or fails."""
        del row, to
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append(body)
        self.arrived.set()
        return f"SM{len(self.sent)}"

    def find(self, to: str, body: str, since: datetime) -> list[Found]:
        """Nothing that was not handed over is there."""
        del to, since
        return [Found(f"SM{n}") for n, each in enumerate(self.sent, 1) if each == body]


def test_senders_at_once_send_each_message_once(worlds: World) -> None:
    """Four of them, and none gets what another has."""
    for n in range(MANY):
        Visitor(f"+316{n:08}").books(worlds, later=5)
    with open_in(worlds) as office, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: office.sends_all(), range(4)))
        assert len(office.api.bodies) == MANY == len(office.api.taken)


def test_a_sender_that_was_given_up_marks_nothing_for_the_next(worlds: World) -> None:
    """Its lease is over and somebody else has the message: its late failure does not count."""
    Visitor().books(worlds, later=5)

    def claims(connection: Connection) -> sending.Claim:
        found = sending.claim(connection, worlds.clock(), timedelta(minutes=2))
        assert found
        return found

    slow = worlds.database.transact(claims)
    worlds.clock.passes(minutes=3)
    worlds.database.transact(claims)
    worlds.database.transact(lambda c: sending.refused(c, slow, "21614", worlds.clock()))
    assert states(worlds.database)[0] == ("confirmation", "sending")


def test_what_was_accepted_counts_whoever_has_the_message_by_now(worlds: World) -> None:
    """The answer came after the lease was over: the message is with Twilio all the same."""
    Visitor().books(worlds, later=5)
    worlds.database.transact(lambda c: sending.claim(c, worlds.clock(), timedelta(minutes=2)))
    row = rows(worlds.database)[0].id
    worlds.database.transact(lambda c: sending.accepted(c, row, "SM1", worlds.clock()))
    worlds.database.transact(lambda c: sending.accepted(c, row, "SM2", worlds.clock()))
    assert rows(worlds.database)[0].sid == "SM1"


def test_a_sender_goes_on_whatever_happens(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of which nobody thought is logged, and the message is sent when its lease is over."""
    Visitor().books(world, later=5)
    gateway = Troubled(RuntimeError("nobody thought of this"))
    mine = Sender(world.database, world.parts.texts, gateway, world.clock, looks=0.001)

    def clock() -> datetime:
        world.clock.passes(seconds=10)
        return world.clock()

    stopping = chores.start("sender", lambda: replace(mine, clock=clock))
    assert gateway.arrived.wait(SECONDS)
    stopping.set()
    assert "the sender failed" in caplog.text
    assert len(gateway.sent) == 1


def test_a_sender_without_a_database_waits_for_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It looks again and again, and does not end."""
    looked = threading.Semaphore(0)

    def clock() -> datetime:
        looked.release()
        return world.clock()

    away = Database(NOBODY_LISTENS)
    mine = Sender(away, world.parts.texts, Troubled(), clock, looks=0.001)
    stopping = chores.start("sender", lambda: mine)
    assert all(looked.acquire(timeout=SECONDS) for _ in range(3))
    stopping.set()
    away.close()
    assert "the sender failed" in caplog.text


def test_a_sender_that_cannot_be_made_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The line answers calls without it."""
    tried = threading.Event()

    def make() -> Sender:
        tried.set()
        raise RuntimeError("no")

    chores.start("sender", make)
    assert tried.wait(SECONDS)
    for thread in threading.enumerate():
        if thread.name == "sender":
            thread.join(SECONDS)
    assert "the sender did not start" in caplog.text


def test_a_wrong_account_says_nothing_of_the_message(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither words nor number are in the error."""
    Visitor().books(world, later=5)
    mine = Sender(world.database, world.parts.texts, Troubled(WrongAccount("20003")), world.clock)
    mine.send_next()
    assert "refuses the account" in caplog.text
    assert MOBILE[1:] not in caplog.text


def test_waits_double_and_end() -> None:
    """However often it was tried, it is tried again within twenty minutes."""
    first, longest = timedelta(seconds=2), timedelta(minutes=15)
    for attempts in (*range(1, 40), 10**9):
        nominal = min(first * 2 ** min(attempts - 1, 20), longest)
        assert nominal * 0.75 <= back_off(attempts, first) <= nominal * 1.25


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("7", 7),
        ("99999999999999", LONGEST_WAIT.total_seconds()),
        ("-7", 0),
        ("soon", 0),
        ("Tue, 01 Dec 2026 10:02:00 GMT", 120),
        ("Tue, 01 Dec 2026 09:00:00 GMT", 0),
        ("Wed, 02 Dec 2026 10:00:00 GMT", LONGEST_WAIT.total_seconds()),
        ("Tue, 01 Dec 2026 10:02:00", 0),
    ],
)
def test_how_long_to_wait_is_a_number_or_a_date(told: str, seconds: float) -> None:
    """Counted from the moment that the answer itself names; never very long, never backwards."""
    assert waits(told, "Tue, 01 Dec 2026 10:00:00 GMT").total_seconds() == seconds
    assert waits("Tue, 01 Dec 2026 10:02:00 GMT", "") == timedelta(0)


def test_a_demo_keeps_its_messages_for_its_owner_only(world: World, tmp_path: Path) -> None:
    """Nobody is sent anything; a file that only its owner can read has the words."""
    booked = Visitor().books(world, later=5)
    demo = DemoMessages(tmp_path / "instance" / "demo-messages", world.clock)
    assert list(demo.kept()) == []
    mine = Sender(world.database, world.parts.texts, demo, world.clock)
    assert mine.send_next() == 0
    (kept,) = demo.kept()
    assert (kept.to, kept.body) == (MOBILE, world.parts.texts.about("confirmation", booked))
    assert demo.path.stat().st_mode & 0o777 == 0o600
    assert rows(world.database)[0].sid == kept.sid


def test_a_demo_that_is_interrupted_keeps_a_message_once(world: World, tmp_path: Path) -> None:
    """It looks in its file as the others ask Twilio."""
    Visitor().books(world, later=5)
    demo = DemoMessages(tmp_path / "demo-messages", world.clock)
    mine = Sender(world.database, world.parts.texts, demo, world.clock)

    def interrupted(connection: Connection) -> None:
        claim = sending.claim(connection, world.clock(), sender.LEASE)
        assert claim
        begun = sending.begin(
            connection, claim, world.clock(), world.parts.texts.about, Limits(10, 100)
        )
        demo.send(claim.id, claim.mobile, begun.body or "")

    world.database.transact(interrupted)
    world.clock.passes(minutes=3)
    assert mine.send_next() == 0
    assert len(list(demo.kept())) == 1
    assert states(world.database)[0] == ("confirmation", "sent")

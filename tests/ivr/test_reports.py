"""Twilio's reports on messages are taken in any order, more than once, and early ones too."""

import itertools
from collections.abc import Iterator

import pytest

from scheduling.bookings import Appointment
from tests.calling import poster
from tests.conftest import World
from tests.ivr.post import PostOffice, open_in
from tests.texting import MOBILE, Visitor, rows, states, tasks
from tests.twilio_api import DROPPED_AFTER

FINAL = {"delivered": "delivered", "undelivered": "failed", "failed": "failed", "read": "delivered"}
BEFORE = ("queued", "accepted", "sending", "sent", "scheduled")


@pytest.fixture
def office(worlds: World) -> Iterator[PostOffice]:
    """A post office on each database."""
    with open_in(worlds) as found:
        yield found


@pytest.fixture
def booked(office: PostOffice) -> Appointment:
    """An appointment of somebody with a mobile."""
    return Visitor().books(office.world, later=5)


def reports(world: World, sid: str, status: str, query: str = "", **more: str) -> None:
    """Twilio reports on a message."""
    post = poster(world.app, world.parts.signature)
    reply = post("/messages/status" + query, {"MessageSid": sid, "MessageStatus": status, **more})
    assert (reply.status, reply.body) == (204, b"")


@pytest.mark.parametrize("final", FINAL)
def test_a_final_status_stays(office: PostOffice, booked: Appointment, final: str) -> None:
    """Whatever comes after it, in every order of two, and again."""
    assert booked.mobile
    office.sends_all()
    sid = rows(office.world.database)[0].sid
    reports(office.world, sid, final)
    for one, other in itertools.permutations([*BEFORE, *FINAL, "made-up"], 2):
        reports(office.world, sid, one)
        reports(office.world, sid, other)
    assert states(office.world.database)[0] == ("confirmation", FINAL[final])


def test_what_was_not_delivered_is_told_to_the_desk_once(
    office: PostOffice, booked: Appointment
) -> None:
    """With Twilio's error code; reported twice it is one task."""
    office.sends_all()
    sid = rows(office.world.database)[0].sid
    for _ in range(3):
        reports(office.world, sid, "undelivered", ErrorCode="30005")
    assert rows(office.world.database)[0].error == "30005"
    (task,) = tasks(office.world.database)
    assert (task.kind, task.number, task.reference) == ("message_failed", MOBILE, booked.reference)
    assert task.detail == "confirmation 30005"


def test_an_unknown_message_is_none_of_ours(office: PostOffice, booked: Appointment) -> None:
    """A report on a message of another program of the same account changes nothing."""
    assert booked.mobile
    reports(office.world, "SMunknown", "failed")
    reports(office.world, "SMunknown", "failed", query="?message=4711")
    assert states(office.world.database)[0] == ("confirmation", "waiting")
    assert tasks(office.world.database) == []


@pytest.mark.parametrize(("status", "state"), [("sent", "sent"), ("delivered", "delivered")])
def test_a_report_that_comes_before_the_answer_counts(
    office: PostOffice, booked: Appointment, status: str, state: str
) -> None:
    """Twilio reports while it still answers; the sender then changes nothing any more."""
    assert booked.mobile
    row = rows(office.world.database)[0].id
    office.api.on_taken = lambda taken: reports(
        office.world, taken["sid"], status, query=f"?message={row}"
    )
    office.sends_all()
    found = rows(office.world.database)[0]
    assert (found.state, found.sid) == (state, office.api.taken[0]["sid"])


def test_a_report_tells_what_no_answer_told(office: PostOffice, booked: Appointment) -> None:
    """The answer was lost; from the report we know that Twilio has it, and nobody asks."""
    assert booked.mobile
    office.api.script.append(DROPPED_AFTER)
    office.sends_all()
    row = rows(office.world.database)[0].id
    reports(office.world, office.api.taken[0]["sid"], "sent", query=f"?message={row}")
    office.passes(hours=1)
    assert states(office.world.database)[0] == ("confirmation", "sent")
    assert (len(office.api.taken), office.lists) == (1, 0)


def test_a_report_on_another_message_does_not_take_the_place_of_one(
    office: PostOffice, booked: Appointment
) -> None:
    """The number of the row counts only while we do not know its id."""
    assert booked.mobile
    office.sends_all()
    row = rows(office.world.database)[0]
    reports(office.world, "SMother", "failed", query=f"?message={row.id}")
    assert rows(office.world.database)[0].sid == row.sid
    assert states(office.world.database)[0] == ("confirmation", "sent")

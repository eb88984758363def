"""Every message of the outbox is sent once: whatever Twilio answers, or does not answer."""

import logging
import logging.config
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest

from scheduling.bookings import Appointment
from tests.conftest import World
from tests.ivr.post import STATUS_URL, PostOffice, open_in
from tests.texting import MOBILE, Visitor, book_of, moved_in, rows, states, tasks
from tests.twilio_api import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SENDER,
    SILENT_AFTER,
    SILENT_BEFORE,
    Move,
    refused,
    too_many,
)

SENT = [("confirmation", "sent"), ("reminder", "waiting")]
LATER = 5
"""Days until the appointments of these tests, so that no reminder is due."""


@pytest.fixture
def office(worlds: World) -> Iterator[PostOffice]:
    """A post office on each database."""
    with open_in(worlds) as found:
        yield found


@pytest.fixture
def booked(office: PostOffice) -> Appointment:
    """An appointment of somebody with a mobile."""
    return Visitor().books(office.world, later=LATER)


def cancels(office: PostOffice, seen: Appointment) -> None:
    """The visitor rings, and calls the appointment off."""
    office.world.database.transact(lambda c: book_of(office.world, c).cancel(seen))


def moves(office: PostOffice, seen: Appointment) -> Appointment:
    """The visitor rings, and takes the next time after the one that he had."""
    return moved_in(office.world, seen)


class Watch(threading.Event):
    """Says how long a sender rests, without resting, and stops him after a few times."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.rests: list[float] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        """Notes it; whether he is to stop."""
        self.rests.append(timeout or 0)
        return len(self.rests) > self._most


def test_callers_come_between_two_messages(office: PostOffice) -> None:
    """A sender who has many to send rests after each, and longer where none is left."""
    for _ in range(3):
        Visitor().books(office.world, later=LATER)
    watch = Watch(most=4)
    office.sender.run(watch)
    first, *between, none_left = watch.rests
    assert first == 0
    assert [0 < rest < none_left for rest in between] == [True] * 3
    assert len(office.api.taken) == 3


def test_a_confirmation_is_sent_once(office: PostOffice, booked: Appointment) -> None:
    """From the municipality's number, to the mobile, in the words for it."""
    office.sends_all()
    office.passes(hours=1)
    (sent,) = office.api.taken
    assert (sent["from"], sent["to"]) == (SENDER, MOBILE)
    assert sent["body"] == office.world.parts.texts.about("confirmation", booked)
    (first, _) = rows(office.world.database)
    assert (first.sid, first.attempts) == (sent["sid"], 1)
    assert states(office.world.database) == SENT
    assert office.lists == 0


def test_twilio_is_told_which_message_it_is(office: PostOffice, booked: Appointment) -> None:
    """A report can come before the answer, and finds the message by the number of its row."""
    assert booked.mobile == MOBILE
    office.sends_all()
    row = rows(office.world.database)[0].id
    assert office.api.callbacks == [f"{STATUS_URL}?message={row}"]


def test_a_reminder_is_sent_in_time(office: PostOffice, booked: Appointment) -> None:
    """The day before, and not earlier."""
    office.sends_all()
    office.passes(days=LATER - 1, minutes=-1)
    assert len(office.api.taken) == 1
    office.world.clock.now = rows(office.world.database)[1].due_at
    office.sends_all()
    assert office.api.taken[1]["body"] == office.world.parts.texts.about("reminder", booked)


def test_each_thing_that_happens_is_told(office: PostOffice, booked: Appointment) -> None:
    """Booked, moved, called off: three messages, and no reminder of what is no more."""
    office.sends_all()
    moved = moves(office, booked)
    office.sends_all()
    cancels(office, moved)
    office.passes(days=LATER)
    about = office.world.parts.texts.about
    assert [each["body"] for each in office.api.taken] == [
        about("confirmation", booked),
        about("change", moved),
        about("cancellation", moved),
    ]


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [(None, 2), ("120", 120), ("600", 600), ("rubbish", 2)]
)
def test_what_twilio_was_too_busy_for_is_sent_later(
    office: PostOffice, booked: Appointment, retry_after: str | None, seconds: int
) -> None:
    """Not before the time that Twilio says; a 429 was never processed, so nobody asks after it."""
    assert booked.mobile
    office.api.script.append(too_many(retry_after))
    office.sends_all()
    assert rows(office.world.database)[0].error == "20429"
    office.passes(seconds=seconds * 0.7)
    assert office.api.taken == []
    office.passes(seconds=seconds)
    assert len(office.api.taken) == 1
    assert office.lists == 0
    assert states(office.world.database) == SENT


def test_who_is_refused_again_and_again_waits_longer_and_longer(
    office: PostOffice, booked: Appointment
) -> None:
    """Each wait is longer than the one before, and none is longer than twenty minutes."""
    assert booked.mobile
    office.api.chooses = too_many
    waits = []
    for _ in range(14):
        office.sends_all()
        due = rows(office.world.database)[0].due_at
        waits.append((due - office.world.clock()).total_seconds())
        office.world.clock.now = due
    assert all(later > earlier for earlier, later in pairwise(waits[:9]))
    assert max(waits) < 20 * 60


@pytest.mark.parametrize(
    "move",
    [DROPPED_AFTER, SILENT_AFTER, FAILED_AFTER, Move(text="<html>"), Move(text="{}")],
    ids=["dropped", "silent", "500", "no JSON", "no sid"],
)
def test_what_twilio_took_without_saying_so_is_not_sent_again(
    office: PostOffice, booked: Appointment, move: Move
) -> None:
    """Twilio is asked first whether it has the message, and it has."""
    assert booked.mobile
    office.api.script.append(move)
    office.sends_all()
    assert states(office.world.database)[0] == ("confirmation", "waiting")
    office.passes(minutes=2)
    (sent,) = office.api.taken
    assert rows(office.world.database)[0].sid == sent["sid"]
    assert states(office.world.database) == SENT
    assert office.lists == 1


@pytest.mark.parametrize(
    "move",
    [DROPPED_BEFORE, SILENT_BEFORE, FAILED_BEFORE, Move(takes=False, status=502, text="<html>")],
    ids=["dropped", "silent", "500", "proxy"],
)
def test_what_twilio_did_not_take_is_sent_again(
    office: PostOffice, booked: Appointment, move: Move
) -> None:
    """Twilio is asked first, and does not have it."""
    assert booked.mobile
    office.api.script.append(move)
    office.sends_all()
    office.passes(seconds=20)
    assert office.lists == 0, "it must have time to show what it has"
    office.passes(minutes=2)
    assert (len(office.api.taken), office.lists) == (1, 1)
    assert states(office.world.database) == SENT


def test_nothing_is_sent_again_while_twilio_does_not_say_what_it_has(
    office: PostOffice, booked: Appointment
) -> None:
    """The question fails too, in every way; the message is in doubt until it is answered."""
    assert booked.mobile
    office.api.script.append(DROPPED_AFTER)
    moves = [DROPPED_BEFORE, FAILED_BEFORE, too_many(), refused(400, 20001), refused(401, 20003)]
    office.api.lists.extend(moves)
    office.sends_all()
    for _ in moves:
        office.passes(hours=1)
    assert states(office.world.database)[0] == ("confirmation", "waiting")
    office.passes(hours=1)
    assert len(office.api.taken) == 1
    assert states(office.world.database) == SENT


def test_two_messages_with_the_same_words_are_two(office: PostOffice, booked: Appointment) -> None:
    """Whoever asks for the message once more gets it, also where both answers were lost."""
    office.world.database.transact(
        lambda c: book_of(office.world, c).text_to(booked, MOBILE),
    )
    office.api.script.extend([DROPPED_AFTER, DROPPED_AFTER])
    office.sends_all()
    office.passes(minutes=2)
    sids = {row.sid for row in rows(office.world.database) if row.kind == "confirmation"}
    assert sids == {each["sid"] for each in office.api.taken}
    assert len(sids) == 2


@pytest.mark.parametrize("code", [21614, 21211, 21610, 30450])
def test_what_twilio_never_takes_is_told_to_the_desk(
    office: PostOffice, booked: Appointment, code: int
) -> None:
    """A landline, no number, somebody who has said STOP: once, and then never again."""
    office.api.script.append(refused(400, code))
    office.sends_all()
    office.passes(hours=5)
    assert office.api.taken == []
    assert rows(office.world.database)[0].error == str(code)
    assert states(office.world.database)[0] == ("confirmation", "failed")
    (task,) = tasks(office.world.database)
    assert (task.kind, task.number, task.language) == ("message_failed", MOBILE, "nl")
    assert (task.reference, task.detail) == (booked.reference, f"confirmation {code}")


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, 20003), (403, 20005), (404, 20404), (400, 21606), (400, 21659), (407, 407)],
)
def test_where_the_account_is_wrong_the_message_is_kept(
    office: PostOffice,
    booked: Appointment,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: int,
) -> None:
    """The operator reads an error; when he has mended it the message goes."""
    assert booked.mobile
    office.api.script.append(refused(status, code))
    assert office.sends_next() > 10, "it rests before it tries the next message"
    assert [each.levelname for each in caplog.records if each.levelno > logging.INFO] == ["ERROR"]
    office.passes(minutes=10)
    assert office.api.taken == []
    office.passes(minutes=10)
    assert states(office.world.database) == SENT
    assert tasks(office.world.database) == []


def test_a_wrong_token_loses_nothing(worlds: World) -> None:
    """The stand-in checks the token itself."""
    Visitor().books(worlds, later=LATER)
    with open_in(worlds, token="another") as office:  # noqa: S106  a wrong one
        office.sends_all()
    assert states(worlds.database)[0] == ("confirmation", "waiting")
    with open_in(worlds) as office:
        office.passes(minutes=20)
    assert states(worlds.database) == SENT


def test_the_words_are_those_of_the_appointment_as_it_stands(
    office: PostOffice, booked: Appointment
) -> None:
    """A confirmation that had to wait tells the time to which the appointment was moved."""
    office.api.script.append(too_many())
    office.sends_all()
    moved = moves(office, booked)
    office.passes(minutes=1)
    bodies = {each["body"] for each in office.api.taken}
    assert office.world.parts.texts.about("confirmation", moved) in bodies
    assert office.world.parts.texts.about("confirmation", booked) not in bodies


def test_a_confirmation_of_what_was_called_off_is_not_sent(
    office: PostOffice, booked: Appointment
) -> None:
    """Only the last word goes out."""
    cancels(office, booked)
    office.sends_all()
    assert states(office.world.database) == [
        ("confirmation", "dropped"),
        ("reminder", "dropped"),
        ("cancellation", "sent"),
    ]
    assert len(office.api.taken) == 1


def test_what_comes_too_late_is_not_sent(office: PostOffice, booked: Appointment) -> None:
    """The line was away until the appointment had begun: nobody is reminded of the past."""
    office.world.clock.now = booked.comes_at
    office.sends_all()
    assert office.api.taken == []
    assert {state for _, state in states(office.world.database)} == {"dropped"}


@pytest.mark.parametrize(
    ("status", "state", "open_tasks"), [("delivered", "delivered", 0), ("undelivered", "failed", 1)]
)
def test_a_message_that_is_found_again_is_what_it_became(
    office: PostOffice, booked: Appointment, status: str, state: str, open_tasks: int
) -> None:
    """Twilio has taken it and knows already how it fared."""
    assert booked.mobile
    office.api.script.append(DROPPED_AFTER)
    office.sends_all()
    office.api.taken[0]["status"] = status
    office.passes(minutes=2)
    assert states(office.world.database)[0] == ("confirmation", state)
    assert len(tasks(office.world.database)) == open_tasks


def test_no_number_and_no_word_of_a_message_is_logged(
    office: PostOffice, booked: Appointment, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever Twilio answers, with the number in it, and whoever configures logging later."""
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    caplog.set_level(logging.DEBUG)
    office.api.script.extend(
        [DROPPED_AFTER, FAILED_BEFORE, too_many(), refused(401, 20003), refused(400, 21614)]
    )
    for n in range(5):
        Visitor().books(office.world, later=LATER + n)
    for _ in range(3):
        office.passes(minutes=20)
    logged = caplog.text
    assert "sent" in logged
    assert MOBILE[1:] not in logged
    assert booked.reference[:3] + " " not in logged
    assert "Uw afspraak" not in logged

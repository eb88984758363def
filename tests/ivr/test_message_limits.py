"""Nobody makes the line send messages for money, and whoever really comes hears of it."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scheduling.database import Database
from scheduling.municipality_file import MunicipalityFile
from tests.conftest import Clock, make_world
from tests.ivr.post import PostOffice, open_in
from tests.outside.test_health import counted
from tests.scheduling.towns import town
from tests.texting import MOBILE, OTHER, Visitor, book_of, states, tasks

TO_A_NUMBER, IN_ALL = 4, 9


@pytest.fixture
def office(database: Database, leiderdorp: MunicipalityFile, clock: Clock) -> Iterator[PostOffice]:
    """A post office of a town with low limits, on each database."""
    few = {"most_a_day_to_a_number": TO_A_NUMBER, "most_a_day": IN_ALL}
    calendar = town(messages={"sender": "Leiderdorp", "reminder_days": 0, **few})
    file = replace(leiderdorp, municipality=calendar.municipality)
    with open_in(make_world(database, file, clock)) as found:
        yield found


def books(office: PostOffice, mobile: str = MOBILE, times: int = 1) -> None:
    """Somebody books, so many times, and the messages are sent."""
    for _ in range(times):
        Visitor(mobile).books(office.world, later=1)
        office.sends_all()


def books_and_cancels(office: PostOffice, mobile: str = MOBILE) -> None:
    """Somebody books, is told so, calls it off, and is told so."""
    booked = Visitor(mobile).books(office.world, later=1)
    office.sends_all()
    office.world.database.transact(lambda c: book_of(office.world, c).cancel(booked))
    office.sends_all()


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What whoever runs the line is told of."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]


def test_who_books_for_many_gets_every_confirmation(office: PostOffice) -> None:
    """Of each appointment that stands one message is free: a care home books for eight."""
    books(office, times=8)
    assert len(office.api.taken) == 8
    assert tasks(office.world.database) == []


def test_who_books_and_cancels_again_and_again_gets_no_more(
    office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """The desk is asked to look at it; there is one alarm, without the number in it."""
    before = counted(office.world, "line_messages_total{", '"limited"')
    for _ in range(4):
        books_and_cancels(office)
    assert len(office.api.taken) == TO_A_NUMBER
    refused = [kind for kind, state in states(office.world.database) if state == "failed"]
    assert refused == ["confirmation", "cancellation"] * 2
    told = {(task.kind, task.number, task.detail) for task in tasks(office.world.database)}
    assert ("message_failed", MOBILE, "confirmation limit") in told
    assert counted(office.world, "line_messages_total{", '"limited"') - before == len(refused)
    (alarm,) = alarms(caplog)
    assert "a number has reached its limit" in alarm
    assert MOBILE.lstrip("+") not in caplog.text


def test_others_are_told_all_the_same(office: PostOffice) -> None:
    """The limit is that of one number; the next day it has a new one."""
    for _ in range(3):
        books_and_cancels(office)
    before = len(office.api.taken)
    books(office, OTHER)
    assert len(office.api.taken) == before + 1
    office.passes(hours=24, minutes=1)
    books(office)
    assert len(office.api.taken) == before + 2


def test_all_together_have_a_limit_too(
    office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """Many numbers: the bill stays small, the desk knows whom to ring, and one alarm is raised."""
    for n in range(IN_ALL + 3):
        books(office, f"+316100000{n:02}")
    assert len(office.api.taken) == IN_ALL
    assert len(tasks(office.world.database)) == 3
    (alarm,) = alarms(caplog)
    assert "this installation has reached its limit" in alarm
    office.passes(hours=24, minutes=1)
    books(office)
    assert len(office.api.taken) == IN_ALL + 1


def test_the_limits_that_ship_leave_room(leiderdorp: MunicipalityFile) -> None:
    """All counters booked full on one day, told, reminded and changed once, pass no limit."""
    messages = leiderdorp.municipality.messages
    counters = [each for each in leiderdorp.municipality.counters if each.pool != "home-visits"]
    a_day = len(counters) * 12 * 60 // leiderdorp.municipality.grid_minutes
    assert messages.most_a_day >= a_day * 3
    assert messages.most_a_day_to_a_number == 10

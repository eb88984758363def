"""Visitors are reminded the day before at the same clock time, by day, and of what stands then."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from pydantic import ValidationError

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.openings import Wish
from scheduling.outbox import is_mobile, reminder_at
from tests.conftest import TUESDAY
from tests.scheduling.door import PERMIT, Door, Text, at
from tests.scheduling.towns import roster, town

MOBILE = "+31612345678"
HOME_VISIT = Wish("id-card-home-visit")
THURSDAY = TUESDAY + timedelta(days=2)
SENDER = "+3197010240500"


def settings(**changes: object) -> Calendar:
    """Leiderdorp with other settings for its messages."""
    return town(messages={"sender": SENDER, **changes})


def waiting(door: Door, kind: str = "reminder") -> list[Text]:
    """The messages of a kind that are still to be sent."""
    return [text for text in door.texts() if (text.kind, text.state) == (kind, "waiting")]


def test_a_booking_is_confirmed_at_once_and_reminded_of_the_day_before(door: Door) -> None:
    """At the same clock time."""
    door.confirm("anna", PERMIT, at(14, 30, day=THURSDAY), MOBILE)
    assert door.texts() == [
        Text("confirmation", MOBILE, door.now),
        Text("reminder", MOBILE, at(14, 30, day=THURSDAY - timedelta(days=1))),
    ]


@pytest.mark.parametrize("number", ["+31715410000", "+32470123456", "+3161234567", "", None])
def test_nobody_else_gets_messages(door: Door, number: str | None) -> None:
    """Landlines, foreign numbers and half a number are refused by the network."""
    booked = door.confirm("anna", PERMIT, at(14, day=THURSDAY), number)
    door.cancel(door.move("anna", booked, at(15, day=THURSDAY)))
    assert door.texts() == []


@pytest.mark.parametrize(
    "number", ["+31612345678 ", "31612345678", "0612345678", "+316123456789", "+31612345678\n"]
)
def test_a_mobile_is_written_in_one_way(number: str) -> None:
    """The database would refuse any other."""
    assert not is_mobile(number)
    assert is_mobile(number.strip()) == (number.strip() == MOBILE)


def test_a_moved_appointment_is_reminded_of_at_its_new_time(door: Door) -> None:
    """The reminder of the old time is dropped, and the change is told at once."""
    booked = door.confirm("anna", PERMIT, at(14, day=THURSDAY), MOBILE)
    to = at(9, day=THURSDAY + timedelta(days=1))
    door.move("anna", booked, to)
    assert waiting(door) == [Text("reminder", MOBILE, to - timedelta(days=1))]
    assert waiting(door, "change") == [Text("change", MOBILE, door.now)]
    assert [text.state for text in door.texts()] == ["waiting", "dropped", "waiting", "waiting"]


def test_a_cancelled_appointment_is_not_reminded_of(door: Door) -> None:
    """The cancellation is confirmed, and nothing else comes."""
    booked = door.confirm("anna", PERMIT, at(14, day=THURSDAY), MOBILE)
    door.cancel(booked)
    assert waiting(door) == []
    assert waiting(door, "cancellation") == [Text("cancellation", MOBILE, door.now)]


def test_another_appointment_keeps_its_reminder(door: Door) -> None:
    """Whoever cancels one of two is reminded of the other."""
    one = door.confirm("anna", PERMIT, at(14, day=THURSDAY), MOBILE)
    door.confirm("anna", PERMIT, at(15, day=THURSDAY), MOBILE)
    door.cancel(one)
    assert [text.due_at for text in waiting(door)] == [at(15, day=TUESDAY + timedelta(days=1))]


@pytest.mark.parametrize(
    ("hour", "reminded"), [(9, False), (10, False), (11, True)], ids=["past", "now", "to come"]
)
def test_no_reminder_comes_after_its_time(door: Door, hour: int, *, reminded: bool) -> None:
    """Who books at ten for tomorrow at nine has the confirmation and needs no reminder."""
    tomorrow = TUESDAY + timedelta(days=1)
    door.confirm("anna", PERMIT, at(hour, day=tomorrow), MOBILE)
    assert [text.due_at for text in waiting(door)] == [at(hour)] * reminded


def test_a_visit_at_home_is_reminded_of_by_the_time_at_the_door(door: Door) -> None:
    """Not by the time at which the team leaves."""
    booked = door.confirm("anna", HOME_VISIT, at(13, day=THURSDAY + timedelta(days=5)), MOBILE)
    assert [text.due_at for text in waiting(door)] == [booked.comes_at - timedelta(days=1)]
    assert booked.comes_at == booked.starts_at + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("comes", "reminded"),
    [
        (time(5, 10), time(8)),
        (time(8), time(8)),
        (time(12, 20), time(12, 20)),
        (time(20), time(20)),
        (time(22, 50), time(20)),
    ],
)
def test_nobody_is_woken(calendar: Calendar, comes: time, reminded: time) -> None:
    """What would come at night comes in the morning, or in the evening, of that same day."""
    there = datetime.combine(THURSDAY, comes, calendar.zone)
    found = reminder_at(calendar, there.astimezone(UTC))
    assert found
    local = found.astimezone(calendar.zone)
    assert (local.date(), local.time()) == (THURSDAY - timedelta(days=1), reminded)


@pytest.mark.parametrize(
    ("monday", "hours"),
    [(date(2027, 3, 29), 23), (date(2027, 11, 1), 25), (date(2027, 6, 7), 24)],
    ids=["summer time begins", "summer time ends", "in June"],
)
def test_the_clock_time_is_the_same_over_the_change_of_the_clock(
    calendar: Calendar, monday: date, hours: int
) -> None:
    """Ten past midnight on the Sunday of a change is 23 or 25 hours before that of Monday."""
    for clock in (time(0, 10), time(10)):
        comes_at = datetime.combine(monday, clock, calendar.zone).astimezone(UTC)
        found = reminder_at(settings(not_before="00:00"), comes_at)
        expected = hours if clock == time(0, 10) else 24
        assert found
        assert comes_at - found == timedelta(hours=expected)


def test_a_clock_time_that_is_skipped_or_comes_twice_is_reminded_of_once(
    calendar: Calendar,
) -> None:
    """Half past two on those Sundays: half past three in March, the first one in October."""
    early = settings(not_before="00:00")
    for monday, utc in (
        (date(2027, 3, 29), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (date(2027, 11, 1), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ):
        comes_at = datetime.combine(monday, time(2, 30), calendar.zone).astimezone(UTC)
        assert reminder_at(early, comes_at) == utc


@pytest.mark.parametrize(("days", "before"), [(0, None), (1, 1), (2, 2), (14, 14)])
def test_how_many_days_before_is_the_towns_own(
    sqlite: Database, days: int, before: int | None
) -> None:
    """And none at all where it wants none."""
    door = Door(sqlite, settings(reminder_days=days))
    comes_at = at(14, day=TUESDAY + timedelta(days=16))
    door.confirm("anna", PERMIT, comes_at, MOBILE)
    expected = [comes_at - timedelta(days=before)] if before else []
    assert [text.due_at for text in waiting(door)] == expected


def test_two_days_before_may_be_over_the_weekend(sqlite: Database) -> None:
    """Reminders are sent by a machine, on Sundays as well."""
    door = Door(sqlite, town(roster("4", "09:00", "17:00"), messages={"sender": SENDER}))
    monday = TUESDAY + timedelta(days=6)
    door.confirm("anna", PERMIT, at(14, day=monday), MOBILE)
    assert [text.due_at for text in waiting(door)] == [at(14, day=monday - timedelta(days=1))]


@pytest.mark.parametrize(
    ("earliest", "latest"), [("20:00", "08:00"), ("08:00", "24:00")], ids=["turned", "midnight"]
)
def test_hours_in_which_nobody_can_be_reminded_are_a_mistake(earliest: str, latest: str) -> None:
    """Before, every reminder would have come at 8 in the evening, or at midnight."""
    with pytest.raises(ValidationError, match=r'is before not_before .* as "23:59"'):
        settings(not_before=earliest, not_after=latest)

"""Days that are not like others: changes of the clock, leap days, week 53, days off that move."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.interval import Interval
from scheduling.municipality_file import LEIDERDORP
from scheduling.municipality_parts import Term
from scheduling.openings import last_day, window
from scheduling.outbox import reminder_at
from tests.scheduling.door import BIRTH, PERMIT, Door, starts
from tests.scheduling.towns import roster, table, town

A_DAY = timedelta(days=1)
LEIDERDORPS = town()
LEAP_DAY = date(2028, 2, 29)
DAYS = st.dates(date(2024, 1, 1), date(2036, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2036, 12, 31)).map(  # noqa: DTZ001  made UTC
    lambda found: found.replace(microsecond=0, tzinfo=UTC)
)
CHANGES = (
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2031, 3, 30, 0, 59, 59, tzinfo=UTC),
    datetime(2031, 3, 30, 1, 0, tzinfo=UTC),
)
"""Both halves past two of an autumn night, and the last and first second of a spring one."""


def holiday_years(calendar: Calendar, month: int, day: int) -> list[int]:
    """In which years a day is a day off."""
    return [year for year in range(2024, 2045) if calendar.holiday(date(year, month, day))]


def with_lustrum() -> Calendar:
    """A town in which Liberation Day is a day off once in five years, as the file tells how."""
    holidays = table()["holidays"]
    (liberation,) = (each for each in holidays if each["name"]["en"] == "Liberation Day")
    liberation["rules"] = ["FREQ=YEARLY;INTERVAL=5;BYMONTH=5;BYMONTHDAY=5"]
    liberation["starting"] = date(2025, 5, 5)
    return town(holidays=holidays)


def test_liberation_day_may_be_a_day_off_in_lustrum_years_only() -> None:
    """In years that can be divided by five; in the others people work, and can come."""
    lustrum = with_lustrum()
    assert holiday_years(lustrum, 5, 5) == [2025, 2030, 2035, 2040]
    assert lustrum.telephone_open(datetime(2027, 5, 5, 8, tzinfo=UTC))
    assert not lustrum.telephone_open(datetime(2030, 5, 5, 8, tzinfo=UTC))
    assert lustrum.roster(date(2027, 5, 5))
    assert lustrum.roster(date(2025, 5, 5)) == []


def test_the_way_to_write_a_lustrum_stands_in_the_file() -> None:
    """What the test above writes is what the comment in Leiderdorp's file says."""
    told = LEIDERDORP.read_text(encoding="utf-8")
    assert 'rules = ["FREQ=YEARLY;INTERVAL=5;BYMONTH=5;BYMONTHDAY=5"]' in told
    assert "starting = 2025-05-05" in told


@settings(deadline=None)
@given(st.integers(2024, 2100))
def test_kings_day_is_never_on_a_sunday_and_always_once(year: int) -> None:
    """The 27th of April, or the Saturday before where that is a Sunday."""
    calendar = LEIDERDORPS
    april = [date(year, 4, day) for day in range(23, 31)]
    kings = [day for day in april if (calendar.holiday(day) or {}).get("en") == "King's Day"]
    sunday = date(year, 4, 27).weekday() == 6
    assert kings == [date(year, 4, 26 if sunday else 27)]


@settings(deadline=None)
@given(DAYS)
@example(date(2026, 10, 25))
@example(date(2031, 3, 30))
def test_two_days_a_year_are_not_of_24_hours(day: date) -> None:
    """The last Sundays of March and October, and no others."""
    whole = Interval.of_day(day, LEIDERDORPS.zone)
    last_sunday = day.weekday() == 6 and (day + 7 * A_DAY).month != day.month
    expected = {3: 23, 10: 25}.get(day.month, 24) if last_sunday else 24
    assert whole.end - whole.start == timedelta(hours=expected)


@settings(deadline=None)
@given(MOMENTS)
@example(CHANGES[0])
@example(CHANGES[1])
@example(CHANGES[2])
@example(CHANGES[3])
@example(datetime(2028, 2, 28, 23, tzinfo=UTC))
def test_a_moment_lies_in_the_day_that_it_is(moment: datetime) -> None:
    """Also in the hour that comes twice, and on the leap day."""
    calendar = LEIDERDORPS
    assert moment in Interval.of_day(calendar.day_of(moment), calendar.zone)


@settings(deadline=None)
@given(MOMENTS)
@example(CHANGES[1])
@example(datetime(2027, 12, 8, 9, tzinfo=UTC))
@example(datetime(2026, 12, 28, 9, tzinfo=UTC))
def test_the_horizon_is_counted_in_local_days(moment: datetime) -> None:
    """Twelve weeks on, on the same day of the week, to the end of that day, whatever is between."""
    calendar = LEIDERDORPS
    today, last = calendar.day_of(moment), last_day(calendar, PERMIT, moment)
    assert last == today + timedelta(days=84)
    assert last.weekday() == today.weekday()
    end = window(calendar, PERMIT, moment).end.astimezone(calendar.zone)
    assert (end.date(), end.time()) == (last + A_DAY, time(0))


@settings(deadline=None)
@given(DAYS)
@example(date(2027, 3, 26))
@example(date(2031, 3, 28))
@example(date(2028, 2, 28))
@example(date(2026, 12, 31))
def test_a_term_is_as_long_as_the_law_wants_and_no_longer(today: date) -> None:
    """Three days, two of them working days; a day less would be too few of either."""
    calendar = LEIDERDORPS
    term = calendar.municipality.services["birth"].term
    assert isinstance(term, Term)
    last = calendar.last_day_of_term(term, today)
    days = [today + n * A_DAY for n in range(1, (last - today).days + 1)]
    for counted, enough in ((days, True), (days[:-1], False)):
        working = sum(calendar.is_working_day(day) for day in counted)
        assert (len(counted) >= 3 and working >= 2) == enough


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 10, 23, 21, 59, tzinfo=UTC), date(2026, 10, 27)),
        (datetime(2026, 10, 23, 22, 0, tzinfo=UTC), date(2026, 10, 27)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 28)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 28)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 29)),
        (datetime(2031, 3, 30, 22, 0, tzinfo=UTC), date(2031, 4, 3)),
    ],
    ids=str,
)
def test_a_term_begins_on_the_local_day_also_when_the_clock_changes(
    now: datetime, last: date
) -> None:
    """Midnight comes at 22:00 in UTC, or at 23:00: the term follows the clock on the wall."""
    assert last_day(LEIDERDORPS, BIRTH, now) == last


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 14))
@example(datetime(2026, 10, 26, 9, tzinfo=UTC), 1)
@example(datetime(2031, 3, 31, 8, tzinfo=UTC), 1)
@example(datetime(2028, 3, 1, 9, tzinfo=UTC), 1)
@example(datetime(2027, 1, 1, 9, tzinfo=UTC), 4)
def test_a_reminder_comes_at_the_same_clock_time_days_before(comes_at: datetime, days: int) -> None:
    """Over changes of the clock, leap days and new years, and never at night."""
    calendar = town(messages={"sender": "Leiderdorp", "reminder_days": days})
    reminded = reminder_at(calendar, comes_at)
    assert reminded
    comes, told = (each.astimezone(calendar.zone) for each in (comes_at, reminded))
    assert told.date() == comes.date() - timedelta(days=days)
    assert told.time() == min(max(comes.time(), time(8)), time(20))


@settings(deadline=None)
@given(st.integers(0, 600))
def test_every_other_week_goes_on_over_a_week_53(weeks: int) -> None:
    """A fortnight is fourteen days, also where a year has an odd number of weeks."""
    every_other = roster("4", "09:00", "10:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    calendar = town(every_other | {"starting": "2026-12-15"}, holidays=[])
    day = date(2026, 12, 15) + timedelta(weeks=weeks)
    assert bool(calendar.roster(day)) == (weeks % 2 == 0)


def test_the_leap_day_is_a_day_like_any_other(sqlite: Database) -> None:
    """Published, offered, booked and reminded of; 1 March is the day after it."""
    door = Door(sqlite, town(roster("4", "09:00", "10:00")))
    door.now = datetime(2028, 2, 27, 9, tzinfo=UTC)
    door.publish(LEAP_DAY - A_DAY, 3)
    days = [start.date() for start in starts(door.openings(PERMIT))]
    assert sorted(set(days)) == [LEAP_DAY - A_DAY, LEAP_DAY, date(2028, 3, 1)]
    door.confirm("anna", PERMIT, datetime(2028, 2, 29, 8, tzinfo=UTC), "+31612345678")
    door.confirm("bert", PERMIT, datetime(2028, 3, 1, 8, tzinfo=UTC), "+31612345678")
    due = [text.due_at.date() for text in door.texts() if text.kind == "reminder"]
    assert due == [LEAP_DAY - A_DAY, LEAP_DAY]
    assert door.faults() == []


def test_every_working_day_over_the_new_year_of_week_53_is_published(sqlite: Database) -> None:
    """From the 28th of December, a Monday of week 53, on: all but New Year's Day and weekends."""
    door = Door(sqlite, town())
    door.now = datetime(2026, 12, 27, 9, tzinfo=UTC)
    assert date(2026, 12, 28).isocalendar().week == 53
    door.publish(date(2026, 12, 28), 14)
    days = sorted({start.date() for start in starts(door.openings(PERMIT))})
    assert days == [
        *(date(2026, 12, n) for n in range(28, 32)),
        *(date(2027, 1, n) for n in range(4, 9)),
    ]

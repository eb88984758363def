"""Opening hours, public holidays, closures and rosters."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from dateutil.easter import easter

from scheduling.calendar import Calendar
from scheduling.interval import Interval
from scheduling.municipality_parts import Term
from tests.conftest import TUESDAY
from tests.scheduling.door import at
from tests.scheduling.towns import closure, hours, roster, table, town

YEARS = range(2024, 2036)


def days_of(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", YEARS)
def test_the_public_holidays_are_those_of_the_civil_service(calendar: Calendar, year: int) -> None:
    """As in the CAO Gemeenten: Liberation Day every year, not Good Friday; Sundays are free."""
    not_needed = {easter(year) + timedelta(days=n) for n in (-2, 0, 49)}
    country = set(holidays.country_holidays("NL", years=year))
    expected = (country | {date(year, 5, 5)}) - not_needed
    assert {day for day in days_of(year) if calendar.holiday(day)} == expected


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 4, 26), "King's Day"),
        (date(2026, 4, 27), "King's Day"),
        (date(2031, 4, 26), "King's Day"),
        (date(2026, 5, 5), "Liberation Day"),
        (date(2026, 5, 14), "Ascension Day"),
        (date(2027, 3, 29), "Easter Monday"),
        (date(2027, 5, 17), "Whit Monday"),
        (date(2026, 12, 26), "Boxing Day"),
    ],
    ids=str,
)
def test_a_holiday_has_a_name_in_each_language(calendar: Calendar, day: date, name: str) -> None:
    """The line can say why nobody is there."""
    words = calendar.holiday(day)
    assert words is not None
    assert words["en"] == name
    assert words["nl"]


@pytest.mark.parametrize(
    "day",
    [date(2025, 4, 27), date(2026, 4, 3), date(2026, 12, 24), date(2026, 12, 31), date(2026, 4, 5)],
    ids=str,
)
def test_other_days_are_no_holidays(calendar: Calendar, day: date) -> None:
    """Not the Sunday of a moved King's Day, Good Friday, Christmas Eve, New Year's Eve, Easter."""
    assert calendar.holiday(day) is None


@pytest.mark.parametrize(
    ("day", "closes"),
    [
        (date(2026, 11, 30), 17),
        (date(2026, 12, 1), 17),
        (date(2026, 12, 2), 20),
        (date(2026, 12, 3), 17),
        (date(2026, 12, 4), 17),
    ],
    ids=["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
)
def test_the_telephone_is_answered_from_eight(calendar: Calendar, day: date, closes: int) -> None:
    """On working days from eight to five, and on Wednesday until eight in the evening."""
    assert not calendar.telephone_open(at(8, day=day) - timedelta(seconds=1))
    assert calendar.telephone_open(at(8, day=day))
    assert calendar.telephone_open(at(closes, day=day) - timedelta(seconds=1))
    assert not calendar.telephone_open(at(closes, day=day))


def test_the_telephone_follows_summer_time(calendar: Calendar) -> None:
    """On the Tuesday after the change eight o'clock is an hour earlier in UTC."""
    assert calendar.telephone_hours(date(2027, 3, 26))[0].start.hour == 7
    assert calendar.telephone_hours(date(2027, 3, 30))[0].start.hour == 6
    assert calendar.telephone_hours(date(2027, 10, 29))[0].start.hour == 6
    assert calendar.telephone_hours(date(2027, 11, 1))[0].start.hour == 7


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(10), at(10)),
        (at(7), at(8)),
        (at(17), at(8, day=date(2026, 12, 2))),
        (at(17, day=date(2026, 12, 2)), at(17, day=date(2026, 12, 2))),
        (at(17, day=date(2026, 12, 4)), at(8, day=date(2026, 12, 7))),
        (at(17, day=date(2026, 12, 24)), at(8, day=date(2026, 12, 28))),
        (at(17, day=date(2026, 12, 31)), at(8, day=date(2027, 1, 4))),
    ],
    ids=str,
)
def test_the_telephone_opens_again_on_the_next_working_day(
    calendar: Calendar, now: datetime, opens: datetime
) -> None:
    """Now where it is open, else the same day, tomorrow, or after weekend and holidays."""
    assert calendar.telephone_opens(now) == opens


def test_a_closure_closes_the_telephone_too() -> None:
    """During a closure nobody answers, and the next moment is after it."""
    moved = town(closures=[closure("2026-12-01T12:00:00", "2026-12-03T10:30:00")])
    assert moved.telephone_open(at(11, 59))
    assert not moved.telephone_open(at(12))
    assert moved.telephone_opens(at(12)) == at(10, 30, day=date(2026, 12, 3))


def test_a_telephone_that_never_opens_again_says_so() -> None:
    """Where nobody will answer within two months there is no moment to promise."""
    closed = town(closures=[closure("2026-12-01T12:00:00", "2027-06-01T00:00:00")])
    assert closed.telephone_opens(at(12)) is None


def test_a_telephone_with_a_lunch_break_has_two_stretches() -> None:
    """Hours that touch are one stretch, and hours apart are two."""
    telephone = table()["telephone"] | {
        "hours": [hours("08:00", "10:00"), hours("10:00", "12:00"), hours("13:00", "17:00")]
    }
    found = town(telephone=telephone).telephone_hours(TUESDAY)
    assert found == (Interval(at(8), at(12)), Interval(at(13), at(17)))


def test_the_municipality_s_day_is_local(calendar: Calendar) -> None:
    """Half past eleven in the evening in UTC is the next day in Leiderdorp."""
    assert calendar.day_of(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == date(2026, 12, 2)
    assert calendar.day_of(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ("2026-12-01", "2026-12-04"),
        ("2026-12-03", "2026-12-07"),
        ("2026-12-04", "2026-12-08"),
        ("2026-12-05", "2026-12-08"),
        ("2026-12-06", "2026-12-09"),
        ("2026-12-23", "2026-12-28"),
        ("2026-12-24", "2026-12-29"),
        ("2026-12-25", "2026-12-29"),
        ("2026-12-30", "2027-01-04"),
        ("2026-12-31", "2027-01-05"),
        ("2027-03-26", "2027-03-31"),
    ],
)
def test_a_birth_is_declared_within_three_days_two_of_them_working_days(
    calendar: Calendar, today: str, last: str
) -> None:
    """Three days, and more where weekend and holidays leave less than two working days of them."""
    term = calendar.municipality.services["birth"].term
    assert isinstance(term, Term)
    assert calendar.last_day_of_term(term, date.fromisoformat(today)) == date.fromisoformat(last)


def test_a_roster_that_repeats_every_other_week_counts_from_its_beginning() -> None:
    """Counter 4 is there every other Tuesday from 1 December 2026 on, and not before."""
    every_other = roster("4", "09:00", "10:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    calendar = town(every_other | {"starting": "2026-12-01"})
    there = [n for n in range(-14, 43) if calendar.roster(TUESDAY + timedelta(days=n))]
    assert there == [0, 14, 28, 42]


def test_touching_hours_of_a_counter_are_one_shift() -> None:
    """Two entries that meet at noon are one stretch of one counter."""
    calendar = town(roster("4", "08:00", "12:00"), roster("4 5", "12:00", "14:00"))
    found = [(shift.counter, shift.pool, shift.interval) for shift in calendar.roster(TUESDAY)]
    assert found == [
        ("4", "building-and-housing", Interval(at(8), at(14))),
        ("5", "taxes", Interval(at(12), at(14))),
    ]


def test_nobody_is_on_the_roster_on_a_holiday_or_during_a_closure() -> None:
    """A closure cuts a shift in two, and a holiday leaves none."""
    closed = closure("2026-12-01T12:00:00", "2026-12-01T13:00:00")
    calendar = town(roster("4", "09:00", "17:00"), closures=[closed])
    stretches = [shift.interval for shift in calendar.roster(TUESDAY)]
    assert stretches == [Interval(at(9), at(12)), Interval(at(13), at(17))]
    assert calendar.roster(date(2026, 12, 25)) == []


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2027, 3, 27), 8),
        (date(2027, 3, 28), 7),
        (date(2027, 3, 30), 7),
        (date(2027, 10, 30), 7),
        (date(2027, 10, 31), 8),
        (date(2027, 11, 1), 8),
    ],
    ids=str,
)
def test_a_shift_from_nine_is_from_nine_on_the_wall(day: date, utc: int) -> None:
    """Around both changes of the clock a shift of eight hours is of eight hours, from nine."""
    (shift,) = town(roster("4", "09:00", "17:00")).roster(day)
    start = datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert shift.interval == Interval(start, start + timedelta(hours=8))

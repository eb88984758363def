"""Days are said in words, with "vandaag" and "morgen" first where that is true."""

from calendar import day_name, month_name
from datetime import date, timedelta

import pytest

from prompts.speech import Speech
from tests.prompts.spelled import dutch_number, english_ordinal, is_words

LEAP, NORMAL = 2028, 2027
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)


def days_of(year: int) -> list[date]:
    """Every day of a year, in order."""
    first = date(year, 1, 1)
    return [first + n * A_DAY for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("year", "length"), [(LEAP, 366), (NORMAL, 365)])
def test_every_day_of_a_year_is_said_in_words_of_its_own(
    speech: Speech, year: int, length: int
) -> None:
    """No two days of a year sound the same, and none has a digit in it."""
    said = [speech.day(day, day - A_WEEK) for day in days_of(year)]
    assert [words for words in said if not is_words(words)] == []
    assert len(set(said)) == length


@pytest.mark.parametrize("year", [LEAP, NORMAL])
def test_a_dutch_day_is_weekday_number_and_month(dutch: Speech, year: int) -> None:
    """Each day has the number and the month that stand on a calendar."""
    for day in days_of(year):
        weekday, number, month = dutch.day(day, day - A_WEEK).split(" ")
        assert weekday == dutch.weekdays[day.weekday()]
        assert (number, month) == (dutch_number(day.day), MONTHS[day.month - 1])


@pytest.mark.parametrize("year", [LEAP, NORMAL])
def test_an_english_day_is_weekday_place_and_month(english: Speech, year: int) -> None:
    """Each day has the place in the month that stands on a calendar."""
    for day in days_of(year):
        words = (
            f"{day_name[day.weekday()]} the {english_ordinal(day.day)} of {month_name[day.month]}"
        )
        assert english.day(day, day - A_WEEK) == words


def test_the_week_begins_on_monday_in_every_language(dutch: Speech, english: Speech) -> None:
    """The eighth of July 2025 was a Tuesday."""
    day = date(2025, 7, 8)
    assert dutch.day(day, day - A_WEEK) == "dinsdag acht juli"
    assert english.day(day, day - A_WEEK) == "Tuesday the eighth of July"


@pytest.mark.parametrize("year", [LEAP, NORMAL])
def test_only_today_and_tomorrow_are_called_so(dutch: Speech, year: int) -> None:
    """On every day of a year, across its last night too, the two next days have their name."""
    for today in days_of(year):
        plain = {day: dutch.day(day, day - A_WEEK) for day in (today + n * A_DAY for n in range(3))}
        assert dutch.day(today, today) == f"vandaag, {plain[today]}"
        assert dutch.day(today + A_DAY, today) == f"morgen, {plain[today + A_DAY]}"
        assert dutch.day(today + 2 * A_DAY, today) == plain[today + 2 * A_DAY]
        assert dutch.day(today, today + A_DAY) == plain[today]


def test_new_year_is_tomorrow_on_the_last_of_december(dutch: Speech, english: Speech) -> None:
    """A year that ends does not hide that a day is the next one."""
    last, first = date(2026, 12, 31), date(2027, 1, 1)
    assert dutch.day(first, last) == "morgen, vrijdag één januari"
    assert dutch.day(first, first) == "vandaag, vrijdag één januari"
    assert english.day(first, last) == "tomorrow, Friday the first of January"
    assert dutch.day(date(2027, 12, 31), date(2026, 12, 31)) == "vrijdag eenendertig december"


def test_the_leap_day_has_its_own_words(dutch: Speech, english: Speech) -> None:
    """The 29th of February is said, and the day before knows it as tomorrow."""
    leap = date(2028, 2, 29)
    assert dutch.day(leap, leap - A_WEEK) == "dinsdag negenentwintig februari"
    assert dutch.day(leap, leap - A_DAY) == "morgen, dinsdag negenentwintig februari"
    assert dutch.day(date(2028, 3, 1), leap) == "morgen, woensdag één maart"
    assert english.day(leap, leap - A_WEEK) == "Tuesday the twenty-ninth of February"

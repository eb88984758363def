"""Days and clock times in messages are in digits, and mean what they should."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.catalogue import catalogue
from prompts.writing import grouped

FIRST = date(2026, 1, 1)
PATTERNS = {"nl": "%H:%M uur", "en": "%H:%M"}


def test_every_minute_of_a_day_is_written(language: str) -> None:
    """1,440 clock times of 24 hours, read back by the standard library."""
    writing = catalogue(language).writing
    for minute in range(24 * 60):
        at = time(minute // 60, minute % 60)
        read = datetime.strptime(writing.clock(at), PATTERNS[language])  # noqa: DTZ007  a clock
        assert read.time() == at


def test_every_day_of_a_year_is_written(language: str) -> None:
    """Weekday, day, month and year; no two days are written alike."""
    sentences = catalogue(language)
    days = [FIRST + timedelta(days=n) for n in range(366)]
    written = [sentences.written_day(day) for day in days]
    assert len(set(written)) == len(days)
    for day, said in zip(days, written, strict=True):
        weekday, number, month, year = said.split()
        assert (int(number), int(year)) == (day.day, day.year)
        assert sentences.speech.weekdays.index(weekday) == day.weekday()
        assert sentences.speech.months.index(month) == day.month - 1


@pytest.mark.parametrize(
    ("tongue", "day", "at"),
    [("nl", "zondag 1 februari 2026", "09:05 uur"), ("en", "Sunday 1 February 2026", "09:05")],
)
def test_a_day_and_a_time_look_like_this(tongue: str, day: str, at: str) -> None:
    """One of each, as people read it."""
    assert catalogue(tongue).written_day(date(2026, 2, 1)) == day
    assert catalogue(tongue).writing.clock(time(9, 5)) == at


@given(st.text("23456789"))
def test_a_code_in_groups_is_the_code(digits: str) -> None:
    """Nothing is lost, and no group is longer than what is said in one breath."""
    groups = grouped(digits).split(" ")
    assert "".join(groups) == digits
    assert all(len(group) <= 3 for group in groups)

"""Stretches of time: half-open, in UTC, with the clock on the wall only at the edges."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar import joined
from scheduling.interval import Interval, local

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)
SUMMER_BEGINS = date(2027, 3, 28)
SUMMER_ENDS = date(2027, 10, 31)


def minutes(start: int, end: int) -> Interval:
    """A stretch, in minutes from noon."""
    return Interval(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


STRETCHES = st.tuples(st.integers(0, 120), st.integers(1, 60)).map(
    lambda found: minutes(found[0], sum(found))
)
MOMENTS = st.integers(-10, 200).map(lambda n: NOON + timedelta(minutes=n))


@given(STRETCHES, STRETCHES)
def test_two_stretches_overlap_when_a_moment_lies_in_both(one: Interval, two: Interval) -> None:
    """Overlapping is the same in both directions, and means to have a moment in common."""
    shared = any(
        NOON + timedelta(minutes=n) in one and NOON + timedelta(minutes=n) in two
        for n in range(181)
    )
    assert one.overlaps(two) == two.overlaps(one) == shared


def test_stretches_that_touch_do_not_overlap() -> None:
    """The end belongs to the next one."""
    assert not minutes(0, 10).overlaps(minutes(10, 20))
    assert minutes(0, 10).start in minutes(0, 10)
    assert minutes(0, 10).end not in minutes(0, 10)


@given(STRETCHES, st.lists(STRETCHES, max_size=5), MOMENTS)
def test_what_is_left_is_what_was_not_cut_out(
    whole: Interval, cuts: list[Interval], moment: datetime
) -> None:
    """A moment is left exactly where it was in the whole and in none of the cuts."""
    left = whole.without(cuts)
    expected = moment in whole and not any(moment in cut for cut in cuts)
    assert sum(moment in piece for piece in left) == expected
    assert all(piece.start < piece.end for piece in left)


@given(STRETCHES, st.lists(STRETCHES, max_size=5))
def test_the_order_of_cutting_does_not_matter(whole: Interval, cuts: list[Interval]) -> None:
    """What is left is the same whichever closure was entered first, in order of time."""
    left = whole.without(cuts)
    assert left == sorted(left) == whole.without(reversed(cuts))


@given(st.lists(STRETCHES, max_size=6), MOMENTS)
def test_joined_stretches_are_the_same_time(stretches: list[Interval], moment: datetime) -> None:
    """Joining loses no moment and adds none, and what is joined does not touch."""
    whole = joined(stretches)
    assert any(moment in each for each in whole) == any(moment in each for each in stretches)
    assert all(earlier.end < later.start for earlier, later in pairwise(whole))


@given(STRETCHES, st.sampled_from((5, 10, 15, 30, 60)))
def test_steps_are_whole_and_fill_the_stretch(whole: Interval, grid_minutes: int) -> None:
    """Steps follow each other from the start, end inside, and leave less than one step over."""
    grid = timedelta(minutes=grid_minutes)
    steps = whole.steps(grid)
    assert steps == [whole.start + grid * n for n in range(len(steps))]
    over = whole.end - whole.start - grid * len(steps)
    assert timedelta(0) <= over < grid


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2027, 3, 27), 24), (SUMMER_BEGINS, 23), (SUMMER_ENDS, 25), (date(2027, 11, 1), 24)],
    ids=str,
)
def test_a_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    """The day on which summer time begins has 23 hours, that on which it ends has 25."""
    whole = Interval.of_day(day, AMSTERDAM)
    assert whole.end - whole.start == timedelta(hours=hours)
    assert len(whole.steps(timedelta(minutes=10))) == hours * 6


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_every_day_begins_where_the_day_before_ends(day: date) -> None:
    """Days leave no moment out and count none twice."""
    before = Interval.of_day(day - timedelta(days=1), AMSTERDAM)
    assert before.end == Interval.of_day(day, AMSTERDAM).start


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (SUMMER_BEGINS, time(1, 59), "2027-03-28 00:59"),
        (SUMMER_BEGINS, time(2, 30), "2027-03-28 01:30"),
        (SUMMER_BEGINS, time(3, 0), "2027-03-28 01:00"),
        (SUMMER_ENDS, time(2, 30), "2027-10-31 00:30"),
        (SUMMER_ENDS, time(3, 0), "2027-10-31 02:00"),
        (date(2026, 12, 1), time(9, 0), "2026-12-01 08:00"),
        (date(2026, 7, 1), time(9, 0), "2026-07-01 07:00"),
    ],
    ids=str,
)
def test_clock_times_become_utc(day: date, at: time, utc: str) -> None:
    """Times that the change skips are read as before it, and times that come twice as the first."""
    assert f"{local(day, at, AMSTERDAM):%Y-%m-%d %H:%M}" == utc


def test_closing_at_midnight_is_the_end_of_the_day() -> None:
    """Until 24:00 ends where the next day begins."""
    evening = Interval.on(date(2026, 12, 1), time(18), time(0), AMSTERDAM)
    assert evening.end - evening.start == timedelta(hours=6)
    assert evening.end == Interval.of_day(date(2026, 12, 2), AMSTERDAM).start


@pytest.mark.parametrize("opens", [time(2), time(2, 30)], ids=str)
def test_hours_inside_the_hour_that_is_skipped_are_no_time_at_all(opens: time) -> None:
    """From two to three in the night on which summer time begins, nobody is there: never less."""
    hour = Interval.on(SUMMER_BEGINS, opens, time(3), AMSTERDAM)
    assert hour.steps(timedelta(minutes=10)) == []
    assert hour.start <= hour.end

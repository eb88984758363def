"""Parts of the day: which there are, which a service has, and where the clock is changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduling.calendar import Calendar
from scheduling.interval import Interval
from scheduling.parts_of_day import PartOfDay, of_one_offset
from tests.scheduling.towns import roster, town

ZONES = st.sampled_from(["Europe/Amsterdam", "UTC", "Australia/Lord_Howe", "America/New_York"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1)).map(  # noqa: DTZ001  made UTC
    lambda found: found.replace(tzinfo=UTC, microsecond=0)
)


@given(ZONES, MOMENTS, st.integers(1, 400 * 24 * 60), st.floats(0, 1, exclude_max=True))
def test_pieces_of_one_offset_tell_the_clock(
    name: str, start: datetime, minutes: int, share: float
) -> None:
    """They are the stretch, in order, and at each moment UTC plus the offset is the clock."""
    zone = ZoneInfo(name)
    stretch = Interval(start, start + timedelta(minutes=minutes))
    pieces = of_one_offset(stretch, zone)
    edges = [edge for piece, _ in pieces for edge in (piece.start, piece.end)]
    assert (edges[0], edges[-1]) == (stretch.start, stretch.end)
    assert edges[1:-1:2] == edges[2::2]
    moment = start + timedelta(seconds=int(minutes * 60 * share))
    (offset,) = (offset for piece, offset in pieces if moment in piece)
    assert (moment + offset).time() == moment.astimezone(zone).time()


def test_the_clock_is_changed_at_one_utc() -> None:
    """In Leiderdorp, on the last Sundays of March and October."""
    year = Interval(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC))
    pieces = of_one_offset(year, ZoneInfo("Europe/Amsterdam"))
    assert [piece.start for piece, _ in pieces][1:] == [
        datetime(2027, 3, 28, 1, tzinfo=UTC),
        datetime(2027, 10, 31, 1, tzinfo=UTC),
    ]
    assert [offset // timedelta(hours=1) for _, offset in pieces] == [1, 2, 1]


@pytest.mark.parametrize(
    ("opens", "closes", "overlaps"),
    [
        (time(8), time(17), False),
        (time(8), time(17, 10), True),
        (time(17), time(20), True),
        (time(23, 50), time(0), True),
        (time(0), time(0), True),
    ],
)
def test_an_evening_overlaps_what_is_open_after_five(
    opens: time, closes: time, *, overlaps: bool
) -> None:
    """Hours that end when it begins are not in it; hours until midnight are."""
    assert PartOfDay(time(17), time(0)).overlaps(opens, closes) == overlaps


@pytest.mark.parametrize(
    ("service", "parts"),
    [
        ("travel-document", ["morning", "afternoon", "evening"]),
        ("permit", ["morning", "afternoon", "evening"]),
        ("id-card-home-visit", ["afternoon"]),
        ("no-such-service", []),
    ],
)
def test_a_service_has_the_parts_in_which_a_counter_does_it(
    calendar: Calendar, service: str, parts: list[str]
) -> None:
    """Nobody is offered an evening of the team that drives out in the afternoon."""
    assert calendar.municipality.parts_with_time(service) == parts


def test_a_town_says_when_its_evening_begins() -> None:
    """With evenings from six on, a counter until half past five has none."""
    calendar = town(roster("4", "13:00", "17:30"), evening_from="18:00")
    assert calendar.municipality.parts_with_time("permit") == ["afternoon"]
    assert calendar.municipality.parts_of_day["evening"] == PartOfDay(time(18), time(0))


@pytest.mark.parametrize(("afternoon", "evening"), [("17:00", "12:00"), ("24:00", "17:00")])
def test_parts_of_the_day_come_in_order(afternoon: str, evening: str) -> None:
    """An afternoon after the evening, or from midnight on, is a mistake that is named."""
    with pytest.raises(ValidationError, match=r"afternoon_from .* is not between midnight"):
        town(afternoon_from=afternoon, evening_from=evening)

"""Parts of the day, such as mornings: clock times of every day, whatever the change of the clock.

Between two changes of the clock a clock time is the UTC time plus one fixed offset. So a search
looks into one stretch for each offset, of which a few weeks have one or two, and not into one for
each day.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from scheduling.interval import Interval


class PartOfDay(Struct, frozen=True):
    """Clock times, local to the municipality: the beginning belongs to it, the end does not.

    An end at 00:00 is midnight.
    """

    begins: time
    ends: time

    @property
    def seconds(self) -> tuple[int, int]:
        """Its beginning and its end, in seconds of the clock since midnight."""
        return _of_clock(self.begins), _of_clock(self.ends) or 24 * 60 * 60

    def overlaps(self, opens: time, closes: time) -> bool:
        """Whether it has a clock time in common with these hours; 00:00 closes at midnight."""
        begins, ends = self.seconds
        opening, closing = PartOfDay(opens, closes).seconds
        return begins < closing and opening < ends


class ByClock(Struct, frozen=True):
    """Restricts a search to a part of the day.

    `offsets` has what to add to UTC for the clock time at which the visitor is met, for each
    stretch that is looked in.
    """

    part: PartOfDay
    offsets: list[timedelta]

    def values(self) -> dict[str, object]:
        """Itself as values of a statement."""
        begins, ends = self.part.seconds
        offsets = {f"offset{n}": int(each.total_seconds()) for n, each in enumerate(self.offsets)}
        return {"begins": begins, "ends": ends, **offsets}


def of_one_offset(stretch: Interval, zone: ZoneInfo) -> list[tuple[Interval, timedelta]]:
    """The stretch, cut where the clock is changed; each piece with what to add to UTC there."""
    years = range(stretch.start.year, stretch.end.year + 1)
    changes = [at for year in years for at in _changes(year, zone)]
    inside = [at for at in changes if stretch.start < at < stretch.end]
    edges = [stretch.start, *inside, stretch.end]
    pieces = (Interval(start, end) for start, end in pairwise(edges))
    return [(piece, _offset(piece.start, zone)) for piece in pieces]


def _of_clock(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


@lru_cache(maxsize=64)
def _changes(year: int, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When the clock is changed in a year, in UTC."""
    return tuple(_changes_from(datetime(year, 1, 1, tzinfo=UTC), zone))


def _changes_from(new_year: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    one_day = timedelta(days=1)
    for n in range(366):
        before, after = new_year + n * one_day, new_year + (n + 1) * one_day
        if _offset(before, zone) == _offset(after, zone):
            continue
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if _offset(middle, zone) == _offset(before, zone):
                before = middle
            else:
                after = middle
        yield after

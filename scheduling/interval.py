"""Stretches of time: half-open, in UTC."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct


class Interval(Struct, frozen=True, order=True):
    """A stretch of time in UTC; the start belongs to it, the end does not."""

    start: datetime
    end: datetime

    @classmethod
    def on(cls, day: date, opens: time, closes: time, zone: ZoneInfo) -> "Interval":
        """The stretch between two clock times of a day in `zone`; closing at 00:00 is midnight.

        It is empty where the change to summer time skips it.
        """
        last = day + timedelta(days=1) if closes == time(0) else day
        start = local(day, opens, zone)
        return cls(start, max(start, local(last, closes, zone)))

    @classmethod
    @lru_cache(maxsize=4096)
    def of_day(cls, day: date, zone: ZoneInfo) -> "Interval":
        """The whole of a day in `zone`: 23, 24 or 25 hours."""
        return cls.on(day, time(0), time(0), zone)

    def __contains__(self, moment: datetime) -> bool:
        """Whether the moment lies in the stretch."""
        return self.start <= moment < self.end

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share any time at all."""
        return self.start < other.end and other.start < self.end

    def steps(self, grid: timedelta) -> list[datetime]:
        """The beginnings of the whole steps of the grid in this stretch, from its start on."""
        count = (self.end - self.start) // grid
        return [self.start + grid * n for n in range(count)]

    def without(self, taken: Iterable["Interval"]) -> list["Interval"]:
        """What is left of the stretch when other stretches are cut out of it."""
        left = [self]
        for cut in taken:
            left = [
                piece
                for whole in left
                for piece in (
                    Interval(whole.start, min(whole.end, cut.start)),
                    Interval(max(whole.start, cut.end), whole.end),
                )
                if piece.start < piece.end
            ]
        return left


def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A clock time of a day in `zone`, in UTC.

    A time that the change to summer time skips is read with the offset from before the change, a
    time that comes twice in autumn is its first (PEP 495, fold=0).
    """
    return datetime.combine(day, at, zone).astimezone(UTC)

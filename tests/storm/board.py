"""A few numbers that the storm writes and every worker reads: the clock, the slowness, the fuse."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FIELDS = {"ahead": "d", "slow": "d", "victim": "q", "count": "q", "point": "q"}
_SIZE = 8

BEFORE_STATEMENT, AFTER_STATEMENT = "before a statement", "after a statement"
BEFORE_COMMIT, AFTER_COMMIT = "before a commit", "after a commit"
BEFORE_BOOKING, AFTER_BOOKING = "before the commit of a booking", "after the commit of a booking"
POINTS = (
    "anywhere",
    BEFORE_STATEMENT,
    AFTER_STATEMENT,
    BEFORE_COMMIT,
    AFTER_COMMIT,
    BEFORE_BOOKING,
    AFTER_BOOKING,
)
"""Where a worker can be killed; "anywhere" is whichever comes next."""


class Board:
    """A file in the memory of all; each number is written at once, so nobody reads half of one."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE * len(_FIELDS)))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SIZE * len(_FIELDS))

    def now(self) -> datetime:
        """The time of the line, in UTC: the real one, so many seconds ahead."""
        return datetime.now(UTC) + timedelta(seconds=float(self._read("ahead")))

    def set_clock(self, now: datetime) -> None:
        """Lets it be some time now; it goes on from there."""
        self._write("ahead", (now - datetime.now(UTC)).total_seconds())

    @property
    def slow(self) -> float:
        """So many seconds each statement takes longer."""
        return float(self._read("slow"))

    @slow.setter
    def slow(self, seconds: float) -> None:
        self._write("slow", seconds)

    def light(self, victim: int, point: str, count: int) -> None:
        """Has a worker die when it comes to a point for the count-th time."""
        self._write("victim", 0)
        self._write("point", POINTS.index(point))
        self._write("count", count)
        self._write("victim", victim)

    def burns_down(self, victim: int, point: str) -> bool:
        """Whether a worker that has come to a point must die there."""
        if self._read("victim") != victim:
            return False
        wanted = POINTS[int(self._read("point"))]
        if wanted not in {point, POINTS[0]}:
            return False
        left = int(self._read("count")) - 1
        self._write("count", left)
        return left <= 0

    def _read(self, name: str) -> float:
        number: float = struct.unpack_from(_FIELDS[name], self._memory, _place(name))[0]
        return number

    def _write(self, name: str, value: float) -> None:
        struct.pack_into(_FIELDS[name], self._memory, _place(name), value)


def _place(name: str) -> int:
    return _SIZE * [*_FIELDS].index(name)

"""A few numbers that the storm writes and every worker reads: clock, slowness, disk, and fuse."""

import mmap
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

MOST_VICTIMS = 8
_FIELDS = dict.fromkeys(("ahead", "slow", "slow_reads"), "d")
_FIELDS |= dict.fromkeys(("full", "fuse", "count", "point"), "q")
_FIELDS |= {f"victim_{n}": "q" for n in range(MOST_VICTIMS)}
_VICTIMS = f"{MOST_VICTIMS}q"
_SIZE = 8
_PLACES = {name: _SIZE * n for n, name in enumerate(_FIELDS)}

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

    @property
    def slow_reads(self) -> float:
        """So many seconds each statement that only reads takes longer."""
        return float(self._read("slow_reads"))

    @slow_reads.setter
    def slow_reads(self, seconds: float) -> None:
        self._write("slow_reads", seconds)

    @property
    def full(self) -> bool:
        """Whether an SQLite file may not become larger."""
        return bool(self._read("full"))

    @full.setter
    def full(self, is_full: bool) -> None:
        self._write("full", is_full)

    def light(self, victims: Sequence[int], point: str, count: int) -> None:
        """Has that one of some workers die who comes to a point after the others have so often."""
        self._aim_at(())
        self._write("fuse", self._read("fuse") + 1)
        self._write("point", POINTS.index(point))
        self._write("count", count)
        self._aim_at(victims[:MOST_VICTIMS])

    def burns_down(self, victim: int, point: str) -> int:
        """The number of the fuse by which a worker must die that has come to a point, or 0.

        Several may be given the same: one of them is to take it.
        """
        if victim not in struct.unpack_from(_VICTIMS, self._memory, _PLACES["victim_0"]):
            return 0
        wanted = POINTS[int(self._read("point"))]
        if wanted not in {point, POINTS[0]}:
            return 0
        left = int(self._read("count")) - 1
        self._write("count", left)
        return 0 if left > 0 else int(self._read("fuse"))

    def _aim_at(self, victims: Sequence[int]) -> None:
        for n in range(MOST_VICTIMS):
            self._write(f"victim_{n}", victims[n] if n < len(victims) else 0)

    def _read(self, name: str) -> float:
        number: float = struct.unpack_from(_FIELDS[name], self._memory, _PLACES[name])[0]
        return number

    def _write(self, name: str, value: float) -> None:
        struct.pack_into(_FIELDS[name], self._memory, _PLACES[name], value)

"""What is done to the line while people call: kills, pauses, slowness, and a clock that steps."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.storm.board import AFTER_BOOKING, BEFORE_BOOKING, POINTS
from tests.storm.line import Line
from tests.twilio_api import (
    ACCEPTED,
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SILENT_AFTER,
    SILENT_BEFORE,
    Move,
    too_many,
)

_ZONE = ZoneInfo("Europe/Amsterdam")
_MOMENTS = (
    ("2026-10-22 10:00", 0.2),
    ("2026-10-23 23:59:58", 0.05),
    ("2026-10-25 02:59:58", 0.05),
    ("2026-10-26 09:30", 0.2),
    ("2027-03-25 10:00", 0.2),
    ("2027-03-26 23:59:58", 0.05),
    ("2027-03-28 01:59:58", 0.05),
    ("2027-03-30 09:30", 0.2),
)
"""Where the clock steps to, and what share of the storm it then runs on: over midnight, over the
end of summer time in October, and over its beginning in March. 28 March 2027 is Easter."""

MOVES = (*[ACCEPTED] * 12, DROPPED_AFTER, DROPPED_BEFORE, FAILED_AFTER, FAILED_BEFORE)
REST_FAULTS: tuple[Move, ...] = (*MOVES, SILENT_AFTER, SILENT_BEFORE, too_many(), too_many("3"))


def moment(told: str) -> datetime:
    """A moment of the clock in Leiderdorp."""
    return datetime.fromisoformat(told).replace(tzinfo=_ZONE)


START = moment(_MOMENTS[0][0])


@dataclass
class Weather:
    """All that happens to a line until `over` is set; `progress` tells how far the storm is."""

    line: Line
    chance: random.Random
    progress: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    longest_pause: float = 4.0
    pause_between: tuple[float, float] = (0.3, 1.2)

    def rages(self) -> None:
        """One thing after another, until it is over."""
        faults: dict[Callable[[], None], int] = {
            self.kills: 3,
            self.kills_between_statements: 6,
            self.pauses_database: 1,
            self.pauses_worker: 1,
            self.slows_down: 1,
        }
        if self.line.restart:
            faults[self.restarts_database] = 1
        self._kills_at(BEFORE_BOOKING, 1, seconds=60)  # where most can be lost, at least once
        while not self.over.wait(self.chance.uniform(*self.pause_between)):
            (fault,) = self.chance.choices([*faults], [*faults.values()])
            fault()

    def turns_the_clock(self) -> None:
        """Steps the clock when the storm has come so far."""
        due, first = 0.0, True
        for told, share in _MOMENTS:
            while self.progress() < due:
                if self.over.wait(0.02):
                    return
            if not first:
                self.line.board.set_clock(moment(told))
                self.counts["steps of the clock"] += 1
            if told == _MOMENTS[4][0]:
                self.line.publish(moment(told).date())
            due, first = due + share, False

    def kills(self) -> None:
        """Kills a worker at any moment."""
        if victim := self._victim():
            self.line.kill(victim)
            self.counts["workers killed at any moment"] += 1

    def kills_between_statements(self) -> None:
        """Has a worker kill itself at one of the next points of its transactions."""
        point = self.chance.choice((*POINTS, BEFORE_BOOKING))
        most = 2 if point in {BEFORE_BOOKING, AFTER_BOOKING} else 12
        self._kills_at(point, self.chance.randint(1, most), seconds=2)

    def _kills_at(self, point: str, count: int, seconds: float) -> None:
        if victim := self._victim():
            self.line.board.light(victim, point, count)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and victim in self.line.alive():
                if self.over.wait(0.02):
                    return

    def pauses_database(self) -> None:
        """The database stands still for a while."""
        with self.line.pause():
            self._waits()
        self.counts["pauses of the database"] += 1

    def pauses_worker(self) -> None:
        """A worker stands still for a while, whatever it has locked."""
        if victim := self._victim(least=0):
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGSTOP)
                try:
                    self._waits()
                finally:
                    os.kill(victim, signal.SIGCONT)
            self.counts["pauses of a worker"] += 1

    def slows_down(self) -> None:
        """Each statement takes longer for a while."""
        self.line.board.slow = self.chance.uniform(0.002, 0.02)
        self._waits()
        self.line.board.slow = 0
        self.counts["times that the database was slow"] += 1

    def restarts_database(self) -> None:
        """The database's server is ended as by a power failure, and started again."""
        if self.line.restart:
            self.line.restart()
            self.counts["restarts of the database"] += 1

    def _victim(self, least: int = 1) -> int | None:
        """A worker that may be hit, where so many others are there to go on."""
        settled = self.line.alive(settled=True)
        if not settled or len(self.line.alive()) <= least:
            return None
        return self.chance.choice(settled)

    def _waits(self) -> None:
        self.over.wait(self.chance.uniform(0.1, self.longest_pause))


def calm(line: Line, *, until: Callable[[], bool], seconds: float = 120) -> None:
    """Lets minutes pass on the line's clock, again and again, until something holds."""
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        line.board.set_clock(line.board.now() + timedelta(minutes=3))
        time.sleep(1)

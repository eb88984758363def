"""What is done to the line while people call: kills, restarts, pauses, slowness, a full disk."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tests.storm.board import BEFORE_BOOKING, POINTS
from tests.storm.line import Line
from tests.storm.twilio_away import TwilioAway

KILLS = "workers killed"
RESTARTS = "restarts of the database"
PAUSES, STOPS = "pauses of the database", "pauses of a worker"
SLOW, SLOW_READS = "times that all statements were slow", "times that reading was slow"
FULL, AWAY = "times that the disk was full", "times that Twilio's API was away"

_CALLS_TO_ONE = dict.fromkeys((RESTARTS, PAUSES, STOPS, SLOW, SLOW_READS, FULL, AWAY), 2000)
_CALLS_TO_ONE[KILLS] = 100
"""How many calls there are to one of each, where nobody says how many there are to be."""

_FEWEST = {KILLS: 6}
_PATIENCE = 2
"""Seconds in which a worker comes to the point at which it is to be killed, or else is spared."""


def usual(calls: int) -> dict[str, int]:
    """How often each happens in a storm of so many calls: each at least once."""
    return {name: max(calls // n, _FEWEST.get(name, 1)) for name, n in _CALLS_TO_ONE.items()}


@dataclass
class Weather:
    """All that happens to a line until `over` is set, spread evenly over the calls.

    `wanted` is how often each happens; `progress` tells how far the storm is, 1 at its end. The
    share of the kills that is `aimed` comes just before a booking is committed.
    """

    line: Line
    away: TwilioAway
    chance: random.Random
    progress: Callable[[], float]
    wanted: Mapping[str, int]
    longest_pause: float = 4.0
    aimed: float = 0.5
    counts: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    _still: int | None = None

    def __post_init__(self) -> None:
        every = {
            PAUSES: self.pauses_database,
            STOPS: self.pauses_worker,
            SLOW: self.slows_down,
            SLOW_READS: self.slows_reading_down,
            AWAY: self.takes_twilio_away,
        }
        if self.line.restart:
            every[RESTARTS] = self.line.restart
        if self.line.full:
            every[FULL] = self.fills_disk
        self._faults = {name: work for name, work in every.items() if name in self.wanted}

    @property
    def killed(self) -> int:
        """How many workers were killed."""
        return self.counts["workers killed at any moment"] + len(self.line.killed_at())

    @property
    def is_done(self) -> bool:
        """Whether all that was to happen has happened."""
        enough = all(self.counts[name] >= self.wanted[name] for name in self._faults)
        return enough and self.killed >= self.wanted.get(KILLS, 0)

    def rages(self) -> None:
        """One thing after another, until it is over."""
        while not self.over.wait(0.02):
            due = [name for name in self._faults if self._is_due(name)]
            if due:
                name = self.chance.choice(due)
                self._faults[name]()
                self.counts[name] += 1

    def kills(self) -> None:
        """Kills one worker after another, the first of them where most can be lost."""
        wanted = self.wanted.get(KILLS, 0)
        while not self.over.wait(0.02):
            killed = self.killed
            if killed >= wanted or self.progress() < killed / wanted:
                continue
            if not killed or self.chance.random() < self.aimed:
                self._kills_at(BEFORE_BOOKING, 1)
            elif self.chance.random() < 0.4:
                self._kills_at_once()
            else:
                self._kills_at(self.chance.choice(POINTS), self.chance.randint(1, 12))

    def pauses_database(self) -> None:
        """The database stands still for a while."""
        with self.line.pause():
            self._waits(self.longest_pause)

    def pauses_worker(self) -> None:
        """A worker stands still, whatever it has locked; also for longer than Twilio waits."""
        if victim := self._victim(least=0):
            with suppress(ProcessLookupError):
                self._still = victim
                try:
                    os.kill(victim, signal.SIGSTOP)
                    self._waits(2 * self.longest_pause)
                finally:
                    self._still = None
                    os.kill(victim, signal.SIGCONT)

    def slows_down(self) -> None:
        """Each statement takes longer for a while."""
        self.line.board.slow = self.chance.uniform(0.002, 0.02)
        self._waits(self.longest_pause)
        self.line.board.slow = 0

    def slows_reading_down(self) -> None:
        """Each statement that only reads takes much longer for a while."""
        self.line.board.slow_reads = self.chance.uniform(0.02, 0.1)
        self._waits(self.longest_pause)
        self.line.board.slow_reads = 0

    def fills_disk(self) -> None:
        """Nothing that needs more room can be written for a while."""
        if self.line.full:
            with self.line.full():
                self._waits(self.longest_pause)

    def takes_twilio_away(self) -> None:
        """Nothing that is asked of Twilio is done for a while."""
        self.away.is_away = True
        self._waits(self.longest_pause)
        self.away.is_away = False

    def _is_due(self, name: str) -> bool:
        done, wanted = self.counts[name], self.wanted[name]
        return done < wanted and self.progress() >= (done + 0.5) / wanted

    def _kills_at_once(self) -> None:
        if victim := self._victim():
            self.line.kill(victim)
            self.counts["workers killed at any moment"] += 1

    def _kills_at(self, point: str, count: int) -> None:
        """Has a worker kill itself when it comes to a point of its transactions."""
        if victims := self._victims():
            killed = self.killed
            self.line.board.light(victims, point, count)
            deadline = time.monotonic() + _PATIENCE
            while time.monotonic() < deadline and self.killed == killed:
                if self.over.wait(0.01):
                    return

    def _victim(self, least: int = 1) -> int | None:
        """A worker that may be hit."""
        victims = self._victims(least)
        return self.chance.choice(victims) if victims else None

    def _victims(self, least: int = 1) -> list[int]:
        """The workers that may be hit, where so many others are there to go on.

        One that stands still does not go on: without the others nobody would answer.
        """
        alive = self.line.alive()
        others = len(alive) - 1 - (self._still in alive)
        return alive if others >= least else []

    def _waits(self, longest: float) -> None:
        self.over.wait(self.chance.uniform(longest / 4, longest))

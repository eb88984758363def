"""Steps the clock of a storm through years, and back over midnight and changes of summer time."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.storm.exchange import Exchange
from tests.storm.line import Line
from tests.storm.timetable import Moment, moments

_OVER_THE_EDGE = 0.8
"""Seconds after which an edge is passed: the clock steps to half a second before it."""

_BACK_AGAIN = (1.0, 4.0)
A_WHILE, SECONDS_TO_SEND = timedelta(seconds=30), 0.4
"""The clock steps by so much in so many real seconds, and so a sender's lease of two minutes is
still long enough to send a message in."""

_MOST_STEPS = 25
"""So many of these at the most for messages that are still to be sent, before days go by."""


@dataclass
class Clock:
    """Steps the line's clock, until `over` is set or it has been everywhere.

    `progress` tells how far the storm is, 1 at its end; `days` of the roster are published ahead.
    """

    line: Line
    exchange: Exchange
    years: int
    days: int
    chance: random.Random
    progress: Callable[[], float]
    is_idle: Callable[[], bool]
    over: threading.Event
    counts: Counter[str] = field(default_factory=Counter)
    is_done: bool = False

    def turns(self) -> None:
        """All of it."""
        due, every = 0.0, moments(self.years)
        for n, moment in enumerate(every):
            if n:
                if not every[n - 1].edge:
                    self._lets_time_pass()
                self._steps_to(moment)
            due += moment.share
            self._stays_at(moment, due)
        self.is_done = True

    def _steps_to(self, moment: Moment) -> None:
        if moment.season:
            self.line.publish(moment.at.date(), self.days)
            self.exchange.season += 1
        self.exchange.steps += 1
        self.line.board.set_clock(moment.at)
        self.counts["steps of the clock"] += 1

    def _lets_time_pass(self) -> None:
        for _ in range(_MOST_STEPS):
            if self.is_idle() or self.over.is_set():
                return
            self.line.board.set_clock(self.line.board.now() + A_WHILE)
            self.over.wait(SECONDS_TO_SEND)

    def _stays_at(self, moment: Moment, due: float) -> None:
        """Until so much of the storm is over; on an edge it steps back over it, at least once."""
        if moment.edge:
            self.over.wait(_OVER_THE_EDGE)
            self._steps_back(moment)
        while self.progress() < due and not self.over.is_set():
            self.over.wait(self.chance.uniform(*_BACK_AGAIN) if moment.edge else 0.02)
            if moment.edge and self.progress() < due:
                self._steps_back(moment)

    def _steps_back(self, moment: Moment) -> None:
        self.line.board.set_clock(moment.at)
        self.counts["steps of the clock back over midnight or summer time"] += 1
        self.over.wait(_OVER_THE_EDGE)

"""The worker that publishes the roster, see `ivr.chores`: each new day can be booked by itself.

It compares every day that can be booked once, a moment after the start: to do so before the line
answers would keep the first callers waiting. After that it adds the days that come within reach,
and touches no other: somebody may have published a newer roster than the one it was started with.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import Contended, DatabaseAway
from scheduling.roster import publish_by_weeks

log = logging.getLogger(__name__)

_REST = 60.0
"""Seconds between two looks."""


@dataclass(frozen=True)
class Publisher:
    """Publishes the roster as far ahead as can be booked."""

    database: Database
    calendar: Calendar
    clock: Callable[[], datetime]

    def run(self, stopping: threading.Event) -> None:
        """Publishes until it is told to stop."""
        done, pause = None, 0.0
        while not stopping.wait(pause):
            pause = _REST
            try:
                done = self.publish(done)
            except (DatabaseAway, Contended):  # who answers calls says so
                continue
            except Exception:  # the next look may go well
                log.exception("the roster is not published")

    def publish(self, done: date | None = None) -> date:
        """Publishes each local day that can be booked and comes after those that are done.

        Returns the last of them. A day on which more is booked than the roster can serve stays as
        it was, which is logged.
        """
        today = self.calendar.day_of(self.clock())
        last = today + timedelta(days=self.calendar.municipality.booking.horizon_days)
        first = today if done is None else done + timedelta(days=1)
        if first > last:
            return done or last
        days = (last - first).days + 1
        for conflict in publish_by_weeks(self.database, self.calendar, first, days).conflicts:
            log.warning("roster not published: %s", conflict)
        return last

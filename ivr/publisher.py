"""The worker that publishes the roster, see `ivr.chores`: each new day can be booked by itself.

It compares every day that can be booked once, a moment after the start: to do so before the line
answers would keep the first callers waiting. After that it adds the days that come within reach,
and touches no other: somebody may have published a newer roster than the one it was started with.
So does a worker that takes the place of one that died.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import Contended, DatabaseAway
from scheduling.roster import Published, publish_by_weeks, published_until

log = logging.getLogger(__name__)

_REST = 60.0
"""Seconds between two looks."""

_HELD = timedelta(minutes=20)
"""No hold lives longer, so after that only what is booked keeps a day from being published."""

_one_at_a_time = threading.Lock()
"""Fifty municipalities that work out their rosters at once would keep callers waiting."""


@dataclass
class Publisher:
    """Publishes the roster as far ahead as can be booked.

    It `goes_on` where another worker of the same line has compared the days before.
    """

    database: Database
    calendar: Calendar
    clock: Callable[[], datetime]
    goes_on: bool = False
    _left: list[date] = field(default_factory=list)
    _again_until: datetime | None = None

    def run(self, stopping: threading.Event) -> None:
        """Publishes until it is told to stop."""
        done, told, pause = None, None, 0.0
        while not stopping.wait(pause):
            pause = _REST
            try:
                if done is None and self.goes_on:
                    done = self._published()
                done = self.publish(done)
                self.publish_again()
                if done != told:
                    log.info("roster published until %s", told := done)
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
        first = today if done is None else max(today, done + timedelta(days=1))
        if first > last:
            return done or last
        published = self._publish(first, (last - first).days + 1)
        for conflict in published.conflicts:
            log.warning("roster not published: %s", conflict)
        self._left += published.left
        self._again_until = self.clock() + _HELD
        return last

    def publish_again(self) -> None:
        """Publishes the days that were left, where somebody only held what he heard there."""
        if self._again_until and self.clock() > self._again_until:
            self._left.clear()
        for day in [*self._left]:
            if not self._publish(day, 1).left:
                self._left.remove(day)
                log.info("roster published after all: %s", day)

    def _publish(self, first: date, days: int) -> Published:
        with _one_at_a_time:
            return publish_by_weeks(self.database, self.calendar, first, days)

    def _published(self) -> date | None:
        """The last day that is published."""
        with self.database.read() as connection:
            until = published_until(connection)
        return self.calendar.day_of(until - timedelta(microseconds=1)) if until else None
